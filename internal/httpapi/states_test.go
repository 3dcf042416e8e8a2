package httpapi

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// States are kept by weight, those used last; the very last whatever it weighs.
func TestStatesAreKeptByWeight(t *testing.T) {
	var loaded []int64
	s := newStates(100, func(w *int) int { return *w }, func(_ context.Context, key stateKey) (*int, error) {
		loaded = append(loaded, key.version)
		weight := map[int64]int{1: 40, 2: 40, 3: 40, 4: 500}[key.version]
		if weight == 0 {
			return nil, errors.New("no such version")
		}
		return &weight, nil
	})
	ask := func(version int64) {
		t.Helper()
		if _, err := s.of(t.Context(), 1, 1, version); err != nil {
			t.Error(err)
		}
	}
	for _, version := range []int64{1, 2, 1, 3, 1, 2, 4, 4, 1} {
		ask(version)
	}
	// 3 pushes out 2, which was used before 1; 2 pushes out 3; 4 pushes out all, and 1 pushes out 4.
	if want := []int64{1, 2, 3, 2, 4, 1}; !slices.Equal(loaded, want) {
		t.Errorf("loaded %v, want %v", loaded, want)
	}
	if s.total != 40 || s.order.Len() != 1 {
		t.Errorf("%d states of weight %d are kept", s.order.Len(), s.total)
	}
	if _, err := s.of(t.Context(), 1, 1, 9); err == nil {
		t.Error("a state that cannot be loaded is no error")
	}
	ask(1)
	if len(loaded) != 7 || s.order.Len() != 1 {
		t.Errorf("a failure is kept, or pushed out what was: %v, %d kept", loaded, s.order.Len())
	}
}
