package revision

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

var errBroken = errors.New("the store does not answer")

// breaking is a store one of whose calls fails.
type breaking struct {
	Store
	calls atomic.Int64 // so far, from several goroutines
	at    int64        // which of them fails
}

func (b *breaking) next() error {
	if b.calls.Add(1) == b.at {
		return errBroken
	}
	return nil
}

func broken[T any](b *breaking, call func() (T, error)) (T, error) {
	if err := b.next(); err != nil {
		var none T
		return none, err
	}
	return call()
}

func (b *breaking) Schema(ctx context.Context, ws int64, id catalog.SchemaID) (catalog.Schema, error) {
	return broken(b, func() (catalog.Schema, error) { return b.Store.Schema(ctx, ws, id) })
}

func (b *breaking) Project(ctx context.Context, ws int64, id catalog.ProjectID) (catalog.Project, error) {
	return broken(b, func() (catalog.Project, error) { return b.Store.Project(ctx, ws, id) })
}

func (b *breaking) LeaseSchema(ctx context.Context, ws int64, schema catalog.SchemaID, holder string, wait time.Duration) (store.Lease, error) {
	return broken(b, func() (store.Lease, error) { return b.Store.LeaseSchema(ctx, ws, schema, holder, wait) })
}

func (b *breaking) Begin(ctx context.Context, l store.Lease) (*store.Write, error) {
	return broken(b, func() (*store.Write, error) { return b.Store.Begin(ctx, l) })
}

func (b *breaking) Index(ctx context.Context, ws int64, schema catalog.SchemaID) (*store.Index, error) {
	return broken(b, func() (*store.Index, error) { return b.Store.Index(ctx, ws, schema) })
}

func (b *breaking) Fingerprint(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID, source string) ([]byte, error) {
	return broken(b, func() ([]byte, error) { return b.Store.Fingerprint(ctx, ws, schema, project, source) })
}

func (b *breaking) FacetsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Facet, error) {
	return broken(b, func() ([]catalog.Facet, error) { return b.Store.FacetsOf(ctx, ws, schema, at, ids) })
}

func (b *breaking) PendingFacets(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, project catalog.ProjectID) ([]catalog.Facet, error) {
	return broken(b, func() ([]catalog.Facet, error) { return b.Store.PendingFacets(ctx, ws, schema, at, project) })
}

func (b *breaking) AssetsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Asset, error) {
	return broken(b, func() ([]catalog.Asset, error) { return b.Store.AssetsOf(ctx, ws, schema, at, ids) })
}

func (b *breaking) ColumnsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) (map[catalog.AssetID][]catalog.Column, error) {
	return broken(b, func() (map[catalog.AssetID][]catalog.Column, error) {
		return b.Store.ColumnsOf(ctx, ws, schema, at, ids)
	})
}

func (b *breaking) EdgesOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, project catalog.ProjectID) ([]catalog.Edge, error) {
	return broken(b, func() ([]catalog.Edge, error) { return b.Store.EdgesOf(ctx, ws, schema, at, project) })
}

func (b *breaking) TestsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, project catalog.ProjectID, full bool) ([]catalog.Test, error) {
	return broken(b, func() ([]catalog.Test, error) { return b.Store.TestsOf(ctx, ws, schema, at, project, full) })
}

func (b *breaking) TestsOfAsset(ctx context.Context, ws int64, schema catalog.SchemaID, id catalog.AssetID, at int64) ([]catalog.Test, error) {
	return broken(b, func() ([]catalog.Test, error) { return b.Store.TestsOfAsset(ctx, ws, schema, id, at) })
}

func (b *breaking) ColumnEdgesOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]store.ColumnEdgeBlock, error) {
	return broken(b, func() ([]store.ColumnEdgeBlock, error) { return b.Store.ColumnEdgesOf(ctx, ws, schema, at, ids) })
}

func (b *breaking) EditedAssets(ctx context.Context, ws int64, schema catalog.SchemaID, at int64) ([]catalog.AssetID, error) {
	return broken(b, func() ([]catalog.AssetID, error) { return b.Store.EditedAssets(ctx, ws, schema, at) })
}

func (b *breaking) PendingRemovals(ctx context.Context, ws int64, schema catalog.SchemaID, p store.Page) (store.Paged[store.PendingRemoval], error) {
	return broken(b, func() (store.Paged[store.PendingRemoval], error) { return b.Store.PendingRemovals(ctx, ws, schema, p) })
}

func (b *breaking) Texts(ctx context.Context, ws int64, hashes []catalog.Hash) (map[catalog.Hash]string, error) {
	return broken(b, func() (map[catalog.Hash]string, error) { return b.Store.Texts(ctx, ws, hashes) })
}

func (b *breaking) PutTexts(ctx context.Context, ws int64, texts map[catalog.Hash]string) error {
	_, err := broken(b, func() (struct{}, error) { return struct{}{}, b.Store.PutTexts(ctx, ws, texts) })
	return err
}

// everyCall runs an operation with each of the calls that it makes of the store
// failing in turn: it fails too, and what is served stays. At last it runs
// without a failure.
func (r *rig) everyCall(what string, run func() error) {
	r.t.Helper()
	whole, version := r.Store, r.version()
	defer func() { r.Store = whole }()
	for at := int64(1); ; at++ {
		b := &breaking{Store: whole, at: at}
		r.Store = b
		err := run()
		r.Store = whole
		if b.calls.Load() < at {
			if err != nil {
				r.t.Errorf("%s: %v", what, err)
			}
			return
		}
		if !errors.Is(err, errBroken) || r.version() != version {
			r.t.Fatalf("%s, call %d: %v, version %d, was %d", what, at, err, r.version(), version)
		}
	}
}

// TestStoreThatFails: whichever call of the store fails, nothing is half done.
func TestStoreThatFails(t *testing.T) {
	onStores(t, func(t *testing.T, r *rig) {
		source := thing{id: "source.other.x", kind: catalog.KindSource, relation: "analytics.b", tested: "id"}
		reader := thing{
			id: "model.other.reader", kind: catalog.KindModel, relation: "other.reader", parents: []string{source.id, "model.shop.a"},
			sql: `select x.*, v.* from db.analytics.b x cross join db.raw.v v`,
		}
		shop := func(moved bool) Observation {
			things := chain(3)
			if moved {
				things[1].relation = "analytics.b_v2"
				things[2].columns = []string{"id", "more"}
			}
			return r.dbt("shop", things...)
		}
		r.everyCall("first", func() error {
			_, err := r.try(Options{}, shop(false), r.warehouseOf("shop", model("late", "id")))
			return err
		})
		r.apply(r.crawl("pg", []string{"raw"}, table("raw.t", "id", "name"), view("raw.v", `select * from raw.t`)))
		r.everyCall("another project", func() error { _, err := r.try(Options{}, r.dbt("other", source, reader)); return err })
		wantStrings(t, "lineage", r.lineage("other.reader"), "* < analytics.b.*", "id < raw.v.id", "name < raw.v.name")
		shared := r.at("analytics.b").ID
		r.everyCall("a split", func() error { _, err := r.try(Options{}, shop(true)); return err })
		split := r.at("analytics.b").ID
		if split == shared || r.at("analytics.b_v2").ID != shared {
			t.Errorf("the source is %v, the model %v; both were %v", split, r.at("analytics.b_v2").ID, shared)
		}
		tests, err := r.Store.TestsOfAsset(t.Context(), ws, r.schema, split, 0)
		if err != nil || len(tests) != 1 || tests[0].Body.Attached != source.id {
			t.Errorf("tests of the source %+v, %v", tests, err)
		}
		r.everyCall("a crawl", func() error {
			_, err := r.try(Options{}, r.crawl("pg", []string{"raw"}, table("raw.t", "id"), view("raw.v", `select * from raw.t`)))
			return err
		})
		wantStrings(t, "lineage", r.lineage("raw.v"), "id < raw.t.id")
		r.apply(r.dbt("shop"))
		opts := Options{Holder: "ana", Actor: tester}
		r.everyCall("confirmed removals", func() error { _, err := r.ConfirmRemovals(t.Context(), ws, r.schema, opts); return err })
		r.apply(r.dbt("shop", chain(2)...))
		r.apply(r.dbt("shop"))
		r.everyCall("dismissed removals", func() error { return r.DismissRemovals(t.Context(), ws, r.schema, opts) })
		r.everyCall("a note", func() error {
			return r.Note(t.Context(), ws, r.schema, Options{Holder: "x", Finish: func(*Result) (store.Flip, error) { return store.Flip{}, nil }})
		})
	})
}
