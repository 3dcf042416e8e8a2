package readmodel

import (
	"cmp"
	"context"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
)

// TableGraph is the graph of tables of a version, with what is stored about its
// edges.
type TableGraph struct {
	assets *Assets // by which the graph is numbered
	graph  *graph.Graph
	edges  []tableEdge // by To, From, Project; of every project
	kinds  []edgeKind
}

// tableEdge is an edge as one project reports it.
type tableEdge struct {
	from, to catalog.AssetID
	project  catalog.ProjectID
	kind     uint32 // index into TableGraph.kinds
}

// edgeKind is what edges have in common: there are a handful of them.
type edgeKind struct {
	Type               catalog.EdgeType
	Confidence, Source string
}

func (l *TableGraph) size() int64 {
	return int64(l.graph.Len())*8 + int64(l.graph.Edges())*8 + int64(len(l.edges))*32 + int64(len(l.kinds))*64
}

func (m *Model) tableGraph(ctx context.Context, s schemaKey, version int64) (*TableGraph, error) {
	part, err := m.part(ctx, s, tableGraphPart, version)
	if err != nil {
		return nil, err
	}
	return part.(*TableGraph), nil
}

func loadTableGraph(ctx context.Context, m *Model, s schemaKey, version int64) (part sized, err error) {
	assets, err := m.assets(ctx, s, version)
	if err != nil {
		return nil, err
	}
	err = m.cache.work(ctx, func() error {
		var edges []catalog.Edge
		if version > 0 {
			if edges, err = m.store.EdgesInto(ctx, s.ws, s.schema, version, nil); err != nil {
				return err
			}
		}
		l := &TableGraph{assets: assets}
		l.edges = l.convert(edges)
		part = l
		return l.number()
	})
	if err != nil {
		return nil, err
	}
	return part, nil
}

func nextTableGraph(ctx context.Context, m *Model, s schemaKey, old sized, d catalog.VersionDelta, assetsOf assetsOf) (sized, error) {
	before := old.(*TableGraph)
	assets, err := assetsOf(ctx)
	if err != nil {
		return nil, err
	}
	l := &TableGraph{assets: assets, edges: before.edges, kinds: before.kinds, graph: before.graph}
	if len(d.EdgesInto) > 0 {
		into := d.EdgesInto
		if len(into) > len(assets.all)/worthLoading+64 {
			into = nil
		}
		edges, err := m.store.EdgesInto(ctx, s.ws, s.schema, d.Version, into)
		if err != nil {
			return nil, err
		}
		l.replace(into, edges)
	}
	if len(d.EdgesInto) > 0 || !assets.sameNumbers(before.assets) {
		if err := l.number(); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// replace puts new edges in place of those into some assets; nil = all.
func (l *TableGraph) replace(into []catalog.AssetID, edges []catalog.Edge) {
	l.kinds = slices.Clone(l.kinds)
	fresh := l.convert(edges)
	if into == nil {
		l.edges = fresh
		return
	}
	kept := make([]tableEdge, 0, len(l.edges)+len(fresh))
	for _, e := range l.edges {
		if _, gone := slices.BinarySearch(into, e.to); !gone {
			kept = append(kept, e)
		}
	}
	kept = append(kept, fresh...)
	slices.SortStableFunc(kept, compareEdges) // two sorted runs: about as fast as a merge
	l.edges = kept
}

func compareEdges(a, b tableEdge) int {
	return cmp.Or(cmp.Compare(a.to, b.to), cmp.Compare(a.from, b.from), cmp.Compare(a.project, b.project))
}

// convert takes edges in the store's order, in which of the edges of one project
// between two assets the first is the one to show.
func (l *TableGraph) convert(edges []catalog.Edge) []tableEdge {
	out := make([]tableEdge, len(edges))
	for i, e := range edges {
		kind := edgeKind{e.Type, e.Confidence, e.Source}
		n := slices.Index(l.kinds, kind)
		if n < 0 {
			n = len(l.kinds)
			l.kinds = append(l.kinds, kind)
		}
		out[i] = tableEdge{e.From, e.To, e.Project, uint32(n)}
	}
	return out
}

// number builds the graph. Of edges that several projects report one is kept; an
// unresolved one, or one of a removed asset, leads nowhere.
func (l *TableGraph) number() (err error) {
	pairs := make([]graph.Edge, 0, len(l.edges))
	for i, e := range l.edges {
		if i > 0 && l.edges[i-1].to == e.to && l.edges[i-1].from == e.from {
			continue
		}
		to, ok := l.assets.number(e.to)
		if !ok {
			continue
		}
		if from, ok := l.assets.number(e.from); ok {
			pairs = append(pairs, graph.Edge{From: from, To: to})
		}
	}
	l.graph, err = graph.New(len(l.assets.present), pairs)
	return err
}

// edge returns the edge between two assets as the first project reports it.
func (l *TableGraph) edge(pair graph.Edge) catalog.Edge {
	want := tableEdge{from: l.assets.present[pair.From].ID, to: l.assets.present[pair.To].ID}
	n, _ := slices.BinarySearchFunc(l.edges, want, func(e, want tableEdge) int {
		return cmp.Or(cmp.Compare(e.to, want.to), cmp.Compare(e.from, want.from))
	})
	e := l.edges[n]
	kind := l.kinds[e.kind]
	return catalog.Edge{From: e.from, To: e.to, Project: e.project, Type: kind.Type, Confidence: kind.Confidence, Source: kind.Source}
}
