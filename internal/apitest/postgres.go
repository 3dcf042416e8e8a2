//go:build unix

package apitest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/postgres"
)

// OnPostgres opens a store in a database of its own. A package that uses it
// must run its tests by pgtest.Main.
func OnPostgres(t testing.TB, now func() time.Time) *store.Store {
	t.Helper()
	st, err := postgres.Open(t.Context(), pgtest.NewFrom(t, "migrated", migratePostgres), postgres.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return Migrated(t, st)
}

// migratePostgres fills the template database that tests copy.
func migratePostgres(ctx context.Context, url string) error {
	st, err := postgres.Open(ctx, url, postgres.Options{})
	if err != nil {
		return err
	}
	return errors.Join(st.Migrate(ctx), st.Close())
}
