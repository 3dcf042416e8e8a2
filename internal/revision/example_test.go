package revision_test

import (
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/revision"
)

// A crawl of one schema that found a table, as another package makes it.
func ExampleObservation() {
	orders := catalog.WarehouseRelation("postgres", "db", "analytics", "orders")
	o := revision.Observation{
		Origin: "crawl:pg", Source: catalog.FromCrawl, Cause: catalog.Cause{Kind: catalog.CauseCrawl, ID: 7},
		Coverage: revision.Scoped, Scope: []revision.Scope{{Platform: "postgres", Database: "db", Schema: "analytics"}},
		Claims: []revision.Claim{{ID: orders.Key(), Kind: catalog.KindTable, Name: "orders", RelationKey: orders.Key()}},
		Facets: &revision.Held{
			Facets: []catalog.Facet{{Body: catalog.Body{Kind: catalog.KindTable, Name: "orders", Relation: orders}}},
		},
	}
	fmt.Println(o.Scope[0].Schema, o.Claims[0].ID)
	// Output: analytics db.analytics.orders
}
