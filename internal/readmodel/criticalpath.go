package readmodel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/store"
)

// PathStep is a node on the critical path of a run.
type PathStep struct {
	catalog.NodeResult
	Waited time.Duration // from the end of the step before to its own start
}

// Path is the chain of nodes that decided when a run was done, and what ran around its nodes.
type Path struct {
	Steps      []PathStep           // in the order in which they ran
	Operations []catalog.NodeResult // hooks, such as on-run-end
	Cut        bool                 // there are more steps before the first one
}

// maxPath is how many steps of a path are looked up.
const maxPath = 1000

// CriticalPath follows a run back from the node that completed last: before each node comes the one among those that it
// had to wait for that completed last. A node waits for its parents, and in dbt build for the tests of what it is made
// of. The graph is that of the view's version. Only the nodes next to the path are read.
func (v *View) CriticalPath(ctx context.Context, run catalog.Run) (Path, error) {
	out := Path{}
	var err error
	if out.Operations, err = v.m.store.RunOperations(ctx, v.ws(), run.ID); err != nil {
		return out, err
	}
	last, err := v.m.store.LastOfRun(ctx, v.ws(), run.ID)
	w := pathWalk{View: v, run: run}
	for err == nil && last != nil {
		if len(out.Steps) == maxPath {
			out.Cut = true
			break
		}
		out.Steps = append(out.Steps, PathStep{NodeResult: *last})
		last, err = w.before(ctx, last)
	}
	if err != nil {
		return Path{}, fmt.Errorf("critical path of run %s: %w", run.ID, err)
	}
	slices.Reverse(out.Steps)
	for i := 1; i < len(out.Steps); i++ {
		out.Steps[i].Waited = out.Steps[i].StartedAt.Sub(out.Steps[i-1].CompletedAt)
	}
	return out, nil
}

// pathWalk goes back along the critical path of a run.
type pathWalk struct {
	*View
	run catalog.Run
}

// before returns the node that decided when a node could start; nil if it waited for none.
func (w *pathWalk) before(ctx context.Context, node *catalog.NodeResult) (*catalog.NodeResult, error) {
	ids, err := w.waitedFor(ctx, node.UniqueID)
	if err != nil {
		return nil, err
	}
	results, err := w.m.store.RunResultsOf(ctx, w.ws(), w.run.ID, ids)
	if err != nil {
		return nil, err
	}
	var last *catalog.NodeResult
	for i := range results {
		r := &results[i]
		if r.UniqueID == node.UniqueID || r.CompletedAt.IsZero() || r.StartedAt.IsZero() || r.CompletedAt.After(node.StartedAt) {
			continue
		}
		if last == nil || cmp.Or(r.CompletedAt.Compare(last.CompletedAt), cmp.Compare(last.UniqueID, r.UniqueID)) > 0 {
			last = r
		}
	}
	return last, nil
}

// waitedFor returns the nodes that may have decided when a node could start.
func (w *pathWalk) waitedFor(ctx context.Context, uniqueID string) ([]string, error) {
	if strings.HasPrefix(uniqueID, "test.") {
		test, err := w.TestNamed(ctx, w.run.Project, uniqueID)
		if err != nil {
			return nil, unlessMissing(err)
		}
		assets, err := w.assetsOf(ctx, test.Body.Parents)
		if err != nil {
			return nil, err
		}
		parents, err := w.executed(ctx, assets)
		return uniqueIDsOf(parents), err
	}
	assets, err := w.assetsOf(ctx, []string{uniqueID})
	if err != nil {
		return nil, err
	}
	parents, err := w.parents(ctx, assets)
	if err != nil || w.run.Command != "build" {
		return uniqueIDsOf(parents), err
	}
	tests, err := w.testsBefore(ctx, parents)
	return append(uniqueIDsOf(parents), tests...), err
}

func unlessMissing(err error) error {
	if errors.Is(err, catalog.ErrNotFound) {
		return nil
	}
	return err
}

// assetsOf returns the assets of nodes of the run's project.
func (w *pathWalk) assetsOf(ctx context.Context, uniqueIDs []string) ([]catalog.AssetID, error) {
	nodes := make([]catalog.NodeRef, len(uniqueIDs))
	for i, id := range uniqueIDs {
		nodes[i] = catalog.NodeRef{Project: w.run.Project, UniqueID: id}
	}
	assets, err := w.assetsOfNodes(ctx, nodes)
	return catalog.SortedIDs(slices.Collect(maps.Values(assets))), err
}

// parents returns what assets are made of.
func (w *pathWalk) parents(ctx context.Context, of []catalog.AssetID) ([]*store.AssetCard, error) {
	if len(of) == 0 {
		return nil, nil
	}
	edges, err := w.m.store.EdgesInto(ctx, w.ws(), w.Schema.ID, w.Version, of)
	if err != nil {
		return nil, err
	}
	ids := make([]catalog.AssetID, 0, len(edges))
	for i := range edges {
		if !slices.Contains(of, edges[i].From) {
			ids = append(ids, edges[i].From)
		}
	}
	return w.executed(ctx, catalog.SortedIDs(ids))
}

// executed returns the cards of assets, and in place of ephemeral models, which dbt does not execute, those of what
// they are made of.
func (w *pathWalk) executed(ctx context.Context, ids []catalog.AssetID) ([]*store.AssetCard, error) {
	var out []*store.AssetCard
	seen := map[catalog.AssetID]bool{}
	for len(ids) > 0 {
		cards, err := w.m.store.AssetCards(ctx, w.ws(), w.Schema.ID, w.Version, ids)
		if err != nil {
			return nil, err
		}
		var ephemeral []catalog.AssetID
		for _, card := range cards {
			switch {
			case seen[card.ID]:
			case card.Materialized == "ephemeral":
				ephemeral = append(ephemeral, card.ID)
			default:
				out = append(out, card)
			}
			seen[card.ID] = true
		}
		ids = nil
		if len(ephemeral) == 0 {
			break
		}
		edges, err := w.m.store.EdgesInto(ctx, w.ws(), w.Schema.ID, w.Version, ephemeral)
		if err != nil {
			return nil, err
		}
		for i := range edges {
			ids = append(ids, edges[i].From)
		}
		ids = catalog.SortedIDs(ids)
	}
	return out, nil
}

// testsBefore returns the tests that dbt build executes before the children of some assets: those of them that compare
// with nothing but these and what they are made of.
func (w *pathWalk) testsBefore(ctx context.Context, parents []*store.AssetCard) ([]string, error) {
	ids := make([]catalog.AssetID, len(parents))
	for i, card := range parents {
		ids[i] = card.ID
	}
	refs, err := w.m.store.TestsOfAssets(ctx, w.ws(), w.Schema.ID, w.Version, ids)
	if err != nil || len(refs) == 0 {
		return nil, err
	}
	testIDs := make([]catalog.TestID, len(refs))
	for i := range refs {
		testIDs[i] = refs[i].ID
	}
	tests, err := w.m.store.TestsByID(ctx, w.ws(), w.Schema.ID, w.Version, testIDs)
	if err != nil {
		return nil, err
	}
	before, err := w.upstream(ctx, ids)
	if err != nil {
		return nil, err
	}
	var nodes []catalog.NodeRef
	for i := range tests {
		for _, parent := range tests[i].Body.Parents {
			nodes = append(nodes, catalog.NodeRef{Project: w.run.Project, UniqueID: parent})
		}
	}
	read, err := w.assetsOfNodes(ctx, nodes)
	if err != nil {
		return nil, err
	}
	var out []string
	for i := range tests {
		later := slices.ContainsFunc(tests[i].Body.Parents, func(parent string) bool {
			id, ok := read[catalog.NodeRef{Project: w.run.Project, UniqueID: parent}]
			return ok && !before[id]
		})
		if tests[i].Project == w.run.Project && !later {
			out = append(out, tests[i].UniqueID)
		}
	}
	return out, nil
}

// upstream returns the assets and all that they are made of.
func (w *pathWalk) upstream(ctx context.Context, ids []catalog.AssetID) (map[catalog.AssetID]bool, error) {
	tables, err := w.m.tableGraph(ctx, w.schemaKey(), w.Version)
	if err != nil {
		return nil, err
	}
	var numbers []int32
	for _, id := range ids {
		if n, ok := tables.assets.number(id); ok {
			numbers = append(numbers, n)
		}
	}
	out := map[catalog.AssetID]bool{}
	err = computeAll(ctx, tables.graph.Edges()/4, func() error {
		for _, n := range tables.graph.Ancestors(numbers, graph.NoLimit, graph.NoLimit).IDs {
			out[tables.assets.ids[n]] = true
		}
		return nil
	})
	return out, err
}

func uniqueIDsOf(cards []*store.AssetCard) []string {
	out := make([]string, 0, len(cards))
	for _, card := range cards {
		if card.UniqueID != "" {
			out = append(out, card.UniqueID)
		}
	}
	return out
}
