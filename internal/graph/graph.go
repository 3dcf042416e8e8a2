// Package graph answers questions about a directed graph of nodes that are numbered from 0: what is upstream, what is
// downstream, in which order, and which nodes a dbt selector means. Graphs are immutable and may be read by many
// goroutines. The package does not know what the nodes are; a Universe provides what a selector needs.
package graph

import (
	"fmt"
	"slices"
)

// Edge means that To is made from From.
type Edge struct{ From, To int32 }

// Graph is an immutable directed graph in compressed sparse rows: 8 bytes per node and 8 bytes per edge. It may hold
// cycles, which real lineage sometimes does.
type Graph struct {
	down, up rows
}

// rows are the neighbours of every node in one slice: those of i are next[start[i]:start[i+1]], ascending.
type rows struct {
	start []int32
	next  []int32
}

// New builds the graph of nodes 0…n-1. An edge that is given twice counts once. An edge of a node that does not
// exist is an error. edges is not kept.
func New(n int, edges []Edge) (*Graph, error) {
	for _, e := range edges {
		if e.From < 0 || e.To < 0 || int(e.From) >= n || int(e.To) >= n {
			return nil, fmt.Errorf("edge %d → %d of a graph of %d nodes", e.From, e.To, n)
		}
	}
	down := newRows(n, edges, func(e Edge) (int32, int32) { return e.From, e.To })
	up := newRows(n, edges, func(e Edge) (int32, int32) { return e.To, e.From })
	return &Graph{down: down, up: up}, nil
}

// newRows counts the neighbours of each node, puts them in one slice, and removes duplicates.
func newRows(n int, edges []Edge, ends func(Edge) (node, neighbour int32)) rows {
	start := make([]int32, n+1)
	for _, e := range edges {
		node, _ := ends(e)
		start[node+1]++
	}
	for i := range n {
		start[i+1] += start[i]
	}
	next := make([]int32, len(edges))
	fill := slices.Clone(start[:n])
	for _, e := range edges {
		node, neighbour := ends(e)
		next[fill[node]] = neighbour
		fill[node]++
	}
	return rows{start: start, next: next}.compact()
}

// compact sorts each row and drops repetitions, in place.
func (r rows) compact() rows {
	kept := int32(0)
	for i := range len(r.start) - 1 {
		row := r.next[r.start[i]:r.start[i+1]]
		slices.Sort(row)
		r.start[i] = kept
		kept += int32(copy(r.next[kept:], slices.Compact(row)))
	}
	r.start[len(r.start)-1] = kept
	return rows{start: r.start, next: slices.Clip(r.next[:kept])}
}

func (r rows) of(id int32) []int32 { return r.next[r.start[id]:r.start[id+1]:r.start[id+1]] }

// Len is the number of nodes.
func (g *Graph) Len() int { return len(g.down.start) - 1 }

// Edges is the number of different edges.
func (g *Graph) Edges() int { return len(g.down.next) }

// Children returns the nodes made from id, ascending. The slice is the graph's own: do not change it.
func (g *Graph) Children(id int32) []int32 { return g.down.of(id) }

// Parents returns the nodes that id is made from, ascending. The slice is the graph's own: do not change it.
func (g *Graph) Parents(id int32) []int32 { return g.up.of(id) }

// Within returns the edges whose two ends are both among ids, ordered by From, then To.
func (g *Graph) Within(ids []int32) []Edge {
	members := newBitmap(g.Len())
	for _, id := range ids {
		members.add(id)
	}
	var edges []Edge
	for _, from := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		for _, to := range g.Children(from) {
			if members.has(to) {
				edges = append(edges, Edge{from, to})
			}
		}
	}
	return edges
}
