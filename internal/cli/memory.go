package cli

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// memoryGoal is what the Go part of a server aims to stay below. GOMEMLIMIT sets
// another.
const memoryGoal = 260 << 20 // bytes

// keepMemory sets the goal, and raises it while what is alive comes near it: a
// goal below what is needed would have the collector run all the time. The
// function that it gives ends that.
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

// goalFor leaves half as much again as is alive, and room for memory outside the heap.
func goalFor(live int64) int64 { return max(memoryGoal, live+live/2+48<<20) }
