package resolve

import (
	"sync"

	"github.com/thalweg-data/thalweg/internal/sql/arena"
)

// memory is what resolving a script works in: arenas for what scopes are made
// of, and lists whose memory serves the next script.
type memory struct {
	// meter counts what the arenas give out, and what is estimated of the rest.
	meter     arena.Meter
	names     names
	columns   arena.Of[column]
	pointers  arena.Of[*column]
	keys      arena.Of[name]
	edges     arena.Of[edge]
	relations arena.Of[relation]
	fromItems arena.Of[fromItem]
	scopes    arena.Of[scope]
	members   arena.Of[member]
	ctes      arena.Of[cte]
	frames    arena.Of[frame]
	base      arena.Of[table]
	texts     arena.Of[string]
	places    arena.Of[int32]

	// matches is a stack: what resolving a name found.
	matches []match
	// bound are the parameters of the lambdas around an expression.
	bound []name
	// clauses decide which rows there are, those of all SELECTs met.
	clauses []clause
	tables  []*table
	paths   []string
	// key is where the key of a table is put together.
	key []byte
}

// memories keeps the memory of finished scripts for the next ones.
var memories = sync.Pool{New: func() any { return newMemory() }}

func newMemory() *memory {
	m := new(memory)
	m.columns.Meter, m.pointers.Meter, m.keys.Meter, m.edges.Meter = &m.meter, &m.meter, &m.meter, &m.meter
	m.relations.Meter, m.fromItems.Meter, m.scopes.Meter, m.members.Meter = &m.meter, &m.meter, &m.meter, &m.meter
	m.ctes.Meter, m.frames.Meter, m.base.Meter, m.texts.Meter, m.places.Meter = &m.meter, &m.meter, &m.meter, &m.meter, &m.meter
	return m
}

// largestList bounds the lists that are kept for the next script.
const largestList = 1 << 10

// release returns the memory to the pool. A resolver that panicked does not
// come here: its memory is in disorder and left to the collector.
func (m *memory) release() {
	m.meter.Bytes = 0
	m.names.reset()
	m.columns.Reset()
	m.pointers.Reset()
	m.keys.Reset()
	m.edges.Reset()
	m.relations.Reset()
	m.fromItems.Reset()
	m.scopes.Reset()
	m.members.Reset()
	m.ctes.Reset()
	m.frames.Reset()
	m.base.Reset()
	m.texts.Reset()
	m.places.Reset()
	m.matches = emptied(m.matches)
	m.bound = emptied(m.bound)
	m.clauses = emptied(m.clauses)
	m.tables = emptied(m.tables)
	m.paths = emptied(m.paths)
	memories.Put(m)
}

// emptied returns the memory of a list, without its current and earlier
// members.
func emptied[T any](list []T) []T {
	if cap(list) > largestList {
		return nil
	}
	list = list[:cap(list)]
	clear(list)
	return list[:0]
}
