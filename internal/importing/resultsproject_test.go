package importing

import (
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Results of another project change nothing, whether they come alone or with the manifest
// of this one.
func TestResultsOfAnotherProject(t *testing.T) {
	r := newRig(t)
	results := func(invocation string, ids ...string) part {
		var list []doc
		for _, id := range ids {
			list = append(list, doc{"unique_id": id, "status": "error", "execution_time": 1.5, "timing": []doc{}})
		}
		return runResults(t, invocation, monday, "build", list...)
	}
	of := func(project catalog.ProjectID, id string) int {
		node := catalog.NodeRef{Project: project, UniqueID: id}
		latest, err := r.store.LatestResults(t.Context(), ws, r.schema, []catalog.NodeRef{node}, store.AsOf{})
		if err != nil {
			t.Fatal(err)
		}
		return len(latest)
	}
	const shared, own = "model.shared.dates", "model.shop.orders"
	nodes := append(shopNodes(), doc{
		"unique_id": shared, "resource_type": "model", "name": "dates", "alias": "dates", "database": "shop", "schema": "analytics",
		"package_name": "shared", "path": "dates.sql", "config": doc{"materialized": "table"},
	})
	project := r.completed(r.send(manifest(t, "shop", monday, nodes...))).Project
	later := manifest(t, "shop", monday.Add(time.Hour), nodes...)
	for name, sent := range map[string][]part{
		"alone":            {results("inv-1", "model.other.sales", shared)},
		"with a manifest":  {later, results("inv-2", "model.other.sales", shared)},
		"none is known":    {results("inv-3", "model.other.sales")},
		"tests of another": {results("inv-4", "test.other.unique_sales.1f")},
	} {
		imp := r.completed(r.send(sent...))
		if !hasIssue(imp, "results-of-another-project") || hasIssue(imp, "invocation-mismatch") || of(project, shared) != 0 {
			t.Errorf("%s: issues %v, %d results of %s", name, imp.Report.Issues, of(project, shared), shared)
		}
	}
	for name, sent := range map[string]part{
		"its own":               results("inv-5", own),
		"one before its upload": results("inv-6", "model.shop.tomorrow"),
		"of a package alone":    results("inv-7", shared),
		"of nothing":            results("inv-8"),
	} {
		if imp := r.completed(r.send(sent)); hasIssue(imp, "results-of-another-project") {
			t.Errorf("%s: %v", name, imp.Report.Issues)
		}
	}
	if of(project, own) != 1 || of(project, shared) != 1 || of(project, "model.shop.tomorrow") != 1 {
		t.Error("results of the project's own are missing")
	}
}
