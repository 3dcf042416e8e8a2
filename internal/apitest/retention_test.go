package apitest

import (
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
)

// A version that retention has deleted is not found, and the reply names the
// oldest that is left; what is served is not touched.
func TestDeletedVersions(t *testing.T) {
	s := Start(t, Options{})
	key, schema := s.Key(t, access.WriteImports, access.ReadCatalog), s.Schema(t, "Analytics Warehouse")
	importShop(t, s, key, schema, false)
	importShop(t, s, key, schema, true)
	list := "/api/v1/assets?limit=100&schema_id=" + schema
	served := s.Get(t, list, key)
	id, err := catalog.ParseIDOf(catalog.PrefixSchema, schema)
	if err != nil {
		t.Fatal(err)
	}
	n, err := s.Store.DeleteVersions(t.Context(), catalog.DefaultWorkspace, catalog.SchemaID(id), time.Now().Add(time.Hour))
	if err != nil || n != 1 {
		t.Fatalf("%d versions deleted, %v", n, err)
	}
	for _, at := range []string{"1", "0", "2020-01-01T00:00:00Z"} {
		r := s.Get(t, list+"&at="+at, key)
		if detail, _ := r.At(t, "detail").(string); r.Status != 404 || !strings.Contains(detail, "begins with version 2") {
			t.Errorf("at %s: %d %s", at, r.Status, r.Body)
		}
	}
	for _, path := range []string{list, list + "&at=2", list + "&at=" + time.Now().Add(time.Minute).UTC().Format(time.RFC3339)} {
		if r := s.Get(t, path, key); r.Status != 200 || string(r.Body) != string(served.Body) && path == list {
			t.Errorf("%s: %d %s", path, r.Status, r.Body)
		}
	}
}
