package httpapi

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/importing"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Reverter undoes imports, and applies or forgets those of another target that wait.
type Reverter interface {
	// Revert restores the state before an import. If later versions changed some of the same things, it fails with
	// catalog.ErrConflict or, with partly, restores the rest.
	Revert(ctx context.Context, ws int64, imp catalog.Import, by store.By, partly bool) (importing.Reverted, error)
	// Unrevert undoes a revert in the same way.
	Unrevert(ctx context.Context, ws int64, imp catalog.Import, by store.By, partly bool) (importing.Reverted, error)
	// ConfirmTarget queues imports of the manifests of another target that wait.
	ConfirmTarget(ctx context.Context, ws int64, schema catalog.SchemaID, by store.By) ([]catalog.ImportID, error)
	// SetTarget sets the target of a project that feeds its schema.
	SetTarget(ctx context.Context, ws int64, project catalog.ProjectID, target catalog.Target, by store.By) error
	// ExpectTarget does the same for a project of a name that may not have been imported yet.
	ExpectTarget(ctx context.Context, ws int64, schema catalog.SchemaID, name string, target catalog.Target, by store.By) error
	// DismissTarget forgets those manifests.
	DismissTarget(ctx context.Context, ws int64, schema catalog.SchemaID, by store.By) error
}

// Revert is the result of reverting an import, or of undoing that.
type Revert struct {
	Version     *int64 `json:"version" doc:"Version of the schema that it created; null if nothing was different"`
	Restored    int64  `json:"restored" doc:"Nodes restored to their earlier state"`
	NotRestored int64  `json:"not_restored" doc:"Nodes and catalog entries that stay because a later version changed them"`
}

type revertInput struct {
	ImportPath
	Force bool `query:"force" doc:"Restore what no later version changed, and leave the rest"`
}

func (a *API) registerReverts(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPost, Path: "/api/v1/dbt_imports/{id}/revert", Scope: access.WriteCatalog, ID: "revert-import", Tag: "dbt_imports",
		Summary: "Revert an import",
		Description: "What the import's project reported before it is restored, as a new version. Edits made since stay, and so do results of runs. " +
			"If later versions changed some of the same things, it is a conflict; with `force` those stay and the rest is restored. " +
			"The same files are applied again only with force; a newer manifest or catalog is applied as always.",
	}, a.revertImport)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodDelete, Path: "/api/v1/dbt_imports/{id}/revert", Scope: access.WriteCatalog, ID: "undo-import-revert", Tag: "dbt_imports",
		Summary:     "Undo the revert of an import",
		Description: "What the revert restored is as the import left it, as a new version.",
	}, a.undoRevert)
}

func (a *API) revertImport(ctx context.Context, p access.Principal, in *revertInput) (*httpserver.Body[httpserver.Document[Revert]], error) {
	return a.revert(ctx, p, in, a.reverts.Revert)
}

func (a *API) undoRevert(ctx context.Context, p access.Principal, in *revertInput) (*httpserver.Body[httpserver.Document[Revert]], error) {
	return a.revert(ctx, p, in, a.reverts.Unrevert)
}

func (a *API) revert(ctx context.Context, p access.Principal, in *revertInput,
	do func(context.Context, int64, catalog.Import, store.By, bool) (importing.Reverted, error),
) (*httpserver.Body[httpserver.Document[Revert]], error) {
	_, imp, err := a.importOf(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	done, err := do(ctx, p.WS, imp, p.By(), in.Force)
	if err != nil {
		return nil, err
	}
	out := Revert{Restored: done.Restored, NotRestored: done.NotRestored}
	if done.Version != 0 {
		out.Version = &done.Version
	}
	return httpserver.Reply(httpserver.DocumentOf(httpserver.Resource[Revert]{
		ID: imp.ID.String(), Type: "revert", Attributes: out,
		Relationships: &httpserver.Relationships{Schema: &httpserver.Named{ID: imp.SchemaID.String(), Name: imp.SchemaName}},
	})), nil
}
