package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

func run(schema catalog.SchemaID, invocation string, minute int) catalog.Run {
	return catalog.Run{
		SchemaID: schema, Project: 2, InvocationID: invocation, Command: "build", DBTVersion: "1.12.6",
		GeneratedAt: start.Add(time.Duration(minute) * time.Minute), Elapsed: 1.25, Import: 3,
	}
}

// ofProject names nodes of one project.
func ofProject(project catalog.ProjectID, uniqueIDs ...string) []catalog.NodeRef {
	out := make([]catalog.NodeRef, len(uniqueIDs))
	for i, id := range uniqueIDs {
		out[i] = catalog.NodeRef{Project: project, UniqueID: id}
	}
	return out
}

func result(id, class string, minute int) catalog.NodeResult {
	return catalog.NodeResult{UniqueID: id, Status: class, Class: class, StartedAt: start, CompletedAt: start.Add(time.Duration(minute) * time.Minute)}
}

func (r *rig) putRun(run catalog.Run, results ...catalog.NodeResult) catalog.RunID {
	r.t.Helper()
	id, stored, err := r.PutRun(r.t.Context(), ws, run, results, nil)
	must(r.t, err)
	if !stored {
		r.t.Fatalf("run %s is there already", run.InvocationID)
	}
	return id
}

func testRuns(t *testing.T, r *rig) {
	ctx := t.Context()
	schema, other := r.schema("a"), r.schema("b")
	first := run(schema, "i-1", 10)
	id := r.putRun(first, result("model.a", "success", 9), result("model.b", "error", 9))
	same(t, id, catalog.RunID(1))
	again, stored, err := r.PutRun(ctx, ws, first, []catalog.NodeResult{result("model.a", "fail", 9)}, nil)
	must(t, err)
	if stored || again != id {
		t.Fatalf("again: %s, %v", again, stored)
	}
	want := first
	want.ID, want.Results, want.Artifact = id, 2, catalog.ArtifactRunResults
	want.Tally = catalog.Tally{Passed: 1, Errors: 1}
	same(t, get(r.Run(ctx, ws, id))(t), want)
	results := walk(t, 1, func(p store.Page) (store.Paged[catalog.NodeResult], error) { return r.RunResults(ctx, ws, id, "", p) })
	if len(results) != 2 || results[0].Class != "success" || results[1].Class != "error" {
		t.Fatalf("an append changed a run: %v", results)
	}
	// The same invocation left a sources.json too, and went to another schema.
	fresh := []catalog.Freshness{{
		UniqueID: "source.s", Status: "warn", MaxLoadedAt: start, SnapshotedAt: start.Add(time.Hour), Age: 3600, Message: "slow", ExecutionTime: 0.5,
		Criteria: &catalog.Criteria{WarnAfter: &catalog.Age{Count: 1, Period: "hour"}, Filter: "a > 1"},
	}}
	sources, stored, err := r.PutRun(ctx, ws, ofSources(first), nil, fresh)
	must(t, err)
	if !stored || sources == id {
		t.Fatalf("sources: %s, %v", sources, stored)
	}
	r.putRun(run(other, "i-1", 10))
	r.putRun(run(schema, "i-0", 5), result("model.b", "success", 4))
	for i := range 5 {
		r.putRun(run(schema, fmt.Sprint("same ", i), 20))
	}
	for _, bad := range []func() error{
		func() error { _, _, err := r.PutRun(ctx, ws, run(schema, "", 1), nil, nil); return err },
		func() error { _, _, err := r.PutRun(ctx, ws, run(schema, "x", 1), results, fresh); return err },
	} {
		wants(t, bad(), catalog.ErrInvalid)
	}
	_, _, err = r.PutRun(ctx, ws, run(999, "x", 1), nil, nil)
	wants(t, err, catalog.ErrNotFound)
	_, err = r.Run(ctx, ws, 99)
	wants(t, err, catalog.ErrNotFound)

	list := func(f store.RunFilter) (ids []catalog.RunID) {
		t.Helper()
		for _, run := range walk(t, 2, func(p store.Page) (store.Paged[catalog.Run], error) { return r.Runs(ctx, ws, f, p) }) {
			ids = append(ids, run.ID)
		}
		return ids
	}
	same(t, list(store.RunFilter{SchemaID: schema}), []catalog.RunID{9, 8, 7, 6, 5, 2, 1, 4})
	same(t, list(store.RunFilter{SchemaID: other}), []catalog.RunID{3})
	same(t, list(store.RunFilter{UniqueID: "model.b"}), []catalog.RunID{1, 4})
	same(t, list(store.RunFilter{UniqueID: "source.s"}), []catalog.RunID{2})
	same(t, list(store.RunFilter{Projects: []catalog.ProjectID{9}}), []catalog.RunID{})
	freshness := walk(t, 1, func(p store.Page) (store.Paged[catalog.Freshness], error) { return r.RunFreshness(ctx, ws, sources, p) })
	fresh[0].Run = sources
	same(t, freshness, fresh)
	same(t, get(r.Run(ctx, ws, sources))(t).Artifact, catalog.ArtifactSources)
	same(t, get(r.LatestFreshness(ctx, ws, schema, ofProject(2, "source.s", "source.t"), store.AsOf{}))(t), []store.SourceFreshness{{Freshness: fresh[0], Project: 2}})
}

// Runs of one time, and results of one time, are listed by their invocations and artifacts, whatever arrived first.
func testRunsOfOneTime(t *testing.T, r *rig) {
	runs := []catalog.Run{run(0, "a", 1), run(0, "B", 1), ofSources(run(0, "b", 1)), run(0, "b", 1), run(0, "c", 2)}
	var want, results []string
	for i, order := range [][]int{{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 0, 4, 1, 3}} {
		schema := r.schema(fmt.Sprint("order ", i))
		for _, n := range order {
			run := runs[n]
			if run.SchemaID = schema; run.Artifact == catalog.ArtifactSources {
				if _, _, err := r.PutRun(t.Context(), ws, run, nil, nil); err != nil {
					t.Fatal(err)
				}
			} else {
				r.putRun(run, result("model.a", "success", 9))
			}
		}
		var listed, of []string
		for _, run := range walk(t, 2, func(p store.Page) (store.Paged[catalog.Run], error) {
			return r.Runs(t.Context(), ws, store.RunFilter{SchemaID: schema}, p)
		}) {
			listed = append(listed, run.InvocationID+" "+run.Artifact)
		}
		for _, result := range walk(t, 1, func(p store.Page) (store.Paged[store.RunResult], error) {
			return r.NodeResults(t.Context(), ws, schema, store.ResultFilter{Nodes: ofProject(2, "model.a")}, p)
		}) {
			of = append(of, result.InvocationID)
		}
		if i == 0 {
			want, results = []string{"c run_results", "b sources", "b run_results", "a run_results", "B run_results"}, []string{"c", "b", "a", "B"}
		}
		same(t, listed, want)
		same(t, of, results)
	}
}

// ofSources is a run with results of sources.
func ofSources(run catalog.Run) catalog.Run {
	run.Artifact = catalog.ArtifactSources
	return run
}

// testFreshness: the newest result of a source, now and at earlier times.
func testFreshness(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	put := func(project catalog.ProjectID, invocation string, minute int, ids ...string) {
		t.Helper()
		run := ofSources(run(schema, invocation, minute))
		run.Project, run.Import = project, 0 // known when it was written
		var list []catalog.Freshness
		for _, id := range ids {
			list = append(list, catalog.Freshness{UniqueID: id, Status: invocation, SnapshotedAt: start.Add(time.Duration(minute) * time.Minute)})
		}
		_, stored, err := r.PutRun(ctx, ws, run, nil, list)
		must(t, err)
		same(t, stored, true)
	}
	statuses := func(sources []catalog.NodeRef, asOf time.Time) (out []string) {
		t.Helper()
		for _, f := range get(r.LatestFreshness(ctx, ws, schema, sources, store.AsOf{At: asOf}))(t) {
			out = append(out, fmt.Sprint(f.UniqueID, " ", int64(f.Project), " ", f.Status))
		}
		return out
	}
	put(2, "i-2", 20, "source.a", "source.b")
	put(2, "i-1", 10, "source.a", "source.c") // older, came later
	put(3, "i-3", 30, "source.a")
	put(2, "i-4", 40)
	now := time.Time{}
	same(t, statuses(nil, now), []string{"source.a 2 i-2", "source.a 3 i-3", "source.b 2 i-2", "source.c 2 i-1"})
	same(t, statuses(ofProject(2, "source.a", "source.none"), now), []string{"source.a 2 i-2"})
	same(t, statuses([]catalog.NodeRef{}, now), []string(nil))
	same(t, statuses(nil, start.Add(25*time.Minute)), []string{"source.a 2 i-2", "source.b 2 i-2", "source.c 2 i-1"})
	same(t, statuses(nil, start.Add(15*time.Minute)), []string{"source.a 2 i-1", "source.c 2 i-1"})
	same(t, statuses(ofProject(2, "source.c"), start.Add(15*time.Minute)), []string{"source.c 2 i-1"})
	same(t, statuses(nil, start), []string(nil))
}

func testLatest(t *testing.T, r *rig) {
	ctx := t.Context()
	schema, other := r.schema("a"), r.schema("b")
	latest := func() string {
		t.Helper()
		got := get(r.LatestResults(ctx, ws, schema, ofProject(2, "model.a", "model.none", "model.a"), store.AsOf{}))(t)
		if len(got) > 1 {
			t.Fatalf("%v", got)
		}
		return got[catalog.NodeRef{Project: 2, UniqueID: "model.a"}].Class
	}
	same(t, latest(), "")
	r.putRun(run(schema, "i-2", 10), result("model.a", "success", 9))
	same(t, latest(), "success")
	r.putRun(run(schema, "i-1", 5), result("model.a", "error", 4)) // older, came later
	same(t, latest(), "success")
	docs := run(schema, "i-3", 20)
	docs.Command = "generate"
	r.putRun(docs, result("model.a", "pass", 19)) // no run
	same(t, latest(), "success")
	r.putRun(run(other, "i-4", 30), result("model.a", "warn", 29))
	same(t, latest(), "success")
	skipped := catalog.NodeResult{UniqueID: "model.a", Status: "skipped", Class: "skipped"} // did not run: the run's time counts
	r.putRun(run(schema, "i-5", 11), skipped)
	same(t, latest(), "skipped")
	// Another project of the schema has the same node: its results are its own.
	twin := run(schema, "i-6", 40)
	twin.Project = 3
	r.putRun(twin, result("model.a", "fail", 12))
	same(t, latest(), "skipped")
	// The same moment: the invocation decides, whatever came first.
	r.putRun(run(schema, "i-9", 50), result("model.a", "nine", 45))
	r.putRun(run(schema, "i-8", 50), result("model.a", "eight", 45))
	same(t, latest(), "nine")
}

func testRunResults(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	failures, rows := int64(3), int64(1<<40)
	full := catalog.NodeResult{
		UniqueID: "model.a", Status: "fail", Class: "fail", Message: "Got 3 results, größer", Failures: &failures, ExecutionTime: 0.125,
		StartedAt: start, CompletedAt: start.Add(time.Second), RowsAffected: &rows, Thread: "Thread-1",
	}
	id := r.putRun(run(schema, "i-1", 1), full, result("model.a2", "success", 0), full)
	full.Run = id
	got := walk(t, 1, func(p store.Page) (store.Paged[catalog.NodeResult], error) { return r.RunResults(ctx, ws, id, "", p) })
	if len(got) != 2 {
		t.Fatalf("%d results, want each node once", len(got))
	}
	same(t, got[0], full)
	_, err := r.RunResults(ctx, ws, 99, "", store.Page{})
	wants(t, err, catalog.ErrNotFound)

	for i := range 5 {
		r.putRun(run(schema, fmt.Sprint("r", i), 10+i), result("model.a", fmt.Sprint("c", i), 5), result("model.b", fmt.Sprint("d", i), 5+i))
	}
	history := walk(t, 2, func(p store.Page) (store.Paged[store.RunResult], error) {
		return r.NodeResults(ctx, ws, schema, store.ResultFilter{Nodes: ofProject(2, "model.a", "model.b", "model.none")}, p)
	})
	if len(history) != 11 || !slices.IsSortedFunc(history, func(a, b store.RunResult) int { return b.CompletedAt.Compare(a.CompletedAt) }) {
		t.Fatalf("%d results: %v", len(history), history)
	}
	if first := history[0]; first.Class != "d4" || first.InvocationID != "r4" || first.Command != "build" {
		t.Errorf("newest %+v", first)
	}
	none := get(r.NodeResults(ctx, ws, schema, store.ResultFilter{Nodes: nil}, store.Page{}))(t)
	same(t, len(none.Rows), 0)
	_, err = r.NodeResults(ctx, ws, schema, store.ResultFilter{Nodes: make([]catalog.NodeRef, 5000)}, store.Page{})
	wants(t, err, catalog.ErrTooLarge)
}

// testRunInParts: two files of one invocation are one run, in whatever order they come.
func testRunInParts(t *testing.T, r *rig) {
	ctx := t.Context()
	for i, order := range [][]int{{0, 1}, {1, 0}} {
		schema := r.schema(fmt.Sprint("parts ", i))
		early, late := run(schema, "i-1", 10), run(schema, "i-1", 12)
		early.DBTVersion, late.DBTVersion = "1.9.0", "1.10.0"
		put := func(run catalog.Run, results ...catalog.NodeResult) {
			_, _, err := r.PutRun(ctx, ws, run, results, nil)
			must(t, err)
		}
		files := []func(){
			func() { put(early, result("model.a", "skipped", 9), result("model.only-early", "success", 9)) },
			func() { put(late, result("model.a", "error", 11), result("model.b", "success", 11)) },
		}
		for _, file := range order {
			files[file]()
		}
		runs := get(r.Runs(ctx, ws, store.RunFilter{SchemaID: schema}, store.Page{}))(t).Rows
		if len(runs) != 1 || runs[0].Results != 3 || runs[0].DBTVersion != "1.10.0" || !runs[0].GeneratedAt.Equal(late.GeneratedAt) {
			t.Fatalf("%+v", runs)
		}
		var got []string
		for _, n := range get(r.RunResults(ctx, ws, runs[0].ID, "", store.Page{}))(t).Rows {
			got = append(got, n.UniqueID+" "+n.Class)
		}
		same(t, got, []string{"model.a error", "model.b success", "model.only-early success"})
		node := ofProject(early.Project, "model.a", "model.b")
		latest := get(r.LatestResults(ctx, ws, schema, node, store.AsOf{}))(t)
		same(t, []string{latest[node[0]].Class, latest[node[1]].Class}, []string{"error", "success"})
	}
}

// testFreshnessInParts is testRunInParts for sources.json.
func testFreshnessInParts(t *testing.T, r *rig) {
	ctx := t.Context()
	for i, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}} {
		schema := r.schema(fmt.Sprint("freshness parts ", i))
		put := func(minute int, freshness ...catalog.Freshness) {
			run := run(schema, "i-1", minute)
			run.Artifact = catalog.ArtifactSources
			_, _, err := r.PutRun(ctx, ws, run, nil, freshness)
			must(t, err)
		}
		of := func(id, status string, minute int) catalog.Freshness {
			return catalog.Freshness{UniqueID: id, Status: status, SnapshotedAt: run(schema, "", minute).GeneratedAt}
		}
		broken := catalog.Freshness{UniqueID: "source.c", Status: "runtime error", Message: "no table"}
		files := []func(){
			func() { put(10, of("source.a", "pass", 9), of("source.only-early", "pass", 9), broken) },
			func() { put(12, of("source.a", "error", 11), of("source.b", "warn", 11)) },
			func() { put(12, of("source.a", "warn", 11)) }, // of the same time
		}
		for _, file := range order {
			files[file]()
		}
		runs := get(r.Runs(ctx, ws, store.RunFilter{SchemaID: schema}, store.Page{}))(t).Rows
		want := catalog.Tally{Passed: 1, Warned: 2, Errors: 1}
		if len(runs) != 1 || runs[0].Results != 4 || runs[0].Tally != want {
			t.Fatalf("%+v", runs)
		}
		var got, latest []string
		for _, f := range get(r.RunFreshness(ctx, ws, runs[0].ID, store.Page{}))(t).Rows {
			got = append(got, f.UniqueID+" "+f.Status)
		}
		same(t, got, []string{"source.a warn", "source.b warn", "source.c runtime error", "source.only-early pass"})
		for _, f := range get(r.LatestFreshness(ctx, ws, schema, nil, store.AsOf{}))(t) {
			latest = append(latest, f.UniqueID+" "+f.Status)
		}
		same(t, latest, got)
	}
}

// testResultsByProject: two projects may have a node of one id.
func testResultsByProject(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	of := func(project catalog.ProjectID, invocation string, minute int) catalog.Run {
		run := run(schema, invocation, minute)
		run.Project = project
		return run
	}
	r.putRun(of(1, "i-1", 10), result("model.a", "success", 9))
	r.putRun(of(2, "i-2", 20), result("model.a", "error", 19))
	nodes := append(ofProject(1, "model.a"), ofProject(2, "model.a", "model.b")...)
	class := func() (classes [3]string) {
		t.Helper()
		got := get(r.LatestResults(ctx, ws, schema, nodes, store.AsOf{}))(t)
		for i, n := range nodes {
			classes[i] = got[n].Class
		}
		return classes
	}
	same(t, class(), [3]string{"success", "error"})
	history := func(nodes ...catalog.NodeRef) (ids []string) {
		t.Helper()
		for _, result := range walk(t, 1, func(p store.Page) (store.Paged[store.RunResult], error) {
			return r.NodeResults(ctx, ws, schema, store.ResultFilter{Nodes: nodes}, p)
		}) {
			ids = append(ids, result.InvocationID)
		}
		return ids
	}
	same(t, history(nodes[0]), []string{"i-1"})
	same(t, history(nodes...), []string{"i-2", "i-1"})

	// An invocation belongs to a project; one without a project may belong to any.
	for i, project := range []catalog.ProjectID{2, 1, 2, 0} {
		_, stored, err := r.PutRun(ctx, ws, of(project, "i-1", 10), []catalog.NodeResult{result("model.a", "error", 9)}, nil)
		must(t, err)
		same(t, stored, i == 0)
	}
	same(t, history(nodes...), []string{"i-2", "i-1", "i-1"})

	// Runs of nobody are given to the project that has their nodes.
	r.putRun(of(0, "i-3", 30), result("model.a", "skipped", 29), result("model.b", "success", 29), result("model.c", "success", 29))
	r.putRun(of(0, "i-4", 31), result("model.other", "success", 30))
	_, _, err := r.PutRun(ctx, ws, ofSources(of(0, "i-5", 32)), nil, []catalog.Freshness{{UniqueID: "model.b", Status: "warn", SnapshotedAt: start}})
	must(t, err)
	same(t, class(), [3]string{"success", "error"})
	withManifest := of(0, "i-6", 33)
	withManifest.Import = r.importInto(schema).ID
	r.putRun(withManifest, result("model.a", "error", 33))
	owns := func(ids []string) bool {
		return slices.Contains(ids, "model.b") || slices.Equal(ids, []string{"model.a"})
	}
	same(t, get(r.AdoptRuns(ctx, ws, schema, 2, owns))(t), 2)
	same(t, class(), [3]string{"success", "skipped", "success"})
	same(t, history(nodes[1]), []string{"i-3", "i-2", "i-1"})
	same(t, get(r.LatestFreshness(ctx, ws, schema, nodes, store.AsOf{}))(t)[0].Status, "warn")
	same(t, get(r.AdoptRuns(ctx, ws, schema, 2, owns))(t), 0)
	same(t, len(get(r.LatestResults(ctx, ws, schema, ofProject(0, "model.a", "model.other"), store.AsOf{}))(t)), 2)

	// One that comes again for a project becomes the project's.
	again := of(2, "i-6", 33)
	_, stored, err := r.PutRun(ctx, ws, again, []catalog.NodeResult{result("model.a", "error", 33)}, nil)
	must(t, err)
	same(t, stored, false)
	same(t, class(), [3]string{"success", "error", "success"})
}

// testAsOf: results that were known at a version and at a time, whatever was sent
// and waited then.
func testAsOf(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	made, waited := r.importInto(schema), r.importInto(schema)
	put := func(imp catalog.ImportID, minute int, class string) {
		t.Helper()
		run := run(schema, class, minute)
		run.Import = imp
		r.putRun(run, result("model.a", class, minute), result("model.only-"+class, class, minute))
	}
	put(made.ID, 10, "first")
	r.clock.add(time.Minute)
	job := r.claims("w", made.ID)
	w, _ := r.begin(schema)
	r.clock.add(time.Minute) // the import ends after it began to write
	end := completed(*job, catalog.Import{})
	must(t, w.Flip(ctx, store.Flip{Cause: catalog.ImportCause(made.ID), End: &end}))
	version := get(r.Version(ctx, ws, schema, 1))(t)
	put(waited.ID, 20, "second")
	r.clock.add(time.Minute)
	second := r.clock.now()
	r.finish(r.claims("w", waited.ID))
	put(99, 30, "third") // of no import: known from its own time on

	for _, c := range []struct {
		asOf store.AsOf
		want string
	}{
		{store.AsOf{At: version.At.Add(-time.Second)}, ""},
		{store.AsOf{At: version.At, Version: 1}, "first"},
		{store.AsOf{At: second.Add(-time.Second), Version: 1}, "first"},
		{store.AsOf{At: second, Version: 1}, "second"},
		{store.AsOf{At: start.Add(29 * time.Minute), Version: 1}, "second"},
		{store.AsOf{At: start.Add(30 * time.Minute), Version: 1}, "third"},
		{store.AsOf{}, "third"},
	} {
		nodes := ofProject(2, "model.a", "model.only-third")
		latest := get(r.LatestResults(ctx, ws, schema, nodes, c.asOf))(t)
		same(t, latest[nodes[0]].Class, c.want)
		some := get(r.ClassesOf(ctx, ws, schema, []store.NodeKey{store.NodeKeyOf(2, "model.a"), store.NodeKeyOf(2, "model.none")}, c.asOf))(t)
		same(t, some[store.NodeKeyOf(2, "model.a")], c.want)
		all := map[store.NodeKey]string{}
		for _, class := range get(r.LatestClasses(ctx, ws, schema, c.asOf))(t) {
			all[class.Key] = class.Class
		}
		same(t, all[store.NodeKeyOf(2, "model.a")], c.want)
		total := map[string]int{"": 0, "first": 1, "second": 2, "third": 3}[c.want]
		same(t, len(all), min(total+1, 2*total))
		runs := get(r.Runs(ctx, ws, store.RunFilter{SchemaID: schema, AsOf: c.asOf}, store.Page{}))(t)
		same(t, []int{len(runs.Rows), int(runs.Total)}, []int{total, total})
		history := get(r.NodeResults(ctx, ws, schema, store.ResultFilter{Nodes: nodes[:1], AsOf: c.asOf}, store.Page{}))(t)
		same(t, []int{len(history.Rows), int(history.Total)}, []int{total, total})
	}
}
