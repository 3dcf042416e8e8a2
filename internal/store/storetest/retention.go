package storetest

import (
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Old runs are deleted with their results, except those that have the latest of
// a node.
func testOldRuns(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	r.putRun(run(schema, "1", 1), result("model.a", "success", 1), result("model.gone", "success", 1))
	old := r.putRun(run(schema, "2", 2), result("model.a", "success", 2))
	r.putRun(run(schema, "3", 3), result("model.a", "error", 3))
	cut := run(schema, "3", 3).GeneratedAt.Add(time.Second)
	same(t, get(r.DeleteRuns(ctx, ws, cut, 10))(t), int64(1))
	same(t, get(r.DeleteRuns(ctx, ws, cut, 10))(t), int64(0))
	_, err := r.Run(ctx, ws, old)
	wants(t, err, catalog.ErrNotFound)
	nodes := ofProject(run(schema, "1", 1).Project, "model.a", "model.gone")
	latest := get(r.LatestResults(ctx, ws, schema, nodes, store.AsOf{}))(t)
	if latest[nodes[0]].Status != "error" || latest[nodes[1]].Status != "success" {
		t.Errorf("latest results %+v", latest)
	}
	same(t, get(r.DeleteIdempotencyKeys(ctx, ws, start))(t), int64(0))
	same(t, get(r.Workspaces(ctx))(t), []int64{ws})
}

// Of versions that ended before a time nothing is left; the others are read as
// before.
func testOldVersions(t *testing.T, r *rig) {
	ctx := t.Context()
	schema, other := r.schema("a"), r.schema("b")
	at := map[int64]time.Time{}
	for n := range 5 {
		r.clock.add(time.Hour)
		version := r.put(schema, table(1, "orders", func(a *store.AssetRow) {
			a.Tags, a.Hash = []string{"always", string(rune('a' + n))}, catalog.HashOfText(string(rune('a'+n)))
		}))
		at[version] = r.clock.now()
		r.put(other, table(catalog.AssetID(2+n), string(rune('a'+n))))
	}
	want := map[int64]state{}
	for version := int64(3); version <= 5; version++ {
		want[version] = r.read(schema, version)
	}
	same(t, get(r.FirstVersion(ctx, ws, schema))(t), int64(0))
	same(t, get(r.DeleteVersions(ctx, ws, schema, at[3].Add(time.Minute)))(t), int64(2))
	same(t, get(r.DeleteVersions(ctx, ws, schema, at[3].Add(time.Minute)))(t), int64(0))
	same(t, get(r.FirstVersion(ctx, ws, schema))(t), int64(3))
	// What version 3 changed is not known any more: the one before is gone.
	changes := walk(t, 1, func(p store.Page) (store.Paged[store.ChangedAsset], error) {
		return r.ChangedAssets(ctx, ws, schema, 0, 5, p)
	})
	history := walk(t, 1, func(p store.Page) (store.Paged[store.ChangedAsset], error) {
		return r.AssetHistory(ctx, ws, schema, 1, p)
	})
	if len(changes) != 2 || changes[0].Version != 4 || changes[0].Before == nil || len(history) != 2 || history[1].Version != 4 {
		t.Errorf("%d changes and %d in the history are left, want those of versions 4 and 5", len(changes), len(history))
	}
	for version, want := range want {
		same(t, r.read(schema, version), want)
	}
	_, err := r.Version(ctx, ws, schema, 2)
	wants(t, err, catalog.ErrNotFound)
	_, err = r.VersionAt(ctx, ws, schema, at[2])
	wants(t, err, catalog.ErrNotFound)
	// However old it is, the served version stays.
	same(t, get(r.DeleteVersions(ctx, ws, schema, r.clock.now().Add(1000*time.Hour)))(t), int64(2))
	same(t, r.read(schema, 0), want[5])
	if v := r.put(schema, table(1, "orders again")); v != 6 {
		t.Errorf("the next version is %d", v)
	}
	same(t, names(r.read(other, 2).Assets), []string{"a", "b"})
}
