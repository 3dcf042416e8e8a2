package importing

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

func presentColumns(columns []catalog.Column) []string {
	return columnNames(slices.DeleteFunc(slices.Clone(columns), func(c catalog.Column) bool { return !c.Present }))
}

// Two projects list one table: the newest catalog decides, even one in which nothing
// changed since its project's last one.
func TestNewestCatalogDecidesThoughUnchanged(t *testing.T) {
	r := newRig(t)
	hour := func(n int) time.Time { return monday.Add(time.Duration(n) * time.Hour) }
	columns := func(name string) map[string][]string {
		return map[string][]string{"model.shop.orders": {name + ":integer"}}
	}
	r.completed(r.send(manifest(t, "a", hour(1), shopNodes()...), catalogOf(t, hour(1), columns("ours"))))
	r.completed(r.send(manifest(t, "b", hour(2), shopNodes()...), catalogOf(t, hour(2), columns("theirs"))))
	if _, listed := r.assetOf("a", "model.shop.orders"); !slices.Contains(presentColumns(listed), "theirs") || slices.Contains(presentColumns(listed), "ours") {
		t.Errorf("after the second: %v", presentColumns(listed))
	}
	again := r.completed(r.send(manifest(t, "a", hour(3), shopNodes()...), catalogOf(t, hour(3), columns("ours"))))
	if _, listed := r.assetOf("a", "model.shop.orders"); !slices.Contains(presentColumns(listed), "ours") || again.Report.Outcome != outcomeApplied {
		t.Errorf("after the third: %v, %s", presentColumns(listed), again.Report.Outcome)
	}
	before := r.version()
	same := r.completed(r.send(manifest(t, "a", hour(4), shopNodes()...), catalogOf(t, hour(4), columns("ours"))))
	if r.version() != before || same.Report.Outcome != outcomeUnchanged {
		t.Errorf("the same again: version %d, %s", r.version(), same.Report.Outcome)
	}
}

// An older manifest brings the only catalog, compiled code of the same raw code and
// a text: all of it fills.
func TestOlderArtifactsFill(t *testing.T) {
	r := newRig(t)
	bare := shopNodes()
	delete(bare[2], "compiled_code")
	bare[2]["description"] = ""
	r.completed(r.send(manifest(t, "shop", tuesday, bare...)))
	full := shopNodes()
	imp := r.completed(r.send(manifest(t, "shop", monday, full...), catalogOf(t, monday, map[string][]string{"model.shop.orders": {"id:integer", "extra:text"}})))
	a, columns := r.asset("model.shop.orders")
	if !slices.Contains(presentColumns(columns), "extra") || a.Description.Value != full[2]["description"] || a.Description.Since.IsZero() {
		t.Errorf("columns %v, description %+v", presentColumns(columns), a.Description)
	}
	if full[2]["compiled_code"] != nil && (a.Code == nil || a.Code.Compiled.IsZero()) {
		t.Errorf("code %+v", a.Code)
	}
	if imp.Report.Outcome != outcomeApplied || !hasIssue(imp, "older-artifact") {
		t.Errorf("%s, %v", imp.Report.Outcome, imp.Report.Issues)
	}
	project, err := r.store.Project(t.Context(), ws, imp.Project)
	if err != nil || !project.ManifestGeneratedAt.Equal(tuesday) || !project.CatalogGeneratedAt.Equal(monday) {
		t.Errorf("project %+v, %v", project, err)
	}
	// What only the older manifest has is a removed table, not a present one.
	more := append(shopNodes(), doc{
		"unique_id": "model.shop.past", "resource_type": "model", "name": "past", "alias": "past", "database": "shop", "schema": "analytics",
		"package_name": "shop", "path": "past.sql", "config": doc{"materialized": "table"},
	})
	older := manifest(t, "shop", monday.Add(time.Hour), more...)
	r.completed(r.send(older))
	if past, _ := r.asset("model.shop.past"); past.ID == 0 || past.Present {
		t.Errorf("past: %+v", past)
	}
	// It comes again, with nothing new.
	before := r.version()
	imp = r.completed(r.send(older))
	if r.version() != before || imp.Report.Outcome != outcomeSuperseded {
		t.Errorf("the same again: version %d after %d, %s", r.version(), before, imp.Report.Outcome)
	}
}

// A catalog of another target (field case A09) describes none of the tables that are
// served: one issue, and their columns stay.
func TestCatalogOfAnotherTarget(t *testing.T) {
	r := newRig(t)
	docs := manifest(t, "shop", monday, shopNodes()...)
	r.completed(r.send(docs, catalogOf(t, monday, map[string][]string{"model.shop.orders": {"id:integer"}})))
	other := catalogOf(t, tuesday, map[string][]string{"model.shop.orders": {"devcol:integer"}, "model.shop.stg_orders": {"devcol:integer"}})
	other.content = bytes.ReplaceAll(other.content, []byte(`"schema":"analytics"`), []byte(`"schema":"dbt_alice"`))
	for _, parts := range [][]part{{docs, other}, {manifest(t, "shop", tuesday, shopNodes()...), other}} {
		imp := r.completed(r.send(parts...))
		_, columns := r.asset("model.shop.orders")
		if slices.Contains(columnNames(columns), "devcol") || !slices.Contains(presentColumns(columns), "id") {
			t.Errorf("columns %v", columnNames(columns))
		}
		if !hasIssue(imp, "catalog-of-another-target") {
			t.Errorf("issues %v", imp.Report.Issues)
		}
	}
	// The right catalog is applied after it, although it is older.
	r.completed(r.send(docs, catalogOf(t, monday.Add(time.Hour), map[string][]string{"model.shop.orders": {"id:integer", "amount:integer"}})))
	if _, columns := r.asset("model.shop.orders"); !slices.Contains(presentColumns(columns), "amount") {
		t.Errorf("columns %v", presentColumns(columns))
	}
}

// A catalog that comes before the manifest that has the table where it lists it describes it from then on.
func TestCatalogBeforeTheMoveOfItsTables(t *testing.T) {
	r := newRig(t)
	first := inTarget(t, monday, "analytics")
	r.completed(r.send(first, catalogOf(t, monday, map[string][]string{"model.shop.a": {"id:integer"}})))
	moved := catalogOf(t, tuesday, map[string][]string{"model.shop.a": {"id:integer", "amount:integer"}})
	moved.content = bytes.ReplaceAll(moved.content, []byte(`"schema":"analytics"`), []byte(`"schema":"finance"`))
	if imp := r.completed(r.send(first, moved)); !hasIssue(imp, "catalog-of-another-target") {
		t.Fatalf("issues %v", imp.Report.Issues)
	}
	at := func(day time.Time, schema, description string) part {
		var m doc
		if err := json.Unmarshal(inTarget(t, day, "analytics").content, &m); err != nil {
			t.Fatal(err)
		}
		a := m["nodes"].(doc)["model.shop.a"].(doc)
		a["schema"], a["relation_name"], a["description"] = schema, `"shop"."`+schema+`"."a"`, description
		return part{partManifest, encode(t, m)}
	}
	r.completed(r.send(at(tuesday, "analytics", "Of something else.")))
	if _, columns := r.asset("model.shop.a"); slices.Contains(presentColumns(columns), "amount") {
		t.Errorf("columns before the move %v", presentColumns(columns))
	}
	r.completed(r.send(at(tuesday.Add(time.Hour), "finance", "Of something else.")))
	if _, columns := r.asset("model.shop.a"); !slices.Contains(presentColumns(columns), "amount") || r.servedFrom("a") != "finance" {
		t.Errorf("columns %v in %s", presentColumns(columns), r.servedFrom("a"))
	}
}
