package storetest

import (
	"fmt"
	"math"
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

// touch notes that the blobs of parts are stored, as an upload does.
func touch(t testing.TB, s *store.Store, parts ...catalog.Part) store.Touch {
	t.Helper()
	return get(s.TouchBlobs(t.Context(), parts))(t)
}

func (r *rig) touch(sha256 string, size int64) store.Touch {
	r.t.Helper()
	return touch(r.t, r.Store, catalog.Part{SHA256: sha256, Size: size})
}

func (r *rig) importInto(schema catalog.SchemaID) catalog.Import {
	r.t.Helper()
	imp, replayed, err := r.CreateImport(r.t.Context(), ws, store.NewImport{SchemaID: schema, Parts: parts, Touch: touch(r.t, r.Store, parts...), Actor: named("ci")})
	must(r.t, err)
	if replayed {
		r.t.Fatal("replayed without a key")
	}
	return imp
}

func testImports(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("shop")
	_, _, err := r.CreateImport(ctx, ws, store.NewImport{SchemaID: schema, Parts: parts})
	wants(t, err, catalog.ErrUnavailable) // its blobs were not touched
	imp, _, err := r.CreateImport(ctx, ws, store.NewImport{SchemaID: schema, Parts: parts, Touch: touch(t, r.Store, parts...), Actor: named("ci"), Force: true, NoStaling: true, Integration: 3})
	must(t, err)
	want := catalog.Import{
		ID: 1, SchemaID: schema, SchemaName: "shop", Status: catalog.Pending, Parts: parts, Force: true, NoStaling: true, Integration: 3, Actor: named("ci"),
		CreatedAt: start, UpdatedAt: start,
	}
	same(t, imp, want)
	same(t, get(r.Import(ctx, ws, 1))(t), want)
	summed := []catalog.Part{{Name: "catalog", SHA256: "dd", Size: 40, Checksum: math.MaxUint32}}
	imp, _, err = r.CreateImport(ctx, ws, store.NewImport{SchemaID: schema, Parts: summed, Touch: touch(t, r.Store, summed...)})
	must(t, err)
	same(t, get(r.Import(ctx, ws, imp.ID))(t).Parts, summed)
	_, err = r.Import(ctx, ws, 3)
	wants(t, err, catalog.ErrNotFound)
	_, _, err = r.CreateImport(ctx, ws, store.NewImport{SchemaID: 999, Parts: parts})
	wants(t, err, catalog.ErrNotFound)
	pending, processing, err := r.QueueLength(ctx, store.KindImport)
	must(t, err)
	same(t, []int64{pending, processing}, []int64{2, 0})
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
	n := store.NewImport{SchemaID: r.schema("a"), Parts: parts, Touch: touch(t, r.Store, parts...), IdempotencyKey: "k", IdempotencyOwner: "key 1", Fingerprint: catalog.HashOfText("x")}
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
	other.IdempotencyOwner = "key 2"
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

// before is one time for all loose blobs.
func before(at time.Time) store.Loose { return store.Loose{Dropped: at, Orphaned: at} }

// blobRefs counts the imports that refer to a blob.
func (r *rig) blobRefs(sha256 string) int {
	r.t.Helper()
	n := 0
	for _, ref := range get(r.AllBlobRefs(r.t.Context(), ws, 0))(r.t) {
		if ref.SHA256 == sha256 {
			n++
		}
	}
	return n
}

func testBlobs(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	imp := r.importInto(schema)
	r.importInto(schema)
	same(t, r.blobRefs("aa"), 2)
	refs := get(r.AllBlobRefs(ctx, ws, 0))(t)
	same(t, refs[3:], []store.BlobRef{
		{SHA256: "aa", Import: imp.ID, Part: "manifest", Schema: schema, CreatedAt: start},
		{SHA256: "bb", Import: imp.ID, Part: "run_results", Schema: schema, CreatedAt: start},
		{SHA256: "cc", Import: imp.ID, Part: "run_results", Schema: schema, CreatedAt: start},
	})
	same(t, get(r.AllBlobRefs(ctx, ws, 999))(t), []store.BlobRef{})
	r.touch("loose", 5)
	r.clock.add(time.Hour)
	r.touch("fresh", 5)
	cut := r.clock.now()
	same(t, get(r.UnreferencedBlobs(ctx, before(cut), 10))(t), []string{"loose"})
	must(t, r.DropBlobRefs(ctx, ws, refs)) // of imports that have not ended: they stay
	same(t, r.blobRefs("aa"), 2)
	for id := range 2 {
		must(t, r.CancelImport(ctx, ws, catalog.ImportID(id+1)))
	}
	refs = get(r.AllBlobRefs(ctx, ws, schema))(t)
	if !refs[0].Ended || refs[0].Applied {
		t.Errorf("%+v", refs[0])
	}
	must(t, r.DropBlobRefs(ctx, ws, refs))
	same(t, get(r.UnreferencedBlobs(ctx, before(cut), 10))(t), []string{"aa", "bb", "cc", "loose"})
	same(t, get(r.UnreferencedBlobs(ctx, before(cut), 2))(t), []string{"aa", "bb"})
	same(t, get(r.UnreferencedBlobs(ctx, store.Loose{Dropped: cut}, 10))(t), []string{"aa", "bb", "cc"})
	same(t, get(r.UnreferencedBlobs(ctx, store.Loose{Orphaned: cut}, 10))(t), []string{"loose"})
	r.importInto(schema) // refers to them again
	all := []string{"aa", "bb", "cc", "loose", "fresh", "unknown"}
	same(t, get(r.MarkBlobs(ctx, before(cut), all))(t), []string{"loose"})
	same(t, get(r.MarkBlobs(ctx, before(cut), all))(t), []string{}) // marked already
	same(t, get(r.UnreferencedBlobs(ctx, before(cut), 10))(t), []string{})
	same(t, get(r.MarkBlobs(ctx, before(cut), nil))(t), []string{})
	same(t, get(r.MarkedBlobs(ctx, r.clock.now().Add(time.Second)))(t), []string{"loose"})
	must(t, r.ForgetBlobs(ctx, all)) // only what is marked
	same(t, get(r.MarkBlobs(ctx, before(cut.Add(time.Second)), all))(t), []string{"fresh"})
	must(t, r.SpareBlobs(ctx, all))
	same(t, get(r.MarkedBlobs(ctx, r.clock.now().Add(time.Second)))(t), []string{})
	same(t, get(r.MarkStrayBlobs(ctx, []string{"aa", "stray"}))(t), []string{"stray"})
}

// An upload of bytes that are being deleted waits until they are gone, and one
// that was too slow is refused: never does an import refer to bytes that are not
// there.
func testBlobBeingDeleted(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	slow := r.touch("aa", 1)
	r.clock.add(time.Hour)
	marked := get(r.MarkBlobs(ctx, before(r.clock.now()), []string{"aa"}))(t)
	create := func(sha256 string, touch store.Touch) error {
		_, _, err := r.CreateImport(ctx, ws, store.NewImport{SchemaID: schema, Parts: []catalog.Part{{Name: "manifest", SHA256: sha256, Size: 1}}, Touch: touch})
		return err
	}
	wants(t, create("aa", slow), catalog.ErrUnavailable)
	touched := make(chan store.Touch)
	go func() { touched <- r.touch("aa", 1) }()
	select {
	case <-touched:
		t.Error("touched while it is being deleted")
	case <-time.After(50 * time.Millisecond):
	}
	must(t, r.ForgetBlobs(ctx, marked))
	again := <-touched
	// The row is there again, but the bytes of the first upload went with the one
	// that it touched, and those of the second may not be stored yet.
	wants(t, create("aa", slow), catalog.ErrUnavailable)
	must(t, create("aa", again))

	// The process that marked it is dead: it can be stored again.
	slow = r.touch("bb", 1)
	r.clock.add(time.Hour)
	same(t, get(r.MarkBlobs(ctx, before(r.clock.now()), []string{"bb"}))(t), []string{"bb"})
	r.clock.add(store.MarkTime + time.Second)
	again = r.touch("bb", 1)
	wants(t, create("bb", slow), catalog.ErrUnavailable)
	must(t, create("bb", again))
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
