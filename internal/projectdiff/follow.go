package projectdiff

import (
	"iter"

	"github.com/thalweg-data/thalweg/internal/impact"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// difference is what is followed downstream: columns of a table, or the table as a whole if none is named.
type difference struct {
	table   int32
	columns []string
}

// everyEdge follows all edges, whatever their confidence.
var everyEdge = lineage.WalkOptions{Depth: -1, Limit: -1, Least: resolve.Ambiguous}

// follow returns what differences reach. It makes a graph of those columns only that can be reached.
func (s *projectState) follow(differences []difference) impact.Impact {
	blocks := s.blocks(s.downstream(differences))
	fold := func(_ int64, name string) string { return s.fold(name) }
	s.Columns = lineage.NewColumnGraph(blocks, lineage.GraphOptions{Fold: fold})
	changes := make([]impact.Change, len(differences))
	for i, d := range differences {
		changes[i] = impact.Change{Asset: d.table, Rows: true, Walk: everyEdge}
		for _, name := range d.columns {
			n, ok := s.Columns.Find(s.ID(int(d.table)), name, s.fold)
			if !ok {
				n = -1 // takes part in no lineage
			}
			changes[i].Columns = append(changes[i].Columns, n)
		}
	}
	return s.OfAll(changes)
}

// downstream marks the tables of differences and all that derives from them, by the manifest or by their code.
func (s *projectState) downstream(differences []difference) []bool {
	readers := make([][]int32, len(s.Nodes))
	for i := range s.Nodes {
		for _, read := range s.Reads(i) {
			readers[read] = append(readers[read], int32(i))
		}
	}
	reached := make([]bool, len(s.Nodes))
	var open []int32
	reach := func(n int32) {
		if !reached[n] {
			reached[n] = true
			open = append(open, n)
		}
	}
	for _, d := range differences {
		reach(d.table)
	}
	for ; len(open) > 0; open = open[1:] {
		for _, n := range s.Graph.Children(open[0]) {
			reach(n)
		}
		for _, n := range readers[open[0]] {
			reach(n)
		}
	}
	return reached
}

// blocks goes through the blocks of some nodes.
func (s *projectState) blocks(of []bool) iter.Seq[lineage.TableBlock] {
	return func(yield func(lineage.TableBlock) bool) {
		for i := range of {
			if of[i] && s.HasBlock(i) && !yield(lineage.TableBlock{Table: s.ID(i), Block: s.Block(i)}) {
				return
			}
		}
	}
}
