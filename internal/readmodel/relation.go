package readmodel

import (
	"context"
	"errors"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// RelationError means that the text of a relation does not name one table.
type RelationError struct{ Reason string }

func (e *RelationError) Error() string { return "relation: " + e.Reason }

// Unwrap makes it a catalog.ErrInvalid.
func (e *RelationError) Unwrap() error { return catalog.ErrInvalid }

// AssetByRelation finds a table by its physical address, by the case rules of
// every adapter in the schema. The database may be left out where only one has
// that schema and identifier.
func (v *View) AssetByRelation(ctx context.Context, text string) (catalog.Asset, error) {
	platforms, err := v.platforms(ctx)
	if err != nil {
		return catalog.Asset{}, err
	}
	var keys []string
	for _, platform := range platforms {
		r, ok := catalog.ParseRelationName(platform, text)
		switch {
		case !ok:
			return catalog.Asset{}, &RelationError{"want one to three names separated by dots"}
		case r.Schema == "":
			return catalog.Asset{}, &RelationError{"the schema is required too, as in analytics.orders"}
		}
		keys = append(keys, r.Key())
	}
	if v.Version == 0 {
		return catalog.Asset{}, catalog.ErrNotFound
	}
	for _, key := range keys {
		asset, err := v.m.store.AssetByRelationKey(ctx, v.ws(), v.Schema.ID, key, v.Version)
		if err == nil || !errors.Is(err, catalog.ErrNotFound) {
			return asset, err
		}
	}
	return v.byOwnRules(ctx, text)
}

// AssetByKey finds a table by its relation key; catalog.ErrNotFound if there is none.
func (v *View) AssetByKey(ctx context.Context, key string) (catalog.Asset, error) {
	if v.Version == 0 {
		return catalog.Asset{}, catalog.ErrNotFound
	}
	return v.m.store.AssetByRelationKey(ctx, v.ws(), v.Schema.ID, key, v.Version)
}

// platforms lists the adapters of the schema's projects, or the unknown one.
func (v *View) platforms(ctx context.Context) ([]string, error) {
	var out []string
	for page := (store.Page{Limit: store.MaxLimit}); ; {
		projects, err := v.m.store.Projects(ctx, v.ws(), v.Schema.ID, page)
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

// byOwnRules finds a table by the rules of its own platform, which may be that of a crawl and of no project.
func (v *View) byOwnRules(ctx context.Context, text string) (catalog.Asset, error) {
	assets, err := v.m.assets(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return catalog.Asset{}, err
	}
	var matches []catalog.Candidate
	for _, a := range assets.present {
		r, ok := catalog.ParseRelationName(a.Relation.Platform, text)
		if !ok || r.BareKey() != a.Relation.BareKey() || r.Database != "" && r.Key() != a.Relation.Key() {
			continue
		}
		matches = append(matches, catalog.Candidate{ID: a.ID, Kind: a.Kind, Name: a.Name, Relation: a.Relation.Display()})
	}
	switch len(matches) {
	case 0:
		return catalog.Asset{}, catalog.ErrNotFound
	case 1:
		return v.Asset(ctx, matches[0].ID)
	}
	return catalog.Asset{}, &catalog.AmbiguousError{Name: text, Remedy: "the database is required too", Candidates: matches}
}
