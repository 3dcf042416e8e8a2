package readmodel

import (
	"context"
	"errors"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Workspace is what a principal sees of its whole workspace.
type Workspace struct {
	m *Model
	p access.Principal
}

// Workspace makes the view of a workspace.
func (m *Model) Workspace(p access.Principal) Workspace { return Workspace{m, p} }

// ErrNameSchema means that a principal that is limited to some schemas has to
// name one of them.
var ErrNameSchema = errors.New("a principal that is limited to some schemas has to name one")

// only returns the one schema that the principal may see, 0 for all.
func (w Workspace) only() (catalog.SchemaID, error) {
	switch len(w.p.Schemas) {
	case 0:
		return 0, nil
	case 1:
		return w.p.Schemas[0], nil
	}
	return 0, ErrNameSchema
}

// Schemas lists the schemas that the principal sees, by id.
func (w Workspace) Schemas(ctx context.Context, p store.Page) (store.Paged[store.SchemaRow], error) {
	return w.m.store.Schemas(ctx, w.p.WS, w.p.Schemas, p)
}

// Projects lists the projects of all schemas.
func (w Workspace) Projects(ctx context.Context, p store.Page) (store.Paged[catalog.Project], error) {
	only, err := w.only()
	if err != nil {
		return store.Paged[catalog.Project]{}, err
	}
	return w.m.store.Projects(ctx, w.p.WS, only, p)
}

// Runs lists the runs of all schemas, newest first.
func (w Workspace) Runs(ctx context.Context, p store.Page) (store.Paged[catalog.Run], error) {
	only, err := w.only()
	if err != nil {
		return store.Paged[catalog.Run]{}, err
	}
	return w.m.store.Runs(ctx, w.p.WS, store.RunFilter{SchemaID: only}, p)
}

// Assets lists assets of all schemas, each at its served version. Unlike the list
// of one schema it is answered by the store: no state of every schema is held.
func (w Workspace) Assets(ctx context.Context, f Filter, p store.Page, by []store.Breakdown) (AssetList, error) {
	only, err := w.only()
	if err != nil {
		return AssetList{}, err
	}
	filter := store.AssetFilter{
		Schema: only, Kind: f.Kinds, Project: f.Project, Package: f.Package, Tag: f.Tag, Owner: f.Owner, Group: f.Group, Status: f.Status,
		Materialized: f.Materialized, Removed: &f.Removed, HasDescription: f.HasDescription, Query: f.Query, Sort: f.Sort,
	}
	out := AssetList{Breakdown: map[store.Breakdown]map[string]int64{}}
	if out.Paged, err = w.m.store.AssetPage(ctx, w.p.WS, filter, p); err != nil {
		return out, err
	}
	for _, b := range by {
		if out.Breakdown[b], err = w.m.store.AssetBreakdown(ctx, w.p.WS, filter, b); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Summaries completes a page of assets of several schemas.
func (w Workspace) Summaries(ctx context.Context, assets []catalog.Asset) ([]Summary, error) {
	ids := make([]catalog.AssetID, len(assets))
	for i := range assets {
		ids[i] = assets[i].ID
	}
	schemas, err := w.m.store.SchemasOf(ctx, w.p.WS, ids)
	if err != nil {
		return nil, err
	}
	bySchema := map[catalog.SchemaID][]int{}
	for i, id := range ids {
		bySchema[schemas[id]] = append(bySchema[schemas[id]], i)
	}
	out := make([]Summary, len(assets))
	for schema, positions := range bySchema {
		v, err := w.m.View(ctx, w.p, schema)
		if err != nil {
			return nil, err
		}
		own := make([]catalog.Asset, len(positions))
		for i, at := range positions {
			own[i] = assets[at]
		}
		summaries, err := v.Summaries(ctx, own)
		if err != nil {
			return nil, err
		}
		for i, at := range positions {
			out[at] = summaries[i]
		}
	}
	return out, nil
}
