package readmodel

import (
	"context"
	"errors"
	"testing"

	"github.com/thalweg-data/thalweg/internal/turn"
)

// A walk ends with a reason, whether or not the request that it is for has an account.
func TestCompute(t *testing.T) {
	t.Parallel()
	endless := func(ctx context.Context) error {
		walk := &walker{ctx: ctx}
		for !walk.stops(1000) {
		}
		return walk.err
	}
	if err := compute(t.Context(), 1, endless); !errors.Is(err, turn.ErrCostly) {
		t.Errorf("an endless walk: %v", err)
	}
	if err := computeAll(t.Context(), turn.Most+1, func() error { return nil }); !errors.Is(err, turn.ErrCostly) {
		t.Errorf("a walk that is too long: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := compute(gone, 1, endless); !errors.Is(err, context.Canceled) {
		t.Errorf("a client that has gone: %v", err)
	}
}
