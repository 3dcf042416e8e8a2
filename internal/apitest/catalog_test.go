package apitest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
)

// all reads a list to its end and gives a value of every row.
func (s *Server) all(t *testing.T, key, path, value string) []any {
	t.Helper()
	var out []any
	for path != "" {
		r := s.Get(t, path, key)
		if r.Status != 200 {
			t.Fatalf("%s: %d %s", path, r.Status, r.Body)
		}
		for _, row := range r.At(t, "data").([]any) {
			out = append(out, At(row, value))
		}
		path, _ = r.At(t, "links.next").(string)
	}
	return out
}

// The manifest of the shop, as far as the tests compare with it.
type manifest struct {
	Nodes map[string]struct {
		ResourceType string `json:"resource_type"`
		RelationName string `json:"relation_name"`
		Description  string `json:"description"`
	} `json:"nodes"`
	Sources   map[string]any      `json:"sources"`
	ParentMap map[string][]string `json:"parent_map"`
}

func shopManifest(t *testing.T) manifest {
	t.Helper()
	var m manifest
	if err := json.Unmarshal(unzipped(t, beforeManifest), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func isTable(uniqueID string) bool {
	kind, _, _ := strings.Cut(uniqueID, ".")
	return slices.Contains([]string{"model", "seed", "snapshot", "source"}, kind)
}

// A15, A19, A21, A24: what the API returns is what the manifest has.
func TestTablesAndLineageAreTheManifests(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	m := shopManifest(t)
	of := "schema_id=" + r.schema
	byNode := map[string]string{} // unique id → TBL-n
	for uniqueID, node := range m.Nodes {
		if !isTable(uniqueID) {
			continue
		}
		got := r.Get(t, "/api/v1/assets/by-unique-id?"+of+"&unique_id="+url.QueryEscape(uniqueID), r.key)
		if got.Status != 200 {
			t.Errorf("%s: %d %s", uniqueID, got.Status, got.Body)
			continue
		}
		byNode[uniqueID] = got.At(t, "data.id").(string)
		if got.At(t, "data.attributes.dbt.resource_type") != node.ResourceType && !slices.ContainsFunc(got.At(t, "data.attributes.nodes").([]any), func(n any) bool { return At(n, "unique_id") == uniqueID }) {
			t.Errorf("%s: %s", uniqueID, got.Body)
		}
	}
	for uniqueID := range m.Sources {
		byNode[uniqueID] = tableID(t, r.Server, r.key, r.schema, url.QueryEscape(uniqueID))
	}
	tables := map[string]bool{}
	for _, id := range byNode {
		tables[id] = true
	}
	listed := r.all(t, r.key, "/api/v1/assets?"+of+"&kind=model,seed,snapshot,source&limit=7", "id")
	if len(listed) != len(tables) {
		t.Errorf("%d tables listed, the manifest has %d", len(listed), len(tables))
	}
	want := map[string]bool{}
	for child, parents := range m.ParentMap {
		for _, parent := range parents {
			if isTable(child) && isTable(parent) && byNode[child] != byNode[parent] {
				want[byNode[parent]+" → "+byNode[child]] = true
			}
		}
	}
	lineage := r.Get(t, "/api/v1/lineage?limit=2000&"+of, r.key)
	got := map[string]bool{}
	for _, edge := range lineage.At(t, "data.edges").([]any) {
		if At(edge, "type") != "derived" {
			continue
		}
		if At(edge, "confidence") != "medium" || At(edge, "source") != "dbt_import" {
			t.Errorf("edge %v", edge)
		}
		got[fmt.Sprint(At(edge, "from"), " → ", At(edge, "to"))] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("edges:\n%s", diff)
	}
	if created := r.Get(t, "/api/v1/dbt_imports/IMP-1", r.key).At(t, "data.attributes.lineages_created"); created != float64(len(want)) {
		t.Errorf("lineages_created %v, want %d", created, len(want))
	}
}

func TestLineageSelectors(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	names := func(query string) []string {
		got := r.Get(t, "/api/v1/lineage?schema_id="+r.schema+"&"+query, r.key)
		if got.Status != 200 {
			t.Fatalf("%s: %d %s", query, got.Status, got.Body)
		}
		var out []string
		for _, n := range got.At(t, "data.nodes").([]any) {
			out = append(out, At(n, "attributes.name").(string))
		}
		slices.Sort(out)
		return out
	}
	one := names("select=dim_products")
	if !cmp.Equal(one, []string{"dim_products"}) {
		t.Errorf("one: %v", one)
	}
	around := names("select=1%2Bdim_products%2B1")
	if len(around) < 2 || !cmp.Equal(around, names("select=1+dim_products+1")) {
		t.Errorf("a plus as people write it: %v, escaped: %v", names("select=1+dim_products+1"), around)
	}
	if all := names("select=%2Bdim_products%2B"); len(all) < len(around) || !cmp.Equal(all, names("select=+dim_products+")) {
		t.Errorf("all around: %v", all)
	}
	if union := names("select=dim_products+fct_orders"); !cmp.Equal(union, []string{"dim_products", "fct_orders"}) {
		t.Errorf("a plus as a space: %v", union)
	}
	if limited := names("select=%2Bdim_products%2B&depth=0"); !cmp.Equal(limited, one) {
		t.Errorf("depth 0: %v", limited)
	}
	if snapshots := names("select=config.materialized:snapshot"); !cmp.Equal(snapshots, names("select=resource_type:snapshot")) || len(snapshots) == 0 {
		t.Errorf("snapshots: %v", snapshots)
	}
	cut := r.Get(t, "/api/v1/lineage?limit=3&schema_id="+r.schema, r.key)
	if cut.At(t, "meta.nodes") != 3.0 || cut.At(t, "meta.truncated") != true || cut.At(t, "meta.total_nodes").(float64) <= 3 {
		t.Errorf("cut: %v", cut.At(t, "meta"))
	}
}

// Lists page through every row once, whatever the order.
func TestAssetPages(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	base := "/api/v1/assets?schema_id=" + r.schema
	whole := r.all(t, r.key, base+"&limit=200", "id")
	for _, sort := range []string{"name", "-name", "kind", "-kind", "created_at", "-updated_at", "id", "-id", "downstream", "-downstream"} {
		ids := r.all(t, r.key, base+"&limit=7&sort="+sort, "id")
		if len(ids) != len(whole) {
			t.Errorf("sort %s: %d rows, want %d", sort, len(ids), len(whole))
		}
		seen := map[any]bool{}
		for _, id := range ids {
			if seen[id] {
				t.Errorf("sort %s: %v twice", sort, id)
			}
			seen[id] = true
		}
	}
	first := r.Get(t, base+"&limit=1&breakdown=kind", r.key)
	total, sum := first.At(t, "meta.total").(float64), 0.0
	for kind, n := range first.At(t, "meta.breakdown.kind").(map[string]any) {
		sum += n.(float64)
		if rows := r.all(t, r.key, base+"&limit=50&kind="+kind, "attributes.kind"); float64(len(rows)) != n.(float64) {
			t.Errorf("%s: %d rows, counted %v", kind, len(rows), n)
		}
	}
	// The reference list is a seed that a source names, too: it is found and counted by both kinds.
	if total != float64(len(whole)) || sum != total+1 {
		t.Errorf("total %v, breakdown %v, rows %d", total, sum, len(whole))
	}
}

// Lists are sorted by the number of direct children, which is the one that each row has.
func TestAssetsByDownstream(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	most := -1.0
	for i, n := range r.all(t, r.key, "/api/v1/assets?sort=-downstream&limit=7&schema_id="+r.schema, "attributes.downstream") {
		if i > 0 && n.(float64) > most {
			t.Errorf("row %d has %v, the one before %v", i, n, most)
		}
		if most = n.(float64); i == 0 && most < 3 {
			t.Errorf("the first row has %v", most)
		}
	}
	if got := r.Get(t, "/api/v1/assets?sort=downstream", r.key); got.Status != 400 || !strings.Contains(string(got.Body), "schema_id") {
		t.Errorf("of all schemas: %d %s", got.Status, got.Body)
	}
}

// A page goes on behind a cursor whether or not the first one had counts.
func TestCursorWithoutBreakdown(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	base := "/api/v1/assets?schema_id=" + r.schema
	first := r.Get(t, base+"&limit=3&breakdown=kind,tag", r.key)
	next, err := url.Parse(first.At(t, "links.next").(string))
	if err != nil {
		t.Fatal(err)
	}
	got := r.Get(t, base+"&limit=200&cursor="+url.QueryEscape(next.Query().Get("cursor")), r.key)
	if got.Status != 200 || float64(len(got.At(t, "data").([]any))+3) != first.At(t, "meta.total") {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}

// The parts of a table, and where they come from.
func TestTable(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	table := "/api/v1/assets/" + r.table
	doc := r.Get(t, table, r.key)
	for path, want := range map[string]any{
		"data.type": "table", "data.attributes.name": "dim_products", "data.attributes.kind": "model", "data.attributes.materialized": "table",
		"data.attributes.dbt.unique_id": "model.shop.dim_products", "data.attributes.dbt.package_name": "shop", "data.attributes.present": true,
		"data.attributes.last_run.status": "success", "data.attributes.description.origin": "dbt:shop", "data.attributes.description.import": "IMP-1",
		"data.relationships.schema.id": r.schema, "data.relationships.project.name": "shop", "data.attributes.relation.identifier": "dim_products",
	} {
		if got := doc.At(t, path); got != want {
			t.Errorf("%s = %v, want %v", path, got, want)
		}
	}
	columns := r.Get(t, table+"/columns", r.key).At(t, "data").([]any)
	if float64(len(columns)) != doc.At(t, "data.attributes.columns") || len(columns) == 0 {
		t.Errorf("%d columns, told %v", len(columns), doc.At(t, "data.attributes.columns"))
	}
	for i, c := range columns {
		if At(c, "attributes.ordinal") != float64(i+1) || At(c, "attributes.data_type") == nil || At(c, "attributes.native_type") == nil {
			t.Errorf("column %d: %v", i+1, c)
		}
	}
	tests := r.Get(t, table+"/tests", r.key)
	passed := 0.0
	for _, test := range tests.At(t, "data").([]any) {
		if At(test, "attributes.latest.class") == "pass" {
			passed++
		}
		if At(test, "attributes.asset") != r.table {
			t.Errorf("test of %v: %v", r.table, test)
		}
	}
	if passed != doc.At(t, "data.attributes.tests.pass") || passed == 0 {
		t.Errorf("%v tests pass, told %v", passed, doc.At(t, "data.attributes.tests.pass"))
	}
	if runs := r.Get(t, table+"/runs", r.key); runs.At(t, "data.0.attributes.invocation_id") != doc.At(t, "data.attributes.last_run.invocation_id") {
		t.Errorf("runs: %s", runs.Body)
	}
	code := r.Get(t, table+"/code", r.key)
	if raw, _ := code.At(t, "data.attributes.raw").(string); !strings.Contains(raw, "ref(") {
		t.Errorf("code: %s", code.Body)
	}
	parts := r.Get(t, table+"/code?parts=true", r.key)
	raw := parts.At(t, "data.attributes.raw").(string)
	jinja := parts.At(t, "data.attributes.raw_parts.templates").([]any)
	if got := raw[int(jinja[0].(float64)):int(jinja[1].(float64))]; !strings.HasPrefix(got, "{{") || !strings.HasSuffix(got, "}}") {
		t.Errorf("the first template is %q", got)
	}
	if names := parts.At(t, "data.attributes.compiled_parts.names").([]any); len(names) == 0 || len(names)%2 != 0 {
		t.Errorf("names: %v", names)
	}
	facets := r.Get(t, table+"/facets", r.key)
	sources := map[any]bool{}
	for _, f := range facets.At(t, "data").([]any) {
		sources[At(f, "attributes.source")] = true
	}
	if !sources["manifest"] || !sources["catalog"] {
		t.Errorf("facets of %v", sources)
	}
	lineage := r.Get(t, "/api/v1/lineage?schema_id="+r.schema+"&select=1%2Bdim_products", r.key)
	if up := lineage.At(t, "meta.nodes").(float64) - 1; up != doc.At(t, "data.attributes.upstream") {
		t.Errorf("%v parents in the graph, told %v", up, doc.At(t, "data.attributes.upstream"))
	}
	if other := r.Get(t, "/api/v1/assets/by-relation?schema_id="+r.schema+"&relation=MARTS.Dim_Products", r.key); other.At(t, "data.id") != r.table {
		t.Errorf("by relation: %s", other.Body)
	}
}

// An edit has provenance, and null takes it back.
func TestEdits(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	table := "/api/v1/assets/" + r.table
	before := r.Get(t, table, r.key)
	smart := r.Send(t, "PATCH", "/api/v1/schemas/"+r.schema, r.key, `{"policy":{"description":"smart"}}`)
	if smart.Status != 200 || smart.At(t, "data.attributes.policy.description") != "smart" || smart.At(t, "data.attributes.policy.tags") != "always" {
		t.Fatalf("policy: %d %s", smart.Status, smart.Body)
	}
	got := r.Send(t, "PATCH", table, r.key, `{"description":"Mine.","owners":["finance","ana"],"tags":["own"]}`)
	if got.Status != 200 || got.At(t, "data.attributes.description.value") != "Mine." || got.At(t, "data.attributes.description.origin") != "user:ana" ||
		got.At(t, "data.attributes.description.own") != "Mine." || got.At(t, "data.attributes.description.hidden.0.origin") != "dbt:shop" {
		t.Errorf("%d %v", got.Status, got.At(t, "data.attributes.description"))
	}
	if owners, tags := got.At(t, "data.attributes.owners"), got.At(t, "data.attributes.tags"); !cmp.Equal(owners, []any{"ana", "finance"}) || !cmp.Equal(tags, []any{"own"}) {
		t.Errorf("owners %v, tags %v", owners, tags)
	}
	if read := r.Get(t, table, r.key); string(read.Body) != string(got.Body) {
		t.Errorf("the reply to an edit is not what is read:\n%s\n%s", got.Body, read.Body)
	}
	// The next import keeps it.
	importShop(t, r.Server, r.key, r.schema, true)
	if kept := r.Get(t, table, r.key); kept.At(t, "data.attributes.description.value") != "Mine." || !cmp.Equal(kept.At(t, "data.attributes.tags"), []any{"own"}) {
		t.Errorf("after an import: %s", kept.Body)
	}
	back := r.Send(t, "PATCH", table, r.key, `{"description":null,"owners":null,"tags":null}`)
	if back.At(t, "data.attributes.description.own") != nil || back.At(t, "data.attributes.description.origin") != "dbt:shop" ||
		!cmp.Equal(back.At(t, "data.attributes.tags"), before.At(t, "data.attributes.tags")) || !cmp.Equal(back.At(t, "data.attributes.owners"), before.At(t, "data.attributes.owners")) {
		t.Errorf("taken back: %s", back.Body)
	}
	if same := r.Send(t, "PATCH", table, r.key, `{}`); same.Status != 200 || same.At(t, "data.attributes.version") != back.At(t, "data.attributes.version") {
		t.Errorf("an edit of nothing: %d %s", same.Status, same.Body)
	}
	changes := r.Get(t, table+"/changes", r.key)
	actors := map[any]bool{}
	for _, c := range changes.At(t, "data").([]any) {
		actors[At(c, "actor")] = true
		if ref := At(c, "actor_ref"); !cmp.Equal(ref, map[string]any{"kind": "key", "id": "KEY-1", "name": "ana"}) {
			t.Errorf("made by %v", ref)
		}
		kind, id := At(c, "cause.kind"), fmt.Sprint(At(c, "cause.id"))
		if imported := At(c, "import"); kind == "import" && imported != id || kind == "edit" && (imported != nil || !strings.HasPrefix(id, "EDT-")) {
			t.Errorf("cause %v, import %v", At(c, "cause"), imported)
		}
	}
	if !actors["ana"] {
		t.Errorf("the history does not name who edited: %s", changes.Body)
	}
}

func TestEditOfAColumn(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	smart := r.Send(t, "PATCH", "/api/v1/schemas/"+r.schema, r.key, `{"policy":{"column_description":"smart"}}`)
	if smart.Status != 200 || smart.At(t, "data.attributes.policy.column_description") != "smart" ||
		smart.At(t, "data.attributes.policy.description") != "always" || smart.At(t, "data.attributes.policy.column_tags") != "always" {
		t.Fatalf("%d %s", smart.Status, smart.Body)
	}
	columns := "/api/v1/assets/" + r.table + "/columns"
	name := r.Get(t, columns, r.key).At(t, "data.0.attributes.name").(string)
	got := r.Send(t, "PATCH", columns+"/"+url.PathEscape(name), r.key, `{"description":"The key.","tags":["pii"]}`)
	if got.Status != 200 || got.At(t, "data.attributes.description.value") != "The key." || !cmp.Equal(got.At(t, "data.attributes.tags"), []any{"pii"}) {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	if read := r.Get(t, columns, r.key); read.At(t, "data.0.attributes.description.own") != "The key." {
		t.Errorf("%s", read.Body)
	}
}

func TestIfMatch(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	table := "/api/v1/assets/" + r.table
	tag := r.Get(t, table, r.key).Header.Get("ETag")
	if got := r.Send(t, "PATCH", table, r.key, `{"tags":["a"]}`, "If-Match", tag); got.Status != 200 {
		t.Fatalf("with the present tag: %d %s", got.Status, got.Body)
	}
	if got := r.Send(t, "PATCH", table, r.key, `{"tags":["b"]}`, "If-Match", tag); got.Status != 412 {
		t.Errorf("with the old tag: %d %s", got.Status, got.Body)
	}
	if got := r.Get(t, table, r.key, "If-None-Match", tag); got.Status != 200 {
		t.Errorf("read with the old tag: %d", got.Status)
	}
}

// An older version is read as it was, by number and by time.
func TestAt(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	paths := []string{"/api/v1/assets/" + r.table, "/api/v1/assets/" + r.table + "/columns", "/api/v1/lineage?schema_id=" + r.schema}
	before := map[string]Reply{}
	for _, p := range paths {
		before[p] = r.Get(t, p, r.key)
	}
	list := r.all(t, r.key, "/api/v1/assets?limit=50&schema_id="+r.schema, "id")
	importShop(t, r.Server, r.key, r.schema, true)
	at := func(p, value string) string {
		if strings.Contains(p, "?") {
			return p + "&at=" + value
		}
		return p + "?at=" + value
	}
	for _, p := range paths {
		now, old := r.Get(t, p, r.key), r.Get(t, at(p, "1"), r.key)
		if string(now.Body) == string(before[p].Body) {
			t.Errorf("%s: the second state brought no change", p)
		}
		if string(old.Body) != string(before[p].Body) {
			t.Errorf("%s at version 1:\n%s\nbefore:\n%s", p, old.Body, before[p].Body)
		}
	}
	if got := r.all(t, r.key, "/api/v1/assets?limit=9&at=1&schema_id="+r.schema, "id"); !cmp.Equal(got, list) {
		t.Errorf("list at version 1: %v, before %v", got, list)
	}
	for _, early := range []string{"0", "2001-01-01T00:00:00Z"} {
		if got := r.Get(t, "/api/v1/assets?at="+early+"&schema_id="+r.schema, r.key); got.Status != 200 || len(got.At(t, "data").([]any)) != 0 {
			t.Errorf("list at %s: %d %s", early, got.Status, got.Body)
		}
	}
	// A day is the state at its end.
	for day, status := range map[string]int{"2999-01-01": 200, "2000-01-01": 404, "2000-13-01": 400} {
		if got := r.Get(t, "/api/v1/assets/"+r.table+"?at="+day, r.key); got.Status != status {
			t.Errorf("at=%s: %d, want %d", day, got.Status, status)
		}
	}
	if got := r.Get(t, "/api/v1/assets/"+r.table+"?at=2999-01-01T00:00:00%2B01:00", r.key); got.Status != 200 || got.At(t, "data.attributes.description.import") != "IMP-2" {
		t.Errorf("in the future: %d %s", got.Status, got.Body)
	}
}

// What an import changed is the same in the feed, the import and the table alike.
func TestChanges(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	imp := importShop(t, r.Server, r.key, r.schema, true)
	feed := r.all(t, r.key, "/api/v1/changes?from=1&limit=2&schema_id="+r.schema, "id")
	ofImport := r.all(t, r.key, "/api/v1/dbt_imports/"+imp+"/changes?limit=200", "id")
	if len(feed) == 0 || !cmp.Equal(feed, ofImport) {
		t.Errorf("feed %v, of the import %v", feed, ofImport)
	}
	kinds := map[any]int{}
	for _, kind := range r.all(t, r.key, "/api/v1/changes?from=1&to=2&schema_id="+r.schema, "kind") {
		kinds[kind]++
	}
	if kinds["created"] == 0 || kinds["updated"] == 0 || kinds["removed"] == 0 {
		t.Errorf("kinds %v", kinds)
	}
	removed := r.Get(t, "/api/v1/assets?removed=true&schema_id="+r.schema, r.key)
	if removed.At(t, "data.0.attributes.present") != false || removed.At(t, "data.0.attributes.removed_at") == nil || removed.At(t, "data.0.attributes.removed_by") != imp {
		t.Errorf("removed: %s", removed.Body)
	}
	if empty := r.Get(t, "/api/v1/changes?from=2&schema_id="+r.schema, r.key); len(empty.At(t, "data").([]any)) != 0 {
		t.Errorf("after the last version: %s", empty.Body)
	}
}

func TestRunsAndProjects(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	runs := r.Get(t, "/api/v1/runs?schema_id="+r.schema, r.key)
	var build string
	for _, run := range runs.At(t, "data").([]any) {
		if At(run, "attributes.command") == "build" {
			build = At(run, "id").(string)
		}
	}
	nodes := r.Get(t, "/api/v1/runs/"+build, r.key).At(t, "data.attributes.nodes").(float64)
	seen := map[any]bool{}
	for path := "/api/v1/runs/" + build + "?limit=20"; path != ""; {
		page := r.Get(t, path, r.key)
		for _, result := range page.At(t, "data.attributes.results").([]any) {
			seen[At(result, "unique_id")] = true
		}
		path, _ = page.At(t, "links.next").(string)
	}
	if float64(len(seen)) != nodes || nodes == 0 {
		t.Errorf("%d results read, told %v", len(seen), nodes)
	}
	projects := r.Get(t, "/api/v1/projects?schema_id="+r.schema, r.key)
	id := projects.At(t, "data.0.id").(string)
	if one := r.Get(t, "/api/v1/projects/"+id, r.key); one.At(t, "data.attributes.adapter") != "duckdb" || one.At(t, "data.attributes.counts.model") == nil {
		t.Errorf("project: %s", one.Body)
	}
	tests := r.all(t, r.key, "/api/v1/tests?limit=9&schema_id="+r.schema, "id")
	if count := r.Get(t, "/api/v1/tests?limit=1&schema_id="+r.schema, r.key).At(t, "meta.total"); float64(len(tests)) != count || len(tests) == 0 {
		t.Errorf("%d tests, told %v", len(tests), count)
	}
	for _, class := range r.all(t, r.key, "/api/v1/tests?status=pass&limit=50&schema_id="+r.schema, "attributes.latest.class") {
		if class != "pass" {
			t.Errorf("a test of class %v among those that pass", class)
		}
	}
}

func TestKeysOverTheAPI(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	admin := s.KeyFor(t, catalog.DefaultWorkspace, access.NewKey{Name: "ana", Scopes: []access.Scope{access.AdminWorkspace}, Never: true})
	made := s.Send(t, "POST", "/api/v1/keys", admin, `{"name":"ci","scopes":["write:dbt_imports"],"expires_at":"2999-01-01T00:00:00Z"}`)
	if made.Status != 201 || made.At(t, "data.attributes.creator") != "ana" || made.At(t, "data.attributes.expires_at") != "2999-01-01T00:00:00Z" {
		t.Fatalf("%d %s", made.Status, made.Body)
	}
	secret, id := made.At(t, "data.attributes.secret").(string), made.At(t, "data.id").(string)
	if r := s.Get(t, "/api/v1/dbt_imports", secret); r.Status != 200 {
		t.Errorf("the new key: %d %s", r.Status, r.Body)
	}
	list := s.Get(t, "/api/v1/keys", admin)
	if strings.Contains(string(list.Body), secret) || strings.Contains(string(list.Body), "secret") || strings.Contains(s.Log.String(), secret) {
		t.Error("the secret is told a second time")
	}
	one := s.Get(t, "/api/v1/keys/"+id, admin)
	if one.Status != 200 || one.At(t, "data.attributes.name") != "ci" || strings.Contains(string(one.Body), "secret") || one.Header.Get("ETag") == "" {
		t.Errorf("%d %s", one.Status, one.Body)
	}
	if r := s.Get(t, "/api/v1/keys/KEY-99", admin); r.Status != 404 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := s.Do(t, "DELETE", "/api/v1/keys/"+strings.ToLower(id), admin, nil); r.Status != 204 || len(r.Body) != 0 {
		t.Errorf("revoke: %d %s", r.Status, r.Body)
	}
	if r := s.Get(t, "/api/v1/dbt_imports", secret); r.Status != 401 {
		t.Errorf("revoked: %d", r.Status)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	for _, path := range []string{"/healthcheck", "/healthcheck/", "/api/v1/healthcheck", "/api/v1/healthcheck/", "/livez", "/readyz"} {
		if r := s.Get(t, path, ""); r.Status != 200 || r.At(t, "status") != "ok" {
			t.Errorf("%s: %d %s", path, r.Status, r.Body)
		}
	}
	left := int64(0)
	full := Start(t, Options{NoWorker: true, Blobs: fullDisk(&left)})
	if r := full.Get(t, "/readyz", ""); r.Status != 503 || r.At(t, "checks.blobs") != "failing" || r.At(t, "checks.store") != "ok" {
		t.Errorf("with a full disk: %d %s", r.Status, r.Body)
	}
	if r := full.Get(t, "/livez", ""); r.Status != 200 {
		t.Errorf("with a full disk it lives: %d", r.Status)
	}
}

// Assets of several schemas in one list are each shown as in the list of their
// own schema.
func TestAssetsOfAllSchemas(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	second := r.Schema(t, "Another warehouse")
	importShop(t, r.Server, r.key, second, true)
	r.Schema(t, "An empty one")
	rows := func(query string) map[string]any {
		out := map[string]any{}
		for path := "/api/v1/assets?limit=30&" + query; path != ""; {
			got := r.Get(t, path, r.key)
			for _, row := range got.At(t, "data").([]any) {
				out[At(row, "id").(string)] = row
			}
			path, _ = got.At(t, "links.next").(string)
		}
		return out
	}
	one, two, all := rows("schema_id="+r.schema), rows("schema_id="+second), rows("sort=-updated_at")
	if len(all) != len(one)+len(two) || len(one) == 0 || len(two) == 0 {
		t.Errorf("%d rows of all, %d and %d of each", len(all), len(one), len(two))
	}
	for _, own := range []map[string]any{one, two} {
		for id, row := range own {
			if diff := cmp.Diff(row, all[id]); diff != "" {
				t.Errorf("%s (-own schema +all): %s", id, diff)
			}
		}
	}
	if none := r.Get(t, "/api/v1/assets?q=no%20such%20table", r.key); none.Status != 200 || len(none.At(t, "data").([]any)) != 0 {
		t.Errorf("no rows: %d %s", none.Status, none.Body)
	}
}
