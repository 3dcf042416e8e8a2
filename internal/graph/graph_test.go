package graph

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// build makes a graph that a test knows to be valid.
func build(t interface{ Fatal(...any) }, n int, edges ...Edge) *Graph {
	g, err := New(n, edges)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// drawGraph gives small graphs with many ways, repeated edges, cycles and self-loops.
func drawGraph(t *rapid.T) (int, []Edge) {
	n := rapid.IntRange(1, 9).Draw(t, "nodes")
	id := rapid.Int32Range(0, int32(n-1))
	edges := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Edge {
		return Edge{id.Draw(t, "from"), id.Draw(t, "to")}
	}), 0, 20).Draw(t, "edges")
	return n, edges
}

// distances is the naive answer: shortest ways between all pairs by trying every middle (Floyd–Warshall); -1: none.
func distances(n int, edges []Edge) [][]int32 {
	const far = 1 << 20
	d := make([][]int32, n)
	for i := range d {
		d[i] = slices.Repeat([]int32{far}, n)
		d[i][i] = 0
	}
	for _, e := range edges {
		d[e.From][e.To] = min(d[e.From][e.To], 1)
	}
	for k := range n {
		for i := range n {
			for j := range n {
				d[i][j] = min(d[i][j], d[i][k]+d[k][j])
			}
		}
	}
	for i := range d {
		for j := range d[i] {
			if d[i][j] >= far {
				d[i][j] = -1
			}
		}
	}
	return d
}

func TestNewRefusesStrangers(t *testing.T) {
	for _, e := range []Edge{{0, 2}, {2, 0}, {-1, 0}, {0, -1}} {
		if _, err := New(2, []Edge{e}); err == nil {
			t.Errorf("New(2, %v) succeeded", e)
		}
	}
}

func TestNeighbours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, edges := drawGraph(t)
		g := build(t, n, edges...)
		distinct := map[Edge]bool{}
		for _, e := range edges {
			distinct[e] = true
		}
		if g.Len() != n || g.Edges() != len(distinct) {
			t.Fatalf("%d nodes and %d edges, want %d and %d", g.Len(), g.Edges(), n, len(distinct))
		}
		for id := range int32(n) {
			for _, row := range [][]int32{g.Children(id), g.Parents(id)} {
				if !slices.IsSorted(row) {
					t.Fatalf("neighbours of %d are out of order: %v", id, row)
				}
			}
			for other := range int32(n) {
				if slices.Contains(g.Children(id), other) != distinct[Edge{id, other}] ||
					slices.Contains(g.Parents(id), other) != distinct[Edge{other, id}] {
					t.Fatalf("%d and %d: neighbours differ from %v", id, other, edges)
				}
			}
		}
	})
}

func TestReach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, edges := drawGraph(t)
		g := build(t, n, edges...)
		starts := rapid.SliceOfN(rapid.Int32Range(0, int32(n-1)), 0, 3).Draw(t, "starts")
		depth := rapid.IntRange(NoLimit, 4).Draw(t, "depth")
		limit := rapid.IntRange(NoLimit, 6).Draw(t, "limit")
		d := distances(n, edges)
		down := func(from, to int32) int32 { return d[from][to] }
		up := func(from, to int32) int32 { return d[to][from] }
		wantReach(t, g.Descendants(starts, depth, limit), naiveReach(n, starts, depth, limit, down))
		wantReach(t, g.Ancestors(starts, depth, limit), naiveReach(n, starts, depth, limit, up))
	})
}

func naiveReach(n int, starts []int32, depth, limit int, distance func(from, to int32) int32) Reach {
	type found struct{ depth, id int32 }
	var all []found
	for id := range int32(n) {
		best := int32(-1)
		for _, start := range starts {
			if d := distance(start, id); d >= 0 && (best < 0 || d < best) {
				best = d
			}
		}
		if best >= 0 && (depth < 0 || int(best) <= depth) {
			all = append(all, found{best, id})
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return int(a.depth - b.depth) })
	reach := Reach{Total: len(all)}
	for i, f := range all {
		if limit >= 0 && i >= limit {
			break
		}
		reach.IDs, reach.Depths = append(reach.IDs, f.id), append(reach.Depths, f.depth)
	}
	return reach
}

func wantReach(t *rapid.T, got, want Reach) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-naive +got):\n%s", diff)
	}
}

func TestReachOfStrangersIsEmpty(t *testing.T) {
	g := build(t, 2, Edge{0, 1})
	if reach := g.Descendants([]int32{-1, 2}, NoLimit, NoLimit); reach.Total != 0 {
		t.Errorf("reached %v", reach)
	}
}

func TestWithin(t *testing.T) {
	g := build(t, 4, Edge{0, 1}, Edge{1, 2}, Edge{0, 2}, Edge{2, 3}, Edge{1, 1})
	want := []Edge{{0, 1}, {0, 2}, {1, 1}, {1, 2}}
	if diff := cmp.Diff(want, g.Within([]int32{2, 0, 1, 0})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, edges := drawGraph(t)
		g := build(t, n, edges...)
		order, cycles := g.Order()
		d := distances(n, edges)
		place := make([]int, n)
		for i, id := range order {
			place[id] = i
		}
		if sorted := slices.Sorted(slices.Values(order)); len(sorted) != n || len(slices.Compact(sorted)) != n {
			t.Fatalf("order %v is not the %d nodes", order, n)
		}
		for _, e := range edges {
			if d[e.To][e.From] < 0 && place[e.From] > place[e.To] {
				t.Fatalf("%v: child before parent in %v", e, order)
			}
		}
		if diff := cmp.Diff(naiveCycles(n, edges, d), cycles); diff != "" {
			t.Fatalf("cycles (-naive +got):\n%s", diff)
		}
	})
}

func naiveCycles(n int, edges []Edge, d [][]int32) (cycles [][]int32) {
	done := make([]bool, n)
	for a := range int32(n) {
		if done[a] {
			continue
		}
		var cycle []int32
		for b := range int32(n) {
			if d[a][b] >= 0 && d[b][a] >= 0 {
				cycle, done[b] = append(cycle, b), true
			}
		}
		if len(cycle) > 1 || slices.Contains(edges, Edge{a, a}) {
			cycles = append(cycles, cycle)
		}
	}
	return cycles
}

// TestDeepChain would end a recursive search.
func TestDeepChain(t *testing.T) {
	const n = 200_000
	edges := make([]Edge, 0, n)
	for id := range int32(n - 1) {
		edges = append(edges, Edge{id + 1, id}) // the root has the highest number
	}
	g := build(t, n, edges...)
	order, cycles := g.Order()
	if cycles != nil || order[0] != n-1 || order[n-1] != 0 {
		t.Errorf("order starts with %d and ends with %d, cycles %v", order[0], order[n-1], cycles)
	}
	reach := g.Ancestors([]int32{0}, NoLimit, 10)
	if reach.Total != n || len(reach.IDs) != 10 {
		t.Errorf("reached %d of %d", len(reach.IDs), reach.Total)
	}
}

func BenchmarkDescendants(b *testing.B) {
	const n, fan = 100_000, 5
	var edges []Edge
	for id := range int32(n) {
		for k := range int32(fan) {
			if to := id*2 + k + 1; to < n {
				edges = append(edges, Edge{id, to})
			}
		}
	}
	g := build(b, n, edges...)
	for b.Loop() {
		if reach := g.Descendants([]int32{0}, NoLimit, 200); reach.Total != n {
			b.Fatal(reach.Total)
		}
	}
}
