package sqlite_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
	"github.com/thalweg-data/thalweg/internal/store/storetest"
)

func TestUpgrade(t *testing.T) {
	storetest.Upgrade(t, open, func(t *testing.T, version int64) storetest.Old {
		dir := t.TempDir()
		db := raw(t, dir)
		p, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS("migrations"), goose.WithDisableGlobalRegistry(true))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.UpTo(t.Context(), version); err != nil {
			t.Fatal(err)
		}
		return storetest.Old{
			DB: db, Bind: func(query string) string { return query },
			Open: func(now func() time.Time) *store.Store { return unmigrated(t, dir, now) },
		}
	})
}

func TestUpgradeRows(t *testing.T) {
	storetest.WriteRows(t, func(t *testing.T, now func() time.Time) (*store.Store, *sql.DB) {
		dir := t.TempDir()
		return openIn(t, dir, now), raw(t, dir)
	}, "../storetest/testdata/upgrade")
}

// raw opens the store's file beside the store.
func raw(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.FileName))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func unmigrated(t *testing.T, dir string, now func() time.Time) *store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{Now: now})
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
