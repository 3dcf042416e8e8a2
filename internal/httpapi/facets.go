package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Facet is what one origin reports about an asset, unmerged.
type Facet struct {
	Origin         string                     `json:"origin"`
	Source         string                     `json:"source" doc:"manifest, catalog, crawl, user or sql"`
	UniqueID       *string                    `json:"unique_id"`
	Project        *string                    `json:"project"`
	Cause          httpserver.Nullable[Cause] `json:"cause" doc:"Where it comes from"`
	Import         *string                    `json:"import" doc:"The import that it comes from; null unless the cause is an import"`
	ReportedAt     *string                    `json:"reported_at" format:"date-time" doc:"The time of the report itself, such as generated_at of an artifact"`
	Withdrawn      httpserver.Nullable[Cause] `json:"withdrawn" doc:"Why the origin no longer reports it"`
	WithdrawnSince *string                    `json:"withdrawn_since" doc:"The first import in which the origin no longer reported it"`
	Reported       map[string]any             `json:"says"`
}

func (a *API) registerFacets(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/facets", Scope: access.ReadCatalog, ID: "list-facets", Bulky: true, Tag: "assets",
		Summary:     "What each origin reports about an asset",
		Description: "What each origin reports about the asset, before it is merged: dbt projects and people. Of edits it has the newest 100; `GET /api/v1/assets/{id}/edits` lists all. A page has less than `limit` facets where they have more than 1 MiB.",
	}, a.listFacets)
}

type facetsInput struct {
	AssetParam
	AtParam
	LongPageParams
}

func (a *API) listFacets(ctx context.Context, p access.Principal, in *facetsInput) (*httpserver.Body[httpserver.List[Facet]], error) {
	f, err := a.asset(ctx, p, in.ref(), in.At)
	if err != nil {
		return nil, err
	}
	facets, err := f.view.Facets(ctx, &f.asset)
	if err != nil {
		return nil, err
	}
	out, err := pageWithin(ctx, a, p, in.LongPageParams, len(facets), facetBytes, func(i int) (r httpserver.Resource[Facet], size int, err error) {
		facet := facets[i]
		if facet.Source == catalog.FromUser {
			if facet.Body.Edits, err = newestEdits(ctx, f); err != nil {
				return r, 0, err
			}
		}
		return facetResource(facet)
	})
	out.Meta.Version = f.version
	return httpserver.Reply(out), err
}

const (
	facetBytes = 1 << 20 // of the facets of a page, unless a single one has more
	facetEdits = 100     // that the facet of people has at most
)

// newestEdits returns the newest edits of an asset, the oldest of them first.
func newestEdits(ctx context.Context, f found) ([]catalog.Edit, error) {
	page, err := f.view.Edits(ctx, f.asset.ID, store.Page{Limit: facetEdits})
	edits := make([]catalog.Edit, len(page.Rows))
	for i := range page.Rows {
		edits[len(edits)-1-i] = page.Rows[i].Edit
	}
	return edits, err
}

// facetResource returns the resource of a facet and how many bytes it has.
func facetResource(f catalog.Facet) (httpserver.Resource[Facet], int, error) {
	body, err := json.Marshal(f.Body.WithoutStamps())
	if err != nil {
		return httpserver.Resource[Facet]{}, 0, err
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
	return httpserver.Resource[Facet]{ID: f.Hash.String(), Type: "facet", Attributes: out}, len(body), nil
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
