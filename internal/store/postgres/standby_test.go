package postgres

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/store"
)

// standbyRig is a store with a real standby.
type standbyRig struct {
	t     *testing.T
	pair  pgtest.Pair
	store *store.WithStandby
	now   time.Time
	reads []store.StandbyRead
	id    catalog.SchemaID
}

func newStandbyRig(t *testing.T) *standbyRig {
	t.Helper()
	r := &standbyRig{t: t, pair: pgtest.NewPair(t, "catalog"), now: time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)}
	var err error
	r.store, err = OpenWithStandby(t.Context(), r.pair.Primary.DSN("catalog"), r.pair.Standby.DSN("catalog"),
		Options{Now: func() time.Time { return r.now }}, func(how store.StandbyRead, _ error) { r.reads = append(r.reads, how) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.store.Close() })
	if err := r.store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	schema, err := r.store.CreateSchema(t.Context(), catalog.DefaultWorkspace, "A", "", store.By{})
	if err != nil {
		t.Fatal(err)
	}
	r.id = schema.ID
	return r
}

// save makes a version with one asset more.
func (r *standbyRig) save(id catalog.AssetID) (version int64) {
	r.t.Helper()
	ctx := r.t.Context()
	lease, err := r.store.LeaseSchema(ctx, catalog.DefaultWorkspace, r.id, "test", 0)
	must(r.t, err)
	w, err := r.store.Begin(ctx, lease)
	must(r.t, err)
	asset := catalog.Asset{ID: id, Kind: catalog.KindModel, Name: "a", RelationKey: "d.s.a", Present: true}
	must(r.t, w.PutAssets(ctx, []store.AssetRow{{Asset: asset, Hash: catalog.HashOfText("a")}}))
	must(r.t, w.Flip(ctx, store.Flip{Cause: catalog.Cause{Kind: catalog.CauseEdit}}))
	must(r.t, r.store.ReleaseLease(ctx, lease))
	return w.Number()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// want reads a version and demands its number of assets, and who answered.
func (r *standbyRig) want(version int64, assets int, how ...store.StandbyRead) {
	r.t.Helper()
	r.reads = nil
	ids, err := r.store.AssetIDs(r.t.Context(), catalog.DefaultWorkspace, r.id, version)
	if err != nil || len(ids) != assets {
		r.t.Errorf("version %d: assets %v, %v, want %d", version, ids, err, assets)
	}
	if !slices.Equal(r.reads, how) {
		r.t.Errorf("version %d: answered %v, want %v", version, r.reads, how)
	}
}

// caughtUp waits until the standby has a version.
func (r *standbyRig) caughtUp(version int64) {
	r.t.Helper()
	for range 2000 {
		r.reads = nil
		if _, err := r.store.AssetIDs(r.t.Context(), catalog.DefaultWorkspace, r.id, version); err != nil {
			r.t.Fatal(err)
		}
		if slices.Equal(r.reads, []store.StandbyRead{store.StandbyServed}) {
			return
		}
		time.Sleep(5 * time.Millisecond)
		r.now = r.now.Add(time.Second) // a connection that took too long on a busy machine is tried again
	}
	r.t.Fatal("the standby does not catch up")
}

// A version is read from the standby once that has it, and from the database itself before, or while the standby is
// away. What is read is the same.
func TestStandby(t *testing.T) {
	r := newStandbyRig(t)
	first := r.save(1)
	r.caughtUp(first)
	r.want(first, 1, store.StandbyServed)

	must(t, r.pair.Standby.Pause(t.Context()))
	second := r.save(2)
	r.want(second, 2, store.StandbyBehind)
	r.want(first, 1, store.StandbyServed)
	must(t, r.pair.Standby.Resume(t.Context()))
	r.caughtUp(second)

	must(t, r.pair.Standby.Kill9())
	r.want(second, 2, store.StandbyAway)
	r.want(second, 2) // it is not asked for a while
	if err := r.store.PingStandby(t.Context()); err == nil {
		t.Error("a standby that is away answers")
	}
	must(t, r.pair.Standby.Restart(t.Context()))
	r.now = r.now.Add(time.Minute)
	r.caughtUp(second)
	r.want(second, 2, store.StandbyServed)
}

// The address of a standby may hold a password, so an error does not repeat it.
func TestAddressOfAStandby(t *testing.T) {
	if _, err := OpenWithStandby(t.Context(), "postgres://127.0.0.1:1/x", "://secret", Options{}, nil); !errors.Is(err, catalog.ErrInvalid) || strings.Contains(err.Error(), "secret") {
		t.Errorf("an invalid address: %v", err)
	}
}
