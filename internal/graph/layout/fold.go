package layout

import (
	"cmp"
	"slices"
)

// Fold is a set of boxes that are drawn as one, because a box has too many neighbours of their kind.
type Fold struct {
	Hub      int32
	Children bool // they are made from the hub; else the hub from them
	Members  []int32
}

// Folds returns what is to be folded so that no box has more than most neighbours in a lane, except those that must
// not be folded. Boxes with the most edges are left. Folded boxes are in the same lane, so that drawing them as one
// makes no cycle.
func Folds(n int, edges []Edge, most int, fixed func(int32) bool) ([]Fold, error) {
	s, err := newSteps(n, edges)
	if err != nil {
		return nil, err
	}
	f := folding{steps: s, most: most, fixed: fixed, folded: make([]bool, n)}
	hubs := make([]int32, n)
	for i := range hubs {
		hubs[i] = int32(i)
	}
	slices.SortStableFunc(hubs, func(a, b int32) int { return cmp.Compare(s.degree(b), s.degree(a)) })
	for _, hub := range hubs {
		f.fold(hub, true)
		f.fold(hub, false)
	}
	return f.out, nil
}

func (s *steps) degree(id int32) int { return len(s.graph.Parents(id)) + len(s.graph.Children(id)) }

type folding struct {
	*steps
	most   int
	fixed  func(int32) bool
	folded []bool
	out    []Fold
}

// fold folds the neighbours of a box on one side, lane by lane.
func (f *folding) fold(hub int32, children bool) {
	if f.folded[hub] {
		return
	}
	near := f.graph.Parents(hub)
	if children {
		near = f.graph.Children(hub)
	}
	lanes := map[int32][]int32{}
	var order []int32
	for _, id := range near {
		if f.folded[id] {
			continue
		}
		if lanes[f.lane[id]] == nil {
			order = append(order, f.lane[id])
		}
		lanes[f.lane[id]] = append(lanes[f.lane[id]], id)
	}
	for _, lane := range order {
		f.foldLane(hub, children, lanes[lane])
	}
}

func (f *folding) foldLane(hub int32, children bool, near []int32) {
	if len(near) <= f.most+1 { // a box for one other saves nothing
		return
	}
	rank := slices.Clone(near)
	slices.SortStableFunc(rank, func(a, b int32) int {
		return cmp.Or(first(f.fixed(a), f.fixed(b)), cmp.Compare(f.degree(b), f.degree(a)))
	})
	members := slices.DeleteFunc(rank[f.most:], f.fixed)
	if len(members) < 2 {
		return
	}
	slices.Sort(members)
	for _, id := range members {
		f.folded[id] = true
	}
	f.out = append(f.out, Fold{Hub: hub, Children: children, Members: members})
}

func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
