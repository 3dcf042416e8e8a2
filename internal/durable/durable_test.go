package durable_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/thalweg-data/thalweg/internal/durable"
)

func TestFiles(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "name")
	wants := func(content string) {
		t.Helper()
		got, err := os.ReadFile(path)
		if err != nil || string(got) != content {
			t.Errorf("%q, %v, want %q", got, err, content)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
			t.Errorf("%v, %v: something was left", entries, err)
		}
	}
	if err := durable.CreateFile(path, []byte("first")); err != nil {
		t.Fatal(err)
	}
	wants("first")
	if err := durable.CreateFile(path, []byte("second")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("there is one: %v", err)
	}
	wants("first")
	if err := durable.WriteFile(path, []byte("third")); err != nil {
		t.Fatal(err)
	}
	wants("third")
	if err := durable.WriteFile(filepath.Join(folder, "missing", "name"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in no folder: %v", err)
	}
}
