package lineage

import (
	"cmp"
	"slices"

	"github.com/thalweg-data/thalweg/internal/sql/resolve"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// ColumnGraph is all the column lineage of one state, immutable and safe for
// concurrent reading. Columns are numbered; those of one table are consecutive.
type ColumnGraph struct {
	// tables are ascending. The relations outside the catalog come first, as
	// negative numbers in the order of their keys, which are in externals.
	tables      []int64
	externals   []string
	columns     [][]GraphColumn  // of tables[i]: what its code makes, then what only its readers name
	outputs     []int32          // how many of columns[i] its code makes
	start       []int32          // numbers of columns[i] are start[i] … start[i+1]-1
	found       map[string]int64 // tables that GraphOptions.Find gave, by relation key
	edges       []ColumnEdge     // by From, then To
	down        []int32          // edges of column i: down[i] … down[i+1]-1
	up          []int32          // edges into column i: upEdges[up[i]] …
	upEdges     []int32
	controls    []Control // by Table, then From
	controlling []int32   // indexes of controls, by From
}

// GraphColumn is a column as it takes part in lineage.
type GraphColumn struct {
	Table int64
	Name  string
	// Span is its expression in the compiled code of its table; empty where no
	// code makes it.
	Span token.Span
	// Star stands for columns whose names are not known.
	Star, Masked, Gap bool
	// External reports whether the table is not in the catalog: Table is 0 and
	// Relation names it.
	Relation string
}

// ColumnEdge is a column edge; its ends are columns' numbers.
type ColumnEdge struct {
	From, To   int32
	Kinds      resolve.KindSet
	Confidence resolve.Confidence
	Masked     bool
}

// Control means that a column decides which rows a table has.
type Control struct {
	From       int32 // column
	Table      int64
	Kinds      resolve.KindSet
	Confidence resolve.Confidence
}

// TableBlock is the block of one table.
type TableBlock struct {
	Table int64
	Block *Block
}

// GraphOptions is what blocks do not contain.
type GraphOptions struct {
	// Find returns the table of a relation key that was not in the catalog when
	// the block was made; nil or 0 for none.
	Find func(key string) int64
	// Fold folds the name of a column as its warehouse does.
	Fold func(table int64, name string) string
	// Columns is about how many columns there will be, where that is known.
	Columns int
}

// Len is the number of columns.
func (g *ColumnGraph) Len() int { return int(g.start[len(g.tables)]) }

// Edges is the number of edges.
func (g *ColumnGraph) Edges() int { return len(g.edges) }

// Column returns a column by its number.
func (g *ColumnGraph) Column(n int32) GraphColumn { return *g.at(n) }

func (g *ColumnGraph) at(n int32) *GraphColumn {
	i := g.segmentOf(n)
	return &g.columns[i][n-g.start[i]]
}

// segmentOf returns the index in tables of the table of a column.
func (g *ColumnGraph) segmentOf(n int32) int {
	i, exact := slices.BinarySearch(g.start, n)
	if !exact {
		i--
	}
	return i
}

// Find returns the number of a column: spelled exactly, else the only one that is
// equal when folded. It returns false if lineage has no such column.
func (g *ColumnGraph) Find(table int64, name string, fold func(string) string) (int32, bool) {
	i, ok := slices.BinarySearch(g.tables, table)
	if !ok {
		return none, false
	}
	same, count := none, 0
	for k := range g.columns[i] {
		n, column := g.start[i]+int32(k), &g.columns[i][k]
		if column.Name == name {
			return n, true
		}
		if fold != nil && fold(column.Name) == fold(name) {
			same = n
			count++
		}
	}
	return same, count == 1
}

// StarOver reports whether the code of a table has a star that was not expanded and that passes on columns of another
// table, or depends on them.
func (g *ColumnGraph) StarOver(table, of int64) bool {
	i, ok := slices.BinarySearch(g.tables, table)
	if !ok {
		return false
	}
	for k := range g.columns[i][:g.outputs[i]] {
		n := g.start[i] + int32(k)
		if !g.columns[i][k].Star {
			continue
		}
		for _, at := range g.upEdges[g.up[n]:g.up[n+1]] {
			if g.tables[g.segmentOf(g.edges[at].From)] == of {
				return true
			}
		}
	}
	return false
}

// HasOpenReaders reports whether code passes on the columns of a table by a star that was not expanded: each of them
// may go further than the graph knows.
func (g *ColumnGraph) HasOpenReaders(table int64) bool {
	i, ok := slices.BinarySearch(g.tables, table)
	return ok && g.hasOpenReaders(i)
}

func (g *ColumnGraph) hasOpenReaders(i int) bool {
	for k := range g.columns[i] {
		n := g.start[i] + int32(k)
		if g.columns[i][k].Star && g.down[n] < g.down[n+1] {
			return true
		}
	}
	return false
}

// IsOpen reports whether edges of a column are missing because of a star that was not expanded: readers may have the
// column from it, or it is one of those that the star of its own table has.
func (g *ColumnGraph) IsOpen(n int32) bool {
	i := g.segmentOf(n)
	if g.hasOpenReaders(i) {
		return true
	}
	made := g.columns[i][:g.outputs[i]]
	return n-g.start[i] >= g.outputs[i] && slices.ContainsFunc(made, func(c GraphColumn) bool { return c.Star })
}

// Controls lists the columns that decide which rows a table has.
func (g *ColumnGraph) Controls(table int64) []Control {
	from, _ := slices.BinarySearchFunc(g.controls, table, func(s Control, t int64) int { return cmp.Compare(s.Table, t) })
	to := from
	for to < len(g.controls) && g.controls[to].Table == table {
		to++
	}
	return g.controls[from:to:to]
}

// ControlledBy lists the tables whose rows depend on a column.
func (g *ColumnGraph) ControlledBy(column int32) []Control {
	from, _ := slices.BinarySearchFunc(g.controlling, column, func(at, c int32) int { return cmp.Compare(g.controls[at].From, c) })
	var out []Control
	for ; from < len(g.controlling) && g.controls[g.controlling[from]].From == column; from++ {
		out = append(out, g.controls[g.controlling[from]])
	}
	return out
}

// ColumnUse counts what uses a column directly: columns that are made of it, and tables whose rows it decides.
type ColumnUse struct {
	Column          string
	Columns, Tables int
}

// Uses lists the columns of a table that something uses, by name.
func (g *ColumnGraph) Uses(table int64) []ColumnUse {
	i, ok := slices.BinarySearch(g.tables, table)
	if !ok {
		return nil
	}
	var out []ColumnUse
	for n := g.start[i]; n < g.start[i+1]; n++ {
		use := ColumnUse{Column: g.columns[i][n-g.start[i]].Name, Columns: int(g.degree(n, Downstream)), Tables: len(g.ControlledBy(n))}
		if use.Columns+use.Tables > 0 {
			out = append(out, use)
		}
	}
	slices.SortFunc(out, func(a, b ColumnUse) int { return cmp.Compare(a.Column, b.Column) })
	return out
}
