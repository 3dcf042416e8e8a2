package apitest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
)

// An import is reverted and the revert undone, on both stores: the catalog, with its
// column lineage, equals that of before and of after the import.
func TestRevert(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, s *Server) {
		key := s.Key(t, access.AdminWorkspace)
		schema := s.Schema(t, "Warehouse")
		s.Import(t, key, schema, File("manifest", "manifest.json", beforeManifest), File("catalog", "catalog.json", beforeCatalog))
		before := shopState(t, s, key, schema)
		id := s.Import(t, key, schema, File("manifest", "manifest.json", afterManifest), File("catalog", "catalog.json", afterCatalog))
		after := shopState(t, s, key, schema)
		if before == after {
			t.Fatal("the import changed nothing")
		}
		r := s.Send(t, "POST", "/api/v1/dbt_imports/"+id+"/revert", key, "")
		if r.Status != 200 || r.At(t, "data.attributes.not_restored") != 0.0 || r.At(t, "data.attributes.restored") == 0.0 {
			t.Fatalf("revert: %d %s", r.Status, r.Body)
		}
		if got := shopState(t, s, key, schema); got != before {
			t.Errorf("reverted: %s", firstDifference(got, before))
		}
		if r := s.Send(t, "POST", "/api/v1/dbt_imports/"+id+"/revert", key, ""); r.Status != 409 || !strings.Contains(string(r.Body), "reverted already") {
			t.Errorf("again: %d %s", r.Status, r.Body)
		}
		if r := s.Send(t, "DELETE", "/api/v1/dbt_imports/"+id+"/revert", key, ""); r.Status != 200 {
			t.Fatalf("undo: %d %s", r.Status, r.Body)
		}
		if got := shopState(t, s, key, schema); got != after {
			t.Errorf("undone: %s", firstDifference(got, after))
		}
		reader := s.Key(t, access.ReadCatalog, access.WriteImports)
		if r := s.Send(t, "POST", "/api/v1/dbt_imports/"+id+"/revert", reader, ""); r.Status != 403 {
			t.Errorf("without write:catalog: %d", r.Status)
		}
		if r := s.Send(t, "POST", "/api/v1/dbt_imports/IMP-99999/revert", key, ""); r.Status != 404 {
			t.Errorf("of an import that does not exist: %d", r.Status)
		}
	})
}

// shopState is what the shop's catalog has, without times and causes.
func shopState(t *testing.T, s *Server, key, schema string) string {
	t.Helper()
	var out strings.Builder
	for _, path := range []string{"/api/v1/assets?limit=100&", "/api/v1/lineage?", "/api/v1/tests?limit=100&"} {
		r := s.Get(t, path+"schema_id="+schema, key)
		if r.Status != 200 {
			t.Fatalf("%s: %d %s", path, r.Status, r.Body)
		}
		write(t, &out, r.JSON(t))
	}
	for _, model := range []string{"model.shop.dim_products", "model.shop.fct_orders"} {
		id := tableID(t, s, key, schema, model)
		for _, path := range []string{"/columns", "/column_lineage", "/code"} {
			write(t, &out, s.Get(t, "/api/v1/assets/"+id+path, key).JSON(t))
		}
	}
	return out.String()
}

func write(t *testing.T, out *strings.Builder, v any) {
	t.Helper()
	b, err := json.MarshalIndent(timeless(v), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	out.Write(b)
}

// timeless drops what differs between two equal states.
func timeless(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range []string{"created_at", "updated_at", "version", "meta", "links", "cause", "since", "import", "last_run", "latest", "status"} {
			delete(v, name)
		}
		for k := range v {
			v[k] = timeless(v[k])
		}
	case []any:
		for i := range v {
			v[i] = timeless(v[i])
		}
	case string:
		if _, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return ""
		}
	}
	return v
}

// firstDifference shows where two texts begin to differ.
func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	around := func(lines []string) string {
		return strings.Join(lines[max(0, min(i, len(lines))-12):min(i+6, len(lines))], "\n")
	}
	return around(a) + "\nwant\n" + around(b)
}
