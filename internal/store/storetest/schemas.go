package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

func testSchemas(t *testing.T, r *rig) {
	ctx := t.Context()
	first := get(r.CreateSchema(ctx, ws, "Analytics Warehouse", "prod", store.By{}))(t)
	same(t, first, catalog.Schema{ID: 101, Name: "Analytics Warehouse", Environment: "prod", Health: catalog.DefaultHealthWeights, CreatedAt: start, UpdatedAt: start})
	same(t, get(r.Schema(ctx, ws, 101))(t), first)
	second := r.schema("second")
	if second != 102 {
		t.Fatalf("second schema is %s", second)
	}
	_, err := r.Schema(ctx, ws, 103)
	wants(t, err, catalog.ErrNotFound)

	r.clock.add(time.Hour)
	name, policy := "renamed", catalog.Policy{Description: catalog.Smart}
	patched := get(r.UpdateSchema(ctx, ws, 101, store.SchemaPatch{Name: &name, Policy: func(p *catalog.Policy) { *p = policy }}))(t)
	want := first
	want.Name, want.Policy, want.UpdatedAt = name, policy, start.Add(time.Hour)
	same(t, patched, want)
	same(t, get(r.Schema(ctx, ws, 101))(t), want)
	_, err = r.UpdateSchema(ctx, ws, 999, store.SchemaPatch{})
	wants(t, err, catalog.ErrNotFound)

	weights := catalog.HealthWeights{catalog.Tested: 7, catalog.TestResults: 100}
	got := get(r.UpdateSchema(ctx, ws, 102, store.SchemaPatch{Health: func(w *catalog.HealthWeights) { *w = weights }}))(t)
	same(t, got.Health, weights)
	same(t, get(r.Schema(ctx, ws, 102))(t).Health, weights)
	_, err = r.UpdateSchema(ctx, ws, 102, store.SchemaPatch{Health: func(w *catalog.HealthWeights) { *w = catalog.HealthWeights{} }})
	wants(t, err, catalog.ErrInvalid)

	imp := r.importInto(101)
	r.put(101, table(1, "orders"), table(2, "gone", func(a *store.AssetRow) { a.Present = false }),
		table(3, "board", func(a *store.AssetRow) { a.Kind = catalog.KindExposure }))
	rows := walk(t, 1, func(p store.Page) (store.Paged[store.SchemaRow], error) { return r.Schemas(ctx, ws, nil, p) })
	if len(rows) != 2 || rows[0].ID != 101 || rows[1].ID != 102 {
		t.Fatalf("schemas %v", rows)
	}
	if rows[0].Tables != 1 || rows[0].LastImport != imp.ID || rows[0].LastImportStatus != catalog.Pending || rows[0].Version != 1 {
		t.Errorf("first row %+v", rows[0])
	}
	r.schema("third")
	some := walk(t, 1, func(p store.Page) (store.Paged[store.SchemaRow], error) {
		return r.Schemas(ctx, ws, []catalog.SchemaID{103, 101, 999}, p)
	})
	if len(some) != 2 || some[0].ID != 101 || some[1].ID != 103 {
		t.Errorf("some schemas: %v", some)
	}
	if rows[1].Tables != 0 || rows[1].LastImport != 0 || rows[1].LastImportStatus != "" {
		t.Errorf("second row %+v", rows[1])
	}
}

func testSchemaNames(t *testing.T, r *rig) {
	ctx := t.Context()
	r.schema("a")
	r.schema("b")
	_, err := r.CreateSchema(ctx, ws, "a", "", store.By{})
	wants(t, err, catalog.ErrConflict)
	_, err = r.CreateSchema(ctx, ws, " \t", "", store.By{})
	wants(t, err, catalog.ErrInvalid)
	_, err = r.CreateSchema(ctx, ws, strings.Repeat("x", 2000), "", store.By{})
	wants(t, err, catalog.ErrTooLarge)
	_, err = r.CreateSchema(ctx, 77, "a", "", store.By{})
	wants(t, err, catalog.ErrNotFound)
	name := "b"
	_, err = r.UpdateSchema(ctx, ws, 101, store.SchemaPatch{Name: &name})
	wants(t, err, catalog.ErrConflict)
	name = "a"
	_, err = r.UpdateSchema(ctx, ws, 101, store.SchemaPatch{Name: &name})
	must(t, err)
	if id := r.schema("A"); id != 103 {
		t.Fatalf("names differ by case; a refused schema must take no id: %s", id)
	}
}

func testProjects(t *testing.T, r *rig) {
	ctx := t.Context()
	schema, other := r.schema("a"), r.schema("b")
	shop := get(r.EnsureProject(ctx, ws, schema, "shop", "Shop"))(t)
	same(t, shop, catalog.Project{ID: 1, SchemaID: schema, Key: "shop", Name: "Shop", CreatedAt: start, UpdatedAt: start})
	same(t, get(r.EnsureProject(ctx, ws, schema, "shop", "other name"))(t), shop)
	same(t, get(r.Project(ctx, ws, shop.ID))(t), shop)
	same(t, get(r.ProjectByKey(ctx, ws, schema, "shop"))(t), shop)
	_, err := r.ProjectByKey(ctx, ws, other, "shop")
	wants(t, err, catalog.ErrNotFound)
	_, err = r.EnsureProject(ctx, ws, schema, "", "x")
	wants(t, err, catalog.ErrInvalid)
	twin := get(r.EnsureProject(ctx, ws, other, "shop", "Shop"))(t)
	if twin.ID == shop.ID {
		t.Fatal("one project in two schemas")
	}
	all := walk(t, 1, func(p store.Page) (store.Paged[catalog.Project], error) { return r.Projects(ctx, ws, 0, p) })
	same(t, all, []catalog.Project{shop, twin})
	own := walk(t, 1, func(p store.Page) (store.Paged[catalog.Project], error) { return r.Projects(ctx, ws, other, p) })
	same(t, own, []catalog.Project{twin})
}

// A deleted schema is hidden with everything in it, its name is free, and what it waits for is canceled. Purged, its
// rows are gone and those of other schemas are not.
func testDeletedSchemas(t *testing.T, r *rig) {
	ctx := t.Context()
	for _, name := range []string{"kept", "deleted"} {
		schema := r.schema(name)
		project := get(r.EnsureProject(ctx, ws, schema, "shop", "Shop"))(t)
		r.importInto(schema)
		r.put(schema, table(catalog.AssetID(schema), "orders"))
		_, _, err := r.PutRun(ctx, ws, catalog.Run{SchemaID: schema, Project: project.ID, InvocationID: name, Command: "build"},
			[]catalog.NodeResult{{UniqueID: "model.shop.orders", Class: "success"}}, nil)
		must(t, err)
	}
	const kept, deleted = 101, 102
	for range 45 { // more than are purged at a time
		r.importInto(deleted)
	}
	counts := func() []int {
		return []int{
			len(get(r.Schemas(ctx, ws, nil, store.Page{}))(t).Rows), len(get(r.Projects(ctx, ws, 0, store.Page{}))(t).Rows),
			len(get(r.Imports(ctx, ws, store.ImportFilter{}, store.Page{}))(t).Rows), len(get(r.AssetPage(ctx, ws, store.AssetFilter{}, store.Page{}))(t).Rows),
			len(get(r.Runs(ctx, ws, store.RunFilter{}, store.Page{}))(t).Rows),
		}
	}
	same(t, counts(), []int{2, 2, 47, 2, 2})
	wants(t, r.PurgeSchema(ctx, ws, deleted), catalog.ErrConflict)
	must(t, r.DeleteSchema(ctx, ws, deleted, byAna, nil))
	same(t, counts(), []int{1, 1, 1, 1, 1})
	wants(t, r.DeleteSchema(ctx, ws, deleted, byAna, nil), catalog.ErrNotFound)
	_, err := r.Schema(ctx, ws, deleted)
	wants(t, err, catalog.ErrNotFound)
	_, err = r.Import(ctx, ws, 2)
	wants(t, err, catalog.ErrNotFound)
	_, _, err = r.CreateImport(ctx, ws, store.NewImport{SchemaID: deleted})
	wants(t, err, catalog.ErrNotFound)
	if job, err := r.ClaimJob(ctx, "worker", []string{store.KindImport}); err == nil && job != nil && job.Schema == deleted {
		t.Error("an import of the deleted schema is run")
	}
	if again := r.schema("deleted"); again != 103 {
		t.Errorf("the name is given to %s", again)
	}

	same(t, len(get(r.DeletedSchemas(ctx, ws, r.clock.now()))(t)), 0)
	r.clock.add(time.Hour)
	same(t, get(r.DeletedSchemas(ctx, ws, r.clock.now()))(t), []catalog.SchemaID{deleted})
	must(t, r.PurgeSchema(ctx, ws, deleted))
	same(t, len(get(r.DeletedSchemas(ctx, ws, r.clock.now()))(t)), 0)
	wants(t, r.PurgeSchema(ctx, ws, deleted), catalog.ErrNotFound)
	same(t, counts(), []int{2, 1, 1, 1, 1})
	_, err = r.Schema(ctx, ws, kept)
	must(t, err)
}
