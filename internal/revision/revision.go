// Package revision applies observations to a schema: it finds the asset of
// each reported thing, merges what all origins report into assets and columns,
// derives edges and tests, traces column lineage and makes the result visible as
// the next version. It is the only writer of versions and knows neither dbt nor
// warehouses nor people: dbt imports, crawls, edits and confirmed removals all
// call Reviser.Apply.
package revision

import (
	"context"
	"log/slog"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Reviser applies observations. It holds no state of its own.
type Reviser struct {
	Store Store
	Now   func() time.Time
	Log   *slog.Logger
	// Prepare, if set, is called before a version becomes visible.
	Prepare Preparer
}

// Preparer makes the state that readers of a version need. It is called while
// the version's rows are written but not served. An error is logged: readers
// then load that state themselves.
type Preparer interface {
	Prepare(ctx context.Context, ws int64, schema catalog.SchemaID, d *catalog.VersionDelta) error
}

// Options configure one Apply.
type Options struct {
	// Lease is the schema's lease if the caller holds it. Otherwise Apply takes
	// it by TakeLease, or for Holder, waiting up to Wait, and gives it back.
	Lease     *store.Lease
	TakeLease func(ctx context.Context) (store.Lease, error)
	Holder    string
	Wait      time.Duration
	released  *bool // of Lease, by the transaction that ended with it
	// Actor is recorded with the version.
	Actor catalog.Actor
	// Policy, if set, is the schema's merge policy from this version on, which Finish
	// stores: the assets that it concerns are merged again.
	Policy *catalog.Policy
	// CountAll counts tables in Result.Counters that no dbt project has, too.
	CountAll bool
	// Base is what was read before the lease was taken; nil reads it under the
	// lease. It is read again if the schema has a newer version by then.
	Base *Base
	// Report, if set, receives stages, progress, counts and issues.
	Report Reporter
	// Check, if set, runs under the lease before anything is written; its error
	// ends Apply.
	Check func(ctx context.Context) error
	// Finish, if set, adds what has to be committed together with the version,
	// or alone where no version is made.
	Finish func(*Result) (store.Flip, error)
	// Audit, if set, is the entry of the audit log that is committed with it.
	Audit func(*Result) store.AuditEntry
}

// finish returns what Finish and Audit add.
func (o *Options) finish(r *Result) (flip store.Flip, err error) {
	if o.Finish != nil {
		if flip, err = o.Finish(r); err != nil {
			return flip, err
		}
	}
	if o.Audit != nil {
		flip.Audit = append(flip.Audit, o.Audit(r))
	}
	return flip, nil
}

// Result is what an Apply did.
type Result struct {
	// Version is the number of the version that was made; 0 if nothing changed.
	Version  int64
	Delta    catalog.VersionDelta
	Counters catalog.Counters
	Removed  int64 // assets that nothing reports any more
}

// Reporter receives the progress of an Apply. Its methods may be called from
// several goroutines.
type Reporter interface {
	Stage(name string)
	Progress(done, total int64)
	Count(name string, n int64)
	Issue(catalog.Issue)
}

// silent is the Reporter of callers that want none.
type silent struct{}

func (silent) Stage(string)          {}
func (silent) Progress(int64, int64) {}
func (silent) Count(string, int64)   {}
func (silent) Issue(catalog.Issue)   {}
