package turn

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
)

// Short requests need no turn, long ones wait for one, and none is lost.
func TestTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(1)
		long, first := q.Open(t.Context(), "a")
		if err := Take(long, Long); err != nil {
			t.Fatal(err)
		}
		short, account := q.Open(t.Context(), "a")
		defer account.End()
		if err := Take(short, Long-1); err != nil {
			t.Errorf("a short request: %v", err)
		}
		second := make(chan error, 1)
		go func() { second <- Take(short, 1) }()
		synctest.Wait()
		select {
		case err := <-second:
			t.Errorf("two turns at a time: %v", err)
		default:
		}
		Pause(long)
		synctest.Wait()
		if err := <-second; err != nil {
			t.Error(err)
		}
		impatient, cancel := context.WithCancel(long)
		cancel()
		if err := Take(impatient, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("a client that has gone: %v", err)
		}
		account.End()
		if err := Take(long, 1); err != nil {
			t.Errorf("after the pause: %v", err)
		}
		first.End()
		if q.free != 1 || len(q.holders) > 0 {
			t.Errorf("%d turns, %d lines", q.free, len(q.holders))
		}
		if err := Take(long, 1); err != nil || q.free != 1 {
			t.Errorf("after the end: %v, %d turns", err, q.free)
		}
	})
}

// One of each holder is served after the other, in the order in which they came.
func TestHoldersTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(1)
		busy, account := q.Open(t.Context(), "a")
		if err := Expect(busy, Long); err != nil {
			t.Fatal(err)
		}
		var served []string
		for _, name := range []string{"a1", "a2", "a3", "b1", "c1", "b2"} {
			ctx, account := q.Open(t.Context(), name[0])
			go func() {
				if err := Take(ctx, Long); err != nil {
					t.Error(err)
				}
				served = append(served, name)
				account.End()
			}()
			synctest.Wait()
		}
		gone, cancel := context.WithCancel(t.Context())
		ctx, _ := q.Open(gone, "d")
		left := make(chan error, 1)
		go func() { left <- Take(ctx, Long) }()
		synctest.Wait()
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("one that went: %v", err)
		}
		account.End()
		synctest.Wait()
		if want := []string{"a1", "b1", "c1", "a2", "b2", "a3"}; !slices.Equal(served, want) {
			t.Errorf("served %v, want %v", served, want)
		}
	})
}

// Steps are bounded with a queue or without.
func TestCostly(t *testing.T) {
	t.Parallel()
	withQueue, account := NewQueue(1).Open(t.Context(), nil)
	defer account.End()
	for name, ctx := range map[string]context.Context{"queue": Bounded(withQueue), "none": Bounded(t.Context())} {
		if err := Take(ctx, Most/2); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := Take(ctx, Most/2+1); !errors.Is(err, ErrCostly) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, ctx := range []context.Context{t.Context(), Without(withQueue)} {
		if err := Take(ctx, 2*Most); err != nil {
			t.Errorf("no account: %v", err)
		}
		Pause(ctx)
	}
}

// A turn ends after a slice if others wait; the request that has taken the fewest steps is next.
func TestTurnsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(1)
		var served []string
		request := func(name string, pieces, steps int) {
			ctx, account := q.Open(t.Context(), "a")
			go func() {
				defer account.End()
				for range pieces {
					if err := Take(ctx, steps); err != nil {
						t.Error(err)
					}
					served = append(served, name)
				}
			}()
			synctest.Wait()
		}
		busy, account := q.Open(t.Context(), "a")
		if err := Take(busy, Long); err != nil {
			t.Fatal(err)
		}
		request("long", 3, 2*slice)
		request("short", 1, Long)
		request("middle", 2, slice)
		account.End()
		synctest.Wait()
		if want := []string{"short", "middle", "long", "middle", "long", "long"}; !slices.Equal(served, want) {
			t.Errorf("served %v, want %v", served, want)
		}
		if q.free != 1 {
			t.Errorf("%d turns", q.free)
		}
	})
}
