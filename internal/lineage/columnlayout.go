package lineage

import (
	"cmp"
	"slices"
)

// lay numbers the columns of segments in order.
func (g *ColumnGraph) lay(segments []segment) {
	n := len(segments)
	g.tables, g.columns, g.outputs, g.start = make([]int64, n), make([][]GraphColumn, n), make([]int32, n), make([]int32, n+1)
	outside := 0
	for outside < n && segments[outside].table < 0 {
		outside++
	}
	for i, s := range segments {
		g.tables[i] = s.table
		if i < outside {
			g.tables[i] = int64(i - outside)
			g.externals = append(g.externals, s.key)
		}
		g.columns[i], g.outputs[i] = s.columns, s.outputs
		g.start[i+1] = g.start[i] + int32(len(s.columns))
	}
}

// index lays out the edges and controls by their ends.
func (g *ColumnGraph) index() {
	n := g.Len()
	g.down, _ = groups(n, len(g.edges), func(i int) int32 { return g.edges[i].From })
	g.up, g.upEdges = groups(n, len(g.edges), func(i int) int32 { return g.edges[i].To })
	_, g.controlling = groups(n, len(g.controls), func(i int) int32 { return g.controls[i].From })
}

// groups sorts the indexes of count values by a number below n, stably: those of
// number i are order[start[i]:start[i+1]].
func groups(n, count int, number func(int) int32) (start, order []int32) {
	start = make([]int32, n+1)
	for i := range count {
		start[number(i)+1]++
	}
	for i := range n {
		start[i+1] += start[i]
	}
	order = make([]int32, count)
	next := slices.Clone(start)
	for i := range count {
		order[next[number(i)]] = int32(i)
		next[number(i)]++
	}
	return start, order
}

func renumberEdges(edges []ColumnEdge, number []int32) []ColumnEdge {
	for i := range edges {
		edges[i].From, edges[i].To = number[edges[i].From], number[edges[i].To]
	}
	return edges
}

func renumberControls(controls []Control, number []int32) []Control {
	for i := range controls {
		controls[i].From = number[controls[i].From]
	}
	return controls
}

func compareControls(a, b Control) int {
	return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.From, b.From))
}

// mergeControls sorts controls and unites those of one column and table.
func mergeControls(controls []Control) []Control {
	slices.SortFunc(controls, compareControls)
	out := controls[:0]
	for _, s := range controls {
		if n := len(out); n > 0 && compareControls(out[n-1], s) == 0 {
			last := &out[n-1]
			last.Kinds |= s.Kinds
			last.Confidence = min(last.Confidence, s.Confidence)
			continue
		}
		out = append(out, s)
	}
	return slices.Clip(out)
}

func compareEdges(a, b ColumnEdge) int {
	return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
}

// sortEdges sorts the edges of a graph of n columns: by counting where there are many
// of them.
func sortEdges(n int, edges []ColumnEdge) []ColumnEdge {
	if len(edges) < n/8 {
		slices.SortFunc(edges, compareEdges)
		return edges
	}
	for _, end := range []func(*ColumnEdge) int32{func(l *ColumnEdge) int32 { return l.To }, func(l *ColumnEdge) int32 { return l.From }} {
		_, order := groups(n, len(edges), func(i int) int32 { return end(&edges[i]) })
		sorted := make([]ColumnEdge, len(edges))
		for i, at := range order {
			sorted[i] = edges[at]
		}
		edges = sorted
	}
	return edges
}

// mergeEdges sorts edges and unites those between the same columns: fields of
// one structure, or an external relation spelled in two ways.
func mergeEdges(n int, edges []ColumnEdge) []ColumnEdge {
	edges = sortEdges(n, edges)
	out := edges[:0]
	for _, l := range edges {
		if n := len(out); n > 0 && out[n-1].From == l.From && out[n-1].To == l.To {
			last := &out[n-1]
			last.Kinds |= l.Kinds
			last.Confidence = min(last.Confidence, l.Confidence)
			last.Masked = last.Masked && l.Masked
			continue
		}
		out = append(out, l)
	}
	return slices.Clip(out)
}
