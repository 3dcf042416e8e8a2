package dbtimports

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

const (
	collection  = "/api/v1/dbt_imports"
	member      = collection + "/{id}"
	createRoute = "POST " + collection
)

// Store is what the API needs of the store; *store.Store implements it.
type Store interface {
	Schema(ctx context.Context, ws int64, id catalog.SchemaID) (catalog.Schema, error)
	Project(ctx context.Context, ws int64, id catalog.ProjectID) (catalog.Project, error)
	TouchBlobs(ctx context.Context, parts []catalog.Part) (store.Touch, error)
	CreateImport(ctx context.Context, ws int64, n store.NewImport) (imp catalog.Import, replayed bool, err error)
	Import(ctx context.Context, ws int64, id catalog.ImportID) (catalog.Import, error)
	Imports(ctx context.Context, ws int64, f store.ImportFilter, p store.Page) (store.Paged[catalog.Import], error)
}

// Deps are the dependencies of the API.
type Deps struct {
	Store   Store
	Blobs   func(ws int64) blob.Store
	Cursors *httpserver.Cursors
	Limits  httpserver.Limits // the zero value means the defaults
	Log     *slog.Logger      // nil: none
	// CreateStatus is the status of an accepted upload; 0 = 202. Some clients expect 201.
	CreateStatus int
	// Uploaded is called with the bytes of each accepted upload; may be nil.
	Uploaded func(bytes int64)
}

// API serves the import API.
type API struct{ Deps }

// New returns the API.
func New(d Deps) *API {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Limits == (httpserver.Limits{}) {
		d.Limits = httpserver.DefaultLimits()
	}
	if d.CreateStatus == 0 {
		d.CreateStatus = http.StatusAccepted
	}
	return &API{d}
}

// Register serves the routes also at the root, and with a trailing slash: clients use all of these forms, and a
// redirect would lose an upload.
func (a *API) Register(s *httpserver.Server) {
	s.Mount("/dbt_imports", httpserver.APIPolicy())
	registry := s.Registry()
	s.Handle(httpserver.Route{
		Method: http.MethodPost, Path: collection, Aliases: forms("/dbt_imports"), Scope: access.WriteImports,
		Handler: http.HandlerFunc(a.create), Operation: createOperation(registry),
	})
	s.Handle(httpserver.Route{
		Method: http.MethodGet, Path: collection, Aliases: forms("/dbt_imports"), Sample: []string{fieldSchema}, Scope: access.ReadImports,
		Tagged: true, Handler: http.HandlerFunc(a.list), Operation: listOperation(registry),
	})
	s.Handle(httpserver.Route{
		Method: http.MethodGet, Path: member, Aliases: forms("/dbt_imports/{id}"), Scope: access.ReadImports,
		Tagged: true, Handler: http.HandlerFunc(a.get), Operation: getOperation(registry),
	})
}

// forms returns the other forms of a path: at the root, and both with a trailing slash.
func forms(path string) []string {
	return []string{path, path + "/{$}", "/api/v1" + path + "/{$}"}
}
