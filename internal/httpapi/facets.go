package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// Facet is what one origin says about an asset, in its own words.
type Facet struct {
	Origin         string         `json:"origin"`
	Source         string         `json:"source" doc:"manifest, catalog, crawl or user"`
	UniqueID       *string        `json:"unique_id"`
	Project        *string        `json:"project"`
	Import         *string        `json:"import" doc:"That brought these words"`
	WithdrawnSince *string        `json:"withdrawn_since" doc:"The import since which the origin no longer says it"`
	Says           map[string]any `json:"says"`
}

func (a *API) registerFacets(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/facets", Scope: access.ReadCatalog, ID: "list-facets", Tag: "assets",
		Summary: "What each origin says about an asset",
	}, a.listFacets)
}

func (a *API) listFacets(ctx context.Context, p access.Principal, in *assetInput) (*httpserver.Body[httpserver.List[Facet]], error) {
	f, err := a.asset(ctx, p, in.ID, in.At)
	if err != nil {
		return nil, err
	}
	facets, err := a.store.FacetsOf(ctx, p.WS, f.schema.ID, f.version, []catalog.AssetID{f.asset.ID})
	if err != nil {
		return nil, err
	}
	out := httpserver.ListOf[Facet](ctx, a.cursors, p.WS, len(facets), "", int64(len(facets)))
	out.Meta.Version = f.version
	for _, facet := range facets {
		r, err := facetResource(facet)
		if err != nil {
			return nil, err
		}
		out.Data = append(out.Data, r)
	}
	return httpserver.Reply(out), nil
}

func facetResource(f catalog.Facet) (httpserver.Resource[Facet], error) {
	body, err := json.Marshal(f.Body)
	if err != nil {
		return httpserver.Resource[Facet]{}, err
	}
	out := Facet{
		Origin: string(f.Origin), Source: string(f.Source), UniqueID: optional(f.UniqueID),
		Import: importLabel(f.Import), WithdrawnSince: importLabel(f.Withdrawn), Says: jsonMap(body),
	}
	if f.Project != 0 {
		label := f.Project.String()
		out.Project = &label
	}
	return httpserver.Resource[Facet]{ID: f.Hash.String(), Type: "facet", Attributes: out}, nil
}
