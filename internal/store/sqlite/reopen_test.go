package sqlite

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Who took a pool just before a reopen is served all the same: what is dropped
// is handles, not requests.
func TestRequestsLiveThroughAReopen(t *testing.T) {
	e := newEngine(t.TempDir())
	if err := e.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := store.New(e, time.Now)
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, _, err := s.CreateImport(t.Context(), catalog.DefaultWorkspace, store.NewImport{SchemaID: 1}); !errors.Is(err, catalog.ErrNotFound) {
					t.Errorf("a writer: %v", err)
					return
				}
				if _, err := s.Schemas(t.Context(), catalog.DefaultWorkspace, nil, store.Page{}); err != nil {
					t.Errorf("a reader: %v", err)
					return
				}
			}
		})
	}
	reopens := 100
	if testing.Short() {
		reopens = 10
	}
	for range reopens {
		if err := e.reopen(); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	readers.Wait()
}
