package postgres

import (
	"os"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/storetest"
)

func TestUpgrade(t *testing.T) {
	open := func(t testing.TB, now func() time.Time) *store.Store {
		s := opened(t, pgtest.New(t), now)
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s
	}
	storetest.Upgrade(t, open, func(t *testing.T, version int64) storetest.Old {
		url := pgtest.New(t)
		e, err := connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = e.Close() })
		p, err := goose.NewProvider(goose.DialectPostgres, e.writer, os.DirFS("migrations"), goose.WithDisableGlobalRegistry(true))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.UpTo(t.Context(), version); err != nil {
			t.Fatal(err)
		}
		return storetest.Old{DB: e.writer, Bind: rebind, Open: func(now func() time.Time) *store.Store { return opened(t, url, now) }}
	})
}

func opened(t testing.TB, url string, now func() time.Time) *store.Store {
	t.Helper()
	s, err := Open(t.Context(), url, Options{Now: now})
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
