package httpapi

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
)

// AssetParam is the asset in a path.
type AssetParam struct {
	ID string `path:"id" maxLength:"4096" doc:"An id such as TBL-12; with schema_id also a dbt unique_id or a relation such as marts.fct_orders" example:"TBL-31"`
	AssetLookup
}

func (in AssetParam) ref() assetRef {
	return assetRef{param: "id", name: in.ID, AssetLookup: in.AssetLookup}
}

// AssetLookup says where the name of an asset is looked up.
type AssetLookup struct {
	SchemaID string `query:"schema_id" maxLength:"64" doc:"Required if the asset is not named by its id" example:"SCH-101"`
	Project  string `query:"project" maxLength:"512" doc:"Key, name or id of the dbt project; required if several have the unique_id" example:"shop"`
}

// assetRef names an asset: by id, or within a schema by unique_id or relation.
type assetRef struct {
	param string // name of the parameter, for error replies
	name  string
	AssetLookup
}

// found is an asset with the view of its schema.
type found struct {
	view    *readmodel.View
	asset   catalog.Asset
	schema  catalog.Schema
	version int64
}

func foundIn(v *readmodel.View, asset catalog.Asset) found {
	return found{view: v, asset: asset, schema: v.Schema, version: v.Version}
}

// asset returns the asset that a reference names. The prefix of an id must be that of the asset's kind.
func (a *API) asset(ctx context.Context, p access.Principal, ref assetRef, at string) (found, error) {
	var within *readmodel.View
	var err error
	if ref.SchemaID != "" {
		if within, err = a.view(ctx, p, ref.SchemaID, ""); err != nil {
			return found{}, err
		}
	}
	project, err := a.projectKey(ctx, p, ref.Project)
	if err != nil {
		return found{}, err
	}
	f, err := a.assetByID(ctx, p, ref, within)
	if f.view != nil {
		err = missingProject(ctx, f.view, ref.Project, err)
	}
	if errors.Is(err, catalog.ErrNotFound) {
		if within == nil && len(p.Schemas) == 1 {
			within, err = a.view(ctx, p, p.Schemas[0].String(), "")
		}
		if within == nil {
			return found{}, missingAsset(err, ref)
		}
		return a.assetByName(ctx, p, within, ref, project, at)
	}
	if err != nil || at == "" {
		return f, err
	}
	if f.view, err = viewAt(ctx, f.view, "at", at); err != nil {
		return found{}, err
	}
	asset, err := f.view.Asset(ctx, f.asset.ID)
	return foundIn(f.view, asset), httpserver.Missing(err, ref.param, ref.name)
}

// assetByID finds an asset by its id in the served version.
func (a *API) assetByID(ctx context.Context, p access.Principal, ref assetRef, within *readmodel.View) (found, error) {
	prefix, n, err := catalog.ParseID(ref.name)
	if err != nil {
		return found{}, err
	}
	view, asset, err := a.model.Asset(ctx, p, catalog.AssetID(n), prefix)
	if err != nil {
		return found{}, err
	}
	if within != nil && within.Schema.ID != view.Schema.ID {
		return found{}, catalog.ErrNotFound
	}
	if ref.Project != "" {
		err = a.ofProject(ctx, p, asset, ref.Project)
	}
	return foundIn(view, asset), err
}

// ofProject checks that a node of a project reports on an asset.
func (a *API) ofProject(ctx context.Context, p access.Principal, asset catalog.Asset, name string) error {
	for _, n := range asset.Nodes {
		_, project, err := a.model.Project(ctx, p, n.Project)
		if err != nil {
			return err
		}
		if isProject(project, name) {
			return nil
		}
	}
	return catalog.ErrNotFound
}

// assetByName finds an asset by a dbt unique_id, else by a relation.
func (a *API) assetByName(ctx context.Context, p access.Principal, within *readmodel.View, ref assetRef, project, at string) (found, error) {
	view, err := viewAt(ctx, within, "at", at)
	if err != nil {
		return found{}, err
	}
	asset, err := view.AssetByUniqueID(ctx, project, ref.name)
	if errors.Is(err, catalog.ErrNotFound) {
		asset, err = view.AssetByRelation(ctx, ref.name)
		if _, ok := errors.AsType[*readmodel.RelationError](err); ok {
			err = catalog.ErrNotFound
		}
		if err == nil && ref.Project != "" {
			err = a.ofProject(ctx, p, asset, ref.Project)
		}
	}
	err = missingProject(ctx, view, project, err)
	return foundIn(view, asset), missingName(ctx, view, err, ref.param, ref.name)
}

// missingName names an asset, and similar ones, in the error that means that a schema has none of that name.
func missingName(ctx context.Context, view *readmodel.View, err error, param, name string) error {
	if !errors.Is(err, catalog.ErrNotFound) {
		return err
	}
	similar, nearErr := view.NearAssets(ctx, name)
	if nearErr != nil {
		return nearErr
	}
	return httpserver.MissingNear(err, param, name, similar)
}

// missingProject names the project in the error that means that nothing was found, if the schema has no such project.
func missingProject(ctx context.Context, view *readmodel.View, name string, err error) error {
	if name == "" || !errors.Is(err, catalog.ErrNotFound) {
		return err
	}
	var names []string
	for page := (store.Page{Limit: store.MaxLimit}); ; {
		projects, listErr := view.Projects(ctx, page)
		if listErr != nil {
			return listErr
		}
		for _, project := range projects.Rows {
			if isProject(project, name) {
				return err
			}
			names = append(names, project.Name)
		}
		if page.After = projects.Next; page.After == "" {
			return httpserver.MissingOf(err, "project", name, slices.Values(names))
		}
	}
}

func isProject(project catalog.Project, name string) bool {
	return name == project.Key || name == project.Name || strings.EqualFold(name, project.ID.String())
}

// missingAsset names the asset in the reply for one that was not found without a schema.
func missingAsset(err error, ref assetRef) error {
	if _, _, invalid := catalog.ParseID(ref.name); invalid == nil {
		return httpserver.Missing(err, ref.param, ref.name)
	}
	p := httpserver.NewProblem(httpserver.CodeNotFound, "%s %.200q is not an id such as TBL-12; a dbt unique_id or a relation needs schema_id too.", ref.param, ref.name)
	return p.About(ref.param, "not an id")
}

// projectOf returns the project that the parameter project means: by its id, or within a schema by its name or key.
func (a *API) projectOf(ctx context.Context, p access.Principal, schemaID, label string) (*readmodel.View, catalog.Project, error) {
	if _, err := catalog.ParseIDOf(catalog.PrefixProject, label); err == nil {
		return a.project(ctx, p, "project", label)
	}
	view, err := a.filtered(ctx, p, schemaID, "")
	if err != nil {
		return nil, catalog.Project{}, err
	}
	if view == nil {
		problem := httpserver.NewProblem(httpserver.CodeNotFound, "project %.200q is not an id such as PRJ-1; the name of a project needs schema_id too.", label)
		return nil, catalog.Project{}, problem.About("project", "not an id")
	}
	project, err := view.ProjectNamed(ctx, label)
	return view, project, missingProject(ctx, view, label, err)
}

// projectKey returns the key of a project that is given by id; another name is returned unchanged.
func (a *API) projectKey(ctx context.Context, p access.Principal, name string) (string, error) {
	if _, err := catalog.ParseIDOf(catalog.PrefixProject, name); err != nil {
		return name, nil
	}
	_, project, err := a.project(ctx, p, "project", name)
	return project.Key, err
}
