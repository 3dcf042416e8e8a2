package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Compare does the same random writes to two stores and compares everything
// that can be read after each. One seed is one history.
func Compare(t *testing.T, one, other Open, seeds ...uint64) {
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			clock := &clock{at: start}
			p := &pair{
				t: t, clock: clock, random: rand.New(rand.NewPCG(seed, 0)),
				a: &side{Store: one(t, clock.now)}, b: &side{Store: other(t, clock.now)},
			}
			p.both("schema", func(s *side) (any, error) { return s.CreateSchema(t.Context(), ws, "a", "prod", store.By{}) })
			p.both("schema", func(s *side) (any, error) { return s.CreateSchema(t.Context(), ws, "b", "", store.By{}) })
			for range 60 {
				p.step()
				p.read()
			}
			p.sawSomething()
		})
	}
}

// sawSomething guards against a history in which nothing happened.
func (p *pair) sawSomething() {
	versions, assets := int64(0), 0
	for _, id := range []catalog.SchemaID{101, 102} {
		index := get(p.a.Index(p.t.Context(), ws, id))(p.t)
		versions, assets = versions+index.Version, assets+len(index.Assets)
	}
	if versions < 2 || assets < 3 {
		p.t.Errorf("%d versions with %d assets: too little to compare", versions, assets)
	}
}

// side is one of the two stores, with the write that is under way.
type side struct {
	*store.Store
	lease store.Lease
	write *store.Write
}

type pair struct {
	t      *testing.T
	clock  *clock
	random *rand.Rand
	a, b   *side
	done   []string // what was done, for the message
}

// both does one thing to both stores; results and errors must be alike.
func (p *pair) both(name string, do func(*side) (any, error)) {
	p.t.Helper()
	p.done = append(p.done, name)
	a, errA := do(p.a)
	b, errB := do(p.b)
	if kindOf(errA) != kindOf(errB) {
		p.t.Fatalf("%s after %v: %v on the first, %v on the second", name, p.done, errA, errB)
	}
	if diff := cmp.Diff(a, b, cmpopts.EquateEmpty()); diff != "" {
		p.t.Fatalf("%s after %v (-first +second)\n%s", name, p.done, diff)
	}
}

// kindOf is the sentinel that an error wraps; its text may differ.
func kindOf(err error) error {
	for _, sentinel := range []error{
		catalog.ErrNotFound, catalog.ErrConflict, catalog.ErrInvalid, catalog.ErrFenced, catalog.ErrBusy, catalog.ErrTooLarge, catalog.ErrIdempotencyReused,
	} {
		if errors.Is(err, sentinel) {
			return sentinel
		}
	}
	return err
}

func (p *pair) schema() catalog.SchemaID { return catalog.SchemaID(101 + p.random.IntN(2)) }

// step does one random thing.
func (p *pair) step() {
	ctx := p.t.Context()
	p.clock.add(time.Duration(p.random.IntN(90)) * time.Second)
	if p.a.write != nil {
		p.within(ctx)
		return
	}
	switch p.random.IntN(8) {
	case 0:
		n := store.NewImport{SchemaID: p.schema(), Parts: parts, Actor: named(p.word()), IdempotencyOwner: "s", Fingerprint: catalog.HashOfText("x")}
		if p.random.IntN(2) == 0 {
			n.IdempotencyKey = fmt.Sprint(p.random.IntN(3))
		}
		p.both("import", func(s *side) (any, error) {
			n.Touch = touch(p.t, s.Store, parts...) //nolint:contextcheck // it takes the test's
			imp, replayed, err := s.CreateImport(ctx, ws, n)
			return []any{imp, replayed}, err
		})
	case 1:
		id := catalog.ImportID(1 + p.random.IntN(6))
		p.both("cancel", func(s *side) (any, error) { return nil, s.CancelImport(ctx, ws, id) })
	case 2:
		name := p.word()
		p.both("rename", func(s *side) (any, error) {
			return s.UpdateSchema(ctx, ws, 102, store.SchemaPatch{Environment: &name})
		})
	case 3:
		p.run(ctx)
	default:
		schema := p.schema()
		p.both("begin", func(s *side) (any, error) {
			var err error
			if s.lease, err = s.LeaseSchema(ctx, ws, schema, "test", 0); err != nil {
				return nil, err
			}
			s.write, err = s.Begin(ctx, s.lease)
			return s.write.Number(), err
		})
	}
}

// within goes on with the version in the making.
func (p *pair) within(ctx context.Context) {
	switch p.random.IntN(14) {
	case 0:
		p.both("abort", func(s *side) (any, error) { return nil, s.end(ctx, s.write.Abort(ctx)) })
	case 1: // the writer dies; the next one sweeps
		p.both("die", func(s *side) (any, error) { return nil, s.end(ctx, nil) })
	case 2, 3, 4:
		actor := p.word()
		p.both("flip", func(s *side) (any, error) { return nil, s.end(ctx, s.write.Flip(ctx, store.Flip{Actor: named(actor)})) })
	case 5:
		edges := make([]catalog.Edge, 1+p.random.IntN(4))
		for i := range edges {
			edges[i] = catalog.Edge{Project: 1, From: p.asset(), To: p.asset(), Type: catalog.EdgeDerived, Confidence: "medium", Source: "x"}
		}
		if p.random.IntN(3) == 0 {
			p.both("close edges", func(s *side) (any, error) { return nil, s.write.CloseEdges(ctx, edges) })
			return
		}
		p.both("edges", func(s *side) (any, error) { return nil, s.write.PutEdges(ctx, edges) })
	case 6:
		tests := []catalog.Test{{ID: catalog.TestID(1 + p.random.IntN(5)), Project: 1, UniqueID: "test." + p.word(), Asset: p.asset(), Body: catalog.TestBody{Name: p.word(), Column: p.word()}}}
		p.both("tests", func(s *side) (any, error) { return nil, s.write.PutTests(ctx, tests) })
	case 7:
		facets := []catalog.Facet{{
			Asset: p.asset(), Origin: "dbt:shop", Source: catalog.FromManifest, UniqueID: "model." + p.word(), Project: 1, Hash: catalog.HashOfText(p.word()),
			Body: catalog.Body{Name: p.word(), Description: p.word()},
		}}
		p.both("facets", func(s *side) (any, error) { return nil, s.write.PutFacets(ctx, facets) })
	default:
		rows := p.assets()
		p.both("assets", func(s *side) (any, error) { return nil, s.write.PutAssets(ctx, rows) })
	}
}

func (s *side) end(ctx context.Context, err error) error {
	s.write = nil
	return errors.Join(err, s.ReleaseLease(ctx, s.lease))
}

// words are names that collations, foldings and patterns may treat differently.
var words = []string{"a", "B", "b", "ä", "Ä", "é", "z", "Z", "a_b", "a%b", "a'b", `a"b`, `a\b`, "a b", "日本", "🙂", "ß", "_", "10", "9"}

func (p *pair) word() string { return words[p.random.IntN(len(words))] }

func (p *pair) asset() catalog.AssetID { return catalog.AssetID(1 + p.random.Int64N(12)) }

func (p *pair) assets() []store.AssetRow {
	seen := map[catalog.AssetID]bool{}
	var rows []store.AssetRow
	for range 1 + p.random.IntN(5) {
		// An asset stays in its schema: odd ones are of the first.
		id := p.asset()
		if (id%2 == 1) != (p.a.lease.Schema == 101) {
			id++
		}
		if seen[id] {
			continue
		}
		seen[id] = true
		name := p.word()
		row := table(id, name, func(a *store.AssetRow) {
			a.Present, a.Project = p.random.IntN(5) > 0, catalog.ProjectID(p.random.IntN(2))
			a.Description.Value, a.Materialized = p.word(), p.word()
			a.Tags, a.Owners = []string{p.word()}, []string{p.word()}
			a.Columns = []catalog.Column{{Name: p.word(), Present: true}, {Name: name, Type: catalog.Type{Native: p.word()}}}
			if p.random.IntN(4) == 0 {
				a.Kind = catalog.KindExposure
			}
		})
		row.Hash = catalog.HashOfText(fmt.Sprint(row.Name, row.Description.Value, row.Present))
		rows = append(rows, row)
	}
	return rows
}

func (p *pair) run(ctx context.Context) {
	run := catalog.Run{SchemaID: p.schema(), Project: 1, InvocationID: fmt.Sprint("run ", p.random.IntN(4)), Command: p.word(), GeneratedAt: p.clock.now().Add(-time.Duration(p.random.IntN(100)) * time.Minute)}
	var results []catalog.NodeResult
	for i := range 3 {
		failures := int64(p.random.IntN(3))
		results = append(results, catalog.NodeResult{
			UniqueID: fmt.Sprint("model.", i), Status: p.word(), Class: []string{"success", "error", "pass"}[p.random.IntN(3)], Message: p.word(),
			Failures: &failures, ExecutionTime: float64(p.random.IntN(1000)) / 7, CompletedAt: run.GeneratedAt.Add(time.Duration(p.random.IntN(100)) * time.Second),
		})
	}
	p.both("run", func(s *side) (any, error) {
		id, stored, err := s.PutRun(ctx, ws, run, results, nil)
		return []any{id, stored}, err
	})
}

// read compares what both stores return.
func (p *pair) read() {
	ctx := p.t.Context()
	schema, version := p.schema(), int64(p.random.IntN(4))
	sort := []string{"name", "-name", "kind", "-kind", "id", "-id", "created_at", "-updated_at"}[p.random.IntN(8)]
	filter := store.AssetFilter{Sort: sort}
	switch p.random.IntN(6) {
	case 0:
		filter.Query = p.word()
	case 1:
		filter.Tag = p.word()
	case 2:
		filter.Owner = p.word()
	case 3:
		filter.Status = "error"
	}
	page := store.Page{Limit: 1 + p.random.IntN(4)}
	own := filter
	own.Schema, own.At = schema, version
	reads := map[string]func(*side) (any, error){
		"schemas":    func(s *side) (any, error) { return s.Schemas(ctx, ws, nil, page) },
		"imports":    func(s *side) (any, error) { return s.Imports(ctx, ws, store.ImportFilter{}, page) },
		"index":      func(s *side) (any, error) { return s.Index(ctx, ws, schema) },
		"all assets": func(s *side) (any, error) { return s.AssetPage(ctx, ws, filter, page) },
		"assets":     func(s *side) (any, error) { return s.AssetPage(ctx, ws, own, page) },
		"tags":       func(s *side) (any, error) { return s.AssetBreakdown(ctx, ws, own, store.ByTag) },
		"columns":    func(s *side) (any, error) { return s.ColumnsOf(ctx, ws, schema, version, ids(13)) },
		"facets":     func(s *side) (any, error) { return s.FacetsOf(ctx, ws, schema, version, ids(13)) },
		"edges":      func(s *side) (any, error) { return s.EdgesOf(ctx, ws, schema, version, 0) },
		"tests":      func(s *side) (any, error) { return s.TestsOf(ctx, ws, schema, version, 0, true) },
		"cards":      func(s *side) (any, error) { return s.AssetCards(ctx, ws, schema, version, nil) },
		"neighbours": func(s *side) (any, error) { return s.NeighboursOf(ctx, ws, schema, version, ids(13)) },
		"edges into": func(s *side) (any, error) { return s.EdgesInto(ctx, ws, schema, version, ids(7)) },
		"test refs":  func(s *side) (any, error) { return s.TestRefs(ctx, ws, schema, version, nil) },
		"changes":    func(s *side) (any, error) { return s.ChangedAssets(ctx, ws, schema, 0, 99, page) },
		"runs":       func(s *side) (any, error) { return s.Runs(ctx, ws, store.RunFilter{SchemaID: schema}, page) },
		"latest": func(s *side) (any, error) {
			return s.LatestResults(ctx, ws, schema, ofProject(2, "model.0", "model.1", "x"), store.AsOf{})
		},
		"version": func(s *side) (any, error) { return s.Version(ctx, ws, schema, version) },
		"at":      func(s *side) (any, error) { return s.VersionAt(ctx, ws, schema, p.clock.now().Add(-time.Minute)) },
	}
	for name, read := range reads {
		p.both("read "+name, read)
		p.done = p.done[:len(p.done)-1]
	}
}

// ids are the first n assets.
func ids(n int64) []catalog.AssetID {
	out := make([]catalog.AssetID, n)
	for i := range out {
		out[i] = catalog.AssetID(i + 1)
	}
	return out
}
