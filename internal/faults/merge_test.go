//go:build linux

package faults

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// catalogued is a server with the shop's first state on which merge cases run.
type catalogued struct {
	*client
	t      *testing.T
	p      place
	clock  time.Time // of the next artifact
	before artifacts
}

func onCatalogued(t *testing.T, run func(t *testing.T, c *catalogued)) {
	onBoth(t, func(t *testing.T, kind string) {
		p := prepared(t, kind)
		s := serve(t, p, options{})
		run(t, &catalogued{s.client(p.key), t, p, time.Date(2026, 11, 10, 6, 0, 0, 0, time.UTC), before(t)})
		p.mustBeClean(t)
	})
}

// next is the first state's manifest as a later run would write it, changed.
func (c *catalogued) next(change func(document)) artifacts {
	c.t.Helper()
	c.clock = c.clock.Add(time.Hour)
	return manifestOnly(c.t, c.before, func(d document) {
		d.generated(c.clock)
		change(d)
	})
}

// asset finds an asset by dbt's id, removed ones too.
func (c *catalogued) asset(unique string) reply {
	c.t.Helper()
	return c.get("/api/v1/assets/by-unique-id?schema_id=" + c.p.schema + "&unique_id=" + unique)
}

func (c *catalogued) present(unique string) bool {
	c.t.Helper()
	is, _ := c.asset(unique).at("data", "attributes", "present").(bool)
	return is
}

// listed tells whether a list of assets has one of that unique id.
func (c *catalogued) listed(query, unique string) bool {
	c.t.Helper()
	return slices.ContainsFunc(c.pages("/api/v1/assets?limit=200&schema_id="+c.p.schema+query), func(a any) bool {
		return at(a, "attributes", "dbt", "unique_id") == unique
	})
}

const leaf = "model.shop.rpt_stock_cover"

// F54: one model gone is flagged, out of lists and search, its edges have an
// end, and all of it can be read as it was.
func TestModelGone(t *testing.T) {
	onCatalogued(t, func(t *testing.T, c *catalogued) {
		edges := func(at string) int {
			list, _ := c.get("/api/v1/lineage?limit=2000&schema_id="+c.p.schema+at).at("data", "edges").([]any)
			return len(list)
		}
		was, all := c.asset(leaf), edges("")
		id := c.apply(c.p.schema, c.next(func(d document) { d.drop(leaf) }))
		if n, _ := c.report(id, "counts", "tables_removed").(float64); n != 1 {
			t.Errorf("%v tables removed, want 1", n)
		}
		if c.present(leaf) || c.listed("", leaf) || c.listed("&q=stock_cover", leaf) {
			t.Error("the model that is gone is still shown or found")
		}
		if !c.listed("&removed=true", leaf) || c.asset(leaf).text("data", "attributes", "removed_by") != id {
			t.Errorf("the model that is gone cannot be found on demand: %s", c.asset(leaf).body)
		}
		upstream, _ := was.at("data", "attributes", "upstream").(float64)
		if got := edges(""); upstream == 0 || got >= all {
			t.Errorf("%d edges after, %d before: those of the model are not closed", got, all)
		}
		if got := edges("&at=1"); got != all {
			t.Errorf("at version 1 there are %d edges, want %d", got, all)
		}
		if got := c.get("/api/v1/assets/" + was.text("data", "id") + "?at=1"); got.at("data", "attributes", "present") != true {
			t.Errorf("at version 1 the model is not there: %s", got.body)
		}
	})
}

// F55: a manifest that drops a large part applies everything but the removals,
// which wait for a person.
func TestRemovalsAreHeldBack(t *testing.T) {
	onCatalogued(t, func(t *testing.T, c *catalogued) {
		tables := parse(t, c.before.manifest).tables()
		gone, stays := tables[:22], tables[len(tables)-1]
		partial := c.next(func(d document) {
			d.node(stays)["description"] = "Said by the partial manifest."
			d.drop(gone...)
		})
		id := c.apply(c.p.schema, partial)
		if n, _ := c.report(id, "counts", "removals_pending").(float64); int(n) < len(gone) {
			t.Errorf("%v removals wait, want at least %d", n, len(gone))
		}
		if n := len(c.pages("/api/v1/schemas/" + c.p.schema + "/removals?limit=200")); n < len(gone) {
			t.Errorf("%d removals are listed, want at least %d", n, len(gone))
		}
		if got := c.asset(stays).text("data", "attributes", "description", "value"); got != "Said by the partial manifest." {
			t.Errorf("the rest was not applied: description %q", got)
		}
		for _, unique := range gone {
			if !c.present(unique) {
				t.Fatalf("%s was removed", unique)
			}
		}
		c.must(http.StatusOK, http.MethodPost, "/api/v1/schemas/"+c.p.schema+"/removals/confirm", "")
		for _, unique := range gone {
			if c.present(unique) {
				t.Fatalf("%s is there after the confirmation", unique)
			}
		}
		if !c.present(stays) {
			t.Errorf("%s went with them", stays)
		}
	})
}

// F56: a valid manifest without nodes never wipes anything.
func TestEmptyManifest(t *testing.T) {
	onCatalogued(t, func(t *testing.T, c *catalogued) {
		shown := c.tablesNow(c.p.schema)
		id := c.apply(c.p.schema, c.next(func(d document) {
			for _, name := range []string{"nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests", "groups", "parent_map", "child_map"} {
				d[name] = map[string]any{}
			}
		}))
		if got := c.tablesNow(c.p.schema); got != shown || got == "" {
			t.Errorf("models now: %s", got)
		}
		if n, _ := c.report(id, "counts", "removals_pending").(float64); n == 0 {
			t.Error("no removals wait")
		}
		c.must(http.StatusOK, http.MethodPost, "/api/v1/schemas/"+c.p.schema+"/removals/dismiss", "")
		if n := len(c.pages("/api/v1/schemas/" + c.p.schema + "/removals")); n != 0 {
			t.Errorf("%d removals wait after they were dismissed", n)
		}
	})
}

// F57: a model that returns is the same one, with its history and what people
// wrote.
func TestModelReturns(t *testing.T) {
	onCatalogued(t, func(t *testing.T, c *catalogued) {
		id := c.asset(leaf).text("data", "id")
		c.must(http.StatusOK, http.MethodPatch, "/api/v1/assets/"+id, `{"tags":["kept"],"owners":["ana"]}`)
		c.apply(c.p.schema, c.next(func(d document) { d.drop(leaf) }))
		if c.present(leaf) {
			t.Fatal("the model is not gone")
		}
		back := c.apply(c.p.schema, c.next(func(document) {}))
		r := c.asset(leaf)
		if got := r.text("data", "id"); got != id || !c.present(leaf) {
			t.Errorf("it came back as %s, was %s", got, id)
		}
		if n, _ := c.report(back, "counts", "restored").(float64); n != 1 {
			t.Errorf("%v restored, want 1", n)
		}
		for _, path := range []string{"tags", "owners"} {
			list, _ := r.at("data", "attributes", path).([]any)
			if len(list) == 0 || !containsAll(fmt.Sprint(list...), []string{map[string]string{"tags": "kept", "owners": "ana"}[path]}) {
				t.Errorf("%s are %v: what a person wrote is lost", path, list)
			}
		}
		kinds := map[any]bool{}
		for _, change := range c.pages("/api/v1/assets/" + id + "/changes") {
			kinds[at(change, "kind")] = true
		}
		if !kinds["created"] || !kinds["removed"] || !kinds["restored"] {
			t.Errorf("its history has %v", kinds)
		}
	})
}

// F58: without a catalog, or with one that lists a few tables, columns that
// were learnt earlier stay.
func TestColumnsStay(t *testing.T) {
	onCatalogued(t, func(t *testing.T, c *catalogued) {
		columns := func(unique string) string {
			return fmt.Sprint(c.get("/api/v1/assets/"+c.asset(unique).text("data", "id")+"/columns").at("data", 0, "attributes", "native_type"),
				len(c.pages("/api/v1/assets/"+c.asset(unique).text("data", "id")+"/columns")))
		}
		const one, other = "model.shop.fct_orders", leaf
		wasOne, wasOther := columns(one), columns(other)
		if wasOne == wasOther || strings.HasPrefix(wasOne, "<nil>") {
			t.Fatalf("columns are not known to begin with: %s, %s", wasOne, wasOther)
		}
		touched := func(d document) { d.node(other)["description"] = "Changed, to be looked at." }
		c.apply(c.p.schema, c.next(touched))
		if columns(one) != wasOne || columns(other) != wasOther {
			t.Errorf("without a catalog the columns are %s and %s, were %s and %s", columns(one), columns(other), wasOne, wasOther)
		}
		partial := parse(t, c.before.catalog).generated(c.clock.Add(time.Minute))
		for id := range partial.section("nodes") {
			if id != one {
				delete(partial.section("nodes"), id)
			}
		}
		partial["sources"] = map[string]any{}
		both := c.next(touched)
		both.catalog = partial.generated(c.clock).bytes(t)
		c.apply(c.p.schema, both)
		if columns(one) != wasOne || columns(other) != wasOther {
			t.Errorf("with a partial catalog the columns are %s and %s, were %s and %s", columns(one), columns(other), wasOne, wasOther)
		}
	})
}

// F59: where dbt says nothing, a person's description stays.
func TestDescriptionStays(t *testing.T) {
	onCatalogued(t, func(t *testing.T, c *catalogued) {
		silent := func(d document) { d.node(leaf)["description"] = "" }
		c.apply(c.p.schema, c.next(silent))
		id := c.asset(leaf).text("data", "id")
		c.must(http.StatusOK, http.MethodPatch, "/api/v1/assets/"+id, `{"description":"Said by Ana."}`)
		for _, change := range []func(document){
			silent,
			func(d document) { silent(d); d.node(leaf)["tags"] = []any{"new"} },
			func(d document) { silent(d); delete(d.node(leaf), "description") },
		} {
			c.apply(c.p.schema, c.next(change))
			if got := c.asset(leaf).text("data", "attributes", "description", "value"); got != "Said by Ana." {
				t.Errorf("the description is %q", got)
			}
		}
	})
}

// F60: a table that goes from one project while another still speaks of it
// loses that facet alone.
func TestFacetGoes(t *testing.T) {
	onCatalogued(t, func(t *testing.T, c *catalogued) {
		const model, source = "model.shop.fct_orders", "source.other.marts.fct_orders"
		c.apply(c.p.schema, c.other(source))
		id := c.asset(model).text("data", "id")
		if got := c.asset(source).text("data", "id"); got != id {
			t.Fatalf("the other project's source is %s, the model %s: they are one table", got, id)
		}
		facets := func() map[any]bool {
			origins := map[any]bool{}
			for _, f := range c.pages("/api/v1/assets/" + id + "/facets") {
				if at(f, "attributes", "withdrawn_since") == nil {
					origins[at(f, "attributes", "origin")] = true
				}
			}
			return origins
		}
		was := facets()
		removed := c.apply(c.p.schema, c.next(func(d document) { d.drop(model) }))
		if n, _ := c.report(removed, "counts", "tables_removed").(float64); n != 0 {
			t.Errorf("%v tables removed, want none", n)
		}
		r := c.get("/api/v1/assets/" + id)
		if r.at("data", "attributes", "present") != true {
			t.Errorf("the table is gone although another project speaks of it: %s", r.body)
		}
		if now := facets(); !was["dbt:shop"] || !was["dbt:other"] || !now["dbt:other"] || now["dbt:shop"] {
			t.Errorf("facets before %v, now %v", was, now)
		}
	})
}

// other is a manifest of another project, whose one source is a table of the
// shop.
func (c *catalogued) other(source string) artifacts {
	c.t.Helper()
	return c.next(func(d document) {
		copied, _ := d.section("sources")["source.shop.landing.orders"].(map[string]any)
		for name, value := range map[string]any{
			"unique_id": source, "package_name": "other", "source_name": "marts", "name": "fct_orders", "identifier": "fct_orders",
			"schema": "marts", "relation_name": `"shop"."marts"."fct_orders"`, "description": "As the other project sees it.",
		} {
			copied[name] = value
		}
		d.section("metadata")["project_name"], d.section("metadata")["project_id"] = "other", "0123456789abcdef"
		for _, name := range []string{"nodes", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests", "groups", "child_map", "macros", "docs", "disabled"} {
			d[name] = map[string]any{}
		}
		d["sources"], d["parent_map"] = map[string]any{source: copied}, map[string]any{source: []any{}}
	})
}
