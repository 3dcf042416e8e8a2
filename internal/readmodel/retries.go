package readmodel

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Retries are what dbt retry made of a run; 0 where nothing is known.
type Retries struct {
	Of catalog.RunID // the run that it continued
	By catalog.RunID // the run that continued it
}

// Retries finds the runs that a run of the schema continued, and that continued it.
func (v *View) Retries(ctx context.Context, run catalog.Run) (out Retries, err error) {
	if out.Of, err = v.m.store.RetriedRun(ctx, v.ws(), run); err != nil {
		return out, err
	}
	out.By, err = v.m.store.RetryOf(ctx, v.ws(), run)
	return out, err
}
