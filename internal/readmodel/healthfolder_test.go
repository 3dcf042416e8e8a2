package readmodel

import (
	"slices"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// TestHealthByFolder: a folder has the tables of its own files in the list of folders, and with those of the folders in
// it where it chooses tables. Folders whose names only begin alike are others.
func TestHealthByFolder(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := t.Context()
	in := func(path string) func(*store.AssetRow) {
		return func(a *store.AssetRow) { a.DBT.OriginalFilePath = path }
	}
	s.save(func(save *store.Write) {
		must(t, save.PutAssets(ctx, []store.AssetRow{
			s.asset(ordersID, catalog.KindModel, "orders", in("models/marts/orders.sql")),
			s.asset(reportID, catalog.KindModel, "report", in(`models\marts\core\report.sql`)),
			s.asset(30, catalog.KindModel, "old", in("models/marts_old/old.sql")),
		}))
	}, nil)
	v := s.view(s.m)
	folders, err := v.HealthByFolder(ctx, store.Page{})
	must(t, err)
	var names []string
	for _, f := range folders.Rows {
		names = append(names, f.Folder)
	}
	for _, want := range []string{"shop/models/marts", "shop/models/marts/core", "shop/models/marts_old"} {
		if !slices.Contains(names, want) {
			t.Errorf("%q is not one of the folders %q", want, names)
		}
	}
	for folder, want := range map[string][]string{
		"shop/models/marts":      {"orders", "report"},
		"shop/models/marts/core": {"report"},
		"shop/models":            {"old", "orders", "report"},
		"shop/model":             nil,
	} {
		page, err := v.TablesHealth(ctx, HealthFilter{Folder: folder, Sort: ByTableName}, store.Page{})
		must(t, err)
		var got []string
		for _, row := range page.Rows {
			got = append(got, row.Table.Name)
		}
		same(t, append([]string{folder}, got...), append([]string{folder}, want...))
	}
}
