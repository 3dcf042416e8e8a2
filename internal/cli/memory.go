package cli

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// A memoryGoal is the size below which the Go heap of a process should stay, and the room that it has beyond one and a
// half times of what is live where that is more. GOMEMLIMIT overrides it.
type memoryGoal struct{ size, room int64 } // bytes

var (
	serverMemory = memoryGoal{260 << 20, 48 << 20}
	// diffMemory is for a command that shares a small machine with others.
	diffMemory = memoryGoal{110 << 20, 16 << 20}
)

// heapFloor is the size up to which the heap may grow before it is collected. A
// server at rest holds some 10 MB: collecting at twice that would take a quarter of
// the processor time of small imports. An import of 10,000 models holds 30 to 65 MB.
const heapFloor = 128 << 20 // bytes

// usualPercent is Go's own setting of how much the heap grows between collections.
const usualPercent = 100

// keepMemory sets the goal, and raises it while the live heap comes near it: a
// goal below what is needed would make the collector run all the time. While the
// live heap is small it is collected less often, unless GOGC is set. The returned
// function stops it.
func keepMemory(ctx context.Context, goal memoryGoal) (end func()) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	before := debug.SetMemoryLimit(goal.size)
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Second / 4) // an import doubles a small heap in less than a second
		defer tick.Stop()
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		percent := usualPercent
		defer func() {
			if percent != usualPercent {
				debug.SetGCPercent(usualPercent)
			}
		}()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				metrics.Read(live)
				held := int64(live[0].Value.Uint64())
				debug.SetMemoryLimit(goal.of(held))
				if now := percentFor(held); now != percent && os.Getenv("GOGC") == "" {
					debug.SetGCPercent(now)
					percent = now
				}
			}
		}
	}()
	return func() {
		cancel()
		<-done
		debug.SetMemoryLimit(before)
	}
}

// of returns the goal for a live heap.
func (g memoryGoal) of(live int64) int64 { return max(g.size, live+live/2+g.room) }

// percentFor returns how much the heap may grow before it is collected, in percent
// of what is live: up to heapFloor, or by as much as there is. It changes in steps,
// since every change stops the program for a moment.
func percentFor(live int64) int {
	const step, most = 50, 400
	percent := (heapFloor - live) * 100 / max(live, 1)
	return int(min(max(percent/step*step, usualPercent), most))
}
