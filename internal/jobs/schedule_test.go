package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/postgres"
)

func TestNextTime(t *testing.T) {
	for _, c := range []struct{ cron, zone, after, want string }{
		{"@hourly", "", "2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z"},
		{"30 2 * * *", "Europe/Berlin", "2026-03-01T12:00:00Z", "2026-03-02T01:30:00Z"},
		// The hour that spring skips: 02:30 does not exist on 29 March.
		{"30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T00:30:00Z"},
		// The hour that autumn repeats: 02:30 comes twice on 25 October, and is due once.
		{"30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
		{"30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		{"@hourly", "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"},
		{"0 0 29 2 *", "UTC", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z"},
	} {
		after, _ := time.Parse(time.RFC3339, c.after)
		got, err := jobs.NextTime(c.cron, c.zone, after)
		if err != nil || got.Format(time.RFC3339) != c.want {
			t.Errorf("%s %s after %s: %s, %v, want %s", c.cron, c.zone, c.after, got.Format(time.RFC3339), err, c.want)
		}
	}
	for _, c := range [][2]string{{"", ""}, {"* * *", ""}, {"61 * * * *", ""}, {"@hourly", "Mars/Phobos"}, {"0 0 31 2 *", ""}} {
		if _, err := jobs.NextTime(c[0], c[1], time.Now()); !errors.Is(err, catalog.ErrInvalid) {
			t.Errorf("%q in %q: %v", c[0], c[1], err)
		}
	}
}

// A quarter of an hour of a schedule by the minute, with two runners on one store.
func TestSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		var ran atomic.Int64
		kind := jobs.Kind{Name: "k", Ordered: true, Run: func(_ context.Context, a *jobs.Attempt) error {
			if string(a.Job.Arguments) != "x" || a.Job.Schedule == 0 {
				t.Errorf("%+v", a.Job)
			}
			ran.Add(1)
			return nil
		}}
		schedule(t, s, kind, "* * * * *")
		stop, other := start(s, jobs.Options{Name: "a"}, kind), start(s, jobs.Options{Name: "b"}, kind)
		time.Sleep(15*time.Minute + 30*time.Second)
		stop()
		other()
		if n := ran.Load(); n != 15 {
			t.Errorf("ran %d times in 15 minutes", n)
		}
		// Three days without a process are made up for once.
		time.Sleep(72 * time.Hour)
		stop = start(s, jobs.Options{Name: "c"}, kind)
		time.Sleep(15 * time.Second)
		stop()
		if n := ran.Load(); n != 16 {
			t.Errorf("ran %d times after three days without a process", n-15)
		}
	})
}

func schedule(t *testing.T, s *store.Store, kind jobs.Kind, cron string) {
	t.Helper()
	r := jobs.New(s, jobs.Options{Now: time.Now, Log: slog.New(slog.DiscardHandler)}, kind)
	if err := r.Schedule(t.Context(), store.Schedule{WS: ws, Kind: "k", Cron: cron, Arguments: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []store.Schedule{{WS: ws, Kind: "unknown", Cron: cron}, {WS: ws, Kind: "k", Cron: "never"}} {
		if err := r.Schedule(t.Context(), bad); !errors.Is(err, catalog.ErrInvalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// The clock goes a day ahead and is set right: the schedule is not silent for a
// day. One that cannot be read, as after an upgrade, harms no other.
func TestClockSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		var ran atomic.Int64
		kind := jobs.Kind{Name: "k", Run: func(context.Context, *jobs.Attempt) error { ran.Add(1); return nil }}
		schedule(t, s, kind, "* * * * *")
		if err := s.PutSchedule(t.Context(), store.Schedule{WS: ws, Kind: "broken", Cron: "x", NextAt: time.Now()}); err != nil {
			t.Fatal(err)
		}
		ahead := func() {
			all, err := s.Schedules(t.Context())
			if err == nil {
				err = s.MoveSchedule(t.Context(), all[0], all[0].NextAt.Add(24*time.Hour))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		ahead()
		stop := start(s, jobs.Options{}, kind)
		time.Sleep(2*time.Minute + 30*time.Second)
		stop()
		if n := ran.Load(); n != 2 {
			t.Errorf("ran %d times in two minutes after the start", n)
		}
		stop = start(s, jobs.Options{}, kind)
		time.Sleep(10 * time.Second)
		before := ran.Load()
		ahead()
		time.Sleep(5 * time.Minute)
		stop()
		if n := ran.Load() - before; n < 3 {
			t.Errorf("ran %d times in five minutes after the clock was set back", n)
		}
	})
}

// Two processes on one PostgreSQL share the jobs and run each once, in order.
func TestTwoReplicas(t *testing.T) {
	url := pgtest.New(t)
	connect := func() *store.Store {
		s, err := postgres.Open(t.Context(), url, postgres.Options{}) // by the database's clock
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	a, b := connect(), connect()
	if err := a.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	e := newEnds()
	last := make(chan int64, 1)
	last <- 0
	kind := jobs.Kind{Name: "k", Ordered: true, Run: func(_ context.Context, a *jobs.Attempt) error {
		if a.Job.Schedule == 0 {
			before := <-last
			if a.Job.ID <= before {
				t.Errorf("job %d after %d", a.Job.ID, before)
			}
			last <- a.Job.ID
		}
		return nil
	}}
	const n = 100
	for range n {
		enqueue(t, a, store.NewJob{Kind: "k", OrderKey: kind.OrderKey(0)})
	}
	schedule(t, a, kind, "* * * * *")
	all, err := a.Schedules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.MoveSchedule(t.Context(), all[0], time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	stopA := start(a, jobs.Options{Name: "a", Slots: 3, Ended: e.add}, kind)
	stopB := start(b, jobs.Options{Name: "b", Slots: 3, Ended: e.add}, kind)
	scheduled := 0
	for range n + 1 {
		if e.wait(t).Job.Schedule != 0 {
			scheduled++
		}
	}
	stopA()
	stopB()
	if scheduled != 1 || e.count() > 1 { // a minute may have begun meanwhile
		t.Errorf("the schedule's job ran %d times, %d more ends", scheduled, e.count())
	}
}
