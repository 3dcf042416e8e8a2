package httpapi

import (
	"context"
	"fmt"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Change is a difference of an asset between two versions.
type Change struct {
	At       string                        `json:"at" format:"date-time"`
	Cause    httpserver.Nullable[Cause]    `json:"cause"`
	ActorRef httpserver.Nullable[ActorRef] `json:"actor_ref" doc:"Who made it: for an import, who sent it"`
	Import   *string                       `json:"import" doc:"The import that made it; null unless the cause is an import"`
	Actor    string                        `json:"actor" doc:"import, or the person behind the key"`
	Asset    string                        `json:"asset"`
	Name     string                        `json:"name" doc:"Name of the asset"`
	Field    *string                       `json:"field" doc:"Null for the asset or column as a whole; lineage: origins of a column; lineage_rows: columns that decide the rows; lineage_status: how completely the code was read"`
	Column   *string                       `json:"column"`
	Old      *string                       `json:"old"`
	New      *string                       `json:"new"`
	Kind     string                        `json:"kind" enum:"created,updated,removed,restored"`
	Version  int64                         `json:"version"`
}

// ChangeRow is a change as a resource. Its fields are also next to its attributes, where they were before changes had
// the envelope of all other resources.
type ChangeRow struct {
	ID         string `json:"id"`
	Type       string `json:"type" enum:"change"`
	Attributes Change `json:"attributes"`
	Change
}

// Changes is a page of changes.
type Changes struct {
	Data  []ChangeRow      `json:"data" nullable:"false"`
	Links httpserver.Links `json:"links"`
	Meta  ChangesMeta      `json:"meta"`
}

// ChangesMeta describes a page of changes.
type ChangesMeta struct {
	httpserver.ListMeta
	ChangedAssets int64 `json:"changed_assets" doc:"Changed assets of the whole list; an asset counts once for each version that changed it"`
}

func (a *API) registerChanges(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/changes", Scope: access.ReadCatalog, ID: "list-changes", Tag: "changes", Summary: "List the changes between two versions",
		Description: "Ordered by version. A page has less than `limit` changes where their values have more than 1 MiB. `total` counts changes, and is null where more than 200 assets changed.",
	}, a.listChanges)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/changes", Scope: access.ReadCatalog, ID: "list-asset-changes", Tag: "changes",
		Summary: "List the changes of an asset, newest first", Description: "What imports, edits and confirmed removals changed, field by field, with cause and actor.",
	}, a.listAssetChanges)
}

type changesInput struct {
	httpserver.PageParams
	SchemaID string `query:"schema_id" required:"true" maxLength:"64" example:"SCH-101"`
	From     string `query:"from" maxLength:"64" doc:"Version or time after which changes are listed; default: the first version"`
	To       string `query:"to" maxLength:"64" doc:"Version or time up to which changes are listed; default: the served version"`
}

func (a *API) listChanges(ctx context.Context, p access.Principal, in *changesInput) (*httpserver.Body[Changes], error) {
	view, err := a.view(ctx, p, in.SchemaID, "")
	if err != nil {
		return nil, err
	}
	if view, err = viewAt(ctx, view, "to", in.To); err != nil {
		return nil, err
	}
	from := int64(0)
	if in.From != "" {
		since, err := viewAt(ctx, view, "from", in.From)
		if err != nil {
			return nil, err
		}
		from = since.Version
	}
	return a.changesBetween(ctx, p, view, from, view.Version, in.PageParams)
}

type importChangesInput struct {
	ImportPath
	httpserver.PageParams
}

func (a *API) listImportChanges(ctx context.Context, p access.Principal, in *importChangesInput) (*httpserver.Body[Changes], error) {
	view, imp, err := a.importOf(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	return a.changesBetween(ctx, p, view, imp.Version-1, imp.Version, in.PageParams)
}

// changesBetween lists the changes of the versions after from, up to to.
func (a *API) changesBetween(ctx context.Context, p access.Principal, view *readmodel.View, from, to int64, params httpserver.PageParams) (*httpserver.Body[Changes], error) {
	of := changeList{schema: view.Schema.ID, from: from, to: to}
	return a.changes(ctx, p, params, of, func(ctx context.Context, page store.Page) (store.Paged[store.ChangedAsset], error) {
		return view.Changes(ctx, from, to, page)
	})
}

type assetChangesInput struct {
	AssetParam
	httpserver.PageParams
}

func (a *API) listAssetChanges(ctx context.Context, p access.Principal, in *assetChangesInput) (*httpserver.Body[Changes], error) {
	f, err := a.asset(ctx, p, in.ref(), "")
	if err != nil {
		return nil, err
	}
	of := changeList{schema: f.view.Schema.ID, asset: f.asset.ID, to: f.view.Version}
	return a.changes(ctx, p, in.PageParams, of, func(ctx context.Context, page store.Page) (store.Paged[store.ChangedAsset], error) {
		return f.view.History(ctx, f.asset.ID, page)
	})
}

func changesOf(row store.ChangedAsset) []ChangeRow {
	asset := row.After
	if asset == nil {
		asset = row.Before
	}
	all := readmodel.ChangesOf(row)
	out := make([]ChangeRow, 0, len(all))
	for i, c := range all {
		change := Change{
			At:    timeOrEmpty(row.At),
			Cause: causeOf(row.Cause), ActorRef: actorRefOf(row.Actor), Import: importLabel(row.Cause.Import()),
			Actor: actorText(row), Asset: row.Asset.Label(asset.Kind), Name: asset.Name, Field: optional(c.Field), Column: optional(c.Column),
			Old: optional(c.Old), New: optional(c.New), Kind: string(c.Kind), Version: row.Version,
		}
		out = append(out, ChangeRow{ID: fmt.Sprintf("%d-%d-%d", row.Version, row.Asset, i+1), Type: "change", Attributes: change, Change: change})
	}
	return out
}

// actorText returns "import" for changes by an import, else the name of who made the change.
func actorText(row store.ChangedAsset) string {
	if row.Cause.Kind == catalog.CauseImport {
		return string(row.Cause.Kind)
	}
	return row.Actor.Name
}
