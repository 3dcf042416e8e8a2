package storetest

import (
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// testExample is the worked example of the README: an asset over three versions
// while another stays unchanged, and a writer that dies before its third flip.
func testExample(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	orders := func(description string, present bool) store.AssetRow {
		return table(1, "orders", func(a *store.AssetRow) {
			a.Description.Value, a.Present, a.Hash = description, present, catalog.HashOfText(description)
		})
	}
	read := func(version int64) string {
		t.Helper()
		a, _, err := r.Asset(ctx, ws, 1, version)
		must(t, err)
		if !a.Present {
			return "removed: " + a.Description.Value
		}
		return a.Description.Value
	}
	r.put(schema, orders("One row per order", true), table(2, "customers"))
	r.put(schema, orders("Orders, all of 'em", true))

	dead, lease := r.begin(schema)
	must(t, dead.PutAssets(ctx, []store.AssetRow{orders("Orders, all of 'em", false)}))
	must(t, r.ReleaseLease(ctx, lease)) // never flipped
	same(t, []string{read(0), read(2)}, []string{"Orders, all of 'em", "Orders, all of 'em"})

	r.save(schema, func(w *store.Write) { // its Begin sweeps
		same(t, w.Number(), int64(3))
		must(t, w.PutAssets(ctx, []store.AssetRow{orders("Orders, all of 'em", false)}))
	})
	same(t, []string{read(1), read(2), read(3), read(0)}, []string{
		"One row per order", "Orders, all of 'em", "removed: Orders, all of 'em", "removed: Orders, all of 'em",
	})
	history := get(r.AssetHistory(ctx, ws, schema, 1, store.Page{Limit: 10}))(t)
	customers := get(r.AssetHistory(ctx, ws, schema, 2, store.Page{Limit: 10}))(t)
	same(t, []int64{history.Total, customers.Total}, []int64{3, 1})
	changed := get(r.ChangedAssets(ctx, ws, schema, 1, 2, store.Page{Limit: 10}))(t)
	if len(changed.Rows) != 1 || changed.Rows[0].Before.Description.Value != "One row per order" {
		t.Errorf("changes of version 2: %+v", changed.Rows)
	}
}
