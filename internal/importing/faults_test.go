package importing

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// packaged is the model of a package that projects install: in each of them it
// has the same unique id, at a relation of the project's own.
func packaged(database string) doc {
	m := model("shared")
	m["database"], m["relation_name"] = database, `"`+database+`"."analytics"."shared"`
	return m
}

func packagedCatalog(t *testing.T, at time.Time, database string, columns ...string) part {
	t.Helper()
	p := catalogOf(t, at, map[string][]string{"model.shop.shared": columns})
	p.content = []byte(replaceOnce(string(p.content), `"database":"shop"`, `"database":"`+database+`"`))
	return p
}

// assetOf gives the asset of a node of one project, with its columns.
func (r *rig) assetOf(project, uniqueID string) (catalog.Asset, []catalog.Column) {
	r.t.Helper()
	a, err := r.store.AssetByUniqueID(r.t.Context(), ws, r.schema, project, uniqueID, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	columns, err := r.store.ColumnsOf(r.t.Context(), ws, r.schema, 0, []catalog.AssetID{a.ID})
	if err != nil {
		r.t.Fatal(err)
	}
	return a, columns[a.ID]
}

func columnNames(columns []catalog.Column) []string {
	var out []string
	for _, c := range columns {
		if c.Present {
			out = append(out, c.Name)
		}
	}
	return out
}

// TestPackageInTwoProjects: a unique id means something only together with its
// project. A's catalog must not describe B's table, even where A's manifest is
// not read because its bytes were applied before.
func TestPackageInTwoProjects(t *testing.T) {
	r := newRig(t)
	a := manifest(t, "a", monday, packaged("da"), dataTest("not_null_shared_id", "model.shop.shared", "id"))
	r.completed(r.send(a))
	r.completed(r.send(manifest(t, "b", monday, packaged("dbb"), dataTest("not_null_shared_id", "model.shop.shared", "id"))))
	r.completed(r.send(a, packagedCatalog(t, monday, "da", "id:integer", "of_a:text")))
	ofA, columnsA := r.assetOf("a", "model.shop.shared")
	ofB, columnsB := r.assetOf("b", "model.shop.shared")
	if ofA.ID == ofB.ID || ofA.RelationKey != "da.analytics.shared" || ofB.RelationKey != "dbb.analytics.shared" {
		t.Fatalf("%v at %s, %v at %s", ofA.ID, ofA.RelationKey, ofB.ID, ofB.RelationKey)
	}
	if got := columnNames(columnsA); !slices.Equal(got, []string{"id", "of_a"}) {
		t.Errorf("columns of A's table: %v", got)
	}
	if got := columnNames(columnsB); !slices.Equal(got, []string{"shared", "id"}) { // what its code makes, and its YAML
		t.Errorf("columns of B's table: %v", got)
	}
	tests, err := r.store.TestsOf(t.Context(), ws, r.schema, 0, 0, true)
	if err != nil || len(tests) != 2 {
		t.Fatalf("%d tests, %v", len(tests), err)
	}
	for _, test := range tests {
		want := ofA.ID
		if test.Project == ofB.Project {
			want = ofB.ID
		}
		if test.Asset != want {
			t.Errorf("the test of project %s is on %v, want %v", test.Project, test.Asset, want)
		}
	}
}

// TestEqualBytesOfTwoProjects: what one project has applied, another has not. The
// order of arrival makes no difference.
func TestEqualBytesOfTwoProjects(t *testing.T) {
	r := newRig(t)
	tables := packagedCatalog(t, monday, "", "id:integer", "more:text") // of a warehouse without databases: of either target
	results := runResults(t, "of both", monday, "build", doc{"unique_id": "model.shop.shared", "status": "success", "execution_time": 1.5, "timing": []doc{}})
	a, b := manifest(t, "a", monday, packaged("da")), manifest(t, "b", monday, packaged("dbb"))
	r.completed(r.send(a, tables, results))
	r.completed(r.send(b))
	r.completed(r.send(b, tables, results))
	for _, project := range []string{"a", "b"} {
		asset, columns := r.assetOf(project, "model.shop.shared")
		if got := columnNames(columns); !slices.Equal(got, []string{"id", "more"}) {
			t.Errorf("columns of %s's table: %v", project, got)
		}
		latest, err := r.store.LatestResults(t.Context(), ws, r.schema, asset.Nodes, store.AsOf{})
		if err != nil || len(latest) != 1 {
			t.Errorf("results of %s's table: %v, %v", project, latest, err)
		}
	}
	version := r.version()
	imp := r.completed(r.send(b, tables, results))
	if imp.Report.Outcome != outcomeUnchanged || r.version() != version || imp.Report.Counts["results_stored"] != 0 {
		t.Errorf("again: %s, version %d after %d, %v", imp.Report.Outcome, r.version(), version, imp.Report.Counts)
	}
}

// TestRunsOfTwoProjects: results are looked up by project and id.
func TestRunsOfTwoProjects(t *testing.T) {
	r := newRig(t)
	ran := func(invocation, status string) part {
		return runResults(t, invocation, monday, "build", doc{"unique_id": "model.shop.shared", "status": status, "execution_time": 1.5, "timing": []doc{}})
	}
	r.completed(r.send(ran("early", "success"))) // before any manifest
	r.completed(r.send(manifest(t, "a", monday, packaged("da")), ran("of a", "error")))
	r.completed(r.send(manifest(t, "b", monday, packaged("dbb"))))
	ofA, _ := r.assetOf("a", "model.shop.shared")
	ofB, _ := r.assetOf("b", "model.shop.shared")
	history := func(a catalog.Asset) (ids []string) {
		t.Helper()
		page, err := r.store.NodeResults(t.Context(), ws, r.schema, store.ResultFilter{Nodes: a.Nodes}, store.Page{})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Rows {
			ids = append(ids, row.InvocationID)
		}
		slices.Sort(ids)
		return ids
	}
	if got := history(ofA); !slices.Equal(got, []string{"early", "of a"}) {
		t.Errorf("runs of A's table: %q", got)
	}
	if got := history(ofB); len(got) != 0 {
		t.Errorf("runs of B's table: %q", got)
	}
	// Without a manifest it is not clear whose results these are.
	r.completed(r.send(ran("unclear", "success")))
	if a, b := history(ofA), history(ofB); len(a) != 2 || len(b) != 0 {
		t.Errorf("runs of A's table: %q, of B's: %q", a, b)
	}
}

// TestParentOfTheOwnProject: a parent is looked up in the child's own project
// before it is looked up in another.
func TestParentOfTheOwnProject(t *testing.T) {
	r := newRig(t)
	child := func(project, database string) doc {
		m := model("child_of_"+project, "model.shop.shared")
		m["database"], m["relation_name"] = database, `"`+database+`"."analytics"."child_of_`+project+`"`
		return m
	}
	r.completed(r.send(manifest(t, "b", monday, packaged("dbb"), child("b", "dbb"))))
	r.completed(r.send(manifest(t, "a", monday, packaged("da"), child("a", "da"))))
	for _, project := range []string{"a", "b"} {
		shared, _ := r.assetOf(project, "model.shop.shared")
		to, _ := r.assetOf(project, "model.shop.child_of_"+project)
		edges, err := r.store.EdgesOf(t.Context(), ws, r.schema, 0, shared.Project)
		if err != nil || len(edges) != 1 || edges[0].From != shared.ID || edges[0].To != to.ID {
			t.Errorf("edges of %s: %+v, %v; want %v → %v", project, edges, err, shared.ID, to.ID)
		}
	}
}

// TestEdgesFollowASplit: an edge that another project states is restated when
// the table that it starts from splits in two, although that project reports
// nothing.
func TestEdgesFollowASplit(t *testing.T) {
	r := newRig(t)
	source := sourceTable("x")
	source["unique_id"], source["schema"], source["identifier"] = "source.other.analytics.orders", "analytics", "orders"
	reader := model("reader", "source.other.analytics.orders")
	reader["unique_id"] = "model.other.reader"
	test := dataTest("not_null_orders", "source.other.analytics.orders", "id")
	r.completed(r.send(manifest(t, "shop", monday, model("orders"))))
	r.completed(r.send(manifest(t, "other", monday, source, reader, test)))
	before, _ := r.asset("model.shop.orders")
	moved := model("orders")
	moved["alias"], moved["relation_name"] = "orders_v2", `"shop"."analytics"."orders_v2"`
	r.completed(r.send(manifest(t, "shop", tuesday, moved)))
	now, _ := r.asset("source.other.analytics.orders")
	if now.ID == before.ID {
		t.Fatal("the source is still the model's table")
	}
	edges, err := r.store.EdgesOf(t.Context(), ws, r.schema, 0, 0)
	if err != nil || len(edges) != 1 || edges[0].From != now.ID {
		t.Errorf("edges %+v, %v; want one from %v", edges, err, now.ID)
	}
	tests, err := r.store.TestsOf(t.Context(), ws, r.schema, 0, 0, true)
	if err != nil || len(tests) != 1 || tests[0].Asset != now.ID {
		t.Errorf("tests %+v, %v; want one on %v", tests, err, now.ID)
	}
}

// TestParentThatIsGone: an edge from another project's node is unresolved again
// when that node is gone, and resolved when it is back.
func TestParentThatIsGone(t *testing.T) {
	r := newRig(t)
	reader := model("reader", "model.shop.orders")
	reader["unique_id"] = "model.other.reader"
	r.completed(r.send(manifest(t, "other", monday, reader)))
	resolved := func() bool {
		t.Helper()
		edges, err := r.store.EdgesOf(t.Context(), ws, r.schema, 0, 0)
		if err != nil || len(edges) != 1 || (edges[0].From == 0) != (edges[0].FromNode == "model.shop.orders") {
			t.Fatalf("edges %+v, %v", edges, err)
		}
		return edges[0].From != 0
	}
	if resolved() {
		t.Error("resolved before the parent is known")
	}
	for i, nodes := range [][]doc{{model("orders"), model("b")}, {model("b")}, {model("orders"), model("b")}} {
		r.completed(r.send(manifest(t, "shop", monday.Add(time.Duration(i)*time.Hour), nodes...)))
		if got, want := resolved(), len(nodes) == 2; got != want {
			t.Errorf("manifest %d: resolved %v, want %v", i, got, want)
		}
	}
}

// chain is a project of chained models with a test each and an exposure of the
// last one, of which a manifest may have only the first few.
func chain(n int, exposed bool) []doc {
	var nodes []doc
	for i := range n {
		var parents []string
		if i > 0 {
			parents = []string{fmt.Sprintf("model.shop.m%02d", i-1)}
		}
		name := fmt.Sprintf("m%02d", i)
		nodes = append(nodes, model(name, parents...), dataTest("not_null_"+name, "model.shop."+name, "id"))
	}
	if exposed {
		nodes = append(nodes, doc{
			"unique_id": "exposure.shop.board", "resource_type": "exposure", "name": "board", "package_name": "shop", "type": "dashboard",
			"depends_on": doc{"nodes": []string{fmt.Sprintf("model.shop.m%02d", n-1)}}, "owner": doc{"name": "ana"},
		})
	}
	return nodes
}

// held is what is served of a chain.
type held struct{ tables, edges, tests, exposures int }

func (r *rig) served() held {
	r.t.Helper()
	ctx := r.t.Context()
	var h held
	page, err := r.store.AssetPage(ctx, ws, store.AssetFilter{Schema: r.schema}, store.Page{Limit: 500})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, a := range page.Rows {
		if a.Kind == catalog.KindExposure {
			h.exposures++
		} else {
			h.tables++
		}
	}
	edges, err := r.store.EdgesOf(ctx, ws, r.schema, 0, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	tests, err := r.store.TestsOf(ctx, ws, r.schema, 0, 0, false)
	if err != nil {
		r.t.Fatal(err)
	}
	h.edges, h.tests = len(edges), len(tests)
	return h
}

// TestConfirmedRemovalsTakeAllWithThem: edges, tests and what is not a table wait
// with the tables and go with them.
func TestConfirmedRemovalsTakeAllWithThem(t *testing.T) {
	r := newRig(t)
	r.completed(r.send(manifest(t, "shop", monday, chain(40, true)...)))
	all := held{tables: 40, edges: 40, tests: 40, exposures: 1}
	if got := r.served(); got != all {
		t.Fatalf("at first %+v", got)
	}
	few := manifest(t, "shop", tuesday, chain(10, false)...)
	imp := r.completed(r.send(few))
	if got := r.served(); got != all || imp.Report.Counts["removals_pending"] != 31 {
		t.Errorf("while they wait %+v, %v", got, imp.Report.Counts)
	}
	versions := r.version()
	n, err := r.editor.ConfirmRemovals(t.Context(), ws, r.schema, store.By{Actor: ana})
	if err != nil || n != 31 {
		t.Errorf("confirmed %d, %v; want 30 tables and an exposure", n, err)
	}
	want := held{tables: 10, edges: 9, tests: 10}
	if got := r.served(); got != want || r.version() != versions+1 {
		t.Errorf("confirmed %+v, want %+v, in version %d of %d", got, want, r.version(), versions)
	}
	a, err := r.store.AssetByUniqueID(t.Context(), ws, r.schema, "", "model.shop.m39", versions)
	if err != nil {
		t.Fatal(err)
	}
	if a, _, err = r.store.Asset(t.Context(), ws, a.ID, 0); err != nil || a.Present || a.RemovedBy != (catalog.Cause{Kind: catalog.CauseRemoval, ID: int64(imp.ID)}) {
		t.Errorf("removed table: present %v, by %v, %v", a.Present, a.RemovedBy, err)
	}
	if v, err := r.store.Version(t.Context(), ws, r.schema, r.version()); err != nil || v.Actor != ana || v.Cause.Kind != catalog.CauseRemoval {
		t.Errorf("version %+v, %v", v, err)
	}
	again := r.completed(r.send(few))
	if again.Report.Outcome != outcomeUnchanged || r.served() != want {
		t.Errorf("the same manifest: %s, %+v", again.Report.Outcome, r.served())
	}
	// What is in force afterwards is the manifest alone.
	later := r.completed(r.send(manifest(t, "shop", tuesday.Add(time.Hour), append(chain(10, false), model("new"))...)))
	if got := r.served(); later.Report.Counts["removals_pending"] != 0 || got != (held{tables: 11, edges: 9, tests: 10}) {
		t.Errorf("later: %+v, %v", got, later.Report.Counts)
	}
}

// TestDismissedRemovalsAreKept: what a person refused to remove stays, whatever
// later manifests lack, and is asked about again only when one is forced.
func TestDismissedRemovalsAreKept(t *testing.T) {
	r := newRig(t)
	r.completed(r.send(manifest(t, "shop", monday, chain(40, true)...)))
	few := manifest(t, "shop", tuesday, chain(10, false)...)
	r.completed(r.send(few))
	all := held{tables: 40, edges: 40, tests: 40, exposures: 1}
	version := r.version()
	if err := r.editor.DismissRemovals(t.Context(), ws, r.schema, store.By{Actor: ana}); err != nil {
		t.Fatal(err)
	}
	pending := func() int64 {
		t.Helper()
		page, err := r.store.Removals(t.Context(), ws, r.schema, store.Page{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		return page.Total
	}
	if got := r.served(); got != all || pending() != 0 || r.version() != version {
		t.Errorf("dismissed: %+v, %d pending, version %d", got, pending(), r.version())
	}
	same := r.completed(r.send(few))
	if same.Report.Outcome != outcomeUnchanged || r.served() != all {
		t.Errorf("the same manifest: %s, %+v", same.Report.Outcome, r.served())
	}
	for i, nodes := range [][]doc{append(chain(10, false), model("new")), chain(12, false)} {
		at := tuesday.Add(time.Duration(i+1) * time.Hour)
		imp := r.completed(r.send(manifest(t, "shop", at, nodes...)))
		if imp.Report.Counts["removals_pending"] != 0 || pending() != 0 {
			t.Errorf("manifest %d asks again about %d", i, pending())
		}
	}
	if got := r.served(); got != all {
		t.Errorf("after other manifests %+v, want %+v", got, all)
	}
	forced := r.completed(r.sendWith(store.NewImport{Force: true}, manifest(t, "shop", tuesday.Add(9*time.Hour), chain(12, false)...)))
	if forced.Report.Counts["removals_pending"] != 29 || r.served() != all {
		t.Errorf("forced: %v, %+v", forced.Report.Counts, r.served())
	}
	if n, err := r.editor.ConfirmRemovals(t.Context(), ws, r.schema, store.By{Actor: ana}); err != nil || n != 29 {
		t.Errorf("confirmed %d, %v", n, err)
	}
	if got := r.served(); got != (held{tables: 12, edges: 11, tests: 12}) {
		t.Errorf("confirmed after all: %+v", got)
	}
}

// TestPendingRemovalsThatComeBack: a manifest that has the tables again ends the
// wait.
func TestPendingRemovalsThatComeBack(t *testing.T) {
	r := newRig(t)
	r.completed(r.send(manifest(t, "shop", monday, chain(40, true)...)))
	r.completed(r.send(manifest(t, "shop", tuesday, chain(10, false)...)))
	r.completed(r.send(manifest(t, "shop", tuesday.Add(time.Hour), chain(40, true)...)))
	if n, err := r.editor.ConfirmRemovals(t.Context(), ws, r.schema, store.By{Actor: ana}); err != nil || n != 0 {
		t.Errorf("confirmed %d, %v", n, err)
	}
	if got := r.served(); got != (held{tables: 40, edges: 40, tests: 40, exposures: 1}) {
		t.Errorf("%+v", got)
	}
}

// TestManifestWithoutNodesWipesNothing: a manifest without nodes waits even
// where the project has no tables.
func TestManifestWithoutNodesWipesNothing(t *testing.T) {
	r := newRig(t)
	exposure := chain(1, true)[2]
	exposure["depends_on"] = doc{"nodes": []string{}}
	r.completed(r.send(manifest(t, "shop", monday, exposure)))
	r.completed(r.send(manifest(t, "shop", tuesday)))
	if got := r.served(); got.exposures != 1 {
		t.Errorf("%+v", got)
	}
	if n, err := r.editor.ConfirmRemovals(t.Context(), ws, r.schema, store.By{Actor: ana}); err != nil || n != 1 || r.served().exposures != 0 {
		t.Errorf("confirmed %d, %v: %+v", n, err, r.served())
	}
}

// TestEditThatChangesNothing makes no version.
func TestEditThatChangesNothing(t *testing.T) {
	r := newRig(t)
	r.completed(r.send(manifest(t, "shop", monday, shopNodes()...)))
	a, _ := r.asset("model.shop.orders")
	edit := func(e catalog.Edit) int64 {
		t.Helper()
		if _, err := r.editor.EditAsset(t.Context(), ws, a.ID, ana, edits(e)); err != nil {
			t.Fatal(err)
		}
		return r.version()
	}
	before := r.version()
	if v := edit(catalog.Edit{Field: "tags"}); v != before {
		t.Errorf("taking back what nobody wrote made version %d", v)
	}
	first := edit(catalog.Edit{Field: "description", Text: "Mine."})
	if first != before+1 {
		t.Errorf("an own text that does not show made version %d", first)
	}
	if v := edit(catalog.Edit{Field: "description", Text: "Mine."}); v != first {
		t.Errorf("the same text again made version %d", v)
	}
	if v := edit(catalog.Edit{Field: "description"}); v != first+1 {
		t.Errorf("taking the text back made version %d", v)
	}
}
