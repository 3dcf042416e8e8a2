package revision

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/store"
)

// trace reads the code of the models that this apply touches into column edges,
// and writes them into the version.
func (a *apply) trace(ctx context.Context) error {
	if !a.mayTrace() {
		return nil
	}
	edges, err := a.currentEdges(ctx)
	if err != nil {
		return err
	}
	t, err := newTracing(ctx, a)
	if err != nil {
		return err
	}
	pairs := t.pairs(edges)
	due := t.due(edges)
	if len(due) == 0 {
		return nil
	}
	if t.graph, err = graph.New(len(t.tables), pairs); err != nil {
		return fmt.Errorf("graph of %s: %w", a.schema.ID, err)
	}
	tracer, err := lineage.NewTracer(t.tables, pairs, t, lineage.Options{Progress: a.report().Progress})
	if err != nil {
		return err
	}
	if err := tracer.Run(ctx, due); err != nil {
		return fmt.Errorf("column lineage of %s: %w", a.schema.ID, err)
	}
	if err := t.flush(ctx); err != nil {
		return err
	}
	t.tally.report(a.report())
	return nil
}

// mayTrace reports whether anything changed that matters to columns.
func (a *apply) mayTrace() bool {
	if len(a.edges.add) > 0 || len(a.edges.drop) > 0 {
		return true
	}
	for _, t := range a.tables {
		if t.due || t.disturbs {
			return true
		}
	}
	return false
}

// currentEdges returns the edges as this apply leaves them.
func (a *apply) currentEdges(ctx context.Context) ([]catalog.Edge, error) {
	if err := a.readEdges(ctx); err != nil {
		return nil, err
	}
	gone := make(map[catalog.Edge]bool, len(a.edges.drop))
	for _, e := range a.edges.drop {
		gone[e] = true
	}
	now := make([]catalog.Edge, 0, len(a.current)+len(a.edges.add))
	for _, e := range a.current {
		if !gone[e] {
			now = append(now, e)
		}
	}
	return append(now, a.edges.add...), nil
}

// tracing is a schema as an apply leaves it, the way the lineage engine looks
// at it. Tables are filled in when they are needed: those that were merged are
// there already, the others are fetched.
type tracing struct {
	*apply
	ctx     context.Context   //nolint:containedctx // Columns is called by the engine, which has none; it lives as long as one call
	ids     []catalog.AssetID // by number, ascending
	number  map[catalog.AssetID]int32
	kinds   []catalog.Kind
	tables  []lineage.Table
	filled  []bool // whose table is filled in
	merged  map[int32]*mergedTable
	graph   *graph.Graph
	blocks  map[int32]storedBlock
	fetched map[int32]bool // whose block was asked for
	tally   tally
	// changed and same, of kept bytes, wait to be written.
	changed, same []store.ColumnEdgeBlock
	kept          int

	mu    sync.Mutex
	asked map[int32]lineage.Columns // of tables that are read without being declared
}

// storedBlock is what was traced before this apply.
type storedBlock struct {
	key     catalog.Hash
	content catalog.Hash
	columns lineage.Columns
}

func newTracing(ctx context.Context, a *apply) (*tracing, error) {
	index, err := a.index(ctx)
	if err != nil {
		return nil, err
	}
	t := &tracing{
		apply: a, ctx: ctx, number: map[catalog.AssetID]int32{}, merged: map[int32]*mergedTable{},
		blocks: map[int32]storedBlock{}, fetched: map[int32]bool{}, asked: map[int32]lineage.Columns{},
	}
	kinds := make(map[catalog.AssetID]catalog.Kind, len(index.Assets)+len(a.tables))
	refs := make(map[catalog.AssetID]*store.AssetRef, len(index.Assets))
	for i := range index.Assets {
		if r := &index.Assets[i]; r.Present && r.Kind.IsTable() {
			kinds[r.ID], refs[r.ID] = r.Kind, r
		}
	}
	for id, m := range a.tables {
		if delete(kinds, id); m.present {
			kinds[id] = m.kind
		}
	}
	t.ids = slices.Sorted(maps.Keys(kinds))
	t.tables, t.filled = make([]lineage.Table, len(t.ids)), make([]bool, len(t.ids))
	t.kinds = make([]catalog.Kind, len(t.ids))
	for i, id := range t.ids {
		n := int32(i)
		t.number[id], t.kinds[i] = n, kinds[id]
		if m := a.tables[id]; m != nil {
			t.tables[i], t.filled[i], t.merged[n] = m.table, true, m
			continue
		}
		r := refs[id]
		t.tables[i] = lineage.Table{
			ID: int64(id), Name: r.Name, Key: r.RelationKey, Ephemeral: r.Kind == catalog.KindModel && r.RelationKey == "",
		}
	}
	return t, nil
}

// pairs are the edges between tables, by number.
func (t *tracing) pairs(edges []catalog.Edge) []graph.Edge {
	out := make([]graph.Edge, 0, len(edges))
	for _, e := range edges {
		from, ok := t.number[e.From]
		if !ok {
			continue
		}
		if to, ok := t.number[e.To]; ok && from != to {
			out = append(out, graph.Edge{From: from, To: to})
		}
	}
	return out
}

// due lists the tables whose code has to be looked at: it changed, or the
// tables that it reads did.
func (t *tracing) due(edges []catalog.Edge) []int32 {
	due := map[int32]bool{}
	for n, m := range t.merged {
		if m.due {
			due[n] = true
		}
	}
	add := func(to catalog.AssetID) {
		if n, ok := t.number[to]; ok && mayHaveCode(t.kinds[n]) {
			due[n] = true
		}
	}
	for _, e := range edges {
		if m := t.apply.tables[e.From]; m != nil && m.disturbs {
			add(e.To)
		}
	}
	for _, e := range t.edges.add {
		add(e.To)
	}
	for _, e := range t.edges.drop {
		add(e.To)
	}
	return slices.Sorted(maps.Keys(due))
}

// mayHaveCode reports whether code makes tables of a kind: a crawl finds the
// code of what dbt takes for a source as well.
func mayHaveCode(k catalog.Kind) bool { return k.IsTable() && k != catalog.KindSeed }

// hasCode reports whether an asset is made by code: a dbt model or snapshot,
// compiled or not, and whatever a warehouse has the query of.
func hasCode(a *catalog.Asset) bool {
	switch a.Kind {
	case catalog.KindModel, catalog.KindSnapshot:
		return a.DBT != nil
	}
	return mayHaveCode(a.Kind) && a.Code != nil && !a.Code.Compiled.IsZero()
}
