package jobs_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/store"
)

// One kind of every outcome: what happens, how often it is tried, and what is
// recorded.
func TestOutcomes(t *testing.T) {
	cause := errors.New("disk on fire")
	for name, c := range map[string]struct {
		run      func(attempt int) error
		attempts int
		state    store.JobState
		failure  catalog.Failure
	}{
		"success":     {func(int) error { return nil }, 1, store.JobDone, catalog.Failure{}},
		"bad content": {func(int) error { return jobs.Fail(catalog.Failure{Code: "bad", Message: "bad: it is"}) }, 1, store.JobFailed, catalog.Failure{Code: "bad", Message: "bad: it is"}},
		"heals": {func(n int) error {
			if n < 3 {
				return cause
			}
			return nil
		}, 3, store.JobDone, catalog.Failure{}},
		"never heals": {func(int) error { return cause }, 5, store.JobFailed, catalog.GaveUp(5, cause)},
		"panics":      {func(int) error { panic("boom") }, 5, store.JobFailed, catalog.Crashed(5)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, e := open(t), newEnds()
				tried := 0
				stop := start(s, jobs.Options{Ended: e.add}, jobs.Kind{Name: "k", Run: func(_ context.Context, a *jobs.Attempt) error {
					tried++
					if a.Job.Attempts != tried {
						t.Errorf("attempt %d is the job's %d", tried, a.Job.Attempts)
					}
					return c.run(tried)
				}})
				id := enqueue(t, s, store.NewJob{Kind: "k"})
				end := e.wait(t)
				stop()
				j := job(t, s, id)
				if tried != c.attempts || j.Attempts != c.attempts || j.State != c.state || j.Failure != c.failure {
					t.Errorf("tried %d times; %+v", tried, j)
				}
				if (end.Failure != nil) != (c.state == store.JobFailed) || end.Job.ID != id {
					t.Errorf("end %+v", end)
				}
			})
		})
	}
}

// A job whose worker died on every attempt ends as one that panicked does, and
// does not run again.
func TestDeadWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e := open(t), newEnds()
		id := enqueue(t, s, store.NewJob{Kind: "k"})
		for range 2 {
			if _, err := s.ClaimJob(t.Context(), "dead", []string{"k"}); err != nil {
				t.Fatal(err)
			}
		}
		stop := start(s, jobs.Options{Ended: e.add}, jobs.Kind{Name: "k", MaxAttempts: 2, Run: func(context.Context, *jobs.Attempt) error {
			t.Error("it ran")
			return nil
		}})
		began := time.Now()
		e.wait(t)
		stop()
		if waited := time.Since(began); waited < 50*time.Second || waited > 70*time.Second {
			t.Errorf("retaken after %s", waited)
		}
		if j := job(t, s, id); j.Failure != catalog.Crashed(2) || j.Attempts != 2 {
			t.Errorf("%+v", j)
		}
	})
}

// The heartbeat keeps a long job; its progress is asked for twice a second.
func TestLongJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e := open(t), newEnds()
		p := &progress{}
		kind := jobs.Kind{Name: "k", Run: func(ctx context.Context, a *jobs.Attempt) error {
			a.Show(p)
			select {
			case <-time.After(10 * time.Minute):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}}
		id := enqueue(t, s, store.NewJob{Kind: "k"})
		stop := start(s, jobs.Options{Ended: e.add}, kind)
		other := start(s, jobs.Options{Name: "other", Ended: e.add}, kind)
		e.wait(t)
		stop()
		other()
		if j := job(t, s, id); j.Attempts != 1 || j.State != store.JobDone {
			t.Errorf("%+v", j)
		}
		if n := p.asked.Load(); n < 1000 {
			t.Errorf("progress was asked for %d times in 10 minutes", n)
		}
		if p.outcome != "" {
			t.Errorf("outcome %q", p.outcome)
		}
	})
}

type progress struct {
	asked   atomic.Int64
	outcome string
}

func (p *progress) Changed() (catalog.Report, bool) {
	return catalog.Report{}, p.asked.Add(1)%10 == 0
}

func (p *progress) End(outcome string) catalog.Report {
	p.outcome = outcome
	return catalog.Report{Outcome: outcome}
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e, p := open(t), newEnds(), &progress{}
		began := make(chan struct{})
		stop := start(s, jobs.Options{Ended: e.add}, jobs.Kind{Name: store.KindImport, Run: func(ctx context.Context, a *jobs.Attempt) error {
			a.Show(p)
			close(began)
			<-ctx.Done()
			return errors.New("broken off in the middle")
		}})
		imp := pendingImport(t, s)
		<-began
		asked := time.Now()
		if err := s.CancelImport(t.Context(), ws, imp); err != nil {
			t.Fatal(err)
		}
		end := e.wait(t)
		if took := time.Since(asked); took > time.Second { // of the test's own clock
			t.Errorf("stopped after %v", took)
		}
		stop()
		if j := job(t, s, 1); j.State != store.JobCanceled || j.Failure != catalog.Canceled() || end.Report.Outcome != catalog.OutcomeCanceled {
			t.Errorf("%+v, %+v", j, end)
		}
	})
}

// A canceled job whose worker died before it stopped is ended by the next one.
func TestCanceledAndDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e := open(t), newEnds()
		imp := pendingImport(t, s)
		if _, err := s.ClaimJob(t.Context(), "dead", []string{store.KindImport}); err != nil {
			t.Fatal(err)
		}
		if err := s.CancelImport(t.Context(), ws, imp); err != nil {
			t.Fatal(err)
		}
		stop := start(s, jobs.Options{Ended: e.add}, jobs.Kind{Name: store.KindImport, Run: func(context.Context, *jobs.Attempt) error { return nil }})
		e.wait(t)
		stop()
		if j := job(t, s, 1); j.State != store.JobCanceled || j.Attempts != 1 {
			t.Errorf("%+v", j)
		}
	})
}

// What runs when the process is told to stop has the grace to finish; what has
// not finished then is handed back, and the attempt does not count.
func TestGrace(t *testing.T) {
	for name, c := range map[string]struct {
		takes time.Duration
		state store.JobState
		tries int
	}{
		"finishes":       {20 * time.Second, store.JobDone, 1},
		"is handed back": {time.Hour, store.JobReady, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := open(t)
				began := make(chan struct{})
				stop := start(s, jobs.Options{Grace: 30 * time.Second}, jobs.Kind{Name: "k", Run: func(ctx context.Context, _ *jobs.Attempt) error {
					close(began)
					select {
					case <-time.After(c.takes):
						return nil
					case <-ctx.Done():
						return ctx.Err()
					}
				}})
				id := enqueue(t, s, store.NewJob{Kind: "k"})
				<-began
				stop()
				if j := job(t, s, id); j.State != c.state || j.Attempts != c.tries {
					t.Errorf("%+v", j)
				}
			})
		})
	}
}

// From its third attempt on a job runs alone.
func TestSuspectRunsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e := open(t), newEnds()
		var running atomic.Int64
		work := func(_ context.Context, a *jobs.Attempt) error {
			n := running.Add(1)
			defer running.Add(-1)
			time.Sleep(3 * time.Second)
			if a.Job.Kind == "suspect" && a.Job.Attempts >= 3 && (n > 1 || running.Load() > 1) {
				t.Errorf("attempt %d runs with %d others", a.Job.Attempts, max(n, running.Load())-1)
			}
			if a.Job.Kind == "suspect" {
				return errors.New("again")
			}
			return nil
		}
		enqueue(t, s, store.NewJob{Kind: "suspect"})
		for range 20 {
			enqueue(t, s, store.NewJob{Kind: "innocent"})
		}
		stop := start(s, jobs.Options{Slots: 3, Ended: e.add}, jobs.Kind{Name: "suspect", Run: work}, jobs.Kind{Name: "innocent", Run: work})
		for range 21 {
			e.wait(t)
		}
		stop()
	})
}

// A worker that stood still for longer than its lease changes nothing of a job
// that another has taken over.
func TestStaleWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e := open(t), newEnds()
		stalled := make(chan struct{})
		first := start(deaf{s}, jobs.Options{Name: "first", Ended: e.add}, jobs.Kind{Name: "k", Run: func(ctx context.Context, _ *jobs.Attempt) error {
			close(stalled)
			time.Sleep(5 * time.Minute)
			return nil
		}})
		id := enqueue(t, s, store.NewJob{Kind: "k"})
		<-stalled
		second := start(s, jobs.Options{Name: "second", Ended: e.add}, jobs.Kind{Name: "k", Run: func(context.Context, *jobs.Attempt) error {
			return jobs.Fail(catalog.Failure{Code: "second", Message: "second"})
		}})
		e.wait(t)
		time.Sleep(10 * time.Minute)
		first()
		second()
		if j := job(t, s, id); j.Failure.Code != "second" || e.count() != 0 {
			t.Errorf("%+v and %d more ends", j, e.count())
		}
	})
}

// deaf is a store to which heartbeats do not come through.
type deaf struct{ *store.Store }

func (deaf) Heartbeat(context.Context, store.JobClaim, *catalog.Report) (bool, error) {
	return false, errors.New("no way through")
}

// A lease that is lost stops the work; the job is not this worker's any more.
func TestLeaseLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e := open(t), newEnds()
		id := enqueue(t, s, store.NewJob{Kind: "k"})
		stopped := make(chan struct{})
		stop := start(s, jobs.Options{Ended: e.add}, jobs.Kind{Name: "k", Run: func(ctx context.Context, _ *jobs.Attempt) error {
			<-ctx.Done()
			close(stopped)
			return ctx.Err()
		}})
		synctest.Wait()
		if _, err := s.ClaimJob(t.Context(), "test/0", []string{"k"}); err != nil { // as if its lease had run out
			t.Fatal(err)
		}
		<-stopped
		synctest.Wait()
		if j := job(t, s, id); j.State != store.JobRunning || e.count() != 0 {
			t.Errorf("%+v, %d ends", j, e.count())
		}
		stop()
	})
}

// The end of a job is written as soon as the store answers again.
func TestStoreAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e := open(t), newEnds()
		q := &flaky{Store: s}
		q.failures.Store(4)
		id := enqueue(t, s, store.NewJob{Kind: "k"})
		stop := start(q, jobs.Options{Ended: e.add}, jobs.Kind{Name: "k", Run: func(context.Context, *jobs.Attempt) error { return nil }})
		e.wait(t)
		stop()
		if j := job(t, s, id); j.State != store.JobDone || j.Attempts != 1 {
			t.Errorf("%+v", j)
		}
	})
}

// It is not waited for beyond the grace.
func TestStoreAwayWhileStopping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, q := open(t), &flaky{}
		q.Store = s
		q.failures.Store(1000)
		id := enqueue(t, s, store.NewJob{Kind: "k"})
		stop := start(q, jobs.Options{Grace: time.Second}, jobs.Kind{Name: "k", Run: func(context.Context, *jobs.Attempt) error { return nil }})
		synctest.Wait()
		began := time.Now()
		stop()
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("stopping took %s", took)
		}
		if j := job(t, s, id); j.State != store.JobRunning {
			t.Errorf("%+v", j)
		}
	})
}

// flaky is a store whose first writes of ends, and every second claim, fail.
type flaky struct {
	*store.Store
	failures, claims atomic.Int64
}

func (f *flaky) EndJob(ctx context.Context, c store.JobClaim, end store.JobEnd) error {
	if f.failures.Add(-1) >= 0 {
		return catalog.ErrUnavailable
	}
	return f.Store.EndJob(ctx, c, end)
}

func (f *flaky) ClaimJob(ctx context.Context, worker string, kinds []string) (*store.Job, error) {
	if f.claims.Add(1)%2 == 1 {
		return nil, catalog.ErrUnavailable
	}
	return f.Store.ClaimJob(ctx, worker, kinds)
}

// The work may end its job in a transaction of its own.
func TestEndedByTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e := open(t), newEnds()
		id := enqueue(t, s, store.NewJob{Kind: "k"})
		stop := start(s, jobs.Options{Ended: e.add}, jobs.Kind{Name: "k", Run: func(ctx context.Context, a *jobs.Attempt) error {
			if err := s.EndJob(ctx, a.Job.Claim(), store.JobEnd{}); err != nil {
				return err
			}
			a.Ended(catalog.Report{Outcome: "applied"})
			return nil
		}})
		end := e.wait(t)
		stop()
		if j := job(t, s, id); j.State != store.JobDone || end.Report.Outcome != "applied" {
			t.Errorf("%+v, %+v", j, end)
		}
	})
}
