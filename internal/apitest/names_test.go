package apitest

import (
	"bytes"
	"encoding/json"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A 404 names the parameter and its value.
func TestNotFoundNamesTheParameter(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	of := "schema_id=" + r.schema
	if got := r.Get(t, "/api/v1/nope?x=1", r.key); got.Status != 404 || !strings.Contains(string(got.Body), `is not a path of this server`) {
		t.Errorf("an unknown path: %d %s", got.Status, got.Body)
	}
	for path, want := range map[string]string{
		"/assets/TBL-99999":                                  `id "TBL-99999" does not exist`,
		"/assets/model.shop.orders":                          `needs schema_id`,
		"/assets/model.shop.none?" + of:                      `id "model.shop.none" does not exist`,
		"/assets/" + r.table + "?at=999":                     `at "999" does not exist: ` + r.schema + ` is at version `,
		"/assets?schema_id=SCH-9":                            `schema_id "SCH-9" does not exist`,
		"/assets?" + of + "&project=PRJ-99":                  `project "PRJ-99" does not exist`,
		"/changes?" + of + "&from=999":                       `from "999" does not exist`,
		"/schemas/x":                                         `id "x" does not exist`,
		"/runs/RUN-99":                                       `id "RUN-99" does not exist`,
		"/dbt_imports/IMP-99":                                `id "IMP-99" does not exist`,
		"/dbt_imports/IMP-99/report":                         `id "IMP-99" does not exist`,
		"/dbt_imports?schema_id=SCH-9":                       `schema_id "SCH-9" does not exist`,
		"/impact?asset=TBL-99999":                            `asset "TBL-99999" does not exist`,
		"/impact?asset=" + r.table + "&column=nope":          `column "nope" does not exist`,
		"/assets/" + r.table + "/columns/nope/lineage":       `name "nope" does not exist`,
		"/assets/by-unique-id?" + of + "&unique_id=x.y.z":    `unique_id "x.y.z" does not exist`,
		"/assets/by-relation?" + of + "&relation=no.such":    `relation "no.such" does not exist`,
		"/assets/" + r.table + "/columns/nope":               `name "nope" does not exist`,
		"/assets/" + r.table + "/columns/produkt_id":         `did you mean product_id?`,
		"/assets/" + r.table + "/columns/produkt_id/lineage": `did you mean product_id?`,
		"/impact?column=produkt_id&asset=" + r.table:         `did you mean product_id?`,
		"/assets/by-unique-id?" + of + "&unique_id=model.shop.dim_products&project=nope": `project "nope" does not exist`,
		"/assets/by-unique-id?" + of + "&unique_id=model.shop.dim_products&project=shap": `did you mean shop?`,
		"/assets/by-unique-id?" + of + "&unique_id=x.y.z&project=shop":                   `unique_id "x.y.z" does not exist`,
		"/assets/model.shop.dim_products?" + of + "&project=nope":                        `project "nope" does not exist`,
		"/assets/dim_products/columns?" + of + "&project=shap":                           `did you mean shop?`,
		"/assets/" + r.table + "?project=shap":                                           `did you mean shop?`,
		"/impact?" + of + "&asset=model.shop.dim_products&project=nope":                  `project "nope" does not exist`,
		"/tests?" + of + "&asset=model.shop.dim_products&project=nope":                   `project "nope" does not exist`,
		"/assets/" + strings.Repeat("x", 3000) + "?" + of:                                `x…"`,
		"/dbt_imports/IMP-1/artifacts/" + strings.Repeat("ab", 32):                       `sha "abab`,
		"/assets/dim_products?" + of:                                                     `did you mean model.shop.dim_products`,
		"/assets/model.shop.dim_product?" + of:                                           `did you mean model.shop.dim_products`,
		"/assets/marts.dim_product/columns?" + of:                                        `did you mean model.shop.dim_products`,
		"/impact?" + of + "&asset=model.shop.dim_prodcts":                                `did you mean model.shop.dim_products`,
		"/assets/by-relation?" + of + "&relation=x.dim_product":                          `did you mean model.shop.dim_products`,
		"/assets/by-unique-id?" + of + "&unique_id=dim_product":                          `did you mean model.shop.dim_products`,
		"/assets?" + of + "&project=shap":                                                `did you mean shop?`,
		"/runs?" + of + "&project=shap":                                                  `did you mean shop?`,
		"/assets?project=shop":                                                           `needs schema_id`,
	} {
		got := r.Get(t, "/api/v1"+path, r.key)
		if detail, _ := got.At(t, "detail").(string); got.Status != 404 || !strings.Contains(detail, want) {
			t.Errorf("%s: %d %s, want %s", path, got.Status, got.Body, want)
		}
	}
}

// A misspelled filter is refused, and its near names are named; compatible routes ignore what they do not know.
func TestUnknownParameters(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	for path, want := range map[string]string{
		"/assets?schema=" + r.schema:             "did you mean schema_id?",
		"/assets?kinds=model":                    "did you mean kind?",
		"/assets?xyzzy=1":                        "it takes ",
		"/assets/" + r.table + "?version=3":      "it takes ",
		"/keys?x=1":                              "it takes ",
		"/schemas/" + r.schema + "?at=1":         "takes none",
		"/lineage?schema_id=" + r.schema + "&q=": "q",
	} {
		got := r.Get(t, "/api/v1"+path, r.key)
		if detail, _ := got.At(t, "detail").(string); got.Status != 422 || got.At(t, "code") != "unknown-parameter" || !strings.Contains(detail, want) {
			t.Errorf("%s: %d %s, want %s", path, got.Status, got.Body, want)
		}
	}
	for _, path := range []string{"/api/v1/dbt_imports?page=2", "/dbt_imports/IMP-1?x=y", "/livez?verbose", "/readyz?x=1", "/api/v1/openapi.json?x=1"} {
		if got := r.Get(t, path, r.key); got.Status != 200 {
			t.Errorf("%s: %d %s", path, got.Status, got.Body)
		}
	}
	if got := r.Send(t, "PATCH", "/api/v1/assets/"+r.table+"?force=1", r.key, `{}`); got.Status != 422 {
		t.Errorf("a write: %d %s", got.Status, got.Body)
	}
}

// An asset is named by its id, by dbt's unique_id or by its relation, wherever one is named.
func TestNamesOfAnAsset(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	relation, _ := r.Get(t, "/api/v1/assets/"+r.table, r.key).At(t, "data.attributes.relation.text").(string)
	if relation == "" {
		t.Fatal("no relation")
	}
	for _, name := range []string{"model.shop.dim_products", relation, strings.ToLower(r.table)} {
		at := url.PathEscape(name)
		for _, route := range []string{"", "/columns", "/columns/product_id/lineage", "/column_lineage", "/code", "/facets", "/tests", "/runs", "/changes"} {
			byID, byName := r.Get(t, "/api/v1/assets/"+r.table+route, r.key), r.Get(t, "/api/v1/assets/"+at+route+"?schema_id="+r.schema, r.key)
			if byID.Status != 200 || !bytes.Equal(byID.Body, byName.Body) {
				t.Errorf("%s%s: %d %.300s", name, route, byName.Status, byName.Body)
			}
		}
		query := "schema_id=" + r.schema + "&asset=" + url.QueryEscape(name)
		for _, route := range []string{"/impact", "/tests"} {
			byID, byName := r.Get(t, "/api/v1"+route+"?asset="+r.table, r.key), r.Get(t, "/api/v1"+route+"?"+query, r.key)
			if byID.Status != 200 || !bytes.Equal(byID.Body, byName.Body) {
				t.Errorf("%s %s: %d %.300s", route, name, byName.Status, byName.Body)
			}
		}
	}
	if got := r.Send(t, "PATCH", "/api/v1/assets/model.shop.dim_products?schema_id="+r.schema, r.key, `{"tags":["gold"]}`); got.Status != 200 || got.At(t, "data.id") != r.table {
		t.Errorf("edit: %d %s", got.Status, got.Body)
	}
	other := r.Schema(t, "another")
	if got := r.Get(t, "/api/v1/assets/"+r.table+"?schema_id="+other, r.key); got.Status != 404 {
		t.Errorf("in another schema: %d %s", got.Status, got.Body)
	}
}

// Two projects of a schema that have a node of one unique_id: 409 with the candidates until a project is named.
func TestAmbiguousUniqueID(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{})
	key := s.Key(t, "admin:workspace")
	schema := s.Schema(t, "Analytics Warehouse")
	for _, project := range []string{"one", "two"} {
		m := map[string]any{
			"metadata": map[string]any{
				"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": "1.9.0", "adapter_type": "postgres",
				"project_name": project, "generated_at": "2026-01-10T18:00:00Z", "invocation_id": project,
			},
			"nodes": map[string]any{"model.shared.dates": map[string]any{
				"unique_id": "model.shared.dates", "resource_type": "model", "name": "dates", "package_name": "shared", "database": "db", "schema": project,
				"alias": "dates", "relation_name": `"db"."` + project + `"."dates"`, "raw_code": "select 1 as id", "config": map[string]any{"materialized": "table"},
				"path": "dates.sql", "original_file_path": "models/dates.sql", "columns": map[string]any{}, "depends_on": map[string]any{"nodes": []string{}},
			}},
			"sources": map[string]any{}, "exposures": map[string]any{}, "metrics": map[string]any{}, "parent_map": map[string]any{}, "child_map": map[string]any{},
		}
		body, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		s.Import(t, key, schema, File("manifest", "manifest.json", body))
	}
	of := "schema_id=" + schema
	for _, path := range []string{"/api/v1/assets/by-unique-id?unique_id=model.shared.dates&" + of, "/api/v1/assets/model.shared.dates?" + of, "/api/v1/impact?asset=model.shared.dates&" + of} {
		got := s.Get(t, path, key)
		if got.Status != 409 || got.At(t, "candidates.0.project") != "one" || got.At(t, "candidates.1.project") != "two" {
			t.Errorf("%s: %d %s", path, got.Status, got.Body)
		}
		for _, project := range []string{"two", "PRJ-2"} {
			if got := s.Get(t, path+"&project="+project, key); got.Status != 200 {
				t.Errorf("%s of %s: %d %s", path, project, got.Status, got.Body)
			}
		}
	}
	two := s.Get(t, "/api/v1/assets/model.shared.dates?project=two&"+of, key)
	if two.At(t, "data.relationships.project.name") != "two" {
		t.Errorf("of two: %s", two.Body)
	}
}

// Tables with failing tests, tables with a tagged column, and the columns with the tag.
func TestFiltersOfTestsAndColumns(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	of := "schema_id=" + r.schema
	for _, class := range []string{"pass", "fail", "warn", "error", "unknown"} {
		want := map[string]bool{}
		for _, id := range r.all(t, r.key, "/api/v1/tests?"+of+"&status="+class, "attributes.asset") {
			if text, ok := id.(string); ok {
				want[text] = true
			}
		}
		got := r.all(t, r.key, "/api/v1/assets?"+of+"&test_status="+class, "id")
		if len(got) != len(want) {
			t.Errorf("%s: %v, want %v", class, got, want)
		}
	}
	for _, id := range []string{"product_id", "product_name"} {
		if got := r.Send(t, "PATCH", "/api/v1/assets/"+r.table+"/columns/"+id, r.key, `{"tags":["gold"]}`); got.Status != 200 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
		if got := r.all(t, r.key, "/api/v1/assets?"+of+"&column_tag=gold", "id"); !slices.Equal(got, []any{r.table}) {
			t.Errorf("tables with the tag: %v", got)
		}
		got := r.Get(t, "/api/v1/assets?"+of+"&column_tag=Gold", r.key)
		if got.At(t, "meta.warnings.0.message") != `column_tag: no column has "Gold"; near names: gold` {
			t.Errorf("a tag in another case: %s", got.Body)
		}
	}
	if got := r.all(t, r.key, "/api/v1/assets/"+r.table+"/columns?tag=gold", "attributes.name"); !slices.Equal(got, []any{"product_id", "product_name"}) {
		t.Errorf("columns with the tag: %v", got)
	}
	for _, name := range []string{"product_id", "product_name"} {
		r.Send(t, "PATCH", "/api/v1/assets/"+r.table+"/columns/"+name, r.key, `{"tags":null}`)
	}
	if got := r.all(t, r.key, "/api/v1/assets?"+of+"&column_tag=gold", "id"); len(got) != 0 {
		t.Errorf("after the tag is gone: %v", got)
	}
	for _, list := range []string{"assets", "runs", "tests", "freshness"} {
		byID, byName := r.Get(t, "/api/v1/"+list+"?"+of+"&project=PRJ-1", r.key), r.Get(t, "/api/v1/"+list+"?"+of+"&project=shop", r.key)
		if byID.Status != 200 || byName.Status != 200 || byID.At(t, "meta.total") != byName.At(t, "meta.total") {
			t.Errorf("%s of a project: %d %s, by its name %d %s", list, byID.Status, byID.Body, byName.Status, byName.Body)
		}
	}
	for _, query := range []string{"test_status=pass", "test_status=pass&kind=model"} {
		one, all := r.all(t, r.key, "/api/v1/assets?"+of+"&"+query, "id"), r.all(t, r.key, "/api/v1/assets?"+query, "id")
		if len(one) == 0 || !slices.Equal(one, all) {
			t.Errorf("%s: %v of the schema, %v of all", query, one, all)
		}
	}
}

// A value that a parameter does not take is refused with the similar ones.
func TestValuesOfParameters(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	of := "schema_id=" + r.schema
	for path, want := range map[string]string{
		"/assets?" + of + "&sort=nam":                                    `sort: "nam" is not a value of it; did you mean name`,
		"/assets?" + of + "&kind=moddel":                                 `kind: "moddel" is not a value of it; did you mean model?`,
		"/assets?" + of + "&kind=model,zzzz":                             `kind: "zzzz" is not a value of it; want one of model, seed,`,
		"/assets?" + of + "&breakdown=tags":                              `breakdown: "tags" is not a value of it; did you mean tag?`,
		"/assets?" + of + "&status=succeess":                             `did you mean success?`,
		"/assets?" + of + "&test_status=failed":                          `did you mean fail?`,
		"/assets?" + of + "&removed=ture":                                `did you mean true?`,
		"/tests?" + of + "&status=passed":                                `did you mean pass?`,
		"/freshness?" + of + "&status=warning":                           `did you mean warn?`,
		"/lineage?" + of + "&hooks=yes":                                  `want one of true, false.`,
		"/assets/" + r.table + "/columns?removed=1":                      `want one of true, false.`,
		"/impact?rows=maybe&asset=" + r.table:                            `want one of true, false.`,
		"/assets/" + r.table + "/columns/x/lineage?direction=uptream":    `did you mean upstream?`,
		"/assets/" + r.table + "/columns/x/lineage?kinds=rename,identiy": `did you mean identity?`,
		"/assets/" + r.table + "/columns/x/lineage?confidence=shema":     `did you mean schema?`,
		"/lineage?" + of + "&select=tagg:x":                              `did you mean tag`,
	} {
		got := r.Get(t, "/api/v1"+path, r.key)
		if detail, _ := got.At(t, "detail").(string); got.Status != 400 || got.At(t, "code") != "invalid-parameter" || !strings.Contains(detail, want) {
			t.Errorf("%s: %d %s, want %s", path, got.Status, got.Body, want)
		}
	}
	for _, path := range []string{"/assets?" + of + "&status=&removed=&kind=", "/impact?rows=&asset=" + r.table} {
		if got := r.Get(t, "/api/v1"+path, r.key); got.Status != 200 {
			t.Errorf("%s: %d %s", path, got.Status, got.Body)
		}
	}
}

// A column has a page of its own, found in any case where the warehouse folds names; its tag is what an edit takes.
func TestColumn(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	of := "/api/v1/assets/" + r.table + "/columns"
	listed := r.Get(t, of, r.key).At(t, "data.0")
	first := At(listed, "attributes.name").(string)
	one := r.Get(t, of+"/"+first, r.key)
	if one.Status != 200 || !reflect.DeepEqual(one.At(t, "data"), listed) {
		t.Fatalf("%d %s, listed %v", one.Status, one.Body, listed)
	}
	if folded := r.Get(t, of+"/"+strings.ToUpper(first), r.key); !bytes.Equal(folded.Body, one.Body) {
		t.Errorf("in upper case: %d %s", folded.Status, folded.Body)
	}
	if got := r.Get(t, of+"/"+first+"?at=1", r.key); got.Status != 200 {
		t.Errorf("at 1: %d %s", got.Status, got.Body)
	}
	edited := r.Send(t, "PATCH", of+"/"+first, r.key, `{"tags":["x"]}`, "If-Match", one.Header.Get("ETag"))
	again := r.Send(t, "PATCH", of+"/"+first, r.key, `{"tags":["y"]}`, "If-Match", one.Header.Get("ETag"))
	if edited.Status != 200 || again.Status != 412 {
		t.Errorf("an edit with the tag: %d, a second one: %d", edited.Status, again.Status)
	}
}

// Columns and tests of a table come in pages too, all at once unless asked otherwise.
func TestPagesOfColumns(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	for list, id := range map[string]string{"columns": "attributes.name", "tests": "id"} {
		of := "/api/v1/assets/" + r.table + "/" + list
		whole := r.Get(t, of, r.key)
		want := r.all(t, r.key, of, id)
		if len(want) < 1 || whole.At(t, "meta.total") != float64(len(want)) || whole.At(t, "links.next") != nil {
			t.Errorf("%s: %s", list, whole.Body)
		}
		if got := r.all(t, r.key, of+"?limit=1", id); !slices.Equal(got, want) {
			t.Errorf("one by one: %v, want %v", got, want)
		}
		page := r.Get(t, of+"?limit=1", r.key)
		if rows := page.At(t, "data").([]any); len(rows) != 1 || page.At(t, "meta.total") != float64(len(want)) {
			t.Errorf("a page: %s", page.Body)
		}
		for _, bad := range []string{"?limit=0", "?limit=2001", "?cursor=x"} {
			if got := r.Get(t, of+bad, r.key); got.Status != 400 {
				t.Errorf("%s: %d", bad, got.Status)
			}
		}
	}
}

// An edit that the policy hides says so; one that is effective has no meta.
func TestHiddenEditsWarn(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	asset := "/api/v1/assets/" + r.table
	column := asset + "/columns/SKU"
	warned := func(path, body string) []any {
		got := r.Send(t, "PATCH", path, r.key, body)
		if got.Status != 200 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
		warnings, _ := got.At(t, "meta.warnings").([]any)
		return warnings
	}
	for _, path := range []string{asset, column} {
		if w := warned(path, `{"description":"mine"}`); len(w) != 1 || At(w[0], "field") != "description" || At(w[0], "code") != "not-effective" {
			t.Errorf("%s under always: %v", path, w)
		}
		if w := warned(path, `{"tags":["extra"],"description":null}`); len(w) != 0 {
			t.Errorf("%s: a tag that is effective, a text that is withdrawn: %v", path, w)
		}
	}
	if got := r.Send(t, "PATCH", "/api/v1/schemas/"+r.schema, r.key, `{"policy":{"description":"smart"}}`); got.Status != 200 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	if w := warned(asset, `{"description":"mine"}`); len(w) != 0 {
		t.Errorf("under smart: %v", w)
	}
	if w := warned(column, `{"description":"mine"}`); len(w) != 1 || !strings.Contains(At(w[0], "message").(string), "for column_description is") {
		t.Errorf("a column under always: %v", w)
	}
}

// Changes are resources, pages of them are cut at rows, and the total counts rows.
func TestChangesAreCounted(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	for _, body := range []string{`{"description":"one","tags":["a"],"owners":["ana"]}`, `{"description":"two","tags":["b"]}`} {
		if got := r.Send(t, "PATCH", "/api/v1/assets/"+r.table, r.key, body); got.Status != 200 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
	}
	for _, list := range []string{"/api/v1/changes?from=1&schema_id=" + r.schema, "/api/v1/assets/" + r.table + "/changes?"} {
		whole := r.Get(t, list+"&limit=200", r.key)
		rows := whole.At(t, "data").([]any)
		if len(rows) < 4 || whole.At(t, "meta.total") != float64(len(rows)) || whole.At(t, "links.next") != nil {
			t.Fatalf("%s: %s", list, whole.Body)
		}
		for _, row := range rows {
			if At(row, "type") != "change" || At(row, "attributes.asset") != r.table || At(row, "asset") != r.table || At(row, "id") == nil {
				t.Errorf("%s: row %v", list, row)
			}
		}
		for _, limit := range []string{"1", "2", "3"} {
			var ids []any
			for path := list + "&limit=" + limit; path != ""; {
				page := r.Get(t, path, r.key)
				some := page.At(t, "data").([]any)
				if page.Status != 200 || float64(len(some)) > page.At(t, "meta.limit").(float64) || page.At(t, "meta.total") != float64(len(rows)) {
					t.Fatalf("%s: %d %s", path, page.Status, page.Body)
				}
				for _, row := range some {
					ids = append(ids, At(row, "id"))
				}
				path, _ = page.At(t, "links.next").(string)
			}
			if len(ids) != len(rows) {
				t.Errorf("%s by %s: %v of %d", list, limit, ids, len(rows))
			}
		}
	}
}

// TestFieldsOfBodies: the reply names the field, and the fields or values that look like it.
func TestFieldsOfBodies(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	asset, schema := "/api/v1/assets/"+r.table, "/api/v1/schemas/"+r.schema
	for _, c := range []struct{ method, path, body, field, detail string }{
		{"PATCH", asset, `{"descr": "x"}`, "descr", "unknown field; did you mean description?"},
		{"PATCH", asset, `{"x": "x"}`, "x", "unknown field; want one of description, owners, tags"},
		{"PATCH", schema, `{"policy": {"descr": "smart"}}`, "policy.descr", "did you mean description"},
		{"PATCH", schema, `{"policy": {"description": "smrt"}}`, "policy.description", `"smrt" is not a value of it; did you mean smart?`},
		{"PATCH", schema, `{"targets": [{"project": "shop", "projekt": "shop"}]}`, "targets[0].projekt", "did you mean project?"},
		{"PATCH", schema, `{"targets": [{"database": "x"}]}`, "targets[0].project", "required field is missing"},
		{"POST", "/api/v1/schemas", `{}`, "name", "required field is missing"},
		{"POST", "/api/v1/keys", `{"name": "x", "scopes": ["read:catalogue"]}`, "scopes", `"read:catalogue" is not a scope; did you mean read:catalog?`},
	} {
		got := r.Do(t, c.method, c.path, r.key, strings.NewReader(c.body), "Content-Type", "application/json")
		if detail, _ := got.At(t, "detail").(string); got.Status != 422 || got.At(t, "field") != c.field || !strings.HasPrefix(detail, c.field+": ") || !strings.Contains(detail, c.detail) {
			t.Errorf("%s %s: %d %s", c.path, c.body, got.Status, got.Body)
		}
	}
	got := r.Upload(t, r.key, Form(Text("schema", r.schema), File("manifest", "m", []byte("{}"))))
	if detail := got.At(t, "detail"); got.Status != 422 || detail != "The part 'schema_id' is missing; 'schema', which was sent, is not a part of the form." {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}
