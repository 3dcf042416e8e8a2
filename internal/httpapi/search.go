package httpapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/search"
)

// SearchReply is a page of the hits of a query.
type SearchReply struct {
	Data  []SearchHit      `json:"data" nullable:"false"`
	Links httpserver.Links `json:"links"`
	Meta  SearchMeta       `json:"meta"`
}

// SearchHit is an asset that a query finds, with the place of the match.
type SearchHit struct {
	Asset    httpserver.Resource[SearchAsset] `json:"asset"`
	Match    *string                          `json:"match" doc:"How well the query matches, best first: exact: a name, unique_id or relation is the query; prefix: a name begins with it; word: words of names, columns, tags, owners, database, schema, package or path do; part: it is inside of a name; text: it is in a description, meta, a property or SQL; near: names differ by typos. null: the query has no words, only filters"`
	Field    *string                          `json:"field" doc:"Where the match is: name, column, tag, relation, description, meta, property or code; of several words, that of the one that matches worst. tag: tags, owners and groups; relation: database, schema, package or path"`
	Column   *string                          `json:"column" doc:"The column whose name, tag, description or meta matches"`
	Fragment *string                          `json:"fragment" doc:"The text around the match, on one line; plain text, with … where it is cut"`

	Columns      []SearchColumn `json:"columns" nullable:"false" doc:"The columns that have most words of the query in their name, tags, description or meta: names first, at most 20"`
	ColumnsTotal int            `json:"columns_total" doc:"How many there are of them"`
}

// SearchColumn is a column of a hit that matches.
type SearchColumn struct {
	Name     string  `json:"name"`
	Type     *string `json:"type" doc:"As the warehouse or dbt writes it"`
	Field    string  `json:"field" doc:"column: the name matches; tag, description or meta"`
	Fragment string  `json:"fragment" doc:"The text around the match"`
}

// SearchAsset is an asset in a hit.
type SearchAsset struct {
	Name         string                        `json:"name"`
	Kind         string                        `json:"kind"`
	Relation     httpserver.Nullable[Relation] `json:"relation"`
	UniqueID     *string                       `json:"unique_id"`
	Package      *string                       `json:"package_name"`
	Materialized *string                       `json:"materialized"`
	Tags         []string                      `json:"tags" nullable:"false"`
	Owners       []string                      `json:"owners" nullable:"false"`
	Downstream   int                           `json:"downstream" doc:"Direct children, hooks left out"`
}

// SearchMeta has counts over all hits.
type SearchMeta struct {
	Limit     int                         `json:"limit" doc:"Maximum number of hits per page"`
	Total     int64                       `json:"total" doc:"All hits"`
	Facets    map[string]map[string]int64 `json:"facets" nullable:"false" doc:"Hits by kind, tag, owner, package, group, materialized and schema: of each, the 100 most frequent values"`
	Truncated []string                    `json:"facets_truncated,omitempty" nullable:"false" doc:"Facets with more values than are listed"`
	Warnings  []httpserver.Warning        `json:"warnings,omitempty" nullable:"false" doc:"Unknown keys, and filter values that match nothing, with similar ones"`
}

type searchInput struct {
	httpserver.PageParams
	Query    string `query:"q" required:"true" maxLength:"512" doc:"Words, and filters such as kind:model tag:pii owner:finance column:email package:shop has:description; a minus in front excludes" example:"order_id kind:model"`
	Kind     string `query:"kind" maxLength:"512" doc:"One or more kinds, separated by commas"`
	SchemaID string `query:"schema_id" maxLength:"64" doc:"Default: all schemas" example:"SCH-101"`
}

func (a *API) registerSearch(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/search", Scope: access.ReadCatalog, ID: "search", Tag: "assets", Sample: []string{"schema_id"},
		Summary:     "Search the catalog",
		Description: "Finds assets by words of their names, columns, tags, owners, descriptions, meta, properties of kinds (the URL of an exposure) and SQL, in the served version. All words have to be found; each may be the beginning of a word, in any case, with or without underscores. One hit per asset: exact names first, then names that begin with the query, words, and texts, of equals those with most downstream.",
	}, a.search)
}

func (a *API) search(ctx context.Context, p access.Principal, in *searchInput) (*httpserver.Body[SearchReply], error) {
	query, err := a.searchQuery(in.Query)
	if err != nil {
		return nil, err
	}
	kinds, err := kindsOf(in.Kind)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	var found readmodel.SearchPage
	if in.SchemaID != "" {
		view, err := a.view(ctx, p, in.SchemaID, "")
		if err != nil {
			return nil, err
		}
		found, err = view.Search(ctx, query, kinds, page)
		if err != nil {
			return nil, httpserver.StaleCursor(err, page)
		}
	} else if found, err = a.model.Workspace(p).Search(ctx, query, kinds, page); err != nil {
		return nil, httpserver.StaleCursor(limited(err), page)
	}
	out := SearchReply{Data: make([]SearchHit, len(found.Rows)), Meta: SearchMeta{Limit: in.Limit, Total: found.Total, Warnings: httpserver.WarningsOf(found.Warnings)}}
	out.Links.Next = a.cursors.Next(httpserver.URL(ctx), p.WS, found.Next)
	for i := range found.Rows {
		out.Data[i] = searchHit(&found.Rows[i])
	}
	out.Meta.facets(&found)
	return httpserver.Reply(out), nil
}

// searchQuery parses a query within the limit of its length.
func (a *API) searchQuery(text string) (search.Query, error) {
	if utf8.RuneCountInString(text) > a.limits.Query {
		return search.Query{}, httpserver.InvalidParameter("q", "at most %d characters", a.limits.Query)
	}
	return search.Parse(text), nil
}

// kindsOf reads a list of kinds.
func kindsOf(param string) (kinds []catalog.Kind, err error) {
	for _, k := range splitCommas(param) {
		if err := httpserver.OneOf("kind", k, textsOf(assetKinds)); err != nil {
			return nil, err
		}
		kinds = append(kinds, catalog.Kind(k))
	}
	return kinds, nil
}

// limited is the reply for what needs a schema, because those of the workspace are too large together.
func limited(err error) error {
	if limited, ok := errors.AsType[*readmodel.LimitedError](err); ok {
		return httpserver.InvalidParameter(limited.Filter, "requires schema_id, because the schemas of this workspace are too large to be searched together")
	}
	return err
}

func searchHit(h *readmodel.SearchHit) SearchHit {
	out := SearchHit{
		Asset: httpserver.Resource[SearchAsset]{
			ID: h.Label(), Type: assetType(h.Kind),
			Attributes: SearchAsset{
				Name: h.Name, Kind: string(h.Kind), Relation: httpserver.NullableOf(relationOf(h.Relation, h.RelationKey)), UniqueID: optional(h.UniqueID),
				Package: optional(h.Package), Materialized: optional(h.Kind.Materialization(h.Materialized)), Tags: orEmpty(h.Tags), Owners: orEmpty(h.Owners),
				Downstream: h.Downstream,
			},
			Relationships: &httpserver.Relationships{Schema: &httpserver.Named{ID: h.Schema.ID.String(), Name: h.Schema.Name}},
		},
		Match: optional(h.Match), Column: optional(h.Where.Column),
		Columns: make([]SearchColumn, len(h.Columns)), ColumnsTotal: h.ColumnsTotal,
	}
	for i, c := range h.Columns {
		out.Columns[i] = SearchColumn{Name: c.Name, Type: optional(c.Type), Field: c.Field.String(), Fragment: c.Fragment}
	}
	if h.Match != "" {
		out.Field, out.Fragment = optional(h.Where.Field.String()), optional(h.Where.Fragment)
	}
	return out
}

// mostFacets is the number of values of a facet that are listed.
const mostFacets = 100

// facets lists the most frequent values of each facet.
func (m *SearchMeta) facets(found *readmodel.SearchPage) {
	m.Facets = map[string]map[string]int64{}
	for by, counts := range found.Facets {
		m.facet(string(by), counts)
	}
	schemas := map[string]int64{}
	for id, n := range found.Schemas {
		schemas[id.String()] = n
	}
	m.facet("schema", schemas)
	slices.Sort(m.Truncated)
}

func (m *SearchMeta) facet(name string, counts map[string]int64) {
	type valueCount struct {
		value string
		n     int64
	}
	values := make([]valueCount, 0, len(counts))
	for value, n := range counts {
		values = append(values, valueCount{value, n})
	}
	if len(values) > mostFacets {
		slices.SortFunc(values, func(a, b valueCount) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.value, b.value)) })
		values = values[:mostFacets]
		m.Truncated = append(m.Truncated, name)
	}
	m.Facets[name] = make(map[string]int64, len(values))
	for _, v := range values {
		m.Facets[name][v.value] = v.n
	}
}
