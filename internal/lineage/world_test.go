package lineage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// world is a project made of literals. Table i has the id ids[i], by default
// i + 1; its relation is db.s.<name> unless a test sets another key.
type world struct {
	platform string
	tables   []Table
	edges    []graph.Edge
	reads    []graph.Edge
	texts    map[catalog.Hash]string
	at       map[string]int32
}

func newWorld(platform string) *world {
	return &world{platform: platform, texts: map[catalog.Hash]string{}, at: map[string]int32{}}
}

func (w *world) add(t Table, parents []string) {
	n := int32(len(w.tables))
	t.ID, t.Platform = int64(n)+1, w.platform
	w.tables = append(w.tables, t)
	w.at[t.Name] = n
	for _, p := range parents {
		from, ok := w.at[p]
		if !ok {
			panic("no table " + p)
		}
		w.edges = append(w.edges, graph.Edge{From: from, To: n})
	}
}

func keyOf(platform, database, schema, identifier string) string {
	return catalog.NewRelation(platform, database, schema, identifier, "").Key()
}

// source adds a table that no code makes, whose columns the catalog lists.
func (w *world) source(name string, columns ...string) *Table {
	w.add(Table{Name: name, Key: keyOf(w.platform, "db", "s", name), Stated: full(columns...)}, nil)
	return w.table(name)
}

func (w *world) code(sql string) *Code {
	h := catalog.HashOfText(sql)
	w.texts[h] = sql
	return &Code{Compiled: h}
}

// model adds a model; no catalog lists it.
func (w *world) model(name, sql string, parents ...string) *Table {
	w.add(Table{Name: name, Key: keyOf(w.platform, "db", "s", name), Code: w.code(sql)}, parents)
	return w.table(name)
}

// cte adds an ephemeral model.
func (w *world) cte(name, sql string, parents ...string) *Table {
	t := w.model(name, sql, parents...)
	t.Key, t.Ephemeral, t.CTENames = "", true, cteNames(name, "")
	return t
}

func (w *world) table(name string) *Table { return &w.tables[w.at[name]] }

func list(names ...string) []resolve.Column {
	out := make([]resolve.Column, len(names))
	for i, n := range names {
		out[i] = resolve.Column{Name: n}
	}
	return out
}

func full(names ...string) Columns { return NewColumns(list(names...), len(names) > 0) }

func part(names ...string) Columns { return NewColumns(list(names...), false) }

// memory is a Store that keeps blocks as a store would: encoded, with their
// keys, by the table's id. Two runs over two states share one.
type memory struct {
	tables []Table
	texts  map[catalog.Hash]string
	kept   map[int64]Traced
	// columns are those of tables that are not loaded.
	columns map[int32]Columns

	mu   sync.Mutex
	read []string // tables in the order in which they were kept
}

func (m *memory) Load(context.Context, []int32) error { return nil }

func (m *memory) Columns(n int32) Columns {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.columns[n]
}

func (m *memory) block(n int32) *Block {
	kept, ok := m.kept[m.tables[n].ID]
	if !ok {
		return nil
	}
	b, err := Decode(kept.Encoded)
	if err != nil {
		panic(err)
	}
	return b
}

func (m *memory) Inferred(n int32) Columns {
	if b := m.block(n); b != nil {
		return b.Columns()
	}
	return Columns{}
}

func (m *memory) Texts(_ context.Context, hashes []catalog.Hash) (map[catalog.Hash]string, error) {
	out := map[catalog.Hash]string{}
	for _, h := range hashes {
		text, ok := m.texts[h]
		if !ok {
			return nil, fmt.Errorf("text %s: %w", h, catalog.ErrNotFound)
		}
		out[h] = text
	}
	return out, nil
}

func (m *memory) IsCurrent(n int32, key catalog.Hash) bool {
	kept, ok := m.kept[m.tables[n].ID]
	return ok && kept.Key == key
}

func (m *memory) Keep(_ context.Context, traced []Traced) error {
	for _, t := range traced {
		m.kept[m.tables[t.Table].ID] = t
		m.read = append(m.read, m.tables[t.Table].Name)
	}
	return nil
}

// with gives the same memory over another state of the tables.
func (m *memory) with(w *world) *memory {
	return &memory{tables: w.tables, texts: w.texts, kept: m.kept}
}

func newMemory(w *world) *memory {
	return &memory{tables: w.tables, texts: w.texts, kept: map[int64]Traced{}}
}

// everything is due: all the tables that code makes.
func (w *world) everything() []int32 {
	var due []int32
	for i := range w.tables {
		if w.tables[i].Code != nil {
			due = append(due, int32(i))
		}
	}
	return due
}

func (w *world) tracer(t testing.TB, m *memory, o Options) *Tracer {
	t.Helper()
	o.Reads = w.reads
	tracer, err := NewTracer(w.tables, w.edges, m, o)
	if err != nil {
		t.Fatal(err)
	}
	return tracer
}

func (w *world) run(t testing.TB, m *memory, due ...int32) {
	t.Helper()
	if err := w.tracer(t, m, Options{}).Run(t.Context(), due); err != nil {
		t.Fatal(err)
	}
}

// trace reads everything and gives the blocks by name.
func (w *world) trace(t testing.TB) map[string]*Block {
	t.Helper()
	m := newMemory(w)
	w.run(t, m, w.everything()...)
	return w.blocks(m)
}

func (w *world) blocks(m *memory) map[string]*Block {
	out := map[string]*Block{}
	for i := range w.tables {
		if b := m.block(int32(i)); b != nil {
			out[w.tables[i].Name] = b
		}
	}
	return out
}

// text writes the edges of a block, one output a line:
// total < orders.amount transform, orders.tax transform.
func (w *world) text(b *Block) string {
	if b == nil {
		return "none"
	}
	var s strings.Builder
	for _, o := range b.Outputs {
		var from []string
		for _, e := range o.Edges {
			kinds := e.Kinds.String()
			if e.Confidence != resolve.FromSchema {
				kinds += "?" + e.Confidence.String()
			}
			from = append(from, w.refName(b.Refs[e.Ref])+"."+e.Column+" "+kinds)
		}
		slices.Sort(from)
		s.WriteString(strings.TrimRight(o.Name+" < "+strings.Join(from, ", "), "< ") + "\n")
	}
	return s.String()
}

func (w *world) refName(r Ref) string {
	if r.Table == 0 {
		return "(" + r.Name + ")"
	}
	for i := range w.tables {
		if w.tables[i].ID == r.Table {
			return w.tables[i].Name
		}
	}
	return fmt.Sprint("table ", r.Table)
}

// names lists the outputs.
func names(b *Block) []string {
	out := []string{}
	for _, o := range b.Outputs {
		out = append(out, o.Name)
	}
	return out
}

func codes(b *Block) []string {
	out := []string{}
	for _, i := range b.Issues {
		out = append(out, i.Code)
	}
	return out
}

// check compares the edges of a block with lines that may be indented.
func (w *world) check(t *testing.T, b *Block, want string) {
	t.Helper()
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSpace(want), "\n") {
		lines = append(lines, strings.TrimSpace(line))
	}
	if got := strings.TrimSpace(w.text(b)); got != strings.Join(lines, "\n") {
		t.Errorf("edges are\n%s\nwant\n%s", got, strings.Join(lines, "\n"))
	}
}

// edgeBetween is for edges that go back: cycles.
func edgeBetween(w *world, parent, child string) graph.Edge {
	return graph.Edge{From: w.at[parent], To: w.at[child]}
}
