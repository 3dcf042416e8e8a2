package readmodel

import (
	"context"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Outcome is the worst of the latest results of an asset: of its run, its data tests and its freshness.
type Outcome string

// The outcomes, the worst first.
const (
	OutcomeError Outcome = "error" // it, or one of its tests, could not be run
	OutcomeFail  Outcome = "fail"  // a test found rows
	OutcomeStale Outcome = "stale" // its rows are older than its project allows
	OutcomeWarn  Outcome = "warn"
	OutcomePass  Outcome = "pass"
)

// allOutcomes begins with the worst.
var allOutcomes = []Outcome{OutcomeError, OutcomeFail, OutcomeStale, OutcomeWarn, OutcomePass}

// Outcomes returns the outcomes of assets. One without results has none.
func (v *View) Outcomes(ctx context.Context, assets []*Asset) (map[catalog.AssetID]Outcome, error) {
	ids, keys, nodes := make([]catalog.AssetID, len(assets)), make([]store.NodeKey, len(assets)), make([]catalog.NodeRef, len(assets))
	for i, a := range assets {
		ids[i], keys[i] = a.ID, store.NodeKeyOf(a.Project, a.UniqueID)
		nodes[i] = catalog.NodeRef{Project: a.Project, UniqueID: a.UniqueID}
	}
	stored, err := v.m.store.ResultsStored(ctx, v.ws(), v.Schema.ID)
	if err != nil {
		return nil, err
	}
	runs, err := v.classesOf(ctx, keys, stored)
	if err != nil {
		return nil, err
	}
	tests, err := v.testCounts(ctx, ids, stored)
	if err != nil {
		return nil, err
	}
	fresh, err := v.freshnessOf(ctx, nodes)
	if err != nil {
		return nil, err
	}
	out := map[catalog.AssetID]Outcome{}
	for i, id := range ids {
		source, isFresh := fresh[nodes[i]]
		if worst := worstOf(runs[keys[i]], tests[id], source.Status, isFresh); worst != "" {
			out[id] = worst
		}
	}
	return out, nil
}

func worstOf(run string, tests TestCounts, freshness string, isFresh bool) Outcome {
	found := map[Outcome]bool{
		OutcomeError: run == catalog.ClassError || tests.Error > 0 || isFresh && freshness == "runtime error",
		OutcomeFail:  run == catalog.ClassFail || tests.Fail > 0,
		OutcomeStale: isFresh && freshness == "error",
		OutcomeWarn:  run == catalog.ClassWarn || tests.Warn > 0 || isFresh && freshness == "warn",
		OutcomePass:  run == catalog.ClassSuccess || run == catalog.ClassPass || tests.Pass > 0 || isFresh && freshness == "pass",
	}
	if i := slices.IndexFunc(allOutcomes, func(o Outcome) bool { return found[o] }); i >= 0 {
		return allOutcomes[i]
	}
	return ""
}
