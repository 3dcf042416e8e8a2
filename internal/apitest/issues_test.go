package apitest

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
)

func TestIssues(t *testing.T) { issuesAreListed(t, Options{}) }

func TestIssuesOnPostgres(t *testing.T) { issuesAreListed(t, Options{Store: OnPostgres}) }

// The issues of a schema are those of the reports of its imports, each once, and those of the lineage of its models.
func issuesAreListed(t *testing.T, o Options) {
	t.Helper()
	s := Start(t, o)
	key := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "shop")
	broken := withCode(t, beforeManifest, "model.shop.dim_products", "select from from (")
	var imports []string
	for _, manifest := range [][]byte{broken, withCode(t, broken, "model.shop.fct_orders", "select * from nowhere_that_exists")} {
		imports = append(imports, s.Import(t, key, schema, File("manifest", "manifest.json", manifest)))
	}
	list := func(query string) []string {
		var out []string
		for next := "/api/v1/issues?limit=1&schema_id=" + schema + query; next != ""; {
			page := s.Get(t, next, key)
			for _, row := range page.At(t, "data").([]any) {
				unique, _ := At(row, "attributes.unique_id").(string)
				out = append(out, At(row, "attributes.code").(string)+" "+unique)
			}
			next, _ = page.At(t, "links.next").(string)
		}
		return out
	}
	var reported []string
	slices.Reverse(imports)
	for _, id := range imports {
		for _, row := range s.Get(t, "/api/v1/dbt_imports/"+id+"/report", key).At(t, "data.attributes.issues").([]any) {
			unique, _ := At(row, "unique_id").(string)
			if issue := At(row, "code").(string) + " " + unique; !slices.Contains(reported, issue) {
				reported = append(reported, issue)
			}
		}
	}
	if got := list("&source=import"); !slices.Equal(got, reported) || len(got) == 0 {
		t.Errorf("issues of imports %v, want %v", got, reported)
	}
	var read []string
	assets := "/api/v1/assets?limit=200&schema_id=" + schema
	for _, id := range append(s.all(t, key, assets+"&kind=model", "id"), s.all(t, key, assets+"&kind=snapshot", "id")...) {
		asset := s.Get(t, "/api/v1/assets/"+id.(string)+"/column_lineage", key)
		unique := s.Get(t, "/api/v1/assets/"+id.(string), key).At(t, "data.attributes.dbt.unique_id").(string)
		for _, row := range asset.At(t, "data.attributes.issues").([]any) {
			read = append(read, At(row, "code").(string)+" "+unique)
		}
	}
	got := list("&source=sql")
	slices.Sort(got)
	slices.Sort(read)
	if !slices.Equal(got, read) || !slices.ContainsFunc(got, func(i string) bool { return i[len(i)-len("model.shop.dim_products"):] == "model.shop.dim_products" }) {
		t.Errorf("issues of SQL %v, want %v", got, read)
	}
	if all := list(""); len(all) != len(got)+len(reported) {
		t.Errorf("%d issues, want %d and %d", len(all), len(reported), len(got))
	}
	if none := list("&code=no-such-code"); none != nil {
		t.Errorf("issues of another code: %v", none)
	}
	if before := list("&at=0"); before != nil {
		t.Errorf("issues before the first version: %v", before)
	}
}

// withCode returns a manifest in which a model has other compiled code.
func withCode(t *testing.T, manifest []byte, model, code string) []byte {
	t.Helper()
	if manifest[0] == 0x1f {
		manifest = unzipped(t, manifest)
	}
	var m map[string]any
	if err := json.Unmarshal(manifest, &m); err != nil {
		t.Fatal(err)
	}
	node := m["nodes"].(map[string]any)[model].(map[string]any)
	node["compiled_code"] = code
	out, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
