package layout

import (
	"cmp"
	"slices"
)

// part is a set of boxes that edges join. A line that passes lanes has a knot in each of them; all lines of one box in
// one direction share their knots, so that a box that is used everywhere has one trunk rather than many lines.
type part struct {
	knots []knot
	lanes [][]int32 // knots from top to bottom
	at    []int32   // position of each knot in its lane
	edges []int     // indexes of the edges
	s     *steps
	ends  map[int32]int32 // knot of each box
	trunk map[trunkKey][]int32
}

// knot is a box or the place where a line passes a lane.
type knot struct {
	box      int32 // -1: none
	lane     int32
	up, down []int32 // knots of the lanes before and behind
	above    int     // pixels from the anchor to the upper side
	below    int     // and to the lower side
	gap      int     // half of the gap to others
}

type trunkKey struct {
	box  int32
	back bool
}

// lineGap is the distance of lines that pass a lane next to each other.
const lineGap = 10

func newPart(boxes []Box, s *steps, members []int32, gaps Gaps) *part {
	p := &part{s: s, ends: make(map[int32]int32, len(members)), trunk: map[trunkKey][]int32{}}
	for _, id := range members {
		b := boxes[id]
		p.ends[id] = p.add(knot{box: id, lane: s.lane[id], above: b.Anchor, below: b.Height - b.Anchor, gap: gaps.Row / 2})
	}
	for i, e := range s.edges {
		if _, mine := p.ends[e.From]; !mine || e.From == e.To {
			continue
		}
		p.edges = append(p.edges, i)
		p.connect(e, s.back[i])
	}
	p.arrange()
	return p
}

func (p *part) add(k knot) int32 {
	for int(k.lane) >= len(p.lanes) {
		p.lanes = append(p.lanes, nil)
	}
	p.knots = append(p.knots, k)
	return int32(len(p.knots) - 1)
}

// connect joins the knots of an edge, with as many of a trunk between them as it passes lanes.
func (p *part) connect(e Edge, back bool) {
	from, to := e.From, e.To
	if back {
		from, to = to, from
	}
	passed := int(p.s.lane[to] - p.s.lane[from] - 1)
	key := trunkKey{from, back}
	for len(p.trunk[key]) < passed {
		n := len(p.trunk[key])
		next := p.add(knot{box: -1, lane: p.s.lane[from] + int32(n) + 1, gap: lineGap / 2})
		p.join(p.before(key, n), next)
		p.trunk[key] = append(p.trunk[key], next)
	}
	p.join(p.before(key, passed), p.ends[to])
}

// before returns the knot that is n lanes behind the box of a trunk.
func (p *part) before(key trunkKey, n int) int32 {
	if n == 0 {
		return p.ends[key.box]
	}
	return p.trunk[key][n-1]
}

func (p *part) join(from, to int32) {
	if slices.Contains(p.knots[from].down, to) {
		return
	}
	p.knots[from].down = append(p.knots[from].down, to)
	p.knots[to].up = append(p.knots[to].up, from)
}

// arrange puts the knots into their lanes in the order of a walk that goes to a neighbour first.
func (p *part) arrange() {
	p.at = make([]int32, len(p.knots))
	seen := make([]bool, len(p.knots))
	for root := range int32(len(p.knots)) {
		stack := []int32{root}
		for len(stack) > 0 {
			id := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if seen[id] {
				continue
			}
			seen[id] = true
			lane := p.knots[id].lane
			p.at[id] = int32(len(p.lanes[lane]))
			p.lanes[lane] = append(p.lanes[lane], id)
			for _, side := range [][]int32{p.knots[id].up, p.knots[id].down} {
				for _, next := range slices.Backward(side) {
					if !seen[next] {
						stack = append(stack, next)
					}
				}
			}
		}
	}
}

// Bounds of the search for an order with few crossings.
const (
	sweeps    = 24
	patience  = 6 // sweeps without an improvement
	exchanges = 8
)

// order sorts each lane by the neighbours' positions in turns, forwards and backwards, and keeps the order with the
// fewest crossings. Then neighbours in a lane change places where that removes crossings.
func (p *part) order() {
	best, fewest, idle := p.copyLanes(), p.crossings(), 0
	for sweep := 0; sweep < sweeps && fewest > 0 && idle < patience; sweep++ {
		for l := range p.lanes {
			if sweep%2 == 1 {
				l = len(p.lanes) - 1 - l
			}
			p.sort(p.lanes[l], sweep%2 == 0)
		}
		idle++
		if n := p.crossings(); n < fewest {
			best, fewest, idle = p.copyLanes(), n, 0
		}
	}
	p.lanes = best
	for _, lane := range p.lanes {
		p.number(lane)
	}
	for range exchanges {
		if fewest == 0 || !p.exchange() {
			break
		}
	}
}

func (p *part) copyLanes() [][]int32 {
	out := make([][]int32, len(p.lanes))
	for l, lane := range p.lanes {
		out[l] = slices.Clone(lane)
	}
	return out
}

func (p *part) number(lane []int32) {
	for i, id := range lane {
		p.at[id] = int32(i)
	}
}

// sort orders a lane by the mean position of the neighbours before or behind; a knot without any keeps its own.
func (p *part) sort(lane []int32, before bool) {
	mean := make(map[int32]float64, len(lane))
	for _, id := range lane {
		neighbours := p.knots[id].down
		if before {
			neighbours = p.knots[id].up
		}
		mean[id] = float64(p.at[id])
		if len(neighbours) > 0 {
			sum := 0
			for _, next := range neighbours {
				sum += int(p.at[next])
			}
			mean[id] = float64(sum) / float64(len(neighbours))
		}
	}
	slices.SortStableFunc(lane, func(a, b int32) int { return cmp.Compare(mean[a], mean[b]) })
	p.number(lane)
}

// crossings counts the crossings between all lanes.
func (p *part) crossings() int {
	total := 0
	for l := range len(p.lanes) - 1 {
		total += p.between(l)
	}
	return total
}

// between counts the crossings of a lane's lines to the next: inversions of their ends, in a tree of sums.
func (p *part) between(l int) int {
	wide := len(p.lanes[l+1])
	tree := make([]int, wide+1)
	crossings, earlier := 0, 0
	var ends []int32
	for _, id := range p.lanes[l] {
		ends = ends[:0]
		for _, next := range p.knots[id].down {
			ends = append(ends, p.at[next])
		}
		for _, end := range ends {
			crossings += earlier
			for i := int(end) + 1; i > 0; i -= i & -i {
				crossings -= tree[i]
			}
		}
		for _, end := range ends {
			earlier++
			for i := int(end) + 1; i <= wide; i += i & -i {
				tree[i]++
			}
		}
	}
	return crossings
}

// exchange changes neighbours' places where that removes crossings, and reports whether it did.
func (p *part) exchange() bool {
	better := false
	for _, lane := range p.lanes {
		for i := range len(lane) - 1 {
			a, b := lane[i], lane[i+1]
			now := p.cross(p.knots[a].up, p.knots[b].up) + p.cross(p.knots[a].down, p.knots[b].down)
			if now == 0 || now <= p.cross(p.knots[b].up, p.knots[a].up)+p.cross(p.knots[b].down, p.knots[a].down) {
				continue
			}
			lane[i], lane[i+1] = b, a
			p.at[a], p.at[b] = int32(i+1), int32(i)
			better = true
		}
	}
	return better
}

// cross counts the crossings of the lines of two knots, of which the first is above the other.
func (p *part) cross(upper, lower []int32) int {
	n := 0
	for _, a := range upper {
		for _, b := range lower {
			if p.at[a] > p.at[b] {
				n++
			}
		}
	}
	return n
}
