package revision

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Programs from before memos kept only the list of the tables whose removal is pending.
// What else their report lacked follows from the rows: they ended every edge that the
// report no longer had, except those into the listed tables. Another thing that had
// parents and has none now, such as an exposure, was therefore not in the report either.

// pendingMemo returns the memo of a project with pending removals: the stored one, or
// what the list implies.
func (r *Reviser) pendingMemo(ctx context.Context, ws int64, schema catalog.SchemaID, w waitingProject, nodes *originNodes) (heldMemo, error) {
	h, err := r.readHeldMemo(ctx, ws, schema, w.project)
	if err != nil {
		return heldMemo{}, err
	}
	if len(h.memo.Nodes) > 0 {
		return h.memo, nil
	}
	edges, err := r.Store.EdgesOf(ctx, ws, schema, 0, w.project)
	if err != nil {
		return h.memo, fmt.Errorf("edges of %s: %w", w.project, err)
	}
	ended, err := r.Store.EndedEdges(ctx, ws, schema, w.project)
	if err != nil {
		return heldMemo{}, err
	}
	gone := setOf(w.ids)
	nodes.addOrphans(gone, edges, ended)
	tests, err := r.Store.TestsOf(ctx, ws, schema, 0, w.project, true)
	if err != nil {
		return h.memo, fmt.Errorf("tests of %s: %w", w.project, err)
	}
	h.memo.Nodes = slices.Sorted(maps.Keys(gone))
	for _, t := range tests {
		if gone[t.Body.Attached] || slices.ContainsFunc(t.Body.Parents, func(id string) bool { return gone[id] }) {
			h.memo.Tests = append(h.memo.Tests, t.UniqueID)
		}
	}
	return h.memo, nil
}

// originNodes are the nodes that an origin asserts, as they are stored.
type originNodes struct {
	of     map[catalog.AssetID][]string
	kind   map[catalog.AssetID]catalog.Kind
	source map[string]catalog.Source
}

func nodesOf(index *store.Index, origin catalog.Origin) *originNodes {
	n := &originNodes{of: map[catalog.AssetID][]string{}, kind: map[catalog.AssetID]catalog.Kind{}, source: map[string]catalog.Source{}}
	for _, f := range index.Facets {
		if f.Origin == origin && f.Asset != 0 && asserts(f.Source) && !f.Withdrawn {
			n.of[f.Asset] = append(n.of[f.Asset], f.UniqueID)
			n.source[f.UniqueID] = f.Source
		}
	}
	for _, a := range index.Assets {
		n.kind[a.ID] = a.Kind
	}
	return n
}

// sourceOf is the source by which the origin asserts nodes; "" if it asserts none of
// them.
func (n *originNodes) sourceOf(ids []string) catalog.Source {
	for _, id := range ids {
		if s := n.source[id]; s != "" {
			return s
		}
	}
	return ""
}

// addOrphans adds what is not a table, had parents and has none now.
func (n *originNodes) addOrphans(gone map[string]bool, edges, ended []catalog.Edge) {
	has := make(map[catalog.AssetID]bool, len(edges))
	for _, e := range edges {
		has[e.To] = true
	}
	for _, e := range ended {
		if !has[e.To] && !n.kind[e.To].IsTable() {
			maps.Copy(gone, setOf(n.of[e.To]))
		}
	}
}
