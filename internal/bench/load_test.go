package bench

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// perSecond is the rate of requests of every load; the requests do not wait for each
// other, as those of many people do not.
const perSecond = 50

// maxOpen bounds the requests under way. A server that answers more slowly than it is
// asked would pile them up for ever; at this many the load stops, and the report says so.
const maxOpen = 200

// load is what one kind of request cost.
type load struct {
	took     []time.Duration // from when the request was due
	refused  int             // 503 and 429
	failed   int             // any other status than 200
	sent     int
	used     time.Duration // processor time of the server
	overrun  bool
	duration time.Duration
}

// request is one call of a load; n counts them from 0.
type request func(n int) (status int, err error)

// get reads one of several addresses after the other.
func (s *server) get(paths ...string) request {
	return func(n int) (int, error) {
		status, _, err := s.try(http.MethodGet, paths[n%len(paths)], "", nil)
		return status, err
	}
}

// load sends requests at the fixed rate for so long, or until done, and waits for all of them.
func (s *server) load(duration time.Duration, done <-chan struct{}, send request) load {
	var l load
	var mu sync.Mutex
	var wg sync.WaitGroup
	open := make(chan struct{}, maxOpen)
	began, before := time.Now(), s.used()
	tick := time.NewTicker(time.Second / perSecond)
	defer tick.Stop()
	for running := true; running && time.Since(began) < duration; {
		select {
		case <-done:
			running = false
			continue
		case <-tick.C:
		}
		select {
		case open <- struct{}{}:
		default:
			l.overrun, running = true, false
			continue
		}
		n, due := l.sent, time.Now()
		l.sent++
		wg.Go(func() {
			status, err := send(n)
			took := time.Since(due)
			<-open
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && status == http.StatusOK:
				l.took = append(l.took, took)
			case status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests:
				l.refused++
			default:
				l.failed++
			}
		})
	}
	wg.Wait()
	l.used, l.duration = s.used()-before, time.Since(began)
	slices.Sort(l.took)
	return l
}

// percentile is 0 where no request was answered.
func (l load) percentile(p int) time.Duration {
	if len(l.took) == 0 {
		return 0
	}
	return l.took[(len(l.took)-1)*p/100]
}

func (l load) String() string {
	text := fmt.Sprintf("p50 %8.1f ms  p99 %8.1f ms  cpu %6.2f ms each  of %d", ms(l.percentile(50)), ms(l.percentile(99)), ms(l.used)/float64(max(1, l.sent)), l.sent)
	if l.refused > 0 {
		text += fmt.Sprintf("  %d refused", l.refused)
	}
	if l.failed > 0 {
		text += fmt.Sprintf("  %d FAILED", l.failed)
	}
	if l.overrun {
		text += fmt.Sprintf("  stopped after %.1f s: %d requests were open", l.duration.Seconds(), maxOpen)
	}
	return text
}

func (l load) print(label string) { fmt.Printf("%-44s %s\n", label, l) }
