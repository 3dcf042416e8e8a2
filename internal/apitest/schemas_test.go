package apitest

import (
	"net/url"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
)

// A schema is deleted by an administrator who names it. Nothing of it is found afterwards.
func TestDeletedSchema(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	path := "/api/v1/schemas/" + r.schema
	confirm := "?confirm=" + url.QueryEscape("Analytics Warehouse")
	writer := r.Key(t, access.WriteCatalog)
	limited := r.KeyFor(t, catalog.DefaultWorkspace, access.NewKey{
		Name: "team", Scopes: []access.Scope{access.AdminWorkspace}, SchemaIDs: []catalog.SchemaID{101},
	})
	for _, c := range []struct {
		path, key string
		status    int
	}{{path, r.key, 400}, {path + "?confirm=x", r.key, 400}, {path + confirm, writer, 403}, {path + confirm, limited, 403}, {"/api/v1/schemas/SCH-9" + confirm, r.key, 404}} {
		if got := r.Do(t, "DELETE", c.path, c.key, nil); got.Status != c.status {
			t.Errorf("%s: %d %s, want %d", c.path, got.Status, got.Body, c.status)
		}
	}
	if got := r.Do(t, "DELETE", path+confirm, r.key, nil); got.Status != 204 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	for _, gone := range []string{
		path, "/api/v1/assets/" + r.table, "/api/v1/dbt_imports/IMP-1", "/api/v1/dbt_imports/IMP-1/report", "/api/v1/projects/PRJ-1", "/api/v1/runs/RUN-1",
		"/api/v1/assets?schema_id=" + r.schema, "/api/v1/lineage?schema_id=" + r.schema, "/api/v1/impact?asset=" + r.table,
	} {
		if got := r.Get(t, gone, r.key); got.Status != 404 {
			t.Errorf("%s: %d %.200s", gone, got.Status, got.Body)
		}
	}
	for _, list := range []string{"schemas", "assets", "projects", "runs", "dbt_imports"} {
		if got := r.Get(t, "/api/v1/"+list, r.key); got.Status != 200 || len(got.At(t, "data").([]any)) != 0 {
			t.Errorf("%s: %d %.200s", list, got.Status, got.Body)
		}
	}
	if got := r.Upload(t, r.key, Form(Text("schema_id", r.schema), File("manifest", "m", []byte("{}")))); got.Status != 422 || got.At(t, "code") != "unknown-schema" {
		t.Errorf("upload: %d %s", got.Status, got.Body)
	}
	if got := r.Send(t, "POST", "/api/v1/schemas", r.key, `{"name":"Analytics Warehouse"}`); got.Status != 201 || got.At(t, "data.id") != "SCH-102" {
		t.Errorf("the name again: %d %s", got.Status, got.Body)
	}
}
