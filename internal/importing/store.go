package importing

import (
	"context"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Store is what reading artifacts needs of the store; *store.Store implements
// it.
type Store interface {
	Schema(ctx context.Context, ws int64, id catalog.SchemaID) (catalog.Schema, error)
	Import(ctx context.Context, ws int64, id catalog.ImportID) (catalog.Import, error)
	TouchBlobs(ctx context.Context, parts []catalog.Part) (store.Touch, error)
	CreateImport(ctx context.Context, ws int64, n store.NewImport) (imp catalog.Import, replayed bool, err error)
	NodeAssets(ctx context.Context, ws int64, schema catalog.SchemaID, origin catalog.Origin, uniqueIDs []string) (map[string]store.AssetRef, error)
	Applied(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID, p store.AppliedPart) (catalog.ProjectID, bool, error)
	Fingerprint(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID, name string) ([]byte, error)
	Project(ctx context.Context, ws int64, id catalog.ProjectID) (catalog.Project, error)
	Projects(ctx context.Context, ws int64, schema catalog.SchemaID, p store.Page) (store.Paged[catalog.Project], error)
	ProjectByKey(ctx context.Context, ws int64, schema catalog.SchemaID, key string) (catalog.Project, error)
	ExpectProject(ctx context.Context, ws int64, schema catalog.SchemaID, name string) (catalog.Project, error)
	EnsureProject(ctx context.Context, ws int64, schema catalog.SchemaID, key, name string) (catalog.Project, error)
	Index(ctx context.Context, ws int64, schema catalog.SchemaID) (*store.Index, error)
	FacetsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, assets []catalog.AssetID) ([]catalog.Facet, error)
	LeaseForJob(ctx context.Context, c store.JobClaim, schema catalog.SchemaID, wait time.Duration) (store.Lease, error)
	PutRun(ctx context.Context, ws int64, run catalog.Run, results []catalog.NodeResult, freshness []catalog.Freshness) (id catalog.RunID, stored bool, err error)
	AdoptRuns(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID, owns func(uniqueIDs []string) bool) (int, error)
}
