// Package layout places the boxes of a graph on a plane: from left to right, one lane per step, so that lines are
// short, cross rarely and never run over a box. The same input always gives the same drawing. It is for pictures that
// people read, of some hundred boxes; it knows neither what the boxes show nor how they are drawn.
package layout

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/graph"
)

// Box is what is placed, in pixels.
type Box struct {
	Width, Height int
	Anchor        int // where lines meet the box, from its top
}

// Edge leads from one box to another.
type Edge struct {
	From, To int32
	Weight   int // of several edges in one; 0 counts as 1
}

// Gaps are the distances of a drawing, in pixels.
type Gaps struct {
	Lane   int // between lanes
	Row    int // between the boxes of a lane
	Margin int // around everything
}

// Drawing has a place for each box and a line for each edge, in the order in which they were given.
type Drawing struct {
	Boxes         []Place
	Lines         []Line
	Lanes         int
	Width, Height int
}

// Place is where a box is. The boxes of a lane are equally wide.
type Place struct{ X, Y, Width, Height, Lane int }

// Line is an edge. Between two points it is level if they are equally high, else a curve that is level at both ends.
type Line struct {
	Points []Point
	Back   bool // it is part of a cycle and leads to the left
}

// Point is a point of a line.
type Point struct{ X, Y int }

// Layered places boxes. Parts that no edge joins are placed below each other, boxes without edges last.
func Layered(boxes []Box, edges []Edge, gaps Gaps) (Drawing, error) {
	s, err := newSteps(len(boxes), edges)
	if err != nil {
		return Drawing{}, err
	}
	d := Drawing{Boxes: make([]Place, len(boxes)), Lines: make([]Line, len(edges))}
	parts, single := s.parts()
	lanes := s.spread(single)
	d.Lanes = lanes
	columns := newColumns(boxes, s.lane, lanes, gaps)
	top := gaps.Margin
	for _, members := range parts {
		p := newPart(boxes, s, members, gaps)
		p.order()
		top = p.place(top, columns, d.Boxes, d.Lines) + gaps.Row + gaps.Row/2
	}
	top = placeSingle(boxes, s.lane, single, top, columns, gaps, d.Boxes)
	d.Width, d.Height = columns.width(gaps), top
	if len(boxes) > 0 {
		d.Height = bottomOf(d.Boxes) + gaps.Margin
	}
	for i, e := range edges {
		if e.From == e.To {
			d.Lines[i] = loop(d.Boxes[e.From], boxes[e.From].Anchor)
		}
	}
	return d, nil
}

func bottomOf(boxes []Place) int {
	bottom := 0
	for _, b := range boxes {
		bottom = max(bottom, b.Y+b.Height)
	}
	return bottom
}

// loop is the line of a box that is made from itself: around its top.
func loop(b Place, anchor int) Line {
	const out, over = 10, 6
	y := b.Y + anchor
	return Line{Back: true, Points: []Point{
		{b.X + b.Width, y}, {b.X + b.Width + out, b.Y - over}, {b.X - out, b.Y - over}, {b.X, y},
	}}
}

// columns are the places of the lanes.
type columns struct{ x, wide []int }

func newColumns(boxes []Box, lane []int32, lanes int, gaps Gaps) columns {
	c := columns{make([]int, lanes), make([]int, lanes)}
	for i, l := range lane {
		c.wide[l] = max(c.wide[l], boxes[i].Width)
	}
	x := gaps.Margin
	for l, wide := range c.wide {
		c.x[l] = x
		x += wide + gaps.Lane
	}
	return c
}

func (c columns) width(gaps Gaps) int {
	if len(c.x) == 0 {
		return 2 * gaps.Margin
	}
	last := len(c.x) - 1
	return c.x[last] + c.wide[last] + gaps.Margin
}

// placeSingle places boxes without edges in rows.
func placeSingle(boxes []Box, lane []int32, single []int32, top int, c columns, gaps Gaps, places []Place) int {
	row, height, last := top, 0, int32(-1)
	for _, id := range single {
		l := lane[id]
		if l <= last {
			row, height = row+height+gaps.Row, 0
		}
		places[id] = Place{c.x[l], row, c.wide[l], boxes[id].Height, int(l)}
		height, last = max(height, boxes[id].Height), l
	}
	return row + height
}

// steps are the lanes of boxes, and the edges with every one of them leading to a later lane.
type steps struct {
	edges []Edge // as given
	back  []bool // of edges: leads to an earlier lane
	lane  []int32
	graph *graph.Graph // every edge turned to lead to a later lane
}

// newSteps finds a lane for each box: parents before children, except where they reach each other, and as near to both
// as possible.
func newSteps(n int, edges []Edge) (*steps, error) {
	s := &steps{edges: edges, back: make([]bool, len(edges)), lane: make([]int32, n)}
	pairs := make([]graph.Edge, 0, len(edges))
	for _, e := range edges {
		pairs = append(pairs, graph.Edge{From: e.From, To: e.To})
	}
	given, err := graph.New(n, pairs)
	if err != nil {
		return nil, fmt.Errorf("layout: %w", err)
	}
	order := sequence(given, edges)
	at := make([]int32, n)
	for i, id := range order {
		at[id] = int32(i)
	}
	turned := pairs[:0]
	for i, e := range edges {
		switch s.back[i] = at[e.From] > at[e.To]; {
		case e.From == e.To:
		case s.back[i]:
			turned = append(turned, graph.Edge{From: e.To, To: e.From})
		default:
			turned = append(turned, graph.Edge{From: e.From, To: e.To})
		}
	}
	if s.graph, err = graph.New(n, turned); err != nil {
		return nil, fmt.Errorf("layout: %w", err)
	}
	s.assign(order)
	return s, nil
}

// assign puts each box one lane behind the last of its parents, and then moves boxes that have more children than
// parents, or no parents, towards their children.
func (s *steps) assign(order []int32) {
	for _, id := range order {
		for _, parent := range s.graph.Parents(id) {
			s.lane[id] = max(s.lane[id], s.lane[parent]+1)
		}
	}
	for range 4 {
		moved := false
		for _, id := range slices.Backward(order) {
			children := s.graph.Children(id)
			if len(children) <= len(s.graph.Parents(id)) {
				continue
			}
			first := s.lane[children[0]]
			for _, child := range children {
				first = min(first, s.lane[child])
			}
			if s.lane[id] < first-1 {
				s.lane[id], moved = first-1, true
			}
		}
		if !moved {
			break
		}
	}
}

// parts returns the boxes that edges join, the largest part first, and those without edges.
func (s *steps) parts() (parts [][]int32, single []int32) {
	seen := make([]bool, len(s.lane))
	for id := range int32(len(s.lane)) {
		if seen[id] {
			continue
		}
		seen[id] = true
		part := []int32{id}
		for i := 0; i < len(part); i++ {
			for _, side := range [][]int32{s.graph.Parents(part[i]), s.graph.Children(part[i])} {
				for _, next := range side {
					if !seen[next] {
						seen[next] = true
						part = append(part, next)
					}
				}
			}
		}
		if len(part) == 1 {
			single = append(single, id)
			continue
		}
		slices.Sort(part)
		parts = append(parts, part)
	}
	slices.SortStableFunc(parts, func(a, b []int32) int { return cmp.Compare(len(b), len(a)) })
	for _, part := range parts {
		s.align(part)
	}
	return parts, single
}

// align moves a part so that it begins in the first lane.
func (s *steps) align(part []int32) {
	first := s.lane[part[0]]
	for _, id := range part {
		first = min(first, s.lane[id])
	}
	for _, id := range part {
		s.lane[id] -= first
	}
}

// fewest is how many boxes without edges are placed in one row, if the other boxes do not have more lanes.
const fewest = 4

// spread gives boxes without edges lanes in turn, and returns the number of lanes.
func (s *steps) spread(single []int32) int {
	lanes := int32(0)
	isSingle := make([]bool, len(s.lane))
	for _, id := range single {
		isSingle[id] = true
	}
	for id, lane := range s.lane {
		if !isSingle[id] {
			lanes = max(lanes, lane+1)
		}
	}
	wide := max(lanes, min(fewest, int32(len(single))))
	for i, id := range single {
		s.lane[id] = int32(i) % wide
	}
	return int(max(lanes, min(wide, int32(len(single)))))
}
