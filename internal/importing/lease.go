package importing

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// claim is an import with the claim of its job and, from merge on, the lease of
// its schema.
type claim struct {
	WS     int64
	Import catalog.Import
	Job    store.JobClaim
	Lease  store.Lease
}

const (
	// leaseWait is how long an import waits for its schema: longer than a lease
	// that a dead writer left can hold.
	leaseWait  = 2 * store.LeaseTime
	renewEvery = 15 * time.Second
)

// hold takes the schema's lease, which the flip, or release, gives back. Edits
// of the schema wait from here on, and not while the artifacts are read. What
// was read of the schema meanwhile is read again if it has moved on.
func (j *job) hold(ctx context.Context) error {
	if j.claim.Lease.Token != 0 {
		return nil
	}
	lease, err := j.Store.LeaseForJob(ctx, j.claim.Job, j.schema.ID, leaseWait)
	if err != nil {
		return err
	}
	j.claim.Lease = lease
	j.renewing.Go(func() { j.renew(ctx, lease) })
	if j.schema, err = j.Store.Schema(ctx, j.claim.WS, j.schema.ID); err != nil {
		return err
	}
	if st := j.stands; st != nil && st.version != j.schema.Version {
		_ = st.reading.Wait() // its result is not used
		j.stands = nil
	}
	return nil
}

// renew keeps the lease until the import ends; without it the import stops.
func (j *job) renew(ctx context.Context, lease store.Lease) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			err := j.Store.RenewLease(ctx, lease)
			switch {
			case errors.Is(err, catalog.ErrFenced):
				j.stop(err) // of no effect where the flip gave the lease back
			case err != nil && ctx.Err() == nil:
				j.Log.Warn("lease is not renewed", slog.String("schema_id", lease.Schema.String()), slog.String("error", err.Error()))
			}
		}
	}
}

// release gives the lease back, after taking back what was written, unless the
// import made its version.
func (j *job) release(ctx context.Context, failed bool) {
	if j.claim.Lease.Token == 0 || !failed {
		return
	}
	if j.write != nil {
		_ = j.write.Abort(ctx) // what it leaves is invisible, and swept by the next writer
	}
	if err := j.Store.ReleaseLease(ctx, j.claim.Lease); err != nil && !errors.Is(err, catalog.ErrFenced) {
		// The next attempt, or the end of the job, frees it.
		j.Log.Warn("lease is not given back", slog.String("error", err.Error()))
	}
}
