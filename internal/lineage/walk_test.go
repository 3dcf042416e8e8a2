package lineage

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// A walk that is told to stop does not go on.
func TestWalkStops(t *testing.T) {
	g := shopWorld().columnGraph(t, GraphOptions{})
	start, ok := g.Find(g.tables[len(g.tables)-1], "twice", nil)
	if !ok {
		t.Fatal("no column to begin with")
	}
	asked := 0
	w := g.Walk([]int32{start}, WalkOptions{Depth: -1, Limit: -1, Least: resolve.Failed, Stop: func(int) bool { asked++; return true }})
	if asked != 1 || len(w.Columns) != 0 {
		t.Errorf("asked %d times, %d columns", asked, len(w.Columns))
	}
	alone := g.Walk([]int32{start}, WalkOptions{Depth: -1, Limit: -1, Least: resolve.Failed, ColumnsOnly: true})
	if len(alone.Columns) != 4 || alone.Edges != nil {
		t.Errorf("columns only: %+v", alone)
	}
}

func TestWalk(t *testing.T) {
	w := shopWorld()
	g := w.columnGraph(t, GraphOptions{})
	all := WalkOptions{Depth: -1, Limit: -1, Least: resolve.Failed}
	down := all
	down.Direction = Downstream
	with := func(o WalkOptions, change func(*WalkOptions)) WalkOptions { change(&o); return o }
	tests := []struct {
		name    string
		start   []string
		options WalkOptions
		want    []string // nearest first, with the number of steps
		total   int
	}{
		{
			"upstream",
			[]string{"report.twice"},
			all,
			[]string{"0 report.twice", "1 customers.total", "2 stg_orders.amount", "3 raw_orders.amount"},
			4,
		},
		{
			"downstream",
			[]string{"raw_orders.amount"},
			down,
			[]string{"0 raw_orders.amount", "1 stg_orders.amount", "2 customers.total", "3 report.twice"},
			4,
		},
		{"to a relation outside", []string{"report.rate"}, all, []string{"0 report.rate", "1 (elsewhere).rate"}, 2},
		{"no step", []string{"report.twice"}, with(all, func(o *WalkOptions) { o.Depth = 0 }), []string{"0 report.twice"}, 1},
		{
			"two steps",
			[]string{"report.twice"},
			with(all, func(o *WalkOptions) { o.Depth = 2 }),
			[]string{"0 report.twice", "1 customers.total", "2 stg_orders.amount"},
			3,
		},
		{
			"two columns at most, and how many there are",
			[]string{"report.twice"},
			with(all, func(o *WalkOptions) { o.Limit = 2 }),
			[]string{"0 report.twice", "1 customers.total"},
			4,
		},
		{"no column", []string{"report.twice"}, with(all, func(o *WalkOptions) { o.Limit = 0 }), []string{}, 4},
		{
			"copies alone",
			[]string{"raw_orders.amount"},
			with(down, func(o *WalkOptions) { o.Kinds = resolve.Identity | resolve.Rename | resolve.Cast }),
			[]string{"0 raw_orders.amount", "1 stg_orders.amount"},
			2,
		},
		{
			"tests alone",
			[]string{"customers.vip"},
			with(all, func(o *WalkOptions) { o.Kinds = resolve.Conditional }),
			[]string{"0 customers.vip", "1 stg_orders.status"},
			2,
		},
		{"known columns alone", []string{"report.rate"}, with(all, func(o *WalkOptions) { o.Least = resolve.FromSchema }), []string{"0 report.rate"}, 1},
		{
			"several starts, one of them twice, one below another",
			[]string{"customers.total", "stg_orders.amount", "customers.total"},
			all,
			[]string{"0 stg_orders.amount", "0 customers.total", "1 raw_orders.amount"},
			3,
		},
	}
	for _, tt := range tests {
		var start []int32
		for _, label := range tt.start {
			start = append(start, w.column(t, g, label))
		}
		walk := g.Walk(start, tt.options)
		got := []string{}
		for i, n := range walk.Columns {
			got = append(got, fmt.Sprint(walk.Depths[i], " ", w.label(g, n)))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || walk.Total != tt.total {
			t.Errorf("%s: %d in all, want %d (-want +got):\n%s", tt.name, walk.Total, tt.total, diff)
		}
	}
}

// The edges of a walk are those between the columns that it shows.
func TestWalkLinks(t *testing.T) {
	w := shopWorld()
	g := w.columnGraph(t, GraphOptions{})
	walk := g.Walk([]int32{w.column(t, g, "report.twice")}, WalkOptions{Depth: -1, Limit: 3, Least: resolve.Failed})
	var got []string
	for _, l := range walk.Edges {
		got = append(got, w.label(g, l.From)+" > "+w.label(g, l.To)+" "+l.Kinds.String())
	}
	want := []string{"stg_orders.amount > customers.total aggregate", "customers.total > report.twice transform"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("edges (-want +got):\n%s", diff)
	}
}

// The expressions that a column came through, step by step, are the spans of
// the columns upstream in their own tables' code.
func TestOriginExpressions(t *testing.T) {
	w := shopWorld()
	g := w.columnGraph(t, GraphOptions{})
	var got []string
	for _, n := range g.Walk([]int32{w.column(t, g, "report.twice")}, WalkOptions{Depth: -1, Limit: -1, Least: resolve.Failed}).Columns {
		c := g.Column(n)
		code := ""
		if t := w.tables[c.Table-1].Code; t != nil {
			code = w.texts[t.Compiled]
		}
		got = append(got, c.Span.Text(code))
	}
	if diff := cmp.Diff([]string{"total * 2", "sum(amount)", "amount::numeric", ""}, got); diff != "" {
		t.Errorf("expressions (-want +got):\n%s", diff)
	}
}

// Models that read one another, or themselves, end every walk.
func TestWalkEndsInCycles(t *testing.T) {
	w := newWorld("postgres")
	w.source("raw", "n")
	w.model("a", "select n + 1 as n from db.s.b", "raw")
	w.model("b", "select n from db.s.a union all select n from db.s.raw", "a", "raw")
	w.model("running", "select coalesce(r.n, b.n) as n from db.s.b left join db.s.running r using (n)", "b")
	w.edges = append(w.edges, edgeBetween(w, "b", "a"), edgeBetween(w, "running", "running"))
	g := w.columnGraph(t, GraphOptions{})
	for _, direction := range []Direction{Upstream, Downstream} {
		walk := g.Walk([]int32{w.column(t, g, "b.n")}, WalkOptions{Direction: direction, Depth: -1, Limit: -1, Least: resolve.Failed})
		got := w.labels(g, walk.Columns)
		slices.Sort(got)
		want := map[Direction][]string{Upstream: {"a.n", "b.n", "raw.n"}, Downstream: {"a.n", "b.n", "running.n"}}[direction]
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("direction %d (-want +got):\n%s", direction, diff)
		}
	}
}

// A walk meets just the columns that can be reached, each at its distance, and
// a limit cuts the list without changing what comes first or the total.
func TestWalkAgainstReachability(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		blocks, _ := drawGraph(t)
		g := NewColumnGraph(slices.Values(blocks), GraphOptions{})
		if g.Len() == 0 {
			return
		}
		o := WalkOptions{
			Direction: rapid.SampledFrom([]Direction{Upstream, Downstream}).Draw(t, "direction"), Depth: rapid.IntRange(-1, 4).Draw(t, "depth"), Limit: -1,
			Kinds: rapid.SampledFrom([]resolve.KindSet{0, resolve.Identity, resolve.Transform}).Draw(t, "kinds"),
			Least: resolve.Confidence(rapid.IntRange(0, 4).Draw(t, "least")),
		}
		start := rapid.Int32Range(0, int32(g.Len())-1).Draw(t, "start")
		distance := distances(g, start, o)
		walk := g.Walk([]int32{start}, o)
		if len(walk.Columns) != len(distance) || walk.Total != len(distance) {
			t.Fatalf("met %v, total %d; want %v", walk.Columns, walk.Total, distance)
		}
		for i, n := range walk.Columns {
			if d, ok := distance[n]; !ok || int32(d) != walk.Depths[i] {
				t.Fatalf("column %d at distance %d, want %d (%v)", n, walk.Depths[i], d, ok)
			}
			if i > 0 && (walk.Depths[i] < walk.Depths[i-1] || walk.Depths[i] == walk.Depths[i-1] && n <= walk.Columns[i-1]) {
				t.Fatalf("order %v of distances %v", walk.Columns, walk.Depths)
			}
		}
		o.Limit = rapid.IntRange(0, len(walk.Columns)).Draw(t, "limit")
		cut := g.Walk([]int32{start}, o)
		if !slices.Equal(cut.Columns, walk.Columns[:o.Limit]) || cut.Total != walk.Total {
			t.Fatalf("limit %d gives %v of %d, without it %v of %d", o.Limit, cut.Columns, cut.Total, walk.Columns, walk.Total)
		}
		for _, l := range cut.Edges {
			if !slices.Contains(cut.Columns, l.From) || !slices.Contains(cut.Columns, l.To) || !o.follows(l) {
				t.Fatalf("edge %v is not among %v", l, cut.Columns)
			}
		}
	})
}

// distances finds by relaxation what a walk finds breadth first.
func distances(g *ColumnGraph, start int32, o WalkOptions) map[int32]int {
	distance := map[int32]int{start: 0}
	for changed := true; changed; {
		changed = false
		for _, l := range g.edges {
			from, to := l.From, l.To
			if o.Direction == Upstream {
				from, to = to, from
			}
			d, ok := distance[from]
			if !ok || o.Depth >= 0 && d >= o.Depth || l.Confidence > o.Least || o.Kinds != 0 && l.Kinds&o.Kinds == 0 {
				continue
			}
			if have, ok := distance[to]; !ok || have > d+1 {
				distance[to] = d + 1
				changed = true
			}
		}
	}
	return distance
}
