package storetest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

func testLeaseExpiry(t *testing.T, r *rig) {
	ctx := t.Context()
	r.importInto(r.schema("a"))
	old := r.claims("w1", 1)
	r.clock.add(30 * time.Second)
	get(r.Heartbeat(ctx, old.Claim(), nil))(t)
	r.clock.add(store.LeaseTime - time.Microsecond)
	r.claims("w2", 0)
	r.clock.add(time.Microsecond)
	j := r.claims("w2", 1)
	if j.Token <= old.Token || j.Attempts != 2 {
		t.Fatalf("token %d after %d, attempt %d", j.Token, old.Token, j.Attempts)
	}
	_, err := r.Heartbeat(ctx, old.Claim(), nil)
	wants(t, err, catalog.ErrFenced)
	wants(t, r.EndJob(ctx, old.Claim(), fails(catalog.Canceled())), catalog.ErrFenced)
	wants(t, r.endImport(ctx, completed(*old, catalog.Import{})), catalog.ErrFenced)
	wants(t, r.ReleaseJob(ctx, old.Claim(), true, 0), catalog.ErrFenced)
	r.finish(j)
	wants(t, r.endImport(ctx, completed(*old, catalog.Import{})), catalog.ErrFenced)
}

// A lease that a clock wrote which was a day ahead does not hold for a day.
// A clock that was a day ahead and is set right blocks nothing: neither what was
// leased by it nor what was delayed.
func testLeaseFromTheFuture(t *testing.T, r *rig) {
	ctx, a, b := t.Context(), r.schema("a"), r.schema("b")
	first, second := r.importInto(a), r.importInto(b)
	r.clock.add(24 * time.Hour)
	r.claims("w1", first.ID)
	edited := get(r.LeaseSchema(ctx, ws, a, "edit", 0))(t)
	waiting := r.claims("w2", second.ID)
	must(t, r.ReleaseJob(ctx, waiting.Claim(), true, 25*time.Second))
	get(r.Enqueue(ctx, ws, store.NewJob{Kind: "sweep", Delay: store.MaxDelay}))(t)
	r.clock.add(-24 * time.Hour)
	r.claims("w3", first.ID)
	r.claims("w4", second.ID)
	taken := get(r.LeaseSchema(ctx, ws, a, "edit", 0))(t)
	if taken.Token <= edited.Token {
		t.Errorf("token %d after %d", taken.Token, edited.Token)
	}
	wants(t, r.RenewLease(ctx, edited), catalog.ErrFenced)
	if j := get(r.ClaimJob(ctx, "w5", []string{"sweep"}))(t); j == nil {
		t.Error("a delayed job waits for the day to pass")
	}
	// What was taken by the clock that is right holds.
	r.claims("w6", 0)
	_, err := r.LeaseSchema(ctx, ws, a, "edit", 0)
	wants(t, err, catalog.ErrBusy)
}

func testEditLeases(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	l := r.lease(schema)
	_, err := r.LeaseSchema(ctx, ws, schema, "test", 20*time.Millisecond)
	wants(t, err, catalog.ErrBusy)
	_, err = r.LeaseSchema(ctx, ws, 999, "other", time.Minute)
	wants(t, err, catalog.ErrNotFound)
	r.clock.add(50 * time.Second)
	must(t, r.RenewLease(ctx, l))
	r.clock.add(50 * time.Second)
	_, err = r.LeaseSchema(ctx, ws, schema, "other", 0)
	wants(t, err, catalog.ErrBusy)
	got := make(chan error)
	go func() {
		_, err := r.LeaseSchema(ctx, ws, schema, "edit", time.Minute)
		got <- err
	}()
	must(t, r.ReleaseLease(ctx, l))
	must(t, <-got)
	wants(t, r.RenewLease(ctx, l), catalog.ErrFenced)
	wants(t, r.ReleaseLease(ctx, l), catalog.ErrFenced)
}

// testLeaseLine: everyone who waits gets the lease, and who gave up is in nobody's way.
func testLeaseLine(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	held := r.lease(schema)
	given, cancel := context.WithCancel(ctx)
	gaveUp := make(chan error)
	go func() {
		_, err := r.LeaseSchema(given, ws, schema, "impatient", time.Minute)
		gaveUp <- err
	}()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			l, err := r.LeaseSchema(ctx, ws, schema, "edit", time.Minute)
			if err == nil {
				err = r.ReleaseLease(ctx, l)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	cancel()
	wants(t, <-gaveUp, context.Canceled)
	must(t, r.ReleaseLease(ctx, held))
	all.Wait()
	must(t, r.ReleaseLease(ctx, r.lease(schema)))
}
