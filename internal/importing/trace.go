package importing

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/store"
)

// Tracer reads the SQL of the models that changed into column edges and writes
// them into the version at hand.
type Tracer interface {
	Trace(ctx context.Context, w *store.Write) error
}

func (j *job) trace(ctx context.Context, _ *plan) error {
	if j.Tracer == nil {
		return nil
	}
	return j.Tracer.Trace(ctx, j.write)
}
