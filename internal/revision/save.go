package revision

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// save makes the version visible, together with what Options.Finish adds, in
// one transaction. If nothing changed it commits only that.
func (a *apply) save(ctx context.Context) (Result, error) {
	if err := a.write.PutFacets(ctx, a.pending); err != nil {
		return Result{}, fmt.Errorf("%d pending tables: %w", len(a.pending), err)
	}
	a.report().Count("tables_removed", a.merger.removed)
	a.report().Count("restored", a.merger.restored)
	result := Result{Counters: a.merger.counters, Removed: a.merger.removed}
	result.Counters.LineagesCreated = a.edges.created
	changed := a.write.Touched()
	if changed {
		result.Version, result.Delta = a.write.Number(), a.write.Delta()
	}
	flip, err := a.flip(&result)
	if err != nil {
		return Result{}, err
	}
	if !changed {
		// Only what makes no difference has changed, such as the order of keys.
		return result, a.opts.commit(&flip, func() error { return a.write.Note(ctx, flip) })
	}
	a.prepare(ctx, &result.Delta)
	if err := a.opts.commit(&flip, func() error { return a.write.Flip(ctx, flip) }); err != nil {
		return Result{}, fmt.Errorf("version %d of %s: %w", a.write.Number(), a.schema.ID, err)
	}
	return result, nil
}

// flip gathers what is committed with the version.
func (a *apply) flip(result *Result) (store.Flip, error) {
	flip, err := a.opts.finish(result)
	if err != nil {
		return flip, err
	}
	if flip.Actor == (catalog.Actor{}) {
		flip.Actor = a.opts.Actor
	}
	if flip.Cause.IsZero() {
		flip.Cause = a.cause()
	}
	held, err := a.heldMemos()
	if err != nil {
		return flip, err
	}
	flip.Memos = append(append(flip.Memos, a.memos...), held...)
	flip.Pending = a.withheld
	flip.Tables = &a.merger.tables
	return flip, nil
}

// prepare lets readers make the state of the version before it is served. If it
// fails, readers lose time; the version is not affected.
func (a *apply) prepare(ctx context.Context, d *catalog.VersionDelta) {
	if a.Prepare == nil {
		return
	}
	if err := a.Prepare.Prepare(ctx, a.ws, a.schema.ID, d); err != nil {
		a.Log.WarnContext(ctx, "state of the next version", slog.String("schema_id", a.schema.ID.String()), slog.Int64("version", d.Version), slog.Any("error", err))
	}
}
