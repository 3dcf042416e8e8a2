package readmodel

import (
	"context"
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/search"
	"github.com/thalweg-data/thalweg/internal/store"
)

// SearchHit is an asset that a query finds.
type SearchHit struct {
	*Asset
	Schema     catalog.Schema
	Match      string // exact, prefix, word, part, text or near; "" where the query has no words
	Downstream int
	// Where is the place of the term that decided Match.
	Where search.Match
	// Columns are those that have most of the words, the first ones of ColumnsTotal.
	Columns      []FoundColumn
	ColumnsTotal int
}

// SearchPage is a page of the hits of a query, best first, with counts over all of them.
type SearchPage struct {
	store.Paged[SearchHit]
	Facets   map[store.Breakdown]map[string]int64
	Schemas  map[catalog.SchemaID]int64
	Warnings []catalog.Warning
}

// searchFacets are what hits are counted by.
var searchFacets = []store.Breakdown{store.ByKind, store.ByTag, store.ByOwner, store.ByPackage, store.ByGroup, store.ByMaterialized}

// Search finds assets by a query, in the served version. kinds, if any, limit the hits.
func (v *View) Search(ctx context.Context, query search.Query, kinds []catalog.Kind, p store.Page) (SearchPage, error) {
	return searchViews(ctx, []*View{v}, query, kinds, p)
}

// Search finds assets of all schemas that the principal sees, each at its served version.
func (w Workspace) Search(ctx context.Context, query search.Query, kinds []catalog.Kind, p store.Page) (SearchPage, error) {
	views, tables, err := w.views(ctx)
	if err != nil {
		return SearchPage{}, err
	}
	if len(views) > 1 && tables*tableBytes > w.m.cache.budget {
		return SearchPage{}, &LimitedError{"q"}
	}
	return searchViews(ctx, views, query, kinds, p)
}

// searchViews merges the hits of views.
func searchViews(ctx context.Context, views []*View, query search.Query, kinds []catalog.Kind, p store.Page) (SearchPage, error) {
	after, err := hitAfter(p)
	if err != nil {
		return SearchPage{}, err
	}
	out := SearchPage{Facets: map[store.Breakdown]map[string]int64{}, Schemas: map[catalog.SchemaID]int64{}}
	out.Warnings = unknownKeys(query)
	var rows []viewHit
	var unmatched [][]unmatchedValue
	for _, v := range views {
		found, err := v.hits(ctx, query, kinds, after, p.Size()+1)
		if err != nil {
			return out, err
		}
		rows = append(rows, found.rows...)
		unmatched = append(unmatched, found.unmatched)
		out.count(v, found)
	}
	out.Warnings = append(out.Warnings, warningsOf(unmatchedEverywhere(unmatched))...)
	slices.SortFunc(rows, func(a, b viewHit) int { return a.key.compare(b.key) })
	if len(rows) > p.Size() {
		rows = rows[:p.Size()]
		if out.Next, err = rows[len(rows)-1].key.position(); err != nil {
			return out, err
		}
	}
	out.Rows, err = located(ctx, query, rows)
	return out, err
}

// unknownKeys returns the warnings about keys that are none.
func unknownKeys(q search.Query) (warnings []catalog.Warning) {
	for _, key := range q.Unknown {
		warnings = append(warnings, unknownKey(key))
	}
	return warnings
}

// unmatchedEverywhere joins the values that no asset of any view has.
func unmatchedEverywhere(byView [][]unmatchedValue) (out []unmatchedValue) {
	if len(byView) == 0 {
		return nil
	}
	for _, u := range byView[0] {
		everywhere := true
		for _, others := range byView[1:] {
			i := slices.IndexFunc(others, func(o unmatchedValue) bool { return o.key == u.key && o.value == u.value })
			if everywhere = everywhere && i >= 0; everywhere {
				u.existing = append(u.existing, others[i].existing...)
			}
		}
		if everywhere {
			out = append(out, u)
		}
	}
	return out
}

func warningsOf(values []unmatchedValue) (warnings []catalog.Warning) {
	for _, u := range values {
		warnings = append(warnings, u.warning())
	}
	return warnings
}

// count adds the counts of a view.
func (p *SearchPage) count(v *View, found viewHits) {
	p.Total += found.total
	if found.total > 0 {
		p.Schemas[v.Schema.ID] += found.total
	}
	for by, counts := range found.facets {
		if p.Facets[by] == nil {
			p.Facets[by] = map[string]int64{}
		}
		for value, n := range counts {
			p.Facets[by][value] += n
		}
	}
}

// viewHit is a hit of a view.
type viewHit struct {
	asset      *Asset
	of         *View
	rank       searchRank
	downstream int
	key        hitKey
}

// viewHits are the first hits of a view behind a key, and counts over all.
type viewHits struct {
	rows      []viewHit
	total     int64
	facets    map[store.Breakdown]map[string]int64
	unmatched []unmatchedValue
}

// hits finds the first hits of a query behind a key, at most so many, and counts all.
func (v *View) hits(ctx context.Context, query search.Query, kinds []catalog.Kind, after *hitKey, most int) (out viewHits, err error) {
	if v.Version == 0 {
		return out, nil
	}
	assets, err := v.m.assets(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return out, err
	}
	scope, err := v.searchScope(ctx, assets)
	if err != nil {
		return out, err
	}
	popular, err := v.popularity(ctx, scope.assets)
	if err != nil {
		return out, err
	}
	set := assets.index.listed(true, len(kinds) > 0 || query.NamesKind())
	if len(kinds) > 0 {
		set.keep(scope.assets.index.kinds(kinds))
	}
	if out.unmatched, err = scope.narrow(ctx, query.Filters, set); err != nil {
		return out, err
	}
	phrases, err := scope.phrases(ctx, query, set)
	if err != nil {
		return out, err
	}
	err = computeAll(ctx, searchSteps(query, len(scope.assets.all)), func() error {
		out.choose(v, scope.index.hits(query, len(assets.all), phrases), assets, set, popular, after, most)
		return nil
	})
	return out, err
}

// choose finds the hits among the assets of a set.
func (h *viewHits) choose(v *View, hits rankedHits, assets *Assets, set bitset, popular *popularity, after *hitKey, most int) {
	all := assets.all
	set.keep(hits.all)
	h.total = int64(set.count())
	h.facets = make(map[store.Breakdown]map[string]int64, len(searchFacets))
	for _, by := range searchFacets {
		h.facets[by] = assets.index.among(set, brokenDown[by])
	}
	for r := range ranks {
		if after != nil && int64(r) < after.rank || hits.sets[r].empty() {
			continue
		}
		hits.sets[r].keep(set)
		for _, i := range popular.first(hits.sets[r], r, all, after, most-len(h.rows)) {
			h.rows = append(h.rows, viewHit{all[i], v, r, int(popular.downstream[i]), popular.key(r, i, all[i])})
		}
		if len(h.rows) == most {
			return
		}
	}
}

func (v *View) searchScope(ctx context.Context, assets *Assets) (searchScope, error) {
	part, err := v.m.part(ctx, v.schemaKey(), searchPart, v.Version)
	if err != nil {
		return searchScope{}, err
	}
	return searchScope{v, assets, part.(*SearchIndex)}, nil
}

func (v *View) popularity(ctx context.Context, assets *Assets) (*popularity, error) {
	tables, err := v.m.tableGraph(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return nil, err
	}
	classes, _, err := v.classes(ctx)
	if err != nil {
		return nil, err
	}
	return assets.index.popular(tables, classes), nil
}

// kinds returns the assets of one of some kinds.
func (x *index) kinds(kinds []catalog.Kind) bitset {
	var lists [][]int32
	for _, k := range kinds {
		lists = append(lists, x.with(kind, string(k)))
	}
	return x.set(lists...)
}

// located reads the texts of hits and finds the places of their matches.
func located(ctx context.Context, query search.Query, rows []viewHit) ([]SearchHit, error) {
	byView := map[*View][]catalog.AssetID{}
	code := map[*View]bool{}
	for _, row := range rows {
		byView[row.of] = append(byView[row.of], row.asset.ID)
		code[row.of] = code[row.of] || row.rank == rankCode
	}
	texts := make(map[catalog.AssetID]hitTexts, len(rows))
	for v, ids := range byView {
		if err := v.eachText(ctx, catalog.SortedIDs(ids), searchedParts{columns: true, code: code[v]}, func(id catalog.AssetID, of hitTexts) { texts[id] = of }); err != nil {
			return nil, err
		}
	}
	out := make([]SearchHit, len(rows))
	for i, row := range rows {
		out[i] = SearchHit{Asset: row.asset, Schema: row.of.Schema, Downstream: row.downstream}
		if slices.ContainsFunc(query.Terms, func(t search.Term) bool { return !t.Not }) {
			out[i].Match = row.rank.String()
			of := texts[row.asset.ID]
			out[i].Where = row.rank.locate(of.texts, query)
			out[i].Columns, out[i].ColumnsTotal = of.found(query)
		}
	}
	return out, nil
}

func (v *View) readTexts(ctx context.Context, ids []catalog.AssetID, with searchedParts, texts map[catalog.AssetID][]search.Text) error {
	return v.eachText(ctx, ids, with, func(id catalog.AssetID, of hitTexts) { texts[id] = of.texts })
}

// hitTexts are the texts of an asset, and its columns.
type hitTexts struct {
	texts   []search.Text
	columns []catalog.Column
}

func (v *View) eachText(ctx context.Context, ids []catalog.AssetID, with searchedParts, f func(catalog.AssetID, hitTexts)) error {
	assets, columns, codes, err := v.m.searched(ctx, v.schemaKey(), v.Version, ids, with)
	if err != nil {
		return err
	}
	if len(assets) < len(ids) {
		return fmt.Errorf("assets of version %d are gone: %w", v.Version, catalog.ErrConflict)
	}
	for i := range assets {
		of := columns[assets[i].ID]
		f(assets[i].ID, hitTexts{searchTexts(&assets[i], of, codes), of})
	}
	return nil
}

// locate finds the place of the term that decides the rank: the one that matches the worst.
func (r searchRank) locate(texts []search.Text, query search.Query) search.Match {
	var worst search.Match
	found := false
	for _, term := range query.Terms {
		if term.Not {
			continue
		}
		if m, ok := locateTerm(texts, term); ok && (!found || m.Field > worst.Field) {
			worst, found = m, true
		}
	}
	if i := slices.IndexFunc(texts, func(t search.Text) bool { return t.Field == search.Name }); i >= 0 && (!found || r <= rankPrefix) {
		return search.Match{Field: search.Name, Fragment: texts[i].Text}
	}
	return worst
}

// locateTerm looks for a term as the ranks do, best first.
func locateTerm(texts []search.Text, term search.Term) (search.Match, bool) {
	for _, look := range []struct {
		how  search.How
		last search.Field
	}{{search.ByWords, search.Relation}, {search.Inside, search.Relation}, {search.ByWords, search.Code}, {search.Near, search.Column}} {
		if m, ok := search.Locate(texts, term, look.how, look.last); ok {
			return m, true
		}
	}
	return search.Match{}, false
}
