package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/apitest"
)

// storefront is another project: it reads a table that the shop builds, which
// it knows as a source of its own, under another case.
const storefront = `{
  "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": "1.10.0", "generated_at": "2026-11-03T06:00:00Z",
    "project_name": "storefront", "project_id": "f00", "adapter_type": "duckdb", "invocation_id": "storefront-1"},
  "nodes": {"model.storefront.shelf": {"unique_id": "model.storefront.shelf", "resource_type": "model", "name": "shelf", "alias": "shelf",
    "database": "shop", "schema": "storefront", "package_name": "storefront", "path": "shelf.sql", "original_file_path": "models/shelf.sql",
    "fqn": ["storefront", "shelf"], "config": {"materialized": "view"}, "description": "What stands in the shop.", "tags": ["web"],
    "relation_name": "\"shop\".\"storefront\".\"shelf\"", "columns": {"product_id": {"name": "product_id", "description": "Of the shop."}},
    "depends_on": {"nodes": ["source.storefront.shop.products"]}}},
  "sources": {"source.storefront.shop.products": {"unique_id": "source.storefront.shop.products", "resource_type": "source", "name": "products",
    "source_name": "shop", "identifier": "DIM_PRODUCTS", "database": "shop", "schema": "MARTS", "package_name": "storefront", "path": "models/sources.yml",
    "original_file_path": "models/sources.yml", "fqn": ["storefront", "shop", "products"], "config": {}, "description": "", "tags": ["borrowed"],
    "relation_name": "\"shop\".\"MARTS\".\"DIM_PRODUCTS\"", "columns": {}}},
  "parent_map": {"model.storefront.shelf": ["source.storefront.shop.products"], "source.storefront.shop.products": []},
  "child_map": {}
}`

// One state of one project, in pieces, with another project in between: the
// catalog is in the end the same, whatever came first.
func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	b := shopAt(0)
	pieces := map[string]artifacts{
		"manifest":           {manifest: b.manifest},
		"manifest+catalog":   {manifest: b.manifest, catalog: b.catalog},
		"manifest+results":   {manifest: b.manifest, results: b.results},
		"manifest+sources":   {manifest: b.manifest, sources: b.sources},
		"another project":    {manifest: []byte(storefront)},
		"all of it, at once": b,
	}
	orders := permutations(pieces, 6)
	want := final(t, nil, pieces, orders[0])
	for i, order := range orders[1:] {
		open := apitest.OpenStore(nil)
		if i%3 == 2 {
			open = apitest.OnPostgres
		}
		t.Run(strings.Join(order, ", "), func(t *testing.T) { sameState(t, want, final(t, open, pieces, order)) })
	}
}

// The same with a real project of another age: what came of it after the newer
// one counts only by its run results.
func TestOrderOfArrivalOfARealProject(t *testing.T) {
	r := realAt(t, "coderxio__sagerx/2024-11-21-v12")
	pieces := map[string]artifacts{
		"manifest":         {manifest: r.manifest},
		"manifest+catalog": {manifest: r.manifest, catalog: r.catalog},
		"manifest+results": {manifest: r.manifest, results: r.results},
		"another project":  realAt(t, "b-ned__dbt-colibri/postgres"),
	}
	orders := permutations(pieces, 3)
	want := final(t, nil, pieces, orders[0])
	for _, order := range orders[1:] {
		t.Run(strings.Join(order, ", "), func(t *testing.T) { sameState(t, want, final(t, nil, pieces, order)) })
	}
}

// The models of a project get a custom schema: a catalog of before is judged by the
// manifest that came with it, not by one that happened to come earlier.
func TestOrderOfArrivalAroundACustomSchema(t *testing.T) {
	pieces := map[string]artifacts{}
	for _, version := range []string{"18", "19", "112"} {
		a := realAt(t, "godatadriven__dbt-bouncer/dbt_"+version)
		pieces[version] = artifacts{manifest: a.manifest, catalog: a.catalog}
	}
	want := final(t, nil, pieces, []string{"18", "19", "112"})
	for _, order := range [][]string{{"112", "18", "19"}, {"19", "112", "18"}} {
		t.Run(strings.Join(order, ", "), func(t *testing.T) { sameState(t, want, final(t, nil, pieces, order)) })
	}
}

// permutations gives n orders of the pieces, the first as they are sorted, the
// last the other way round, always the same ones.
func permutations(pieces map[string]artifacts, n int) [][]string {
	sorted := slices.Sorted(maps.Keys(pieces))
	random := rand.New(rand.NewPCG(1, 2))
	orders := [][]string{sorted}
	for range n - 2 {
		order := slices.Clone(sorted)
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		orders = append(orders, order)
	}
	last := slices.Clone(sorted)
	slices.Reverse(last)
	return append(orders, last)
}

// final sends the pieces in an order and reads the state that comes of it.
func final(t *testing.T, open apitest.OpenStore, pieces map[string]artifacts, order []string) map[string]any {
	t.Helper()
	r := newRig(t, open)
	imports := map[string]string{}
	for _, name := range order {
		imports[r.send(t, pieces[name])] = "import of " + name
	}
	return r.state(t, imports)
}

// notOfTheState are routes whose replies are about what happened, one import after the
// other, or about the installation.
var notOfTheState = []string{
	"/api/v1/dbt_imports", "/api/v1/audit", "/api/v1/changes", "/api/v1/keys", "/api/v1/users", "/api/v1/auth", "/api/v1/me", "/api/v1/sessions", "/api/v1/invitations", "/api/v1/limits", "/api/v1/openapi.json",
	"/api/v1/healthcheck", "/api/v1/assets/{id}/changes", "/api/v1/integrations", "/api/v1/integration",
	// They name versions and imports, too.
	"/api/v1/coverage", "/api/v1/coverage/history", "/api/v1/diff", "/api/v1/issues", "/api/v1/export",
	"/api/v1/assets/{id}/blame", "/api/v1/schemas/{id}/versions",
	// What code was known when results came.
	"/api/v1/flaky_tests",
}

// everyAsset is up to how many assets the state has what the routes below return of each
// of them or of each column; larger projects have too many.
const everyAsset = 60

var ofEveryAsset = []string{
	"/api/v1/impact", "/api/v1/assets/{id}/columns/{name}", "/api/v1/assets/{id}/columns/{name}/lineage", "/api/v1/assets/by-unique-id",
	"/api/v1/assets/by-relation",
}

// state is what every read route of the API returns of the catalog, with each id
// replaced by what it stands for. imports are the names of the imports.
func (r *rig) state(t *testing.T, imports map[string]string) map[string]any {
	t.Helper()
	w := &walk{rig: r, ids: map[string][]string{}, replies: map[string]apitest.Reply{}}
	w.document = r.Get(t, "/api/v1/openapi.json", "").JSON(t)
	w.collect(t)
	names := r.names(t)
	maps.Copy(names, imports)
	out := map[string]any{}
	for path, operations := range w.document["paths"].(map[string]any) {
		get, ok := operations.(map[string]any)["get"].(map[string]any)
		if !ok || !strings.HasPrefix(path, "/api/v1/") || slices.ContainsFunc(notOfTheState, func(not string) bool { return path == not || strings.HasPrefix(path, not+"/") }) {
			continue
		}
		if len(w.ids["assets"]) > everyAsset && slices.Contains(ofEveryAsset, path) {
			continue
		}
		params := parameters(get)
		for _, address := range w.addresses(t, path) {
			if _, ok := params["breakdown"]; ok {
				address = withParameter(address, "breakdown", "kind,tag,owner,group,package,materialized")
			}
			if _, ok := params["cursor"]; ok {
				address = withParameter(address, "limit", "200")
			}
			out[renamed(address, names)] = w.all(t, address, names)
		}
	}
	return out
}

// all reads an address, of a list all of its pages.
func (w *walk) all(t *testing.T, address string, names map[string]string) any {
	t.Helper()
	var pages []any
	for address != "" {
		reply := w.get(t, address)
		doc, ok := neutral(reply.JSON(t), names).(map[string]any)
		if !ok || reply.Status != 200 {
			return []any{reply.Status, doc}
		}
		delete(doc, "links")
		pages = append(pages, doc)
		address, _ = reply.At(t, "links.next").(string)
	}
	return pages
}

// names gives what each id stands for.
func (r *rig) names(t *testing.T) map[string]string {
	t.Helper()
	names := map[string]string{}
	put := func(kind, list string, values ...string) {
		ids := r.list(t, list, "id")
		for i, id := range ids {
			names[id] = kind
			for _, value := range values {
				names[id] += " " + r.list(t, list, value)[i]
			}
		}
	}
	of := "schema_id=" + r.schema
	put("run", "/api/v1/runs?limit=200&"+of, "attributes.invocation_id", "attributes.artifact")
	put("project", "/api/v1/projects?limit=200&"+of, "attributes.name")
	put("test", "/api/v1/tests?limit=200&"+of, "attributes.unique_id")
	put("asset", "/api/v1/assets?limit=200&"+of, "attributes.dbt.unique_id", "attributes.name")
	put("removed asset", "/api/v1/assets?removed=true&limit=200&"+of, "attributes.dbt.unique_id", "attributes.name", "attributes.relation.text")
	return names
}

// arrival are the fields that name when something was applied or which import first reported it, and the times of
// reports that brought something: where two reports have the same content, the one that came first. That there is
// one, and its kind, does not depend on the order.
var arrival = []string{
	"created_at", "updated_at", "removed_at", "reported_at", "version", "last_import", "import", "cause", "gone_since", "since", "absent", "compiled_import", "withdrawn", "withdrawn_since",
}

// arrived is what a field of arrival has in common in all orders.
func arrived(value any) any {
	switch v := value.(type) {
	case nil, bool:
		return v
	case map[string]any:
		return doc{"kind": v["kind"]}
	}
	return "set"
}

var label = regexp.MustCompile(`\b[A-Z]{3}-\d+\b`)

func renamed(s string, names map[string]string) string {
	return label.ReplaceAllStringFunc(s, func(id string) string {
		if name, ok := names[id]; ok {
			return name
		}
		return "an id"
	})
}

// ordered reports whether a list has an order of its own, other than that of ids: that of
// runs is their time, that of columns their position and that of tables their name.
func ordered(list []any) bool {
	if len(list) == 0 {
		return false
	}
	first, _ := list[0].(map[string]any)
	attributes, _ := first["attributes"].(map[string]any)
	_, positioned := attributes["ordinal"]
	return first["type"] == "run" || first["type"] == "result" || positioned
}

// neutral replaces ids and leaves arrivals out.
func neutral(v any, names map[string]string) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		facet := v["type"] == "facet" // its id is a hash that covers the imports that brought values
		for key, value := range v {
			switch {
			case slices.Contains(arrival, key):
				out[key] = arrived(value)
			case !facet || key != "id":
				out[key] = neutral(value, names)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = neutral(value, names)
		}
		if !ordered(v) {
			slices.SortFunc(out, func(a, b any) int { return strings.Compare(text(a), text(b)) })
		}
		return out
	case string:
		return renamed(v, names)
	}
	return v
}

// text is a value as JSON, whose object keys are sorted.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// sameState reports the first few differences of two states.
func sameState(t *testing.T, want, got map[string]any) {
	t.Helper()
	sameReplies(t, want, got, 40)
}

// sameReplies is sameState for states of at least so many replies.
func sameReplies(t *testing.T, want, got map[string]any, least int) {
	t.Helper()
	if len(want) < least {
		t.Errorf("only %d replies compared", len(want))
	}
	const shown = 6
	differing := 0
	for name := range union(want, got) {
		diff := cmp.Diff(want[name], got[name])
		if diff == "" {
			continue
		}
		if differing++; differing <= shown {
			t.Errorf("%s (-first order +this one): %.1500s", name, diff)
		}
	}
	if differing > shown {
		t.Errorf("%d more differences", differing-shown)
	}
}

// A state that comes after a newer one ends in what it would be in order: its
// tables that the newer one lacks are removed ones, its texts and code fill gaps.
func TestOlderStateAfterTheNewer(t *testing.T) {
	pieces := map[string]artifacts{"before": shopAt(0), "after": shopAt(1)}
	sameState(t, final(t, nil, pieces, []string{"before", "after"}), final(t, nil, pieces, []string{"after", "before"}))
}

// A unit test whose model is written in another case, a macro that moves to another
// package: things without a relation keep their asset by their name, also where the
// older report comes last.
func TestOrderOfArrivalOfThingsThatKeepTheirName(t *testing.T) {
	pieces := map[string]artifacts{
		"before": {manifest: namedThings("2026-11-01", "unit_test.shop.ORDERS.adds_up", "macro.shop.cents", "shop")},
		"after":  {manifest: namedThings("2026-11-02", "unit_test.shop.orders.adds_up", "macro.util.cents", "util")},
	}
	orders := permutations(pieces, 2)
	want := final(t, nil, pieces, orders[0])
	sameReplies(t, want, final(t, nil, pieces, orders[1]), 12)
	if removed := removedOf(want); len(removed) != 0 {
		t.Errorf("removed: %v", removed)
	}
}

// namedThings generates a manifest of a day with a model, a unit test and a macro.
func namedThings(day, unitTest, macro, macroPackage string) []byte {
	return fmt.Appendf(nil, `{
  "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": "1.10.0", "generated_at": "%sT06:00:00Z",
    "project_name": "shop", "project_id": "5409", "adapter_type": "duckdb", "invocation_id": "i-%[1]s"},
  "nodes": {"model.shop.orders": {"unique_id": "model.shop.orders", "resource_type": "model", "name": "orders", "alias": "orders",
    "database": "shop", "schema": "core", "package_name": "shop", "path": "orders.sql", "original_file_path": "models/orders.sql",
    "fqn": ["shop", "orders"], "config": {"materialized": "view"}, "relation_name": "\"shop\".\"core\".\"orders\"", "columns": {"id": {"name": "id"}}, "depends_on": {"nodes": []}}},
  "sources": {}, "macros": {%[3]q: {"unique_id": %[3]q, "resource_type": "macro", "name": "cents", "package_name": %[4]q, "path": "macros/cents.sql",
    "original_file_path": "macros/cents.sql", "macro_sql": "x", "depends_on": {"macros": []}}},
  "unit_tests": {%[2]q: {"unique_id": %[2]q, "resource_type": "unit_test", "name": "adds_up", "model": "orders", "package_name": "shop",
    "path": "orders.yml", "original_file_path": "models/orders.yml", "fqn": ["shop", "orders", "adds_up"], "given": [], "expect": {"rows": []},
    "depends_on": {"nodes": ["model.shop.orders"]}}},
  "parent_map": {"model.shop.orders": [], %[2]q: ["model.shop.orders"]}, "child_map": {}
}`, day, unitTest, macro, macroPackage)
}

// A removed table reaches nothing, and its columns are known.
func TestImpactOfARemovedTable(t *testing.T) {
	r := newRig(t, nil)
	r.send(t, artifacts{manifest: namedThings("2026-11-01", "unit_test.shop.orders.adds_up", "macro.shop.cents", "shop")})
	table := r.list(t, "/api/v1/assets?kind=model&schema_id="+r.schema, "id")[0]
	renamed := strings.NewReplacer("model.shop.orders", "model.shop.sales", `"orders"`, `"sales"`, `\"orders\"`, `\"sales\"`)
	later := namedThings("2026-11-02", "unit_test.shop.orders.adds_up", "macro.shop.cents", "shop")
	r.send(t, artifacts{manifest: []byte(renamed.Replace(string(later)))})
	if removed := r.list(t, "/api/v1/assets?removed=true&kind=model&schema_id="+r.schema, "id"); !slices.Equal(removed, []string{table}) {
		t.Fatalf("removed: %v, want %s", removed, table)
	}
	for suffix, want := range map[string]int{"": 200, "&column=id": 200, "&column=nope": 404} {
		if got := r.Get(t, "/api/v1/impact?asset="+table+suffix, r.key); got.Status != want {
			t.Errorf("impact%s: %d %s", suffix, got.Status, got.Body)
		}
	}
}
