package readmodel

import (
	"errors"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// TestFindAsset: what people call an asset. A name alone means what dbt builds first, the latest version of a model, and
// is refused with the candidates where that leaves several.
func TestFindAsset(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	s.save(func(save *store.Write) {
		versioned := func(id catalog.AssetID, version string) store.AssetRow {
			return s.asset(id, catalog.KindModel, "customers.v"+version, func(a *store.AssetRow) {
				a.DBT.Version, a.DBT.LatestVersion = version, "2"
			})
		}
		elsewhere := func(id catalog.AssetID, database string) store.AssetRow {
			return s.asset(id, catalog.KindTable, "stock", func(a *store.AssetRow) {
				a.Relation.Database, a.DBT = database, nil
				a.RelationKey = a.Relation.Key()
			})
		}
		must(t, save.PutAssets(ctx, []store.AssetRow{
			versioned(20, "1"), versioned(21, "2"), elsewhere(22, "east"), elsewhere(23, "west"),
			s.asset(24, catalog.KindSemanticModel, "orders"),
			s.asset(25, catalog.KindSource, "stock_in", func(a *store.AssetRow) { a.DBT.SourceName = "erp" }),
		}))
	}, nil)
	v := s.view(s.m)
	for name, want := range map[string]string{
		"model.shop.orders": "orders", "db.main.orders": "orders", "orders": "orders", "ORDERS": "orders",
		"customers": "customers.v2", "customers.v1": "customers.v1", "erp.stock_in": "stock_in", "board": "board",
	} {
		got, err := v.FindAsset(ctx, "", name)
		if err != nil || got.Name != want {
			t.Errorf("%s: %q, %v, want %q", name, got.Name, err, want)
		}
	}
	got, err := v.FindAsset(ctx, "", "orders")
	if must(t, err); len(got.Others) != 1 || got.Others[0].Kind != catalog.KindSemanticModel {
		t.Errorf("others that are called orders: %v", got.Others)
	}
	_, err = v.FindAsset(ctx, "", "stock")
	several, ok := errors.AsType[*catalog.AmbiguousError](err)
	if !ok || len(several.Candidates) != 2 || several.Candidates[0].Name != several.Candidates[0].Relation {
		t.Errorf("stock: %v: %+v", err, several)
	}
	for _, name := range []string{"gone", "nothing", "model.shop.nothing"} {
		_, err := v.FindAsset(ctx, "", name)
		absent(t, name, err)
	}
}
