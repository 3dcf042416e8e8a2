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

// trace reads the code of the tables that this apply touches into column edges,
// and writes them into the version. The parents of a view that a crawl found are
// not declared: they are found in its code, which is then read again where it
// was read before its parents.
func (a *apply) trace(ctx context.Context) error {
	if !a.mayTrace() {
		return nil
	}
	a.written() // the texts are read
	t, err := newTracing(ctx, a)
	if err != nil {
		return err
	}
	edges, err := a.currentEdges(ctx)
	if err != nil {
		return err
	}
	if err := t.run(ctx, edges, t.due(edges)); err != nil {
		return err
	}
	relinked := append(t.linkFound(), t.reread()...)
	t.linkReads(edges)
	if err := t.rememberReads(); err != nil {
		return err
	}
	if len(relinked) > 0 {
		if edges, err = a.currentEdges(ctx); err != nil {
			return err
		}
		if err := t.run(ctx, edges, relinked); err != nil {
			return err
		}
	}
	t.tally.report(a.report())
	return t.revealColumns(ctx)
}

// run traces the tables that are due, and those that read them as far as their
// columns come out different.
func (t *tracing) run(ctx context.Context, edges []catalog.Edge, due []int32) error {
	if len(due) == 0 {
		return nil
	}
	declared, reads := t.pairs(edges), t.readPairs()
	var err error
	if t.graph, err = graph.New(len(t.tables), slices.Concat(declared, reads)); err != nil {
		return fmt.Errorf("graph of %s: %w", t.schema.ID, err)
	}
	tracer, err := lineage.NewTracer(t.tables, declared, t, lineage.Options{Progress: t.report().Progress, Reads: reads})
	if err != nil {
		return err
	}
	if t.tracer != nil {
		tracer.Continue(t.tracer)
	}
	t.tracer = tracer
	if err := tracer.Run(ctx, due); err != nil {
		return fmt.Errorf("column lineage of %s: %w", t.schema.ID, err)
	}
	t.flush()
	return nil
}

// mayTrace reports whether anything changed that affects columns.
func (a *apply) mayTrace() bool {
	if len(a.edges.add)+len(a.edges.drop)+len(a.untraced) > 0 {
		return true
	}
	for _, t := range a.tables {
		if t.due || t.disturbs || t.unlisted {
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
	if len(a.current) == 0 {
		return slices.Clip(a.edges.add), nil
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

// tracing is a schema as an apply leaves it, in the form that the lineage
// engine takes. Tables are filled in when they are needed: those that were
// merged are there already, the others are fetched.
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
	traced  map[int32]bool // whose columns were noted
	tally   tally
	found   map[int32][]lineage.Ref // tables that the code of an undeclared table reads
	reads   *readsMemo
	byKey   map[string]int32 // tables by relation; nil until a read is looked up
	tracer  *lineage.Tracer  // of the last run
	// changed and same, of kept bytes, wait to be written.
	changed, same []store.ColumnEdgeBlock
	made          []madeColumns
	kept          int

	mu     sync.Mutex
	asked  map[int32]lineage.Columns // of tables that are read without being declared
	askErr error
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
		blocks: map[int32]storedBlock{}, fetched: map[int32]bool{}, traced: map[int32]bool{}, asked: map[int32]lineage.Columns{}, found: map[int32][]lineage.Ref{},
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
			t.tables[i], t.filled[i], t.merged[n] = *m.table, true, m
			m.table = nil
			continue
		}
		r := refs[id]
		t.tables[i] = lineage.Table{
			ID: int64(id), Name: r.Name, Key: r.RelationKey, Ephemeral: r.Kind == catalog.KindModel && r.RelationKey == "",
		}
	}
	if t.reads, err = a.readReads(ctx); err != nil {
		return nil, err
	}
	return t, nil
}

// pairs are the declared edges between tables, by number. What the code of an
// undeclared table reads takes their place.
func (t *tracing) pairs(edges []catalog.Edge) []graph.Edge {
	out := make([]graph.Edge, 0, len(edges))
	for _, e := range edges {
		from, ok := t.number[e.From]
		if !ok {
			continue
		}
		if to, ok := t.number[e.To]; ok && from != to && !isRead(e) {
			out = append(out, graph.Edge{From: from, To: to})
		}
	}
	return out
}

func isRead(e catalog.Edge) bool { return e.Type == catalog.EdgeRead }

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
	arrived := map[string]bool{}
	for _, m := range t.apply.tables {
		if m.disturbs {
			arrived[m.now], arrived[m.before] = true, true
		}
	}
	delete(arrived, "")
	for _, e := range edges {
		if m := t.apply.tables[e.From]; m != nil && m.disturbs || e.From == 0 && e.Traced() && arrived[e.FromNode] {
			add(e.To)
		}
	}
	for reader, keys := range t.reads.now {
		if slices.ContainsFunc(keys, func(key string) bool { return arrived[key] }) {
			add(reader)
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

// isDeclared reports whether the parents of a kind of table are declared: those of
// views that a crawl found are found in their code.
func isDeclared(k catalog.Kind) bool {
	return k == catalog.KindModel || k == catalog.KindSnapshot || k == catalog.KindSeed
}

// mayHaveCode reports whether code makes tables of a kind: a crawl finds the
// code of what a project takes for a source as well.
func mayHaveCode(k catalog.Kind) bool { return k.IsTable() && k != catalog.KindSeed }

// hasCode reports whether an asset is made by code: a model or snapshot,
// compiled or not, and every table whose query the warehouse reports.
func hasCode(a *catalog.Asset) bool {
	switch a.Kind {
	case catalog.KindModel, catalog.KindSnapshot:
		return a.DBT != nil && !a.DBT.External
	}
	return mayHaveCode(a.Kind) && a.Code != nil && !a.Code.Compiled.IsZero()
}
