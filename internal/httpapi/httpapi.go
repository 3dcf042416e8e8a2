package httpapi

import (
	"context"
	"errors"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/editing"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Editor applies what people write.
type Editor interface {
	// EditAsset adds the edits that a function computes, by an actor, and returns
	// the asset. Nothing else can change the schema while the function runs.
	// catalog.ErrBusy if the schema is in use for too long.
	EditAsset(ctx context.Context, ws int64, id catalog.AssetID, by catalog.Actor, edits editing.Edits) (catalog.Asset, error)
	// UpdateSchema changes a schema, and merges the assets that a new policy concerns.
	UpdateSchema(ctx context.Context, ws int64, id catalog.SchemaID, by catalog.Actor, patch store.SchemaPatch) error
	// ConfirmRemovals applies pending removals and returns how many assets it removed.
	ConfirmRemovals(ctx context.Context, ws int64, id catalog.SchemaID, by store.By) (int64, error)
	// DismissRemovals discards pending removals.
	DismissRemovals(ctx context.Context, ws int64, id catalog.SchemaID, by store.By) error
}

// Store is what the API needs of the store beyond the read model; *store.Store implements it.
type Store interface {
	CreateSchema(ctx context.Context, ws int64, name, environment string, by store.By) (catalog.Schema, error)
	DeleteSchema(ctx context.Context, ws int64, id catalog.SchemaID, by store.By, check func(store.SchemaRow) error) error
	Key(ctx context.Context, ws, id int64) (store.Key, error)
	Keys(ctx context.Context, ws int64, p store.Page) (store.Paged[store.Key], error)
	User(ctx context.Context, ws, id int64) (store.User, error)
	Users(ctx context.Context, ws int64, p store.Page) (store.Paged[store.User], error)
	Login(ctx context.Context, ws, user int64) (store.Login, error)
	Sessions(ctx context.Context, ws, user int64, p store.Page) (store.Paged[store.Session], error)
	Invitations(ctx context.Context, ws int64, p store.Page) (store.Paged[store.Link], error)
	Personal(ctx context.Context, ws, user int64) (store.Personal, error)
	UpdatePersonal(ctx context.Context, ws, user int64, change func(*store.Personal) error) (store.Personal, error)
	Audit(ctx context.Context, ws int64, f store.AuditFilter, p store.Page) (store.Paged[store.AuditEntry], error)
	CancelImport(ctx context.Context, ws int64, id catalog.ImportID) error

	Schema(ctx context.Context, ws int64, id catalog.SchemaID) (catalog.Schema, error)
	Integration(ctx context.Context, ws int64, uuid string) (store.Integration, error)
	Integrations(ctx context.Context, ws int64, f store.IntegrationFilter, p store.Page) (store.Paged[store.Integration], error)
	Sync(ctx context.Context, ws, integration int64, uuid string) (store.Sync, error)
	Syncs(ctx context.Context, ws, integration int64, p store.Page) (store.Paged[store.Sync], error)
	LastSyncs(ctx context.Context, ws int64, integrations []int64) (map[int64]store.Sync, error)
	SyncImports(ctx context.Context, ws, sync int64) ([]catalog.ImportID, error)
	SyncLog(ctx context.Context, ws, sync int64, p store.Page) (store.Paged[store.LogLine], error)
	CancelSync(ctx context.Context, ws, id int64) error
}

// Deps are the dependencies of the API.
type Deps struct {
	Store        Store
	Model        *readmodel.Model
	Blobs        func(ws int64) blob.Store
	Access       *access.Access
	Cursors      *httpserver.Cursors
	Editor       Editor
	Reverts      Reverter
	Webhooks     Webhooks
	Events       LineageReceiver
	Integrations Integrations
	Limits       httpserver.Limits // the zero value means the defaults
	EventTimes   EventTimes        // the zero value means the defaults
	Now          func() time.Time
}

// API serves the catalog. It has what handlers need.
type API struct {
	store        Store
	blobs        func(ws int64) blob.Store
	access       *access.Access
	cursors      *httpserver.Cursors
	editor       Editor
	reverts      Reverter
	webhooks     Webhooks
	events       LineageReceiver
	integrations Integrations
	limits       httpserver.Limits
	now          func() time.Time
	model        *readmodel.Model
	counts       changeCounts
	eventTimes   EventTimes
	streams      openStreams
	exports      chan struct{} // one for each that is being written
}

// New returns the API.
func New(d Deps) (*API, error) {
	if d.Store == nil || d.Model == nil || d.Access == nil || d.Cursors == nil || d.Editor == nil || d.Reverts == nil || d.Webhooks == nil || d.Integrations == nil || d.Events == nil || d.Blobs == nil || d.Now == nil {
		return nil, errors.New("http api: a dependency is missing")
	}
	if d.Limits == (httpserver.Limits{}) {
		d.Limits = httpserver.DefaultLimits()
	}
	if d.EventTimes == (EventTimes{}) {
		d.EventTimes = DefaultEventTimes()
	}
	a := &API{
		store: d.Store, blobs: d.Blobs, access: d.Access, cursors: d.Cursors,
		editor: d.Editor, reverts: d.Reverts, webhooks: d.Webhooks, events: d.Events, integrations: d.Integrations, limits: d.Limits, now: d.Now,
		eventTimes: d.EventTimes,
		model:      d.Model, exports: make(chan struct{}, exportsAtOnce),
	}
	return a, nil
}

// Register serves the routes of the API, resource by resource.
func (a *API) Register(s *httpserver.Server) {
	s.Mount("/api", httpserver.APIPolicy())
	a.registerSchemas(s)
	a.registerRemovals(s)
	a.registerProjects(s)
	a.registerImports(s)
	a.registerEvents(s)
	a.registerReverts(s)
	a.registerArtifacts(s)
	a.registerAssets(s)
	a.registerSearch(s)
	a.registerColumns(s)
	a.registerEdits(s)
	a.registerEditHistory(s)
	a.registerBlame(s)
	a.registerVersions(s)
	a.registerCode(s)
	a.registerOwners(s)
	a.registerUses(s)
	a.registerFacets(s)
	a.registerTests(s)
	a.registerTestHistory(s)
	a.registerRuns(s)
	a.registerFreshness(s)
	a.registerTrends(s)
	a.registerHealth(s)
	a.registerCoverage(s)
	a.registerIssues(s)
	a.registerChanges(s)
	a.registerDiffs(s)
	a.registerExports(s)
	a.registerLineage(s)
	a.registerLineageEvents(s)
	a.registerMap(s)
	a.registerColumnLineage(s)
	a.registerImpact(s)
	a.registerKeys(s)
	a.registerUsers(s)
	a.registerSetup(s)
	a.registerInvitations(s)
	a.registerSessions(s)
	a.registerMe(s)
	a.registerOIDC(s)
	a.registerIntegrations(s)
	a.registerAudit(s)
	a.registerWebhooks(s)
}
