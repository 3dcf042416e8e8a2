package revision

import (
	"cmp"
	"context"

	"golang.org/x/sync/errgroup"
)

// writing writes one part of a version while the next part is made.
type writing struct {
	ctx   context.Context //nolint:containedctx // of the parts that are written; it lives as long as one apply
	group *errgroup.Group
}

// whileWriting calls a function whose parts are written by later. The function's
// context ends when a part could not be written. On return nothing is being
// written any more.
func (a *apply) whileWriting(ctx context.Context, fn func(context.Context) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(1)
	a.writing = writing{ctx, group}
	err := fn(ctx)
	// The failed write is what made the function fail.
	return cmp.Or(group.Wait(), err)
}

// later writes a part: in the order of the calls, and not before what was passed
// to the call before it is written. A part must not be changed afterwards.
func (a *apply) later(write func(context.Context) error) {
	a.writing.group.Go(func() error {
		if err := a.writing.ctx.Err(); err != nil {
			return err
		}
		return write(a.writing.ctx)
	})
}

// written waits until everything that was passed to later is written.
func (a *apply) written() { a.later(func(context.Context) error { return nil }) }
