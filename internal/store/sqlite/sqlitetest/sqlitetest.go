// Package sqlitetest gives tests migrated SQLite stores. The migrations run once per test binary; each store is a copy
// of what they made, which saves most of the time of a small test, under the race detector above all.
package sqlitetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
)

// migrated returns the file of an empty store that is migrated and closed.
var migrated = sync.OnceValues(migrate)

func migrate() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "sqlitetest-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ctx := context.Background() // it outlives the test that asks first
	s, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(s.Migrate(ctx), s.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, sqlite.FileName))
}

// Open returns a migrated store in a folder of its own. It is closed when the test ends; a test that closed it already
// is not disturbed.
func Open(t testing.TB, o sqlite.Options) *store.Store {
	t.Helper()
	return OpenIn(t, t.TempDir(), o)
}

// OpenIn is Open in an empty folder.
func OpenIn(t testing.TB, dir string, o sqlite.Options) *store.Store {
	t.Helper()
	file, err := migrated()
	if err != nil {
		t.Fatalf("migrated store: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, sqlite.FileName), file, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
