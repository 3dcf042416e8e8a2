package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Editor writes what people say; the pipeline of imports is one.
type Editor interface {
	// EditAsset adds edits of the person by and gives the asset as it then
	// stands. catalog.ErrBusy if an import holds the schema too long.
	EditAsset(ctx context.Context, ws int64, id catalog.AssetID, by string, edits []catalog.Edit) (catalog.Asset, error)
	// ConfirmRemovals applies what the removals guard withheld and counts it.
	ConfirmRemovals(ctx context.Context, ws int64, id catalog.SchemaID, by string) (int64, error)
	// DismissRemovals forgets what the removals guard withheld.
	DismissRemovals(ctx context.Context, ws int64, id catalog.SchemaID, by string) error
}

// Route is a route of another package, such as a compatible API. It is listed
// in access under Method and Path.
type Route struct {
	Method, Path string
	Aliases      []string // further paths of the same route
	Handler      http.Handler
	Operation    *huma.Operation // its description; Method and Path are filled in
}

// Deps is what the API is made of.
type Deps struct {
	Store   *store.Store
	Blobs   func(ws int64) blob.Store
	Access  *access.Access
	Cursors *Cursors
	Editor  Editor
	Routes  []func(huma.Registry) []Route // of the compatible APIs
	Limits  Limits                        // the zero value means DefaultLimits
	Log     *slog.Logger
	Now     func() time.Time
	Version string

	// Loopback is set where the server listens on loopback only: it then
	// answers to names of loopback and to Hosts alone. Without Loopback, and
	// with Hosts, the same; without both, to every name.
	Loopback bool
	Hosts    []string

	Metrics     http.Handler // nil: none
	MetricsKey  bool         // metrics ask for a key with read:audit
	Observe     func(route, method string, status int, took time.Duration)
	QueryWithin time.Duration // of one request; 0 = no limit
}

// api holds what handlers need.
type api struct {
	huma    huma.API
	store   *store.Store
	blobs   func(ws int64) blob.Store
	access  *access.Access
	cursors *Cursors
	editor  Editor
	limits  Limits
	now     func() time.Time
	states  *states[schemaState]
	columns *states[columnState]
}

// New makes the handler of everything under one address. It fails if a route
// has no scope, or a scope no route.
func New(d Deps) (http.Handler, error) {
	if d.Store == nil || d.Access == nil || d.Cursors == nil || d.Editor == nil || d.Blobs == nil || d.Log == nil || d.Now == nil {
		return nil, errors.New("http api: a dependency is missing")
	}
	if d.Limits == (Limits{}) {
		d.Limits = DefaultLimits()
	}
	rt := newRouter(d.Access)
	a := &api{
		huma: newHuma(rt, d.Version, d.QueryWithin), store: d.Store, blobs: d.Blobs, access: d.Access, cursors: d.Cursors,
		editor: d.Editor, limits: d.Limits, now: d.Now,
		states: newStates(keptAssets, (*schemaState).weight, func(ctx context.Context, key stateKey) (*schemaState, error) { return loadState(ctx, d.Store, key) }),
	}
	a.columns = newStates(keptColumns, (*columnState).weight, a.loadColumns)
	a.register()
	a.health(rt, d)
	a.foreign(rt, d.Routes)
	if err := a.openAPI(rt); err != nil {
		return nil, err
	}
	if err := rt.check(); err != nil {
		return nil, err
	}
	return &edge{
		next: rt, log: d.Log, now: d.Now, limits: d.Limits, loopbackOnly: d.Loopback,
		hosts: slices.Clone(d.Hosts), observe: d.Observe,
	}, nil
}

// register serves our routes, noun by noun.
func (a *api) register() {
	a.registerLimits()
	a.registerSchemas()
	a.registerRemovals()
	a.registerProjects()
	a.registerImports()
	a.registerArtifacts()
	a.registerAssets()
	a.registerColumns()
	a.registerEdits()
	a.registerCode()
	a.registerFacets()
	a.registerTests()
	a.registerRuns()
	a.registerChanges()
	a.registerLineage()
	a.registerColumnLineage()
	a.registerImpact()
	a.registerKeys()
}

// foreign serves the routes of other packages and describes them.
func (a *api) foreign(rt *router, groups []func(huma.Registry) []Route) {
	doc := a.huma.OpenAPI()
	for _, routes := range groups {
		for _, r := range routes(doc.Components.Schemas) {
			rt.handle(r.Method, r.Path, r.Handler, r.Aliases...)
			if r.Operation == nil {
				continue
			}
			op := *r.Operation
			op.Method, op.Path, op.Security = r.Method, r.Path, securityOf(r.Method+" "+r.Path)
			op.Responses["default"] = a.problemReply()
			doc.AddOperation(&op)
		}
	}
}

// SchemaOf describes a type for an operation of another package.
func SchemaOf[T any](registry huma.Registry) *huma.Schema {
	t := reflect.TypeFor[T]()
	return registry.Schema(t, true, t.Name())
}
