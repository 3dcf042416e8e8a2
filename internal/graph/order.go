package graph

import "slices"

// Order returns all nodes, parents before children, and the cycles, for which that is impossible: sets of
// nodes that reach each other (or themselves), each ascending, by their smallest node. The nodes of a cycle are
// consecutive in the order. The same graph always gives the same order.
func (g *Graph) Order() (order []int32, cycles [][]int32) {
	t := newTarjan(g.up)
	for id := range int32(g.Len()) {
		if t.index[id] == 0 {
			t.visit(id)
		}
	}
	// A component is complete only after all that it leads to, and it is searched upwards: parents come first.
	for _, component := range t.components {
		order = append(order, component...)
		if len(component) > 1 || g.selfMade(component[0]) {
			cycles = append(cycles, component)
		}
	}
	slices.SortFunc(cycles, func(a, b []int32) int { return int(a[0]) - int(b[0]) })
	return order, cycles
}

func (g *Graph) selfMade(id int32) bool {
	_, found := slices.BinarySearch(g.Children(id), id)
	return found
}

// tarjan finds strongly connected components along parents or children, without recursion: lineage can be 100,000
// nodes deep. A component comes after all that its nodes lead to.
type tarjan struct {
	neighbours rows
	index      []int32 // 1, 2, … in order of discovery; 0: not yet
	low        []int32 // the smallest index that the node reaches
	open       bitmap  // nodes on stack
	stack      []int32 // found, but in no component yet
	found      int32
	components [][]int32
}

func newTarjan(neighbours rows) tarjan {
	n := len(neighbours.start) - 1
	return tarjan{neighbours: neighbours, index: make([]int32, n), low: make([]int32, n), open: newBitmap(n)}
}

// frame is one node whose neighbours are being visited.
type frame struct {
	id   int32
	rest []int32
}

func (t *tarjan) visit(root int32) {
	frames := []frame{t.discover(root)}
	for len(frames) > 0 {
		top := &frames[len(frames)-1]
		if len(top.rest) > 0 {
			next := top.rest[0]
			top.rest = top.rest[1:]
			switch {
			case t.index[next] == 0:
				frames = append(frames, t.discover(next))
			case t.open.has(next):
				t.low[top.id] = min(t.low[top.id], t.index[next])
			}
			continue
		}
		done := top.id
		frames = frames[:len(frames)-1]
		if t.low[done] == t.index[done] {
			t.close(done)
		}
		if len(frames) > 0 {
			before := frames[len(frames)-1].id
			t.low[before] = min(t.low[before], t.low[done])
		}
	}
}

func (t *tarjan) discover(id int32) frame {
	t.found++
	t.index[id], t.low[id] = t.found, t.found
	t.open.add(id)
	t.stack = append(t.stack, id)
	return frame{id: id, rest: t.neighbours.of(id)}
}

// close makes a component of the stack down to id.
func (t *tarjan) close(id int32) {
	at := len(t.stack) - 1
	for t.stack[at] != id {
		at--
	}
	component := slices.Clone(t.stack[at:])
	t.stack = t.stack[:at]
	for _, member := range component {
		t.open.remove(member)
	}
	slices.Sort(component)
	t.components = append(t.components, component)
}
