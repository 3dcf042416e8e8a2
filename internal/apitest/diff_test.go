package apitest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
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
	for path, want := range map[string]any{
		"versions.0.cause.kind": "edit", "changes.0.field": "owners", "changes.0.head": "ana", "changes.0.head_set.cause.kind": "edit",
		"changes.0.head_set.version": 3.0, "changes.0.head_set.actor_ref.name": "ana", "changes.0.base_set.version": 1.0, "changes.0.base_set.cause.kind": "import",
		"head_set.version": 1.0, "base_set.version": 1.0,
	} {
		if got := At(edited, path); got != want {
			t.Errorf("an edit: %s is %v, want %v", path, got, want)
		}
	}
	diffSetBy(t, schemas)
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

// diffSetBy checks what set the differences of a schema of one import from one of two.
func diffSetBy(t *testing.T, rows map[string]any) {
	t.Helper()
	second := 0
	for name, row := range rows {
		if At(row, "state") == "added" && (At(row, "head_set.version") != 2.0 || At(row, "base_set") != nil) {
			t.Errorf("%s was added by %v, %v", name, At(row, "base_set"), At(row, "head_set"))
		}
		for _, c := range At(row, "changes").([]any) {
			lineage := strings.HasPrefix(fmt.Sprint(At(c, "field")), "lineage")
			switch base, head := At(c, "base_set.version"), At(c, "head_set.version"); {
			case At(c, "kind") == "removed" && At(c, "column") != nil:
			case lineage && (base != nil || head != nil), !lineage && head != 2.0, !lineage && base != 1.0 && At(c, "kind") != "created":
				t.Errorf("%s: %v was set by %v and %v", name, c, base, head)
			case head == 2.0:
				second++
			}
		}
	}
	if second == 0 {
		t.Error("nothing was set by the second import")
	}
}

// moved returns an artifact of the shop as it would be of a target in another database.
func moved(t *testing.T, artifact []byte) []byte {
	t.Helper()
	unzipped, err := gzip.NewReader(bytes.NewReader(artifact))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	replacer := strings.NewReplacer(`\"shop\".`, `\"shop_dev\".`, `"database": "shop"`, `"database": "shop_dev"`, `"database":"shop"`, `"database":"shop_dev"`)
	return []byte(replacer.Replace(string(plain)))
}

// A schema does not differ from one whose tables lie in another database, not in compiled code nor in column lineage;
// what another state of the project changes of these is the same in both.
func TestDiffOfMovedTables(t *testing.T) {
	withShopOnBoth(t, func(t *testing.T, r rig) {
		staging := r.Schema(t, "staging")
		r.Import(t, r.key, staging, File("manifest", "m.json", moved(t, beforeManifest)), File("catalog", "c.json", moved(t, beforeCatalog)))
		if rows := diffRows(t, r.Server, r.key, r.schema, staging); len(rows) != 0 {
			t.Errorf("it differs from its copy elsewhere: %v", rows)
		}
		importShop(t, r.Server, r.key, r.schema, true)
		r.Import(t, r.key, staging, File("manifest", "m.json", moved(t, afterManifest)), File("catalog", "c.json", moved(t, afterCatalog)))
		counts := map[string]int{}
		elsewhere := codeDiffs(diffRows(t, r.Server, r.key, r.schema+"@1", staging), counts)
		if diff := cmp.Diff(codeDiffs(diffRows(t, r.Server, r.key, r.schema+"@1", r.schema), map[string]int{}), elsewhere); diff != "" {
			t.Errorf("(-in one schema +elsewhere)\n%s", diff)
		}
		if counts["compiled_code"] == 0 || counts["lineage"] == 0 {
			t.Errorf("compared %v", counts)
		}
	})
}

// codeDiffs lists the changes of compiled code and column lineage, and counts them by field.
func codeDiffs(rows map[string]any, counts map[string]int) map[string]bool {
	out := map[string]bool{}
	for name, row := range rows {
		for _, c := range At(row, "changes").([]any) {
			field := fmt.Sprint(At(c, "field"))
			if field == "compiled_code" || strings.HasPrefix(field, "lineage") {
				out[fmt.Sprint(name, " ", At(c, "column"), " ", field)] = true
				counts[field]++
			}
		}
	}
	return out
}
