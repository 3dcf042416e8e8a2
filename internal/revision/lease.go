package revision

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// renewEvery is how often a lease is renewed while it is held.
const renewEvery = 15 * time.Second

// Hold takes the schema's lease for several calls: what a caller reads before it
// calls the function that is returned stays true. The options that are returned
// carry the lease to one Apply or Note, which gives it back if it succeeds.
func (r *Reviser) Hold(ctx context.Context, ws int64, schema catalog.SchemaID, opts Options) (Options, func(), error) {
	if opts.Lease != nil {
		return opts, func() {}, nil
	}
	lease, err := r.takeLease(ctx, ws, schema, opts)
	if err != nil {
		return opts, nil, err
	}
	released := false
	opts.Lease, opts.released = &lease, &released
	renewing, end := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { r.renew(renewing, lease) })
	return opts, func() {
		end()
		wg.Wait()
		if released {
			return
		}
		_ = r.Store.ReleaseLease(context.WithoutCancel(ctx), lease) // it expires by itself where this fails
	}, nil
}

func (r *Reviser) takeLease(ctx context.Context, ws int64, schema catalog.SchemaID, opts Options) (store.Lease, error) {
	if opts.TakeLease != nil {
		return opts.TakeLease(ctx)
	}
	return r.Store.LeaseSchema(ctx, ws, schema, opts.Holder, opts.Wait)
}

// renew renews a lease until ctx ends, or another took it: the next write is then
// refused.
func (r *Reviser) renew(ctx context.Context, lease store.Lease) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := r.Store.RenewLease(ctx, lease)
		switch {
		case errors.Is(err, catalog.ErrFenced):
			return
		case err != nil && ctx.Err() == nil:
			r.Log.WarnContext(ctx, "lease is not renewed", slog.String("schema_id", lease.Schema.String()), slog.Any("error", err))
		}
	}
}
