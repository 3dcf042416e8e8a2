package httpapi

import (
	"context"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// assetsInput filters a list of assets.
type assetsInput struct {
	httpserver.PageParams
	AtParam
	SchemaID       string `query:"schema_id" maxLength:"64"`
	Kind           string `query:"kind" maxLength:"512" doc:"One or more kinds, separated by commas"`
	Project        string `query:"project" maxLength:"64" doc:"Id of a project"`
	Package        string `query:"package" maxLength:"512"`
	Tag            string `query:"tag" maxLength:"512"`
	Owner          string `query:"owner" maxLength:"512"`
	Group          string `query:"group" maxLength:"512"`
	Status         string `query:"status" enum:"success,error,skipped,warn,fail,pass,other" doc:"Class of the latest result"`
	Materialized   string `query:"materialized" maxLength:"512"`
	Removed        string `query:"removed" enum:"true,false" default:"false"`
	HasDescription string `query:"has_description" enum:"true,false"`
	Query          string `query:"q" maxLength:"512" doc:"Part of the name or relation"`
	Sort           string `query:"sort" enum:"name,-name,kind,-kind,created_at,-created_at,updated_at,-updated_at,id,-id" default:"name"`
	Breakdown      string `query:"breakdown" maxLength:"128" doc:"Counts over the whole list, separated by commas: kind, tag, owner, group, package, materialized"`
}

var assetKinds = []catalog.Kind{
	catalog.KindModel, catalog.KindSeed, catalog.KindSnapshot, catalog.KindSource, catalog.KindTable, catalog.KindView,
	catalog.KindExposure, catalog.KindMetric, catalog.KindSemanticModel, catalog.KindSavedQuery, catalog.KindUnitTest,
	catalog.KindFunction, catalog.KindMacro, catalog.KindGroup, catalog.KindAnalysis, catalog.KindOperation,
}

var breakdowns = []store.Breakdown{
	store.ByKind, store.ByTag, store.ByOwner, store.ByGroup, store.ByPackage, store.ByMaterialized,
}

func (a *API) registerAssets(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets", Scope: access.ReadCatalog, ID: "list-assets", Tag: "assets", Summary: "List assets",
		Description: "Tables, exposures, metrics and all other kinds. Removed assets are left out unless removed=true.",
	}, a.listAssets)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}", Scope: access.ReadCatalog, ID: "get-asset", Tag: "assets", Summary: "Read an asset",
	}, a.getAsset)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/by-unique-id", Scope: access.ReadCatalog, ID: "get-asset-by-unique-id", Tag: "assets",
		Summary: "Find an asset by dbt's unique_id",
	}, a.getAssetByUniqueID)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/by-relation", Scope: access.ReadCatalog, ID: "get-asset-by-relation", Tag: "assets",
		Summary: "Find a table by its physical address",
	}, a.getAssetByRelation)
}

func (a *API) listAssets(ctx context.Context, p access.Principal, in *assetsInput) (*httpserver.Body[httpserver.List[Asset]], error) {
	filter, err := a.assetFilter(ctx, p, in)
	if err != nil {
		return nil, err
	}
	by, err := breakdownsOf(in.Breakdown)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	if filter.Schema != 0 && filter.At == 0 { // nothing was there yet
		out := httpserver.ListOf[Asset](ctx, a.cursors, p.WS, in.Limit, "", 0)
		return httpserver.Reply(out), nil
	}
	rows, err := a.store.AssetPage(ctx, p.WS, filter, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[Asset](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	out.Meta.Version = filter.At
	if out.Data, err = a.assetResources(ctx, p, filter, rows.Rows); err != nil {
		return nil, err
	}
	for _, b := range by {
		counts, err := a.store.AssetBreakdown(ctx, p.WS, filter, b)
		if err != nil {
			return nil, err
		}
		if out.Meta.Breakdown == nil {
			out.Meta.Breakdown = map[string]map[string]int64{}
		}
		out.Meta.Breakdown[string(b)] = counts
	}
	return httpserver.Reply(out), nil
}

func (a *API) assetFilter(ctx context.Context, p access.Principal, in *assetsInput) (store.AssetFilter, error) {
	f := store.AssetFilter{
		Package: in.Package, Tag: in.Tag, Owner: in.Owner, Group: in.Group, Status: in.Status,
		Materialized: in.Materialized, Query: in.Query, Sort: in.Sort,
	}
	if utf8.RuneCountInString(in.Query) > a.limits.Query {
		return f, httpserver.InvalidParameter("q", "at most %d characters", a.limits.Query)
	}
	for _, k := range words(in.Kind) {
		if !slices.Contains(assetKinds, catalog.Kind(k)) {
			return f, httpserver.InvalidParameter("kind", "unknown value %q", k)
		}
		f.Kind = append(f.Kind, catalog.Kind(k))
	}
	if in.Removed == "true" {
		removed := true
		f.Removed = &removed
	}
	if in.HasDescription != "" {
		has := in.HasDescription == "true"
		f.HasDescription = &has
	}
	if in.Project != "" {
		project, err := a.project(ctx, p, in.Project)
		if err != nil {
			return f, err
		}
		f.Project = project.ID
	}
	return f, a.placeFilter(ctx, p, in, &f)
}

// placeFilter sets schema and version.
func (a *API) placeFilter(ctx context.Context, p access.Principal, in *assetsInput, f *store.AssetFilter) error {
	var err error
	if f.Schema, err = a.schemaFilter(ctx, p, in.SchemaID); err != nil {
		return err
	}
	if f.Schema == 0 {
		if in.At != "" {
			return httpserver.InvalidParameter("at", "requires schema_id, because versions belong to a schema")
		}
		return nil
	}
	schema, err := a.store.Schema(ctx, p.WS, f.Schema)
	if err != nil {
		return err
	}
	f.At, err = a.version(ctx, p, schema, in.At)
	return err
}

func breakdownsOf(param string) ([]store.Breakdown, error) {
	var out []store.Breakdown
	for _, w := range words(param) {
		if !slices.Contains(breakdowns, store.Breakdown(w)) {
			return nil, httpserver.InvalidParameter("breakdown", "unknown value %q", w)
		}
		out = append(out, store.Breakdown(w))
	}
	return out, nil
}

// assetResources shows a page of assets, which may be of several schemas: a
// few queries a schema, whatever the number of rows.
func (a *API) assetResources(ctx context.Context, p access.Principal, f store.AssetFilter, rows []catalog.Asset) ([]httpserver.Resource[Asset], error) {
	of := func(catalog.AssetID) catalog.SchemaID { return f.Schema }
	bySchema := map[catalog.SchemaID][]catalog.Asset{f.Schema: rows}
	if f.Schema == 0 {
		schemas, err := a.store.SchemasOf(ctx, p.WS, assetIDs(rows))
		if err != nil {
			return nil, err
		}
		of = func(id catalog.AssetID) catalog.SchemaID { return schemas[id] }
		clear(bySchema)
		for _, row := range rows {
			bySchema[of(row.ID)] = append(bySchema[of(row.ID)], row)
		}
	}
	around := map[catalog.SchemaID]surroundings{}
	for id, rows := range bySchema {
		schema, err := a.store.Schema(ctx, p.WS, id)
		if err != nil {
			return nil, err
		}
		version := f.At
		if version == 0 {
			version = schema.Version
		}
		if around[id], err = a.around(ctx, p, schema, version, rows); err != nil {
			return nil, err
		}
	}
	out := make([]httpserver.Resource[Asset], len(rows))
	for i, row := range rows {
		out[i] = assetResource(row, around[of(row.ID)], false)
	}
	return out, nil
}

func assetIDs(rows []catalog.Asset) []catalog.AssetID {
	ids := make([]catalog.AssetID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return ids
}

// found is an asset as it stood at a version of its schema.
type found struct {
	asset   catalog.Asset
	schema  catalog.Schema
	version int64
}

// asset finds an asset by its label; the prefix must be that of its kind.
func (a *API) asset(ctx context.Context, p access.Principal, label, at string) (found, error) {
	prefix, n, err := catalog.ParseID(label)
	if err != nil {
		return found{}, err
	}
	asset, schemaID, err := a.store.Asset(ctx, p.WS, catalog.AssetID(n), 0)
	if err != nil {
		return found{}, err
	}
	if !p.Sees(schemaID) || asset.Kind.Prefix() != prefix {
		return found{}, catalog.ErrNotFound
	}
	return a.foundAt(ctx, p, schemaID, at, func(version int64) (catalog.Asset, error) {
		asset, _, err := a.store.Asset(ctx, p.WS, asset.ID, version)
		return asset, err
	})
}

// foundAt reads an asset at one version of its schema.
func (a *API) foundAt(ctx context.Context, p access.Principal, id catalog.SchemaID, at string, read func(version int64) (catalog.Asset, error)) (found, error) {
	f := found{}
	var err error
	if f.schema, err = a.store.Schema(ctx, p.WS, id); err != nil {
		return f, err
	}
	if f.version, err = a.version(ctx, p, f.schema, at); err != nil {
		return f, err
	}
	if f.version == 0 {
		return f, catalog.ErrNotFound
	}
	f.asset, err = read(f.version)
	return f, err
}

func (a *API) assetDocument(ctx context.Context, p access.Principal, f found) (httpserver.Document[Asset], error) {
	s, err := a.around(ctx, p, f.schema, f.version, []catalog.Asset{f.asset})
	if err != nil {
		return httpserver.Document[Asset]{}, err
	}
	return httpserver.DocumentOf(assetResource(f.asset, s, true)), nil
}

type assetInput struct {
	IDParam
	AtParam
}

func (a *API) getAsset(ctx context.Context, p access.Principal, in *assetInput) (*httpserver.Body[httpserver.Document[Asset]], error) {
	f, err := a.asset(ctx, p, in.ID, in.At)
	if err != nil {
		return nil, err
	}
	doc, err := a.assetDocument(ctx, p, f)
	return httpserver.Reply(doc), err
}

type uniqueIDInput struct {
	AtParam
	SchemaID string `query:"schema_id" required:"true" maxLength:"64"`
	Project  string `query:"project" maxLength:"512" doc:"Key, name or id of the project; required if two projects have the same unique_id"`
	UniqueID string `query:"unique_id" required:"true" maxLength:"4096"`
}

func (a *API) getAssetByUniqueID(ctx context.Context, p access.Principal, in *uniqueIDInput) (*httpserver.Body[httpserver.Document[Asset]], error) {
	schema, err := a.schema(ctx, p, in.SchemaID)
	if err != nil {
		return nil, err
	}
	project := in.Project
	if _, err := catalog.ParseIDOf(catalog.PrefixProject, project); err == nil {
		named, err := a.project(ctx, p, project)
		if err != nil {
			return nil, err
		}
		project = named.Key
	}
	f, err := a.foundAt(ctx, p, schema.ID, in.At, func(version int64) (catalog.Asset, error) {
		return a.store.AssetByUniqueID(ctx, p.WS, schema.ID, project, in.UniqueID, version)
	})
	if err != nil {
		return nil, err
	}
	doc, err := a.assetDocument(ctx, p, f)
	return httpserver.Reply(doc), err
}

type relationInput struct {
	AtParam
	SchemaID string `query:"schema_id" required:"true" maxLength:"64"`
	Relation string `query:"relation" required:"true" maxLength:"4096" doc:"A relation such as analytics.orders, quoted or not"`
}

func (a *API) getAssetByRelation(ctx context.Context, p access.Principal, in *relationInput) (*httpserver.Body[httpserver.Document[Asset]], error) {
	schema, err := a.schema(ctx, p, in.SchemaID)
	if err != nil {
		return nil, err
	}
	keys, err := a.relationKeys(ctx, p, schema.ID, in.Relation)
	if err != nil {
		return nil, err
	}
	f, err := a.foundAt(ctx, p, schema.ID, in.At, func(version int64) (catalog.Asset, error) {
		for _, key := range keys {
			asset, err := a.store.AssetByRelationKey(ctx, p.WS, schema.ID, key, version)
			if err == nil || !isNotFound(err) {
				return asset, err
			}
		}
		return a.byBareRelation(ctx, p, schema.ID, in.Relation, version)
	})
	if err != nil {
		return nil, err
	}
	doc, err := a.assetDocument(ctx, p, f)
	return httpserver.Reply(doc), err
}
