// Package turn bounds what requests compute. Each request has an account of the steps that it takes. One that takes
// many waits for a turn, of which there are few and which ends after a while, so that short requests do not wait behind
// long ones; and no request takes more than a fixed number. Steps are counted, not timed: the same request is answered
// or refused alike however busy the machine is.
package turn

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
)

// A step is what takes some 50 ns of processor time.
const (
	// Long is the number of steps, some 2 ms, from which on a request needs a turn.
	Long = 40_000
	// slice is the number of steps after which a turn ends if others wait.
	slice = 100_000
	// Most is the number of steps, about a second, that one request may take.
	Most = 20_000_000
)

// ErrCostly means that a request needs more than Most steps.
var ErrCostly = errors.New("more than a second of computing")

// Queue hands out turns: to one of each holder, such as a key, after the other, and of those of a holder to the one
// that has taken the fewest steps.
type Queue struct {
	mu      sync.Mutex
	free    int
	holders []*line // with accounts that wait; the next one first
}

// line is where the accounts of one holder wait.
type line struct {
	holder  any
	waiting []*Account
}

// NewQueue returns a queue that lets so many requests have a turn at a time, at least 1.
func NewQueue(turns int) *Queue { return &Queue{free: max(1, turns)} }

// Account counts the steps of one request. A nil Account counts nothing.
type Account struct {
	queue  *Queue // nil: there is no waiting
	holder any

	mu    sync.Mutex
	steps int
	until int  // the number of steps after which the turn ends
	has   bool // a turn
	ended bool

	// Guarded by the queue's mu.
	granted chan struct{} // closed once a turn was given
	waits   int           // steps taken until then
}

type key struct{}

// Open begins the account of a request of a holder. End it when nothing is computed any more.
func (q *Queue) Open(ctx context.Context, holder any) (context.Context, *Account) {
	a := &Account{queue: q, holder: holder}
	return context.WithValue(ctx, key{}, a), a
}

// Of returns the account of a context; nil if it has none.
func Of(ctx context.Context) *Account {
	a, _ := ctx.Value(key{}).(*Account)
	return a
}

// Bounded returns a context with an account: its own, or a new one whose steps are only bounded.
func Bounded(ctx context.Context) context.Context {
	if Of(ctx) != nil {
		return ctx
	}
	return context.WithValue(ctx, key{}, &Account{})
}

// Without returns a context for work that others wait for, too, and that is not on the account of a request.
func Without(ctx context.Context) context.Context {
	return context.WithValue(ctx, key{}, (*Account)(nil))
}

// Take counts steps that were or are now taken. It waits for a turn if the request has become a long one. Its errors
// are ErrCostly and those of the context.
func Take(ctx context.Context, steps int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return Of(ctx).take(ctx, steps, 0)
}

// Expect waits for a turn if so many steps more make the request a long one. It does not count them.
func Expect(ctx context.Context, steps int) error { return Of(ctx).take(ctx, 0, steps) }

func (a *Account) take(ctx context.Context, steps, expected int) error {
	if a == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.steps += steps
	switch {
	case a.steps > Most:
		return ErrCostly
	case a.queue == nil || a.ended || a.steps+expected < Long, a.has && a.steps < a.until:
		return nil
	case a.has && !a.queue.pass():
		a.until = a.steps + slice
		return nil
	}
	a.has = false
	if err := a.queue.wait(ctx, a); err != nil {
		return err
	}
	a.has, a.until = true, a.steps+slice
	return nil
}

// Pause gives the turn of a context back while it waits for something else. The next steps ask for it again.
func Pause(ctx context.Context) { Of(ctx).release(false) }

// End gives the turn back for good.
func (a *Account) End() { a.release(true) }

func (a *Account) release(ended bool) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = a.ended || ended
	if a.has {
		a.has = false
		a.queue.giveBack()
	}
}

// wait takes a turn.
func (q *Queue) wait(ctx context.Context, a *Account) error {
	q.mu.Lock()
	if q.free > 0 {
		q.free--
		q.mu.Unlock()
		return nil
	}
	granted := make(chan struct{})
	a.granted, a.waits = granted, a.steps
	q.enter(a)
	q.mu.Unlock()
	select {
	case <-granted:
		return nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	given := !q.leave(a)
	q.mu.Unlock()
	if given {
		q.giveBack()
	}
	return ctx.Err()
}

// enter lets an account wait behind those of its holder.
func (q *Queue) enter(a *Account) {
	for _, l := range q.holders {
		if l.holder == a.holder {
			l.waiting = append(l.waiting, a)
			return
		}
	}
	q.holders = append(q.holders, &line{holder: a.holder, waiting: []*Account{a}})
}

// leave takes an account out of the queue; it reports whether it was still there.
func (q *Queue) leave(a *Account) bool {
	for i, l := range q.holders {
		for j, other := range l.waiting {
			if other != a {
				continue
			}
			if l.waiting = append(l.waiting[:j:j], l.waiting[j+1:]...); len(l.waiting) == 0 {
				q.holders = append(q.holders[:i:i], q.holders[i+1:]...)
			}
			return true
		}
	}
	return false
}

// giveBack passes a turn on.
func (q *Queue) giveBack() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.handOver() {
		q.free++
	}
}

// pass is giveBack if anyone waits, which it reports.
func (q *Queue) pass() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.handOver()
}

// handOver gives a turn to one of the next holder's; it reports whether any waited.
func (q *Queue) handOver() bool {
	if len(q.holders) == 0 {
		return false
	}
	l := q.holders[0]
	q.holders = q.holders[1:]
	next := slices.MinFunc(l.waiting, func(a, b *Account) int { return cmp.Compare(a.waits, b.waits) })
	if l.waiting = slices.DeleteFunc(l.waiting, func(a *Account) bool { return a == next }); len(l.waiting) > 0 {
		q.holders = append(q.holders, l)
	}
	close(next.granted)
	return true
}
