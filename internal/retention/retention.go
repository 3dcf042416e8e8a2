// Package retention deletes what is no longer needed: artifacts, run results,
// versions and the texts that only they had, ended jobs. It compresses past artifacts that
// it keeps. It is a kind of job; what is kept for how long are its settings.
package retention

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/store"
)

// KindName is the kind of retention's jobs.
const KindName = "retention"

// Policy is what is kept. A zero duration keeps everything.
type Policy struct {
	// Artifacts are kept per project and kind: those of the last LastArtifacts
	// imports, and those of one import per day for DailyFor days. What is
	// served is always kept.
	LastArtifacts int
	DailyFor      int // days
	// Orphans are artifacts of uploads that did not become an import.
	Orphans  time.Duration
	Results  time.Duration // run results; the latest of each node stays
	Versions time.Duration // of a schema; the served one stays
	Jobs     time.Duration // that have ended
}

// deletedTime is how long a deleted schema is hidden before its rows are deleted.
const deletedTime = 30 * 24 * time.Hour

// idempotencyTime is how long idempotency keys are promised to be remembered.
const idempotencyTime = 24 * time.Hour

// Store is what retention needs of the store.
type Store interface {
	Workspaces(ctx context.Context) ([]int64, error)
	Schemas(ctx context.Context, ws int64, only []catalog.SchemaID, p store.Page) (store.Paged[store.SchemaRow], error)
	Enqueue(ctx context.Context, ws int64, n store.NewJob) (int64, error)

	AllBlobRefs(ctx context.Context, ws int64, schema catalog.SchemaID) ([]store.BlobRef, error)
	DropBlobRefs(ctx context.Context, ws int64, refs []store.BlobRef) error
	UnreferencedBlobs(ctx context.Context, l store.Loose, limit int) ([]string, error)
	MarkBlobs(ctx context.Context, l store.Loose, sha256s []string) ([]string, error)
	MarkStrayBlobs(ctx context.Context, sha256s []string) ([]string, error)
	MarkedBlobs(ctx context.Context, before time.Time) ([]string, error)
	ForgetBlobs(ctx context.Context, sha256s []string) error
	SpareBlobs(ctx context.Context, sha256s []string) error

	DeleteRuns(ctx context.Context, ws int64, before time.Time, limit int) (int64, error)
	DeletedSchemas(ctx context.Context, ws int64, before time.Time) ([]catalog.SchemaID, error)
	PurgeSchema(ctx context.Context, ws int64, id catalog.SchemaID) error
	DeleteVersions(ctx context.Context, ws int64, schema catalog.SchemaID, before time.Time) (int64, error)
	CollectTexts(ctx context.Context, ws int64) (int64, error)
	DeleteJobs(ctx context.Context, ws int64, before time.Time, limit int) (int64, error)
	DeleteDeliveries(ctx context.Context, ws int64, before time.Time, limit int) (int64, error)
	DeleteSyncs(ctx context.Context, ws int64, before time.Time, limit int) (int64, error)
	DeleteIdempotencyKeys(ctx context.Context, ws int64, before time.Time) (int64, error)
}

// Retention deletes what the policy does not keep.
type Retention struct {
	Store  Store
	Blobs  blob.Store
	Policy Policy
	Now    func() time.Time
	Log    *slog.Logger

	mu    sync.Mutex
	ended map[schemaKey]int // imports since the artifacts were last looked at
}

type schemaKey struct {
	ws     int64
	schema catalog.SchemaID
}

// arguments of a job.
type arguments struct {
	// Schema restricts the job to the artifacts of one schema; 0 = everything, of
	// all workspaces.
	Schema catalog.SchemaID `json:"schema,omitempty"`
}

// Kind returns the kind of retention's jobs.
func (r *Retention) Kind() jobs.Kind { return jobs.Kind{Name: KindName, Ordered: true, Run: r.run} }

// afterImports is the delay of the job that deletes artifacts after imports
// ended: long enough for the older ones to count as untouched.
const afterImports = untouched + time.Second

// ImportEnded counts an import that ended. After half as many as the policy keeps
// it enqueues a job for the artifacts of the schema, so that they do not pile up
// until the next scheduled one.
func (r *Retention) ImportEnded(ctx context.Context, ws int64, schema catalog.SchemaID) error {
	if !r.count(schemaKey{ws, schema}) {
		return nil
	}
	args, err := json.Marshal(arguments{Schema: schema})
	if err != nil {
		return err
	}
	_, err = r.Store.Enqueue(ctx, ws, store.NewJob{
		Kind: KindName, Schema: schema, OrderKey: r.Kind().OrderKey(schema), Arguments: args, Delay: afterImports, Once: true,
	})
	return err
}

func (r *Retention) count(key schemaKey) (look bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended == nil {
		r.ended = map[schemaKey]int{}
	}
	r.ended[key]++
	if look = r.ended[key] >= (r.Policy.LastArtifacts+1)/2; look {
		delete(r.ended, key)
	}
	return look
}

func (r *Retention) run(ctx context.Context, a *jobs.Attempt) error {
	var args arguments
	if len(a.Job.Arguments) > 0 {
		if err := json.Unmarshal(a.Job.Arguments, &args); err != nil {
			return jobs.Fail(catalog.Failure{Code: "bad-arguments", Message: fmt.Sprintf("bad-arguments: %v", err)})
		}
	}
	if args.Schema != 0 {
		if err := r.artifacts(ctx, a.Job.WS, args.Schema); err != nil {
			return err
		}
		return r.collect(ctx)
	}
	return r.All(ctx)
}

// All applies every rule to all workspaces.
func (r *Retention) All(ctx context.Context) error {
	all, err := r.Store.Workspaces(ctx)
	if err != nil {
		return err
	}
	for _, ws := range all {
		if err := r.workspace(ctx, ws); err != nil {
			return fmt.Errorf("workspace %d: %w", ws, err)
		}
	}
	if err := r.resume(ctx); err != nil {
		return err
	}
	if err := r.collect(ctx); err != nil {
		return err
	}
	return r.strays(ctx)
}

func (r *Retention) workspace(ctx context.Context, ws int64) error {
	if err := r.artifacts(ctx, ws, 0); err != nil {
		return err
	}
	versions, err := r.versions(ctx, ws)
	if err != nil {
		return err
	}
	schemas, err := r.purge(ctx, ws)
	if err != nil {
		return err
	}
	if versions+schemas > 0 {
		if err := r.texts(ctx, ws); err != nil {
			return err
		}
	}
	for _, rows := range []struct {
		name   string
		keep   time.Duration
		delete func(before time.Time) (int64, error)
	}{
		{"runs", r.Policy.Results, func(t time.Time) (int64, error) { return r.Store.DeleteRuns(ctx, ws, t, 10) }},
		{"jobs", r.Policy.Jobs, func(t time.Time) (int64, error) { return r.Store.DeleteJobs(ctx, ws, t, 1000) }},
		{"syncs", r.Policy.Jobs, func(t time.Time) (int64, error) { return r.Store.DeleteSyncs(ctx, ws, t, 1000) }},
		{"deliveries", r.Policy.Jobs, func(t time.Time) (int64, error) { return r.Store.DeleteDeliveries(ctx, ws, t, 1000) }},
		{"idempotency keys", idempotencyTime, func(t time.Time) (int64, error) { return r.Store.DeleteIdempotencyKeys(ctx, ws, t) }},
	} {
		if err := r.rows(ctx, ws, rows.name, rows.keep, rows.delete); err != nil {
			return err
		}
	}
	return nil
}

// rows deletes old rows some at a time, so that other writers get in between.
func (r *Retention) rows(ctx context.Context, ws int64, name string, keep time.Duration, remove func(time.Time) (int64, error)) error {
	if keep == 0 {
		return nil
	}
	before, total := r.Now().Add(-keep), int64(0)
	for ctx.Err() == nil {
		n, err := remove(before)
		if err != nil {
			return err
		}
		if total += n; n == 0 {
			break
		}
	}
	r.log(ws, name, total)
	return ctx.Err()
}

// texts deletes the texts that only deleted rows referred to. Those of rows that a job deleted before it was cut off,
// and what a writer does not let go of, are left for the next rows that are deleted.
func (r *Retention) texts(ctx context.Context, ws int64) error {
	deleted, err := r.Store.CollectTexts(ctx, ws)
	if errors.Is(err, catalog.ErrBusy) {
		r.Log.WarnContext(ctx, "texts are not collected", slog.Int64("workspace", ws), slog.Any("error", err))
		return nil
	}
	r.log(ws, "texts", deleted)
	return err
}

// purge deletes the rows of schemas that were deleted long ago, and returns of how many.
func (r *Retention) purge(ctx context.Context, ws int64) (int64, error) {
	deleted, err := r.Store.DeletedSchemas(ctx, ws, r.Now().Add(-deletedTime))
	if err != nil {
		return 0, err
	}
	for _, id := range deleted {
		if err := r.Store.PurgeSchema(ctx, ws, id); err != nil {
			return 0, err
		}
	}
	r.log(ws, "schemas", int64(len(deleted)))
	return int64(len(deleted)), nil
}

// versions deletes old versions of all schemas, and returns how many.
func (r *Retention) versions(ctx context.Context, ws int64) (total int64, err error) {
	if r.Policy.Versions == 0 {
		return 0, nil
	}
	before := r.Now().Add(-r.Policy.Versions)
	for page := (store.Page{Limit: 100}); ; {
		schemas, err := r.Store.Schemas(ctx, ws, nil, page)
		if err != nil {
			return total, err
		}
		for _, s := range schemas.Rows {
			n, err := r.Store.DeleteVersions(ctx, ws, s.ID, before)
			if err != nil {
				return total, err
			}
			total += n
		}
		if page.After = schemas.Next; page.After == "" {
			r.log(ws, "versions", total)
			return total, nil
		}
	}
}

func (r *Retention) log(ws int64, what string, n int64) {
	if n > 0 {
		r.Log.Info("retention", slog.Int64("workspace", ws), slog.String("deleted", what), slog.Int64("count", n))
	}
}
