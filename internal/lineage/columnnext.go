package lineage

import (
	"cmp"
	"slices"
)

// BlocksOf returns the blocks of those of the tables that have one.
type BlocksOf func(tables []int64) ([]TableBlock, error)

// maxRedone is the share of the tables from which on a graph is rebuilt: more
// blocks read one by one cost more than all of them in order.
const maxRedone = 3

// Next returns the graph after the blocks of some tables were added, changed or
// removed. It equals NewColumnGraph over all blocks, and shares with g what
// stayed. changed are the tables that have another block, and those for which
// GraphOptions.Fold differs from that of g. Next returns nil if so much changed
// that rebuilding costs less.
//
// A column that only readers name exists because of them, under the spelling of
// the first. So a table that a changed block reads, or read, gets its columns
// from all of its readers again; these are redone, all others keep their edges.
func (g *ColumnGraph) Next(changed []int64, blocks BlocksOf, o GraphOptions) (*ColumnGraph, error) {
	n := &graphUpdate{old: g, redo: map[int64]bool{}, open: map[int64]bool{}, openKeys: map[string]bool{}}
	if len(changed) > len(g.tables)/maxRedone+64 {
		return nil, nil //nolint:nilnil // to be rebuilt
	}
	first, err := blocks(changed)
	if err != nil {
		return nil, err
	}
	n.opened(changed, first, o)
	n.readers()
	if len(n.redo) > len(g.tables)/maxRedone+64 {
		return nil, nil //nolint:nilnil // to be rebuilt
	}
	var more []int64
	for table := range n.redo {
		if !slices.Contains(changed, table) {
			more = append(more, table)
		}
	}
	slices.Sort(more)
	rest, err := blocks(more)
	if err != nil {
		return nil, err
	}
	all := append(slices.Clone(first), rest...)
	slices.SortFunc(all, func(a, b TableBlock) int { return cmp.Compare(a.Table, b.Table) })
	return n.build(changed, all, o), nil
}

// graphUpdate is the step from one graph to the next.
type graphUpdate struct {
	old  *ColumnGraph
	redo map[int64]bool // tables whose edges are made again
	// Tables and relations outside the catalog whose columns are made again; all
	// of their readers are in redo.
	open     map[int64]bool
	openKeys map[string]bool

	changed map[int64]bool
	builder *graphBuilder
	number  []int32 // by number in old: the new one, none for what is made again
}

// opened finds the tables whose columns may differ: those changed, those that
// they read or now read, and those that a relation key now leads to.
func (n *graphUpdate) opened(changed []int64, blocks []TableBlock, o GraphOptions) {
	g := n.old
	for _, table := range changed {
		n.redo[table], n.open[table] = true, true
		i, ok := slices.BinarySearch(g.tables, table)
		if !ok {
			continue
		}
		for c := g.start[i]; c < g.start[i+1]; c++ {
			for _, at := range g.upEdges[g.up[c]:g.up[c+1]] {
				n.openSegment(g.segmentOf(g.edges[at].From))
			}
		}
	}
	for _, table := range changed {
		for _, s := range g.Controls(table) {
			n.openSegment(g.segmentOf(s.From))
		}
	}
	for _, t := range blocks {
		for _, r := range t.Block.Refs {
			n.openRef(r, o)
		}
	}
	for key, table := range g.found {
		if now := o.Find(key); now != table {
			n.open[table] = true
			n.openRef(Ref{Key: key}, o)
		}
	}
	if o.Find == nil {
		return
	}
	for i, key := range g.externals {
		if now := o.Find(key); now != 0 {
			n.openSegment(i)
			n.open[now] = true
		}
	}
}

func (n *graphUpdate) openSegment(i int) {
	if i < len(n.old.externals) {
		n.openKeys[n.old.externals[i]] = true
	} else {
		n.open[n.old.tables[i]] = true
	}
}

func (n *graphUpdate) openRef(r Ref, o GraphOptions) {
	if r.Table != 0 {
		n.open[r.Table] = true
		return
	}
	if o.Find != nil && r.Key != "" {
		if table := o.Find(r.Key); table != 0 {
			n.open[table] = true
			return
		}
	}
	n.openKeys[cmp.Or(r.Key, r.Name)] = true
}

// isOpen reports whether the columns of a segment of the old graph are made again.
func (n *graphUpdate) isOpen(i int) bool {
	if i < len(n.old.externals) {
		return n.openKeys[n.old.externals[i]]
	}
	return n.open[n.old.tables[i]]
}

// readers takes every reader of an open table to be redone.
func (n *graphUpdate) readers() {
	g := n.old
	for i := range g.tables {
		if !n.isOpen(i) {
			continue
		}
		for c := g.start[i]; c < g.start[i+1]; c++ {
			for _, l := range g.edges[g.down[c]:g.down[c+1]] {
				n.redo[g.tables[g.segmentOf(l.To)]] = true
			}
			for _, s := range g.ControlledBy(c) {
				n.redo[s.Table] = true
			}
		}
	}
}

func (n *graphUpdate) build(changed []int64, blocks []TableBlock, o GraphOptions) *ColumnGraph {
	n.changed = make(map[int64]bool, len(changed))
	for _, table := range changed {
		n.changed[table] = true
	}
	n.builder = newGraphBuilder(o)
	for _, t := range blocks {
		if n.changed[t.Table] {
			n.builder.outputs(t)
		}
	}
	// What is read, or redone without being changed, comes unchanged: with all its
	// columns, or with what its code makes where its columns are made again.
	wanted := n.wanted(blocks)
	for i := range n.old.tables {
		switch {
		case !n.isOpen(i):
			if wanted[i] {
				n.preset(i, len(n.old.columns[i]))
			}
		case i >= len(n.old.externals) && !n.changed[n.old.tables[i]]:
			n.preset(i, int(n.old.outputs[i]))
		}
	}
	for _, t := range blocks {
		n.builder.addEdges(t)
	}
	return n.joined()
}

// wanted marks the segments of the old graph that some blocks are of or read.
func (n *graphUpdate) wanted(blocks []TableBlock) []bool {
	g := n.old
	wanted := make([]bool, len(g.tables))
	mark := func(table int64) {
		if i, ok := slices.BinarySearch(g.tables, table); ok && table > 0 {
			wanted[i] = true
		}
	}
	for _, t := range blocks {
		mark(t.Table)
		for _, r := range t.Block.Refs {
			if r.Table != 0 {
				mark(r.Table)
				continue
			}
			mark(g.found[r.Key])
			if i, ok := slices.BinarySearch(g.externals, cmp.Or(r.Key, r.Name)); ok {
				wanted[i] = true
			}
		}
	}
	return wanted
}

// preset adds the first count columns of a segment to the builder.
func (n *graphUpdate) preset(i, count int) {
	b, owner := n.builder, n.old.tables[i]
	if i < len(n.old.externals) {
		owner = b.external(n.old.externals[i], n.old.columns[i][0].Relation)
	}
	t := b.table(owner)
	t.first, t.count = int32(len(b.columns)), n.old.outputs[i]
	for k, c := range n.old.columns[i][:count] {
		at := b.add(owner, c)
		if k >= int(t.count) {
			t.add(c.Name, at)
		}
	}
}

// joined puts what was made and what stays into one graph.
func (n *graphUpdate) joined() *ColumnGraph {
	made, position := n.builder.segments()
	segments := make([]segment, 0, len(n.old.tables)+len(made))
	for i := range n.old.tables {
		if !n.isOpen(i) {
			segments = append(segments, n.old.segment(i))
		}
	}
	for _, s := range made {
		if n.open[s.table] || s.table < 0 && n.openKeys[s.key] {
			segments = append(segments, s)
		}
	}
	slices.SortFunc(segments, compareSegments)
	g := &ColumnGraph{found: n.nowFound()}
	g.lay(segments)

	first := n.builder.starts(segments, g.start)
	for i, owner := range n.builder.owner {
		position[i] += first[owner]
	}
	n.renumber(segments, g.start)
	g.edges = n.edges(mergeEdges(g.Len(), renumberEdges(n.builder.edges, position)))
	g.controls = n.controls(mergeControls(renumberControls(n.builder.controls, position)))
	g.index()
	return g
}

func (g *ColumnGraph) segment(i int) segment {
	s := segment{table: g.tables[i], columns: g.columns[i], outputs: g.outputs[i]}
	if i < len(g.externals) {
		s.table, s.key = -1, g.externals[i]
	}
	return s
}

// renumber fills number: a column that stays keeps its place in its table, and so
// does what the code of an open table makes if that did not change.
func (n *graphUpdate) renumber(segments []segment, start []int32) {
	g := n.old
	n.number = make([]int32, g.Len())
	at := 0
	for i := range g.tables {
		s := g.segment(i)
		for at < len(segments) && compareSegments(segments[at], s) < 0 {
			at++
		}
		keep := int32(len(s.columns))
		if n.isOpen(i) {
			keep = s.outputs
		}
		if at == len(segments) || compareSegments(segments[at], s) != 0 || n.changed[s.table] {
			keep = 0
		}
		for k := range int32(len(s.columns)) {
			if n.number[g.start[i]+k] = none; k < keep {
				n.number[g.start[i]+k] = start[at] + k
			}
		}
	}
}

// edges joins the edges that stay, which are in order, with those that were made.
func (n *graphUpdate) edges(made []ColumnEdge) []ColumnEdge {
	g := n.old
	redone := make([]bool, len(g.tables))
	for i, table := range g.tables {
		redone[i] = n.redo[table]
	}
	out := make([]ColumnEdge, 0, len(g.edges)+len(made))
	segment := 0
	for _, l := range g.edges {
		if l.To < g.start[segment] || l.To >= g.start[segment+1] {
			segment = g.segmentOf(l.To)
		}
		if redone[segment] {
			continue
		}
		l.From, l.To = n.number[l.From], n.number[l.To]
		for len(made) > 0 && compareEdges(made[0], l) < 0 {
			out, made = append(out, made[0]), made[1:]
		}
		out = append(out, l)
	}
	return append(out, made...)
}

// controls likewise joins what decides rows.
func (n *graphUpdate) controls(made []Control) []Control {
	out := make([]Control, 0, len(n.old.controls)+len(made))
	for _, s := range n.old.controls {
		if n.redo[s.Table] {
			continue
		}
		s.From = n.number[s.From]
		for len(made) > 0 && compareControls(made[0], s) < 0 {
			out, made = append(out, made[0]), made[1:]
		}
		out = append(out, s)
	}
	return append(out, made...)
}

// nowFound returns the tables of relation keys: those that the builder found,
// and for blocks that were not redone those of the old graph that still hold.
func (n *graphUpdate) nowFound() map[string]int64 {
	found := n.builder.found
	for key, table := range n.old.found {
		if n.builder.options.Find != nil && n.builder.options.Find(key) == table {
			found[key] = table
		}
	}
	return found
}
