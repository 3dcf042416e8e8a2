package readmodel

import (
	"context"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
)

// Node is an asset in a graph.
type Node struct {
	*Asset
	Depth                int // steps from the nearest asset that was asked about
	Upstream, Downstream int // direct neighbours in the whole graph
}

// TableLineage is a part of the graph of tables: nodes, the nearest first, and the
// edges between them.
type TableLineage struct {
	Nodes []Node
	Edges []TableEdge
	Total int // nodes that there are; more than len(Nodes) if the limit cut
	// Warnings are about parts of the selector that select nothing.
	Warnings []catalog.Warning
}

// TableEdge is an edge between two assets.
type TableEdge struct {
	From, To           *Asset
	Type               catalog.EdgeType
	Confidence, Source string
}

// SelectorError means that a selector cannot be read, or asks for what a view of
// one version does not have.
type SelectorError struct{ Err error }

func (e *SelectorError) Error() string { return "selector: " + e.Err.Error() }

// Unwrap makes it a catalog.ErrInvalid too.
func (e *SelectorError) Unwrap() []error { return []error{catalog.ErrInvalid, e.Err} }

// LineageOptions bound a part of the graph.
type LineageOptions struct {
	Depth int            // steps from the selected assets
	Limit int            // nodes
	Hooks bool           // with operations: steps of a run rather than assets
	Kinds []catalog.Kind // of nodes; empty: all
}

// Lineage returns the part of the graph that a dbt selector means, "" = all of it.
func (v *View) Lineage(ctx context.Context, selector string, opts LineageOptions) (TableLineage, error) {
	tables, err := v.m.tableGraph(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return TableLineage{}, err
	}
	reach, warnings, err := v.choose(ctx, tables, selector)
	if err != nil {
		return TableLineage{}, err
	}
	reach = tables.chosen(reach, opts)
	ids, depths, total := within(reach, opts.Depth, opts.Limit)
	out := TableLineage{Total: total, Warnings: warnings}
	for i, n := range ids {
		out.Nodes = append(out.Nodes, tables.node(n, int(depths[i])))
	}
	for _, pair := range tables.graph.Within(ids) {
		out.Edges = append(out.Edges, tables.lineageEdge(pair))
	}
	return out, nil
}

// Around returns what an asset is made of, or else what is made of it: nearest first, without the asset itself. It is
// empty for an asset that graphs do not have.
func (v *View) Around(ctx context.Context, id catalog.AssetID, upstream bool, opts LineageOptions) (TableLineage, error) {
	tables, err := v.m.tableGraph(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return TableLineage{}, err
	}
	n, ok := tables.assets.number(id)
	if !ok {
		return TableLineage{}, nil
	}
	search := tables.graph.Descendants
	if upstream {
		search = tables.graph.Ancestors
	}
	reach := search([]int32{n}, opts.Depth, tables.graph.Len())
	if !opts.Hooks {
		reach = tables.withoutHooks(reach)
	}
	ids, depths, total := within(reach, opts.Depth, opts.Limit+1)
	out := TableLineage{Total: total - 1}
	for i, id := range ids {
		if depths[i] > 0 {
			out.Nodes = append(out.Nodes, tables.node(id, int(depths[i])))
		}
	}
	for _, pair := range tables.graph.Within(ids) {
		out.Edges = append(out.Edges, tables.lineageEdge(pair))
	}
	return out, nil
}

func (l *TableGraph) lineageEdge(pair graph.Edge) TableEdge {
	e := l.edge(pair)
	return TableEdge{From: l.assets.present[pair.From], To: l.assets.present[pair.To], Type: e.Type, Confidence: e.Confidence, Source: e.Source}
}

func (l *TableGraph) node(n int32, depth int) Node {
	return Node{Asset: l.assets.present[n], Depth: depth, Upstream: l.count(l.graph.Parents(n)), Downstream: l.count(l.graph.Children(n))}
}

// chosen leaves out the nodes that options leave out.
func (l *TableGraph) chosen(reach graph.Reach, opts LineageOptions) graph.Reach {
	if !opts.Hooks {
		reach = l.withoutHooks(reach)
	}
	if len(opts.Kinds) > 0 {
		reach = l.only(reach, func(a *Asset) bool { return slices.Contains(opts.Kinds, a.Kind) })
	}
	return reach
}

// only leaves out the nodes that do not match.
func (l *TableGraph) only(reach graph.Reach, match func(*Asset) bool) graph.Reach {
	var out graph.Reach
	for i, id := range reach.IDs {
		if match(l.assets.present[id]) {
			out.IDs, out.Depths = append(out.IDs, id), append(out.Depths, reach.Depths[i])
		}
	}
	out.Total = len(out.IDs)
	return out
}

// withoutHooks leaves out operations, unless nothing else was selected.
func (l *TableGraph) withoutHooks(reach graph.Reach) graph.Reach {
	hooks := l.assets.index.with(kind, string(catalog.KindOperation))
	if len(hooks) == 0 || l.onlyHooks(reach) {
		return reach
	}
	return l.only(reach, func(a *Asset) bool { return a.Kind != catalog.KindOperation })
}

// onlyHooks reports whether the selected nodes themselves are all operations.
func (l *TableGraph) onlyHooks(reach graph.Reach) bool {
	for i, id := range reach.IDs {
		if reach.Depths[i] > 0 {
			break
		}
		if l.assets.present[id].Kind != catalog.KindOperation {
			return false
		}
	}
	return true
}

// within drops the nodes beyond the depth, then those beyond the limit.
func within(reach graph.Reach, depth, limit int) (ids, depths []int32, total int) {
	total = reach.Total
	for i, d := range reach.Depths { // ascending
		if int(d) > depth {
			total = i
			break
		}
	}
	n := min(total, limit)
	return reach.IDs[:n], reach.Depths[:n], total
}
