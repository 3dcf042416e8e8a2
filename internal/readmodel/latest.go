package readmodel

import (
	"context"
	"unsafe"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// latestResults are the newest results of the nodes of pages that were read lately: a part of the state of the schema
// after some number of runs.
type latestResults struct {
	recent recent[catalog.NodeRef, *catalog.NodeResult] // nil of a node that never ran
	runs   recent[catalog.RunID, string]                // their invocations
}

const (
	latestBytes = 1 << 20
	runBytes    = 64 << 10
)

func newLatestResults() *latestResults {
	return &latestResults{
		recent: recent[catalog.NodeRef, *catalog.NodeResult]{limit: latestBytes, weigh: func(r *catalog.NodeResult) int64 {
			const entry = 256 // with its key
			if r == nil {
				return entry
			}
			return entry + int64(unsafe.Sizeof(*r)) + int64(len(r.Message))
		}},
		runs: recent[catalog.RunID, string]{limit: runBytes, weigh: func(id string) int64 { return 64 + int64(len(id)) }},
	}
}

func (l *latestResults) size() int64 { return l.recent.limit + l.runs.limit }

// latestResults returns the results that are kept after so many runs; nil for a view that does not know all runs.
func (v *View) latestResults(ctx context.Context, stored int64) (*latestResults, error) {
	if !v.asOf.IsNow() {
		return nil, nil //nolint:nilnil // nothing is kept
	}
	key := v.resultsKey(latestPart, stored)
	part, err := v.m.cache.get(ctx, key, func(context.Context) (sized, error) {
		older := key
		older.results--
		v.m.cache.demote(older)
		return newLatestResults(), nil
	})
	if err != nil {
		return nil, err
	}
	return part.(*latestResults), nil
}

// latest reads the newest results of nodes that the view knows.
func (v *View) latest(ctx context.Context, kept *latestResults, nodes []catalog.NodeRef) (map[catalog.NodeRef]*catalog.NodeResult, error) {
	results, missing := map[catalog.NodeRef]*catalog.NodeResult{}, nodes
	if kept != nil {
		results, missing = kept.recent.split(nodes)
	}
	named, err := v.newestNames(ctx)
	if err != nil {
		return nil, err
	}
	newest := func(n catalog.NodeRef) catalog.NodeRef {
		if other, ok := named[n]; ok {
			return other
		}
		return n
	}
	asked := make([]catalog.NodeRef, len(missing))
	for i, n := range missing {
		asked[i] = newest(n)
	}
	read, err := v.m.store.LatestResults(ctx, v.ws(), v.Schema.ID, asked, v.asOf)
	if err != nil {
		return nil, err
	}
	for _, n := range missing {
		var result *catalog.NodeResult
		if r, ok := read[newest(n)]; ok {
			result = &r
		}
		results[n] = result
		if kept != nil {
			kept.recent.add(n, result)
		}
	}
	return results, nil
}

// invocation returns the invocation of a run.
func (v *View) invocation(ctx context.Context, kept *latestResults, id catalog.RunID) (string, error) {
	if kept != nil {
		if found, _ := kept.runs.split([]catalog.RunID{id}); len(found) > 0 {
			return found[id], nil
		}
	}
	run, err := v.m.store.Run(ctx, v.ws(), id)
	if err == nil && kept != nil {
		kept.runs.add(id, run.InvocationID)
	}
	return run.InvocationID, err
}
