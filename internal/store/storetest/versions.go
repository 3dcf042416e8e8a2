package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// at reads the names of a version's present assets, by id.
func (r *rig) at(schema catalog.SchemaID, version int64) []string {
	r.t.Helper()
	return names(walk(r.t, 3, func(p store.Page) (store.Paged[catalog.Asset], error) {
		return r.AssetPage(r.t.Context(), ws, store.AssetFilter{Schema: schema, At: version, Sort: "id"}, p)
	}))
}

func testVersions(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	_, err := r.VersionAt(ctx, ws, schema, r.clock.now())
	wants(t, err, catalog.ErrNotFound)
	for i := range 5 {
		r.clock.add(time.Hour)
		r.put(schema, table(catalog.AssetID(i+1), "t"))
	}
	for n := range int64(5) {
		want := catalog.Version{SchemaID: schema, Number: n + 1, Cause: edited().Cause, Actor: edited().Actor, At: start.Add(time.Duration(n+1) * time.Hour)}
		same(t, get(r.Version(ctx, ws, schema, n+1))(t), want)
	}
	_, err = r.Version(ctx, ws, schema, 6)
	wants(t, err, catalog.ErrNotFound)
	for _, test := range []struct {
		at   time.Duration
		want int64
	}{{time.Hour, 1}, {2*time.Hour - time.Microsecond, 1}, {2 * time.Hour, 2}, {99 * time.Hour, 5}} {
		if got := get(r.VersionAt(ctx, ws, schema, start.Add(test.at)))(t); got != test.want {
			t.Errorf("version at %s is %d, want %d", test.at, got, test.want)
		}
	}
	_, err = r.VersionAt(ctx, ws, schema, start)
	wants(t, err, catalog.ErrNotFound)
	if s := get(r.Schema(ctx, ws, schema))(t); s.Version != 5 || !s.UpdatedAt.Equal(r.clock.now()) {
		t.Errorf("schema %+v", s)
	}
}

func testTimeTravel(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	r.put(schema, table(1, "one"), table(2, "two"))
	r.clock.add(time.Minute)
	r.put(schema, table(2, "zwei"), table(3, "three"))
	r.put(schema, table(1, "one", func(a *store.AssetRow) { a.Present = false }))
	for version, want := range [][]string{{"zwei", "three"}, {"one", "two"}, {"one", "zwei", "three"}, {"zwei", "three"}} {
		same(t, r.at(schema, int64(version)), want)
	}
	_, err := r.AssetPage(ctx, ws, store.AssetFilter{Schema: schema, At: 4}, store.Page{})
	wants(t, err, catalog.ErrNotFound)
	_, err = r.AssetPage(ctx, ws, store.AssetFilter{At: 1}, store.Page{})
	wants(t, err, catalog.ErrInvalid)

	a, owner, err := r.Asset(ctx, ws, 2, 1)
	must(t, err)
	if a.Name != "two" || owner != schema || a.Version != 1 || !a.CreatedAt.Equal(start) {
		t.Errorf("%+v", a)
	}
	a, _, err = r.Asset(ctx, ws, 2, 0)
	must(t, err)
	if a.Name != "zwei" || a.Version != 2 || !a.CreatedAt.Equal(start) || !a.UpdatedAt.Equal(start.Add(time.Minute)) {
		t.Errorf("%+v", a)
	}
	_, _, err = r.Asset(ctx, ws, 3, 1)
	wants(t, err, catalog.ErrNotFound)
}

func testReplaceWithin(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	column := []catalog.Column{{Name: "id", Ordinal: 1, Present: true}}
	write := func(w *store.Write, name string) {
		must(t, w.PutAssets(ctx, []store.AssetRow{table(1, name, func(a *store.AssetRow) { a.Columns, a.Tags = column, []string{name, name} })}))
		must(t, w.PutFacets(ctx, []catalog.Facet{{Asset: 1, Origin: "dbt:p", Source: catalog.FromManifest, UniqueID: "x", Body: catalog.Body{Name: name}}}))
		must(t, w.PutTests(ctx, []catalog.Test{{ID: 1, Asset: 1, Body: catalog.TestBody{Name: name}}}))
		must(t, w.PutEdges(ctx, []catalog.Edge{{From: 1, To: 2, Type: catalog.EdgeDerived, Source: name}}))
		must(t, w.PutColumnEdges(ctx, []store.ColumnEdgeBlock{{Asset: 1, Block: []byte(name)}}))
	}
	check := func(version int64, name string) {
		t.Helper()
		a, _, err := r.Asset(ctx, ws, 1, version)
		must(t, err)
		same(t, a.Name, name)
		same(t, get(r.ColumnsOf(ctx, ws, schema, version, []catalog.AssetID{1}))(t), map[catalog.AssetID][]catalog.Column{1: column})
		same(t, get(r.FacetsOf(ctx, ws, schema, version, []catalog.AssetID{1}))(t)[0].Body.Name, name)
		same(t, get(r.TestsOf(ctx, ws, schema, version, 0, true))(t)[0].Body.Name, name)
		same(t, get(r.EdgesOf(ctx, ws, schema, version, 0))(t)[0].Source, name)
		same(t, get(r.ColumnEdgesOf(ctx, ws, schema, version, nil))(t)[0].Block, []byte(name))
		same(t, get(r.AssetBreakdown(ctx, ws, store.AssetFilter{Schema: schema, At: version}, store.ByTag))(t), map[string]int64{name: 1})
	}
	r.save(schema, func(w *store.Write) { write(w, "a"); write(w, "b") })
	check(1, "b")
	r.save(schema, func(w *store.Write) { write(w, "c"); write(w, "d"); write(w, "e") })
	check(1, "b")
	check(2, "e")
	// Written and ended in one version: ended.
	r.save(schema, func(w *store.Write) {
		must(t, w.PutTests(ctx, []catalog.Test{{ID: 1, Asset: 1}, {ID: 2, Asset: 1}}))
		must(t, w.CloseTests(ctx, []catalog.TestID{1, 2}))
	})
	same(t, get(r.TestsOf(ctx, ws, schema, 0, 0, false))(t), []catalog.Test{})
	if got := get(r.TestsOf(ctx, ws, schema, 2, 0, false))(t); len(got) != 1 {
		t.Fatalf("tests of version 2: %v", got)
	}
	// Twice in one call: the last counts.
	r.save(schema, func(w *store.Write) {
		must(t, w.PutAssets(ctx, []store.AssetRow{table(9, "first"), table(8, "x"), table(9, "last")}))
		must(t, w.PutEdges(ctx, []catalog.Edge{{From: 5, To: 6}, {From: 5, To: 6}}))
	})
	same(t, r.at(schema, 4), []string{"e", "x", "last"})
}

// everything writes one row of each kind under key n.
func everything(ctx context.Context, w *store.Write, n int64, name string) error {
	for _, write := range []func() error{
		func() error {
			return w.PutAssets(ctx, []store.AssetRow{table(catalog.AssetID(n), name, func(a *store.AssetRow) {
				a.Columns, a.Tags = []catalog.Column{{Name: name}}, []string{name}
			})})
		},
		func() error {
			return w.PutFacets(ctx, []catalog.Facet{{Asset: catalog.AssetID(n), Origin: catalog.OriginSQL, Source: catalog.FromSQL, Body: catalog.Body{Name: name}}})
		},
		func() error {
			return w.PutEdits(ctx, []store.Edit{{Asset: catalog.AssetID(n), Edit: catalog.Edit{Field: "description", Text: name, By: named("ana"), At: start}}})
		},
		func() error {
			return w.PutTests(ctx, []catalog.Test{{ID: catalog.TestID(n), Body: catalog.TestBody{Name: name}}})
		},
		func() error { return w.PutEdges(ctx, []catalog.Edge{{To: catalog.AssetID(n), Source: name}}) },
		func() error {
			return w.PutColumnEdges(ctx, []store.ColumnEdgeBlock{{Asset: catalog.AssetID(n), Block: []byte(name)}})
		},
	} {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

// state is everything that a schema has at a version.
type state struct {
	Assets      []catalog.Asset
	Columns     map[catalog.AssetID][]catalog.Column
	Facets      []catalog.Facet
	Pending     []catalog.Facet
	Tests       []catalog.Test
	Edges       []catalog.Edge
	ColumnEdges []store.ColumnEdgeBlock
	Tags        map[string]int64
}

// read reads the state of a version; ids are all assets that it may have.
func read(ctx context.Context, s *store.Store, schema catalog.SchemaID, at int64, ids []catalog.AssetID) (out state, err error) {
	for _, read := range []func() error{
		func() (err error) { out.Assets, err = s.AssetsOf(ctx, ws, schema, at, ids); return err },
		func() (err error) { out.Columns, err = s.ColumnsOf(ctx, ws, schema, at, ids); return err },
		func() (err error) { out.Facets, err = s.FacetsOf(ctx, ws, schema, at, ids); return err },
		func() (err error) { out.Pending, err = s.PendingFacets(ctx, ws, schema, at, 0); return err },
		func() (err error) { out.Tests, err = s.TestsOf(ctx, ws, schema, at, 0, true); return err },
		func() (err error) { out.Edges, err = s.EdgesOf(ctx, ws, schema, at, 0); return err },
		func() (err error) { out.ColumnEdges, err = s.ColumnEdgesOf(ctx, ws, schema, at, nil); return err },
		func() (err error) {
			out.Tags, err = s.AssetBreakdown(ctx, ws, store.AssetFilter{Schema: schema, At: at}, store.ByTag)
			return err
		},
	} {
		if err := read(); err != nil {
			return state{}, err
		}
	}
	return out, nil
}

func (r *rig) read(schema catalog.SchemaID, at int64) state {
	r.t.Helper()
	return get(read(r.t.Context(), r.Store, schema, at, []catalog.AssetID{1, 2, 3, 4, 5, 6, 7, 8, 9}))(r.t)
}

func testInvisible(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	r.save(schema, func(w *store.Write) { must(t, everything(ctx, w, 1, "old")) })
	before := r.read(schema, 0)
	w, _ := r.begin(schema)
	must(t, everything(ctx, w, 1, "new"))
	must(t, everything(ctx, w, 2, "more"))
	same(t, r.read(schema, 0), before)
	same(t, r.read(schema, 1), before)
	if _, err := r.AssetsOf(ctx, ws, schema, 2, []catalog.AssetID{1}); err == nil {
		t.Fatal("a version is read that is not served")
	}
	_, _, err := r.Asset(ctx, ws, 2, 2)
	wants(t, err, catalog.ErrNotFound)
	must(t, w.Flip(ctx, edited()))
	after := r.read(schema, 0)
	same(t, names(after.Assets), []string{"new", "more"})
	same(t, r.read(schema, 1), before)
	wants(t, w.PutTests(ctx, []catalog.Test{{ID: 1}}), catalog.ErrConflict)
	wants(t, w.Flip(ctx, store.Flip{}), catalog.ErrConflict)
}

func testDeadSave(t *testing.T, r *rig) {
	ctx := t.Context()
	schema, other := r.schema("a"), r.schema("b")
	r.save(schema, func(w *store.Write) { must(t, everything(ctx, w, 1, "old")); must(t, everything(ctx, w, 2, "kept")) })
	r.save(other, func(w *store.Write) { must(t, everything(ctx, w, 7, "other")) })
	before, otherBefore := r.read(schema, 0), r.read(other, 0)
	w, _ := r.begin(schema)
	must(t, everything(ctx, w, 1, "new"))
	must(t, everything(ctx, w, 3, "dead"))
	must(t, w.CloseTests(ctx, []catalog.TestID{2}))

	r.clock.add(store.LeaseTime)
	w, l := r.begin(schema)
	if w.Number() != 2 {
		t.Fatalf("next version %d", w.Number())
	}
	must(t, w.PutAssets(ctx, []store.AssetRow{table(4, "alive")}))
	must(t, w.Flip(ctx, edited()))
	must(t, r.ReleaseLease(ctx, l))
	same(t, r.read(schema, 1), before)
	after := r.read(schema, 2)
	same(t, names(after.Assets), []string{"old", "kept", "alive"})
	after.Assets = after.Assets[:2]
	same(t, after, before)
	same(t, r.read(other, 0), otherBefore)
}

func testAbort(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	r.save(schema, func(w *store.Write) { must(t, everything(ctx, w, 1, "old")) })
	before := r.read(schema, 0)
	w, l := r.begin(schema)
	must(t, everything(ctx, w, 1, "new"))
	must(t, w.Abort(ctx))
	must(t, w.Abort(ctx))
	wants(t, w.PutTests(ctx, []catalog.Test{{ID: 1}}), catalog.ErrConflict)
	same(t, r.read(schema, 0), before)
	w = get(r.Begin(ctx, l))(t)
	must(t, w.Abort(ctx))
	w = get(r.Begin(ctx, l))(t)
	must(t, w.PutTests(ctx, []catalog.Test{{ID: 9}}))
	must(t, w.Flip(ctx, store.Flip{}))
	same(t, names(r.read(schema, 0).Assets), []string{"old"})
}

// testLostCommit: the connection breaks while the flip commits, so the saver
// sees an error although the version is there. What it then aborts must not be
// the version that is served.
func testLostCommit(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	r.save(schema, func(w *store.Write) { must(t, everything(ctx, w, 1, "old")) })
	w, _ := r.begin(schema)
	must(t, everything(ctx, w, 1, "new"))
	unaware := *w
	must(t, w.Flip(ctx, edited()))
	after := r.read(schema, 0)
	wants(t, unaware.Abort(ctx), catalog.ErrFenced)
	same(t, names(after.Assets), []string{"new"})
	same(t, r.read(schema, 0), after)
	same(t, names(r.read(schema, 1).Assets), []string{"old"})
}

func testFencing(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	stale, l := r.begin(schema)
	must(t, everything(ctx, stale, 1, "stale"))
	r.clock.add(store.LeaseTime)
	w, _ := r.begin(schema)
	must(t, everything(ctx, w, 1, "fresh"))
	project := catalog.Project{ID: 1}
	for _, write := range []func() error{
		func() error { return everything(ctx, stale, 2, "late") },
		func() error { return stale.CloseEdges(ctx, []catalog.Edge{{To: 1}}) },
		func() error { return stale.Flip(ctx, store.Flip{}) },
		func() error { return stale.Abort(ctx) },
	} {
		wants(t, write(), catalog.ErrFenced)
	}
	_, err := r.Begin(ctx, l)
	wants(t, err, catalog.ErrFenced)
	wants(t, w.Flip(ctx, store.Flip{Project: &project}), catalog.ErrNotFound)
	must(t, w.Flip(ctx, store.Flip{}))
	same(t, names(r.read(schema, 0).Assets), []string{"fresh"})

	// A lease that ran out but that nobody took still writes.
	r.clock.add(store.LeaseTime)
	w, _ = r.begin(schema)
	r.clock.add(10 * store.LeaseTime)
	must(t, everything(ctx, w, 2, "slow"))
	must(t, w.Flip(ctx, store.Flip{}))
	same(t, names(r.read(schema, 0).Assets), []string{"fresh", "slow"})
}

func testNote(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	l := r.lease(schema)
	project := get(r.EnsureProject(ctx, ws, schema, "shop", "Shop"))(t)
	w := get(r.Begin(ctx, l))(t)
	wants(t, w.Note(ctx, store.Flip{Applied: []store.AppliedPart{{Part: "manifest"}}}), catalog.ErrInvalid)
	project.DBTVersion, project.Adapter, project.InvocationID, project.LastImport = "1.12.6", "duckdb", "i-1", 4
	project.ManifestGeneratedAt, project.CatalogGeneratedAt = start.Add(-time.Hour), start.Add(-time.Minute)
	project.ManifestTie, project.CatalogTie = catalog.HashOfText("manifest"), catalog.HashOfText("catalog")
	r.clock.add(time.Second)
	w = get(r.Begin(ctx, l))(t)
	must(t, w.Note(ctx, store.Flip{
		Project:      &project,
		Fingerprints: map[string][]byte{"manifest": {1, 2, 3}, "empty": nil},
		Applied:      []store.AppliedPart{{Part: "manifest", SHA256: "aa", Reader: "r1"}},
	}))
	if s := get(r.Schema(ctx, ws, schema))(t); s.Version != 0 {
		t.Fatalf("a note made version %d", s.Version)
	}
	project.UpdatedAt = r.clock.now()
	same(t, get(r.Project(ctx, ws, project.ID))(t), project)
	same(t, get(r.Fingerprint(ctx, ws, schema, project.ID, "manifest"))(t), []byte{1, 2, 3})
	same(t, get(r.Fingerprint(ctx, ws, schema, project.ID, "catalog"))(t), []byte(nil))
	for _, test := range []struct {
		part, sha, reader string
		want              bool
	}{{"manifest", "aa", "r1", true}, {"manifest", "aa", "r2", false}, {"manifest", "bb", "r1", false}, {"catalog", "aa", "r1", false}} {
		part := store.AppliedPart{Part: test.part, SHA256: test.sha, Reader: test.reader}
		for _, of := range []catalog.ProjectID{0, project.ID, project.ID + 1} {
			id, ok, err := r.Applied(ctx, ws, schema, of, part)
			must(t, err)
			if want := test.want && of <= project.ID; ok != want || ok != (id == project.ID) {
				t.Errorf("%+v of %s: %s, %v", part, of, id, ok)
			}
		}
	}
	// The next one replaces what was stored for the same source and part.
	w = get(r.Begin(ctx, l))(t)
	must(t, everything(ctx, w, 1, "x"))
	wants(t, w.Note(ctx, store.Flip{}), catalog.ErrConflict)
	must(t, w.Flip(ctx, store.Flip{
		Cause: catalog.ImportCause(r.importInto(schema).ID), Project: &project, Fingerprints: map[string][]byte{"manifest": {9}},
		Applied: []store.AppliedPart{{Part: "manifest", SHA256: "bb", Reader: "r1"}},
	}))
	same(t, get(r.Fingerprint(ctx, ws, schema, project.ID, "manifest"))(t), []byte{9})
	_, ok, err := r.Applied(ctx, ws, schema, 0, store.AppliedPart{Part: "manifest", SHA256: "aa", Reader: "r1"})
	must(t, err)
	if ok {
		t.Error("older bytes still count as applied")
	}
	if imp := get(r.Import(ctx, ws, 1))(t); imp.Version != 1 {
		t.Errorf("import's version %d", imp.Version)
	}
}
