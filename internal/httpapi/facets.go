package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// Facet is what one origin reports about an asset, unmerged.
type Facet struct {
	Origin         string                     `json:"origin"`
	Source         string                     `json:"source" doc:"manifest, catalog, crawl, user or sql"`
	UniqueID       *string                    `json:"unique_id"`
	Project        *string                    `json:"project"`
	Cause          httpserver.Nullable[Cause] `json:"cause" doc:"What it comes from"`
	Import         *string                    `json:"import" doc:"The import that it comes from; null unless the cause is an import"`
	ReportedAt     *string                    `json:"reported_at" format:"date-time" doc:"The time of the report itself, such as generated_at of an artifact"`
	Withdrawn      httpserver.Nullable[Cause] `json:"withdrawn" doc:"Why the origin no longer reports it"`
	WithdrawnSince *string                    `json:"withdrawn_since" doc:"The first import in which the origin no longer reported it"`
	Reported       map[string]any             `json:"says"`
}

func (a *API) registerFacets(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/facets", Scope: access.ReadCatalog, ID: "list-facets", Tag: "assets",
		Summary: "What each origin reports about an asset", Description: "What each origin reports about the asset, before it is merged: dbt projects and people.",
	}, a.listFacets)
}

func (a *API) listFacets(ctx context.Context, p access.Principal, in *assetInput) (*httpserver.Body[httpserver.List[Facet]], error) {
	f, err := a.asset(ctx, p, in.ref(), in.At)
	if err != nil {
		return nil, err
	}
	facets, err := f.view.Facets(ctx, f.asset.ID)
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
	body, err := json.Marshal(f.Body.WithoutStamps())
	if err != nil {
		return httpserver.Resource[Facet]{}, err
	}
	out := Facet{
		Origin: string(f.Origin), Source: string(f.Source), UniqueID: optional(f.UniqueID),
		Cause: causeOf(f.Cause), Import: importLabel(f.Cause.Import()), ReportedAt: timeText(f.At), Withdrawn: causeOf(f.Withdrawn.Cause),
		WithdrawnSince: importLabel(f.Withdrawn.Cause.Artifacts()), Reported: bodyOf(jsonMap(body), f.Body),
	}
	if f.Project != 0 {
		label := f.Project.String()
		out.Project = &label
	}
	return httpserver.Resource[Facet]{ID: f.Hash.String(), Type: "facet", Attributes: out}, nil
}

// bodyOf returns a body with causes and actors in the form that the API has always had: the number of an import, else
// the label of the cause, and the name of a person.
func bodyOf(m httpserver.JSON, b catalog.Body) httpserver.JSON {
	putKept(m, b.Kept)
	if b.Code != nil && !b.Code.CompiledBy.IsZero() {
		if code, ok := m["code"].(map[string]any); ok {
			code["compiled_import"] = causeValue(b.Code.CompiledBy)
		}
	}
	eachOf(m["columns"], func(i int, column map[string]any) {
		c := b.Columns[i]
		putKept(column, c.Kept)
		if !c.Absent.IsZero() {
			column["absent"] = causeValue(c.Absent.Cause)
		}
	})
	eachOf(m["edits"], func(i int, edit map[string]any) { edit["by"] = b.Edits[i].By.Name })
	return m
}

func putKept(m map[string]any, k *catalog.Kept) {
	if k != nil {
		m["kept"] = map[string]any{"value": k.Value, "import": causeValue(k.Cause), "since": causeValue(k.Since)}
	}
}

// eachOf calls fn for each element of a list of JSON objects.
func eachOf(list any, fn func(i int, m map[string]any)) {
	values, _ := list.([]any)
	for i, v := range values {
		if m, ok := v.(map[string]any); ok {
			fn(i, m)
		}
	}
}

func causeValue(c catalog.Cause) any {
	if c.IsZero() || c.Artifacts() != 0 {
		return c.ID
	}
	return c.Label()
}
