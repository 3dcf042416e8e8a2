package readmodel

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// A walk ends after its time, with a reason, and long walks wait for each other.
func TestCompute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &Model{walks: make(chan struct{}, 1)}
		endless := func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}
		ended := make(chan error, 1)
		go func() { ended <- m.compute(t.Context(), longWalk, endless) }()
		synctest.Wait()

		if err := m.compute(t.Context(), longWalk-1, func(context.Context) error { return nil }); err != nil {
			t.Errorf("a short walk: %v", err)
		}
		impatient, cancel := context.WithTimeout(t.Context(), walkTime/2)
		defer cancel()
		if err := m.compute(impatient, longWalk, endless); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrCostly) {
			t.Errorf("a long walk whose client left before its turn: %v", err)
		}
		began := time.Now()
		if err := <-ended; !errors.Is(err, ErrCostly) || !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != walkTime/2 {
			t.Errorf("a walk without an end: %v after %v", err, time.Since(began))
		}
		if err := m.compute(t.Context(), longWalk, func(context.Context) error { return nil }); err != nil {
			t.Errorf("the next long walk: %v", err)
		}
	})
}
