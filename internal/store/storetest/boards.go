package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Runs are listed by each of their figures, in pages, and of equal figures by their times and invocations.
func testSortedRuns(t *testing.T, r *rig) {
	schema := r.schema("a")
	for i, of := range []struct {
		elapsed float64
		classes []string
	}{{3, []string{"fail"}}, {1, []string{"pass", "error"}}, {3, []string{"fail", "fail", "pass"}}, {2, nil}, {3, []string{"pass"}}} {
		run := run(schema, fmt.Sprint("i", i), i)
		run.Elapsed = of.elapsed
		var results []catalog.NodeResult
		for n, class := range of.classes {
			results = append(results, result(fmt.Sprint("test.p.", n), class, i))
		}
		r.putRun(run, results...)
	}
	for _, c := range []struct {
		sort store.RunSort
		want string
	}{
		{store.RunSort{}, "i4 i3 i2 i1 i0"},
		{store.RunSort{Ascending: true}, "i0 i1 i2 i3 i4"},
		{store.RunSort{By: store.RunsByElapsed}, "i4 i2 i0 i3 i1"},
		{store.RunSort{By: store.RunsByElapsed, Ascending: true}, "i1 i3 i0 i2 i4"},
		{store.RunSort{By: store.RunsByResults}, "i2 i1 i4 i0 i3"},
		{store.RunSort{By: store.RunsByFailures}, "i2 i1 i0 i4 i3"},
		{store.RunSort{By: store.RunsByFailures, Ascending: true}, "i3 i4 i0 i1 i2"},
	} {
		var got []string
		for _, run := range walk(t, 2, func(p store.Page) (store.Paged[catalog.Run], error) {
			return r.Runs(t.Context(), ws, store.RunFilter{SchemaID: schema, Sort: c.sort}, p)
		}) {
			got = append(got, run.InvocationID)
		}
		same(t, strings.Join(got, " "), c.want)
	}
}

// Durations are those of runs that make tables with their rows, newest first; like a run are those of its command.
func testDurations(t *testing.T, r *rig) {
	ctx, schema := t.Context(), r.schema("a")
	var last catalog.Run
	for i := range 6 {
		last = run(schema, fmt.Sprint("i", i), i)
		last.Elapsed = float64(i)
		if i == 2 {
			last.Command = "test"
		}
		if last.Empty = i == 3; i == 4 {
			last.Args = []byte(`{"select":["a"]}`)
		}
		of := result("model.a", catalog.ClassSuccess, i)
		of.ExecutionTime = float64(i) / 10
		last.ID = r.putRun(last, of, result("test.compiled", catalog.ClassCompiled, i))
	}
	last = get(r.Run(ctx, ws, last.ID))(t)
	same(t, get(r.ElapsedBefore(ctx, ws, last, []catalog.ProjectID{last.Project}, store.AsOf{}, 20))(t), []float64{1, 0})
	same(t, get(r.ElapsedBefore(ctx, ws, last, []catalog.ProjectID{last.Project}, store.AsOf{}, 1))(t), []float64{1})
	same(t, get(r.ElapsedBefore(ctx, ws, last, []catalog.ProjectID{last.Project}, store.AsOf{At: start.Add(30 * time.Second)}, 20))(t), []float64{0})
	durations := get(r.NodeDurations(ctx, ws, schema, ofProject(2, "model.a"), start.Add(4*time.Minute), store.AsOf{}, 3))(t)
	var got []string
	for _, d := range durations {
		got = append(got, fmt.Sprint(d.Seconds, d.Class, d.At.Sub(start)))
	}
	same(t, got, []string{"0.4success4m0s", "0.2success2m0s", "0.1success1m0s"})

	recent := get(r.RecentRuns(ctx, ws, schema, store.AsOf{}, 3, 100))(t)
	if len(recent) != 3 || recent[0].InvocationID != "i5" || recent[1].InvocationID != "i4" || recent[2].InvocationID != "i2" || !recent[0].Known.Equal(last.GeneratedAt) {
		t.Errorf("recent runs %v", recent)
	}
	same(t, len(get(r.RecentRuns(ctx, ws, schema, store.AsOf{}, 100, 4))(t)), 2)
	same(t, len(get(r.RecentRuns(ctx, ws, schema, store.AsOf{}, 100, 1))(t)), 1)
	nodes := get(r.NodeTimes(ctx, ws, last.ID, nil))(t)
	if len(nodes) != 1 || nodes[0].Node != store.NodeKeyOf(2, "model.a").Number() || nodes[0].Seconds != 0.5 || nodes[0].Class.String() != catalog.ClassSuccess ||
		nodes[0].At != start.Add(5*time.Minute).UnixMicro() {
		t.Errorf("results of a run %v", nodes)
	}
}

// The code of an asset and of a test changes with the versions that wrote other code, and with no others.
func testCodeChanges(t *testing.T, r *rig) {
	ctx, schema := t.Context(), r.schema("a")
	coded := func(id catalog.AssetID, code string) store.AssetRow {
		return table(id, fmt.Sprint("t", id), func(a *store.AssetRow) {
			a.Code = &catalog.Code{Raw: catalog.HashOfText(code)}
			a.Description.Value = code
		})
	}
	tested := func(severity, description string) catalog.Test {
		return catalog.Test{ID: 5, Project: 2, UniqueID: "test.p.a", Asset: 1, Body: catalog.TestBody{Name: "a", Severity: severity, Description: description}}
	}
	put := func(test catalog.Test, rows ...store.AssetRow) {
		t.Helper()
		r.clock.add(time.Hour)
		test.Hash = catalog.HashOfText(test.Body.Severity + test.Body.Description)
		r.save(schema, func(w *store.Write) { //nolint:contextcheck // the rig has the context of the test
			must(t, w.PutAssets(ctx, rows))
			must(t, w.PutTests(ctx, []catalog.Test{test}))
		})
	}
	put(tested("error", "a"), coded(1, "a"), coded(2, "a"))
	put(tested("error", "b"), coded(1, "b"))
	again := coded(2, "a")
	again.Description.Value = "another"
	put(tested("warn", "b"), again, coded(3, "new"))
	put(tested("warn", "b"), coded(2, "c"))

	at := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	changes := func(from, to int64) []store.CodeChange { return get(r.CodeChanges(ctx, ws, schema, from, to))(t) }
	same(t, changes(0, 4), []store.CodeChange{{Asset: 1, At: at(2)}, {Asset: 2, At: at(4)}})
	same(t, changes(2, 4), []store.CodeChange{{Asset: 2, At: at(4)}})
	same(t, changes(1, 3), []store.CodeChange{{Asset: 1, At: at(2)}})
	same(t, get(r.TestCodeChanges(ctx, ws, schema, 0, 4, []catalog.TestID{5, 6}))(t), []store.CodeChange{{Test: 5, At: at(3)}})
	same(t, len(get(r.TestCodeChanges(ctx, ws, schema, 3, 4, []catalog.TestID{5}))(t)), 0)
}
