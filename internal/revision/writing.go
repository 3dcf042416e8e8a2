package revision

import (
	"cmp"
	"context"

	"golang.org/x/sync/errgroup"
)

// writing writes the parts of a version while the next ones are made.
type writing struct {
	ctx   context.Context //nolint:containedctx // of the parts that are written; it lives as long as one apply
	parts chan func(context.Context) error
}

// partsAhead is how many parts may wait while one is written: some parts keep the
// processors busy, others the database.
const partsAhead = 1

// whileWriting calls a function whose parts are written by later. The function's
// context ends when a part could not be written. On return nothing is being
// written any more.
func (a *apply) whileWriting(ctx context.Context, fn func(context.Context) error) error {
	group, ctx := errgroup.WithContext(ctx)
	parts := make(chan func(context.Context) error, partsAhead)
	a.writing = writing{ctx, parts}
	group.Go(func() error {
		for write := range parts {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := write(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	err := fn(ctx)
	close(parts)
	// The failed write is what made the function fail.
	return cmp.Or(group.Wait(), err)
}

// later writes a part after those that were passed to it before, and waits if too
// many do. A part must not be changed afterwards.
func (a *apply) later(write func(context.Context) error) {
	select {
	case a.writing.parts <- write:
	case <-a.writing.ctx.Done():
	}
}

// written waits until everything that was passed to later is written.
func (a *apply) written() {
	done := make(chan struct{})
	a.later(func(context.Context) error {
		close(done)
		return nil
	})
	select {
	case <-done:
	case <-a.writing.ctx.Done():
	}
}

// together calls functions concurrently and returns the first error.
func together(ctx context.Context, fns ...func(context.Context) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, fn := range fns {
		group.Go(func() error { return fn(ctx) })
	}
	return group.Wait()
}
