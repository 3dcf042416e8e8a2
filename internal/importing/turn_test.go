package importing

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Large imports work one after the other; small ones do not wait for them.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		large := []catalog.Part{{Name: "manifest", Size: largeImport - 1}, {Name: "catalog", Size: 1}}
		var turns turns
		end, err := turns.take(t.Context(), large)
		if err != nil {
			t.Fatal(err)
		}
		small, err := turns.take(t.Context(), large[:1])
		if err != nil {
			t.Fatal(err)
		}
		small()
		canceled, cancel := context.WithCancel(t.Context())
		next, gaveUp := make(chan func(), 1), make(chan error, 1)
		go func() { _, err := turns.take(canceled, large); gaveUp <- err }()
		go func() {
			end, err := turns.take(t.Context(), large)
			if err != nil {
				t.Error(err)
			}
			next <- end
		}()
		synctest.Wait()
		if len(next)+len(gaveUp) > 0 {
			t.Error("a second large import did not wait")
		}
		cancel()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) {
			t.Errorf("canceled while it waited: %v", err)
		}
		end()
		(<-next)()
	})
}
