package readmodel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/search"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
	"github.com/thalweg-data/thalweg/internal/store/sqlite/sqlitetest"
)

const ws = catalog.DefaultWorkspace

// openStore opens an empty store.
func openStore(t testing.TB) *store.Store {
	t.Helper()
	return sqlitetest.Open(t, sqlite.Options{})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newModel(t testing.TB, s Store) *Model {
	t.Helper()
	m, err := New(Options{Store: s})
	must(t, err)
	return m
}

// writer makes versions of one schema.
type writer struct {
	t      testing.TB
	store  *store.Store
	schema catalog.SchemaID
}

func newWriter(t testing.TB, s *store.Store, name string) *writer {
	t.Helper()
	schema, err := s.CreateSchema(t.Context(), ws, name, "prod", store.By{})
	must(t, err)
	return &writer{t, s, schema.ID}
}

// save makes a version; prepare is called before the flip, which is left out for
// an error.
func (w *writer) save(write func(*store.Write), prepare func(catalog.VersionDelta) error) {
	w.t.Helper()
	ctx := w.t.Context()
	lease, err := w.store.LeaseSchema(ctx, ws, w.schema, "test", 0)
	must(w.t, err)
	save, err := w.store.Begin(ctx, lease)
	must(w.t, err)
	write(save)
	if prepare != nil {
		if err := prepare(save.Delta()); err != nil {
			must(w.t, save.Abort(ctx))
			must(w.t, w.store.ReleaseLease(ctx, lease))
			return
		}
	}
	must(w.t, save.Flip(ctx, store.Flip{}))
	must(w.t, w.store.ReleaseLease(ctx, lease))
}

func (w *writer) scope() schemaKey { return schemaKey{ws, w.schema} }

// randomHistory changes a small catalog in every way that a save can.
type randomHistory struct {
	*rand.Rand
	edges map[catalog.Edge]bool
	tests map[catalog.TestID]bool
}

const historyAssets = 24

func (h *randomHistory) id() catalog.AssetID { return catalog.AssetID(1 + h.IntN(historyAssets)) }

func (h *randomHistory) asset() store.AssetRow {
	id := h.id()
	a := catalog.Asset{
		ID: id, Kind: catalog.KindModel, Name: fmt.Sprintf("T%d", id), Present: h.IntN(4) > 0,
		Tags: []string{"a", "b"}[:h.IntN(3)], Owners: []string{"ana"}[:h.IntN(2)], Config: []byte(fmt.Sprintf(`{"meta":{"n":%d}}`, h.IntN(3))),
		Relation: catalog.Relation{Platform: []string{"duckdb", "snowflake"}[h.IntN(2)], Schema: "s", Identifier: fmt.Sprint(id)},
		DBT:      &catalog.DBT{UniqueID: fmt.Sprintf("model.shop.t%d", id), PackageName: "shop", FQN: []string{"shop", fmt.Sprint("t", id)}},
	}
	if h.IntN(3) > 0 {
		a.RelationKey = fmt.Sprintf("s.%d", h.IntN(historyAssets))
	}
	if h.IntN(8) == 0 {
		a.Kind = catalog.KindExposure
		a.Extra = fmt.Appendf(nil, `{"owner":{"name":"owner %d","emails":["%d@example.com"]}}`, h.IntN(3), h.IntN(3))
	}
	if h.IntN(8) == 0 {
		a.Kind = catalog.KindMacro
	}
	for range h.IntN(3) {
		a.DBT.Macros = append(a.DBT.Macros, fmt.Sprintf("macro.shop.m%d", len(a.DBT.Macros)))
		a.DBT.DocBlocks = append(a.DBT.DocBlocks, catalog.DocRef{Doc: "doc.shop.d", Column: fmt.Sprint(h.IntN(9))})
	}
	a.Description.Value = historyWords[h.IntN(len(historyWords))]
	var columns []catalog.Column
	for i := range h.IntN(3) {
		columns = append(columns, catalog.Column{Name: historyWords[h.IntN(len(historyWords))], Ordinal: i + 1, Present: h.IntN(4) > 0})
	}
	return store.AssetRow{Asset: a, Hash: catalog.HashOfText(fmt.Sprint(h.Uint64())), Columns: columns}
}

var historyWords = []string{"apple", "apple_pie", "bread", "breadcrumb"}

func (h *randomHistory) edge() catalog.Edge {
	return catalog.Edge{
		Project: catalog.ProjectID(1 + h.IntN(2)), From: catalog.AssetID(h.IntN(historyAssets + 1)), To: h.id(), Type: catalog.EdgeDerived,
		Confidence: []string{"high", "low"}[h.IntN(2)], Source: "dbt_import",
	}
}

func (h *randomHistory) block() store.ColumnEdgeBlock {
	name := func() string { return []string{"id", "ID", "x", "y"}[h.IntN(4)] }
	b := &lineage.Block{Dialect: "ansi", Status: lineage.Status(h.IntN(2))}
	for range h.IntN(3) {
		if h.IntN(3) > 0 {
			b.Refs = append(b.Refs, lineage.Ref{Table: int64(h.id())})
		} else {
			b.Refs = append(b.Refs, lineage.Ref{Key: fmt.Sprintf("s.%d", h.IntN(historyAssets)), Name: "S.X"})
		}
	}
	for range 1 + h.IntN(3) {
		o := lineage.Output{Name: name()}
		for range h.IntN(3) {
			if len(b.Refs) > 0 {
				o.Edges = append(o.Edges, lineage.Edge{Ref: int32(h.IntN(len(b.Refs))), Column: name(), Kinds: resolve.Identity})
			}
		}
		b.Outputs = append(b.Outputs, o)
	}
	if len(b.Refs) > 0 && h.IntN(2) == 0 {
		b.Rows = append(b.Rows, lineage.Use{Column: name(), Kinds: resolve.Filter})
	}
	return store.ColumnEdgeBlock{Asset: h.id(), Block: b.Encode()}
}

// write makes some changes.
func (h *randomHistory) write(t testing.TB) func(*store.Write) {
	return func(w *store.Write) {
		ctx := t.Context()
		for range 1 + h.IntN(5) {
			switch h.IntN(7) {
			case 0, 1:
				must(t, w.PutAssets(ctx, []store.AssetRow{h.asset()}))
			case 2:
				e := h.edge()
				h.edges[e] = true
				must(t, w.PutEdges(ctx, []catalog.Edge{e}))
			case 3:
				if e, ok := anyOf(h.Rand, h.edges, func(a, b catalog.Edge) int {
					return cmp.Or(catalog.CompareEdges(a, b), cmp.Compare(a.Confidence, b.Confidence))
				}); ok {
					must(t, w.CloseEdges(ctx, []catalog.Edge{e}))
				}
			case 4:
				id := catalog.TestID(1 + h.IntN(20))
				h.tests[id] = true
				must(t, w.PutTests(ctx, []catalog.Test{{ID: id, Asset: h.id(), Project: 1, UniqueID: fmt.Sprint("test.", id)}}))
			case 5:
				if id, ok := anyOf(h.Rand, h.tests, cmp.Compare[catalog.TestID]); ok {
					must(t, w.CloseTests(ctx, []catalog.TestID{id}))
				}
			case 6:
				if h.IntN(4) == 0 {
					must(t, w.CloseColumnEdges(ctx, []catalog.AssetID{h.id()}))
				} else {
					must(t, w.PutColumnEdges(ctx, []store.ColumnEdgeBlock{h.block()}))
				}
			}
		}
	}
}

func anyOf[T comparable](r *rand.Rand, set map[T]bool, compare func(a, b T) int) (T, bool) {
	all := slices.SortedFunc(maps.Keys(set), compare)
	if len(all) == 0 {
		var none T
		return none, false
	}
	return all[r.IntN(len(all))], true
}

// stateOf reads all parts of a version.
func stateOf(ctx context.Context, t testing.TB, m *Model, s schemaKey, version int64, except ...partKind) map[partKind]any {
	t.Helper()
	out := map[partKind]any{}
	for _, d := range m.derivers {
		if slices.Contains(except, d.kind) {
			continue
		}
		part, err := m.part(ctx, s, d.kind, version)
		must(t, err)
		out[d.kind] = spelledOut(part)
	}
	return out
}

// othersOf returns the assets of further names.
func othersOf(a *Assets) (assets []int32) {
	for _, other := range a.named().others {
		assets = append(assets, other.asset)
	}
	return assets
}

// spelledOut spells a part out, so that equal states are equal values whatever
// they share.
func spelledOut(part sized) any {
	switch p := part.(type) {
	case *Assets:
		return struct {
			All, Present []*Asset
			IDs          []catalog.AssetID
			Relation     map[string]catalog.AssetID
			Bytes        int64
			Names        *graph.Names
			Others       []int32
		}{p.all, p.present, p.ids, p.relation, p.bytes, p.named().index, othersOf(p)}
	case *TableGraph:
		var edges []catalog.Edge
		for _, e := range p.edges {
			kind := p.kinds[e.kind]
			edges = append(edges, catalog.Edge{From: e.from, To: e.to, Project: e.project, Type: kind.Type, Confidence: kind.Confidence, Source: kind.Source})
		}
		return struct {
			Edges      []catalog.Edge
			Neighbours [][2][]int32
		}{edges, neighboursIn(p.graph)}
	case *TestNodes:
		return struct {
			Nodes      []testNode
			Neighbours [][2][]int32
			Bytes      int64
		}{p.nodes, neighboursIn(p.graph), p.bytes}
	case *Tests:
		return p.refs
	case *Columns:
		return struct {
			Graph    *lineage.ColumnGraph
			Readings map[catalog.AssetID]Reading
			Issues   map[catalog.AssetID][]lineage.Issue
		}{p.graph, p.readings, p.issues}
	case *Configs:
		of := map[catalog.AssetID]map[string][]string{} // whatever their numbers are, and whoever else used those
		for id := range p.of {
			of[id] = map[string][]string{}
			for path := range p.paths {
				if values := p.values(id, path); values != nil {
					of[id][path] = values
				}
			}
		}
		return of
	case *Contacts:
		return struct {
			Of    map[catalog.AssetID]map[string][]string
			Bytes int64
		}{p.of, p.bytes}
	case *Uses:
		of := maps.Clone(p.of)
		for node, uses := range of {
			uses = slices.Clone(uses)
			slices.SortFunc(uses, compareUses)
			of[node] = uses
		}
		return struct {
			Of    map[catalog.NodeRef][]use
			By    map[catalog.AssetID][]catalog.NodeRef
			Bytes int64
		}{of, p.by, p.bytes}
	case *ColumnTags:
		return struct {
			Of    map[catalog.AssetID][]string
			Bytes int64
		}{p.of, p.bytes}
	}
	if s, ok := part.(*SearchIndex); ok {
		return hitsOfWords(s)
	}
	return part
}

// hitsOfWords are the hits of the words of random histories, by rank.
func hitsOfWords(s *SearchIndex) map[string][ranks][]int32 {
	positions := 0
	for _, segment := range s.segments {
		for _, at := range segment.at {
			positions = max(positions, int(at)+1)
		}
	}
	out := map[string][ranks][]int32{}
	for _, word := range slices.Concat(historyWords, []string{"appel", "t1", "shop", "b", "owner", "readcru", "model.shop.t3", "apple -bread"}) {
		var hits [ranks][]int32
		for r, set := range s.hits(search.Parse(word), positions, nil).sets {
			set.each(func(i int32) bool {
				hits[r] = append(hits[r], i)
				return true
			})
		}
		out[word] = hits
	}
	return out
}

// neighboursIn lists the parents and children of every node.
func neighboursIn(g *graph.Graph) [][2][]int32 {
	out := make([][2][]int32, g.Len())
	for n := range int32(g.Len()) {
		out[n] = [2][]int32{g.Parents(n), g.Children(n)}
	}
	return out
}

func diffStates(want, got any) string {
	return gocmp.Diff(want, got, cmpopts.EquateEmpty(), gocmp.AllowUnexported(Asset{}, testNode{}, use{}, tablesCoverage{}, tableCoverage{}, lineage.ColumnGraph{}, graph.Names{}),
		cmpopts.IgnoreFields(lineage.ColumnGraph{}, "found"))
}

// TestDerivedStates: over random histories every part that was derived equals the
// one loaded in full: derived at the first request or by Prepare, over one
// version or several, after saves that were given up too.
func TestDerivedStates(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			h := &randomHistory{rand.New(rand.NewPCG(seed, 7)), map[catalog.Edge]bool{}, map[catalog.TestID]bool{}}
			w := newWriter(t, openStore(t), "shop")
			m := newModel(t, w.store)
			w.save(func(save *store.Write) {
				for range 30 {
					must(t, save.PutAssets(t.Context(), []store.AssetRow{h.asset()}))
					must(t, save.PutColumnEdges(t.Context(), []store.ColumnEdgeBlock{h.block()}))
				}
			}, nil)
			stateOf(t.Context(), t, m, w.scope(), 1)
			for range 20 {
				how := h.IntN(4)
				w.save(h.write(t), func(d catalog.VersionDelta) error {
					if how == 0 {
						return nil // another process, or a reader that comes later
					}
					must(t, m.Prepare(t.Context(), ws, w.schema, &d))
					if how == 1 {
						return errors.New("given up")
					}
					return nil
				})
				if h.IntN(3) == 0 {
					continue // several versions until somebody reads
				}
				schema, err := w.store.Schema(t.Context(), ws, w.schema)
				must(t, err)
				got := stateOf(t.Context(), t, m, w.scope(), schema.Version)
				want := stateOf(t.Context(), t, newModel(t, w.store), w.scope(), schema.Version)
				if diff := diffStates(want, got); diff != "" {
					t.Fatalf("version %d (-loaded +derived)\n%s", schema.Version, diff)
				}
			}
		})
	}
}

// countingStore counts the reads of whole states.
type countingStore struct {
	*store.Store
	cards, edges, tests, blocks, deltas int
}

func (c *countingStore) AssetCards(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]*store.AssetCard, error) {
	c.cards++
	return c.Store.AssetCards(ctx, ws, schema, at, ids)
}

func (c *countingStore) EdgesInto(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Edge, error) {
	c.edges++
	return c.Store.EdgesInto(ctx, ws, schema, at, ids)
}

func (c *countingStore) TestRefs(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.TestID) ([]store.TestRef, error) {
	c.tests++
	return c.Store.TestRefs(ctx, ws, schema, at, ids)
}

func (c *countingStore) ColumnBlocks(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]store.ColumnEdgeBlock, error) {
	c.blocks++
	return c.Store.ColumnBlocks(ctx, ws, schema, at, ids)
}

func (c *countingStore) Deltas(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64) ([]catalog.VersionDelta, error) {
	c.deltas++
	return c.Store.Deltas(ctx, ws, schema, from, to)
}

// TestPreparedStateIsReady: after Prepare the first reader of a version reads no
// rows of it; without Prepare it reads those that changed.
func TestPreparedStateIsReady(t *testing.T) {
	t.Parallel()
	h := &randomHistory{rand.New(rand.NewPCG(3, 3)), map[catalog.Edge]bool{}, map[catalog.TestID]bool{}}
	w := newWriter(t, openStore(t), "shop")
	counting := &countingStore{Store: w.store}
	m := newModel(t, counting)
	write := func(save *store.Write) {
		must(t, save.PutAssets(t.Context(), []store.AssetRow{h.asset()}))
		must(t, save.PutEdges(t.Context(), []catalog.Edge{h.edge()}))
		must(t, save.PutTests(t.Context(), []catalog.Test{{ID: 3}}))
		must(t, save.PutColumnEdges(t.Context(), []store.ColumnEdgeBlock{h.block()}))
	}
	w.save(write, nil)
	stateOf(t.Context(), t, m, w.scope(), 1)
	for version := int64(2); version < 5; version++ {
		w.save(write, func(d catalog.VersionDelta) error { return m.Prepare(t.Context(), ws, w.schema, &d) })
	}
	*counting = countingStore{Store: w.store}
	stateOf(t.Context(), t, m, w.scope(), 4, testNodesPart, usesPart) // which are loaded where tests changed
	if counting.cards+counting.edges+counting.tests+counting.blocks > 0 || counting.deltas == 0 {
		t.Errorf("the first reader after the flip read rows: %+v", *counting)
	}
	w.save(write, nil)
	stateOf(t.Context(), t, m, w.scope(), 5)
	if counting.cards == 0 || counting.blocks == 0 {
		t.Errorf("without Prepare nothing was read: %+v", *counting)
	}
}

// TestStateOfOlderVersions: a version without a delta, as an older program wrote
// it, is loaded.
func TestStateOfOlderVersions(t *testing.T) {
	t.Parallel()
	w := newWriter(t, openStore(t), "shop")
	m := newModel(t, &withoutDeltas{w.store})
	for _, name := range []string{"a", "b"} {
		w.save(func(save *store.Write) {
			must(t, save.PutAssets(t.Context(), []store.AssetRow{{Asset: catalog.Asset{ID: 1, Kind: catalog.KindModel, Name: name, Present: true}}}))
		}, nil)
		schema, err := w.store.Schema(t.Context(), ws, w.schema)
		must(t, err)
		assets, err := m.assets(t.Context(), w.scope(), schema.Version)
		must(t, err)
		if got := assets.present[0].Name; got != name {
			t.Errorf("version %d has %q, want %q", schema.Version, got, name)
		}
	}
}

type withoutDeltas struct{ *store.Store }

func (withoutDeltas) Deltas(context.Context, int64, catalog.SchemaID, int64, int64) ([]catalog.VersionDelta, error) {
	return nil, catalog.ErrNotFound
}
