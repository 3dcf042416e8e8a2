package revision

import (
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// described lists all columns of the asset of a node, each with where it is known from and its description.
func (r *rig) described(name string) []string {
	r.t.Helper()
	var id catalog.AssetID
	for _, a := range r.assets() {
		if a.Name == name {
			id = a.ID
		}
	}
	all, err := r.store.ColumnsOf(r.t.Context(), ws, r.schema, 0, []catalog.AssetID{id})
	if err != nil {
		r.t.Fatal(err)
	}
	var out []string
	for _, c := range all[id] {
		text := c.Name
		for _, part := range []string{c.Type.Native, string(c.Origin), c.Description.Value} {
			if part != "" {
				text += " " + part
			}
		}
		if !c.Present {
			text += " (absent)"
		}
		out = append(out, text)
	}
	return out
}

// describe is an edit of the description of a column.
func (r *rig) describe(name, column, text string) Observation {
	r.t.Helper()
	for _, a := range r.assets() {
		if a.Name == name {
			body := catalog.Body{Edits: []catalog.Edit{{Field: "description", Column: column, Text: text, By: tester, At: r.clock}}}
			return Observation{
				Origin: catalog.OriginUser, Source: catalog.FromUser, At: r.clock, Cause: catalog.Cause{Kind: catalog.CauseEdit, ID: 1},
				Claims: []Claim{{Asset: a.ID}}, Facets: &Held{Facets: []catalog.Facet{{Body: body}}},
			}
		}
	}
	r.t.Fatalf("no asset %s", name)
	return Observation{}
}

// coded is a model with code and without columns in its YAML.
func coded(name, sql string, parents ...string) thing {
	m := model(name)
	m.sql, m.parents = sql, parents
	return m
}

// TestColumnsOfCode: the columns that code makes are columns of the asset, until a warehouse lists its columns.
func TestColumnsOfCode(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		stage, last := coded("stage", `select id, amount from elsewhere.raw`), coded("last", `select *, amount as total from db.analytics.stage`, "model.shop.stage")
		inline := coded("inline", `select id as key from db.analytics.stage`, "model.shop.stage")
		inline.relation = ""
		first := r.apply(r.dbt("shop", stage, last, inline))
		wantStrings(t, "stage", r.described("stage"), "id sql", "amount sql")
		wantStrings(t, "last", r.described("last"), "id sql", "amount sql", "total sql")
		wantStrings(t, "an ephemeral model", r.described("model.shop.inline"), "key sql")
		if first.Counters.ColumnsCreated != 6 || first.Counters.TablesCreated != 3 {
			t.Errorf("counters %+v", first.Counters)
		}
		if again := r.apply(r.dbt("shop", stage, last, inline)); again.Version != 0 || again.Counters != (catalog.Counters{}) {
			t.Errorf("the same manifest made version %d, %+v", again.Version, again.Counters)
		}

		r.apply(r.describe("last", "total", "of the order"))
		wantStrings(t, "edited", r.described("last"), "id sql", "amount sql", "total sql of the order")

		stage.sql = `select id, price from elsewhere.raw`
		last.sql = `select *, price as total from db.analytics.stage`
		changed := r.apply(r.dbt("shop", stage, last, inline))
		wantStrings(t, "changed", r.described("last"), "id sql", "price sql", "total sql of the order")
		if changed.Counters.ColumnsCreated != 2 {
			t.Errorf("counters %+v", changed.Counters)
		}

		listed := model("last", "id", "price")
		r.apply(r.warehouseOf("shop", listed))
		wantStrings(t, "listed", r.described("last"), "id integer", "price integer", "total user of the order (absent)")
		wantStrings(t, "not listed", r.described("stage"), "id sql", "price sql")

		listed.columns = []string{"id", "price", "total"}
		r.apply(r.warehouseOf("shop", listed))
		wantStrings(t, "listed again", r.described("last"), "id integer", "price integer", "total integer of the order")

		stage.sql = ""
		r.apply(r.dbt("shop", stage, last, inline))
		wantStrings(t, "no code any more", r.described("stage"))
	})
}

// TestColumnsOfCodeFollowTheirParents: a column that a parent gains is a column of those that select everything, in the
// same version, and columns that YAML documents keep their texts.
func TestColumnsOfCodeFollowTheirParents(t *testing.T) {
	source := thing{id: "source.shop.raw.people", kind: catalog.KindSource, relation: "raw.people"}
	reader := coded("reader", `select * from db.raw.people`, source.id)
	reader.columns = []string{"name"}
	onStores(t, func(t *testing.T, r *rig) {
		r.apply(r.dbt("shop", source, reader))
		wantStrings(t, "open", r.described("reader"), "name integer")
		result := r.apply(r.crawl("pg", []string{"raw"}, table("raw.people", "id", "name")))
		wantStrings(t, "by a crawl", r.described("reader"), "id sql", "name integer")
		if r.version() != result.Version {
			t.Errorf("version %d is served, the crawl made %d", r.version(), result.Version)
		}
	})
}

// TestColumnsOfCrawledViews: a view whose columns the crawl could not read has those that its query makes.
func TestColumnsOfCrawledViews(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		r.apply(r.crawl("pg", []string{"main"}, view("main.v", `select id as key from main.people`), table("main.people", "id")))
		wantStrings(t, "v", r.described("v"), "key sql")
	})
}

// TestColumnsOfCodeInAnyOrder: whether the catalog comes before or after the manifest, the columns are the same.
func TestColumnsOfCodeInAnyOrder(t *testing.T) {
	m := coded("m", `select id, extra from elsewhere.raw`)
	listed := model("m", "id")
	onStores(t, func(t *testing.T, r *rig) {
		r.apply(r.dbt("shop", m))
		r.apply(r.warehouseOf("shop", listed))
		wantStrings(t, "the catalog later", r.described("m"), "id integer")
	})
	onStores(t, func(t *testing.T, r *rig) {
		r.apply(r.dbt("shop", m), r.warehouseOf("shop", listed))
		wantStrings(t, "together", r.described("m"), "id integer")
	})
}
