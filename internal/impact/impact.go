// Package impact computes what a change of a table or of some of its columns
// reaches: which columns, tables, and what else is built on them.
//
// It is pure: it joins the graph of the assets with the graph of their columns
// and knows neither stores nor the web.
package impact

import (
	"cmp"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/lineage"
)

// Reason is why an asset is reached.
type Reason uint8

// The reasons, the most certain first.
const (
	// Column: the values of some of its columns derive from the changed ones.
	Column Reason = iota
	// Rows: the changed columns decide which rows it has.
	Rows
	// Unread: it reads a table that is reached, and its own code could not be
	// read completely: nothing can be ruled out.
	Unread
	// Downstream: it derives from a table that is reached as a whole.
	Downstream
	// Uses: it is not a table; it uses one that is reached.
	Uses
)

var reasonNames = [...]string{"column", "rows", "unread", "downstream", "uses"}

func (r Reason) String() string { return reasonNames[r] }

// State is one state of a schema. Assets are numbered as in Graph.
type State struct {
	Graph   *graph.Graph // parent → child, of all assets
	Columns *lineage.ColumnGraph
	// Number returns the asset of a table of Columns.
	Number func(table int64) (int32, bool)
	// IsTable reports whether an asset is a table, and not an exposure, metric or the like.
	IsTable func(n int32) bool
	// Unread reports whether a table has code that was not read completely, so that columns of another table may be
	// in it.
	Unread func(n, of int32) bool
	// Stop, if set, is told now and then how many steps were taken since it was last asked,
	// each of some 50 ns, and reports whether to give up; the result is then to be discarded.
	Stop func(steps int) bool
}

// Change is a change whose impact is computed.
type Change struct {
	Asset int32
	// Columns are numbers in the graph of columns; none: the asset as a whole. A
	// negative one is that of a column that takes part in no lineage.
	Columns []int32
	// Walk chooses the edges to follow; its bounds are not used.
	Walk lineage.WalkOptions
	// Rows follows also the columns that decide rows.
	Rows bool
}

// Reached is an asset that a change reaches.
type Reached struct {
	Asset  int32
	Depth  int32 // steps along the graph of assets; of those that the graph does not connect, 0
	Reason Reason
}

// Impact is all that a change reaches.
type Impact struct {
	Columns lineage.Walk // the changed ones among them, at depth 0
	Assets  []Reached    // nearest first; never a changed asset
	// Changed are the changed assets of which columns derive from those of others.
	Changed []Reached
	// Tables counts the tables downstream of the changed asset, reached or not.
	Tables int
}

// Of computes what a change reaches.
func (s State) Of(c Change) Impact { return s.OfAll([]Change{c}) }

// OfAll computes what several changes reach together. They are followed by the
// first one's Walk and Rows.
func (s State) OfAll(changes []Change) Impact {
	b := &builder{State: s, changed: map[int32]bool{}, reasons: map[int32]Reason{}, whole: map[int32]bool{}, again: map[int32]int32{}}
	var out Impact
	var columns []int32
	for i, c := range changes {
		if i == 0 {
			b.walk, b.rows = c.Walk, c.Rows
			b.walk.Direction, b.walk.Depth, b.walk.Limit = lineage.Downstream, -1, -1
			b.walk.Stop, b.walk.ColumnsOnly = s.Stop, true
		}
		b.changed[c.Asset] = true
		if len(c.Columns) == 0 {
			b.wholly(c.Asset)
		} else {
			b.reach(c.Asset, Column)
			columns = append(columns, c.Columns...)
		}
	}
	if len(columns) > 0 {
		out.Columns = s.Columns.Walk(columns, b.walk)
		b.columns(out.Columns)
		b.unread()
	}
	if s.stopped(0) {
		return out
	}
	b.uses()
	if s.stopped(0) {
		return out
	}
	depths := b.depths()
	for n := range depths {
		if !b.changed[n] && s.IsTable(n) {
			out.Tables++
		}
	}
	for n, reason := range b.reasons {
		if !b.changed[n] {
			out.Assets = append(out.Assets, Reached{Asset: n, Depth: depths[n], Reason: reason})
		}
	}
	if len(changes) > 1 {
		for n, depth := range b.again {
			out.Changed = append(out.Changed, Reached{Asset: n, Depth: depth, Reason: Column})
		}
		slices.SortFunc(out.Changed, func(x, y Reached) int { return cmp.Compare(x.Asset, y.Asset) })
	}
	slices.SortFunc(out.Assets, func(x, y Reached) int { return cmp.Or(cmp.Compare(x.Depth, y.Depth), cmp.Compare(x.Asset, y.Asset)) })
	return out
}

func (s State) stopped(steps int) bool { return s.Stop != nil && s.Stop(steps) }

// stopEvery is how many steps a walk takes between two questions whether to stop.
const stopEvery = 1024

type builder struct {
	State
	steps   int
	ended   bool // was stopped
	changed map[int32]bool
	walk    lineage.WalkOptions
	rows    bool
	reasons map[int32]Reason
	whole   map[int32]bool  // reached as a whole, and all that derives from it with it
	again   map[int32]int32 // changed, and reached by columns at this depth
}

// goesOn reports whether a walk has something left and is not stopped.
func (b *builder) goesOn(open []int32) bool {
	b.steps++
	if b.steps%stopEvery == 0 && b.stopped(4*stopEvery) {
		b.ended = true
	}
	return len(open) > 0 && !b.ended
}

// reach records an asset; the most certain reason is kept.
func (b *builder) reach(n int32, why Reason) {
	if old, ok := b.reasons[n]; !ok || why < old {
		b.reasons[n] = why
	}
}

// columns reaches the tables of columns, and those whose rows they decide.
func (b *builder) columns(walk lineage.Walk) {
	columns := walk.Columns
	for i, c := range columns {
		n, ok := b.Number(b.Columns.Column(c).Table)
		if !ok {
			continue
		}
		b.reach(n, Column)
		if depth := walk.Depths[i]; b.changed[n] && depth > 0 { // ascending
			if _, ok := b.again[n]; !ok {
				b.again[n] = depth
			}
		}
	}
	if !b.rows {
		return
	}
	for _, c := range columns {
		if !b.goesOn(columns) {
			return
		}
		for _, control := range b.Columns.ControlledBy(c) {
			if k := b.walk.Kinds; k != 0 && control.Kinds&k == 0 || control.Confidence > b.walk.Least {
				continue
			}
			if n, ok := b.Number(control.Table); ok {
				b.reach(n, Rows)
				b.wholly(n)
			}
		}
	}
}

// wholly reaches every table downstream of a table.
func (b *builder) wholly(n int32) {
	if b.whole[n] {
		return
	}
	b.whole[n] = true
	for open := []int32{n}; b.goesOn(open); open = open[1:] {
		for _, child := range b.Graph.Children(open[0]) {
			if !b.IsTable(child) || b.whole[child] {
				continue
			}
			b.whole[child] = true
			b.reach(child, Downstream)
			open = append(open, child)
		}
	}
}

// unread reaches the tables that read a reached one by code that could not be read.
func (b *builder) unread() {
	open := make([]int32, 0, len(b.reasons))
	for n := range b.reasons {
		open = append(open, n)
	}
	slices.Sort(open)
	for ; b.goesOn(open); open = open[1:] {
		for _, child := range b.Graph.Children(open[0]) {
			if !b.IsTable(child) || !b.Unread(child, open[0]) {
				continue
			}
			b.reach(child, Unread)
			b.wholly(child)
		}
	}
}

// uses reaches what is not a table and depends on something that is reached. Which
// columns of a table it uses is unknown.
func (b *builder) uses() {
	open := slices.Collect(maps.Keys(b.changed))
	for n := range b.reasons {
		open = append(open, n)
	}
	for ; b.goesOn(open); open = open[1:] {
		for _, child := range b.Graph.Children(open[0]) {
			if _, ok := b.reasons[child]; ok || b.IsTable(child) {
				continue
			}
			b.reach(child, Uses)
			open = append(open, child)
		}
	}
}

// depths are the distances of everything downstream of the changed assets.
func (b *builder) depths() map[int32]int32 {
	depths := make(map[int32]int32, len(b.changed))
	for n := range b.changed {
		depths[n] = 0
	}
	for open := slices.Collect(maps.Keys(b.changed)); b.goesOn(open); open = open[1:] {
		for _, child := range b.Graph.Children(open[0]) {
			if _, ok := depths[child]; !ok {
				depths[child] = depths[open[0]] + 1
				open = append(open, child)
			}
		}
	}
	return depths
}
