package importing

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

// trace reads the code of the models that this import touches into column
// edges, and writes them into the version at hand.
func (j *job) trace(ctx context.Context, p *plan) error {
	edges, err := j.tableEdges(ctx, p)
	if err != nil || edges == nil {
		return err
	}
	t := newTracing(ctx, j, p)
	pairs := t.pairs(edges)
	due := t.due(edges)
	if len(due) == 0 {
		return nil
	}
	if t.graph, err = graph.New(len(t.tables), pairs); err != nil {
		return fmt.Errorf("graph of %s: %w", j.schema.ID, err)
	}
	tracer, err := lineage.NewTracer(t.tables, pairs, t, lineage.Options{Progress: j.rep.progress})
	if err != nil {
		return err
	}
	if err := tracer.Run(ctx, due); err != nil {
		return fmt.Errorf("column lineage of %s: %w", j.schema.ID, err)
	}
	if err := t.flush(ctx); err != nil {
		return err
	}
	t.tally.report(j.rep)
	return nil
}

// tableEdges gives the edges as this import leaves them; nil where nothing that
// it did can matter to columns.
func (j *job) tableEdges(ctx context.Context, p *plan) ([]catalog.Edge, error) {
	if len(p.tables) == 0 && len(p.edges.add) == 0 && len(p.edges.drop) == 0 {
		return nil, nil
	}
	stand := p.stand
	if stand == nil {
		var err error
		if stand, err = j.Store.EdgesOf(ctx, j.claim.WS, j.schema.ID, p.index.Version, 0); err != nil {
			return nil, fmt.Errorf("edges of %s: %w", j.schema.ID, err)
		}
	}
	gone := make(map[catalog.Edge]bool, len(p.edges.drop))
	for _, e := range p.edges.drop {
		gone[e] = true
	}
	now := make([]catalog.Edge, 0, len(stand)+len(p.edges.add))
	for _, e := range stand {
		if !gone[e] {
			now = append(now, e)
		}
	}
	return append(now, p.edges.add...), nil
}

// tracing is a schema as an import leaves it, the way the lineage engine looks
// at it. Tables are filled in when they are needed: those that the import
// settled are known, the others are fetched.
type tracing struct {
	*job
	ctx     context.Context //nolint:containedctx // Columns is called by the engine, which has none; it lives as long as one call
	plan    *plan
	ids     []catalog.AssetID // by number, ascending
	number  map[catalog.AssetID]int32
	kinds   []catalog.Kind
	tables  []lineage.Table
	known   []bool // whose table is filled in
	settled map[int32]*settledTable
	graph   *graph.Graph
	blocks  map[int32]standingBlock
	fetched map[int32]bool // whose block was asked for
	tally   tally
	// changed and same, of kept bytes, wait to be written.
	changed, same []store.ColumnEdgeBlock
	kept          int

	mu    sync.Mutex
	asked map[int32]lineage.Columns // of tables that are read without being declared
}

// standingBlock is what an earlier import traced.
type standingBlock struct {
	key     catalog.Hash
	content catalog.Hash
	columns lineage.Columns
}

func newTracing(ctx context.Context, j *job, p *plan) *tracing {
	t := &tracing{
		job: j, ctx: ctx, plan: p, number: map[catalog.AssetID]int32{}, settled: map[int32]*settledTable{},
		blocks: map[int32]standingBlock{}, fetched: map[int32]bool{}, asked: map[int32]lineage.Columns{},
	}
	kinds := make(map[catalog.AssetID]catalog.Kind, len(p.index.Assets)+len(p.tables))
	refs := make(map[catalog.AssetID]*store.AssetRef, len(p.index.Assets))
	for i := range p.index.Assets {
		if a := &p.index.Assets[i]; a.Present && a.Kind.IsTable() {
			kinds[a.ID], refs[a.ID] = a.Kind, a
		}
	}
	for id, s := range p.tables {
		if delete(kinds, id); s.present {
			kinds[id] = s.kind
		}
	}
	t.ids = slices.Sorted(maps.Keys(kinds))
	t.tables, t.known = make([]lineage.Table, len(t.ids)), make([]bool, len(t.ids))
	t.kinds = make([]catalog.Kind, len(t.ids))
	for i, id := range t.ids {
		n := int32(i)
		t.number[id], t.kinds[i] = n, kinds[id]
		if s := p.tables[id]; s != nil {
			t.tables[i], t.known[i], t.settled[n] = s.table, true, s
			continue
		}
		a := refs[id]
		t.tables[i] = lineage.Table{
			ID: int64(id), Name: a.Name, Key: a.RelationKey, Ephemeral: a.Kind == catalog.KindModel && a.RelationKey == "",
		}
	}
	return t
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
	for n, s := range t.settled {
		if s.due {
			due[n] = true
		}
	}
	add := func(to catalog.AssetID) {
		if n, ok := t.number[to]; ok && hasCode(t.kinds[n]) {
			due[n] = true
		}
	}
	for _, e := range edges {
		if s := t.plan.tables[e.From]; s != nil && s.disturbs {
			add(e.To)
		}
	}
	for _, e := range t.plan.edges.add {
		add(e.To)
	}
	for _, e := range t.plan.edges.drop {
		add(e.To)
	}
	return slices.Sorted(maps.Keys(due))
}

// hasCode tells the kinds of tables that code makes.
func hasCode(k catalog.Kind) bool { return k == catalog.KindModel || k == catalog.KindSnapshot }
