package postgres

import (
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/store"
)

// After a save of many rows PostgreSQL knows them at once: until its own analysis, a minute later, it planned queries of
// the first import as if the tables were empty. The tests' PostgreSQL never analyzes by itself.
func TestLargeSaveIsAnalyzed(t *testing.T) {
	url := pgtest.New(t)
	s := opened(t, url, func() time.Time { return time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC) })
	must(t, s.Migrate(t.Context()))
	analyzed := func() (n int) {
		e, err := connect(t.Context(), url)
		must(t, err)
		defer func() { _ = e.Close() }()
		must(t, e.writer.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_stats WHERE tablename = 'assets'`).Scan(&n))
		return n
	}
	save := func(from, to catalog.AssetID) {
		t.Helper()
		ctx := t.Context()
		lease, err := s.LeaseSchema(ctx, catalog.DefaultWorkspace, 101, "test", 0)
		must(t, err)
		w, err := s.Begin(ctx, lease)
		must(t, err)
		var rows []store.AssetRow
		for id := from; id < to; id++ {
			rows = append(rows, store.AssetRow{Asset: catalog.Asset{ID: id, Kind: catalog.KindModel, Name: "a", Present: true}, Hash: catalog.HashOfText("a")})
		}
		must(t, w.PutAssets(ctx, rows))
		must(t, w.Flip(ctx, store.Flip{Cause: catalog.Cause{Kind: catalog.CauseEdit}}))
		must(t, s.ReleaseLease(ctx, lease))
	}
	schema, err := s.CreateSchema(t.Context(), catalog.DefaultWorkspace, "A", "", store.By{})
	must(t, err)
	if schema.ID != 101 {
		t.Fatalf("the first schema is %s", schema.ID)
	}
	save(1, 100)
	if n := analyzed(); n != 0 {
		t.Errorf("after a small save %d columns are known", n)
	}
	save(100, 2200)
	if n := analyzed(); n == 0 {
		t.Error("after a large save no column is known")
	}
}
