package retention_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/blob/fs"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/retention"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/postgres"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
	"github.com/thalweg-data/thalweg/internal/store/sqlite/sqlitetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	ws  = catalog.DefaultWorkspace
	day = 24 * time.Hour
)

// defaults are those of package config.
var defaults = retention.Policy{LastArtifacts: 10, DailyFor: 30, Orphans: day, Results: 400 * day, Jobs: 30 * day}

// clock begins now, because the blobs' files have real times, and is moved by
// hand.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset).UTC()
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

type rig struct {
	*testing.T
	clock  *clock
	store  *store.Store
	blobs  *fs.Store
	keep   *retention.Retention
	schema catalog.SchemaID

	failures bool // are what the test wants
}

// onBoth runs a test on each store.
func onBoth(t *testing.T, test func(r *rig)) {
	t.Run("sqlite", func(t *testing.T) {
		c := &clock{}
		test(newRig(t, c, sqlitetest.Open(t, sqlite.Options{Now: c.now})))
	})
	t.Run("postgres", func(t *testing.T) {
		c := &clock{}
		s, err := postgres.Open(t.Context(), pgtest.NewFrom(t, "migrated", migrate), postgres.Options{Now: c.now})
		must(t, err)
		t.Cleanup(func() { _ = s.Close() })
		test(newRig(t, c, s))
	})
}

// migrate makes the database that those of the tests are copies of.
func migrate(ctx context.Context, dsn string) error {
	s, err := postgres.Open(ctx, dsn, postgres.Options{})
	if err != nil {
		return err
	}
	return errors.Join(s.Migrate(ctx), s.Close())
}

func newRig(t *testing.T, c *clock, s *store.Store) *rig {
	t.Helper()
	r := &rig{T: t, clock: c, store: s}
	var err error
	r.blobs, err = fs.Open(t.TempDir(), ws, c.now)
	must(t, err)
	schema, err := s.CreateSchema(t.Context(), ws, "Analytics Warehouse", "", store.By{})
	must(t, err)
	r.schema = schema.ID
	r.keep = &retention.Retention{Store: s, Blobs: r.blobs, Policy: defaults, Now: c.now, Log: slog.New(slog.DiscardHandler)}
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// put stores bytes as an upload does, as one more part of an import.
func (r *rig) put(ctx context.Context, n *store.NewImport, name, content string) error {
	w, err := r.blobs.Create(ctx)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, bytes.NewReader([]byte(content))); err != nil {
		return err
	}
	sum := w.Sum()
	n.Parts = append(n.Parts, catalog.Part{Name: name, SHA256: sum.Hash.String(), Size: sum.Size})
	if n.Touch, err = r.store.TouchBlobs(ctx, n.Parts); err != nil {
		return err
	}
	_, _, err = w.Commit(ctx)
	return err
}

// send makes an import that ends at once: completed, with its manifest applied,
// or failed.
func (r *rig) send(completed bool, contents map[string]string) catalog.Import {
	r.Helper()
	ctx := r.Context()
	n := store.NewImport{SchemaID: r.schema}
	for _, name := range []string{"manifest", "catalog", "run_results"} {
		if content, ok := contents[name]; ok {
			must(r, r.put(ctx, &n, name, content))
		}
	}
	imp, _, err := r.store.CreateImport(ctx, ws, n)
	must(r, err)
	j, err := r.store.ClaimJob(ctx, "test", []string{store.KindImport})
	must(r, err)
	if !completed {
		f := catalog.Canceled()
		must(r, r.store.EndJob(ctx, j.Claim(), store.JobEnd{Failure: &f}))
		return imp
	}
	project, err := r.store.EnsureProject(ctx, ws, r.schema, "shop", "shop")
	must(r, err)
	lease, err := r.store.LeaseForJob(ctx, j.Claim(), r.schema, 0)
	must(r, err)
	w, err := r.store.Begin(ctx, lease)
	must(r, err)
	must(r, w.PutAssets(ctx, []store.AssetRow{{
		Asset: catalog.Asset{ID: 1, Kind: catalog.KindModel, Name: "orders", RelationKey: "orders", Present: true}, Hash: catalog.HashOfText(imp.ID.String()),
	}}))
	flip := store.Flip{Cause: catalog.ImportCause(imp.ID), Project: &project, End: &store.ImportEnd{Claim: j.Claim(), Import: imp}}
	flip.End.Import.Status, flip.End.Import.Project = catalog.Completed, project.ID
	for _, p := range n.Parts {
		flip.Applied = append(flip.Applied, store.AppliedPart{Part: p.Name, SHA256: p.SHA256, Reader: "r"})
	}
	must(r, w.Flip(ctx, flip))
	return imp
}

// stored reports whether the bytes of a part are there.
func (r *rig) stored(imp catalog.Import, part string) bool {
	r.Helper()
	for _, p := range imp.Parts {
		if p.Name == part {
			hash, err := blob.ParseHash(p.SHA256)
			must(r, err)
			_, err = r.blobs.Stat(r.Context(), hash)
			return err == nil
		}
	}
	r.Fatalf("%s has no %s", imp.ID, part)
	return false
}

// work runs what is in the queue.
func (r *rig) work() {
	r.Helper()
	for {
		pending, _, err := r.store.QueueLength(r.Context(), retention.KindName)
		must(r, err)
		if pending == 0 {
			return
		}
		ctx, stop := context.WithCancel(r.Context())
		runner := jobs.New(r.store, jobs.Options{Name: "test", Now: r.clock.now, Log: r.keep.Log, Ended: func(end jobs.End) {
			if end.Failure != nil && !r.failures {
				r.Errorf("retention: %s", end.Failure.Message)
			}
			stop()
		}}, r.keep.Kind())
		must(r, runner.Run(ctx))
		stop()
	}
}

func (r *rig) count() int {
	r.Helper()
	n := 0
	must(r, r.blobs.List(r.Context(), func(blob.Info) error { n++; return nil }))
	return n
}

func texts(n int) map[string]string {
	return map[string]string{"manifest": fmt.Sprint("manifest ", n), "catalog": "catalog"}
}
