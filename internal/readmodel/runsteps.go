package readmodel

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// RunStep is one of what a run does in order: its hooks, one by one, and between those of its start and its end all of
// its nodes.
type RunStep struct {
	Hook      catalog.Hook        // "" for the nodes, and for an operation of another name
	Operation *catalog.NodeResult // nil for the nodes
	Asset     catalog.AssetID     // of the operation; 0 if the version has none
	Results   int
	Tally     catalog.Tally
	Started   time.Time
	Completed time.Time
}

// RunSteps returns the steps of a run in their order. It has no nodes if there are no results but those of operations.
// The assets of operations are those of the view's version.
func (v *View) RunSteps(ctx context.Context, run catalog.Run) ([]RunStep, error) {
	operations, err := v.m.store.RunOperations(ctx, v.ws(), run.ID)
	if err != nil {
		return nil, err
	}
	refs := make([]catalog.NodeRef, len(operations))
	for i, o := range operations {
		refs[i] = catalog.NodeRef{Project: run.Project, UniqueID: o.UniqueID}
	}
	assets, err := v.assetsOfNodes(ctx, refs)
	if err != nil {
		return nil, err
	}
	nodes := RunStep{Results: run.Results, Tally: run.Tally}
	steps := make([]RunStep, 0, len(operations)+1)
	for i := range operations {
		o := &operations[i]
		step := RunStep{
			Hook: catalog.HookOf(o.UniqueID), Operation: o, Asset: assets[refs[i]], Results: 1, Started: o.StartedAt, Completed: o.CompletedAt,
		}
		step.Tally.Add(o.Class)
		nodes.Results--
		nodes.Tally.Subtract(step.Tally)
		steps = append(steps, step)
	}
	if nodes.Results > 0 {
		if nodes.Started, nodes.Completed, err = v.m.store.RunSpan(ctx, v.ws(), run.ID); err != nil {
			return nil, err
		}
		steps = append(steps, nodes)
	}
	slices.SortStableFunc(steps, compareSteps)
	return steps, nil
}

// compareSteps orders steps by their hooks. Within one dbt counts the operations of each package; those that did not
// run, after an error, have no time.
func compareSteps(a, b RunStep) int {
	phase := map[catalog.Hook]int{catalog.OnRunStart: -1, catalog.OnRunEnd: 1}
	byPhase := cmp.Compare(phase[a.Hook], phase[b.Hook])
	if byPhase != 0 || a.Operation == nil || b.Operation == nil {
		return byPhase
	}
	if a.Started.IsZero() != b.Started.IsZero() {
		return cmp.Compare(b.Started.UnixMicro(), a.Started.UnixMicro())
	}
	return cmp.Or(a.Started.Compare(b.Started), strings.Compare(a.Operation.UniqueID, b.Operation.UniqueID))
}
