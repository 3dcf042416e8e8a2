package storetest

import (
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// testDeltas: each version keeps what it wrote and ended, and how many assets it
// changed.
func testDeltas(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	columns := func(a *store.AssetRow) { a.Columns = []catalog.Column{{Name: "id"}} }
	r.save(schema, func(w *store.Write) {
		must(t, w.PutAssets(ctx, []store.AssetRow{table(3, "c", columns), table(1, "a"), table(2, "b")}))
		must(t, w.PutAssets(ctx, []store.AssetRow{table(2, "b", columns)}))
		must(t, w.PutEdges(ctx, []catalog.Edge{{From: 1, To: 2}, {From: 1, To: 3}, {From: 2, To: 3}}))
		must(t, w.PutTests(ctx, []catalog.Test{{ID: 5, Asset: 1}, {ID: 4, Asset: 1}}))
	})
	r.save(schema, func(w *store.Write) {
		must(t, w.PutColumnEdges(ctx, []store.ColumnEdgeBlock{{Asset: 2, Block: []byte("x")}, {Asset: 3, Block: []byte("y")}}))
		must(t, w.PutAssets(ctx, []store.AssetRow{table(3, "c")}))
		must(t, w.CloseEdges(ctx, []catalog.Edge{{From: 1, To: 3}}))
		must(t, w.CloseTests(ctx, []catalog.TestID{5}))
	})
	r.save(schema, func(w *store.Write) {
		must(t, w.CloseColumnEdges(ctx, []catalog.AssetID{2}))
		must(t, w.PutColumnEdges(ctx, []store.ColumnEdgeBlock{{Asset: 3, Block: []byte("z")}}))
		must(t, w.CloseColumnEdges(ctx, []catalog.AssetID{3}))
		same(t, w.Delta().ColumnEdges, []catalog.AssetID{2, 3})
	})
	got := get(r.Deltas(ctx, ws, schema, 0, 3))(t)
	saves := map[int64]bool{}
	for i := range got {
		saves[got[i].Save] = true
		got[i].Save = 0
	}
	if len(saves) != 3 {
		t.Errorf("%d saves in three versions", len(saves))
	}
	same(t, got, []catalog.VersionDelta{
		{Version: 1, Assets: []catalog.AssetID{1, 2, 3}, Columns: []catalog.AssetID{2, 3}, EdgesInto: []catalog.AssetID{2, 3}, Tests: []catalog.TestID{4, 5}, Changes: 3},
		{Version: 2, Assets: []catalog.AssetID{3}, EdgesInto: []catalog.AssetID{3}, ColumnEdges: []catalog.AssetID{2, 3}, Tests: []catalog.TestID{5}, Changes: 2},
		{Version: 3, ColumnEdges: []catalog.AssetID{2, 3}},
	})
	if got := get(r.ChangedAssets(ctx, ws, schema, 1, 3, store.Page{}))(t); got.Total != 2 || len(got.Rows) != 2 {
		t.Errorf("%d changes listed, total %d", len(got.Rows), got.Total)
	}
	_, err := r.Deltas(ctx, ws, schema, 0, 4)
	wants(t, err, catalog.ErrNotFound)
}
