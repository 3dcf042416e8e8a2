package storetest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

func testIndex(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	same(t, *get(r.Index(ctx, ws, schema))(t), store.Index{})
	_, err := r.Index(ctx, ws, 999)
	wants(t, err, catalog.ErrNotFound)
	hash := catalog.HashOfText
	r.save(schema, func(w *store.Write) {
		must(t, w.PutAssets(ctx, []store.AssetRow{table(2, "b"), table(1, "a", func(a *store.AssetRow) { a.Present, a.Project = false, 4 })}))
		must(t, w.PutFacets(ctx, []catalog.Facet{
			{Asset: 2, Origin: "dbt:b", Source: catalog.FromManifest, UniqueID: "model.b", Project: 4, Hash: hash("h1")},
			{Asset: 2, Origin: catalog.OriginSQL, Source: catalog.FromSQL, Hash: hash("h2")},
			{Asset: 1, Origin: catalog.OriginSQL, Source: catalog.FromSQL, Hash: hash("h3"), Withdrawn: catalog.Withdrawal{Cause: catalog.ImportCause(8), At: start}},
			{Asset: 1, Origin: "dbt:a", Source: catalog.FromManifest, UniqueID: "model.b", Project: 3, Hash: hash("h4")},
			{Origin: "dbt:a", Source: catalog.FromCatalog, UniqueID: "model.z", Project: 3, Hash: hash("h5")},
		}))
	})
	same(t, *get(r.Index(ctx, ws, schema))(t), store.Index{
		Version: 1,
		Assets: []store.AssetRef{
			{ID: 1, Kind: catalog.KindModel, Name: "a", RelationKey: "db.main.a", Project: 4, Hash: hash("a"), CreatedAt: start},
			{ID: 2, Kind: catalog.KindModel, Name: "b", RelationKey: "db.main.b", Present: true, Hash: hash("b"), CreatedAt: start},
		},
		Facets: []store.FacetRef{
			{Origin: "dbt:a", Source: catalog.FromCatalog, UniqueID: "model.z", Project: 3, Hash: hash("h5")},
			{Asset: 1, Origin: "dbt:a", Source: catalog.FromManifest, UniqueID: "model.b", Project: 3, Hash: hash("h4")},
			{Asset: 2, Origin: "dbt:b", Source: catalog.FromManifest, UniqueID: "model.b", Project: 4, Hash: hash("h1")},
			{Asset: 1, Origin: catalog.OriginSQL, Source: catalog.FromSQL, Hash: hash("h3"), Withdrawn: true},
			{Asset: 2, Origin: catalog.OriginSQL, Source: catalog.FromSQL, Hash: hash("h2")},
		},
	})
}

// fullFacet has a value in every kind of field, long enough to be compressed.
func fullFacet() catalog.Facet {
	yes, rows := true, 12.5
	return catalog.Facet{
		Asset: 1, Origin: "dbt:shop", Source: catalog.FromManifest, UniqueID: "model.shop.orders", Project: 2, Hash: catalog.HashOfText("h"), Cause: catalog.ImportCause(3),
		At: start.Add(-time.Hour), Tie: catalog.HashOfText("invocation"),
		Body: catalog.Body{
			Kind: catalog.KindModel, Name: "orders", Relation: catalog.Relation{Platform: "duckdb", Database: "db", Schema: "main", Identifier: "orders", QuotedSchema: true},
			Materialized: "table", Description: strings.Repeat("Über Bestellungen. ", 50), Owners: []string{"ana"}, Tags: []string{"a", "b"},
			Kept: &catalog.Kept{Value: "old", Cause: catalog.ImportCause(1), Since: catalog.ImportCause(2)}, Meta: json.RawMessage(`{"a":[1,2,{"b":null}]}`), Config: json.RawMessage(`{"enabled":true}`),
			Columns: []catalog.BodyColumn{{Name: "id", Ordinal: 1, NativeType: "BIGINT", Nullable: &yes, Constraints: []catalog.Constraint{{Type: "not_null"}}}},
			DBT:     &catalog.DBT{UniqueID: "model.shop.orders", ResourceType: "model", PackageName: "shop", FQN: []string{"shop", "orders"}},
			Code:    &catalog.Code{Checksum: "abc", Raw: catalog.HashOfText("select 1")}, Stats: map[string]catalog.Stat{"rows": {Label: "Rows", Value: &rows}, "c": {Text: "x"}},
			Edits: []catalog.Edit{{Field: "description", Text: "x", By: named("ana"), At: start}},
		},
	}
}

func testFacets(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	full := fullFacet()
	pending := catalog.Facet{Origin: "dbt:shop", Source: catalog.FromCatalog, UniqueID: "model.shop.new", Project: 2}
	made := catalog.Facet{Asset: 1, Origin: catalog.OriginSQL, Source: catalog.FromSQL, Body: catalog.Body{Columns: []catalog.BodyColumn{{Name: "id"}}}}
	made2 := made
	made2.Asset = 2
	r.save(schema, func(w *store.Write) { must(t, w.PutFacets(ctx, []catalog.Facet{full, pending, made, made2})) })
	same(t, get(r.FacetsOf(ctx, ws, schema, 0, []catalog.AssetID{2, 1, 1, 9}))(t), []catalog.Facet{full, made, made2})
	same(t, get(r.FacetsOf(ctx, ws, schema, 0, nil))(t), []catalog.Facet{})
	same(t, get(r.PendingFacets(ctx, ws, schema, 0, 2))(t), []catalog.Facet{pending})
	same(t, get(r.PendingFacets(ctx, ws, schema, 0, 3))(t), []catalog.Facet{})

	// The pending facet finds its asset.
	found := pending
	found.Asset = 3
	r.save(schema, func(w *store.Write) {
		must(t, w.PutFacets(ctx, []catalog.Facet{found}))
	})
	same(t, get(r.PendingFacets(ctx, ws, schema, 0, 0))(t), []catalog.Facet{})
	same(t, get(r.PendingFacets(ctx, ws, schema, 1, 0))(t), []catalog.Facet{pending})
	same(t, get(r.FacetsOf(ctx, ws, schema, 0, []catalog.AssetID{1, 2, 3}))(t), []catalog.Facet{full, made, made2, found})
	same(t, get(r.FacetsOf(ctx, ws, schema, 1, []catalog.AssetID{1, 2, 3}))(t), []catalog.Facet{full, made, made2})
}

func testTests(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	body := catalog.TestBody{Name: "not_null_orders_id", Kind: "generic", Column: "id", Tags: []string{"x"}, Args: map[string]string{"a": "1", "b": `"2"`}, Enabled: true}
	one := catalog.Test{ID: 1, Project: 1, UniqueID: "test.1", Asset: 5, Hash: catalog.HashOfText("1"), Body: body}
	two := catalog.Test{ID: 2, Project: 2, UniqueID: "test.2", Asset: 5, Hash: catalog.HashOfText("2")}
	loose := catalog.Test{ID: 3, Project: 1, UniqueID: "test.3"}
	r.save(schema, func(w *store.Write) { must(t, w.PutTests(ctx, []catalog.Test{loose, two, one})) })
	same(t, get(r.TestsOf(ctx, ws, schema, 0, 0, true))(t), []catalog.Test{one, two, loose})
	bare := one
	bare.Body = catalog.TestBody{}
	same(t, get(r.TestsOf(ctx, ws, schema, 0, 1, false))(t), []catalog.Test{bare, loose})
	same(t, get(r.TestsOfAsset(ctx, ws, schema, 5, 0))(t), []catalog.Test{one, two})
	moved := two
	moved.Asset = 6
	r.save(schema, func(w *store.Write) {
		must(t, w.PutTests(ctx, []catalog.Test{moved}))
		must(t, w.CloseTests(ctx, []catalog.TestID{1, 99}))
	})
	same(t, get(r.TestsOfAsset(ctx, ws, schema, 5, 0))(t), []catalog.Test{})
	same(t, get(r.TestsOfAsset(ctx, ws, schema, 6, 0))(t), []catalog.Test{moved})
	same(t, get(r.TestsOfAsset(ctx, ws, schema, 5, 1))(t), []catalog.Test{one, two})
}

func testEdges(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	edge := func(project catalog.ProjectID, from, to catalog.AssetID, node string) catalog.Edge {
		return catalog.Edge{
			Project: project, From: from, To: to, Type: catalog.EdgeDerived, FromNode: node,
			Confidence: catalog.ConfidenceMedium, Source: catalog.SourceDBTImport,
		}
	}
	a, b, c := edge(1, 1, 2, ""), edge(1, 0, 2, "model.x"), edge(1, 0, 2, "model.y")
	other := edge(2, 1, 2, "")
	r.save(schema, func(w *store.Write) { must(t, w.PutEdges(ctx, []catalog.Edge{a, b, c, other})) })
	same(t, get(r.EdgesOf(ctx, ws, schema, 0, 0))(t), []catalog.Edge{b, c, a, other})
	same(t, get(r.EdgesOf(ctx, ws, schema, 0, 2))(t), []catalog.Edge{other})
	surer := a
	surer.Confidence = "high"
	r.save(schema, func(w *store.Write) {
		must(t, w.PutEdges(ctx, []catalog.Edge{surer}))
		must(t, w.CloseEdges(ctx, []catalog.Edge{b, other, edge(9, 9, 9, "")}))
	})
	same(t, get(r.EdgesOf(ctx, ws, schema, 0, 0))(t), []catalog.Edge{c, surer})
	same(t, get(r.EdgesOf(ctx, ws, schema, 1, 0))(t), []catalog.Edge{b, c, a, other})
}

func testColumnEdges(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	long := []byte(strings.Repeat("block of edges ", 100))
	one := store.ColumnEdgeBlock{Asset: 1, Hash: catalog.HashOf(long), Block: long}
	two := store.ColumnEdgeBlock{Asset: 2, Block: []byte{0x28, 0xb5, 0x2f, 0xfd, 0}} // looks compressed and is not
	r.save(schema, func(w *store.Write) { must(t, w.PutColumnEdges(ctx, []store.ColumnEdgeBlock{two, one})) })
	same(t, get(r.ColumnEdgesOf(ctx, ws, schema, 0, nil))(t), []store.ColumnEdgeBlock{one, two})
	same(t, get(r.ColumnEdgesOf(ctx, ws, schema, 0, []catalog.AssetID{2, 3}))(t), []store.ColumnEdgeBlock{two})
	same(t, get(r.ColumnEdgesOf(ctx, ws, schema, 0, []catalog.AssetID{}))(t), []store.ColumnEdgeBlock{})
	// Another key changes neither the block nor the version.
	w, l := r.begin(schema)
	key := catalog.HashOf([]byte("key"))
	must(t, w.KeyColumnEdges(ctx, []store.ColumnEdgeBlock{{Asset: 2, Hash: key}}))
	must(t, w.Abort(ctx))
	must(t, r.ReleaseLease(ctx, l))
	two.Hash = key
	same(t, get(r.ColumnEdgesOf(ctx, ws, schema, 0, nil))(t), []store.ColumnEdgeBlock{one, two})
	r.save(schema, func(w *store.Write) { must(t, w.CloseColumnEdges(ctx, []catalog.AssetID{1})) })
	same(t, get(r.ColumnEdgesOf(ctx, ws, schema, 0, nil))(t), []store.ColumnEdgeBlock{two})
	same(t, get(r.ColumnEdgesOf(ctx, ws, schema, 1, nil))(t), []store.ColumnEdgeBlock{one, two})
}

func testTexts(t *testing.T, r *rig) {
	ctx := t.Context()
	texts := map[catalog.Hash]string{}
	for _, text := range []string{"s", "select 1", strings.Repeat("sélect ", 1000), "\x28\xb5\x2f\xfd", "z"} {
		texts[catalog.HashOfText(text)] = text
	}
	for range 2 {
		must(t, r.PutTexts(ctx, ws, texts))
	}
	for hash, text := range texts {
		same(t, get(r.Text(ctx, ws, hash))(t), text)
	}
	same(t, get(r.Text(ctx, ws, catalog.Hash{}))(t), "")
	missing := catalog.HashOfText("missing")
	_, err := r.Text(ctx, ws, missing)
	wants(t, err, catalog.ErrNotFound)
	one := catalog.HashOfText("s")
	same(t, get(r.Texts(ctx, ws, []catalog.Hash{one, missing, one}))(t), map[catalog.Hash]string{one: "s"})
	_, err = r.Text(ctx, ws+1, one)
	wants(t, err, catalog.ErrNotFound)
}

func testRemovals(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	l := r.lease(schema)
	shop := get(r.EnsureProject(ctx, ws, schema, "shop", ""))(t)
	other := get(r.EnsureProject(ctx, ws, schema, "other", ""))(t)
	removal := func(project catalog.ProjectID, asset catalog.AssetID, id string) store.PendingRemoval {
		return store.PendingRemoval{Reason: store.ReasonRemoved, Asset: asset, Name: "t", Kind: catalog.KindModel, UniqueID: id, Project: project, Cause: catalog.ImportCause(3), At: start.Add(-time.Hour), Since: start}
	}
	note := func(p catalog.Project, pending []store.PendingRemoval) {
		t.Helper()
		w := get(r.Begin(ctx, l))(t)
		flip := store.Flip{Project: &p}
		if pending != nil {
			flip.Pending = map[catalog.ProjectID][]store.PendingRemoval{p.ID: pending}
		}
		must(t, w.Note(ctx, flip))
	}
	list := func() []store.PendingRemoval {
		t.Helper()
		return walk(t, 2, func(p store.Page) (store.Paged[store.PendingRemoval], error) {
			return r.PendingRemovals(ctx, ws, schema, p)
		})
	}
	a, b, c := removal(shop.ID, 1, "model.a"), removal(shop.ID, 2, "model.b"), removal(other.ID, 2, "model.b")
	note(shop, []store.PendingRemoval{b, a})
	note(other, []store.PendingRemoval{c})
	same(t, list(), []store.PendingRemoval{a, b, c})
	note(shop, nil)
	same(t, list(), []store.PendingRemoval{a, b, c})
	note(shop, []store.PendingRemoval{b})
	same(t, list(), []store.PendingRemoval{b, c})
	note(shop, []store.PendingRemoval{})
	same(t, list(), []store.PendingRemoval{c})
	note(other, []store.PendingRemoval{})
	same(t, list(), []store.PendingRemoval{})
}
