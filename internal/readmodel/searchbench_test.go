package readmodel

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/graph"
	"github.com/thalweg-data/thalweg/internal/search"
	"github.com/thalweg-data/thalweg/internal/store"
)

var benchWords = strings.Fields("account address amount balance basket billing campaign carrier channel city country currency customer " +
	"date delivery discount email event invoice item language ledger order payment price product quantity region return sales session " +
	"shipment status stock store supplier tax ticket user vendor visit warehouse")

// generatedSearch makes an index of n tables with 12 columns, a description and code each, without a store.
func generatedSearch(tb testing.TB, n int) (searchScope, *popularity) {
	tb.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	word := func() string { return benchWords[random.IntN(len(benchWords))] }
	all, ids := make([]*Asset, n), make([]catalog.AssetID, n)
	builder := &search.Builder{}
	for i := range all {
		ids[i] = catalog.AssetID(i + 1)
		name := fmt.Sprintf("%s_%s_%s_%05d", []string{"stg", "int", "fct", "dim"}[i%4], word(), word(), i)
		all[i] = &Asset{&store.AssetCard{
			ID: ids[i], Kind: catalog.KindModel, Name: name, Present: true, UniqueID: "model.shop." + name, Package: "shop", Tags: []string{word()}, Owners: []string{word()},
		}}
		texts := []search.Text{
			{Field: search.Name, Text: name},
			{Field: search.Whole, Text: name},
			{Field: search.Tag, Text: all[i].Tags[0]},
			{Field: search.Description, Text: word() + " per " + word() + " and " + word()},
			{Field: search.Relation, Text: "db.marts." + name},
		}
		var code strings.Builder
		for range 12 {
			column := word() + "_" + word() + "_" + []string{"id", "name", "at", "amount"}[random.IntN(4)]
			texts = append(texts, search.Text{Field: search.Column, Column: column, Text: column})
			code.WriteString("select " + column + ", ")
		}
		builder.Add(append(texts, search.Text{Field: search.Code, Text: code.String()}))
	}
	var edges []graph.Edge
	for i := 1; i < n; i++ {
		edges = append(edges, graph.Edge{From: int32(random.IntN(i)), To: int32(i)})
	}
	g, err := graph.New(n, edges)
	must(tb, err)
	assets := newAssets(all)
	scope := searchScope{assets: assets, index: newSearchIndex(all, []searchSegment{{Segment: builder.Segment(), ids: ids}})}
	return scope, assets.index.popular(&TableGraph{assets: assets, graph: g}, &Classes{})
}

// BenchmarkSearch is what finding, counting and sorting the hits of a query costs, without reading the page. The largest
// takes minutes to make.
func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{10_000, 200_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			scope, popular := generatedSearch(b, n)
			for _, query := range []string{"customer", "stg_customer_order", "email invoice", "s", "select", "cutsomer", "column:email_id", "ustome"} {
				b.Run(query, func(b *testing.B) {
					b.ReportMetric(float64(scope.index.size())/float64(n), "bytes/asset")
					parsed := search.Parse(query)
					for b.Loop() {
						var hits viewHits
						found := scope.index.hits(parsed, len(scope.assets.all), nil)
						hits.choose(&View{}, found, scope.assets, scope.assets.index.listed(true, false), popular, nil, 51)
					}
				})
			}
		})
	}
}
