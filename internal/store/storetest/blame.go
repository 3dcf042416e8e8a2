package storetest

import (
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// testBlame: an asset without a row is as old as its state, a row is read as of a version, and what caused versions is
// kept when they are deleted.
func testBlame(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	r.put(schema, table(1, "one"), table(2, "two"))
	r.clock.add(time.Hour)
	second := catalog.Blame{Created: 1, Fields: map[string]int64{"tags": 2}, Columns: map[string]catalog.ColumnBlame{"id": {Created: 2}}}
	third := catalog.Blame{Created: 1, Fields: map[string]int64{"tags": 3}}
	for _, b := range []catalog.Blame{second, third} {
		r.save(schema, func(w *store.Write) {
			must(t, w.PutAssets(ctx, []store.AssetRow{table(1, "one", func(a *store.AssetRow) { a.Hash = catalog.HashOfText(string(rune(w.Number()))) })}))
			must(t, w.PutBlames(ctx, []store.AssetBlame{{Asset: 1, Blame: second}, {Asset: 1, Blame: b}}))
		})
		r.clock.add(time.Hour)
	}
	at := func(version int64) map[catalog.AssetID]catalog.Blame {
		assets := get(r.AssetsAt(ctx, ws, schema, version, []catalog.AssetID{1, 2}))(t)
		return get(r.BlamesOf(ctx, ws, schema, version, assets))(t)
	}
	created := catalog.Blame{Created: 1}
	want := map[int64]map[catalog.AssetID]catalog.Blame{1: {1: created, 2: created}, 2: {1: second, 2: created}, 3: {1: third, 2: created}}
	for version, blames := range want {
		same(t, at(version), blames)
	}
	w, lease := r.begin(schema)
	must(t, w.PutBlames(ctx, []store.AssetBlame{{Asset: 2, Blame: third}}))
	must(t, w.Abort(ctx))
	must(t, r.ReleaseLease(ctx, lease))
	same(t, at(3), want[3])

	versions := get(r.VersionsOf(ctx, ws, schema, []int64{1, 2, 3, 4}))(t)
	if len(versions) != 3 || versions[2].Cause != edited().Cause {
		t.Errorf("versions %+v", versions)
	}
	page := walk(t, 2, func(p store.Page) (store.Paged[store.VersionRow], error) { return r.VersionPage(ctx, ws, schema, 3, p) })
	if len(page) != 3 || page[0].Version != versions[3] || page[0].Wrote.Changes != 1 || page[2].Wrote.Changes != 2 {
		t.Errorf("page %+v", page)
	}
	same(t, get(r.DeleteVersions(ctx, ws, schema, r.clock.now()))(t), int64(2))
	same(t, at(3), want[3])
	same(t, get(r.VersionsOf(ctx, ws, schema, []int64{1, 2, 3, 4}))(t), versions)
	changes := get(r.ChangesAt(ctx, ws, schema, 1, []int64{1, 2, 3}))(t)
	if len(changes) != 0 {
		t.Errorf("changes of deleted versions: %+v", changes)
	}
}
