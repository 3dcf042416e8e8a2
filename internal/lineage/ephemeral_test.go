package lineage

import (
	"fmt"
	"testing"
	"time"
)

func TestEphemeralName(t *testing.T) {
	for cte, want := range map[string]string{
		"__dbt__cte__orders": "orders", "__dbt__CTE__orders": "orders", "dbt__cte__orders__": "orders__", "dbt__CTE__INTERNAL_orders": "internal_orders",
		"__DBT__CTE__ORDERS": "orders", "orders": "", "__dbt__cte__": "", "my__dbt__cte__orders": "", "dbt_cte_orders": "",
	} {
		name, ok := ephemeralName(cte)
		if ok != (want != "") || ok && name != want {
			t.Errorf("%s is %q, %v; want %q", cte, name, ok, want)
		}
	}
}

// Edges end at the ephemeral model and go on in its own block, however the
// adapter names the CTE that it becomes.
func TestEphemeralCTEs(t *testing.T) {
	for platform, cte := range map[string]string{
		"postgres": "__dbt__cte__clean", "snowflake": "__dbt__CTE__clean", "oracle": "dbt__cte__clean__", "exasol": "dbt__CTE__INTERNAL_clean",
	} {
		w := newWorld(platform)
		w.source("raw", "id", "name")
		w.cte("clean", "select id, trim(name) as name from db.s.raw", "raw")
		w.model("m", fmt.Sprintf("with %s as (select id, trim(name) as name from db.s.raw) select id, upper(name) as label from %s", cte, cte), "clean")
		w.platform = platform
		blocks := w.trace(t)
		b := blocks["m"]
		if len(b.Outputs) != 2 || b.Status != Read || len(b.Outputs[1].Edges) != 1 || w.refName(b.Refs[b.Outputs[1].Edges[0].Ref]) != "clean" {
			t.Errorf("%s: %s: %s, issues %v", platform, b.Status, w.text(b), b.Issues)
		}
		if clean := blocks["clean"]; len(clean.Outputs) != 2 || w.refName(clean.Refs[0]) != "raw" {
			t.Errorf("%s: %s", platform, w.text(clean))
		}
	}
}

// An ephemeral model of ephemeral models: each edge ends at the nearest one, a
// walk goes through them all.
func TestNestedEphemerals(t *testing.T) {
	w := newWorld("postgres")
	w.source("raw", "id", "cents")
	w.cte("inner", "select id, cents / 100.0 as price from db.s.raw where cents > 0", "raw")
	w.cte("outer", `with __dbt__cte__inner as (select id, cents / 100.0 as price from db.s.raw where cents > 0)
		select *, price * 1.2 as gross from __dbt__cte__inner`, "inner")
	w.model("m", `with __dbt__cte__inner as (select id, cents / 100.0 as price from db.s.raw where cents > 0),
		__dbt__cte__outer as (select *, price * 1.2 as gross from __dbt__cte__inner)
		select o.*, i.price as net from __dbt__cte__outer o join __dbt__cte__inner i using (id)`, "outer", "inner")
	blocks := w.trace(t)
	w.check(t, blocks["outer"], `id < inner.id identity
		price < inner.price identity
		gross < inner.price transform`)
	w.check(t, blocks["m"], `id < outer.id identity
		price < outer.price identity
		gross < outer.gross identity
		net < inner.price rename`)
	for name, b := range blocks {
		if b.Status != Read || len(b.Issues) > 0 {
			t.Errorf("%s: %s, %v", name, b.Status, b.Issues)
		}
	}
	g := w.columnGraph(t, GraphOptions{})
	walk := g.Walk([]int32{w.column(t, g, "m.gross")}, WalkOptions{Depth: -1, Limit: -1})
	if got := fmt.Sprint(w.labels(g, walk.Columns)); got != "[m.gross outer.gross inner.price raw.cents]" {
		t.Errorf("origin of m.gross: %s", got)
	}
}

// The CTE of an ephemeral model that only an ephemeral parent names is known
// too, and an undeclared one if there is one only.
func TestEphemeralOfAParent(t *testing.T) {
	w := newWorld("postgres")
	w.source("raw", "id")
	w.cte("inner", "select id from db.s.raw", "raw")
	w.cte("outer", "with __dbt__cte__inner as (select id from db.s.raw) select id from __dbt__cte__inner", "inner")
	w.cte("far", "select 1 as one")
	w.model("m", `with __dbt__cte__inner as (select id from db.s.raw), __dbt__cte__outer as (select id from __dbt__cte__inner),
		__dbt__cte__far as (select 1 as one), __dbt__cte__own as (select 2 as two)
		select a.id, b.id as id2, one, two from __dbt__cte__outer a, __dbt__cte__inner b, __dbt__cte__far, __dbt__cte__own`, "outer")
	w.check(t, w.trace(t)["m"], `id < outer.id identity
		id2 < inner.id rename
		one < far.one identity
		two`)
}

// Two packages may have an ephemeral model of one name; a model means its own.
func TestEphemeralsOfOneName(t *testing.T) {
	w := newWorld("postgres")
	w.source("raw", "id")
	w.cte("one.stg", "select id from db.s.raw", "raw")
	w.cte("two.stg", "select id from db.s.raw", "raw")
	w.table("one.stg").CTENames, w.table("two.stg").CTENames = cteNames("stg", ""), cteNames("stg", "")
	sql := "with __dbt__cte__stg as (select id from db.s.raw) select id from __dbt__cte__stg"
	w.model("m1", sql, "one.stg")
	w.model("m2", sql, "two.stg")
	w.model("m3", sql, "raw")
	blocks := w.trace(t)
	w.check(t, blocks["m1"], "id < one.stg.id identity")
	w.check(t, blocks["m2"], "id < two.stg.id identity")
	w.check(t, blocks["m3"], "id < raw.id identity") // none is meant: seen through
}

// dbt names the CTE by the alias or, in older versions, by the name.
func TestCTENames(t *testing.T) {
	w := newWorld("postgres")
	w.cte("customers_v2", "select 1 as id").CTENames = cteNames("customers", "Customers_v2")
	w.model("m", "select 1", "customers_v2")
	tracer := w.tracer(t, newMemory(w), Options{})
	for _, cte := range []string{"customers", "customers_v2", "CUSTOMERS_V2"} {
		if n := tracer.ephemeral(1, "__dbt__cte__"+cte); n != 0 {
			t.Errorf("%s: table %d", cte, n)
		}
	}
	if got := cteNames("Orders", "orders"); len(got) != 1 {
		t.Errorf("names %v", got)
	}
}

// Layers of ephemeral models that all read one another must not be walked path
// by path: there are 2⁴⁰.
func TestEphemeralLayers(t *testing.T) {
	w := newWorld("postgres")
	w.cte("l0", "select 1 as x")
	w.cte("r0", "select 1 as x")
	for i := 1; i < 40; i++ {
		left, right := fmt.Sprint("l", i-1), fmt.Sprint("r", i-1)
		w.cte(fmt.Sprint("l", i), "select 1 as x", left, right)
		w.cte(fmt.Sprint("r", i), "select 1 as x", left, right)
	}
	w.model("m", "with __dbt__cte__nowhere as (select 1 as x), __dbt__cte__l0 as (select 1 as x) select n.x, l.x as y from __dbt__cte__nowhere n, __dbt__cte__l0 l", "l39", "r39")
	done := make(chan map[string]*Block, 1)
	go func() { done <- w.trace(t) }()
	select {
	case blocks := <-done:
		w.check(t, blocks["m"], "x\ny < l0.x rename")
	case <-time.After(20 * time.Second):
		t.Fatal("every path is walked")
	}
}
