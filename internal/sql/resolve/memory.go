package resolve

import "sync"

// memory is what resolving a script works in: arenas for what scopes are made
// of, and lists whose memory serves the next script.
type memory struct {
	names     names
	columns   arena[column]
	pointers  arena[*column]
	keys      arena[name]
	edges     arena[edge]
	relations arena[relation]
	sources   arena[source]
	scopes    arena[scope]
	members   arena[member]
	ctes      arena[cte]
	frames    arena[frame]
	base      arena[table]
	texts     arena[string]
	places    arena[int32]

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
var memories = sync.Pool{New: func() any { return new(memory) }}

// largestList bounds the lists that are kept for the next script.
const largestList = 1 << 10

// release gives memory back. A resolver that panicked does not come here: its
// memory is in disorder and left to the collector.
func (m *memory) release() {
	m.names.reset()
	m.columns.reset()
	m.pointers.reset()
	m.keys.reset()
	m.edges.reset()
	m.relations.reset()
	m.sources.reset()
	m.scopes.reset()
	m.members.reset()
	m.ctes.reset()
	m.frames.reset()
	m.base.reset()
	m.texts.reset()
	m.places.reset()
	m.matches = emptied(m.matches)
	m.bound = emptied(m.bound)
	m.clauses = emptied(m.clauses)
	m.tables = emptied(m.tables)
	m.paths = emptied(m.paths)
	memories.Put(m)
}

// emptied gives the memory of a list, without what it held or holds no more.
func emptied[T any](list []T) []T {
	if cap(list) > largestList {
		return nil
	}
	list = list[:cap(list)]
	clear(list)
	return list[:0]
}
