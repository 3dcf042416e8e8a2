package apitest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/access"
)

func TestCoverage(t *testing.T) { coverageIsCounted(t, Options{}) }

func TestCoverageOnPostgres(t *testing.T) { coverageIsCounted(t, Options{Store: OnPostgres}) }

// The coverage of every version is what its tables and columns add up to, whether it is derived from the version
// before, counted backwards for the history, or read again.
func coverageIsCounted(t *testing.T, o Options) {
	t.Helper()
	s := Start(t, o)
	key := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "shop")
	of := "schema_id=" + schema
	importShop(t, s, key, schema, false)
	check := func(version int) {
		t.Helper()
		got := s.Get(t, "/api/v1/coverage?"+of, key).At(t, "data.attributes")
		if diff := cmp.Diff(countedCoverage(t, s, key, schema, version), got); diff != "" {
			t.Errorf("version %d: (-want +got)\n%s", version, diff)
		}
	}
	check(1)
	products := tableID(t, s, key, schema, "model.shop.dim_products")
	for _, change := range []struct{ path, body string }{
		{"/api/v1/assets/" + products, `{"description":null,"owners":["ana"]}`},
		{"/api/v1/assets/" + products + "/columns/product_id", `{"description":"The key."}`},
		{"/api/v1/assets/" + tableID(t, s, key, schema, "source.shop.landing.payments"), `{"description":"Payments, as they land."}`},
	} {
		if r := s.Send(t, "PATCH", change.path, key, change.body); r.Status != 200 {
			t.Fatalf("%s: %d %s", change.path, r.Status, r.Body)
		}
	}
	importShop(t, s, key, schema, true)
	last := int(s.Get(t, "/api/v1/schemas/"+schema, key).At(t, "data.attributes.version").(float64))
	if last < 4 {
		t.Fatalf("version %d", last)
	}
	check(last)
	version := last
	for next := "/api/v1/coverage/history?limit=2&" + of; next != ""; {
		page := s.Get(t, next, key)
		if total := page.At(t, "meta.total"); total != float64(last) {
			t.Errorf("%v versions, want %d", total, last)
		}
		for _, row := range page.At(t, "data").([]any) {
			got := At(row, "attributes").(map[string]any)
			if got["at"] == nil || got["cause"] == nil {
				t.Errorf("version %d: no time or cause: %v", version, got)
			}
			delete(got, "at")
			delete(got, "cause")
			if diff := cmp.Diff(countedCoverage(t, s, key, schema, version), any(got)); diff != "" {
				t.Errorf("history at version %d: (-want +got)\n%s", version, diff)
			}
			at := s.Get(t, fmt.Sprintf("/api/v1/coverage?at=%d&%s", version, of), key).At(t, "data.attributes")
			if diff := cmp.Diff(any(got), at); diff != "" {
				t.Errorf("at version %d: (-history +document)\n%s", version, diff)
			}
			version--
		}
		next, _ = page.At(t, "links.next").(string)
	}
	if version != 0 {
		t.Errorf("the history ends at version %d", version+1)
	}
	if none := s.Get(t, "/api/v1/coverage?at=0&"+of, key).At(t, "data.attributes.tables.total"); none != 0.0 {
		t.Errorf("%v tables before the first version", none)
	}
}

// countedCoverage counts what the API replies of each table.
func countedCoverage(t *testing.T, s *Server, key, schema string, version int) any {
	t.Helper()
	tables, columns := map[string]any{}, map[string]any{}
	count := func(in map[string]any, name string, yes bool) {
		n, _ := in[name].(float64)
		if yes {
			n++
		}
		in[name] = n
	}
	at := fmt.Sprintf("at=%d", version)
	for next := "/api/v1/assets?limit=200&schema_id=" + schema + "&" + at; next != ""; {
		page := s.Get(t, next, key)
		for _, asset := range page.At(t, "data").([]any) {
			switch At(asset, "attributes.kind") {
			case "model", "seed", "snapshot", "source", "table", "view":
			default:
				continue
			}
			id := At(asset, "id").(string)
			count(tables, "total", true)
			count(tables, "described", At(asset, "attributes.description.value") != nil)
			count(tables, "owned", len(At(asset, "attributes.owners").([]any)) > 0)
			tests := s.Get(t, "/api/v1/assets/"+id+"/tests?"+at, key).At(t, "data").([]any)
			count(tables, "tested", len(tests) > 0)
			matched := false
			for _, column := range s.Get(t, "/api/v1/assets/"+id+"/columns?"+at, key).At(t, "data").([]any) {
				only := At(column, "attributes.documented_only") == true
				if At(column, "attributes.present") != true && !only {
					continue
				}
				listed := At(column, "attributes.origin") == "warehouse"
				matched = matched || listed
				count(columns, "total", true)
				count(columns, "described", At(column, "attributes.description.value") != nil)
				count(columns, "tested", len(At(column, "attributes.tests").([]any)) > 0)
				count(columns, "matched", listed)
				count(columns, "unmatched", only)
			}
			count(tables, "matched", matched)
		}
		next, _ = page.At(t, "links.next").(string)
	}
	return map[string]any{"version": float64(version), "tables": tables, "columns": columns}
}
