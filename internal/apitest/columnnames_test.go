package apitest

import "testing"

// A06: a column whose name has quotes in YAML is the column of that name, with its text and its test.
func TestQuotedColumnOfYAML(t *testing.T) {
	onBothStores(t, "A06", func(r *caseRig) {
		r.send("manifest=manifest", "catalog=catalog")
		id := r.id("model.shop.q")
		columns := r.get("/api/v1/assets/"+id+"/columns", "data").([]any)
		if len(columns) != 1 {
			r.t.Fatalf("%d columns: %v", len(columns), columns)
		}
		for value, want := range map[string]any{
			"name": "ColumnName", "description.value": "quoted in YAML", "documented_only": false, "present": true, "tests.0.name": "not_null",
		} {
			r.wants(value, At(columns[0], "attributes."+value), want)
		}
		r.wants("column of the test", r.get("/api/v1/assets/"+id+"/tests", "data.0.attributes.columns.0"), "ColumnName")
		r.wants("tests of the schema", r.get("/api/v1/tests?schema_id="+r.schema, "meta.total"), 1.0)
		r.wants("columns", r.node("model.shop.q", "data.attributes.columns"), 1.0)
	})
}

// A filter by a value that nothing has names what is near it.
func TestWarningsOfFilters(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	base := "/api/v1/assets?schema_id=" + r.schema
	for query, want := range map[string]any{
		"&tag=marst":               `tag: no asset has "marst"; near names: marts`,
		"&group=Finance":           `group: no asset has "Finance"; near names: finance`,
		"&package=nothing-like-it": `package: no asset has "nothing-like-it"`,
	} {
		if got := r.Get(t, base+query, r.key).At(t, "meta.warnings.0.message"); got != want {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	for _, query := range []string{"&tag=marts", "&tag=marts&kind=exposure"} {
		if meta := r.Get(t, base+query, r.key).At(t, "meta").(map[string]any); meta["warnings"] != nil {
			t.Errorf("%s: %v", query, meta)
		}
	}
}
