package storetest

import (
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// testCards: a card is what CardOf makes of the whole asset, at every version and
// before the flip.
func testCards(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	full := table(1, "Orders", func(a *store.AssetRow) {
		a.Project, a.Materialized, a.Owners, a.Tags, a.Description.Value = 3, "incremental", []string{"ana", "bo"}, []string{"core", "größer"}, "x"
		a.Relation = catalog.Relation{
			Platform: "duckdb", Database: "db", Schema: "main", Identifier: "Orders", Text: `"db"."main"."Orders"`,
			QuotedDatabase: true, QuotedIdentifier: true,
		}
		a.DBT = &catalog.DBT{
			UniqueID: "model.shop.orders.v2", PackageName: "shop", FQN: []string{"shop", "marts", "orders", "v2"}, Version: "2",
			OriginalFilePath: "models/orders.sql", PatchPath: "models/schema.yml", SourceName: "raw", Group: "finance", Access: "public", LatestVersion: "3",
		}
		a.Others = []catalog.OtherNode{{
			NodeRef: catalog.NodeRef{Project: 4, UniqueID: "source.shop.raw.orders"}, Kind: catalog.KindSource, Name: "orders", Package: "shop",
			FQN: []string{"shop", "raw", "orders"}, Path: "models/sources.yml", PatchPath: "p", SourceName: "raw", Group: "g", Access: "a",
			Version: "1", LatestVersion: "2",
		}}
	})
	r.put(schema, full, table(2, "plain"))
	w, _ := r.begin(schema)
	must(t, w.PutAssets(ctx, []store.AssetRow{table(2, "gone", func(a *store.AssetRow) { a.Present = false })}))
	for _, version := range []int64{1, 2} { // the second is not served yet
		cards := get(r.AssetCards(ctx, ws, schema, version, nil))(t)
		if len(cards) != 2 {
			t.Fatalf("%d cards", len(cards))
		}
		same(t, get(r.AssetCards(ctx, ws, schema, version, []catalog.AssetID{2, 1, 9}))(t), cards)
		if version == 1 {
			for i, a := range get(r.AssetsOf(ctx, ws, schema, 1, []catalog.AssetID{1, 2}))(t) {
				same(t, *cards[i], store.CardOf(&a))
			}
			continue
		}
		if cards[1].Name != "gone" || cards[1].Present {
			t.Errorf("card of the version in the making: %+v", cards[1])
		}
	}
}

func testNeighbours(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	removed := func(a *store.AssetRow) { a.Present = false }
	r.save(schema, func(w *store.Write) {
		must(t, w.PutAssets(ctx, []store.AssetRow{table(1, "a"), table(2, "b"), table(3, "c"), table(4, "gone", removed)}))
		must(t, w.PutEdges(ctx, []catalog.Edge{
			{From: 1, To: 3, Project: 1}, {From: 1, To: 3, Project: 2}, {From: 2, To: 3}, {From: 4, To: 3}, {From: 1, To: 4}, {From: 1, To: 99}, {To: 2, FromNode: "x"},
		}))
	})
	r.save(schema, func(w *store.Write) {
		must(t, w.PutAssets(ctx, []store.AssetRow{table(2, "b", removed)}))
		must(t, w.CloseEdges(ctx, []catalog.Edge{{From: 1, To: 3, Project: 1}}))
	})
	all := []catalog.AssetID{1, 2, 3, 4}
	same(t, get(r.NeighboursOf(ctx, ws, schema, 1, all))(t), map[catalog.AssetID]store.Neighbours{1: {Downstream: 1}, 2: {Downstream: 1}, 3: {Upstream: 2}})
	same(t, get(r.NeighboursOf(ctx, ws, schema, 2, all))(t), map[catalog.AssetID]store.Neighbours{1: {Downstream: 1}, 3: {Upstream: 1}})
	into := get(r.EdgesInto(ctx, ws, schema, 2, []catalog.AssetID{3}))(t)
	same(t, into, []catalog.Edge{{From: 1, To: 3, Project: 2}, {From: 2, To: 3}, {From: 4, To: 3}})
	if got := get(r.EdgesInto(ctx, ws, schema, 1, nil))(t); len(got) != 7 {
		t.Errorf("%d edges at version 1", len(got))
	}
}

func testTestRefs(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	test := func(id catalog.TestID, asset catalog.AssetID, node string) catalog.Test {
		return catalog.Test{ID: id, Asset: asset, Project: 1, UniqueID: node, Body: catalog.TestBody{Name: node}}
	}
	r.save(schema, func(w *store.Write) {
		must(t, w.PutTests(ctx, []catalog.Test{test(3, 1, "c"), test(1, 1, "a"), test(2, 2, "b")}))
	})
	r.save(schema, func(w *store.Write) { must(t, w.CloseTests(ctx, []catalog.TestID{2})) })
	ref := func(id catalog.TestID, asset catalog.AssetID, node string) store.TestRef {
		return store.TestRef{ID: id, Asset: asset, Key: store.NodeKeyOf(1, node)}
	}
	same(t, get(r.TestRefs(ctx, ws, schema, 1, nil))(t), []store.TestRef{ref(1, 1, "a"), ref(2, 2, "b"), ref(3, 1, "c")})
	same(t, get(r.TestRefs(ctx, ws, schema, 2, nil))(t), []store.TestRef{ref(1, 1, "a"), ref(3, 1, "c")})
	same(t, get(r.TestRefs(ctx, ws, schema, 2, []catalog.TestID{2, 3}))(t), []store.TestRef{ref(3, 1, "c")})
	same(t, get(r.TestsByID(ctx, ws, schema, 1, []catalog.TestID{2, 9}))(t), []catalog.Test{test(2, 2, "b")})
	of := get(r.TestsOfAssets(ctx, ws, schema, 1, []catalog.AssetID{1}))(t)
	if len(of) != 2 || of[0].ID != 1 || of[1].ID != 3 || of[0].Body.Name != "" {
		t.Errorf("tests of asset 1: %+v", of)
	}
	// By its id alone a test is found after its end as well.
	ended, in, err := r.TestByID(ctx, ws, 2)
	must(t, err)
	same(t, ended, test(2, 2, "b"))
	same(t, in, schema)
	_, _, err = r.TestByID(ctx, ws, 9)
	wants(t, err, catalog.ErrNotFound)
	_, _, err = r.TestByID(ctx, ws+1, 2)
	wants(t, err, catalog.ErrNotFound)
}

func testLatestClasses(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	if n := get(r.ResultsStored(ctx, ws, schema))(t); n != 0 {
		t.Errorf("%d runs stored", n)
	}
	r.putRun(run(schema, "i-1", 1), result("model.a", "success", 0), result("model.b", "error", 0))
	docs := run(schema, "i-2", 2)
	docs.Command = "compile" // does not count as a run
	r.putRun(docs, result("model.a", "success", 1))
	r.putRun(run(schema, "i-3", 3), result("model.b", "success", 2))
	if n := get(r.ResultsStored(ctx, ws, schema))(t); n != 2 {
		t.Errorf("%d runs stored, want 2", n)
	}
	got := map[store.NodeKey]string{}
	for _, c := range get(r.LatestClasses(ctx, ws, schema, store.AsOf{}))(t) {
		got[c.Key] = c.Class
	}
	same(t, got, map[store.NodeKey]string{store.NodeKeyOf(2, "model.a"): "success", store.NodeKeyOf(2, "model.b"): "success"})
	some := get(r.ClassesOf(ctx, ws, schema, []store.NodeKey{store.NodeKeyOf(2, "model.b"), store.NodeKeyOf(2, "model.none")}, store.AsOf{}))(t)
	same(t, some, map[store.NodeKey]string{store.NodeKeyOf(2, "model.b"): "success"})
	_, err := r.ResultsStored(ctx, ws, 999)
	wants(t, err, catalog.ErrNotFound)
}
