package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
)

func TestCopyOfAFolderInUse(t *testing.T) {
	dir, target := t.TempDir(), filepath.Join(t.TempDir(), sqlite.FileName)
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	made, err := s.CreateSchema(t.Context(), catalog.DefaultWorkspace, "Kept", "", store.By{})
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Copy(t.Context(), dir, target); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Copy(t.Context(), dir, target); err == nil {
		t.Error("an existing file was overwritten")
	}
	if err := sqlite.Check(t.Context(), filepath.Dir(target)); err != nil {
		t.Fatal(err)
	}
	copied, err := sqlite.Open(t.Context(), filepath.Dir(target), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = copied.Close() }()
	if got, err := copied.Schema(t.Context(), catalog.DefaultWorkspace, made.ID); err != nil || got.Name != "Kept" {
		t.Errorf("in the copy: %+v, %v", got, err)
	}
}

func TestCheckReportsDamage(t *testing.T) {
	dir := t.TempDir()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, sqlite.FileName)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 5000; i < len(content)-100; i += 1000 {
		content[i] ^= 0xff
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Check(t.Context(), dir); err == nil {
		t.Error("damage was not told")
	}
}
