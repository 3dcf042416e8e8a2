package graph

import "slices"

// NoLimit as a depth or a limit means that there is none.
const NoLimit = -1

// Reach is the result of a traversal: nodes by distance, then by number.
type Reach struct {
	IDs    []int32
	Depths []int32 // steps from the nearest start, in the order of IDs
	Total  int     // nodes that there are; more than len(IDs) if the limit cut the answer
}

// Descendants returns ids and what is made from them in at most depth steps, the first limit of them.
// Numbers that are not in the graph reach nothing.
func (g *Graph) Descendants(ids []int32, depth, limit int) Reach {
	return g.search(nil, g.down, ids, depth, limit)
}

// Ancestors returns ids and what they are made from in at most depth steps, the first limit of them.
// Numbers that are not in the graph reach nothing.
func (g *Graph) Ancestors(ids []int32, depth, limit int) Reach {
	return g.search(nil, g.up, ids, depth, limit)
}

// search is a breadth-first search. It keeps counting beyond the limit, so that Total is exact.
// What it returns once the meter stopped is incomplete.
func (g *Graph) search(m *meter, neighbours rows, ids []int32, depth, limit int) Reach {
	var reach Reach
	seen := newBitmap(g.Len())
	var level []int32
	for _, id := range ids {
		if g.holds(id) && seen.add(id) {
			level = append(level, id)
		}
	}
	for step := int32(0); len(level) > 0; step++ {
		slices.Sort(level)
		reach.add(level, step, limit)
		if depth >= 0 && int(step) >= depth {
			break
		}
		var following []int32
		for _, id := range level {
			row := neighbours.of(id)
			if m.take(3 + len(row)/4) {
				return reach
			}
			for _, neighbour := range row {
				if seen.add(neighbour) {
					following = append(following, neighbour)
				}
			}
		}
		level = following
	}
	return reach
}

func (r *Reach) add(level []int32, depth int32, limit int) {
	r.Total += len(level)
	if limit >= 0 {
		level = level[:min(len(level), max(0, limit-len(r.IDs)))]
	}
	r.IDs = append(r.IDs, level...)
	for range level {
		r.Depths = append(r.Depths, depth)
	}
}

func (g *Graph) holds(id int32) bool { return id >= 0 && int(id) < g.Len() }
