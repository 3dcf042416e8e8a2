package lineage

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// textsAhead are texts that are fetched while other models are read.
type textsAhead struct {
	done  chan struct{} // closed when texts is complete
	texts map[catalog.Hash]string
}

// readAhead begins to fetch the texts of tables, as many as one part has. Those
// that come out missing are asked for again when they are needed.
func (t *Tracer) readAhead(ctx context.Context, numbers []int32) {
	var hashes []catalog.Hash
	for _, n := range numbers[:min(len(numbers), chunk)] {
		if code := t.tables[n].Code; code.hasText() {
			hashes = append(hashes, code.Compiled)
		}
	}
	if len(hashes) == 0 {
		return
	}
	a := &textsAhead{done: make(chan struct{})}
	t.ahead = a
	go func() {
		defer close(a.done)
		if texts, err := t.store.Texts(ctx, hashes); err == nil {
			a.texts = texts
		}
	}()
}

// wait returns what was fetched.
func (a *textsAhead) wait() map[catalog.Hash]string {
	if a == nil {
		return nil
	}
	<-a.done
	return a.texts
}
