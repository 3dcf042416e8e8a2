package importing

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

var (
	monday  = time.Date(2026, 11, 16, 6, 0, 0, 0, time.UTC)
	tuesday = monday.Add(24 * time.Hour)
)

func shopNodes() []doc {
	return []doc{
		sourceTable("orders"), model("stg_orders", "source.shop.raw.orders"), model("orders", "model.shop.stg_orders", "source.shop.raw.orders"),
		dataTest("not_null_orders_id", "model.shop.orders", "id"),
	}
}

func TestFirstImportThenNothing(t *testing.T) {
	r := newRig(t)
	first := r.completed(r.send(manifest(t, "shop", monday, shopNodes()...)))
	wantCounters(t, first, [6]int64{3, 0, 4, 0, 3, 0})
	if first.Version != 1 || r.version() != 1 {
		t.Errorf("version %d, served %d, want 1", first.Version, r.version())
	}
	again := r.completed(r.send(manifest(t, "shop", monday, shopNodes()...)))
	wantCounters(t, again, [6]int64{})
	if again.Report.Outcome != outcomeUnchanged || r.version() != 1 {
		t.Errorf("same bytes: %s, version %d", again.Report.Outcome, r.version())
	}
}

func TestRegeneratedProjectChangesNothing(t *testing.T) {
	r := newRig(t)
	r.completed(r.send(manifest(t, "shop", monday, shopNodes()...)))
	nodes := shopNodes()
	for _, n := range nodes {
		n["created_at"], n["compiled_path"], n["build_path"] = 1763350000.5, "target/compiled/x.sql", "target/run/x.sql"
	}
	imp := r.completed(r.send(manifest(t, "shop", tuesday, nodes...)))
	wantCounters(t, imp, [6]int64{})
	if r.version() != 1 || imp.Report.Outcome != outcomeUnchanged {
		t.Errorf("version %d, %s, want 1, unchanged", r.version(), imp.Report.Outcome)
	}
}

// The order in which dbt writes the keys of a node means nothing.
func TestOrderOfKeysIsNoChange(t *testing.T) {
	r := newRig(t)
	text := func(config, description string) part {
		p := manifest(t, "shop", monday, shopNodes()...)
		s := strings.Replace(string(p.content), `{"materialized":"table"}`, config, 1)
		return part{partManifest, []byte(strings.Replace(s, "About stg_orders.", description, 1))}
	}
	r.completed(r.send(text(`{"materialized":"table","enabled":true,"tags":["a","b"]}`, "One.")))
	imp := r.completed(r.send(text(`{"tags":["a","b"],"enabled":true,"materialized":"table"}`, "Two.")))
	wantCounters(t, imp, [6]int64{0, 1, 0, 0, 0, 0})
	page, err := r.store.ChangedAssets(t.Context(), ws, r.schema, 1, 2, store.Page{Limit: 10})
	if err != nil || len(page.Rows) != 1 {
		t.Fatalf("%d changed, %v", len(page.Rows), err)
	}
	c := page.Rows[0]
	for _, change := range catalog.DiffAsset(c.Before, c.After, c.BeforeColumns, c.AfterColumns) {
		if change.Field == "config" {
			t.Errorf("config: %q is told to differ from %q", change.Old, change.New)
		}
	}
}

func TestOneDescriptionChanged(t *testing.T) {
	r := newRig(t)
	r.completed(r.send(manifest(t, "shop", monday, shopNodes()...)))
	nodes := shopNodes()
	nodes[2]["description"] = "One row per order."
	imp := r.completed(r.send(manifest(t, "shop", tuesday, nodes...)))
	wantCounters(t, imp, [6]int64{0, 1, 0, 0, 0, 0})
	a, _ := r.asset("model.shop.orders")
	if a.Description.Value != "One row per order." || a.Description.Origin != "dbt:shop" || a.Description.Cause.Import() != imp.ID {
		t.Errorf("description %+v", a.Description)
	}
	old, err := r.store.AssetByUniqueID(t.Context(), ws, r.schema, "", "model.shop.orders", 1)
	if err != nil || old.Description.Value != "About orders." {
		t.Errorf("at version 1: %q, %v", old.Description.Value, err)
	}
}

func TestCatalogAddsColumns(t *testing.T) {
	r := newRig(t)
	r.completed(r.send(manifest(t, "shop", monday, shopNodes()...)))
	tables := catalogOf(t, monday, map[string][]string{"model.shop.orders": {"id:integer", "amount:numeric(10,2)"}, "model.shop.elsewhere": {"x:text"}})
	imp := r.completed(r.send(manifest(t, "shop", monday, shopNodes()...), tables))
	if c := imp.Counters; c.ColumnsCreated != 1 || c.ColumnsUpdated != 1 || c.TablesCreated != 0 {
		t.Errorf("counters %+v", c)
	}
	_, columns := r.asset("model.shop.orders")
	if len(columns) != 2 || columns[0].Description.Value != "Key of orders." || columns[1].Type.Canonical != "decimal" || columns[1].Type.Precision != 10 {
		t.Errorf("columns %+v", columns)
	}
	// The table that no manifest named waits, and is there when one does.
	nodes := append(shopNodes(), model("elsewhere"))
	r.completed(r.send(manifest(t, "shop", tuesday, nodes...)))
	if _, columns := r.asset("model.shop.elsewhere"); len(columns) != 2 || columns[0].Name != "x" {
		t.Errorf("columns of a table that waited: %+v", columns)
	}
}

func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	tables := catalogOf(t, monday, map[string][]string{"model.shop.orders": {"id:integer", "amount:text"}})
	docs := manifest(t, "shop", monday, shopNodes()...)
	other := manifest(t, "other", monday, func() doc {
		d := sourceTable("x")
		d["unique_id"], d["schema"], d["identifier"], d["name"] = "source.other.analytics.orders", "analytics", "orders", "orders"
		return d
	}())
	states := map[string]bool{}
	for _, order := range [][][]part{{{docs, tables}, {other}}, {{docs}, {docs, tables}, {other}}, {{other}, {docs, tables}}, {{other}, {docs}, {docs, tables}, {other}}} {
		r := newRig(t)
		for _, parts := range order {
			r.completed(r.send(parts...))
		}
		a, columns := r.asset("model.shop.orders")
		var names []string
		for _, c := range columns {
			names = append(names, c.Name+" "+c.Type.Native+" "+c.Description.Value)
		}
		var nodes []string
		for _, n := range a.Nodes {
			nodes = append(nodes, n.UniqueID)
		}
		slices.Sort(nodes)
		edges, err := r.store.EdgesOf(t.Context(), ws, r.schema, r.version(), 0)
		if err != nil {
			t.Fatal(err)
		}
		states[fmt.Sprint(a.Name, a.Kind, a.RelationKey, a.Description.Value, nodes, names, len(edges))] = true
	}
	if len(states) != 1 {
		t.Errorf("%d different states: %v", len(states), states)
	}
}

func TestOneRelationIsOneTable(t *testing.T) {
	r := newRig(t)
	seed := model("countries")
	seed["unique_id"], seed["resource_type"] = "seed.shop.countries", "seed"
	source := sourceTable("countries")
	source["schema"] = "analytics"
	imp := r.completed(r.send(manifest(t, "shop", monday, seed, source, model("m", "source.shop.raw.countries", "seed.shop.countries"))))
	wantCounters(t, imp, [6]int64{2, 0, 3, 0, 1, 0})
	a, _ := r.asset("seed.shop.countries")
	b, _ := r.asset("source.shop.raw.countries")
	if a.ID != b.ID || a.Kind != catalog.KindSeed {
		t.Errorf("%v %v %s", a.ID, b.ID, a.Kind)
	}
}

func TestGoneAndBack(t *testing.T) {
	r := newRig(t)
	all := shopNodes()
	r.completed(r.send(manifest(t, "shop", monday, all...)))
	before, _ := r.asset("model.shop.orders")
	if _, err := r.editor.EditAsset(t.Context(), ws, before.ID, ana, edits(catalog.Edit{Field: "tags", Add: []string{"core"}})); err != nil {
		t.Fatal(err)
	}
	gone := r.completed(r.send(manifest(t, "shop", tuesday, all[0], all[1])))
	wantCounters(t, gone, [6]int64{})
	a, _, err := r.store.Asset(t.Context(), ws, before.ID, 0)
	if err != nil || a.Present || a.RemovedBy != catalog.ImportCause(gone.ID) || !slices.Contains(a.Tags, "core") {
		t.Fatalf("removed table: %+v, %v", a, err)
	}
	if gone.Report.Counts["tables_removed"] != 1 || gone.Report.Counts["lineages_removed"] != 2 || gone.Report.Counts["tests_removed"] != 1 {
		t.Errorf("report %v", gone.Report.Counts)
	}
	back := r.completed(r.send(manifest(t, "shop", tuesday.Add(time.Hour), all...)))
	wantCounters(t, back, [6]int64{0, 1, 0, 0, 2, 0})
	if a, _ := r.asset("model.shop.orders"); a.ID != before.ID || !a.Present || !slices.Contains(a.Tags, "core") {
		t.Errorf("restored table: %+v", a)
	}
}

// A table that comes back has the columns that the catalog last told, although
// the catalog itself is not read again.
func TestBackWithItsColumns(t *testing.T) {
	r := newRig(t)
	all := shopNodes()
	tables := catalogOf(t, monday, map[string][]string{"model.shop.orders": {"id:integer", "amount:numeric(10,2)"}})
	r.completed(r.send(manifest(t, "shop", monday, all...), tables))
	r.completed(r.send(manifest(t, "shop", tuesday, all[0], all[1]), tables))
	r.completed(r.send(manifest(t, "shop", tuesday.Add(time.Hour), all...), tables))
	a, columns := r.asset("model.shop.orders")
	if !a.Present || len(columns) != 2 || !columns[1].Present || columns[1].Type.Native != "numeric(10,2)" {
		t.Errorf("present %v, columns %+v", a.Present, columns)
	}
}

// Manifests before v10 do not name their project; it is named after its nodes,
// and the same project later, when dbt tells the name.
func TestProjectWithoutAName(t *testing.T) {
	r := newRig(t)
	strip := func(p part, name string) part {
		s := strings.Replace(string(p.content), `"project_name":"shop"`, name, 1)
		return part{p.name, []byte(s)}
	}
	r.completed(r.send(strip(manifest(t, "shop", monday, shopNodes()...), `"project_id":"0123abcd"`)))
	imp := r.completed(r.send(strip(manifest(t, "shop", tuesday, shopNodes()...), `"project_id":"0123abcd","project_name":"shop"`)))
	wantCounters(t, imp, [6]int64{})
	projects, err := r.store.Projects(t.Context(), ws, r.schema, store.Page{Limit: 10})
	if err != nil || len(projects.Rows) != 1 || projects.Rows[0].Name != "shop" || projects.Rows[0].Key != "0123abcd" {
		t.Errorf("projects %+v, %v", projects.Rows, err)
	}
}

// Two projects of one name are two projects: neither may write over the words
// of the other.
func TestTwoProjectsOfOneName(t *testing.T) {
	r := newRig(t)
	with := func(p part, id string) part {
		return part{p.name, []byte(strings.Replace(string(p.content), `"project_name":"shop"`, `"project_id":"`+id+`","project_name":"shop"`, 1))}
	}
	second := model("orders")
	second["schema"], second["relation_name"] = "other", `"shop"."other"."orders"`
	r.completed(r.send(with(manifest(t, "shop", monday, shopNodes()...), "1111aaaa")))
	r.completed(r.send(with(manifest(t, "shop", tuesday, second), "2222bbbb")))
	page, err := r.store.AssetPage(t.Context(), ws, store.AssetFilter{Schema: r.schema}, store.Page{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range page.Rows {
		got = append(got, a.RelationKey+" "+string(a.Description.Origin))
	}
	slices.Sort(got)
	want := []string{"shop.analytics.orders dbt:shop", "shop.analytics.stg_orders dbt:shop", "shop.other.orders dbt:shop (2222bbbb)", "shop.raw.orders "}
	if !slices.Equal(got, want) {
		t.Errorf("tables %q, want %q", got, want)
	}
}

func TestRemovalsGuard(t *testing.T) {
	r := newRig(t)
	var nodes []doc
	for i := range 40 {
		nodes = append(nodes, model(fmt.Sprintf("m%02d", i)))
	}
	r.completed(r.send(manifest(t, "shop", monday, nodes...)))
	few := slices.Clone(nodes[:10])
	few[0] = model("m00")
	few[0]["description"] = "New words."
	imp := r.completed(r.send(manifest(t, "shop", tuesday, few...)))
	if imp.Report.Counts["removals_pending"] != 30 || imp.Counters.TablesUpdated != 1 {
		t.Fatalf("report %v, counters %+v", imp.Report.Counts, imp.Counters)
	}
	if a, _ := r.asset("model.shop.m39"); !a.Present {
		t.Error("a withheld removal was applied")
	}
	n, err := r.editor.ConfirmRemovals(t.Context(), ws, r.schema, store.By{Actor: ana})
	if err != nil || n != 30 {
		t.Fatalf("confirmed %d, %v", n, err)
	}
	page, err := r.store.AssetPage(t.Context(), ws, store.AssetFilter{Schema: r.schema}, store.Page{Limit: 100})
	if err != nil || len(page.Rows) != 10 {
		t.Errorf("%d tables left, %v", len(page.Rows), err)
	}
	pending, err := r.store.Removals(t.Context(), ws, r.schema, store.Page{Limit: 10})
	if err != nil || len(pending.Rows) != 0 {
		t.Errorf("still pending: %v, %v", pending.Rows, err)
	}
}

func TestEmptyManifestNeverWipes(t *testing.T) {
	r := newRig(t)
	r.completed(r.send(manifest(t, "shop", monday, shopNodes()...)))
	imp := r.completed(r.send(manifest(t, "shop", tuesday)))
	if a, _ := r.asset("model.shop.orders"); !a.Present || imp.Report.Counts["removals_pending"] != 3 {
		t.Errorf("present %v, report %v", a.Present, imp.Report.Counts)
	}
}

func TestOlderManifestIsSuperseded(t *testing.T) {
	r := newRig(t)
	r.completed(r.send(manifest(t, "shop", tuesday, shopNodes()...)))
	nodes := shopNodes()
	nodes[2]["description"] = "Older words."
	results := runResults(t, "inv-1", monday, "build", doc{"unique_id": "model.shop.orders", "status": "success", "execution_time": 1.5, "timing": []doc{}})
	imp := r.completed(r.send(manifest(t, "shop", monday, nodes...), results))
	if imp.Report.Outcome != outcomeSuperseded || r.version() != 1 {
		t.Errorf("%s, version %d", imp.Report.Outcome, r.version())
	}
	node := catalog.NodeRef{Project: imp.Project, UniqueID: "model.shop.orders"}
	latest, err := r.store.LatestResults(t.Context(), ws, r.schema, []catalog.NodeRef{node}, store.AsOf{})
	if err != nil || latest[node].Status != "success" {
		t.Errorf("results of a superseded import: %v, %v", latest, err)
	}
	forced := r.completed(r.sendWith(store.NewImport{Force: true}, manifest(t, "shop", monday, nodes...)))
	wantCounters(t, forced, [6]int64{0, 1, 0, 0, 0, 0})
}

func runResults(t *testing.T, invocation string, at time.Time, which string, results ...doc) part {
	t.Helper()
	return part{partRunResults, encode(t, doc{
		"metadata": doc{"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json", "dbt_version": "1.10.0", "generated_at": at.Format(time.RFC3339Nano), "invocation_id": invocation},
		"results":  results, "elapsed_time": 2.0, "args": doc{"which": which},
	})}
}

func TestFutureManifestIsClamped(t *testing.T) {
	r := newRig(t)
	future := r.completed(r.send(manifest(t, "shop", r.clock.Add(48*time.Hour), shopNodes()...)))
	if !hasIssue(future, "generated-at-ahead") {
		t.Errorf("issues %v", future.Report.Issues)
	}
	nodes := shopNodes()
	nodes[2]["description"] = "Normal words."
	next := r.completed(r.send(manifest(t, "shop", r.clock.Add(2*time.Minute), nodes...)))
	wantCounters(t, next, [6]int64{0, 1, 0, 0, 0, 0})
}

var ana = catalog.Actor{Kind: catalog.ActorKey, ID: "KEY-2", Name: "ana"}

func hasIssue(i catalog.Import, code string) bool {
	return slices.ContainsFunc(i.Report.Issues, func(i catalog.Issue) bool { return i.Code == code })
}

func TestBadContentCostsNothing(t *testing.T) {
	r := newRig(t)
	good := manifest(t, "shop", monday, shopNodes()...)
	r.completed(r.send(good))
	version := r.version()
	later := manifest(t, "shop", tuesday, shopNodes()...)
	for name, c := range map[string]struct {
		parts []part
		code  string
	}{
		"truncated":          {[]part{{partManifest, later.content[:len(later.content)/2]}}, "artifact-malformed"},
		"no json":            {[]part{{partManifest, []byte("# Read me\n")}}, "artifact-malformed"},
		"catalog instead":    {[]part{{partManifest, catalogOf(t, monday, nil).content}}, "artifact-kind-mismatch"},
		"unknown version":    {[]part{{partManifest, []byte(strings.Replace(string(later.content), "manifest/v12.json", "manifest/v99.json", 1))}}, "artifact-version-unsupported"},
		"bad catalog":        {[]part{later, {partCatalog, []byte(`{"metadata":`)}}, "artifact-malformed"},
		"two documents":      {[]part{{partManifest, append(slices.Clone(later.content), later.content...)}}, "artifact-malformed"},
		"manifest as result": {[]part{later, {partRunResults, later.content}}, "artifact-kind-mismatch"},
	} {
		imp := r.send(c.parts...)
		if imp.Status != catalog.Failed || imp.ErrorCode != c.code || !strings.HasPrefix(imp.Error, c.code) {
			t.Errorf("%s: %s %q %q, want %s", name, imp.Status, imp.ErrorCode, imp.Error, c.code)
		}
		wantCounters(t, imp, [6]int64{})
		if v := r.version(); v != version {
			t.Errorf("%s: version %d, want %d", name, v, version)
		}
	}
}

func TestPolicies(t *testing.T) {
	for _, c := range []struct {
		rule  catalog.Rule
		blank bool
		want  string
	}{
		{catalog.Always, false, "About orders."}, {catalog.Always, true, "Ana's words."}, {catalog.Smart, false, "Ana's words."},
	} {
		r := newRig(t)
		if _, err := r.store.UpdateSchema(t.Context(), ws, r.schema, store.SchemaPatch{Policy: func(p *catalog.Policy) { *p = catalog.Policy{Description: c.rule} }}); err != nil {
			t.Fatal(err)
		}
		nodes := shopNodes()
		if c.blank {
			nodes[2]["description"] = ""
		}
		r.completed(r.send(manifest(t, "shop", monday, nodes...)))
		a, _ := r.asset("model.shop.orders")
		edited, err := r.editor.EditAsset(t.Context(), ws, a.ID, ana, edits(catalog.Edit{Field: "description", Text: "Ana's words."}))
		if err != nil {
			t.Fatal(err)
		}
		if edited.Description.Value != c.want || edited.Description.Own == nil || *edited.Description.Own != "Ana's words." {
			b, _ := json.Marshal(edited.Description)
			t.Errorf("%s, blank %v: %s", c.rule, c.blank, b)
		}
		if v, err := r.store.Version(t.Context(), ws, r.schema, 2); err != nil || v.Actor != ana || v.Cause.Kind != catalog.CauseEdit {
			t.Errorf("version of the edit: %+v, %v", v, err)
		}
	}
}
