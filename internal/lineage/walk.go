package lineage

import (
	"slices"

	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// Direction is the way that a walk takes.
type Direction uint8

// The directions.
const (
	Upstream Direction = iota
	Downstream
)

// WalkOptions bound a walk and choose the edges that it follows.
type WalkOptions struct {
	Direction Direction
	Depth     int // steps at most; below 0: all
	Limit     int // columns at most, the starts among them; below 0: all
	// Kinds, unless 0, are the kinds of which a edge must have one.
	Kinds resolve.KindSet
	// Least is the lowest confidence that is followed.
	Least resolve.Confidence
	// Stop, if set, is told now and then how many steps were taken since it was last asked,
	// each of some 50 ns, and reports whether to give up. What a walk returns that gave up
	// is a part of no meaning.
	Stop func(steps int) bool
	// ColumnsOnly leaves out the edges between the columns met.
	ColumnsOnly bool
}

// stopEvery is how many steps a walk takes between two questions whether to stop.
const stopEvery = 4096

// meter counts the steps of a walk.
type meter struct {
	stop  func(steps int) bool
	steps int // since stop was last asked
}

// take counts a column with so many edges and reports whether to give up.
func (m *meter) take(edges int32) bool {
	m.steps += 2 + int(edges)/4
	if m.steps < stopEvery || m.stop == nil {
		return false
	}
	steps := m.steps
	m.steps = 0
	return m.stop(steps)
}

// Walk is what a walk met: columns by distance, then by number, and the edges
// between them.
type Walk struct {
	Columns []int32
	Depths  []int32
	Edges   []ColumnEdge
	Total   int // columns that there are; more than len(Columns) if the limit cut
}

// Walk goes from columns along the edges, breadth first. Cycles end.
func (g *ColumnGraph) Walk(from []int32, o WalkOptions) Walk {
	var w Walk
	m := &meter{stop: o.Stop}
	if o.Stop != nil && o.Stop(0) {
		return w
	}
	seen := newColumnSet(g.Len())
	level := make([]int32, 0, len(from))
	for _, n := range from {
		if n >= 0 && int(n) < g.Len() && seen.add(n) {
			level = append(level, n)
		}
	}
	for depth := 0; len(level) > 0; depth++ {
		slices.Sort(level)
		w.take(level, int32(depth), o.Limit)
		if o.Depth >= 0 && depth >= o.Depth {
			break
		}
		var following []int32
		for _, n := range level {
			if m.take(g.degree(n, o.Direction)) {
				return w
			}
			g.each(n, o, func(other int32, _ ColumnEdge) {
				if seen.add(other) {
					following = append(following, other)
				}
			})
		}
		level = following
	}
	if !o.ColumnsOnly {
		w.Edges = g.among(w.Columns, o, m)
	}
	return w
}

// degree returns how many edges a column has in a direction.
func (g *ColumnGraph) degree(n int32, d Direction) int32 {
	if d == Downstream {
		return g.down[n+1] - g.down[n]
	}
	return g.up[n+1] - g.up[n]
}

// columnSet is a set of columns by number, one bit each.
type columnSet []uint64

func newColumnSet(n int) columnSet { return make(columnSet, (n+63)/64) }

func (s columnSet) has(n int32) bool { return s[n>>6]&(1<<(n&63)) != 0 }

// add reports whether a column is new to the set.
func (s columnSet) add(n int32) bool {
	if s.has(n) {
		return false
	}
	s[n>>6] |= 1 << (n & 63)
	return true
}

func (w *Walk) take(level []int32, depth int32, limit int) {
	w.Total += len(level)
	if limit >= 0 {
		level = level[:min(len(level), max(0, limit-len(w.Columns)))]
	}
	w.Columns = append(w.Columns, level...)
	for range level {
		w.Depths = append(w.Depths, depth)
	}
}

// each calls f for the edges of a column that the options let through.
func (g *ColumnGraph) each(n int32, o WalkOptions, f func(other int32, l ColumnEdge)) {
	if o.Direction == Downstream {
		for _, l := range g.edges[g.down[n]:g.down[n+1]] {
			if o.follows(l) {
				f(l.To, l)
			}
		}
		return
	}
	for _, at := range g.upEdges[g.up[n]:g.up[n+1]] {
		if l := g.edges[at]; o.follows(l) {
			f(l.From, l)
		}
	}
}

func (o WalkOptions) follows(l ColumnEdge) bool {
	return (o.Kinds == 0 || l.Kinds&o.Kinds != 0) && l.Confidence <= o.Least
}

// among returns the edges between the columns met, each once, by From and To.
func (g *ColumnGraph) among(columns []int32, o WalkOptions, m *meter) []ColumnEdge {
	met := newColumnSet(g.Len())
	for _, n := range columns {
		met.add(n)
	}
	var out []ColumnEdge
	for _, n := range slices.Sorted(slices.Values(columns)) {
		if m.take(g.degree(n, Downstream)) {
			return out
		}
		for _, l := range g.edges[g.down[n]:g.down[n+1]] {
			if met.has(l.To) && o.follows(l) {
				out = append(out, l)
			}
		}
	}
	return out
}
