package graph

import "slices"

// absent marks a node that is not in a selection.
const absent = -1

// selection holds for each node its distance from the nearest node that was named, or absent.
type selection []int32

// Eval returns the nodes that the selector means, the first limit of them. Depths are distances from the nearest node
// that a term names, so a limit cuts the far ends of a lineage. The only errors are u's.
func (s Selector) Eval(g *Graph, u Universe, limit int) (Reach, error) {
	all := newSelection(g.Len())
	for _, intersection := range s.union {
		common, err := intersection[0].eval(g, u)
		if err != nil {
			return Reach{}, err
		}
		for _, t := range intersection[1:] {
			chosen, err := t.eval(g, u)
			if err != nil {
				return Reach{}, err
			}
			common.intersect(chosen)
		}
		all.unite(common)
	}
	return all.reach(limit), nil
}

// eval finds the nodes that a term names and applies its operators.
func (t term) eval(g *Graph, u Universe) (selection, error) {
	match := methods[t.method]
	var ids []int32
	for id := range int32(g.Len()) {
		ok, err := match(t, u, id)
		if err != nil {
			return nil, err
		}
		if ok {
			ids = append(ids, id)
		}
	}
	chosen := newSelection(g.Len())
	chosen.add(g.Ancestors(ids, t.parents, NoLimit))
	chosen.add(g.Descendants(ids, t.children, NoLimit))
	if t.family {
		below := g.Descendants(ids, NoLimit, NoLimit)
		chosen.add(below)
		chosen.fill(g.Ancestors(below.IDs, NoLimit, NoLimit))
	}
	return chosen, nil
}

func newSelection(n int) selection {
	s := make(selection, n)
	for i := range s {
		s[i] = absent
	}
	return s
}

func (s selection) add(reach Reach) {
	for i, id := range reach.IDs {
		s.set(id, reach.Depths[i])
	}
}

// fill adds the nodes that are not in the selection yet.
func (s selection) fill(reach Reach) {
	for i, id := range reach.IDs {
		if s[id] == absent {
			s[id] = reach.Depths[i]
		}
	}
}

// set keeps the smaller distance.
func (s selection) set(id, depth int32) {
	if s[id] == absent || depth < s[id] {
		s[id] = depth
	}
}

func (s selection) unite(other selection) {
	for id, depth := range other {
		if depth != absent {
			s.set(int32(id), depth)
		}
	}
}

// intersect keeps what is in both, at the larger distance.
func (s selection) intersect(other selection) {
	for id, depth := range other {
		if depth == absent || s[id] == absent {
			s[id] = absent
		} else {
			s[id] = max(s[id], depth)
		}
	}
}

// reach orders a selection by distance, then number.
func (s selection) reach(limit int) Reach {
	levels := map[int32][]int32{}
	var depths []int32
	for id, depth := range s {
		if depth == absent {
			continue
		}
		if levels[depth] == nil {
			depths = append(depths, depth)
		}
		levels[depth] = append(levels[depth], int32(id))
	}
	slices.Sort(depths)
	var reach Reach
	for _, depth := range depths {
		reach.add(levels[depth], depth, limit)
	}
	return reach
}
