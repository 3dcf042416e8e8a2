package apitest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
)

// starProject is a project whose code has stars over a source of unknown columns: wide is in the catalog, open is not.
func starProject(catalog bool) []Part {
	code := func(sql, parents string) string {
		return fmt.Sprintf(`,"raw_code":"x","compiled_code":%q,"checksum":{"name":"sha256","checksum":%q},"depends_on":{"nodes":[%s]}`, sql, sql, parents)
	}
	ephemeral := strings.Replace(node("inline", code("select key as k, 1 as one from d.s.wide", `"model.p.wide"`)), `"table"`, `"ephemeral"`, 1)
	manifest := strings.Replace(small(strings.Join([]string{
		node("wide", code("select *, 1 as one from d.raw.things", `"source.p.raw.things"`)),
		node("open", code("select * from d.raw.things", `"source.p.raw.things"`)), ephemeral,
	}, ",")), `"sources":{}`, `"sources":{"source.p.raw.things":{"unique_id":"source.p.raw.things","resource_type":"source","name":"things","source_name":"raw","identifier":"things","database":"d","schema":"raw","package_name":"p","path":"s.yml","original_file_path":"models/s.yml","fqn":["p","raw","things"],"relation_name":"\"d\".\"raw\".\"things\"","columns":{}}}`, 1)
	manifest = strings.Replace(manifest, `"alias":"wide"`, `"alias":"wide","relation_name":"\"d\".\"s\".\"wide\""`, 1)
	parts := []Part{File("manifest", "manifest.json", []byte(manifest))}
	if catalog {
		parts = append(parts, File("catalog", "catalog.json", []byte(`{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/catalog/v1.json","dbt_version":"1.10.0","generated_at":"2026-01-10T18:00:01Z"},`+
			`"nodes":{"model.p.wide":{"unique_id":"model.p.wide","metadata":{"type":"BASE TABLE","schema":"s","name":"wide","database":"d","comment":null,"owner":"x"},"stats":{},`+
			`"columns":{"key":{"type":"integer","index":1,"name":"key","comment":null},"note":{"type":"text","index":2,"name":"note","comment":null},"one":{"type":"integer","index":3,"name":"one","comment":null}}}},"sources":{},"errors":null}`)))
	}
	return parts
}

// Columns that only the code shows are listed, described and traced, and the ones behind a star follow from the catalog.
func TestColumnsOfCode(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{})
	key := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "Warehouse")
	s.Import(t, key, schema, starProject(false)...)
	id := func(unique string) string {
		return s.Get(t, "/api/v1/assets/by-unique-id?schema_id="+schema+"&unique_id="+unique, key).At(t, "data.id").(string)
	}
	columns := func(unique string) (out []string) {
		for _, c := range s.Get(t, "/api/v1/assets/"+id(unique)+"/columns", key).At(t, "data").([]any) {
			out = append(out, At(c, "attributes.name").(string)+" "+At(c, "attributes.origin").(string))
		}
		return out
	}
	outputs := func(unique string) (out []string) {
		read := s.Get(t, "/api/v1/assets/"+id(unique)+"/column_lineage", key)
		listed, _ := read.At(t, "data.attributes.listed").(float64)
		made := read.At(t, "data.attributes.outputs").([]any)
		if listed == 0 {
			listed = float64(len(made))
		}
		total := s.Get(t, "/api/v1/assets/"+id(unique), key).At(t, "data.attributes.columns").(float64)
		if read.At(t, "data.attributes.columns") != float64(len(made)) || listed+read.At(t, "data.attributes.documented").(float64) != total {
			t.Errorf("%s has %v columns: %s", unique, total, read.Body)
		}
		unexpanded := read.At(t, "data.attributes.unexpanded").([]any)
		if incomplete := read.At(t, "data.attributes.incomplete"); incomplete != (len(unexpanded) > 0) {
			t.Errorf("incomplete %v: %s", incomplete, read.Body)
		}
		for _, o := range append(unexpanded, made...) {
			text := At(o, "name").(string)
			for _, from := range At(o, "from").([]any) {
				text += fmt.Sprint(" < ", At(from, "asset_name"), ".", At(from, "column"), " ", At(from, "confidence"))
			}
			if At(o, "incomplete") == true {
				text += " incomplete"
			}
			out = append(out, text)
		}
		return out
	}
	want := func(what string, got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	want("before a catalog", columns("model.p.wide"), "one sql")
	want("before a catalog", outputs("model.p.wide"), "* < things.* inferred incomplete", "one")
	want("an ephemeral model", columns("model.p.inline"), "k sql", "one sql")
	edited := s.Send(t, "PATCH", "/api/v1/assets/"+id("model.p.inline")+"/columns/k", key, `{"description":"The key."}`)
	if edited.Status != 200 || edited.At(t, "data.attributes.description.value") != "The key." {
		t.Errorf("%d %s", edited.Status, edited.Body)
	}

	s.Import(t, key, schema, starProject(true)...)
	want("with a catalog", columns("model.p.wide"), "key warehouse", "note warehouse", "one warehouse")
	want("with a catalog", outputs("model.p.wide"), "key < things.key inferred", "note < things.note inferred", "one")
	want("in no catalog", outputs("model.p.open"), "* < things.* inferred incomplete")
	source := id("source.p.raw.things")
	if r := s.Get(t, "/api/v1/impact?asset="+source+"&column=note", key); r.Status != 200 || !strings.Contains(string(r.Body), `"wide"`) {
		t.Errorf("impact of a column that only a star shows: %d %s", r.Status, r.Body)
	}
	impact := s.Get(t, "/api/v1/impact?asset="+source+"&column=note", key)
	if !strings.Contains(string(impact.Body), `"unread"`) || !strings.Contains(string(impact.Body), `"open"`) {
		t.Errorf("the model whose star is not expanded may have the column: %s", impact.Body)
	}
	if r := s.Get(t, "/api/v1/assets/"+source+"/columns/key/lineage", key); r.At(t, "data.nodes.0.attributes.incomplete") != true {
		t.Errorf("a column that a star may pass on: %s", r.Body)
	}
	if r := s.Get(t, "/api/v1/assets/"+id("model.p.wide")+"/columns/key/lineage?direction=downstream", key); r.At(t, "data.nodes.0.attributes.incomplete") != false {
		t.Errorf("a column that no star passes on: %s", r.Body)
	}
	if r := s.Get(t, "/api/v1/assets/"+source+"/columns/key/lineage", key); r.Status != 200 || !strings.Contains(string(r.Body), ".k\"") {
		t.Errorf("lineage of a column that only a star shows: %d %s", r.Status, r.Body)
	}
	if r := s.Get(t, "/api/v1/assets/"+id("model.p.inline")+"/columns", key); !strings.Contains(string(r.Body), "The key.") {
		t.Errorf("an edit is lost: %s", r.Body)
	}
}
