package graph

import "slices"

// absent marks a node that is not in a selection.
const absent = -1

// selection holds for each node its distance from the nearest node that was named, or absent.
type selection []int32

// Selected are the nodes that a selector means.
type Selected struct {
	Reach
	// Unmatched are the parts of the selector, between spaces, that mean no node.
	Unmatched []Unmatched
}

// Unmatched is a part of a selector that means no node.
type Unmatched struct {
	Part string // as written
	// Terms are those of it that name nothing; none if only their intersection is empty.
	Terms []Term
}

// Term is a method and its value, such as tag and nightly. Method is as written: config.materialized.
type Term struct{ Method, Value string }

// Eval returns the nodes that the selector means, the first limit of them. Depths are distances from the nearest node
// that a term names, so a limit cuts the far ends of a lineage. The only errors are u's and ErrStopped.
func (s Selector) Eval(g *Graph, u Universe, limit int) (Selected, error) {
	all := newSelection(g.Len())
	var unmatched []Unmatched
	m := &meter{u: u}
	for _, part := range s.union {
		common, missing, err := part.eval(g, m)
		if err != nil {
			return Selected{}, err
		}
		if common.isEmpty() {
			unmatched = append(unmatched, Unmatched{Part: part.text, Terms: missing})
		}
		all.unite(common)
	}
	if m.ask() {
		return Selected{}, ErrStopped
	}
	return Selected{Reach: all.reach(limit), Unmatched: unmatched}, nil
}

// eval intersects the terms of a part; missing are those that name nothing.
func (p part) eval(g *Graph, m *meter) (common selection, missing []Term, err error) {
	for i, t := range p.terms {
		chosen, err := t.eval(g, m)
		if err != nil {
			return nil, nil, err
		}
		if chosen.isEmpty() {
			missing = append(missing, t.named())
		}
		if i == 0 {
			common = chosen
		} else {
			common.intersect(chosen)
		}
	}
	return common, missing, nil
}

// eval finds the nodes that a term names and applies its operators.
func (t term) eval(g *Graph, m *meter) (selection, error) {
	ids, err := t.find(m)
	if err != nil {
		return nil, err
	}
	chosen := newSelection(g.Len())
	chosen.add(g.search(m, g.up, ids, t.parents, NoLimit))
	chosen.add(g.search(m, g.down, ids, t.children, NoLimit))
	if t.family {
		below := g.search(m, g.down, ids, NoLimit, NoLimit)
		chosen.add(below)
		chosen.fill(g.search(m, g.up, below.IDs, NoLimit, NoLimit))
	}
	for range 4 { // this one, and those that look whether it is empty, intersect and unite it
		m.pass(g)
	}
	if m.ask() {
		return nil, ErrStopped
	}
	chosen.addTests(g, m)
	return chosen, nil
}

// find returns the nodes that a term names.
func (t term) find(m *meter) ([]int32, error) {
	u := m.u
	var ids []int32
	if t.method == "path" {
		for _, name := range t.findPath(m) {
			ids = append(ids, u.Node(name))
		}
		return ids, nil
	}
	match, steps := methods[t.method], t.steps()
	for name := range t.names(u) {
		if m.take(steps) {
			return nil, ErrStopped
		}
		ok, err := match(t, u, name)
		if err != nil {
			return nil, err
		}
		if ok {
			ids = append(ids, u.Node(name))
		}
	}
	return ids, nil
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

// addTests adds the tests of what is selected, which is dbt's default ("eager").
func (s selection) addTests(g *Graph, m *meter) {
	var tests Reach
	for id, depth := range s {
		if depth == absent {
			continue
		}
		if m.take(1 + len(g.Children(int32(id)))/2) {
			return // the next term, or the end of the evaluation, says so
		}
		for _, child := range g.Children(int32(id)) {
			if s[child] == absent && isTest(m.u.Attributes(child)) {
				tests.IDs, tests.Depths = append(tests.IDs, child), append(tests.Depths, depth+1)
			}
		}
	}
	s.add(tests)
}

func isTest(a Attributes) bool { return a.ResourceType == "test" || a.ResourceType == "unit_test" }

func (s selection) isEmpty() bool {
	return !slices.ContainsFunc(s, func(depth int32) bool { return depth != absent })
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
