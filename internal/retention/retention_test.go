package retention_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/retention"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Two months of four imports a day, one of them failing: of each project and kind
// the last ten stay, and one a day for thirty days.
func TestTwoMonths(t *testing.T) {
	if testing.Short() {
		t.Skip("short: one goroutine, and 240 imports")
	}
	onBoth(t, func(r *rig) {
		const days = 60
		var imports []catalog.Import
		for n := range days * 4 {
			imports = append(imports, r.send(n%4 != 3, texts(n)))
			r.clock.add(6 * time.Hour)
		}
		must(r, r.keep.All(r.Context()))
		good, bad := map[string]bool{}, map[string]bool{}
		last := map[bool]int{}
		now := r.clock.now()
		for n := len(imports) - 1; n >= 0; n-- {
			imp, ok := imports[n], n%4 != 3
			seen, day := good, imp.CreatedAt.Format(time.DateOnly)
			if !ok {
				seen = bad
			}
			last[ok]++
			want := last[ok] <= 10 || !seen[day] && imp.CreatedAt.After(now.AddDate(0, 0, -30))
			seen[day] = true
			if got := r.stored(imp, "manifest"); got != want {
				t := now.Sub(imp.CreatedAt).Round(time.Hour)
				r.Errorf("import %d, %s ago, completed %v: stored %v, want %v", n, t, ok, got, want)
			}
			if !r.stored(imp, "catalog") {
				r.Fatal("the catalog is served")
			}
		}
		before := r.count()
		must(r, r.keep.All(r.Context()))
		if after := r.count(); after != before {
			r.Errorf("%d blobs after a second look, %d before", after, before)
		}
	})
}

// What is served stays, however many imports came since.
func TestServedStays(t *testing.T) {
	onBoth(t, func(r *rig) {
		served := r.send(true, texts(0))
		var failed []catalog.Import
		for n := range 15 {
			failed = append(failed, r.send(false, map[string]string{"manifest": fmt.Sprint("failed ", n)}))
		}
		r.clock.add(100 * day)
		must(r, r.keep.All(r.Context()))
		if !r.stored(served, "manifest") || !r.stored(served, "catalog") {
			r.Error("the served artifacts are gone")
		}
		for n, imp := range failed {
			if r.stored(imp, "manifest") != (n >= 5) {
				r.Errorf("failed import %d", n)
			}
		}
	})
}

// What is kept of the past is compressed, what is served or about to be applied is not: that is read at once.
func TestPastIsCompressed(t *testing.T) {
	onBoth(t, func(r *rig) {
		large := func(n int) map[string]string {
			return map[string]string{"manifest": strings.Repeat(fmt.Sprint("manifest ", n, "\n"), 5000), "catalog": strings.Repeat("catalog\n", 5000)}
		}
		imports := []catalog.Import{r.send(true, large(0)), r.send(false, large(1)), r.send(true, large(2))}
		must(r, r.keep.All(r.Context()))
		must(r, r.keep.All(r.Context()))
		for n, plain := range []bool{false, false, true} {
			hash, err := blob.ParseHash(imports[n].Parts[0].SHA256)
			must(r, err)
			saved, err := r.blobs.Compress(r.Context(), hash)
			must(r, err)
			if (saved > 0) != plain {
				r.Errorf("manifest of import %d: compressing it now saves %d bytes", n, saved)
			}
		}
		catalogHash, err := blob.ParseHash(imports[0].Parts[1].SHA256)
		must(r, err)
		if saved, err := r.blobs.Compress(r.Context(), catalogHash); err != nil || saved == 0 {
			r.Errorf("the catalog, which is served, was compressed: %v", err)
		}
	})
}

// Many imports in a row do not pile up until the schedule comes: 200 of one
// changed file each leave few more than the policy keeps.
func TestManyImports(t *testing.T) {
	onBoth(t, func(r *rig) {
		most := 0
		for n := range 100 {
			imp := r.send(true, texts(n))
			must(r, r.keep.ImportEnded(r.Context(), ws, imp.SchemaID))
			r.clock.add(5 * time.Second)
			if n%10 == 9 {
				r.clock.add(20 * time.Second)
				r.work()
			}
			most = max(most, r.count())
		}
		if most > 25 {
			r.Errorf("%d blobs at a time", most)
		}
	})
}

// Uploads that did not become an import go after a day, whatever became of them.
func TestOrphans(t *testing.T) {
	onBoth(t, func(r *rig) {
		ctx := r.Context()
		must(r, r.put(ctx, &store.NewImport{}, "manifest", "orphan"))
		// Bytes of which the store has no row at all.
		w, err := r.blobs.Create(ctx)
		must(r, err)
		_, _, err = w.Commit(ctx)
		must(r, err)
		r.clock.add(23 * time.Hour)
		must(r, r.keep.All(ctx))
		if n := r.count(); n != 2 {
			r.Fatalf("%d blobs before the day is over", n)
		}
		r.clock.add(2 * time.Hour)
		must(r, r.keep.All(ctx))
		if n := r.count(); n != 0 {
			r.Errorf("%d blobs after a day", n)
		}
	})
}

// A deletion that a process began and did not end is finished by another.
func TestDiesInTheMiddle(t *testing.T) {
	onBoth(t, func(r *rig) {
		ctx := r.Context()
		must(r, r.put(ctx, &store.NewImport{}, "manifest", "orphan"))
		r.clock.add(2 * day)
		r.keep.Blobs = deaf{r.blobs}
		if err := r.keep.All(ctx); !errors.Is(err, os.ErrPermission) {
			r.Fatalf("%v", err)
		}
		r.keep.Blobs = r.blobs
		must(r, r.keep.All(ctx))
		if n := r.count(); n != 1 {
			r.Errorf("%d blobs: the other process may still be alive", n)
		}
		r.clock.add(store.MarkTime + time.Second)
		must(r, r.keep.All(ctx))
		if n := r.count(); n != 0 {
			r.Errorf("%d blobs", n)
		}
	})
}

type deaf struct{ blob.Store }

func (deaf) Delete(context.Context, blob.Hash) error { return os.ErrPermission }

// Bytes that were stored just now stay, even where nothing touched their row.
func TestStoredJustNow(t *testing.T) {
	onBoth(t, func(r *rig) {
		ctx := r.Context()
		n := store.NewImport{SchemaID: r.schema}
		must(r, r.put(ctx, &n, "manifest", "orphan"))
		r.clock.add(2 * day)
		r.keep.Blobs = young{r.blobs, r.clock}
		must(r, r.keep.All(ctx))
		r.keep.Blobs = r.blobs
		if left := r.count(); left != 1 {
			r.Fatalf("%d blobs", left)
		}
		_, _, err := r.store.CreateImport(ctx, ws, n)
		must(r, err)
	})
}

type young struct {
	blob.Store
	clock *clock
}

func (y young) Stat(ctx context.Context, h blob.Hash) (blob.Info, error) {
	info, err := y.Store.Stat(ctx, h)
	info.Modified = y.clock.now()
	return info, err
}

// Uploads of the same bytes while retention deletes them: an import that was
// accepted finds its artifact.
func TestConcurrentUploads(t *testing.T) {
	onBoth(t, func(r *rig) {
		r.keep.Policy = retention.Policy{LastArtifacts: 1, Orphans: day}
		ctx, stop := context.WithCancel(r.Context())
		var wg sync.WaitGroup
		var accepted, refused, looks atomic.Int64
		upload := func(content string) {
			n := store.NewImport{SchemaID: r.schema}
			err := r.put(ctx, &n, "manifest", content)
			if err == nil {
				var imp catalog.Import
				imp, _, err = r.store.CreateImport(ctx, ws, n)
				if err == nil {
					accepted.Add(1)
					if !r.stored(imp, "manifest") {
						r.Errorf("%s was accepted and its artifact is gone", imp.ID)
					}
					err = r.store.CancelImport(ctx, ws, imp.ID) // retention may have it now
				}
			}
			if errors.Is(err, catalog.ErrUnavailable) {
				refused.Add(1)
			} else if err != nil && ctx.Err() == nil {
				r.Error(err)
			}
		}
		for n := range 3 {
			wg.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					upload(fmt.Sprint("content ", (i+n)%2))
				}
			})
		}
		wg.Go(func() {
			for ctx.Err() == nil {
				r.clock.add(15 * time.Second) // everything is untouched at once
				if err := r.keep.All(ctx); err != nil && ctx.Err() == nil {
					r.Error(err)
				}
				looks.Add(1)
			}
		})
		time.Sleep(2 * time.Second)
		stop()
		wg.Wait()
		if accepted.Load() < 10 || looks.Load() < 3 {
			r.Errorf("%d accepted, %d refused, %d looks: too little to see anything", accepted.Load(), refused.Load(), looks.Load())
		}
	})
}

// Run results, versions and ended jobs go by their own settings.
func TestRows(t *testing.T) {
	onBoth(t, func(r *rig) {
		ctx := r.Context()
		for n := range 6 {
			r.send(true, texts(n))
			run := catalog.Run{SchemaID: r.schema, InvocationID: fmt.Sprint(n), Command: "run", GeneratedAt: r.clock.now()}
			_, _, err := r.store.PutRun(ctx, ws, run, []catalog.NodeResult{{UniqueID: "model.a", Status: "success", Class: "success", CompletedAt: run.GeneratedAt}}, nil)
			must(r, err)
			r.clock.add(100 * day)
		}
		r.keep.Policy.Versions = 250 * day
		r.keep.Policy.Jobs = 150 * day
		_, err := r.store.Enqueue(ctx, ws, store.NewJob{Kind: retention.KindName, OrderKey: r.keep.Kind().OrderKey(0)})
		must(r, err)
		r.work()
		runs, err := r.store.Runs(ctx, ws, store.RunFilter{}, store.Page{})
		must(r, err)
		if len(runs.Rows) != 3 { // younger than 400 days; one of them is the latest of its node
			r.Errorf("%d runs", len(runs.Rows))
		}
		if first, err := r.store.FirstVersion(ctx, ws, r.schema); err != nil || first != 4 { // served until 200 days ago
			r.Errorf("the first version is %d, %v", first, err)
		}
		if _, err := r.store.Job(ctx, ws, 5); !errors.Is(err, catalog.ErrNotFound) {
			r.Errorf("job 5: %v", err)
		}
		if _, err := r.store.Job(ctx, ws, 6); err != nil {
			r.Error(err)
		}
	})
}

// Arguments that cannot be read are not tried again.
func TestBadArguments(t *testing.T) {
	onBoth(t, func(r *rig) {
		id, err := r.store.Enqueue(r.Context(), ws, store.NewJob{Kind: retention.KindName, Arguments: []byte("x")})
		must(r, err)
		r.failures = true
		r.work()
		if j, err := r.store.Job(r.Context(), ws, id); err != nil || j.Failure.Code != "bad-arguments" || j.Attempts != 1 {
			r.Errorf("%+v, %v", j, err)
		}
	})
}
