package store

import (
	"slices"
	"sync"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// leaseLines are the callers of this process that wait for leases: those of a schema get it in the order in which they
// came. Only the first of a line asks the database, which callers in other processes ask too.
type leaseLines struct {
	mu sync.Mutex
	of map[leaseLine][]*leaseTurn
}

type leaseLine struct {
	ws     int64
	schema catalog.SchemaID
}

// leaseTurn is the place of a caller in a line.
type leaseTurn struct {
	first chan struct{} // closed once it is the first
	freed chan struct{} // the lease may be free
}

// join adds a caller to the end of a line.
func (l *leaseLines) join(line leaseLine) *leaseTurn {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := &leaseTurn{first: make(chan struct{}), freed: make(chan struct{}, 1)}
	if l.of == nil {
		l.of = map[leaseLine][]*leaseTurn{}
	}
	if l.of[line] = append(l.of[line], t); len(l.of[line]) == 1 {
		close(t.first)
	}
	return t
}

// leave removes a caller, whether it has the lease or gave up.
func (l *leaseLines) leave(line leaseLine, t *leaseTurn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	turns := l.of[line]
	wasFirst := turns[0] == t
	turns = slices.DeleteFunc(turns, func(other *leaseTurn) bool { return other == t })
	if len(turns) == 0 {
		delete(l.of, line)
		return
	}
	if l.of[line] = turns; wasFirst {
		close(turns[0].first)
	}
}

// isEmpty reports whether nobody waits.
func (l *leaseLines) isEmpty(line leaseLine) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.of[line]) == 0
}

// noteFreed has the first of a line look at once.
func (l *leaseLines) noteFreed(line leaseLine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if turns := l.of[line]; len(turns) > 0 {
		select {
		case turns[0].freed <- struct{}{}:
		default:
		}
	}
}
