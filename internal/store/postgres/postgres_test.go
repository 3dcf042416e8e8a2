package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/postgres"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
	"github.com/thalweg-data/thalweg/internal/store/sqlite/sqlitetest"
	"github.com/thalweg-data/thalweg/internal/store/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func open(t testing.TB, now func() time.Time) *store.Store {
	t.Helper()
	return unmigrated(t, pgtest.NewFrom(t, "migrated", migrated), now)
}

// migrated fills the template database that tests copy.
func migrated(ctx context.Context, url string) error {
	s, err := postgres.Open(ctx, url, postgres.Options{})
	if err != nil {
		return err
	}
	return errors.Join(s.Migrate(ctx), s.Close())
}

// openAt opens and migrates a store.
func openAt(t testing.TB, url string, now func() time.Time) *store.Store {
	t.Helper()
	s := unmigrated(t, url, now)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func unmigrated(t testing.TB, url string, now func() time.Time) *store.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), url, postgres.Options{Now: now})
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

func TestStore(t *testing.T) { storetest.Run(t, open) }

func BenchmarkStore(b *testing.B) { storetest.Bench(b, open) }

func BenchmarkResults(b *testing.B) { storetest.BenchResults(b, open) }

// The same writes leave the same on both engines.
func TestStoreIsAsOnSQLite(t *testing.T) {
	storetest.Compare(t, open, onSQLite, 1, 2, 3)
}

func onSQLite(t testing.TB, now func() time.Time) *store.Store {
	t.Helper()
	return sqlitetest.Open(t, sqlite.Options{Now: now})
}
