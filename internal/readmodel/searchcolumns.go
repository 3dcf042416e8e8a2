package readmodel

import (
	"slices"

	"github.com/thalweg-data/thalweg/internal/search"
)

// FoundColumn is a column of a hit that has words of the query.
type FoundColumn struct {
	Name     string
	Type     string // as the warehouse or dbt writes it; "" is unknown
	Field    search.Field
	Fragment string
}

// mostFoundColumns bounds the columns that are listed of a hit.
const mostFoundColumns = 20

// found returns the columns that have the most of the query's words, in their name, tags, description or meta: the
// first ones in the table's order, those with a name that matches before the others, and how many there are.
func (h hitTexts) found(query search.Query) ([]FoundColumn, int) {
	type place struct {
		column string
		match  search.Match
		terms  int
	}
	var places []place
	most := 0
	for rest := h.texts; len(rest) > 0; {
		column := rest[0].Column
		n := slices.IndexFunc(rest, func(t search.Text) bool { return t.Column != column })
		if n < 0 {
			n = len(rest)
		}
		if column != "" {
			if match, terms := locateAll(rest[:n], query); terms > 0 {
				places, most = append(places, place{column, match, terms}), max(most, terms)
			}
		}
		rest = rest[n:]
	}
	places = slices.DeleteFunc(places, func(p place) bool { return p.terms < most })
	slices.SortStableFunc(places, func(a, b place) int { return int(a.match.Field) - int(b.match.Field) })
	out := make([]FoundColumn, 0, min(len(places), mostFoundColumns))
	for _, p := range places[:cap(out)] {
		c := FoundColumn{Name: p.column, Field: p.match.Field, Fragment: p.match.Fragment}
		for i := range h.columns {
			if h.columns[i].Name == p.column && h.columns[i].Present {
				c.Type = h.columns[i].Type.Native
			}
		}
		out = append(out, c)
	}
	return out, len(places)
}

// locateAll counts the terms that some texts have, and returns the place of the best of them.
func locateAll(texts []search.Text, query search.Query) (best search.Match, terms int) {
	for _, term := range query.Terms {
		if term.Not {
			continue
		}
		m, ok := search.Locate(texts, term, search.ByWords, search.Meta)
		if !ok {
			continue
		}
		if terms++; terms == 1 || m.Field < best.Field {
			best = m
		}
	}
	return best, terms
}
