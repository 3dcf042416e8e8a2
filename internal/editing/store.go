package editing

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Store is what editing needs of the store; *store.Store implements it.
type Store interface {
	Schema(ctx context.Context, ws int64, id catalog.SchemaID) (catalog.Schema, error)
	UpdateSchema(ctx context.Context, ws int64, id catalog.SchemaID, patch store.SchemaPatch) (catalog.Schema, error)
	Asset(ctx context.Context, ws int64, id catalog.AssetID, at int64) (catalog.Asset, catalog.SchemaID, error)
	FacetsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, assets []catalog.AssetID) ([]catalog.Facet, error)
	NewIDs(ctx context.Context, prefix string, n int64) (first int64, err error)
}
