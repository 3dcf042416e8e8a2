package lineage

import (
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// keyWorld has a model m with two parents, p read from its SQL and q listed.
func keyWorld() *world {
	w := newWorld("postgres")
	w.source("q", "x", "y")
	w.model("p", "select x, y from db.s.q", "q")
	w.model("other", "select 1 as z")
	w.model("m", "select x from db.s.p", "p", "q")
	return w
}

// keyAfter is the key of m once p was read.
func keyAfter(t *testing.T, change func(w *world)) catalog.Hash {
	t.Helper()
	w := keyWorld()
	change(w)
	m := newMemory(w)
	w.run(t, m, w.everything()...)
	kept, ok := m.kept[w.table("m").ID]
	if !ok {
		t.Fatal("m was not read")
	}
	return kept.Key
}

func TestKeyIngredients(t *testing.T) {
	base := keyAfter(t, func(*world) {})
	snapshot := func(change func(*Snapshot)) func(*world) {
		return func(w *world) {
			s := ParseSnapshot("postgres", nil)
			change(s)
			w.table("m").Code.Snapshot = s
		}
	}
	tests := []struct {
		name   string
		change func(w *world)
	}{
		{"the code", func(w *world) { w.table("m").Code = w.code("select x from db.s.p -- again") }},
		{"the language", func(w *world) { w.table("m").Code.Language = "python" }},
		{"the adapter, of another dialect", func(w *world) { w.table("m").Platform = "duckdb" }},
		{"the adapter, of the same dialect", func(w *world) { w.table("m").Platform = "materialize" }},
		{"the relation", func(w *world) { w.table("m").Key = "db.s.m2" }},
		{"the model's own columns", func(w *world) { w.table("m").Stated = full("x") }},
		{"the contract", func(w *world) { w.table("m").Code.Contract = []string{"x"} }},
		{"a snapshot", snapshot(func(*Snapshot) {})},
		{"the name of a snapshot's column", snapshot(func(s *Snapshot) { s.ValidTo = "until" })},
		{"a snapshot's key", snapshot(func(s *Snapshot) { s.UniqueKey = []string{"x"} })},
		{"a snapshot's key of two columns", snapshot(func(s *Snapshot) { s.UniqueKey = []string{"x", "y"} })},
		{"a snapshot's time", snapshot(func(s *Snapshot) { s.UpdatedAt = "x" })},
		{"a snapshot that records what vanishes", snapshot(func(s *Snapshot) { s.Deleted = true })},
		{"a snapshot with a contract", func(w *world) {
			w.table("m").Code.Snapshot = ParseSnapshot("postgres", nil)
			w.table("m").Code.Contract = []string{"x"}
		}},
		{"the id of a parent", func(w *world) { w.table("p").ID = 99 }},
		{"the relation of a parent", func(w *world) { w.table("p").Key = "db.s.p2" }},
		{"the deferred relation of a parent", func(w *world) { w.table("p").Deferred = "db.prod.p" }},
		{"one more column of a parent", func(w *world) { w.table("p").Code = w.code("select x, y, 1 as z from db.s.q") }},
		{"another order of a parent's columns", func(w *world) { w.table("p").Code = w.code("select y, x from db.s.q") }},
		{"a parent's columns by the catalog", func(w *world) { w.table("p").Stated = full("x", "w") }},
		{"a parent's columns that are not all", func(w *world) { w.table("p").Code = w.code("select x, y, * from db.s.elsewhere") }},
		{"the fields of a parent's column", func(w *world) {
			w.table("q").Stated = withFirst(w.table("q").Stated, SchemaColumn("x", "STRUCT<a INT64>"))
		}},
		{"a parent more", func(w *world) { w.edges = append(w.edges, edgeBetween(w, "other", "m")) }},
		{"a parent that is only read", func(w *world) {
			last := len(w.edges) - 1
			w.edges, w.reads = w.edges[:last:last], w.edges[last:]
		}},
		{"a parent less", func(w *world) { w.edges = w.edges[:len(w.edges)-1] }},
	}
	seen := map[catalog.Hash]string{base: "nothing"}
	for _, tt := range tests {
		key := keyAfter(t, tt.change)
		if before, twice := seen[key]; twice {
			t.Errorf("the key after a change of %s is that of %s", tt.name, before)
		}
		seen[key] = tt.name
	}
}

func TestKeyStays(t *testing.T) {
	base := keyAfter(t, func(*world) {})
	tests := []struct {
		name   string
		change func(w *world)
	}{
		{"nothing", func(*world) {}},
		{"the name", func(w *world) { w.table("m").Name = "m"; w.table("p").Name = "p again" }},
		{"a parent's code that keeps its columns", func(w *world) {
			w.table("p").Code = w.code("with q as (select * from db.s.q) select x, upper(y) as y from q where x > 1")
		}},
		{"the type of a parent's column", func(w *world) {
			w.table("q").Stated = withFirst(w.table("q").Stated, SchemaColumn("x", "numeric(10,2)"))
		}},
		{"a table that it does not read", func(w *world) { w.table("other").Code = w.code("select 1 as z, 2 as zz") }},
		{"a note in the YAML of a parent whose columns the code tells", func(w *world) { w.table("p").Stated = part("x") }},
	}
	for _, tt := range tests {
		if keyAfter(t, tt.change) != base {
			t.Errorf("a change of %s changes the key", tt.name)
		}
	}
}

func TestKeyHoldsTheEngine(t *testing.T) {
	w := keyWorld()
	tracer := w.tracer(t, newMemory(w), Options{})
	before := tracer.key(w.at["m"])
	if tracer.engine += "x"; tracer.key(w.at["m"]) == before {
		t.Error("another version of the engine has the same key")
	}
}

// Two lists that run into one another must not give one key.
func TestKeyListsAreApart(t *testing.T) {
	w := keyWorld()
	key := func(unique, contract []string, deleted bool) catalog.Hash {
		s := ParseSnapshot("postgres", nil)
		s.UniqueKey, s.Deleted = unique, deleted
		w.table("m").Code.Snapshot, w.table("m").Code.Contract = s, contract
		return w.tracer(t, newMemory(w), Options{}).key(w.at["m"])
	}
	seen := map[catalog.Hash]int{}
	for i, k := range []catalog.Hash{
		key(nil, nil, false), key([]string{"a"}, nil, false), key(nil, []string{"a"}, false), key(nil, nil, true),
		key([]string{"a"}, []string{"a"}, false), key([]string{"a", "a"}, nil, false), key([]string{"ab"}, nil, false), key([]string{"a", "b"}, nil, false),
	} {
		if before, twice := seen[k]; twice {
			t.Errorf("snapshots %d and %d have one key", before, i)
		}
		seen[k] = i
	}
}

// withFirst returns columns with another first one.
func withFirst(c Columns, first resolve.Column) Columns {
	list := c.List()
	list[0] = first
	return NewColumns(list, c.Full)
}

func TestColumnsHash(t *testing.T) {
	lists := []Columns{
		{},
		full("a"), part("a"), full("a", "b"), full("ab"), full("b", "a"), full("A"), full("a\x00", "b"), full("a", "\x00b"),
		NewColumns([]resolve.Column{{Name: "a", Type: "struct<b>"}}, true),
		NewColumns([]resolve.Column{{Name: "a", Type: "b"}}, true),
		full("a", "b", ""),
	}
	seen := map[catalog.Hash]int{}
	for i, c := range lists {
		if before, twice := seen[c.hash()]; twice {
			t.Errorf("lists %v and %v have one hash", lists[before], c)
		}
		seen[c.hash()] = i
	}
}
