package importing

import (
	"context"
	"sync"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// largeImport is the size of artifacts from which on an import works alone: it keeps
// all processors busy, and several at once need as many times the memory and more
// time to collect it.
const largeImport = 8 << 20 // bytes, packed or not

// turns lets one large import work at a time. Its zero value is ready.
type turns struct {
	once sync.Once
	free chan struct{}
}

// take waits for the turn of an import and returns a function that gives it back.
func (t *turns) take(ctx context.Context, parts []catalog.Part) (end func(), err error) {
	size := int64(0)
	for _, p := range parts {
		size += p.Size
	}
	if size < largeImport {
		return func() {}, nil
	}
	t.once.Do(func() { t.free = make(chan struct{}, 1) })
	select {
	case t.free <- struct{}{}:
		return func() { <-t.free }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
