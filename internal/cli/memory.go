package cli

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// memoryGoal is the size below which the Go heap of a server should stay.
// GOMEMLIMIT overrides it.
const memoryGoal = 260 << 20 // bytes

// keepMemory sets the goal, and raises it while the live heap comes near it: a
// goal below what is needed would make the collector run all the time. The
// returned function stops it.
func keepMemory(ctx context.Context) (end func()) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	debug.SetMemoryLimit(memoryGoal)
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				metrics.Read(live)
				debug.SetMemoryLimit(goalFor(int64(live[0].Value.Uint64())))
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// goalFor returns one and a half times the live heap, with room for memory outside the
// heap.
func goalFor(live int64) int64 { return max(memoryGoal, live+live/2+48<<20) }
