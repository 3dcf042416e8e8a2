package resolve

import "github.com/thalweg-data/thalweg/internal/sql/arena"

// edge is an Edge in the making. Base columns are numbered within their table,
// paths within the resolver.
type edge struct {
	table, column, path int32
	kinds               KindSet
	confidence          Confidence
	masked              bool
}

// sameColumn reports whether two edges have the same origin.
func (e edge) sameColumn(o edge) bool {
	return e.column == o.column && e.table == o.table && e.path == o.path
}

// use is the way in which an expression uses a column.
type use struct {
	kinds  KindSet
	masked bool
}

// with is the use of an operand inside: a value that is worked on, or a test.
func (u use) with(kinds KindSet) use {
	if !u.kinds.IsValue() {
		return u
	}
	if !kinds.IsValue() {
		return use{kinds: kinds, masked: u.masked}
	}
	u.kinds |= kinds
	return u
}

// edgeSet collects edges without duplicates, in the order of their arrival.
type edgeSet struct {
	edges []edge
	index map[edgeKey]int32
	// memory is where the list grows.
	memory *arena.Of[edge]
}

func (r *resolver) edgeSet() edgeSet { return edgeSet{memory: &r.edges} }

type edgeKey struct{ table, column, path int32 }

// indexedFrom is the size from which on a map is faster than looking through the list.
const indexedFrom = 24

// add merges an edge: kinds unite, the surest way counts, and a value is masked
// only if every way masks it.
func (s *edgeSet) add(e edge) {
	if i := s.find(e); i >= 0 {
		old := &s.edges[i]
		old.masked = mergeMasked(*old, e)
		old.kinds |= e.kinds
		old.confidence = min(old.confidence, e.confidence)
		return
	}
	if s.index != nil {
		s.memory.Meter.Bytes += mapEntry
		s.index[edgeKey{e.table, e.column, e.path}] = int32(len(s.edges))
	}
	if len(s.edges) == cap(s.edges) {
		s.edges = s.memory.Grown(s.edges)
	}
	s.edges = append(s.edges, e)
}

// mergeMasked compares values only: a mask around a test is irrelevant.
func mergeMasked(a, b edge) bool {
	switch {
	case !a.kinds.IsValue():
		return b.masked
	case !b.kinds.IsValue():
		return a.masked
	default:
		return a.masked && b.masked
	}
}

func (s *edgeSet) find(e edge) int {
	if s.index == nil {
		if len(s.edges) < indexedFrom {
			for i := range s.edges {
				if s.edges[i].sameColumn(e) {
					return i
				}
			}
			return -1
		}
		s.index = make(map[edgeKey]int32, 4*indexedFrom)
		for i, old := range s.edges {
			s.index[edgeKey{old.table, old.column, old.path}] = int32(i)
		}
	}
	if i, ok := s.index[edgeKey{e.table, e.column, e.path}]; ok {
		return int(i)
	}
	return -1
}
