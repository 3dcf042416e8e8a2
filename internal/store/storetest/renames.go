package storetest

import (
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// testRenamedRuns: a save notes former names of a project, also one that makes no version; reads take several names.
func testRenamedRuns(t *testing.T, r *rig) {
	ctx, schema := t.Context(), r.schema("a")
	shop := get(r.EnsureProject(ctx, ws, schema, "k1", "shop"))(t)
	market := get(r.EnsureProject(ctx, ws, schema, "k2", "market"))(t)
	for i, p := range []catalog.Project{shop, shop, market} {
		of := run(schema, string(rune('a'+i)), i)
		of.Project = p.ID
		of.Elapsed = float64(i + 1)
		r.putRun(of, result("model."+p.Name+".x", catalog.ClassSuccess, i), result("test."+p.Name+".skipped", catalog.ClassSkipped, -1))
	}
	before := get(r.ResultsStored(ctx, ws, schema))(t)
	l := r.lease(schema)
	note := func(p catalog.Project, former ...catalog.Rename) catalog.Renames {
		w := get(r.Begin(ctx, l))(t)
		must(t, w.Note(ctx, store.Flip{Project: &p, Serves: p.ID, Former: former}))
		return get(r.Schema(ctx, ws, schema))(t).Renames
	}
	former := catalog.Rename{Project: shop.ID, Name: "shop", To: market.ID, ToName: "market"}
	renames := note(market, former)
	same(t, renames, catalog.Renames{Changed: 1, Of: []catalog.Rename{former}})
	same(t, note(market, former), renames)
	if now := get(r.ResultsStored(ctx, ws, schema))(t); now != before+1 {
		t.Errorf("%d results stored, were %d: parts of the latest results are not read again", now, before)
	}

	nodes := renames.Nodes([]catalog.NodeRef{{Project: market.ID, UniqueID: "model.market.x"}})
	var got []string
	for _, n := range walk(t, 1, func(p store.Page) (store.Paged[store.RunResult], error) {
		return r.NodeResults(ctx, ws, schema, store.ResultFilter{Nodes: nodes}, p)
	}) {
		got = append(got, n.InvocationID+" "+n.UniqueID)
	}
	same(t, got, []string{"c model.market.x", "b model.shop.x", "a model.shop.x"})
	durations := get(r.NodeDurations(ctx, ws, schema, nodes, start.Add(time.Hour), store.AsOf{}, 9))(t)
	if len(durations) != 3 || durations[0].Node != "model.market.x" || durations[2].Node != "model.shop.x" {
		t.Errorf("durations %+v", durations)
	}
	same(t, len(get(r.Runs(ctx, ws, store.RunFilter{SchemaID: schema, Projects: renames.Projects(market.ID)}, store.Page{}))(t).Rows), 3)
	last := get(r.Runs(ctx, ws, store.RunFilter{SchemaID: schema, Projects: []catalog.ProjectID{market.ID}}, store.Page{}))(t).Rows[0]
	same(t, get(r.ElapsedBefore(ctx, ws, last, renames.Projects(market.ID), store.AsOf{}, 9))(t), []float64{2, 1})
	for _, asOf := range []store.AsOf{{}, {At: start.Add(time.Hour)}} {
		got = nil
		for _, n := range get(r.LatestOfProjects(ctx, ws, schema, renames.All(), asOf))(t) {
			got = append(got, n.Invocation+" "+n.Node.UniqueID+" "+n.Class)
		}
		same(t, got, []string{"b model.shop.x success", "b test.shop.skipped skipped", "c model.market.x success", "c test.market.skipped skipped"})
	}
	times := get(r.NodeTimes(ctx, ws, last.ID, func(string) string { return "model.y" }))(t)
	same(t, times[0].Node, store.NodeKeyOf(market.ID, "model.y").Number())
}
