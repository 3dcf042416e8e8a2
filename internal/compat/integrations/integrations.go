// Package integrations serves the API by which integrations of dbt Core are fed and managed in another catalog: uploads
// of artifacts that start an extraction, triggers, and the list of integrations. Its paths, fields and replies are
// fixed; docs/guide/compatibility.md has them.
package integrations

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/syncing"
)

// Registry keeps integrations; *syncing.Registry implements it.
type Registry interface {
	Add(ctx context.Context, ws int64, n syncing.New, by store.By) (store.Integration, error)
	Set(ctx context.Context, ws int64, uuid string, c syncing.Change, check func(store.Integration) error, by store.By) (store.Integration, error)
	Delete(ctx context.Context, ws int64, uuid, assets string, check func(store.Integration) error, by store.By) error
	Start(ctx context.Context, ws int64, uuid, reason string, actor catalog.Actor) (store.Sync, error)
	Upload(ctx context.Context, ws int64, uuid string, parts []catalog.Part, touch store.Touch, sync bool, actor catalog.Actor) (store.Sync, error)
}

// Store is what the API needs of the store; *store.Store implements it.
type Store interface {
	TouchBlobs(ctx context.Context, parts []catalog.Part) (store.Touch, error)
	Integration(ctx context.Context, ws int64, uuid string) (store.Integration, error)
	Integrations(ctx context.Context, ws int64, f store.IntegrationFilter, p store.Page) (store.Paged[store.Integration], error)
	LastSyncs(ctx context.Context, ws int64, integrations []int64) (map[int64]store.Sync, error)
}

// Deps are the dependencies of the API.
type Deps struct {
	Registry Registry
	Store    Store
	Model    *readmodel.Model
	Blobs    func(ws int64) blob.Store
	Limits   httpserver.Limits
	Log      *slog.Logger
	// Uploaded is called with the bytes of each accepted upload; may be nil.
	Uploaded func(bytes int64)
}

// API serves the integrations API.
type API struct{ Deps }

// New returns the API.
func New(d Deps) *API { return &API{d} }

const (
	root       = "/integration"
	uploads    = root + "/dbt"
	collection = root + "/integrations"
)

// Register serves the routes at the root and under /api/v1, with and without a trailing slash: clients use all of these
// forms, and a redirect would lose an upload.
func (a *API) Register(s *httpserver.Server) {
	s.Mount(root, httpserver.APIPolicy())
	route := func(method, path string, scope access.Scope, handler http.HandlerFunc, op operation) {
		s.Handle(httpserver.Route{
			Method: method, Path: "/api/v1" + path, Aliases: []string{path, path + "/{$}", "/api/v1" + path + "/{$}"}, Scope: scope,
			Tagged: method == http.MethodGet, Handler: handler, Operation: op.describe(),
		})
	}
	route(http.MethodPost, uploads+"/manifest", access.RunSyncs, a.uploadOne("manifest"), uploadOperation("upload-integration-manifest", "manifest_file", "manifest", "Upload a manifest and start a sync"))
	route(http.MethodPost, uploads+"/run_result", access.RunSyncs, a.uploadOne("run_results"), uploadOperation("upload-integration-run-result", "run_result_file", "run_results", "Upload run results and start a sync"))
	route(http.MethodPost, uploads+"/run_results", access.RunSyncs, a.uploadOne("run_results"), uploadOperation("upload-integration-run-results", "run_result_file", "run_results", "Upload run results and start a sync (older path)"))
	route(http.MethodPost, uploads+"/{id}/upload_artifacts", access.RunSyncs, a.uploadAll, artifactsOperation())
	route(http.MethodPost, uploads+"/{id}/trigger", access.RunSyncs, a.trigger, triggerOperation())
	route(http.MethodGet, uploads+"/{id}/failing_tests", access.ReadCatalog, a.failingTests, failingOperation())
	route(http.MethodGet, collection, access.ReadIntegrations, a.list, listOperation())
	route(http.MethodPost, collection, access.WriteIntegrations, a.create, createOperation())
	route(http.MethodGet, collection+"/{id}", access.ReadIntegrations, a.get, getOperation())
	route(http.MethodPatch, collection+"/{id}", access.WriteIntegrations, a.update, updateOperation())
	route(http.MethodDelete, collection+"/{id}", access.WriteIntegrations, a.remove, removeOperation())
}

// find returns the integration with an id that the principal may see.
func (a *API) find(ctx context.Context, p access.Principal, parameter, id string) (store.Integration, error) {
	i, err := a.Store.Integration(ctx, p.WS, strings.ToLower(strings.TrimSpace(id)))
	if err == nil && !p.Sees(i.Schema) {
		err = catalog.ErrNotFound
	}
	return i, httpserver.Missing(err, parameter, id)
}

// problem returns the problem of a value that an integration cannot have.
func problem(err error) error {
	var field *catalog.FieldError
	if errors.As(err, &field) {
		return httpserver.NewProblem(httpserver.CodeInvalidField, "%s: %s.", field.Field, field.Err).About(field.Field, field.Err.Error())
	}
	return err
}

// unchanged returns the check that the principal still sees an integration, and that its document has the tag of
// If-Match, if there is one.
func (a *API) unchanged(r *http.Request, p access.Principal, id int64) (func(store.Integration) error, error) {
	last, err := a.Store.LastSyncs(r.Context(), p.WS, []int64{id})
	return func(i store.Integration) error {
		if !p.Sees(i.Schema) {
			return catalog.ErrNotFound
		}
		return httpserver.Precondition(r.Header.Get("If-Match"), shown(p, i, last[id]))
	}, err
}
