package layout

import "math"

// straightenings is how often runs are made level: moving one makes room for others.
const straightenings = 3

// straighten makes runs level where the knots above and below leave room: knots of one trunk, and boxes that follow
// each other without a branch.
func (p *part) straighten(y []float64) {
	runs := p.runs()
	for range straightenings {
		for _, run := range runs {
			p.level(run, y)
		}
	}
}

// runs returns the runs of two knots and more.
func (p *part) runs() [][]int32 {
	next := make([]int32, len(p.knots))
	follows := make([]bool, len(p.knots))
	for id := range p.knots {
		next[id] = p.follower(int32(id))
		if next[id] >= 0 {
			follows[next[id]] = true
		}
	}
	var runs [][]int32
	for id := range int32(len(p.knots)) {
		if follows[id] || next[id] < 0 {
			continue
		}
		run := []int32{id}
		for n := next[id]; n >= 0; n = next[n] {
			run = append(run, n)
		}
		runs = append(runs, run)
	}
	return runs
}

// follower returns the next knot of a run; -1 if there is none.
func (p *part) follower(id int32) int32 {
	k := &p.knots[id]
	for _, next := range k.down {
		if k.box < 0 && p.knots[next].box < 0 || len(k.down) == 1 && len(p.knots[next].up) == 1 {
			return next
		}
	}
	return -1
}

// level moves a run as near as there is room to the mean of its neighbours.
func (p *part) level(run []int32, y []float64) {
	low, high := math.Inf(-1), math.Inf(1)
	want, weight := 0.0, 0.0
	for n, id := range run {
		above, below := p.room(id, y)
		low, high = max(low, above), min(high, below)
		w, of := p.wish(id, y, n == 0, n == len(run)-1)
		want, weight = want+w*of, weight+of
	}
	if low > high {
		return
	}
	to := min(max(want/weight, low), high)
	for _, id := range run {
		y[id] = to
	}
}

// room returns how far a knot may move up and down.
func (p *part) room(id int32, y []float64) (low, high float64) {
	low, high = math.Inf(-1), math.Inf(1)
	lane, at := p.lanes[p.knots[id].lane], int(p.at[id])
	if at > 0 {
		low = y[lane[at-1]] + float64(p.apart(lane[at-1], id))
	}
	if at < len(lane)-1 {
		high = y[lane[at+1]] - float64(p.apart(id, lane[at+1]))
	}
	return low, high
}

// apart is the least distance of two knots that follow each other in a lane.
func (p *part) apart(upper, lower int32) int {
	a, b := &p.knots[upper], &p.knots[lower]
	return a.below + a.gap + b.gap + b.above
}
