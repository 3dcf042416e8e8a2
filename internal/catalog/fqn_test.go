package catalog

import (
	"strings"
	"testing"
)

func TestFQNOf(t *testing.T) {
	for want, d := range map[string]*DBT{
		"shop.marts.orders":         {ResourceType: "model", PackageName: "shop", Path: "marts/orders.sql", OriginalFilePath: "models/marts/orders.sql"},
		"shop.orders":               {ResourceType: "seed", PackageName: "shop", Path: "orders.csv", OriginalFilePath: "seeds/orders.csv"},
		"shop.marts.orders.v2":      {ResourceType: "model", PackageName: "shop", Path: "marts/orders_v2.sql", Version: "2"},
		"shop.staging.raw.orders":   {ResourceType: "source", PackageName: "shop", SourceName: "raw", Path: "models/staging/raw.yml", OriginalFilePath: "models/staging/raw.yml"},
		"shop.history.orders":       {ResourceType: "snapshot", PackageName: "shop", Path: "history.sql", OriginalFilePath: "snapshots/history.sql"},
		"geo.orders":                {ResourceType: "snapshot", PackageName: "geo", Path: "s.yml/orders.sql", OriginalFilePath: "snapshots/s.yml"},
		"shop.marts.lines.orders":   {ResourceType: "unit_test", PackageName: "shop", Path: "marts/marts.yml", UniqueID: "unit_test.shop.lines.orders_v2", Version: "2"},
		"shop.dashboards.orders":    {ResourceType: "exposure", PackageName: "shop", Path: "dashboards/e.yml", OriginalFilePath: "models/dashboards/e.yml"},
		"as.dbt.has.written.orders": {ResourceType: "model", PackageName: "shop", Path: "marts/orders.sql", FQN: []string{"as", "dbt", "has", "written", "orders"}},
	} {
		name := "orders"
		if d.Version != "" {
			name += ".v" + d.Version // as it is shown
		}
		if got := strings.Join(FQNOf(d, name), "."); got != want {
			t.Errorf("%+v: %s, want %s", d, got, want)
		}
	}
	test := &TestBody{Package: "shop", Name: "not_null_orders_id", Path: "models/marts/marts.yml"}
	if got := strings.Join(test.FullName(), "."); got != "shop.marts.not_null_orders_id" {
		t.Errorf("test: %s", got)
	}
}
