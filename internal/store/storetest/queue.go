package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

func (r *rig) claim(worker string) *store.Claim {
	r.t.Helper()
	return get(r.ClaimImport(r.t.Context(), worker))(r.t)
}

// claims claims and checks which import it was; 0 = none.
func (r *rig) claims(worker string, want catalog.ImportID) *store.Claim {
	r.t.Helper()
	c := r.claim(worker)
	switch {
	case c == nil && want != 0:
		r.t.Fatalf("claimed nothing, want %s", want)
	case c != nil && c.Import.ID != want:
		r.t.Fatalf("claimed %s, want %s", c.Import.ID, want)
	}
	return c
}

func completed(imp catalog.Import) catalog.Import {
	imp.Status = catalog.Completed
	return imp
}

func testClaims(t *testing.T, r *rig) {
	ctx := t.Context()
	r.claims("w1", 0)
	schema := r.schema("a")
	imp := r.importInto(schema)
	r.clock.add(time.Second)
	c := r.claims("w1", imp.ID)
	want := imp
	want.Status, want.Attempts, want.Token = catalog.Processing, 1, c.Token
	want.StartedAt, want.UpdatedAt = r.clock.now(), r.clock.now()
	same(t, *c, store.Claim{Lease: store.Lease{WS: ws, Schema: schema, Token: 1, Holder: "w1"}, Import: want})
	same(t, get(r.Import(ctx, ws, imp.ID))(t), want)
	r.claims("w2", 0)
	canceled, err := r.Heartbeat(ctx, *c)
	must(t, err)
	if canceled {
		t.Fatal("canceled")
	}
	report := catalog.Report{
		Stages: []catalog.Stage{{Name: "read", MS: 1.5, Done: 3, Total: 9, State: "running"}},
		Issues: []catalog.Issue{{Code: "x", Severity: "warning", Message: "größer"}}, IssuesTotal: 1, Counts: map[string]int64{"nodes": 3},
	}
	must(t, r.SaveReport(ctx, *c, report))
	same(t, get(r.Import(ctx, ws, imp.ID))(t).Report, report)
	pending, processing, err := r.QueueLength(ctx)
	must(t, err)
	same(t, []int64{pending, processing}, []int64{0, 1})
}

// The reply to a claim may be lost after it was committed. Its worker does not
// wait for the lease that it does not know of; others do, and so does an edit.
func testClaimAgain(t *testing.T, r *rig) {
	imp := r.importInto(r.schema("a"))
	lost := r.claims("w1", imp.ID)
	r.claims("w2", 0)
	if _, err := r.LeaseSchema(t.Context(), ws, imp.SchemaID, "w1", 0); !errors.Is(err, catalog.ErrBusy) {
		t.Errorf("an edit under the worker's name: %v, want busy", err)
	}
	again := r.claims("w1", imp.ID)
	same(t, []int64{again.Token, int64(again.Import.Attempts)}, []int64{lost.Token + 1, 2})
	if err := r.Finish(t.Context(), *lost, completed(lost.Import)); !errors.Is(err, catalog.ErrFenced) {
		t.Errorf("the lost claim still writes: %v", err)
	}
	must(t, r.Finish(t.Context(), *again, completed(again.Import)))
}

// A heartbeat that comes just after the end of its import does not hold the
// schema for another minute.
func testLateHeartbeat(t *testing.T, r *rig) {
	schema := r.schema("a")
	first, second := r.importInto(schema), r.importInto(schema)
	c := r.claims("w1", first.ID)
	must(t, r.Finish(t.Context(), *c, completed(c.Import)))
	if canceled, err := r.Heartbeat(t.Context(), *c); canceled || err != nil {
		t.Errorf("late heartbeat: canceled %v, %v", canceled, err)
	}
	r.claims("w2", second.ID)
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
	must(t, r.Finish(ctx, *third, completed(third.Import)))
	r.claims("w3", 5)
	must(t, r.Finish(ctx, *first, completed(first.Import)))
	second := r.claims("w1", 2)
	// Put off, it still goes before the younger one of its schema.
	must(t, r.Release(ctx, *second, true, r.clock.now().Add(time.Minute)))
	r.claims("w1", 0)
	r.clock.add(59 * time.Second)
	r.claims("w1", 0)
	r.clock.add(time.Second)
	r.claims("w1", 2)
}

func testConcurrentClaims(t *testing.T, r *rig) {
	ctx := t.Context()
	const schemas, each = 4, 6
	for range each {
		for i := range schemas {
			if i+1 > len(walk(t, 10, func(p store.Page) (store.Paged[store.SchemaRow], error) { return r.Schemas(ctx, ws, nil, p) })) {
				r.schema(fmt.Sprint("s", i))
			}
			r.importInto(catalog.SchemaID(101 + i))
		}
	}
	var mu sync.Mutex
	order := map[catalog.SchemaID][]catalog.ImportID{}
	busy := map[catalog.SchemaID]bool{}
	done := 0
	work := func(worker string) error {
		for {
			c, err := r.ClaimImport(ctx, worker)
			if err != nil {
				return err
			}
			mu.Lock()
			if c == nil {
				over := done == schemas*each
				mu.Unlock()
				if over {
					return nil
				}
				time.Sleep(time.Millisecond)
				continue
			}
			if busy[c.Schema] {
				mu.Unlock()
				return fmt.Errorf("%s claimed twice at once", c.Schema)
			}
			busy[c.Schema] = true
			order[c.Schema] = append(order[c.Schema], c.Import.ID)
			mu.Unlock()
			if _, err := r.Heartbeat(ctx, *c); err != nil {
				return err
			}
			mu.Lock()
			busy[c.Schema] = false
			done++
			mu.Unlock()
			if err := r.Finish(ctx, *c, completed(c.Import)); err != nil {
				return err
			}
		}
	}
	var group sync.WaitGroup
	errs := make([]error, 5)
	for i := range errs {
		group.Go(func() { errs[i] = work(fmt.Sprint("w", i)) })
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

func testLeaseExpiry(t *testing.T, r *rig) {
	ctx := t.Context()
	r.importInto(r.schema("a"))
	old := r.claims("w1", 1)
	r.clock.add(30 * time.Second)
	_, err := r.Heartbeat(ctx, *old)
	must(t, err)
	r.clock.add(store.LeaseTime - time.Microsecond)
	r.claims("w2", 0)
	r.clock.add(time.Microsecond)
	c := r.claims("w2", 1)
	if c.Token <= old.Token || c.Import.Attempts != 2 {
		t.Fatalf("token %d after %d, attempt %d", c.Token, old.Token, c.Import.Attempts)
	}
	_, err = r.Heartbeat(ctx, *old)
	wants(t, err, catalog.ErrFenced)
	wants(t, r.SaveReport(ctx, *old, catalog.Report{}), catalog.ErrFenced)
	wants(t, r.Finish(ctx, *old, completed(old.Import)), catalog.ErrFenced)
	wants(t, r.Release(ctx, *old, true, time.Time{}), catalog.ErrFenced)
	_, err = r.Begin(ctx, old.Lease)
	wants(t, err, catalog.ErrFenced)
	must(t, r.Finish(ctx, *c, completed(c.Import)))
	wants(t, r.Finish(ctx, *old, completed(old.Import)), catalog.ErrFenced)
}

func testPoison(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	r.importInto(schema)
	r.importInto(schema)
	for i := range store.MaxAttempts {
		if c := r.claims("w", 1); c.Import.Attempts != i+1 {
			t.Fatalf("attempt %d is %d", i+1, c.Import.Attempts)
		}
		r.clock.add(store.LeaseTime)
	}
	r.claims("w", 2)
	imp := get(r.Import(ctx, ws, 1))(t)
	if imp.Status != catalog.Failed || imp.Error != "worker crashed 5 times" || imp.ErrorCode != store.CodeCrashed || imp.EndedAt.IsZero() {
		t.Fatalf("%+v", imp)
	}
}

func testCancel(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	r.importInto(schema)
	r.importInto(schema)
	c := r.claims("w", 1)
	must(t, r.CancelImport(ctx, ws, 2))
	imp := get(r.Import(ctx, ws, 2))(t)
	if imp.Status != catalog.Failed || imp.Error != "canceled" || imp.ErrorCode != store.CodeCanceled {
		t.Fatalf("%+v", imp)
	}
	wants(t, r.CancelImport(ctx, ws, 2), catalog.ErrConflict)
	wants(t, r.CancelImport(ctx, ws, 3), catalog.ErrNotFound)
	must(t, r.CancelImport(ctx, ws, 1))
	canceled, err := r.Heartbeat(ctx, *c)
	must(t, err)
	if !canceled {
		t.Fatal("the worker is not told")
	}
	if imp := get(r.Import(ctx, ws, 1))(t); imp.Status != catalog.Processing || !imp.Canceled {
		t.Fatalf("%+v", imp)
	}
	// Its worker dies: nobody takes it up again.
	r.clock.add(store.LeaseTime)
	r.claims("w", 0)
	if imp := get(r.Import(ctx, ws, 1))(t); imp.Status != catalog.Failed || imp.ErrorCode != store.CodeCanceled {
		t.Fatalf("%+v", imp)
	}
}

func testRelease(t *testing.T, r *rig) {
	ctx := t.Context()
	r.importInto(r.schema("a"))
	c := r.claims("w", 1)
	must(t, r.Release(ctx, *c, false, time.Time{}))
	if imp := get(r.Import(ctx, ws, 1))(t); imp.Status != catalog.Pending || imp.Attempts != 0 {
		t.Fatalf("%+v", imp)
	}
	wants(t, r.Release(ctx, *c, false, time.Time{}), catalog.ErrFenced)
	c = r.claims("w", 1)
	must(t, r.Release(ctx, *c, true, time.Time{}))
	if c = r.claims("w", 1); c.Import.Attempts != 2 {
		t.Fatalf("attempt %d after one burnt", c.Import.Attempts)
	}
}

func testFinish(t *testing.T, r *rig) {
	ctx := t.Context()
	r.importInto(r.schema("a"))
	c := r.claims("w", 1)
	wants(t, r.Finish(ctx, *c, c.Import), catalog.ErrInvalid)
	r.clock.add(time.Second)
	imp := completed(c.Import)
	imp.Project, imp.Version = 7, 3
	imp.Counters = catalog.Counters{TablesCreated: 1, TablesUpdated: 2, ColumnsCreated: 3, ColumnsUpdated: 4, LineagesCreated: 5, LineagesUpdated: 6}
	imp.Report = catalog.Report{Outcome: "applied", IssuesTotal: 2}
	must(t, r.Finish(ctx, *c, imp))
	must(t, r.Finish(ctx, *c, imp))
	want := imp
	want.EndedAt, want.UpdatedAt = r.clock.now(), r.clock.now()
	same(t, get(r.Import(ctx, ws, 1))(t), want)
	r.claims("w", 0)
	r.lease(101) // free again

	r.importInto(r.schema("b"))
	c = r.claims("w", 2)
	imp = c.Import
	imp.Status, imp.Error, imp.ErrorCode = catalog.Failed, "manifest: not JSON", "artifact-malformed"
	must(t, r.Finish(ctx, *c, imp))
	if got := get(r.Import(ctx, ws, 2))(t); got.Error != imp.Error || got.ErrorCode != imp.ErrorCode || got.Status != catalog.Failed {
		t.Fatalf("%+v", got)
	}
}

func testWake(t *testing.T, r *rig) {
	ctx := t.Context()
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
	c := r.claims("w", 1)
	must(t, r.Finish(ctx, *c, completed(c.Import)))
	if !ticks() {
		t.Fatal("no tick after a schema became free")
	}
}

func testEditLeases(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	r.importInto(schema)
	l := r.lease(schema)
	_, err := r.LeaseSchema(ctx, ws, schema, "other", 20*time.Millisecond)
	wants(t, err, catalog.ErrBusy)
	_, err = r.LeaseSchema(ctx, ws, 999, "other", time.Minute)
	wants(t, err, catalog.ErrNotFound)
	r.claims("w", 0) // an import waits for an edit
	r.clock.add(50 * time.Second)
	must(t, r.RenewLease(ctx, l))
	r.clock.add(50 * time.Second)
	r.claims("w", 0)
	must(t, r.ReleaseLease(ctx, l))
	c := r.claims("w", 1)
	wants(t, r.RenewLease(ctx, l), catalog.ErrFenced)
	wants(t, r.ReleaseLease(ctx, l), catalog.ErrFenced)

	got := make(chan error)
	go func() {
		_, err := r.LeaseSchema(ctx, ws, schema, "edit", time.Minute)
		got <- err
	}()
	must(t, r.Finish(ctx, *c, completed(c.Import)))
	must(t, <-got)
}
