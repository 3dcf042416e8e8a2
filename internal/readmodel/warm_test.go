package readmodel

import (
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/search"
	"github.com/thalweg-data/thalweg/internal/store"
)

// What the first search of a version reads is there after Warm, unless the schema is too large.
func TestWarm(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	served := func() []bool {
		t.Helper()
		schemas, err := s.store.ServedSchemas(t.Context(), 10)
		must(t, err)
		var warm []bool
		for _, of := range schemas {
			key := schemaKey{of.WS, of.Schema}
			warm = append(warm, s.m.cache.has(key.key(searchPart, of.Version)) && s.m.cache.has(key.key(tableGraphPart, of.Version)))
		}
		return warm
	}
	same(t, served(), []bool{false})
	must(t, s.m.Warm(t.Context()))
	same(t, served(), []bool{true})
	v, err := s.m.View(t.Context(), access.Principal{WS: ws}, s.schema)
	must(t, err)
	page, err := v.Search(t.Context(), search.Parse("orders"), nil, store.Page{})
	must(t, err)
	if page.Total == 0 {
		t.Error("nothing is found")
	}
	small, err := New(Options{Store: s.store, CacheBytes: 2 * searchedTableBytes})
	must(t, err)
	must(t, small.Warm(t.Context()))
	if len(small.cache.kept) > 0 {
		t.Errorf("%d parts of a schema that is too large", len(small.cache.kept))
	}
}
