package revision

import (
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// TestCrawledViewsAreTraced: a view that no dbt project knows has column lineage
// and table edges, whatever the order in which views read one another.
func TestCrawledViewsAreTraced(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		r.apply(r.crawl("pg", []string{"main"},
			view("main.a_last", `select n as label from db.main.b_middle`, "label"),
			view("main.b_middle", `select id, name as n from main.people`, "id", "n"),
			table("main.people", "id", "name"),
		))
		wantStrings(t, "middle", r.lineage("main.b_middle"), "id < main.people.id", "n < main.people.name")
		wantStrings(t, "last", r.lineage("main.a_last"), "label < main.b_middle.n")
		wantStrings(t, "edges", r.edges(), "main.b_middle → main.a_last (sql)", "main.people → main.b_middle (sql)")
		again := r.apply(r.crawl("pg", []string{"main"},
			view("main.a_last", `select n as label from db.main.b_middle`, "label"),
			view("main.b_middle", `select id, name as n from main.people`, "id", "n"),
			table("main.people", "id", "name"),
		))
		if again.Version != 0 {
			t.Errorf("the same crawl made version %d: %+v", again.Version, again.Delta)
		}
		r.apply(r.crawl("pg", []string{"main"},
			view("main.a_last", `select id as label from db.main.people`, "label"),
			table("main.b_middle", "id", "n"),
			table("main.people", "id", "name"),
		))
		wantStrings(t, "rewritten", r.lineage("main.a_last"), "label < main.people.id")
		wantStrings(t, "no view any more", r.lineage("main.b_middle"))
		wantStrings(t, "edges", r.edges(), "main.people → main.a_last (sql)")
	})
}

// TestStarOfAView: columns of a view that selects everything come from its
// parent, in the same version, though the parent is a view of the same crawl.
func TestStarOfAView(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		r.apply(r.crawl("pg", []string{"main"},
			view("main.a", `select * from main.b`),
			view("main.b", `select id, name from main.c`),
			table("main.c", "id", "name"),
		))
		wantStrings(t, "a", r.lineage("main.a"), "id < main.b.id", "name < main.b.name")
	})
}

// TestParentThatIsCrawledLater: a view whose parent could not be read is joined
// to it when it can.
func TestParentThatIsCrawledLater(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		v := view("main.v", `select * from other.people`)
		r.apply(r.crawl("pg", []string{"main"}, v))
		wantStrings(t, "edges", r.edges(), "db.other.people? → main.v (sql)")
		r.apply(r.crawl("pg", []string{"main", "other"}, v, table("other.people", "id")))
		wantStrings(t, "edges", r.edges(), "other.people → main.v (sql)")
		wantStrings(t, "lineage", r.lineage("main.v"), "id < other.people.id")
	})
}

// TestReadersOfChangedColumns: a column that appears or disappears by a crawl, a
// catalog or a confirmed removal is seen by the readers of its table, in the
// same version.
func TestReadersOfChangedColumns(t *testing.T) {
	reader := thing{
		id: "model.shop.reader", kind: catalog.KindModel, relation: "analytics.reader",
		sql: `select * from db.raw.people`, parents: []string{"source.shop.raw.people"},
	}
	source := thing{id: "source.shop.raw.people", kind: catalog.KindSource, relation: "raw.people"}
	onStores(t, func(t *testing.T, r *rig) {
		r.apply(r.dbt("shop", source, reader))
		for _, columns := range [][]string{{"id"}, {"id", "name"}, {"name"}} {
			result := r.apply(r.crawl("pg", []string{"raw"}, table("raw.people", columns...)))
			var want []string
			for _, c := range columns {
				want = append(want, c+" < raw.people."+c)
			}
			wantStrings(t, "by a crawl", r.lineage("analytics.reader"), want...)
			if r.version() != result.Version {
				t.Errorf("version %d is served, the crawl made %d", r.version(), result.Version)
			}
		}
	})
	onStores(t, func(t *testing.T, r *rig) {
		r.apply(r.dbt("shop", source, reader))
		source.columns = []string{"id", "name"}
		r.apply(r.warehouseOf("shop", source))
		wantStrings(t, "by a catalog", r.lineage("analytics.reader"), "id < raw.people.id", "name < raw.people.name")
	})
}

// TestReadersOfARemovedTable: a reader in another project sees at once that a
// table is gone.
func TestReadersOfARemovedTable(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		var things []thing
		for _, name := range []string{"a", "b", "c"} {
			things = append(things, model(name, "id"))
		}
		reader := thing{id: "model.other.reader", kind: catalog.KindModel, relation: "analytics.reader", sql: `select id from db.analytics.c`, parents: []string{"model.shop.c"}}
		r.apply(r.dbt("shop", things...))
		r.apply(r.dbt("other", reader))
		wantStrings(t, "before", r.lineage("analytics.reader"), "id < analytics.c.id")
		r.apply(r.dbt("shop")) // has no nodes: waits
		wantStrings(t, "while it waits", r.lineage("analytics.reader"), "id < analytics.c.id")
		if n, err := r.ConfirmRemovals(t.Context(), ws, r.schema, Options{Holder: "ana", Actor: tester}); err != nil || n != 3 {
			t.Fatalf("confirmed %d, %v", n, err)
		}
		wantStrings(t, "after", r.lineage("analytics.reader"), "id < db.analytics.c?.id")
		wantStrings(t, "edges", r.edges(), "model.shop.c? → analytics.reader (dbt_import)")
	})
}

// TestCrawlIsCompleteWithinItsScope: what a crawl could not read is unobserved,
// not gone.
func TestCrawlIsCompleteWithinItsScope(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		r.apply(r.crawl("pg", []string{"a", "b"}, table("a.one", "id"), table("a.two", "id"), table("b.three", "id")))
		result := r.apply(r.crawl("pg", []string{"a"}, table("a.one", "id")))
		if result.Removed != 1 || r.at("a.two").ID != 0 || r.at("a.one").ID == 0 || r.at("b.three").ID == 0 {
			t.Errorf("%d removed, %v", result.Removed, r.assets())
		}
		removed := r.assets()[1]
		if removed.Present || removed.RemovedBy.Kind != catalog.CauseCrawl {
			t.Errorf("removed by %v", removed.RemovedBy)
		}
		r.apply(r.crawl("pg", []string{"a"}, table("a.one", "id"), table("a.two", "id")))
		if got := r.at("a.two").ID; got != removed.ID {
			t.Errorf("the table that is back is %v, it was %v", got, removed.ID)
		}
		// Another integration has no say in what this one reports.
		r.apply(r.crawl("other", []string{"a", "b"}))
		if r.at("a.one").ID == 0 {
			t.Error("removed by another crawl")
		}
	})
}

// TestCrawlAndProjectAreOneTable: whichever comes first.
func TestCrawlAndProjectAreOneTable(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		m, crawled := model("orders", "id", "old"), table("analytics.orders", "id", "amount")
		m.description = "Every order."
		crawled.description = "A comment."
		for i, first := range []bool{true, false} {
			s, err := r.store.CreateSchema(t.Context(), ws, string(rune('a'+i)), "", store.By{})
			if err != nil {
				t.Fatal(err)
			}
			r.schema = s.ID
			if first {
				r.apply(r.dbt("shop", m))
			}
			r.apply(r.crawl("pg", []string{"analytics"}, crawled))
			if !first {
				r.apply(r.dbt("shop", m))
			}
			a := r.at("analytics.orders")
			if len(r.assets()) != 1 || a.Kind != catalog.KindModel || a.Description.Value != "Every order." {
				t.Errorf("dbt first %v: %d assets, %s %q", first, len(r.assets()), a.Kind, a.Description.Value)
			}
			wantStrings(t, "columns", r.columns("analytics.orders"), "id", "amount", "old")
		}
	})
}

// TestSourceOnACrawledView: a view that another program makes is traced although
// dbt calls it a source.
func TestSourceOnACrawledView(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		r.apply(r.dbt("shop", thing{id: "source.shop.raw.v", kind: catalog.KindSource, relation: "raw.v"}))
		r.apply(r.crawl("pg", []string{"raw"}, view("raw.v", `select id from raw.t`, "id"), table("raw.t", "id")))
		wantStrings(t, "lineage", r.lineage("raw.v"), "id < raw.t.id")
		r.apply(r.crawl("pg", []string{"raw"}, table("raw.t", "id")))
		if a := r.at("raw.v"); a.Kind != catalog.KindSource || len(r.lineage("raw.v")) != 0 || len(r.edges()) != 0 {
			t.Errorf("after the view is gone: %s, %v, %v", a.Kind, r.lineage("raw.v"), r.edges())
		}
	})
}

// TestModelThatLeavesACrawledRelation: the crawled table stays where it is.
func TestModelThatLeavesACrawledRelation(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		m := model("orders", "id")
		m.tested = "id"
		r.apply(r.dbt("shop", m))
		before := r.at("analytics.orders").ID
		r.apply(r.crawl("pg", []string{"analytics"}, table("analytics.orders", "id", "amount")))
		m.relation = "analytics.orders_v2"
		r.apply(r.dbt("shop", m))
		if r.at("analytics.orders_v2").ID != before {
			t.Errorf("the model went to another asset")
		}
		wantStrings(t, "the model's columns", r.columns("analytics.orders_v2"), "id")
		wantStrings(t, "the table's columns", r.columns("analytics.orders"), "id", "amount")
		tests, err := r.store.TestsOf(t.Context(), ws, r.schema, 0, 0, true)
		if err != nil || len(tests) != 1 || tests[0].Asset != before {
			t.Errorf("tests %+v, %v", tests, err)
		}
	})
}

// TestReadersThatDoNotDeclare: columns of a table reach its readers although
// their project does not name it as a parent, now and when it comes later.
func TestReadersThatDoNotDeclare(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		reader := model("reader")
		reader.sql = `select v.* from db.raw.v`
		next := model("next")
		next.sql, next.parents = `select * from db.analytics.reader`, []string{reader.id}
		r.apply(r.dbt("shop", reader, next))
		wantStrings(t, "before the table is known", r.lineage("analytics.next"), "* < analytics.reader.*")
		for _, columns := range [][]string{{"id"}, {"id", "name"}, {"name"}} {
			r.apply(r.crawl("pg", []string{"raw"}, table("raw.t", columns...), view("raw.v", `select * from raw.t`)))
			var reads, nexts []string
			for _, c := range columns {
				reads, nexts = append(reads, c+" < raw.v."+c), append(nexts, c+" < analytics.reader."+c)
			}
			wantStrings(t, "reader", r.lineage("analytics.reader"), reads...)
			wantStrings(t, "its reader", r.lineage("analytics.next"), nexts...)
		}
		wantStrings(t, "edges", r.edges(),
			"analytics.reader → analytics.next (dbt_import)", "raw.t → raw.v (sql)", "raw.v → analytics.reader (sql)")
		if again := r.apply(r.dbt("shop", reader, next)); again.Version != 0 {
			t.Errorf("the same report made version %d: %+v", again.Version, again.Delta)
		}
		r.apply(r.crawl("pg", []string{"raw"}))
		wantStrings(t, "gone", r.lineage("analytics.reader"), "* < db.raw.v?.*")
		wantStrings(t, "edges", r.edges(), "analytics.reader → analytics.next (dbt_import)")
	})
}

// TestReadsAreEdges: a read that is not declared is an edge of its own source, which does not count as an edge of the
// project, and which the declaration replaces.
func TestReadsAreEdges(t *testing.T) {
	reads := func(sql string, parents ...string) thing {
		reader := model("reader")
		reader.sql, reader.parents = sql, parents
		return reader
	}
	const sql = `select o.id, p.name from db.analytics.orders o join db.analytics.people p on p.id = o.person`
	orders, people, late := model("orders", "id", "person"), model("people", "id", "name"), model("zlate")
	late.sql = `select id, name from db.analytics.reader`
	onStores(t, func(t *testing.T, r *rig) {
		send := func(want int64, edges []string, things ...thing) {
			t.Helper()
			result := r.apply(r.dbt("shop", things...))
			wantStrings(t, "edges", r.edges(), edges...)
			if got := result.Counters.LineagesCreated; got != want {
				t.Errorf("%d lineages created, want %d", got, want)
			}
		}
		const (
			declared = "analytics.orders → analytics.reader (dbt_import)"
			read     = "analytics.people → analytics.reader (sql)"
		)
		send(1, []string{declared, read}, orders, people, reads(sql, orders.id))
		issues := r.issues("analytics.reader")
		if !strings.Contains(issues, "undeclared_parent") {
			t.Errorf("issues of the reader: %s", issues)
		}
		send(1, []string{declared, "analytics.people → analytics.reader (dbt_import)"}, orders, people, reads(sql, orders.id, people.id))
		if got := r.issues("analytics.reader"); got != "" {
			t.Errorf("issues once it is declared: %s", got)
		}
		send(0, []string{declared, read}, orders, people, reads(sql, orders.id))
		if got := r.issues("analytics.reader"); got != issues {
			t.Errorf("issues once it is not declared any more: %s, before %s", got, issues)
		}
		send(0, []string{declared}, orders, people, reads(`select id, 'x' as name from db.analytics.orders`, orders.id))
		// A cycle that only the code makes.
		send(0, []string{declared, "analytics.reader → analytics.zlate (sql)", "analytics.zlate → analytics.reader (sql)"},
			orders, people, late, reads(`select o.id, z.name from db.analytics.orders o join db.analytics.zlate z on z.id = o.id`, orders.id))
		send(0, []string{declared}, orders, people, reads(`select o.id, z.name from db.analytics.orders o join db.analytics.zlate z on z.id = o.id`, orders.id))
		python := reads("def model(dbt, session): return 1", orders.id)
		python.language = "python"
		send(0, []string{declared, "analytics.reader → analytics.zlate (sql)"}, orders, people, late, python)
	})
}

// An asset whose facets have moved to another one is removed, and still named.
func TestAssetWithoutFacetsKeepsItsName(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		ephemeral := thing{id: "model.shop.orders", kind: catalog.KindModel}
		source := thing{id: "source.reader.shop.orders", kind: catalog.KindSource, relation: "analytics.orders"}
		r.apply(r.dbt("shop", ephemeral))
		r.apply(r.dbt("reader", source))
		emptied := r.at("analytics.orders").ID
		r.apply(r.dbt("shop", model("orders")))
		if got := r.at("analytics.orders").ID; got == emptied {
			t.Fatalf("the table is still %d", got)
		}
		for _, a := range r.assets() {
			if a.ID == emptied && (a.Present || a.Name != "orders" || a.Kind != catalog.KindSource) {
				t.Errorf("removed asset: present %v, %s %q", a.Present, a.Kind, a.Name)
			}
		}
		if got := r.apply(r.dbt("reader", source)); got.Version != 0 {
			t.Errorf("the same again: %+v", got)
		}
	})
}

// TestNewestListOfCrawlAndCatalog: the newest list of the columns decides, also where it is one that came again, and a
// crawl that finds nothing changed makes no version.
func TestNewestListOfCrawlAndCatalog(t *testing.T) {
	m := model("orders", "id")
	listed := m
	listed.columns = []string{"id", "listed"}
	crawled := table("analytics.orders", "id", "crawled")
	same := func(o Observation) Observation {
		for i := range o.Claims {
			o.Claims[i] = Claim{ID: o.Claims[i].ID, Same: true}
		}
		return o
	}
	onStores(t, func(t *testing.T, r *rig) {
		r.apply(r.dbt("shop", m))
		r.apply(r.crawl("pg", []string{"analytics", "other"}, crawled))
		r.catalogOf("shop", listed)
		wantStrings(t, "by the catalog", r.columns("analytics.orders"), "id", "listed")
		if again := r.apply(r.crawl("pg", []string{"other"})); again.Version != 0 {
			t.Errorf("a crawl of another schema made version %d", again.Version)
		}
		for _, o := range []func(Observation) Observation{same, func(o Observation) Observation { return o }} {
			r.catalogOf("shop", listed)
			wantStrings(t, "by the catalog", r.columns("analytics.orders"), "id", "listed")
			if back := r.apply(o(r.crawl("pg", []string{"analytics", "other"}, crawled))); back.Version == 0 {
				t.Error("the newer crawl made no version")
			}
			wantStrings(t, "by the crawl that came again", r.columns("analytics.orders"), "id", "crawled")
			if again := r.apply(o(r.crawl("pg", []string{"analytics", "other"}, crawled))); again.Version != 0 {
				t.Errorf("the same crawl made version %d: %+v", again.Version, again.Delta)
			}
		}
		schemas, err := r.Crawled(t.Context(), ws, r.schema, "crawl:pg")
		if err != nil || len(schemas) != 2 || schemas[0].Schema != "analytics" || !schemas[1].Last.At.Equal(r.clock.Add(-time.Second)) {
			t.Errorf("crawled %+v, %v", schemas, err)
		}
		gone := r.crawl("pg", []string{"analytics", "other"}, crawled)
		gone.Scope[1].Gone = true
		r.apply(gone)
		if schemas, err = r.Crawled(t.Context(), ws, r.schema, "crawl:pg"); err != nil || len(schemas) != 1 {
			t.Errorf("crawled %+v, %v", schemas, err)
		}
	})
}

// TestViewThatBecomesAModel: what its query read is no longer drawn once a project makes it, and is again when the
// project drops it.
func TestViewThatBecomesAModel(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		crawl := func() {
			r.apply(r.crawl("pg", []string{"analytics", "raw"}, view("analytics.orders", `select id from raw.t`, "id"), table("raw.t", "id"), table("analytics.other", "id")))
		}
		crawl()
		wantStrings(t, "by the crawl", r.edges(), "raw.t → analytics.orders (sql)")
		m := model("orders")
		m.sql = `select id from db.analytics.other`
		r.apply(r.dbt("shop", m, model("second", "id")))
		wantStrings(t, "by the project", r.edges(), "analytics.other → analytics.orders (sql)")
		crawl()
		wantStrings(t, "after another crawl", r.edges(), "analytics.other → analytics.orders (sql)")
		r.apply(r.dbt("shop", model("second", "id")))
		wantStrings(t, "without the project", r.edges(), "raw.t → analytics.orders (sql)")
	})
}

// catalogOf applies a newer catalog.json of a project, changed or not.
func (r *rig) catalogOf(project string, things ...thing) {
	r.t.Helper()
	o := r.warehouseOf(project, things...)
	finish := func(*Result) (store.Flip, error) {
		p, err := r.store.Project(r.t.Context(), ws, o.Project)
		p.CatalogGeneratedAt, p.CatalogTie = o.At, o.Tie
		return store.Flip{Project: &p}, err
	}
	if _, err := r.try(Options{Finish: finish}, o); err != nil {
		r.t.Fatal(err)
	}
}
