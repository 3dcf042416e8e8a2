package readmodel

import (
	"context"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// ResultKey is a result: that of a node in a run.
type ResultKey struct {
	Run  catalog.RunID
	Node string // unique_id
}

// UsualDurations returns how long the nodes of some results of an asset, a page of Results, had taken before each of
// them: the median of those of the 20 results before it that were executed. Results with fewer than three have none.
func (v *View) UsualDurations(ctx context.Context, asset *catalog.Asset, rows []store.RunResult) (map[ResultKey]Usual, error) {
	out := make(map[ResultKey]Usual, len(rows))
	for _, node := range asset.Nodes {
		names := v.Schema.Renames.Nodes([]catalog.NodeRef{node})
		page := 0
		var newest store.RunResult
		for _, r := range rows {
			if !slices.ContainsFunc(names, func(n catalog.NodeRef) bool { return n.UniqueID == r.UniqueID }) {
				continue
			}
			if page++; page == 1 {
				newest = r
			}
		}
		if page == 0 {
			continue
		}
		durations, err := v.m.store.NodeDurations(ctx, v.ws(), v.Schema.ID, names, newest.At, v.asOf, page+formerResults)
		if err != nil {
			return nil, err
		}
		for i, d := range durations {
			former := durations[i+1:]
			if usual, ok := usualBefore(former[:min(len(former), formerResults)]); ok {
				out[ResultKey{d.Run, d.Node}] = usual
			}
		}
	}
	return out, nil
}

func usualBefore(former []store.Duration) (Usual, bool) {
	var seconds []float64
	for _, d := range former {
		if executed(d.Class) {
			seconds = append(seconds, d.Seconds)
		}
	}
	return usualOf(seconds)
}

// UsualElapsed returns how long runs like one had taken before it: the median of the 20 before it of the same project
// and command, of chosen nodes if it was of chosen nodes; false of fewer than three.
func (v *View) UsualElapsed(ctx context.Context, run catalog.Run) (Usual, bool, error) {
	seconds, err := v.m.store.ElapsedBefore(ctx, v.ws(), run, v.Schema.Renames.Projects(run.Project), v.asOf, formerResults)
	if err != nil {
		return Usual{}, false, err
	}
	usual, ok := usualOf(seconds)
	return usual, ok, nil
}
