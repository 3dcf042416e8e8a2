package apitest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
)

func TestDiff(t *testing.T) { diffIsServed(t, Options{}) }

func TestDiffOnPostgres(t *testing.T) { diffIsServed(t, Options{Store: OnPostgres}) }

// The difference of two versions is what the assets of both, read one by one, have as a difference. That of two schemas
// with the same imports is the same but for what is left out, and a schema does not differ from its copy.
func diffIsServed(t *testing.T, o Options) {
	t.Helper()
	s := Start(t, o)
	key := s.Key(t, access.AdminWorkspace)
	production, staging := s.Schema(t, "production"), s.Schema(t, "staging")
	importShop(t, s, key, production, false)
	importShop(t, s, key, staging, false)
	if rows := diffRows(t, s, key, production, staging); len(rows) != 0 {
		t.Errorf("a schema differs from its copy: %v", rows)
	}
	importShop(t, s, key, staging, true)
	versions := diffRows(t, s, key, staging+"@1", staging)
	if len(versions) == 0 {
		t.Fatal("no difference of the two imports")
	}
	if diff := cmp.Diff(describedDiff(t, s, key, staging, 1, 2), descriptionsOf(versions)); diff != "" {
		t.Errorf("descriptions (-read one by one +diff)\n%s", diff)
	}
	for name, row := range versions {
		causes := At(row, "versions").([]any)
		if len(causes) != 1 || At(causes[0], "cause.kind") != "import" || At(causes[0], "version") != 2.0 || At(causes[0], "actor_ref") == nil {
			t.Errorf("%s: caused by %v", name, causes)
		}
	}
	for _, name := range []string{"fct_orders", "dim_products"} {
		graph := s.Get(t, "/api/v1/lineage?select="+name+"%2B&schema_id="+staging, key)
		want := graph.At(t, "meta.total_nodes").(float64) - 1
		if row := versions["model.shop."+name]; At(row, "downstream") != want {
			t.Errorf("%v, want %v assets downstream", row, want)
		}
	}
	schemas := diffRows(t, s, key, production, staging)
	if diff := cmp.Diff(descriptionsOf(versions), descriptionsOf(schemas)); diff != "" {
		t.Errorf("descriptions (-two versions +two schemas)\n%s", diff)
	}
	if diff := cmp.Diff(statesOf(versions, "changed"), statesOf(schemas, "changed")); diff != "" {
		t.Errorf("added and removed (-two versions +two schemas)\n%s", diff)
	}
	back := diffRows(t, s, key, staging, staging+"@1")
	if len(back) != len(versions) {
		t.Errorf("%d assets differ backwards, %d forwards", len(back), len(versions))
	}
	products := tableID(t, s, key, staging, "model.shop.dim_products")
	for _, body := range []string{`{"owners":["ana"]}`, `{"owners":null}`} {
		if r := s.Send(t, "PATCH", "/api/v1/assets/"+products, key, body); r.Status != 200 {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
	}
	if rows := diffRows(t, s, key, staging+"@2", staging+"@4"); len(rows) != 0 {
		t.Errorf("what was changed and changed back differs: %v", rows)
	}
	edited := diffRows(t, s, key, staging+"@2", staging+"@3")["model.shop.dim_products"]
	if At(edited, "versions.0.cause.kind") != "edit" || At(edited, "changes.0.field") != "owners" || At(edited, "changes.0.head") != "ana" {
		t.Errorf("an edit: %v", edited)
	}
	for query, status := range map[string]int{
		"base=SCH-987&head=" + staging: 404, "base=" + staging + "@99&head=" + staging: 404,
		"base=" + staging + "@&head=" + staging: 400, "base=" + staging + "@then&head=" + staging: 400, "base=" + staging: 400,
	} {
		if r := s.Get(t, "/api/v1/diff?"+query, key); r.Status != status {
			t.Errorf("%s: %d %s, want %d", query, r.Status, r.Body, status)
		}
	}
	id, err := catalog.ParseIDOf(catalog.PrefixSchema, staging)
	if err != nil {
		t.Fatal(err)
	}
	limited := s.KeyFor(t, 1, access.NewKey{Name: "one", Scopes: []access.Scope{access.ReadCatalog}, SchemaIDs: []catalog.SchemaID{catalog.SchemaID(id)}})
	if r := s.Get(t, "/api/v1/diff?base="+production+"&head="+staging, limited); r.Status != 404 {
		t.Errorf("the base is of a schema that the key may not see: %d", r.Status)
	}
}

// diffRows reads all pages of a difference, two rows at a time, by unique_id.
func diffRows(t *testing.T, s *Server, key, base, head string) map[string]any {
	t.Helper()
	rows := map[string]any{}
	for next := fmt.Sprintf("/api/v1/diff?limit=2&base=%s&head=%s", base, head); next != ""; {
		page := s.Get(t, next, key)
		if page.Status != 200 {
			t.Fatalf("%s: %d %s", next, page.Status, page.Body)
		}
		for _, row := range page.At(t, "data").([]any) {
			name := fmt.Sprint(At(row, "attributes.unique_id"))
			if rows[name] != nil {
				t.Errorf("%s is listed twice", name)
			}
			rows[name] = At(row, "attributes")
		}
		next, _ = page.At(t, "links.next").(string)
	}
	return rows
}

// descriptionsOf lists which descriptions of assets that both points have differ, as base → head.
func descriptionsOf(rows map[string]any) map[string]string {
	out := map[string]string{}
	for name, row := range rows {
		for _, c := range At(row, "changes").([]any) {
			if At(c, "field") == "description" && At(c, "column") == nil {
				out[name] = fmt.Sprint(At(c, "base"), " → ", At(c, "head"))
			}
		}
	}
	return out
}

func statesOf(rows map[string]any, but string) map[string]any {
	out := map[string]any{}
	for name, row := range rows {
		if state := At(row, "state"); state != but {
			out[name] = state
		}
	}
	return out
}

// describedDiff reads the descriptions of all assets at two versions.
func describedDiff(t *testing.T, s *Server, key, schema string, base, head int) map[string]string {
	t.Helper()
	read := func(version int) map[string]any {
		out := map[string]any{}
		for next := fmt.Sprintf("/api/v1/assets?limit=200&removed=false&schema_id=%s&at=%d", schema, version); next != ""; {
			page := s.Get(t, next, key)
			for _, asset := range page.At(t, "data").([]any) {
				out[fmt.Sprint(At(asset, "attributes.dbt.unique_id"))] = At(asset, "attributes.description.value")
			}
			next, _ = page.At(t, "links.next").(string)
		}
		return out
	}
	before, after := read(base), read(head)
	out := map[string]string{}
	for name, was := range before {
		if is, both := after[name]; both && is != was {
			out[name] = fmt.Sprint(was, " → ", is)
		}
	}
	return out
}
