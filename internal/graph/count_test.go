package graph

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func free(int) error { return nil }

// Counting many nodes at once gives the same numbers as walking from each of them, in graphs with cycles too.
func TestCountDescendants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, edges := drawGraph(t)
		g := build(t, n, edges...)
		ids := rapid.SliceOfN(rapid.Int32Range(-1, int32(n)), 0, 150).Draw(t, "ids")
		odd := func(id int32) bool { return id%2 == 1 }
		got, err := g.CountDescendants(ids, odd, free)
		if err != nil {
			t.Fatal(err)
		}
		for i, id := range ids {
			want := 0
			for _, reached := range g.Descendants([]int32{id}, NoLimit, NoLimit).IDs {
				if reached != id && odd(reached) {
					want++
				}
			}
			if got[i] != want {
				t.Fatalf("%d nodes from %d, want %d: %v", got[i], id, want, edges)
			}
		}
	})
}

func TestCountDescendantsStops(t *testing.T) {
	g := build(t, 3, Edge{From: 0, To: 1}, Edge{From: 1, To: 2})
	all := func(int32) bool { return true }
	stop := errors.New("stop")
	var taken int
	_, err := g.CountDescendants([]int32{1}, all, func(steps int) error {
		taken = steps
		return stop
	})
	if !errors.Is(err, stop) || taken != 3 {
		t.Errorf("%v after %d steps, want 3: two nodes and an edge", err, taken)
	}
}

// layers is a project of layers, each node made from three of the layer before.
func layers(b *testing.B, n, width int) *Graph {
	b.Helper()
	var edges []Edge
	for id := width; id < n; id++ {
		for k := range 3 {
			edges = append(edges, Edge{From: int32(id/width-1)*int32(width) + int32((id*7+k*31)%width), To: int32(id)})
		}
	}
	return build(b, n, edges...)
}

func BenchmarkCountDescendants(b *testing.B) {
	const n = 10_000
	g := layers(b, n, 1000)
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = int32(i)
	}
	all := func(int32) bool { return true }
	b.Run("together", func(b *testing.B) {
		for b.Loop() {
			if _, err := g.CountDescendants(ids, all, free); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("one by one", func(b *testing.B) {
		for b.Loop() {
			for _, id := range ids {
				g.Descendants([]int32{id}, NoLimit, NoLimit)
			}
		}
	})
}
