package storetest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// testRunOutcomes: runs are filtered by how they ended and what they were asked for, and dbt retry is connected with
// the run that it continued, in whatever order they arrive.
func testRunOutcomes(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	put := func(invocation, command, args string, minute int, results ...catalog.NodeResult) catalog.RunID {
		of := run(schema, invocation, minute)
		of.Command, of.Args = command, json.RawMessage(args)
		return r.putRun(of, results...)
	}
	retry := put("retry", "retry", `{}`, 40, result("model.b", "success", 39), result("model.c", "success", 39))
	failed := put("failed", "build", `{"select":[]}`, 10, result("model.a", "success", 9), result("model.b", "error", 9), result("model.c", "skipped", 9))
	chosen := put("chosen", "run", `{"select":["a"],"exclude":[]}`, 20, result("model.a", "warn", 19))
	again := put("again", "build", `{"exclude":null}`, 30, result("model.b", "fail", 29), result("model.c", "skipped", 29))
	docs := put("docs", "generate", `{"selector":"nightly"}`, 50, result("model.b", "error", 49))
	sources := ofSources(run(schema, "sources", 60))
	stale, _, err := r.PutRun(ctx, ws, sources, nil, []catalog.Freshness{{UniqueID: "source.s", Status: "error", SnapshotedAt: start}})
	must(t, err)

	yes, no := true, false
	for name, c := range map[string]struct {
		filter store.RunFilter
		want   []catalog.RunID
	}{
		"failed":     {store.RunFilter{Outcome: catalog.RunFailed}, []catalog.RunID{stale, again, failed}},
		"warned":     {store.RunFilter{Outcome: catalog.RunWarned}, []catalog.RunID{chosen}},
		"success":    {store.RunFilter{Outcome: catalog.RunSucceeded}, []catalog.RunID{retry}},
		"nothing":    {store.RunFilter{Outcome: catalog.RunOfNothing}, []catalog.RunID{docs}},
		"command":    {store.RunFilter{Command: "build", Artifact: catalog.ArtifactRunResults}, []catalog.RunID{again, failed}},
		"artifact":   {store.RunFilter{Artifact: catalog.ArtifactSources}, []catalog.RunID{stale}},
		"chosen":     {store.RunFilter{Selected: &yes}, []catalog.RunID{docs, chosen}},
		"not chosen": {store.RunFilter{Selected: &no, Command: "retry"}, []catalog.RunID{retry}},
	} {
		c.filter.SchemaID = schema
		var got []catalog.RunID
		for _, found := range walk(t, 1, func(p store.Page) (store.Paged[catalog.Run], error) { return r.Runs(ctx, ws, c.filter, p) }) {
			got = append(got, found.ID)
			if o := c.filter.Outcome; o != "" && found.Outcome() != o {
				t.Errorf("%s: run %s is %s", name, found.ID, found.Outcome())
			}
			if s := c.filter.Selected; s != nil && found.IsSelected() != *s {
				t.Errorf("%s: run %s: %v", name, found.ID, found.IsSelected())
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
			continue
		}
		same(t, got, c.want)
	}

	of := func(id catalog.RunID) catalog.Run { return get(r.Run(ctx, ws, id))(t) }
	same(t, get(r.RetriedRun(ctx, ws, of(retry)))(t), again)
	same(t, get(r.RetriedRun(ctx, ws, of(again)))(t), catalog.RunID(0))
	same(t, get(r.RetryOf(ctx, ws, of(again)))(t), retry)
	same(t, get(r.RetryOf(ctx, ws, of(failed)))(t), catalog.RunID(0)) // a later run failed again
	same(t, get(r.RetryOf(ctx, ws, of(chosen)))(t), catalog.RunID(0))

	// Another file of the same invocation counts with the first.
	more := run(schema, "failed", 11)
	_, _, err = r.PutRun(ctx, ws, more, []catalog.NodeResult{result("model.b", "success", 10)}, nil)
	must(t, err)
	same(t, of(failed).Tally, catalog.Tally{Passed: 2, Skipped: 1})
	errors := get(r.RunResults(ctx, ws, docs, "error", store.Page{}))(t)
	if errors.Total != 1 || len(errors.Rows) != 1 {
		t.Errorf("results of a class: %+v", errors)
	}
	same(t, get(r.RunResults(ctx, ws, docs, "success", store.Page{}))(t).Total, int64(0))
}

// testRunSteps: what a walk along a run reads.
func testRunSteps(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	at := func(id string, from, to int) catalog.NodeResult {
		out := result(id, "success", to)
		out.StartedAt = start.Add(time.Duration(from) * time.Minute)
		return out
	}
	untimed := catalog.NodeResult{UniqueID: "model.skipped", Class: "skipped"}
	id := r.putRun(run(schema, "i", 10), at("model.a", 1, 2), at("model.b", 2, 5), at("operation.p.p-on-run-end-0", 8, 9),
		at("operation.p.p-on-run-start-0", 0, 1), untimed)
	last := get(r.LastOfRun(ctx, ws, id))(t)
	if last == nil || last.UniqueID != "model.b" {
		t.Fatalf("last: %+v", last)
	}
	var names []string
	for _, op := range get(r.RunOperations(ctx, ws, id))(t) {
		names = append(names, op.UniqueID)
	}
	same(t, names, []string{"operation.p.p-on-run-start-0", "operation.p.p-on-run-end-0"})
	from, to, err := r.RunSpan(ctx, ws, id)
	must(t, err)
	same(t, []time.Time{from, to}, []time.Time{start.Add(time.Minute), start.Add(5 * time.Minute)})
	some := get(r.RunResultsOf(ctx, ws, id, []string{"model.a", "model.none"}))(t)
	if len(some) != 1 || some[0].UniqueID != "model.a" {
		t.Errorf("results of nodes: %+v", some)
	}
	none := r.putRun(run(schema, "j", 11), untimed)
	if last := get(r.LastOfRun(ctx, ws, none))(t); last != nil {
		t.Errorf("last of a run without times: %+v", last)
	}
	from, to, err = r.RunSpan(ctx, ws, none)
	must(t, err)
	same(t, from.IsZero() && to.IsZero(), true)
}
