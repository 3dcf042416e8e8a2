package mcp

import (
	"context"
	"errors"
	"unicode/utf8"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/search"
	"github.com/thalweg-data/thalweg/internal/store"
)

type searchInput struct {
	Query string `json:"query" jsonschema:"words and filters, such as order_id kind:model"`
	schemaArg
	paged
}

type searchRow struct {
	Asset      string   `json:"asset"`
	ID         string   `json:"id"`
	Kind       string   `json:"kind"`
	Schema     string   `json:"schema,omitempty"`
	Relation   string   `json:"relation,omitempty"`
	Match      string   `json:"match,omitempty"`
	Column     string   `json:"column,omitempty"`
	Fragment   *foreign `json:"fragment,omitempty"`
	Tags       []string `json:"tags,omitempty"`
	Owners     []string `json:"owners,omitempty"`
	Downstream int      `json:"downstream"`
}

func searchAssets(ctx context.Context, c *caller, in *searchInput, from *positions) (*answer, error) {
	if utf8.RuneCountInString(in.Query) > c.Limits.Query {
		return nil, httpserver.InvalidParameter("query", "at most %d characters", c.Limits.Query)
	}
	query := search.Parse(in.Query)
	a := &answer{}
	read := func(ctx context.Context, page store.Page) (readmodel.SearchPage, error) {
		return c.Model.Workspace(c.p).Search(ctx, query, nil, page)
	}
	if in.Schema != "" {
		v, err := c.view(ctx, in.Schema, "", nil)
		if err != nil {
			return nil, err
		}
		a.set("schema", schemaOf(v))
		read = func(ctx context.Context, page store.Page) (readmodel.SearchPage, error) {
			return v.Search(ctx, query, nil, page)
		}
	}
	first := true
	err := stored(ctx, a, from, "hits", func(ctx context.Context, page store.Page) (store.Paged[readmodel.SearchHit], error) {
		found, err := read(ctx, page)
		if first {
			first = false
			a.facets(&found)
		}
		return found.Paged, err
	}, func(h readmodel.SearchHit) any { return hitRow(&h, in.Schema == "") })
	if _, ok := errors.AsType[*readmodel.LimitedError](err); ok {
		return nil, httpserver.InvalidParameter("schema", "required, because the schemas are too large to be searched together")
	}
	return a, err
}

// facets adds how many hits there are of each kind, and what was wrong with the query.
func (a *answer) facets(found *readmodel.SearchPage) {
	if kinds := found.Facets[store.ByKind]; len(kinds) > 0 {
		a.set("kinds", kinds)
	}
	a.notes = append(a.notes, some(catalog.Messages(found.Warnings))...)
}

func hitRow(h *readmodel.SearchHit, named bool) searchRow {
	out := searchRow{
		Asset: cardName(h.Asset), ID: h.Label(), Kind: string(h.Kind), Relation: short(h.Relation.Display()), Match: h.Match,
		Column: short(h.Where.Column), Tags: some(h.Tags), Owners: some(h.Owners), Downstream: h.Downstream,
	}
	if named {
		out.Schema = h.Schema.ID.String()
	}
	switch h.Where.Field {
	case search.Description, search.Meta, search.Property, search.Code:
		out.Fragment = foreignText(h.Where.Fragment, h.Where.Field.String(), shortText)
	}
	return out
}

// schemaOf names the schema and version that an answer is about.
func schemaOf(v *readmodel.View) schemaName {
	return schemaName{ID: v.Schema.ID.String(), Name: short(v.Schema.Name), Version: v.Version}
}

type schemaName struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Version int64  `json:"version"`
}
