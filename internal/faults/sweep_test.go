//go:build linux

package faults

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// shortPoints is how many kills the short form spreads over an import.
const shortPoints = 12

// F02, F03, F04: the server is killed at each call that changes its disk, or
// that speaks to PostgreSQL, from the first byte of an upload to the end of the
// process that imported it.
func TestKillSweep(t *testing.T) {
	onBoth(t, func(t *testing.T, kind string) {
		k := calmOf(t, kind)
		points := points(t, kind, k)
		tally := newTally()
		for _, n := range points {
			killAt(t, kind, k, n, tally)
			if t.Failed() {
				t.Fatalf("kill point %d", n)
			}
		}
		tally.tell(t)
		tally.demand(t)
	})
}

// points chooses the kill points: every one in the long form.
func points(t *testing.T, kind string, k *calm) []int {
	t.Helper()
	total := countCalls(t, kind, k, place.matching)
	if total < 100 {
		t.Fatalf("an import makes %d calls only: the sweep does not see them", total)
	}
	var all []int
	step := 1.0
	if !full() {
		step = float64(total-1) / (shortPoints - 1)
	}
	for at := 1.0; at < float64(total)+0.5; at += step {
		all = append(all, int(at+0.5))
	}
	t.Logf("%d calls in one import, %d kill points", total, len(all))
	return all
}

// matching gives the calls that count as kill points on a place.
func (p place) matching() func(call) bool {
	disk := toDisk(p.data + "/")
	if p.dsn == "" {
		return disk
	}
	return func(c call) bool { return toDatabase(c) || disk(c) }
}

// countCalls counts the calls of one undisturbed import, and of the stop after
// it, that match.
func countCalls(t *testing.T, kind string, k *calm, match func(place) func(call) bool) int {
	t.Helper()
	p := prepared(t, kind)
	trap := newTrap(match(p))
	s := serve(t, p, options{trap: trap})
	c := s.client(p.key)
	trap.arm(0)
	id := c.apply(p.schema, after(t))
	if got := c.counters(id); got != k.counters {
		t.Fatalf("counters under the trap: %v, want %v", got, k.counters)
	}
	s.stop()
	return trap.count()
}

// killAt kills the server at the n-th call and demands that what is left is
// right: invariants I1 to I6.
func killAt(t *testing.T, kind string, k *calm, n int, tally *tally) {
	t.Helper()
	p := prepared(t, kind)
	defer func() { _ = os.RemoveAll(p.data) }() // hundreds of them
	trap := newTrap(p.matching())
	s := serve(t, p, options{trap: trap})
	c := s.client(p.key)
	f := newForm(t, p.schema, after(t))
	watcher := k.watch(c, p.schema)
	trap.arm(n)
	first, err := c.upload(f, "sweep")
	if err == nil && first.status != http.StatusAccepted {
		t.Errorf("upload: %d %s", first.status, first.body)
	}
	if err == nil {
		finish(s, c, first.text("data", "id"))
	}
	tally.looks += watcher.end(t)
	if s.within(10*time.Second) && s.status.Exited() {
		s.stop() // which demands that it ended well
		tally.beyond++
		return
	}
	s.mustBeKilled(time.Second)
	tally.note(trap.where(), err == nil)
	restart(t, p, k, f, first, tally)
}

// finish waits until the process is gone, or its import is over; then it asks
// the process to stop, which writes as well.
func finish(s *process, c *client, id string) {
	eventually(20*time.Second, func() bool {
		r, err := c.do(http.MethodGet, "/api/v1/dbt_imports/"+id, nil)
		return s.end() != nil || err == nil && r.text("data", "attributes", "status") == "completed"
	})
	s.signal(syscall.SIGTERM)
}

// restart starts the server again after its death, sends the same request once
// more, and compares what comes of it with the calm run.
func restart(t *testing.T, p place, k *calm, f form, first reply, tally *tally) {
	t.Helper()
	p.expire(t)
	s := serve(t, p, options{})
	c := s.client(p.key)
	watcher := k.watch(c, p.schema)
	if n := c.imports(p.schema); n == 1 {
		tally.nothing++ // F02: it never came
	} else if first.status == 0 {
		tally.unanswered++ // F03: it came, and nobody was told
	}
	again, err := c.upload(f, "sweep")
	if err != nil || again.status != http.StatusAccepted {
		t.Fatalf("the request again: %v, %d %s", err, again.status, again.body)
	}
	id := again.text("data", "id")
	if first.status != 0 && first.text("data", "id") != id {
		t.Errorf("I2: import %s was acknowledged, the same request then gave %s", first.text("data", "id"), id)
	}
	if status := c.await(id, 30*time.Second); status != "completed" {
		t.Fatalf("import %s is %s: %s", id, status, c.get("/api/v1/dbt_imports/"+id).body)
	}
	tally.looks += watcher.end(t)
	p.mustBeCalm(t, c, k, id)
	s.stop()
	p.mustBeClean(t)
}

// mustBeCalm demands that the schema and the import look as if nothing had
// happened.
func (p place) mustBeCalm(t *testing.T, c *client, k *calm, id string) {
	t.Helper()
	if got := c.counters(id); got != k.counters {
		t.Errorf("I4: counters %v, want %v", got, k.counters)
	}
	if n := c.imports(p.schema); n != 2 {
		t.Errorf("%d imports, want 2", n)
	}
	if d := c.view(p.schema).difference(k.after); d != "" {
		t.Errorf("I3: the state is not that of a calm run:\n%s", d)
	}
}

// tally sums up a sweep.
type tally struct {
	kills               int
	answered, beyond    int
	nothing, unanswered int
	looks               int // of readers meanwhile
	calls               map[string]int
}

func newTally() *tally { return &tally{calls: map[string]int{}} }

func (s *tally) note(where string, answered bool) {
	s.kills++
	if answered {
		s.answered++
	}
	name, file, _ := strings.Cut(where, " ")
	s.calls[name+" "+noun(file)]++
}

// noun tells what kind of file a call went to.
func noun(file string) string {
	for _, n := range []string{"catalog.db-wal", "catalog.db-shm", "catalog.db", "spool", "sha256", "socket"} {
		if strings.Contains(file, n) {
			return n
		}
	}
	return "folder"
}

func (s *tally) tell(t *testing.T) {
	t.Helper()
	var calls []string
	for _, c := range slices.Sorted(maps.Keys(s.calls)) {
		calls = append(calls, fmt.Sprintf("%s %d", c, s.calls[c]))
	}
	t.Logf("%d kills: %d before the import was accepted, %d after that and before the reply, %d after the reply; %d points lay beyond the end. Readers looked %d times. Killed at: %s",
		s.kills, s.nothing, s.unanswered, s.answered, s.beyond, s.looks, strings.Join(calls, ", "))
}

// demand makes sure that the sweep hit what it is for.
func (s *tally) demand(t *testing.T) {
	t.Helper()
	if s.nothing == 0 || s.answered == 0 || s.beyond > s.kills/10+1 || s.looks < s.kills {
		t.Errorf("the sweep missed: %+v", *s)
	}
}
