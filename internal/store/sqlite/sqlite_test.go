package sqlite_test

import (
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
	"github.com/thalweg-data/thalweg/internal/store/sqlite/sqlitetest"
	"github.com/thalweg-data/thalweg/internal/store/storetest"
)

func open(t testing.TB, now func() time.Time) *store.Store {
	t.Helper()
	return openIn(t, t.TempDir(), now)
}

func openIn(t testing.TB, dir string, now func() time.Time) *store.Store {
	t.Helper()
	return sqlitetest.OpenIn(t, dir, sqlite.Options{Now: now})
}

func TestStore(t *testing.T) { storetest.Run(t, open) }

func BenchmarkStore(b *testing.B) { storetest.Bench(b, open) }

func BenchmarkResults(b *testing.B) { storetest.BenchResults(b, open) }
