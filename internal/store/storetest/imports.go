package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

var parts = []catalog.Part{
	{Name: "manifest", SHA256: "aa", Size: 10},
	{Name: "run_results", SHA256: "bb", Size: 20, Number: 0},
	{Name: "run_results", SHA256: "cc", Size: 30, Number: 1},
}

func (r *rig) importInto(schema catalog.SchemaID) catalog.Import {
	r.t.Helper()
	imp, replayed, err := r.CreateImport(r.t.Context(), ws, store.NewImport{SchemaID: schema, Parts: parts, Actor: named("ci")})
	must(r.t, err)
	if replayed {
		r.t.Fatal("replayed without a key")
	}
	return imp
}

func testImports(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("shop")
	imp, _, err := r.CreateImport(ctx, ws, store.NewImport{SchemaID: schema, Parts: parts, Actor: named("ci"), Force: true})
	must(t, err)
	want := catalog.Import{
		ID: 1, SchemaID: schema, SchemaName: "shop", Status: catalog.Pending, Parts: parts, Force: true, Actor: named("ci"),
		CreatedAt: start, UpdatedAt: start,
	}
	same(t, imp, want)
	same(t, get(r.Import(ctx, ws, 1))(t), want)
	_, err = r.Import(ctx, ws, 2)
	wants(t, err, catalog.ErrNotFound)
	_, _, err = r.CreateImport(ctx, ws, store.NewImport{SchemaID: 999, Parts: parts})
	wants(t, err, catalog.ErrNotFound)
	pending, processing, err := r.QueueLength(ctx, store.KindImport)
	must(t, err)
	same(t, []int64{pending, processing}, []int64{1, 0})
}

func testImportPages(t *testing.T, r *rig) {
	ctx := t.Context()
	a, b := r.schema("a"), r.schema("b")
	for i := range 7 {
		schema := a
		if i%3 == 0 {
			schema = b
		}
		r.importInto(schema)
	}
	must(t, r.CancelImport(ctx, ws, 3))
	for _, test := range []struct {
		filter store.ImportFilter
		want   []catalog.ImportID
	}{
		{store.ImportFilter{}, []catalog.ImportID{7, 6, 5, 4, 3, 2, 1}},
		{store.ImportFilter{SchemaID: b}, []catalog.ImportID{7, 4, 1}},
		{store.ImportFilter{Only: []catalog.SchemaID{b, 999}}, []catalog.ImportID{7, 4, 1}},
		{store.ImportFilter{Only: []catalog.SchemaID{a, b}, Status: catalog.Failed}, []catalog.ImportID{3}},
		{store.ImportFilter{Only: []catalog.SchemaID{b}, SchemaID: a}, nil},
		{store.ImportFilter{Status: catalog.Failed}, []catalog.ImportID{3}},
		{store.ImportFilter{SchemaID: a, Status: catalog.Pending}, []catalog.ImportID{6, 5, 2}},
		{store.ImportFilter{Project: 5}, nil},
	} {
		for limit := 1; limit <= 8; limit++ {
			rows := walk(t, limit, func(p store.Page) (store.Paged[catalog.Import], error) { return r.Imports(ctx, ws, test.filter, p) })
			var ids []catalog.ImportID
			for _, imp := range rows {
				ids = append(ids, imp.ID)
				same(t, imp.Parts, parts)
			}
			same(t, ids, test.want)
		}
	}
}

func testIdempotency(t *testing.T, r *rig) {
	ctx := t.Context()
	n := store.NewImport{SchemaID: r.schema("a"), Parts: parts, IdempotencyKey: "k", IdempotencyScope: "key 1", Fingerprint: catalog.HashOfText("x")}
	create := func(n store.NewImport) (catalog.ImportID, bool) {
		t.Helper()
		imp, replayed, err := r.CreateImport(ctx, ws, n)
		must(t, err)
		return imp.ID, replayed
	}
	if id, replayed := create(n); id != 1 || replayed {
		t.Fatalf("first: %s, %v", id, replayed)
	}
	if id, replayed := create(n); id != 1 || !replayed {
		t.Fatalf("again: %s, %v", id, replayed)
	}
	other := n
	other.Fingerprint = catalog.HashOfText("y")
	_, _, err := r.CreateImport(ctx, ws, other)
	wants(t, err, catalog.ErrIdempotencyReused)
	other.IdempotencyScope = "key 2"
	if id, replayed := create(other); id != 2 || replayed {
		t.Fatalf("other scope: %s, %v", id, replayed)
	}
	r.clock.add(24*time.Hour - time.Microsecond)
	if _, replayed := create(n); !replayed {
		t.Fatal("forgotten too early")
	}
	r.clock.add(time.Microsecond)
	if id, replayed := create(n); id != 3 || replayed {
		t.Fatalf("a day later: %s, %v", id, replayed)
	}
	// What nobody asks for again is swept too: of "key 2" nothing is left, so
	// that an earlier clock does not find it either.
	r.clock.add(-time.Hour)
	if id, replayed := create(other); id != 4 || replayed {
		t.Fatalf("swept with the others: %s, %v", id, replayed)
	}
}

func testBlobs(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	imp := r.importInto(schema)
	r.importInto(schema)
	same(t, get(r.BlobRefs(ctx, "aa"))(t), int64(2))
	must(t, r.TouchBlob(ctx, "loose", 5))
	r.clock.add(time.Hour)
	must(t, r.TouchBlob(ctx, "fresh", 5))
	cut := r.clock.now()
	same(t, get(r.UnreferencedBlobs(ctx, cut, 10))(t), []string{"loose"})
	wants(t, r.DropBlobRefs(ctx, ws, imp.ID), catalog.ErrConflict)
	for id := range 2 {
		must(t, r.CancelImport(ctx, ws, catalog.ImportID(id+1)))
		must(t, r.DropBlobRefs(ctx, ws, catalog.ImportID(id+1)))
	}
	same(t, get(r.UnreferencedBlobs(ctx, cut, 10))(t), []string{"aa", "bb", "cc", "loose"})
	same(t, get(r.UnreferencedBlobs(ctx, cut, 2))(t), []string{"aa", "bb"})
	r.importInto(schema) // names them again
	gone := get(r.ForgetBlobs(ctx, cut, []string{"aa", "bb", "cc", "loose", "fresh", "unknown"}))(t)
	same(t, gone, []string{"loose"})
	same(t, get(r.ForgetBlobs(ctx, cut, []string{"loose"}))(t), []string{})
	same(t, get(r.ForgetBlobs(ctx, cut, nil))(t), []string{})
}

func testBadPositions(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	for _, after := range []string{"x", "[]", "{}", "null", `["a"]`, `[1,2,3,4]`, `[1.5]`, "[1", fmt.Sprintf(`["%s",1]`, "\x00")} {
		p := store.Page{After: after}
		_, err := r.Schemas(ctx, ws, nil, p)
		wants(t, err, catalog.ErrInvalid)
		_, err = r.Imports(ctx, ws, store.ImportFilter{}, p)
		wants(t, err, catalog.ErrInvalid)
		_, err = r.AssetPage(ctx, ws, store.AssetFilter{Schema: schema}, p)
		wants(t, err, catalog.ErrInvalid)
		_, err = r.Removals(ctx, ws, schema, p)
		wants(t, err, catalog.ErrInvalid)
	}
}
