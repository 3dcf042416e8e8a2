package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
)

// assetsInput filters a list of assets.
type assetsInput struct {
	httpserver.PageParams
	AtParam
	SchemaID       string `query:"schema_id" maxLength:"64" example:"SCH-101"`
	Kind           string `query:"kind" maxLength:"512" doc:"One or more kinds, separated by commas"`
	Project        string `query:"project" maxLength:"512" doc:"Id of a project, or with schema_id its name or key" example:"shop"`
	Package        string `query:"package" maxLength:"512"`
	Tag            string `query:"tag" maxLength:"512"`
	Owner          string `query:"owner" maxLength:"512" doc:"Name of an owner, or an e-mail address that a dbt group or exposure gives for one"`
	Group          string `query:"group" maxLength:"512"`
	Status         string `query:"status" enum:"success,error,skipped,warn,fail,pass,other" doc:"Class of the latest result"`
	TestStatus     string `query:"test_status" enum:"pass,warn,fail,error,skipped,unknown" doc:"Assets with a data test whose latest result is of this class" example:"fail"`
	ColumnTag      string `query:"column_tag" maxLength:"512" doc:"Tables that have a column with this tag" example:"pii"`
	Materialized   string `query:"materialized" maxLength:"512"`
	Removed        string `query:"removed" enum:"true,false" default:"false"`
	HasDescription string `query:"has_description" enum:"true,false"`
	Query          string `query:"q" maxLength:"512" doc:"A query as of /search: words, and keys such as column:email"`
	Sort           string `query:"sort" enum:"name,-name,kind,-kind,created_at,-created_at,updated_at,-updated_at,id,-id,downstream,-downstream" doc:"Tables first and then by name, unless given; downstream is the number of direct children and requires schema_id"`
	Breakdown      string `query:"breakdown" maxLength:"128" doc:"Counts over the whole list, separated by commas: kind, tag, owner, group, package, materialized"`
}

var assetKinds = []catalog.Kind{
	catalog.KindModel, catalog.KindSeed, catalog.KindSnapshot, catalog.KindSource, catalog.KindTable, catalog.KindView,
	catalog.KindExposure, catalog.KindMetric, catalog.KindSemanticModel, catalog.KindSavedQuery, catalog.KindUnitTest,
	catalog.KindFunction, catalog.KindMacro, catalog.KindDoc, catalog.KindGroup, catalog.KindAnalysis, catalog.KindOperation,
}

var breakdowns = []store.Breakdown{
	store.ByKind, store.ByTag, store.ByOwner, store.ByGroup, store.ByPackage, store.ByMaterialized,
}

func (a *API) registerAssets(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets", Scope: access.ReadCatalog, ID: "list-assets", Sample: []string{"schema_id"}, Tag: "assets", Summary: "List assets",
		Description: "Tables, exposures, metrics and all other kinds. Tables come first unless sort is given. Removed assets are left out unless removed=true; operations (hooks), macros and docs blocks unless kind names them.",
	}, a.listAssets)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}", Scope: access.ReadCatalog, ID: "get-asset", Tag: "assets", Summary: "Read an asset", Description: "With its relation, texts and their origins, tags, owners, latest run and numbers of tests, columns and neighbours. The id may also be a dbt unique_id or a relation, with schema_id.",
	}, a.getAsset)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/by-unique-id", Scope: access.ReadCatalog, ID: "get-asset-by-unique-id", Tag: "assets",
		Summary: "Find an asset by dbt's unique_id", Description: "A node keeps its asset through renames. Where nodes of several projects have the unique_id and different assets, project is required: until then the reply is 409 with the candidates.",
	}, a.getAssetByUniqueID)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/by-relation", Scope: access.ReadCatalog, ID: "get-asset-by-relation", Tag: "assets",
		Summary: "Find a table by its physical address", Description: "By the case rules of every adapter in the schema, quoted or not. The database may be omitted if only one has such a table; otherwise the reply is 409 with the candidates.",
	}, a.getAssetByRelation)
}

func (a *API) listAssets(ctx context.Context, p access.Principal, in *assetsInput) (*httpserver.Body[httpserver.List[Asset]], error) {
	filter, err := a.assetFilter(ctx, p, in)
	if err != nil {
		return nil, err
	}
	view, err := a.filtered(ctx, p, in.SchemaID, in.At)
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
	list, summaries, err := a.assetPage(ctx, p, view, filter, page, by)
	if err != nil {
		return nil, httpserver.StaleCursor(limited(err), page)
	}
	out := httpserver.ListOf[Asset](ctx, a.cursors, p.WS, in.Limit, list.Next, list.Total)
	if view != nil {
		if out.Meta.Version = view.Version; view.Version == 0 { // before the first import
			return httpserver.Reply(out), nil
		}
	}
	out.Data = slices.Grow(out.Data, len(summaries))
	for i := range summaries {
		out.Data = append(out.Data, assetResource(&summaries[i], false))
	}
	out.Meta.Warnings = httpserver.WarningsOf(list.Warnings)
	for b, counts := range list.Breakdown {
		if out.Meta.Breakdown == nil {
			out.Meta.Breakdown = map[string]map[string]int64{}
		}
		out.Meta.Breakdown[string(b)] = counts
	}
	return httpserver.Reply(out), nil
}

// assetPage returns a page of a schema, or of all schemas if view is nil.
func (a *API) assetPage(ctx context.Context, p access.Principal, view *readmodel.View, f readmodel.Filter, page store.Page, by []store.Breakdown) (readmodel.AssetList, []readmodel.Summary, error) {
	if view == nil && strings.TrimPrefix(f.Sort, "-") == "downstream" {
		return readmodel.AssetList{}, nil, httpserver.InvalidParameter("sort", "downstream requires schema_id")
	}
	if view != nil {
		list, err := view.Assets(ctx, f, page, by)
		if err != nil {
			return list, nil, err
		}
		summaries, err := view.Summaries(ctx, list.Rows)
		return list, summaries, err
	}
	workspace := a.model.Workspace(p)
	list, err := workspace.Assets(ctx, f, page, by)
	if err != nil {
		return list, nil, err
	}
	summaries, err := workspace.Summaries(ctx, list.Rows)
	return list, summaries, err
}

func (a *API) assetFilter(ctx context.Context, p access.Principal, in *assetsInput) (readmodel.Filter, error) {
	f := readmodel.Filter{
		Package: in.Package, Tag: in.Tag, Owner: in.Owner, Group: in.Group, Status: in.Status,
		Materialized: in.Materialized, Query: in.Query, Sort: in.Sort, Removed: in.Removed == "true",
		TestStatus: in.TestStatus, ColumnTag: in.ColumnTag,
	}
	if _, err := a.searchQuery(in.Query); err != nil {
		return f, err
	}
	var err error
	if f.Kinds, err = kindsOf(in.Kind); err != nil {
		return f, err
	}
	if in.HasDescription != "" {
		has := in.HasDescription == "true"
		f.HasDescription = &has
	}
	if in.Project != "" {
		_, project, err := a.projectOf(ctx, p, in.SchemaID, in.Project)
		if err != nil {
			return f, err
		}
		f.Project = project.ID
	}
	return f, nil
}

func breakdownsOf(param string) ([]store.Breakdown, error) {
	var out []store.Breakdown
	for _, w := range splitCommas(param) {
		if err := httpserver.OneOf("breakdown", w, textsOf(breakdowns)); err != nil {
			return nil, err
		}
		out = append(out, store.Breakdown(w))
	}
	return out, nil
}

func textsOf[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

func (a *API) assetDocument(ctx context.Context, _ access.Principal, f found) (httpserver.Document[Asset], error) {
	summaries, err := f.view.Summaries(ctx, []catalog.Asset{f.asset})
	if err != nil {
		return httpserver.Document[Asset]{}, err
	}
	out := assetResource(&summaries[0], true)
	if err := setRoles(ctx, f, out.Attributes.Nodes); err != nil {
		return httpserver.Document[Asset]{}, err
	}
	out.Attributes.OwnerEmails, err = f.view.Contacts(ctx, []catalog.Asset{f.asset})
	return httpserver.DocumentOf(out), err
}

type assetInput struct {
	AssetParam
	AtParam
}

func (a *API) getAsset(ctx context.Context, p access.Principal, in *assetInput) (*httpserver.Body[httpserver.Document[Asset]], error) {
	f, err := a.asset(ctx, p, in.ref(), in.At)
	if err != nil {
		return nil, err
	}
	doc, err := a.assetDocument(ctx, p, f)
	return httpserver.Reply(doc), err
}

type uniqueIDInput struct {
	AtParam
	SchemaID string `query:"schema_id" required:"true" maxLength:"64" example:"SCH-101"`
	Project  string `query:"project" maxLength:"512" doc:"Key, name or id of the project; required if several have the unique_id"`
	UniqueID string `query:"unique_id" required:"true" maxLength:"4096" example:"model.shop.fct_orders"`
}

func (a *API) getAssetByUniqueID(ctx context.Context, p access.Principal, in *uniqueIDInput) (*httpserver.Body[httpserver.Document[Asset]], error) {
	view, err := a.view(ctx, p, in.SchemaID, in.At)
	if err != nil {
		return nil, err
	}
	project, err := a.projectKey(ctx, p, in.Project)
	if err != nil {
		return nil, err
	}
	asset, err := view.AssetByUniqueID(ctx, project, in.UniqueID)
	if err = missingProject(ctx, view, project, err); err != nil {
		return nil, missingName(ctx, view, err, "unique_id", in.UniqueID)
	}
	doc, err := a.assetDocument(ctx, p, foundIn(view, asset))
	return httpserver.Reply(doc), err
}

type relationInput struct {
	AtParam
	SchemaID string `query:"schema_id" required:"true" maxLength:"64" example:"SCH-101"`
	Relation string `query:"relation" required:"true" maxLength:"4096" doc:"A relation such as analytics.orders, quoted or not" example:"marts.fct_orders"`
}

func (a *API) getAssetByRelation(ctx context.Context, p access.Principal, in *relationInput) (*httpserver.Body[httpserver.Document[Asset]], error) {
	view, err := a.view(ctx, p, in.SchemaID, in.At)
	if err != nil {
		return nil, err
	}
	asset, err := view.AssetByRelation(ctx, in.Relation)
	if invalid, ok := errors.AsType[*readmodel.RelationError](err); ok {
		return nil, httpserver.InvalidParameter("relation", "%s", invalid.Reason)
	}
	if err != nil {
		return nil, missingName(ctx, view, err, "relation", in.Relation)
	}
	doc, err := a.assetDocument(ctx, p, foundIn(view, asset))
	return httpserver.Reply(doc), err
}
