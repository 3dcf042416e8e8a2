package httpapi

import (
	"context"
	"errors"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

func isNotFound(err error) bool { return errors.Is(err, catalog.ErrNotFound) }

// relationKeys reads a relation by the case rules of every adapter in a schema.
func (a *API) relationKeys(ctx context.Context, p access.Principal, schema catalog.SchemaID, text string) ([]string, error) {
	var keys []string
	platforms, err := a.platforms(ctx, p, schema)
	if err != nil {
		return nil, err
	}
	for _, platform := range platforms {
		r, ok := catalog.ParseRelationName(platform, text)
		if !ok {
			return nil, httpserver.InvalidParameter("relation", "want one to three names separated by dots")
		}
		if r.Schema == "" {
			return nil, httpserver.InvalidParameter("relation", "the schema is required too, as in analytics.orders")
		}
		keys = append(keys, r.Key())
	}
	return keys, nil
}

func (a *API) platforms(ctx context.Context, p access.Principal, schema catalog.SchemaID) ([]string, error) {
	var out []string
	for page := (store.Page{Limit: store.MaxLimit}); ; {
		projects, err := a.store.Projects(ctx, p.WS, schema, page)
		if err != nil {
			return nil, err
		}
		for _, project := range projects.Rows {
			out = append(out, project.Adapter)
		}
		if page.After = projects.Next; page.After == "" {
			break
		}
	}
	if len(out) == 0 {
		out = append(out, "")
	}
	return out, nil
}

// byBareRelation finds a table where the database is left out and only one
// has that schema and identifier.
func (a *API) byBareRelation(ctx context.Context, p access.Principal, schema catalog.SchemaID, text string, version int64) (catalog.Asset, error) {
	state, err := a.states.of(ctx, p.WS, schema, version)
	if err != nil {
		return catalog.Asset{}, err
	}
	var match catalog.AssetID
	for _, n := range state.nodes {
		r, ok := catalog.ParseRelationName(n.Relation.Platform, text)
		if !ok || r.Database != "" || r.BareKey() != n.Relation.BareKey() {
			continue
		}
		if match != 0 {
			return catalog.Asset{}, httpserver.InvalidParameter("relation", "several databases have it: the database is required too")
		}
		match = n.ID
	}
	if match == 0 {
		return catalog.Asset{}, catalog.ErrNotFound
	}
	asset, _, err := a.store.Asset(ctx, p.WS, match, version)
	return asset, err
}
