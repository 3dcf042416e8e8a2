package apitest

import (
	"testing"

	"github.com/thalweg-data/thalweg/examples/shop"
)

var (
	beforeManifest = shop.States()[0].Manifest
	beforeCatalog  = shop.States()[0].Catalog
	beforeResults  = shop.States()[0].RunResults
	beforeSources  = shop.States()[0].Sources
	afterManifest  = shop.States()[1].Manifest
	afterCatalog   = shop.States()[1].Catalog
	afterResults   = shop.States()[1].RunResults
)

// tableID finds a table by dbt's id.
func tableID(t testing.TB, s *Server, key, schema, uniqueID string) string {
	t.Helper()
	r := s.Get(t, "/api/v1/assets/by-unique-id?schema_id="+schema+"&unique_id="+uniqueID, key)
	if r.Status != 200 {
		t.Fatalf("%s: %d %s", uniqueID, r.Status, r.Body)
	}
	return r.At(t, "data.id").(string)
}

// importShop imports a state of the shop as a whole.
func importShop(t testing.TB, s *Server, key, schema string, after bool) string {
	t.Helper()
	if after {
		return s.Import(t, key, schema, File("manifest", "manifest.json", afterManifest), File("catalog", "catalog.json", afterCatalog),
			File("run_results", "run_results.json", afterResults))
	}
	return s.Import(t, key, schema, File("manifest", "manifest.json", beforeManifest), File("catalog", "catalog.json", beforeCatalog),
		File("run_results", "run_results.json", beforeResults), File("sources", "sources.json", beforeSources))
}
