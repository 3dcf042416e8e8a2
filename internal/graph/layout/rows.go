package layout

import (
	"math"
	"slices"
)

// passes is how often the knots of all lanes are moved towards their neighbours.
const passes = 12

// place moves knots up and down until lines are as level as their order permits, and fills in the boxes and lines of
// the part below top. It returns the lowest point.
func (p *part) place(top int, c columns, boxes []Place, lines []Line) int {
	y := p.pack()
	for pass := range passes {
		last := pass >= passes-2
		for l := range p.lanes {
			if pass%2 == 1 {
				l = len(p.lanes) - 1 - l
			}
			p.settle(p.lanes[l], y, pass%2 == 0 || last, pass%2 == 1 || last)
		}
	}
	p.straighten(y)
	rows, bottom := p.round(y, top)
	for id, k := range p.knots {
		if k.box >= 0 {
			boxes[k.box] = Place{c.x[k.lane], rows[id] - k.above, c.wide[k.lane], k.above + k.below, int(k.lane)}
		}
	}
	for _, i := range p.edges {
		lines[i] = p.line(p.s.edges[i], p.s.back[i], rows, c)
	}
	return bottom
}

// pack places the knots of each lane below each other.
func (p *part) pack() []float64 {
	y := make([]float64, len(p.knots))
	for _, lane := range p.lanes {
		for i, offset := range p.offsets(lane) {
			y[lane[i]] = float64(offset)
		}
	}
	return y
}

// offsets are the least distances of the knots of a lane from its first.
func (p *part) offsets(lane []int32) []int {
	out := make([]int, len(lane))
	for i := 1; i < len(lane); i++ {
		out[i] = out[i-1] + p.apart(lane[i-1], lane[i])
	}
	return out
}

// block is a run of knots with the least distances between them.
type block struct {
	sum, weight float64
	count       int
}

// settle moves the knots of a lane as near to the mean of their neighbours as their order and distances permit: a
// regression that keeps the order, by pooling adjacent violators.
func (p *part) settle(lane []int32, y []float64, before, behind bool) {
	offsets := p.offsets(lane)
	var blocks []block
	for i, id := range lane {
		want, weight := p.wish(id, y, before, behind)
		b := block{(want - float64(offsets[i])) * weight, weight, 1}
		for n := len(blocks); n > 0 && blocks[n-1].sum/blocks[n-1].weight >= b.sum/b.weight; n = len(blocks) {
			b = block{b.sum + blocks[n-1].sum, b.weight + blocks[n-1].weight, b.count + blocks[n-1].count}
			blocks = blocks[:n-1]
		}
		blocks = append(blocks, b)
	}
	i := 0
	for _, b := range blocks {
		for range b.count {
			y[lane[i]] = b.sum/b.weight + float64(offsets[i])
			i++
		}
	}
}

// The weights of a line: one that passes lanes is to be straight before others.
const (
	weightOfTrunk = 8
	weightOfPass  = 3
	weightOfNone  = 0.01 // of a knot without neighbours, which stays where it is
)

// wish returns where a knot would be without others in its lane.
func (p *part) wish(id int32, y []float64, before, behind bool) (want, weight float64) {
	k := &p.knots[id]
	for n, side := range [][]int32{k.up, k.down} {
		if n == 0 && !before || n == 1 && !behind {
			continue
		}
		for _, next := range side {
			w := 1.0
			switch other := p.knots[next].box; {
			case k.box < 0 && other < 0:
				w = weightOfTrunk
			case k.box < 0 || other < 0:
				w = weightOfPass
			}
			want, weight = want+w*y[next], weight+w
		}
	}
	if weight == 0 {
		return y[id], weightOfNone
	}
	return want / weight, weight
}

// round returns whole pixels with the highest box at top, and the lowest point.
func (p *part) round(y []float64, top int) (rows []int, bottom int) {
	rows = make([]int, len(y))
	highest, lowest := math.MaxInt, math.MinInt
	for _, lane := range p.lanes {
		for i, offset := range p.offsets(lane) {
			id := lane[i]
			rows[id] = int(math.Floor(y[id]-float64(offset)+0.5)) + offset
			highest, lowest = min(highest, rows[id]-p.knots[id].above), max(lowest, rows[id]+p.knots[id].below)
		}
	}
	for id := range rows {
		rows[id] += top - highest
	}
	return rows, lowest + top - highest
}

// line returns the line of an edge: it crosses the lanes that it passes on the level of their knots.
func (p *part) line(e Edge, back bool, rows []int, c columns) Line {
	from, to := e.From, e.To
	if back {
		from, to = to, from
	}
	first, last := p.s.lane[from], p.s.lane[to]
	points := []Point{{c.x[first] + c.wide[first], rows[p.ends[from]]}}
	for n, id := range p.trunk[trunkKey{from, back}] {
		lane := first + int32(n) + 1
		if lane == last {
			break
		}
		points = append(points, Point{c.x[lane], rows[id]}, Point{c.x[lane] + c.wide[lane], rows[id]})
	}
	points = append(points, Point{c.x[last], rows[p.ends[to]]})
	if back {
		slices.Reverse(points)
	}
	return Line{Points: points, Back: back}
}
