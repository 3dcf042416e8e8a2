package revision

import (
	"context"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Store is what applying observations needs of the store; *store.Store
// implements it.
type Store interface {
	Schema(ctx context.Context, ws int64, id catalog.SchemaID) (catalog.Schema, error)
	Project(ctx context.Context, ws int64, id catalog.ProjectID) (catalog.Project, error)
	LeaseSchema(ctx context.Context, ws int64, schema catalog.SchemaID, holder string, wait time.Duration) (store.Lease, error)
	RenewLease(ctx context.Context, l store.Lease) error
	ReleaseLease(ctx context.Context, l store.Lease) error
	Begin(ctx context.Context, l store.Lease) (*store.Write, error)
	Index(ctx context.Context, ws int64, schema catalog.SchemaID) (*store.Index, error)
	Fingerprint(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID, name string) ([]byte, error)
	FacetsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, assets []catalog.AssetID) ([]catalog.Facet, error)
	EditedAssets(ctx context.Context, ws int64, schema catalog.SchemaID, at int64) ([]catalog.AssetID, error)
	ChangedFacets(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID, version int64) (before, after []catalog.Facet, err error)
	Version(ctx context.Context, ws int64, schema catalog.SchemaID, n int64) (catalog.Version, error)
	PendingFacets(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, project catalog.ProjectID) ([]catalog.Facet, error)
	AssetsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Asset, error)
	ColumnsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) (map[catalog.AssetID][]catalog.Column, error)
	BlamesOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, assets []catalog.Asset) (map[catalog.AssetID]catalog.Blame, error)
	EndedEdges(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID) ([]catalog.Edge, error)
	EdgesOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, project catalog.ProjectID) ([]catalog.Edge, error)
	TestsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, project catalog.ProjectID, full bool) ([]catalog.Test, error)
	TestsOfAsset(ctx context.Context, ws int64, schema catalog.SchemaID, asset catalog.AssetID, at int64) ([]catalog.Test, error)
	ColumnEdgesOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]store.ColumnEdgeBlock, error)
	PendingRemovals(ctx context.Context, ws int64, schema catalog.SchemaID, p store.Page) (store.Paged[store.PendingRemoval], error)
	Texts(ctx context.Context, ws int64, hashes []catalog.Hash) (map[catalog.Hash]string, error)
	PutTexts(ctx context.Context, ws int64, texts map[catalog.Hash]string) error
}
