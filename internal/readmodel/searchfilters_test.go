package readmodel

import (
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/search"
	"github.com/thalweg-data/thalweg/internal/store"
)

// found returns the names of the hits of a query, in the order of the alphabet, and the warnings.
func found(t *testing.T, v *View, query string, kinds ...catalog.Kind) (names []string, warnings []string) {
	t.Helper()
	page, err := v.Search(t.Context(), search.Parse(query), kinds, store.Page{})
	must(t, err)
	for _, hit := range page.Rows {
		names = append(names, hit.Name)
	}
	slices.Sort(names)
	return names, catalog.Messages(page.Warnings)
}

// TestSearchFilters: each key of a query, with values that assets have, in any case of their letters.
func TestSearchFilters(t *testing.T) {
	t.Parallel()
	s := detailed(t)
	v := s.view(s.m)
	for query, want := range map[string][]string{
		"tag:NIGHTLY":                       {"orders"},
		"column_tag:PII":                    {"orders"},
		"column_tag:pii,nothing":            {"orders"},
		"-column_tag:pii kind:model":        {"report"},
		"project:shop kind:source":          {"orders", "raw"},
		"status:success":                    {"orders"},
		"-status:success kind:model":        {"report"},
		"test:fail":                         {"orders"},
		"test:WARN":                         {"report"},
		"has:tests kind:model":              {"orders", "report"},
		"has:run":                           {"orders"},
		"has:code":                          {"report"},
		"has:sql":                           {"report"},
		"has:meta":                          {"orders"},
		"has:tags kind:model":               {"orders"},
		"has:columns kind:source":           {"orders", "raw"},
		"-has:owner kind:model":             nil,
		"group:finance":                     {"orders"},
		"materialized:view":                 {"report"},
		"package:shop kind:exposure":        {"board"},
		"owner:ana@example.com tag:nightly": {"orders"},
		"property:ben":                      {"board"},
		"meta:ben":                          nil,

		"project:" + strings.ToLower(s.project.ID.String()) + ",Shop tag:nightly": {"orders"},
	} {
		got, warnings := found(t, v, query)
		same(t, append([]string{query}, got...), append([]string{query}, want...))
		if query != "column_tag:pii,nothing" && len(warnings) != 0 {
			t.Errorf("%s: %q", query, warnings)
		}
	}
	// Kinds beside the query limit as a filter of it does.
	got, _ := found(t, v, "has:owner", catalog.KindSource, catalog.KindExposure)
	same(t, got, []string{"board", "orders", "raw"}) // orders is a source of another project too
}

// TestSearchFiltersWithoutAMatch: a value that no asset has finds nothing, and the reply says so with near ones.
func TestSearchFiltersWithoutAMatch(t *testing.T) {
	t.Parallel()
	s := detailed(t)
	v := s.view(s.m)
	for query, want := range map[string]string{
		"tag:nightlies":    `tag: no asset has "nightlies"; near names: nightly`,
		"column_tag:pi":    `column_tag: no asset has "pi"; near names: pii`,
		"project:Shup":     `project: no asset has "Shup"; near names: Shop`,
		"status:succes":    `status: no asset has "succes"; near names: success`,
		"test:fails":       `test: no asset has "fails"; near names: fail`,
		"has:descriptive":  `has: no asset has "descriptive"; near names: description`,
		"owner:an@example": `owner: no asset has "an@example"`,
		"kine:model":       `kine: is not a key, so it was searched for as a word; near keys: kind`,
	} {
		got, warnings := found(t, v, query)
		same(t, len(got), 0)
		same(t, append([]string{query}, warnings...), []string{query, want})
	}
}
