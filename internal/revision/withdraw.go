package revision

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Withdrawn names an origin that will report nothing more.
type Withdrawn struct {
	Origin  catalog.Origin
	Project catalog.ProjectID // of the origin; 0 where it is not a project
	Cause   catalog.Cause
}

// Withdraw ends everything that an origin reports: what nothing else reports is flagged removed. A project
// comes back with its next report that is not older than the last one.
func (r *Reviser) Withdraw(ctx context.Context, ws int64, schema catalog.SchemaID, w Withdrawn, opts Options) (Result, error) {
	opts, release, err := r.Hold(ctx, ws, schema, opts)
	if err != nil {
		return Result{}, err
	}
	defer release()
	index, err := r.Store.Index(ctx, ws, schema)
	if err != nil {
		return Result{}, fmt.Errorf("index of %s: %w", schema, err)
	}
	nodes := nodesOf(index, w.Origin)
	o := Observation{
		Origin: w.Origin, Project: w.Project, At: r.Now(), Cause: w.Cause, Coverage: Partial, Withdrawn: slices.Sorted(maps.Keys(nodes.source)),
	}
	o.Source = nodes.sourceOf(o.Withdrawn)
	if w.Project != 0 {
		if err := r.endHistory(ctx, ws, w, &opts); err != nil {
			return Result{}, err
		}
		o.Links, o.Tests = Links{}, []TestClaim{}
	}
	return r.Apply(ctx, ws, schema, opts, o)
}

// endHistory adds to what Finish commits that a project has no nodes since its newest report. An import of it that is
// being read begins again, because the project is another one then.
func (r *Reviser) endHistory(ctx context.Context, ws int64, w Withdrawn, opts *Options) error {
	project, err := r.Store.Project(ctx, ws, w.Project)
	if err != nil {
		return fmt.Errorf("project %s: %w", w.Project, err)
	}
	h := history{Periods: []period{{First: project.Newest(catalog.FromManifest), Cause: w.Cause, Confirmed: true}}}
	memo, _, err := h.memo(w.Project)
	if err != nil {
		return err
	}
	finish := opts.Finish
	opts.Finish = func(result *Result) (flip store.Flip, err error) {
		if finish != nil {
			if flip, err = finish(result); err != nil {
				return flip, err
			}
		}
		flip.Project = &project
		flip.Memos = append(flip.Memos, memo, store.Memo{Project: w.Project, Name: droppedMemoName})
		return flip, nil
	}
	return nil
}
