package httpapi

import (
	"cmp"
	"container/list"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/store"
)

// schemaState is what one version of a schema looks like as a graph, with the
// tests of every asset. It never changes, so requests share it.
type schemaState struct {
	version int64
	nodes   []catalog.Asset // by graph number; ascending ids
	number  map[catalog.AssetID]int32
	graph   *graph.Graph
	edges   map[graph.Edge]catalog.Edge
	tests   map[catalog.AssetID][]catalog.Test // without bodies
}

// keptAssets bounds the memory of states, in assets and tests of them all: some
// 1 kB each.
const keptAssets = 100_000

type stateKey struct {
	ws      int64
	schema  catalog.SchemaID
	version int64
}

// states keeps what was made of the versions of schemas that were asked for
// last, as many as their weights together allow, but always the last one.
type states[S any] struct {
	load   func(context.Context, stateKey) (*S, error)
	weight func(*S) int
	most   int
	mu     sync.Mutex
	kept   map[stateKey]*list.Element
	order  list.List // of *stateEntry, the last used in front
	total  int
}

type stateEntry[S any] struct {
	key    stateKey
	weight int        // guarded by states.mu
	mu     sync.Mutex // held while it is loaded, so that one request loads for all
	state  *S
}

func newStates[S any](most int, weight func(*S) int, load func(context.Context, stateKey) (*S, error)) *states[S] {
	return &states[S]{load: load, weight: weight, most: most, kept: map[stateKey]*list.Element{}}
}

// of gives the state of a version, loading it if nobody has asked before.
func (s *states[S]) of(ctx context.Context, ws int64, schema catalog.SchemaID, version int64) (*S, error) {
	e := s.entry(stateKey{ws, schema, version})
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state != nil {
		return e.state, nil
	}
	state, err := s.load(ctx, e.key)
	if err != nil {
		s.drop(e)
		return nil, fmt.Errorf("graph of %s at version %d: %w", schema, version, err)
	}
	e.state = state
	s.weigh(e, s.weight(state))
	return state, nil
}

func (s *states[S]) entry(key stateKey) *stateEntry[S] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if el := s.kept[key]; el != nil {
		s.order.MoveToFront(el)
		return el.Value.(*stateEntry[S])
	}
	e := &stateEntry[S]{key: key}
	s.kept[key] = s.order.PushFront(e)
	return e
}

// weigh notes what a state weighs and drops those that were not used for longest.
func (s *states[S]) weigh(e *stateEntry[S], weight int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if el := s.kept[e.key]; el == nil || el.Value != e {
		return // pushed out while it was loaded
	}
	e.weight = weight
	s.total += weight
	for s.total > s.most && s.order.Len() > 1 {
		s.remove(s.order.Back())
	}
}

// drop forgets a state that could not be loaded.
func (s *states[S]) drop(e *stateEntry[S]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if el := s.kept[e.key]; el != nil && el.Value == e {
		s.remove(el)
	}
}

func (s *states[S]) remove(el *list.Element) {
	e := s.order.Remove(el).(*stateEntry[S])
	delete(s.kept, e.key)
	s.total -= e.weight
}

func loadState(ctx context.Context, s *store.Store, key stateKey) (*schemaState, error) {
	out := &schemaState{
		version: key.version, number: map[catalog.AssetID]int32{},
		edges: map[graph.Edge]catalog.Edge{}, tests: map[catalog.AssetID][]catalog.Test{},
	}
	var edges []catalog.Edge
	if key.version > 0 {
		var err error
		if err = out.loadNodes(ctx, s, key); err != nil {
			return nil, err
		}
		if edges, err = s.EdgesOf(ctx, key.ws, key.schema, key.version, 0); err != nil {
			return nil, err
		}
		if err = out.loadTests(ctx, s, key); err != nil {
			return nil, err
		}
	}
	return out, out.link(edges)
}

func (st *schemaState) weight() int {
	n := len(st.nodes)
	for _, tests := range st.tests {
		n += len(tests)
	}
	return n
}

func (st *schemaState) loadNodes(ctx context.Context, s *store.Store, key stateKey) error {
	filter := store.AssetFilter{Schema: key.schema, At: key.version, Sort: "id"}
	for page := (store.Page{Limit: store.MaxLimit}); ; {
		rows, err := s.AssetPage(ctx, key.ws, filter, page)
		if err != nil {
			return err
		}
		for _, a := range rows.Rows {
			st.nodes = append(st.nodes, slim(a))
		}
		if page.After = rows.Next; page.After == "" {
			break
		}
	}
	slices.SortFunc(st.nodes, func(a, b catalog.Asset) int { return cmp.Compare(a.ID, b.ID) })
	for i, a := range st.nodes {
		st.number[a.ID] = int32(i)
	}
	return nil
}

// slim drops what neither selectors nor graphs ask about.
func slim(a catalog.Asset) catalog.Asset {
	a.Description, a.Extra, a.Stats, a.Code, a.Nodes = catalog.Text{}, nil, nil, nil, nil
	return a
}

func (st *schemaState) loadTests(ctx context.Context, s *store.Store, key stateKey) error {
	tests, err := s.TestsOf(ctx, key.ws, key.schema, key.version, 0, false)
	if err != nil {
		return err
	}
	for _, t := range tests {
		st.tests[t.Asset] = append(st.tests[t.Asset], t)
	}
	return nil
}

// link builds the graph. Of edges that several projects state one is kept; an
// unresolved one leads nowhere.
func (st *schemaState) link(edges []catalog.Edge) error {
	for _, e := range edges {
		from, knowsFrom := st.number[e.From]
		to, knowsTo := st.number[e.To]
		if !knowsFrom || !knowsTo {
			continue
		}
		pair := graph.Edge{From: from, To: to}
		if old, ok := st.edges[pair]; !ok || e.Project < old.Project {
			st.edges[pair] = e
		}
	}
	pairs := make([]graph.Edge, 0, len(st.edges))
	for pair := range st.edges {
		pairs = append(pairs, pair)
	}
	var err error
	st.graph, err = graph.New(len(st.nodes), pairs)
	return err
}

// neighbours counts the direct parents and children of an asset.
func (st *schemaState) neighbours(id catalog.AssetID) (upstream, downstream int) {
	n, ok := st.number[id]
	if !ok {
		return 0, 0
	}
	return len(st.graph.Parents(n)), len(st.graph.Children(n))
}
