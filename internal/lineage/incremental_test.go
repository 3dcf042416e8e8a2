package lineage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
)

// state is one state of a project whose tables may change all they have but
// their ids. Index i has the id i + 1.
type state []spec

type spec struct {
	Gone      bool
	Kind      string // source, model, ephemeral, snapshot, python
	Parents   []int
	Shape     int
	Columns   []string // that the shape picks or makes
	Stated    []string
	Full      bool
	Contract  []string
	Moved     bool // to another schema
	Processed int  // changes the code without changing what it does
}

var columnPool = []string{"a", "b", "c", "d", "A"}

func drawSpec(t *rapid.T, i int) spec {
	s := spec{Kind: rapid.SampledFrom([]string{"model", "model", "model", "source", "ephemeral", "snapshot", "python"}).Draw(t, "kind")}
	if i == 0 {
		s.Kind = "source"
	}
	names := rapid.SliceOfNDistinct(rapid.SampledFrom(columnPool), 1, 3, rapid.ID[string])
	if s.Kind != "source" {
		s.Parents = rapid.SliceOfNDistinct(rapid.IntRange(0, i-1), 1, min(i, 3), rapid.ID[int]).Draw(t, "parents")
		s.Shape = rapid.IntRange(0, 8).Draw(t, "shape")
	}
	s.Columns = names.Draw(t, "columns")
	if s.Kind == "source" || rapid.IntRange(0, 3).Draw(t, "listed") == 0 {
		s.Stated, s.Full = names.Draw(t, "stated"), rapid.Bool().Draw(t, "full")
	}
	if rapid.IntRange(0, 5).Draw(t, "contract") == 0 {
		s.Contract = names.Draw(t, "contract columns")
	}
	return s
}

func drawState(t *rapid.T) state {
	s := make(state, rapid.IntRange(2, 9).Draw(t, "tables"))
	for i := range s {
		s[i] = drawSpec(t, i)
	}
	return s
}

// change draws the next state: some tables are other than before, some gone,
// some new.
func (s state) change(t *rapid.T) state {
	next := slices.Clone(s)
	for range rapid.IntRange(0, 4).Draw(t, "changes") {
		i := rapid.IntRange(0, len(next)-1).Draw(t, "which")
		switch rapid.IntRange(0, 6).Draw(t, "what") {
		case 0:
			next[i] = drawSpec(t, i)
		case 1:
			next[i].Processed++
		case 2:
			next[i].Shape = rapid.IntRange(0, 8).Draw(t, "shape")
		case 3:
			next[i].Stated, next[i].Full = rapid.SliceOfNDistinct(rapid.SampledFrom(columnPool), 0, 3, rapid.ID[string]).Draw(t, "stated"), rapid.Bool().Draw(t, "full")
		case 4:
			next[i].Moved = !next[i].Moved
		case 5:
			next[i].Gone = i > 0 && !next[i].Gone
		case 6:
			next = append(next, drawSpec(t, len(next)))
		}
	}
	return next
}

// relation is the name of table i as SQL has it.
func (s state) relation(i int) string {
	if s[i].Kind == "ephemeral" {
		return fmt.Sprint("__dbt__cte__t", i)
	}
	if s[i].Moved {
		return fmt.Sprint("db.moved.t", i)
	}
	return fmt.Sprint("db.s.t", i)
}

// sql is the compiled code of table i.
func (s state) sql(i int) string {
	body, ctes := s.body(i), []string{}
	seen := map[int]bool{}
	var need func(int)
	need = func(n int) {
		for _, p := range s[n].Parents {
			if s[p].Kind == "ephemeral" && !s[p].Gone && !seen[p] {
				seen[p] = true
				need(p)
				ctes = append(ctes, s.relation(p)+" as ("+s.body(p)+")")
			}
		}
	}
	need(i)
	if len(ctes) > 0 {
		body = "with " + strings.Join(ctes, ", ") + " " + body
	}
	return body
}

func (s state) body(i int) string {
	x := s[i]
	var from []string
	for n, p := range x.Parents {
		if !s[p].Gone {
			from = append(from, fmt.Sprintf("%s p%d", s.relation(p), n))
		}
	}
	if len(from) == 0 {
		from = []string{"elsewhere p0"}
	}
	first, all := from[0], strings.Join(from, ", ")
	note := fmt.Sprintf("/* %d */ ", x.Processed)
	alias := first[strings.LastIndexByte(first, ' ')+1:]
	switch x.Shape {
	case 0:
		return note + "select * from " + first
	case 1:
		return note + "select " + alias + ".*, 1 as " + x.Columns[0] + "9 from " + all
	case 2:
		return note + "select " + strings.Join(x.Columns, ", ") + " from " + all
	case 3:
		return note + fmt.Sprintf("select coalesce(%s) as z, count(*) as n from %s where %s > 1 group by 1", strings.Join(x.Columns, ", "), all, x.Columns[0])
	case 4:
		return note + fmt.Sprintf("select * from %s union all select * from %s", first, from[len(from)-1])
	case 5:
		return note + "select * from " + all
	case 6:
		return note + "this is no query"
	case 7:
		return note + "with w as (select *, md5(" + x.Columns[0] + ") as h from " + first + ") select * from w"
	}
	return ""
}

func (s state) world() *world {
	w := newWorld("postgres")
	number := make([]int32, len(s))
	for i, x := range s {
		number[i] = none
		if x.Gone {
			continue
		}
		number[i] = int32(len(w.tables))
		table := Table{ID: int64(i) + 1, Name: fmt.Sprint("t", i), Platform: w.platform, Stated: NewColumns(list(x.Stated...), x.Full && len(x.Stated) > 0)}
		if x.Kind == "ephemeral" {
			table.Ephemeral, table.CTENames = true, cteNames(table.Name, "")
		} else {
			database, rest, _ := strings.Cut(s.relation(i), ".")
			schema, identifier, _ := strings.Cut(rest, ".")
			table.Key = keyOf(w.platform, database, schema, identifier)
		}
		if x.Kind != "source" {
			table.Code = w.code(s.sql(i))
			table.Code.Contract = x.Contract
		}
		switch x.Kind {
		case "snapshot":
			table.Code.Snapshot = ParseSnapshot("postgres", []byte(`{"strategy":"timestamp","unique_key":"a","updated_at":"b"}`))
		case "python":
			table.Code.Language = "python"
		}
		w.tables = append(w.tables, table)
		w.at[table.Name] = number[i]
		for _, p := range x.Parents {
			if number[p] != none {
				w.edges = append(w.edges, graph.Edge{From: number[p], To: number[i]})
			}
		}
	}
	return w
}

// dueAfter lists what is due when the tables of before have become those of
// after: what changed, and the children of tables whose stated columns,
// relation or kind changed.
func dueAfter(before, after *world) []int32 {
	old := map[int64]int32{}
	for i := range before.tables {
		old[before.tables[i].ID] = int32(i)
	}
	due := map[int32]bool{}
	outside := make([]bool, len(after.tables)) // changed, as their children see them
	for i := range after.tables {
		now := after.tables[i]
		n, known := old[now.ID]
		if !known {
			due[int32(i)], outside[i] = true, true
			continue
		}
		was := before.tables[n]
		outside[i] = was.Stated.hash() != now.Stated.hash() || was.Key != now.Key || was.Ephemeral != now.Ephemeral || (was.Code == nil) != (now.Code == nil)
		if outside[i] || cmp.Diff(was.Code, now.Code) != "" || !slices.Equal(before.parentIDs(n), after.parentIDs(int32(i))) {
			due[int32(i)] = true
		}
	}
	for _, e := range after.edges {
		if outside[e.From] {
			due[e.To] = true
		}
	}
	var out []int32
	for n := range due {
		out = append(out, n)
	}
	return out
}

func (w *world) parentIDs(n int32) []int64 {
	var ids []int64
	for _, e := range w.edges {
		if e.To == n {
			ids = append(ids, w.tables[e.From].ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// fresh reads a state of which nothing was read before.
func fresh(t rapid.TB, w *world) *memory {
	m := newMemory(w)
	follow(t, w, m, w.everything())
	return m
}

func follow(t rapid.TB, w *world, m *memory, due []int32) {
	tracer, err := NewTracer(w.tables, w.edges, m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := tracer.Run(context.Background(), due); err != nil {
		t.Fatal(err)
	}
}

// Reading state A and then what became due with state B gives just what reading
// B alone gives: the same blocks under the same keys.
func TestIncrementalEqualsFull(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		states := []state{drawState(t)}
		for range rapid.IntRange(1, 3).Draw(t, "steps") {
			states = append(states, states[len(states)-1].change(t))
		}
		before := states[0].world()
		m := fresh(t, before)
		for _, s := range states[1:] {
			after := s.world()
			m = m.with(after)
			for i := range after.tables {
				if after.tables[i].Code == nil {
					delete(m.kept, after.tables[i].ID) // a store ends the block of what is no model any more
				}
			}
			follow(t, after, m, dueAfter(before, after))
			want := fresh(t, after)
			for i := range after.tables {
				name := after.tables[i].Name
				have, need := m.block(int32(i)), want.block(int32(i))
				if diff := cmp.Diff(need, have); diff != "" {
					t.Fatalf("%s (%s) differs from a full run (-full +incremental):\n%s", name, s.sql(int(after.tables[i].ID-1)), diff)
				}
				if need != nil && m.kept[after.tables[i].ID].Key != want.kept[after.tables[i].ID].Key {
					t.Fatalf("%s has another key than in a full run", name)
				}
			}
			before = after
		}
	})
}

// Only what can have changed is read again.
func TestIncrementalReadsLittle(t *testing.T) {
	chain := func(change func(*world)) *world {
		w := newWorld("postgres")
		w.source("raw", "id", "name")
		w.model("a", "select id, name from db.s.raw", "raw")
		w.model("b", "select * from db.s.a", "a")
		w.model("c", "select id from db.s.b", "b")
		w.model("d", "select * from db.s.c", "c")
		w.model("beside", "select id from db.s.raw", "raw")
		change(w)
		return w
	}
	tests := []struct {
		name   string
		change func(*world)
		due    []string // beside what dueAfter says
		want   []string
	}{
		{"nothing", func(*world) {}, nil, nil},
		{"everything is offered, nothing changed", func(*world) {}, []string{"a", "b", "c", "d", "beside"}, nil},
		{"a keeps its columns", func(w *world) { w.table("a").Code = w.code("select id, upper(name) as name from db.s.raw") }, nil, []string{"a"}},
		{"a has a column more, which ends in c", func(w *world) { w.table("a").Code = w.code("select id, name, 1 as one from db.s.raw") }, nil, []string{"a", "b", "c"}},
		{"c has a column more", func(w *world) { w.table("c").Code = w.code("select id, 1 as one from db.s.b") }, nil, []string{"c", "d"}},
		{"a stops working, and c keeps its column", func(w *world) { w.table("a").Code = w.code("no query") }, nil, []string{"a", "b", "c"}},
		{"a source has a column more", func(w *world) { w.table("raw").Stated = full("id", "name", "x") }, nil, []string{"a", "beside"}},
		{"the catalog lists a as its code does", func(w *world) { w.table("a").Stated = full("id", "name") }, nil, []string{"a"}},
		{"the catalog lists another order", func(w *world) { w.table("a").Stated = full("name", "id") }, nil, []string{"a", "b", "c"}},
		{"only the name of a model", func(w *world) { w.table("a").Name = "renamed" }, nil, nil},
	}
	for _, tt := range tests {
		before := chain(func(*world) {})
		m := fresh(t, before)
		after := chain(tt.change)
		m = m.with(after)
		due := dueAfter(before, after)
		for _, name := range tt.due {
			due = append(due, after.at[name])
		}
		follow(t, after, m, due)
		if diff := cmp.Diff(tt.want, m.read); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// A new engine reads all again: blocks with other keys are not current.
func TestForeignKeysAreNotCurrent(t *testing.T) {
	w := shopWorld()
	m := fresh(t, w)
	for id, kept := range m.kept {
		kept.Key = catalog.HashOfText("an older engine")
		m.kept[id] = kept
	}
	m.read = nil
	follow(t, w, m, w.everything())
	if len(m.read) != 3 {
		t.Errorf("read again: %v", m.read)
	}
}

// An ephemeral model may keep its columns while what its children see within the
// pasted code becomes another.
func TestIncrementalWithinEphemerals(t *testing.T) {
	state := func(other ...string) *world {
		w := newWorld("postgres")
		w.source("raw", "id", "x")
		w.source("other", other...)
		w.cte("e", "select id, x from db.s.raw, db.s.other", "raw", "other")
		w.model("m", "with __dbt__cte__e as (select id, x from db.s.raw, db.s.other) select x from __dbt__cte__e", "e")
		return w
	}
	before, after := state("x"), state("y")
	m := fresh(t, before).with(after)
	follow(t, after, m, dueAfter(before, after))
	want := fresh(t, after)
	for _, name := range []string{"e", "m"} {
		if diff := cmp.Diff(want.block(after.at[name]), m.block(after.at[name])); diff != "" {
			t.Errorf("%s (-full +incremental):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff([]string{"e", "m"}, m.read); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

// An ephemeral model is pasted into its children: they see the columns of what
// it reads, through as many as there are.
func TestIncrementalThroughEphemerals(t *testing.T) {
	chain := func(columns ...string) *world {
		w := newWorld("postgres")
		w.source("raw", columns...)
		w.cte("e1", "select * from db.s.raw", "raw")
		w.cte("e2", "with __dbt__cte__e1 as (select * from db.s.raw) select * from __dbt__cte__e1", "e1")
		w.table("e2").Stated = full("id") // hides from the children that its columns change
		w.model("m", "with __dbt__cte__e1 as (select * from db.s.raw), __dbt__cte__e2 as (select * from __dbt__cte__e1) select * from __dbt__cte__e2", "e2")
		return w
	}
	before, after := chain("id"), chain("id", "name")
	m := fresh(t, before).with(after)
	follow(t, after, m, dueAfter(before, after))
	after.check(t, m.block(after.at["m"]), "id < e2.id identity\nname < e2.name identity")
	if diff := cmp.Diff([]string{"e1", "e2", "m"}, m.read); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}
