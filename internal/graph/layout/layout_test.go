package layout

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/thalweg-data/thalweg/internal/graph"
)

var gaps = Gaps{Lane: 46, Row: 14, Margin: 24}

// random returns the boxes and edges of a graph like that of a project: most boxes are made from one or two others, and
// some are used everywhere. cyclic adds edges that lead backwards.
func random(n int, seed uint64, cyclic bool) ([]Box, []Edge) {
	r := rand.New(rand.NewPCG(seed, 1))
	boxes := make([]Box, n)
	for i := range boxes {
		boxes[i] = Box{Width: 160 + r.IntN(100), Height: 30 + 25*r.IntN(2), Anchor: 15}
	}
	var edges []Edge
	for i := 1; i < n; i++ {
		for range r.IntN(4) {
			from := r.IntN(i)
			if r.IntN(3) == 0 {
				from = r.IntN(1 + i/10)
			}
			edges = append(edges, Edge{From: int32(from), To: int32(i)})
		}
		if cyclic && r.IntN(8) == 0 {
			edges = append(edges, Edge{From: int32(i), To: int32(r.IntN(i + 1))})
		}
	}
	return boxes, edges
}

func layered(t testing.TB, boxes []Box, edges []Edge) Drawing {
	t.Helper()
	d, err := Layered(boxes, edges, gaps)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDrawings(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		for _, cyclic := range []bool{false, true} {
			boxes, edges := random(1+int(seed*5)%200, seed, cyclic)
			d := layered(t, boxes, edges)
			name := fmt.Sprintf("seed %d, cyclic %v", seed, cyclic)
			checkBoxes(t, name, boxes, d)
			checkLines(t, name, boxes, edges, d, cyclic)
			if !reflect.DeepEqual(d, layered(t, slices.Clone(boxes), slices.Clone(edges))) {
				t.Errorf("%s: the same input gave another drawing", name)
			}
		}
	}
}

func checkBoxes(t *testing.T, name string, boxes []Box, d Drawing) {
	t.Helper()
	for i, a := range d.Boxes {
		if a.Width < boxes[i].Width || a.Height != boxes[i].Height {
			t.Errorf("%s: box %d is %+v, want at least %+v", name, i, a, boxes[i])
		}
		if a.X < gaps.Margin || a.Y < gaps.Margin || a.X+a.Width > d.Width-gaps.Margin || a.Y+a.Height > d.Height-gaps.Margin {
			t.Errorf("%s: box %d at %+v is not within %d × %d", name, i, a, d.Width, d.Height)
		}
		for j, b := range d.Boxes[:i] {
			if a.X < b.X+b.Width && b.X < a.X+a.Width && a.Y < b.Y+b.Height+gaps.Row && b.Y < a.Y+a.Height+gaps.Row {
				t.Errorf("%s: boxes %d %+v and %d %+v are too near", name, j, b, i, a)
			}
		}
	}
}

// checkLines checks that lines begin and end at their boxes, lead to the right except in cycles, and pass no box.
func checkLines(t *testing.T, name string, boxes []Box, edges []Edge, d Drawing, cyclic bool) {
	t.Helper()
	for i, e := range edges {
		line, from, to := d.Lines[i], d.Boxes[e.From], d.Boxes[e.To]
		start, end := line.Points[0], line.Points[len(line.Points)-1]
		if start.Y != from.Y+boxes[e.From].Anchor || end.Y != to.Y+boxes[e.To].Anchor {
			t.Errorf("%s: line %d from %v to %v, of %+v and %+v", name, i, start, end, from, to)
		}
		if line.Back != (from.Lane >= to.Lane) || line.Back && !cyclic {
			t.Errorf("%s: line %d leads from lane %d to lane %d, back %v", name, i, from.Lane, to.Lane, line.Back)
		}
		if e.From == e.To {
			continue
		}
		left, right := from.X+from.Width, to.X
		if line.Back {
			left, right = from.X, to.X+to.Width
		}
		if start.X != left || end.X != right {
			t.Errorf("%s: line %d from %v to %v, want %d to %d", name, i, start, end, left, right)
		}
		for n := 1; n < len(line.Points)-1; n += 2 {
			a, b := line.Points[n], line.Points[n+1]
			for _, box := range d.Boxes {
				if a.Y != b.Y || min(a.X, b.X) < box.X+box.Width && max(a.X, b.X) > box.X && a.Y > box.Y && a.Y < box.Y+box.Height {
					t.Errorf("%s: line %d runs over a box", name, i)
				}
			}
		}
	}
}

// One more box changes the order of few others.
func TestSmallChangeMovesLittle(t *testing.T) {
	t.Parallel()
	pairs, turned, lanes := 0, 0, 0
	for seed := range uint64(40) {
		boxes, edges := random(60, seed, false)
		before := layered(t, boxes, edges)
		after := layered(t, append(slices.Clone(boxes), boxes[0]), append(slices.Clone(edges), Edge{From: 30, To: 60}))
		for i, a := range before.Boxes {
			if a.Lane != after.Boxes[i].Lane {
				lanes++
			}
			for j, b := range before.Boxes[:i] {
				if a.Lane != b.Lane || after.Boxes[i].Lane != after.Boxes[j].Lane {
					continue
				}
				pairs++
				if (a.Y < b.Y) != (after.Boxes[i].Y < after.Boxes[j].Y) {
					turned++
				}
			}
		}
	}
	t.Logf("%d of %d pairs turned, %d of %d boxes in another lane", turned, pairs, lanes, 40*60)
	if turned*5 > pairs || lanes*20 > 40*60 {
		t.Errorf("%d of %d pairs turned, %d boxes in another lane", turned, pairs, lanes)
	}
}

// A chain is a level line, and so is a line that passes lanes.
func TestStraight(t *testing.T) {
	t.Parallel()
	boxes := slices.Repeat([]Box{{Width: 160, Height: 30, Anchor: 15}}, 6)
	d := layered(t, boxes, []Edge{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 3}, {From: 3, To: 4}, {From: 0, To: 5}, {From: 5, To: 4}})
	for i := 1; i < 4; i++ {
		if d.Boxes[i].Y != d.Boxes[1].Y || d.Boxes[i].Lane != i {
			t.Errorf("box %d of a chain: %+v", i, d.Boxes)
		}
	}
	d = layered(t, boxes[:4], []Edge{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 3}, {From: 0, To: 3}})
	passing := d.Lines[3].Points
	for _, point := range passing[2 : len(passing)-1] {
		if point.Y != passing[1].Y {
			t.Errorf("a line past two boxes: %v", passing)
		}
	}
}

func TestCrossings(t *testing.T) {
	t.Parallel()
	boxes := slices.Repeat([]Box{{Width: 160, Height: 30, Anchor: 15}}, 12)
	var edges []Edge
	for i := range int32(6) { // without a crossing only in another order than that of the numbers
		edges = append(edges, Edge{From: i, To: 6 + (i*5+3)%6})
	}
	edges = append(edges, Edge{From: 0, To: 6}, Edge{From: 5, To: 6})
	s, err := newSteps(len(boxes), edges)
	if err != nil {
		t.Fatal(err)
	}
	parts, _ := s.parts()
	for _, members := range parts {
		p := newPart(boxes, s, members, gaps)
		p.order()
		if n := p.crossings(); n != 0 {
			t.Errorf("%d crossings of %v", n, members)
		}
	}
}

// Of a cycle only the edge of the least weight leads back.
func TestCycle(t *testing.T) {
	t.Parallel()
	boxes := slices.Repeat([]Box{{Width: 160, Height: 30, Anchor: 15}}, 3)
	d := layered(t, boxes, []Edge{{From: 0, To: 1, Weight: 1}, {From: 1, To: 2, Weight: 7}, {From: 2, To: 0, Weight: 9}, {From: 1, To: 1}})
	if !d.Lines[0].Back || d.Lines[1].Back || d.Lines[2].Back || !d.Lines[3].Back {
		t.Errorf("%+v", d.Lines)
	}
}

func TestNoBoxes(t *testing.T) {
	t.Parallel()
	if d := layered(t, nil, nil); len(d.Boxes) != 0 || d.Width != 48 || d.Height != 24 {
		t.Errorf("%+v", d)
	}
	if _, err := Layered(make([]Box, 1), []Edge{{From: 0, To: 1}}, gaps); err == nil {
		t.Error("an edge to a box that does not exist")
	}
}

func TestFolds(t *testing.T) {
	t.Parallel()
	var edges []Edge
	for i := range int32(30) { // 1…30 are made from 0, and 5 is used
		edges = append(edges, Edge{From: 0, To: i + 1})
	}
	edges = append(edges, Edge{From: 5, To: 31}, Edge{From: 20, To: 31})
	folds, err := Folds(32, edges, 12, func(id int32) bool { return id == 30 })
	if err != nil || len(folds) != 1 || folds[0].Hub != 0 || !folds[0].Children || len(folds[0].Members) != 18 {
		t.Fatalf("%+v, %v", folds, err)
	}
	for _, left := range []int32{5, 20, 30} {
		if slices.Contains(folds[0].Members, left) {
			t.Errorf("%d is folded: %v", left, folds[0].Members)
		}
	}
	if folds, err = Folds(14, edges[:13], 12, func(int32) bool { return false }); err != nil || len(folds) != 0 {
		t.Errorf("one box too many: %v, %v", folds, err)
	}
}

// Folding leaves no cycle where there was none.
func TestFoldsKeepDirection(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		boxes, edges := random(150, seed, false)
		folds, err := Folds(len(boxes), edges, 3, func(int32) bool { return false })
		if err != nil {
			t.Fatal(err)
		}
		as := make([]int32, len(boxes))
		for i := range as {
			as[i] = int32(i)
		}
		for n, fold := range folds {
			for _, id := range fold.Members {
				as[id] = int32(len(boxes) + n)
			}
		}
		var pairs []graph.Edge
		for _, e := range edges {
			pairs = append(pairs, graph.Edge{From: as[e.From], To: as[e.To]})
		}
		g, err := graph.New(len(boxes)+len(folds), pairs)
		if err != nil {
			t.Fatal(err)
		}
		if _, cycles := g.Order(); len(cycles) > 0 {
			t.Errorf("seed %d: cycles %v", seed, cycles)
		}
	}
}

func BenchmarkLayered(b *testing.B) {
	for _, n := range []int{60, 200} {
		boxes, edges := random(n, 7, false)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				layered(b, boxes, edges)
			}
		})
	}
}
