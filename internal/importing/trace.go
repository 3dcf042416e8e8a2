package importing

import (
	"context"
	"fmt"
	"log/slog"
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

// Load fetches the tables that have become due and those that they read, with
// what was traced of them before.
func (t *tracing) Load(ctx context.Context, due []int32) error {
	var blocks []int32
	unknown := map[int32]bool{}
	want := func(n int32) {
		if !t.known[n] {
			unknown[n] = true
		}
		if !t.fetched[n] && hasCode(t.kinds[n]) && !t.isFresh(n) {
			t.fetched[n] = true
			blocks = append(blocks, n)
		}
	}
	for _, n := range due {
		want(n)
		for _, p := range t.reads(n) {
			want(p)
		}
	}
	if err := t.fill(ctx, slices.Sorted(maps.Keys(unknown))); err != nil {
		return err
	}
	return t.fetch(ctx, blocks)
}

// reads gives the parents of a table, and the parents of those that are
// ephemeral: their code is pasted into its own.
func (t *tracing) reads(n int32) []int32 {
	seen := map[int32]bool{n: true}
	var out []int32
	for open := []int32{n}; len(open) > 0; open = open[1:] {
		for _, p := range t.graph.Parents(open[0]) {
			if seen[p] {
				continue
			}
			seen[p] = true
			out = append(out, p)
			if t.tables[p].Ephemeral {
				open = append(open, p)
			}
		}
	}
	return out
}

// isFresh tells a table that did not exist before this import.
func (t *tracing) isFresh(n int32) bool { return t.plan.words.fresh[t.ids[n]] }

// fill reads tables that the import did not settle.
func (t *tracing) fill(ctx context.Context, numbers []int32) error {
	if len(numbers) == 0 {
		return nil
	}
	ids := t.idsOf(numbers)
	assets, err := t.Store.AssetsOf(ctx, t.claim.WS, t.schema.ID, t.plan.index.Version, ids)
	if err != nil {
		return fmt.Errorf("%d tables that are read: %w", len(ids), err)
	}
	columns, err := t.Store.ColumnsOf(ctx, t.claim.WS, t.schema.ID, t.plan.index.Version, ids)
	if err != nil {
		return fmt.Errorf("columns of %d tables that are read: %w", len(ids), err)
	}
	for i := range assets {
		n := t.number[assets[i].ID]
		t.tables[n] = lineageTable(&assets[i], columns[assets[i].ID], nil)
		t.known[n] = true
	}
	return nil
}

func (t *tracing) idsOf(numbers []int32) []catalog.AssetID {
	ids := make([]catalog.AssetID, len(numbers))
	for i, n := range numbers {
		ids[i] = t.ids[n]
	}
	return ids
}

// fetch reads what was traced before.
func (t *tracing) fetch(ctx context.Context, numbers []int32) error {
	if len(numbers) == 0 {
		return nil
	}
	blocks, err := t.Store.ColumnEdgesOf(ctx, t.claim.WS, t.schema.ID, t.plan.index.Version, t.idsOf(numbers))
	if err != nil {
		return err
	}
	for _, b := range blocks {
		stands := standingBlock{key: b.Hash, content: catalog.HashOf(b.Block)}
		if decoded, err := lineage.Decode(b.Block); err != nil {
			stands.key = catalog.Hash{} // written by another version of the engine: read anew
		} else {
			stands.columns = decoded.Columns()
		}
		t.blocks[t.number[b.Asset]] = stands
	}
	return nil
}

// Columns gives the columns of a table that is read without being declared.
func (t *tracing) Columns(n int32) lineage.Columns {
	if t.known[n] {
		return lineage.Columns{} // what is known of it was heard already
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if c, ok := t.asked[n]; ok {
		return c
	}
	c, err := t.undeclared(n)
	if err != nil {
		t.Log.WarnContext(t.ctx, "columns of a table that a model reads without declaring it", slog.Int64("asset", int64(t.ids[n])), slog.Any("error", err))
	}
	t.asked[n] = c
	return c
}

func (t *tracing) undeclared(n int32) (lineage.Columns, error) {
	ids := t.ids[n : n+1]
	assets, err := t.Store.AssetsOf(t.ctx, t.claim.WS, t.schema.ID, t.plan.index.Version, ids)
	if err != nil || len(assets) == 0 {
		return lineage.Columns{}, err
	}
	columns, err := t.Store.ColumnsOf(t.ctx, t.claim.WS, t.schema.ID, t.plan.index.Version, ids)
	if err != nil {
		return lineage.Columns{}, err
	}
	stated := lineageTable(&assets[0], columns[ids[0]], nil).Stated
	if stated.Full || !hasCode(t.kinds[n]) {
		return stated, nil
	}
	blocks, err := t.Store.ColumnEdgesOf(t.ctx, t.claim.WS, t.schema.ID, t.plan.index.Version, ids)
	if err != nil || len(blocks) == 0 {
		return stated, err
	}
	block, err := lineage.Decode(blocks[0].Block)
	if err != nil || !block.Columns().Full {
		return stated, nil //nolint:nilerr // a block of another version of the engine tells nothing
	}
	return block.Columns(), nil
}

// Inferred gives the columns that the code of a table told last time.
func (t *tracing) Inferred(n int32) lineage.Columns { return t.blocks[n].columns }

// Texts gives compiled code by hash.
func (t *tracing) Texts(ctx context.Context, hashes []catalog.Hash) (map[catalog.Hash]string, error) {
	if len(hashes) == 0 {
		return nil, nil
	}
	return t.Store.Texts(ctx, t.claim.WS, hashes)
}

// Stands tells whether reading a table again would give what is stored.
func (t *tracing) Stands(n int32, key catalog.Hash) bool {
	b, ok := t.blocks[n]
	return ok && b.key == key
}

// keptBytes is how much of what was traced is gathered before it is written: in
// a deep project a level holds but a model or two.
const keptBytes = 1 << 20

// Keep takes what was traced and writes it, a good deal at a time. What came out
// as it was gets its new key only, so that it is no change.
func (t *tracing) Keep(ctx context.Context, traced []lineage.Traced) error {
	for _, w := range traced {
		t.tally.add(t.tables[w.Table].Name, w.Block)
		row := store.ColumnEdgeBlock{Asset: t.ids[w.Table], Hash: w.Key, Block: w.Encoded}
		if b, ok := t.blocks[w.Table]; ok && b.content == catalog.HashOf(w.Encoded) {
			t.same = append(t.same, row)
		} else {
			t.changed = append(t.changed, row)
		}
		t.kept += len(w.Encoded)
	}
	if t.kept < keptBytes {
		return nil
	}
	return t.flush(ctx)
}

func (t *tracing) flush(ctx context.Context) error {
	if err := t.write.PutColumnEdges(ctx, t.changed); err != nil {
		return fmt.Errorf("column edges of %d models: %w", len(t.changed), err)
	}
	if err := t.write.KeyColumnEdges(ctx, t.same); err != nil {
		return fmt.Errorf("column edges of %d models that are as they were: %w", len(t.same), err)
	}
	t.plan.traced += int64(len(t.changed))
	t.changed, t.same, t.kept = nil, nil, 0
	return nil
}

var _ lineage.Source = (*tracing)(nil)
