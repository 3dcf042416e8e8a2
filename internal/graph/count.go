package graph

import "math/bits"

// countedAtOnce is how many nodes one walk counts the descendants of: a bit each.
const countedAtOnce = 64

// CountDescendants returns how many counted nodes are made from each of ids, directly or not, itself excluded. It walks
// what is downstream of all of them once per 64 of them, not once per node. take is called with the steps that a walk
// takes, before it; an error of it ends the count. Numbers that are not in the graph have none.
func (g *Graph) CountDescendants(ids []int32, counted func(id int32) bool, take func(steps int) error) ([]int, error) {
	counts := make([]int, len(ids))
	t := newTarjan(g.down)
	for _, id := range ids {
		if g.holds(id) && t.index[id] == 0 {
			t.visit(id)
		}
	}
	w := countWalk{graph: g, components: t.components, reached: make([]uint64, g.Len()), starts: make([]uint64, g.Len())}
	steps := 0
	for _, component := range w.components {
		for _, id := range component {
			steps += 1 + len(g.Children(id))
		}
	}
	for from := 0; from < len(ids); from += countedAtOnce {
		if err := take(steps); err != nil {
			return counts, err
		}
		to := min(from+countedAtOnce, len(ids))
		w.run(ids[from:to], counts[from:to], counted)
	}
	return counts, nil
}

// countWalk is one walk over the components that some nodes lead to.
type countWalk struct {
	graph      *Graph
	components [][]int32 // what they lead to precedes them
	reached    []uint64  // by node: which of the ids it is made from; zero between walks
	starts     []uint64  // by node: which of the ids it is; zero between walks
}

func (w *countWalk) run(ids []int32, counts []int, counted func(int32) bool) {
	for i, id := range ids {
		if w.graph.holds(id) {
			w.starts[id] |= 1 << i
		}
	}
	for i := len(w.components) - 1; i >= 0; i-- {
		component := w.components[i]
		var from uint64
		for _, id := range component {
			from |= w.reached[id] | w.starts[id]
		}
		if from == 0 {
			continue
		}
		for _, id := range component {
			reached := w.reached[id]
			if len(component) > 1 {
				reached = from
			}
			if reached &^= w.starts[id]; reached != 0 && counted(id) {
				for ; reached != 0; reached &= reached - 1 {
					counts[bits.TrailingZeros64(reached)]++
				}
			}
			for _, child := range w.graph.Children(id) {
				w.reached[child] |= from
			}
		}
	}
	for _, component := range w.components {
		for _, id := range component {
			w.reached[id], w.starts[id] = 0, 0
		}
	}
}
