package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

var importKind = []string{store.KindImport}

// claims claims a job and checks which import it is of; 0 = none.
func (r *rig) claims(worker string, want catalog.ImportID) *store.Job {
	r.t.Helper()
	j := get(r.ClaimJob(r.t.Context(), worker, importKind))(r.t)
	switch {
	case j == nil && want != 0:
		r.t.Fatalf("claimed nothing, want %s", want)
	case j != nil && catalog.ImportID(j.Record) != want:
		r.t.Fatalf("claimed %s, want %s", catalog.ImportID(j.Record), want)
	}
	return j
}

// completed is the end of an import that succeeded.
func completed(j store.Job, imp catalog.Import) store.ImportEnd {
	imp.ID, imp.Status = catalog.ImportID(j.Record), catalog.Completed
	return store.ImportEnd{Claim: j.Claim(), Import: imp}
}

// endImport ends an import that succeeded.
func (r *rig) endImport(ctx context.Context, end store.ImportEnd) error {
	return r.EndJob(ctx, end.Claim, store.JobEnd{Import: &end.Import})
}

// finish ends a claimed import with nothing to show.
func (r *rig) finish(j *store.Job) {
	r.t.Helper()
	must(r.t, r.endImport(r.t.Context(), completed(*j, catalog.Import{})))
}

// fails ends a claimed job with a failure.
func fails(f catalog.Failure) store.JobEnd {
	return store.JobEnd{Failure: &f, Report: catalog.Report{Outcome: catalog.OutcomeFailed}}
}

func testClaims(t *testing.T, r *rig) {
	ctx := t.Context()
	r.claims("w1", 0)
	schema := r.schema("a")
	imp := r.importInto(schema)
	r.clock.add(time.Second)
	j := r.claims("w1", imp.ID)
	same(t, *j, store.Job{
		WS: ws, ID: 1, Kind: store.KindImport, Schema: schema, Record: 1, OrderKey: store.ImportOrder(schema), State: store.JobRunning,
		DueAt: r.clock.now().Add(store.LeaseTime), Attempts: 1, Token: 1, CreatedAt: start, StartedAt: r.clock.now(),
	})
	same(t, get(r.Job(ctx, ws, 1))(t), *j)
	want := imp
	want.Status, want.Attempts = catalog.Processing, 1
	want.StartedAt, want.UpdatedAt = r.clock.now(), r.clock.now()
	same(t, get(r.Import(ctx, ws, imp.ID))(t), want)
	r.claims("w2", 0)
	report := catalog.Report{
		Stages: []catalog.Stage{{Name: "read", MS: 1.5, Done: 3, Total: 9, State: "running"}},
		Issues: []catalog.Issue{{Code: "x", Severity: "warning", Message: "größer"}}, IssuesTotal: 1, Counts: map[string]int64{"nodes": 3},
	}
	if get(r.Heartbeat(ctx, j.Claim(), &report))(t) || get(r.Heartbeat(ctx, j.Claim(), nil))(t) {
		t.Fatal("canceled")
	}
	same(t, get(r.Import(ctx, ws, imp.ID))(t).Report, report)
	pending, running, err := r.QueueLength(ctx, "")
	must(t, err)
	same(t, []int64{pending, running}, []int64{0, 1})
	if _, err := r.ClaimJob(ctx, "w3", nil); err != nil {
		t.Errorf("a worker that knows no kind: %v", err)
	}
}

// An import that runs holds nothing of its schema: an edit takes the lease.
func testJobsWithoutLease(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	r.importInto(schema)
	j := r.claims("w", 1)
	edit := r.lease(schema)
	_, err := r.LeaseForJob(ctx, j.Claim(), schema, 0)
	wants(t, err, catalog.ErrBusy)
	must(t, r.ReleaseLease(ctx, edit))
	first := get(r.LeaseForJob(ctx, j.Claim(), schema, 0))(t)
	_, err = r.LeaseSchema(ctx, ws, schema, first.Holder, 0)
	wants(t, err, catalog.ErrBusy) // the name alone is not enough

	// Its worker dies. The next attempt need not wait for the lease to run out,
	// and the dead worker's writes are fenced.
	r.clock.add(store.LeaseTime)
	must(t, r.RenewLease(ctx, first))
	again := r.claims("other", 1)
	_, err = r.LeaseForJob(ctx, j.Claim(), schema, 0)
	wants(t, err, catalog.ErrFenced)
	second := get(r.LeaseForJob(ctx, again.Claim(), schema, 0))(t)
	if second.Token <= first.Token {
		t.Errorf("token %d after %d", second.Token, first.Token)
	}
	wants(t, r.RenewLease(ctx, first), catalog.ErrFenced)
	must(t, r.EndJob(ctx, again.Claim(), fails(catalog.Crashed(2))))
	must(t, r.ReleaseLease(ctx, r.lease(schema))) // free with the end of the job
	wants(t, r.RenewLease(ctx, second), catalog.ErrFenced)
}

// The reply to a claim may be lost after it was committed. Its worker does not
// wait for the lease that it does not know of; others do.
func testClaimAgain(t *testing.T, r *rig) {
	r.importInto(r.schema("a"))
	lost := r.claims("w1", 1)
	r.claims("w2", 0)
	again := r.claims("w1", 1)
	same(t, []int64{again.Token, int64(again.Attempts)}, []int64{lost.Token + 1, 2})
	if err := r.endImport(t.Context(), completed(*lost, catalog.Import{})); !errors.Is(err, catalog.ErrFenced) {
		t.Errorf("the lost claim still writes: %v", err)
	}
	r.finish(again)
}

// A heartbeat that comes just after the end of its job changes nothing.
func testLateHeartbeat(t *testing.T, r *rig) {
	schema := r.schema("a")
	r.importInto(schema)
	r.importInto(schema)
	j := r.claims("w1", 1)
	r.finish(j)
	if canceled, err := r.Heartbeat(t.Context(), j.Claim(), &catalog.Report{}); canceled || err != nil {
		t.Errorf("late heartbeat: canceled %v, %v", canceled, err)
	}
	r.claims("w2", 2)
}

func testClaimOrder(t *testing.T, r *rig) {
	ctx := t.Context()
	a, b := r.schema("a"), r.schema("b")
	for _, schema := range []catalog.SchemaID{a, a, b, a, b} {
		r.importInto(schema)
	}
	first := r.claims("w1", 1)
	third := r.claims("w2", 3)
	r.claims("w3", 0)
	r.finish(third)
	r.finish(r.claims("w3", 5))
	r.finish(first)
	second := r.claims("w1", 2)
	// Delayed, it still runs before the newer one of its schema.
	must(t, r.ReleaseJob(ctx, second.Claim(), true, time.Minute))
	r.claims("w1", 0)
	r.clock.add(59 * time.Second)
	r.claims("w1", 0)
	r.clock.add(time.Second)
	r.claims("w1", 2)
}

func testConcurrentClaims(t *testing.T, r *rig) {
	ctx := t.Context()
	const schemas, each = 4, 6
	for i := range schemas {
		r.schema(fmt.Sprint("s", i))
	}
	var mu sync.Mutex
	order := map[catalog.SchemaID][]int64{}
	busy := map[catalog.SchemaID]bool{}
	done := 0
	one := func(worker string) (over bool, err error) {
		j, err := r.ClaimJob(ctx, worker, importKind)
		mu.Lock()
		defer mu.Unlock()
		if err != nil || j == nil {
			time.Sleep(time.Millisecond)
			return done == schemas*each, err
		}
		if busy[j.Schema] {
			return true, fmt.Errorf("two jobs of %s at once", j.Schema)
		}
		busy[j.Schema] = true
		order[j.Schema] = append(order[j.Schema], j.Record)
		mu.Unlock()
		_, err = r.Heartbeat(ctx, j.Claim(), nil)
		mu.Lock()
		busy[j.Schema] = false
		done++
		if err != nil {
			return true, err
		}
		return false, r.endImport(ctx, completed(*j, catalog.Import{}))
	}
	work := func(worker string) error {
		for {
			if over, err := one(worker); over || err != nil {
				return err
			}
		}
	}
	var group sync.WaitGroup
	errs := make([]error, 7)
	for i := range 5 {
		group.Go(func() { errs[i] = work(fmt.Sprint("w", i)) })
	}
	// Imports arrive while others end: none is left waiting for one that is gone.
	for i := range 2 {
		group.Go(func() {
			for n := range each * schemas / 2 {
				schema := catalog.SchemaID(101 + (n+i)%schemas)
				if _, _, err := r.CreateImport(ctx, ws, store.NewImport{SchemaID: schema}); err != nil {
					errs[5+i] = err
				}
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		must(t, err)
	}
	for schema, ids := range order {
		if len(ids) != each || !slices.IsSorted(ids) {
			t.Errorf("%s: claimed %v", schema, ids)
		}
	}
}

// A job whose workers die is claimed again and again: to give it up is for the
// caller to decide, who ends it under its claim.
func testPoison(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	r.importInto(schema)
	r.importInto(schema)
	for i := range 6 {
		if j := r.claims("w", 1); j.Attempts != i+1 {
			t.Fatalf("attempt %d is %d", i+1, j.Attempts)
		}
		r.clock.add(store.LeaseTime)
	}
	j := r.claims("w", 1)
	end := fails(catalog.Crashed(5))
	end.Attempts = 5
	must(t, r.EndJob(ctx, j.Claim(), end))
	must(t, r.EndJob(ctx, j.Claim(), end))
	imp := get(r.Import(ctx, ws, 1))(t)
	if imp.Status != catalog.Failed || imp.Error != catalog.Crashed(5).Message || imp.ErrorCode != catalog.CodeWorkerCrashed ||
		imp.EndedAt.IsZero() || imp.Attempts != 5 || imp.Report.Outcome != catalog.OutcomeFailed {
		t.Fatalf("%+v", imp)
	}
	if j := get(r.Job(ctx, ws, 1))(t); j.State != store.JobFailed || j.Failure != catalog.Crashed(5) || j.EndedAt.IsZero() {
		t.Fatalf("%+v", j)
	}
	r.claims("w", 2)
}

func testCancel(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	for range 3 {
		r.importInto(schema)
	}
	j := r.claims("w", 1)
	must(t, r.CancelImport(ctx, ws, 2))
	canceled := func(id catalog.ImportID) {
		t.Helper()
		imp := get(r.Import(ctx, ws, id))(t)
		if imp.Status != catalog.Failed || imp.Error != catalog.Canceled().Message || imp.ErrorCode != catalog.CodeCanceled || imp.Report.Outcome != "canceled" {
			t.Fatalf("%+v", imp)
		}
	}
	canceled(2)
	wants(t, r.CancelImport(ctx, ws, 2), catalog.ErrConflict)
	wants(t, r.CancelImport(ctx, ws, 4), catalog.ErrNotFound)
	must(t, r.CancelImport(ctx, ws, 1))
	must(t, r.CancelImport(ctx, ws, 1)) // again
	if !get(r.Heartbeat(ctx, j.Claim(), nil))(t) || !get(r.JobCanceled(ctx, j.Claim()))(t) {
		t.Fatal("the worker is not asked to stop")
	}
	// One that does not look in time cannot end it as done.
	wants(t, r.endImport(ctx, completed(*j, catalog.Import{})), catalog.ErrCanceled)
	if imp := get(r.Import(ctx, ws, 1))(t); imp.Status != catalog.Processing {
		t.Fatalf("%+v", imp)
	}
	// Its worker dies: the next one ends it.
	r.clock.add(store.LeaseTime)
	j = r.claims("w", 1)
	if !j.Canceled {
		t.Fatal("the next worker does not know")
	}
	end := fails(catalog.Canceled())
	end.Report.Outcome = catalog.OutcomeCanceled
	must(t, r.EndJob(ctx, j.Claim(), end))
	canceled(1)
	if j := get(r.Job(ctx, ws, 1))(t); j.State != store.JobCanceled {
		t.Errorf("state %s", j.State)
	}
	r.finish(r.claims("w", 3))
	wants(t, r.CancelImport(ctx, ws, 3), catalog.ErrConflict)
	r.clock.add(time.Hour)
	same(t, get(r.DeleteJobs(ctx, ws, r.clock.now(), 2))(t), int64(2))
	same(t, get(r.DeleteJobs(ctx, ws, r.clock.now(), 2))(t), int64(1))
	wants(t, r.CancelImport(ctx, ws, 3), catalog.ErrConflict)
}

// A canceled job lets the next of its schema run.
func testCancelTheFirst(t *testing.T, r *rig) {
	schema := r.schema("a")
	r.importInto(schema)
	r.importInto(schema)
	must(t, r.CancelImport(t.Context(), ws, 1))
	r.claims("w", 2)
}

func testRelease(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	r.importInto(schema)
	j := r.claims("w", 1)
	get(r.LeaseForJob(ctx, j.Claim(), schema, 0))(t)
	must(t, r.ReleaseJob(ctx, j.Claim(), false, 0))
	if imp := get(r.Import(ctx, ws, 1))(t); imp.Status != catalog.Pending || imp.Attempts != 0 {
		t.Fatalf("%+v", imp)
	}
	must(t, r.ReleaseLease(ctx, r.lease(schema)))
	wants(t, r.ReleaseJob(ctx, j.Claim(), false, 0), catalog.ErrFenced)
	j = r.claims("w", 1)
	must(t, r.ReleaseJob(ctx, j.Claim(), true, 0))
	if j = r.claims("w", 1); j.Attempts != 2 {
		t.Fatalf("attempt %d after one that counts", j.Attempts)
	}
}

func testFinish(t *testing.T, r *rig) {
	ctx := t.Context()
	r.importInto(r.schema("a"))
	j := r.claims("w", 1)
	imp := get(r.Import(ctx, ws, 1))(t)
	wants(t, r.endImport(ctx, store.ImportEnd{Claim: j.Claim(), Import: imp}), catalog.ErrInvalid)
	wants(t, r.EndJob(ctx, j.Claim(), store.JobEnd{}), catalog.ErrInvalid) // without results
	r.clock.add(time.Second)
	imp.Project, imp.Version = 7, 3
	imp.Counters = catalog.Counters{TablesCreated: 1, TablesUpdated: 2, ColumnsCreated: 3, ColumnsUpdated: 4, LineagesCreated: 5, LineagesUpdated: 6}
	imp.Report = catalog.Report{Outcome: "applied", IssuesTotal: 2}
	end := completed(*j, imp)
	must(t, r.endImport(ctx, end))
	must(t, r.endImport(ctx, end))
	must(t, r.EndJob(ctx, j.Claim(), fails(catalog.Canceled()))) // too late
	want := end.Import
	want.EndedAt, want.UpdatedAt = r.clock.now(), r.clock.now()
	same(t, get(r.Import(ctx, ws, 1))(t), want)
	r.claims("w", 0)

	r.importInto(r.schema("b"))
	j = r.claims("w", 2)
	must(t, r.EndJob(ctx, j.Claim(), fails(catalog.Failure{Code: "artifact-malformed", Message: "manifest: not JSON"})))
	if got := get(r.Import(ctx, ws, 2))(t); got.Error != "manifest: not JSON" || got.ErrorCode != "artifact-malformed" || got.Status != catalog.Failed {
		t.Fatalf("%+v", got)
	}
}

func testWake(t *testing.T, r *rig) {
	schema := r.schema("a")
	ticks := func() bool {
		select {
		case <-r.Wake():
			return true
		case <-time.After(5 * time.Second):
			return false
		}
	}
	r.importInto(schema)
	if !ticks() {
		t.Fatal("no tick after an import")
	}
	r.finish(r.claims("w", 1))
	if !ticks() {
		t.Fatal("no tick after a job ended")
	}
}

// Jobs without a record: order, delay, and no second one while one waits.
func testEnqueue(t *testing.T, r *rig) {
	ctx := t.Context()
	kinds := []string{"sweep", "mail"}
	enqueue := func(n store.NewJob) int64 { t.Helper(); return get(r.Enqueue(ctx, ws, n))(t) }
	claim := func(want int64) *store.Job {
		t.Helper()
		j := get(r.ClaimJob(ctx, "w", kinds))(t)
		if j == nil && want != 0 || j != nil && j.ID != want {
			t.Fatalf("claimed %+v, want %d", j, want)
		}
		return j
	}
	late := enqueue(store.NewJob{Kind: "mail", Delay: time.Minute, Arguments: []byte("x")})
	first := enqueue(store.NewJob{Kind: "sweep", OrderKey: "sweep", Once: true})
	if id := enqueue(store.NewJob{Kind: "sweep", OrderKey: "sweep", Once: true}); id != first {
		t.Errorf("a second one waits: %d after %d", id, first)
	}
	enqueue(store.NewJob{Kind: "unknown"})
	j := claim(first)
	next := enqueue(store.NewJob{Kind: "sweep", OrderKey: "sweep", Once: true, Delay: store.MaxDelay})
	if next == first {
		t.Error("the one that runs has seen its start")
	}
	if id := enqueue(store.NewJob{Kind: "sweep", OrderKey: "sweep", Once: true}); id != next {
		t.Errorf("a third one waits: %d after %d", id, next)
	}
	must(t, r.EndJob(ctx, j.Claim(), store.JobEnd{}))
	claim(0)
	r.clock.add(time.Minute)
	if j := claim(late); string(j.Arguments) != "x" {
		t.Errorf("arguments %q", j.Arguments)
	}
	r.clock.add(time.Hour)
	must(t, r.EndJob(ctx, store.JobClaim{WS: ws, ID: late, Token: 1}, store.JobEnd{}))
	claim(next)
	for _, n := range []store.NewJob{{}, {Kind: "x", Once: true}, {Kind: "x", Delay: store.MaxDelay + 1}} {
		_, err := r.Enqueue(ctx, ws, n)
		wants(t, err, catalog.ErrInvalid)
	}
}

func testSchedules(t *testing.T, r *rig) {
	ctx := t.Context()
	hourly := store.Schedule{WS: ws, Kind: "sweep", Cron: "@hourly", TimeZone: "UTC", NextAt: start.Add(time.Hour), Arguments: []byte("x")}
	must(t, r.PutSchedule(ctx, hourly))
	again := hourly
	again.NextAt = start.Add(2 * time.Hour)
	must(t, r.PutSchedule(ctx, again)) // nothing else differs: the time is kept
	must(t, r.PutSchedule(ctx, store.Schedule{WS: ws, Kind: "sweep", Schema: 7, Cron: "@daily", NextAt: start.Add(24 * time.Hour)}))
	all := get(r.Schedules(ctx))(t)
	hourly.ID = all[0].ID
	same(t, all[0], hourly)
	plan := func(s store.Schedule, now time.Time) (store.NewJob, time.Time) {
		return store.NewJob{Kind: s.Kind, Arguments: s.Arguments}, now.Add(time.Hour)
	}
	if get(r.EnqueueDue(ctx, plan))(t) {
		t.Fatal("due an hour early")
	}
	r.clock.add(time.Hour)
	var due sync.WaitGroup
	var mu sync.Mutex
	enqueued := 0
	for range 4 {
		due.Go(func() {
			ok, err := r.EnqueueDue(ctx, plan)
			mu.Lock()
			defer mu.Unlock()
			if ok {
				enqueued++
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	due.Wait()
	if enqueued != 1 {
		t.Errorf("enqueued %d times", enqueued)
	}
	j := get(r.ClaimJob(ctx, "w", []string{"sweep"}))(t)
	if j == nil || j.Schedule != hourly.ID || string(j.Arguments) != "x" {
		t.Fatalf("job %+v", j)
	}
	moved := get(r.Schedules(ctx))(t)[0]
	must(t, r.MoveSchedule(ctx, moved, start))
	must(t, r.MoveSchedule(ctx, moved, start.Add(9*time.Hour))) // it was moved meanwhile
	if at := get(r.Schedules(ctx))(t)[0].NextAt; !at.Equal(start) {
		t.Errorf("next at %s", at)
	}
}

// testManyJobs: neither ended jobs nor waiting ones slow a claim.
func testManyJobs(t *testing.T, r *rig) {
	ctx := t.Context()
	schema, other := r.schema("a"), r.schema("b")
	for range 300 {
		if _, _, err := r.CreateImport(ctx, ws, store.NewImport{SchemaID: schema}); err != nil {
			t.Fatal(err)
		}
	}
	first := r.claims("w", 1)
	r.importInto(other)
	began := time.Now()
	r.claims("x", 301)
	r.claims("y", 0)
	if took := time.Since(began); took > time.Second { // milliseconds, but this machine may be busy
		t.Errorf("two claims took %s", took)
	}
	r.finish(first)
	r.claims("y", 2)
}
