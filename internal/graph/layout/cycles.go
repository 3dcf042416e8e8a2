package layout

import (
	"slices"

	"github.com/thalweg-data/thalweg/internal/graph"
)

// sequence returns all boxes, parents before children. Among boxes that reach each other, edges of little weight lead
// backwards.
func sequence(g *graph.Graph, edges []Edge) []int32 {
	order, cycles := g.Order()
	if len(cycles) == 0 {
		return order
	}
	at := make([]int, g.Len())
	for i, id := range order {
		at[id] = i
	}
	in := make([]int, g.Len()) // cycle of each box, from 1
	for n, cycle := range cycles {
		for _, id := range cycle {
			in[id] = n + 1
		}
	}
	inside := make([][]Edge, len(cycles)+1)
	for _, e := range edges {
		if n := in[e.From]; n > 0 && n == in[e.To] && e.From != e.To {
			inside[n] = append(inside[n], e)
		}
	}
	for n, cycle := range cycles {
		copy(order[at[cycle[0]]:], untangle(cycle, inside[n+1]))
	}
	return order
}

// untangle orders the boxes of a cycle by the method of Eades, Lin and Smyth: a box that nothing leads to goes to the
// front, one that leads nowhere to the end, else the one that most leads out of and least leads into goes to the front.
func untangle(cycle []int32, edges []Edge) []int32 {
	local := make(map[int32]int, len(cycle))
	for i, id := range cycle {
		local[id] = i
	}
	out, in := make([]int, len(cycle)), make([]int, len(cycle))
	touching := make([][]Edge, len(cycle))
	for _, e := range edges {
		from, to, weight := local[e.From], local[e.To], max(1, e.Weight)
		out[from] += weight
		in[to] += weight
		touching[from], touching[to] = append(touching[from], e), append(touching[to], e)
	}
	var front, end []int32
	gone := make([]bool, len(cycle))
	for range cycle {
		next, last := choose(gone, in, out)
		gone[next] = true
		if last {
			end = append(end, cycle[next])
		} else {
			front = append(front, cycle[next])
		}
		for _, e := range touching[next] {
			from, to, weight := local[e.From], local[e.To], max(1, e.Weight)
			out[from] -= weight
			in[to] -= weight
		}
	}
	slices.Reverse(end)
	return append(front, end...)
}

// choose returns the next box of a cycle, and whether it goes to the end.
func choose(gone []bool, in, out []int) (next int, last bool) {
	next = -1
	for i := range gone {
		switch {
		case gone[i]:
		case out[i] == 0:
			return i, true
		case next < 0 || in[i] == 0 && in[next] > 0 || in[next] > 0 && out[i]-in[i] > out[next]-in[next]:
			next = i
		}
	}
	return next, false
}
