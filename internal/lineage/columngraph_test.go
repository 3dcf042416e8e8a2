package lineage

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/thalweg-data/thalweg/internal/sql/resolve"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// columnGraph makes a graph of all that a world's code tells.
func (w *world) columnGraph(t testing.TB, o GraphOptions) *ColumnGraph {
	t.Helper()
	m := newMemory(w)
	w.run(t, m, w.everything()...)
	var blocks []TableBlock
	for i := range w.tables {
		if b := m.block(int32(i)); b != nil {
			blocks = append(blocks, TableBlock{Table: w.tables[i].ID, Block: b})
		}
	}
	return NewColumnGraph(slices.Values(blocks), o)
}

// label writes a column as table.column, (relation).column outside the catalog.
func (w *world) label(g *ColumnGraph, n int32) string {
	c := g.Column(n)
	if c.Relation != "" {
		return "(" + c.Relation + ")." + c.Name
	}
	return w.refName(Ref{Table: c.Table}) + "." + c.Name
}

func (w *world) labels(g *ColumnGraph, columns []int32) []string {
	out := []string{}
	for _, n := range columns {
		out = append(out, w.label(g, n))
	}
	return out
}

// column finds table.column.
func (w *world) column(t testing.TB, g *ColumnGraph, label string) int32 {
	t.Helper()
	table, name, _ := strings.Cut(label, ".")
	n, ok := g.Find(w.table(table).ID, name, nil)
	if !ok {
		t.Fatalf("the graph has no column %s", label)
	}
	return n
}

// shopWorld is a small chain with everything that a walk can choose by.
func shopWorld() *world {
	w := newWorld("postgres")
	w.source("raw_orders", "id", "customer_id", "amount", "status")
	w.model("stg_orders", `select id as order_id, customer_id, amount::numeric as amount, status from db.s.raw_orders where status <> 'void'`, "raw_orders")
	w.model("customers", `select customer_id, sum(amount) as total, case when max(status) = 'vip' then 1 end as vip
		from db.s.stg_orders group by customer_id`, "stg_orders")
	w.model("report", `select total * 2 as twice, elsewhere.rate from db.s.customers, elsewhere`, "customers")
	return w
}

func TestColumnGraph(t *testing.T) {
	w := shopWorld()
	g := w.columnGraph(t, GraphOptions{})
	if g.Len() != 14 || g.Edges() != 9 {
		t.Errorf("%d columns and %d edges, want 14 and 9", g.Len(), g.Edges())
	}
	of := func(table string) []string { return w.labels(g, g.of(w.table(table).ID)) }
	if diff := cmp.Diff([]string{"customers.customer_id", "customers.total", "customers.vip"}, of("customers")); diff != "" {
		t.Errorf("columns in the order of the code (-want +got):\n%s", diff)
	}
	if got := g.of(99); got != nil {
		t.Errorf("a table that is not there has columns %v", got)
	}
	total := g.Column(w.column(t, g, "customers.total"))
	code := w.texts[w.table("customers").Code.Compiled]
	if got := total.Span.Text(code); got != "sum(amount)" {
		t.Errorf("the expression of total is %q", got)
	}
	var controls []string
	for _, s := range g.Controls(w.table("customers").ID) {
		controls = append(controls, w.label(g, s.From)+" "+s.Kinds.String())
	}
	if diff := cmp.Diff([]string{"stg_orders.customer_id group"}, controls); diff != "" {
		t.Errorf("controls of customers (-want +got):\n%s", diff)
	}
	status := w.column(t, g, "raw_orders.status")
	if by := g.ControlledBy(status); len(by) != 1 || by[0].Table != w.table("stg_orders").ID || by[0].Kinds != resolve.Filter {
		t.Errorf("raw_orders.status controls %v", by)
	}
	if by := g.ControlledBy(w.column(t, g, "report.twice")); by != nil {
		t.Errorf("report.twice controls %v", by)
	}
	if got := g.Controls(99); len(got) != 0 {
		t.Errorf("a table that is not there is controlled by %v", got)
	}
}

func block(refs []Ref, outputs ...Output) *Block { return &Block{Refs: refs, Outputs: outputs} }

func from(name string, edges ...Edge) Output { return Output{Name: name, Edges: edges} }

func TestColumnGraphNames(t *testing.T) {
	upper := func(_ int64, name string) string { return strings.ToUpper(name) }
	read := func(column string) Edge { return Edge{Column: column, Kinds: resolve.Identity} }
	tests := []struct {
		name    string
		options GraphOptions
		parent  []string // outputs of table 1
		read    []string // columns that table 2 reads of it
		want    []string // columns of table 1 then
	}{
		{"exact", GraphOptions{}, []string{"id"}, []string{"id"}, []string{"id"}},
		{"no fold, another case", GraphOptions{}, []string{"id"}, []string{"ID"}, []string{"id", "ID"}},
		{"folded", GraphOptions{Fold: upper}, []string{"id"}, []string{"ID", "Id"}, []string{"id"}},
		{"two that fold alike, one exact", GraphOptions{Fold: upper}, []string{"id", "ID"}, []string{"ID"}, []string{"id", "ID"}},
		{"two that fold alike, neither exact", GraphOptions{Fold: upper}, []string{"id", "ID"}, []string{"Id"}, []string{"id", "ID", "Id"}},
		{"two outputs of one name", GraphOptions{}, []string{"id", "id"}, []string{"id"}, []string{"id"}},
		{"a column that the code does not tell", GraphOptions{}, []string{"id"}, []string{"other"}, []string{"id", "other"}},
		{"a star", GraphOptions{}, []string{"id"}, []string{"*"}, []string{"id", "*"}},
	}
	for _, tt := range tests {
		parent, child := block(nil), block([]Ref{{Table: 1}})
		for _, name := range tt.parent {
			parent.Outputs = append(parent.Outputs, from(name))
		}
		for i, name := range tt.read {
			child.Outputs = append(child.Outputs, from(fmt.Sprint("out", i), read(name)))
		}
		g := NewColumnGraph(slices.Values([]TableBlock{{1, parent}, {2, child}}), tt.options)
		var got []string
		for _, n := range g.of(1) {
			got = append(got, g.Column(n).Name)
			if want := g.Column(n).Name == "*"; g.Column(n).Star != want {
				t.Errorf("%s: star of %q is %v", tt.name, g.Column(n).Name, g.Column(n).Star)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Relations outside the catalog are columns too; one that has become a table
// of the catalog since the block was made is that table.
func TestColumnGraphExternals(t *testing.T) {
	refs := []Ref{{Name: "lake.events", Key: ".lake.events"}, {Name: "LAKE.events", Key: ".lake.events"}, {Name: "files.csv"}}
	child := block(refs,
		from("a", Edge{Ref: 0, Column: "x", Kinds: resolve.Identity}),
		from("b", Edge{Ref: 1, Column: "x", Kinds: resolve.Rename}, Edge{Ref: 2, Column: "y", Kinds: resolve.Rename}))
	blocks := []TableBlock{{2, child}}
	g := NewColumnGraph(slices.Values(blocks), GraphOptions{})
	a, _ := g.Find(2, "a", nil)
	b, _ := g.Find(2, "b", nil)
	up := func(n int32) []string {
		var out []string
		for _, c := range g.Walk([]int32{n}, WalkOptions{Depth: -1, Limit: -1, Least: resolve.Failed}).Columns[1:] {
			out = append(out, fmt.Sprint(g.Column(c).Table, g.Column(c).Relation, "/", g.Column(c).Name))
		}
		slices.Sort(out)
		return out
	}
	if diff := cmp.Diff([]string{"0lake.events/x"}, up(a)); diff != "" {
		t.Errorf("origin of a (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"0files.csv/y", "0lake.events/x"}, up(b)); diff != "" {
		t.Errorf("origins of b (-want +got):\n%s", diff)
	}
	g = NewColumnGraph(slices.Values(append(blocks, TableBlock{7, block(nil, from("x"))})), GraphOptions{Find: func(key string) int64 {
		if key == ".lake.events" {
			return 7
		}
		return 0
	}})
	a, _ = g.Find(2, "a", nil)
	if diff := cmp.Diff([]string{"7/x"}, up(a)); diff != "" {
		t.Errorf("once the catalog has the relation, the origin of a is (-want +got):\n%s", diff)
	}
}

// Edges between the same two columns become one edge: kinds unite, the surest
// confidence stands, and it is masked only if all of them are.
func TestColumnGraphMergesLinks(t *testing.T) {
	child := block([]Ref{{Table: 1}}, from("a",
		Edge{Column: "x", Path: "p", Kinds: resolve.Field, Confidence: resolve.Inferred, Masked: true},
		Edge{Column: "x", Path: "q", Kinds: resolve.Conditional, Confidence: resolve.SingleSource}))
	child.Rows = []Use{{Column: "x", Kinds: resolve.Join, Confidence: resolve.Ambiguous}, {Column: "x", Kinds: resolve.Filter}}
	g := NewColumnGraph(slices.Values([]TableBlock{{2, child}}), GraphOptions{})
	a, _ := g.Find(2, "a", nil)
	x, _ := g.Find(1, "x", nil)
	want := []ColumnEdge{{From: x, To: a, Kinds: resolve.Field | resolve.Conditional, Confidence: resolve.SingleSource}}
	if diff := cmp.Diff(want, g.Walk([]int32{a}, WalkOptions{Depth: 1, Limit: -1, Least: resolve.Failed}).Edges); diff != "" {
		t.Errorf("edges (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Control{{From: x, Table: 2, Kinds: resolve.Join | resolve.Filter}}, g.Controls(2)); diff != "" {
		t.Errorf("controls (-want +got):\n%s", diff)
	}
}

func TestColumnGraphFind(t *testing.T) {
	g := NewColumnGraph(slices.Values([]TableBlock{{1, block(nil, from("id"), from("Name"), from("NAME"))}}), GraphOptions{})
	for _, tt := range []struct {
		name string
		fold func(string) string
		want string // "" is not found
	}{
		{"id", nil, "id"}, {"ID", nil, ""}, {"ID", strings.ToLower, "id"}, {"NAME", strings.ToLower, "NAME"}, {"name", strings.ToLower, ""}, {"x", strings.ToLower, ""},
	} {
		n, ok := g.Find(1, tt.name, tt.fold)
		if ok != (tt.want != "") || ok && g.Column(n).Name != tt.want {
			t.Errorf("find %q: %d, %v; want %q", tt.name, n, ok, tt.want)
		}
	}
}

func TestEmptyColumnGraph(t *testing.T) {
	g := NewColumnGraph(slices.Values([]TableBlock(nil)), GraphOptions{})
	if g.Len() != 0 || g.Edges() != 0 || g.of(1) != nil || len(g.Controls(1)) != 0 {
		t.Error("the graph of nothing is not empty")
	}
	if w := g.Walk([]int32{0, 5, -1}, WalkOptions{Depth: -1, Limit: -1}); w.Total != 0 || len(w.Columns) != 0 {
		t.Errorf("a walk through nothing met %v", w)
	}
}

// drawGraph draws blocks of up to six tables of up to four columns each, any of
// which may read any, itself included.
func drawGraph(t *rapid.T) ([]TableBlock, int) {
	tables := rapid.IntRange(1, 6).Draw(t, "tables")
	var blocks []TableBlock
	edges := 0
	for i := range tables {
		b := &Block{}
		for r := range tables {
			b.Refs = append(b.Refs, Ref{Table: int64(r) + 1})
		}
		for o := range rapid.IntRange(0, 4).Draw(t, "columns") {
			out := Output{Name: fmt.Sprint("c", o), Span: token.Span{End: int32(o)}}
			for range rapid.IntRange(0, 3).Draw(t, "edges") {
				out.Edges = append(out.Edges, Edge{
					Ref: rapid.Int32Range(0, int32(tables)-1).Draw(t, "ref"), Column: rapid.SampledFrom([]string{"c0", "c1", "c2", "c3", "x"}).Draw(t, "column"),
					Kinds:      rapid.SampledFrom([]resolve.KindSet{resolve.Identity, resolve.Transform, resolve.Conditional, resolve.Transform | resolve.Conditional}).Draw(t, "kinds"),
					Confidence: resolve.Confidence(rapid.IntRange(0, 3).Draw(t, "confidence")),
				})
				edges++
			}
			b.Outputs = append(b.Outputs, out)
		}
		blocks = append(blocks, TableBlock{Table: int64(i) + 1, Block: b})
	}
	return blocks, edges
}

// A graph holds just the edges of its blocks, in both directions, whatever the
// order of the blocks.
func TestColumnGraphHoldsItsBlocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		blocks, _ := drawGraph(t)
		want := map[string]bool{}
		for _, tb := range blocks {
			for _, o := range tb.Block.Outputs {
				for _, e := range o.Edges {
					want[fmt.Sprintf("%d.%s>%d.%s", tb.Block.Refs[e.Ref].Table, e.Column, tb.Table, o.Name)] = true
				}
			}
		}
		g := NewColumnGraph(slices.Values(blocks), GraphOptions{})
		name := func(n int32) string { return fmt.Sprintf("%d.%s", g.Column(n).Table, g.Column(n).Name) }
		down, up := map[string]bool{}, map[string]bool{}
		for n := range int32(g.Len()) {
			g.each(n, WalkOptions{Direction: Downstream, Least: resolve.Failed}, func(other int32, _ ColumnEdge) { down[name(n)+">"+name(other)] = true })
			g.each(n, WalkOptions{Direction: Upstream, Least: resolve.Failed}, func(other int32, _ ColumnEdge) { up[name(other)+">"+name(n)] = true })
		}
		if diff := cmp.Diff(want, down); diff != "" {
			t.Fatalf("downstream (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, up); diff != "" {
			t.Fatalf("upstream (-want +got):\n%s", diff)
		}
		if g.Edges() != len(want) {
			t.Fatalf("%d edges, want %d", g.Edges(), len(want))
		}
		slices.Reverse(blocks)
		again := NewColumnGraph(slices.Values(blocks), GraphOptions{})
		for n := range int32(again.Len()) {
			if other, ok := g.Find(again.Column(n).Table, again.Column(n).Name, nil); !ok {
				t.Fatalf("another order of the blocks adds column %d (%d)", n, other)
			}
		}
		if again.Len() != g.Len() || again.Edges() != g.Edges() {
			t.Fatal("the order of the blocks matters")
		}
	})
}

// of lists the columns of a table, in the order of its code.
func (g *ColumnGraph) of(table int64) []int32 {
	i, ok := slices.BinarySearch(g.tables, table)
	if !ok {
		return nil
	}
	out := make([]int32, 0, g.start[i+1]-g.start[i])
	for n := g.start[i]; n < g.start[i+1]; n++ {
		out = append(out, n)
	}
	return out
}

// Columns that a star passes on without their names are open, at both ends of it.
func TestOpenColumns(t *testing.T) {
	star := func(table, from int64) TableBlock {
		return TableBlock{Table: table, Block: &Block{
			Refs:    []Ref{{Table: from}},
			Outputs: []Output{{Name: "*", Star: true, Edges: []Edge{{Column: "*", Kinds: resolve.Identity}}}},
		}}
	}
	named := func(table, from int64, column string) TableBlock {
		return TableBlock{Table: table, Block: &Block{
			Refs:    []Ref{{Table: from}},
			Outputs: []Output{{Name: column, Edges: []Edge{{Column: column, Kinds: resolve.Identity}}}},
		}}
	}
	// 1 is a source, 2 names a column of it, 3 has its star, 4 reads a column of 3, 5 one of 2.
	g := NewColumnGraph(slices.Values([]TableBlock{named(2, 1, "v"), star(3, 1), named(4, 3, "v"), named(5, 2, "v")}), GraphOptions{})
	want := map[int64]bool{1: true, 2: false, 3: true, 4: false, 5: false}
	for table, open := range want {
		n, ok := g.Find(table, "v", nil)
		if !ok || g.IsOpen(n) != open {
			t.Errorf("%d.v is there: %v, open: %v, want %v", table, ok, g.IsOpen(n), open)
		}
	}
	for _, tt := range []struct {
		table, of int64
		want      bool
	}{{3, 1, true}, {2, 1, false}, {4, 3, false}, {9, 1, false}} {
		if got := g.StarOver(tt.table, tt.of); got != tt.want {
			t.Errorf("a star of %d over %d: %v", tt.table, tt.of, got)
		}
	}
	if !g.HasOpenReaders(1) || g.HasOpenReaders(2) || g.HasOpenReaders(9) {
		t.Error("open readers of 1, 2 and 9:", g.HasOpenReaders(1), g.HasOpenReaders(2), g.HasOpenReaders(9))
	}
}
