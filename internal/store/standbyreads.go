package store

import (
	"context"
	"maps"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// What readers ask about a version of a schema, a standby may answer.

// AssetsAt is that of Store.
func (w *WithStandby) AssetsAt(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Asset, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) ([]catalog.Asset, error) { return s.AssetsAt(ctx, ws, schema, at, ids) })
}

// AssetIDs is that of Store.
func (w *WithStandby) AssetIDs(ctx context.Context, ws int64, schema catalog.SchemaID, at int64) ([]catalog.AssetID, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) ([]catalog.AssetID, error) { return s.AssetIDs(ctx, ws, schema, at) })
}

// AssetByUniqueID is that of Store.
func (w *WithStandby) AssetByUniqueID(ctx context.Context, ws int64, schema catalog.SchemaID, project, uniqueID string, at int64) (catalog.Asset, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) (catalog.Asset, error) {
		return s.AssetByUniqueID(ctx, ws, schema, project, uniqueID, at)
	})
}

// AssetsOfNodes is that of Store.
func (w *WithStandby) AssetsOfNodes(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, nodes []catalog.NodeRef) (map[catalog.NodeRef]catalog.AssetID, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) (map[catalog.NodeRef]catalog.AssetID, error) {
		return s.AssetsOfNodes(ctx, ws, schema, at, nodes)
	})
}

// AssetByRelationKey is that of Store.
func (w *WithStandby) AssetByRelationKey(ctx context.Context, ws int64, schema catalog.SchemaID, key string, at int64) (catalog.Asset, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) (catalog.Asset, error) { return s.AssetByRelationKey(ctx, ws, schema, key, at) })
}

// ColumnsOf is that of Store.
func (w *WithStandby) ColumnsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) (map[catalog.AssetID][]catalog.Column, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) (map[catalog.AssetID][]catalog.Column, error) {
		return s.ColumnsOf(ctx, ws, schema, at, ids)
	})
}

// ColumnsAt is that of Store.
func (w *WithStandby) ColumnsAt(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) (map[catalog.AssetID][]catalog.Column, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) (map[catalog.AssetID][]catalog.Column, error) {
		return s.ColumnsAt(ctx, ws, schema, at, ids)
	})
}

// FacetsOf is that of Store.
func (w *WithStandby) FacetsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Facet, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) ([]catalog.Facet, error) { return s.FacetsOf(ctx, ws, schema, at, ids) })
}

// NeighboursOf is that of Store.
func (w *WithStandby) NeighboursOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) (map[catalog.AssetID]Neighbours, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) (map[catalog.AssetID]Neighbours, error) {
		return s.NeighboursOf(ctx, ws, schema, at, ids)
	})
}

// TestsOfAsset is that of Store.
func (w *WithStandby) TestsOfAsset(ctx context.Context, ws int64, schema catalog.SchemaID, asset catalog.AssetID, at int64) ([]catalog.Test, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) ([]catalog.Test, error) { return s.TestsOfAsset(ctx, ws, schema, asset, at) })
}

// TestsOfAssets is that of Store.
func (w *WithStandby) TestsOfAssets(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Test, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) ([]catalog.Test, error) { return s.TestsOfAssets(ctx, ws, schema, at, ids) })
}

// TestBodiesOfAssets is that of Store.
func (w *WithStandby) TestBodiesOfAssets(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Test, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) ([]catalog.Test, error) { return s.TestBodiesOfAssets(ctx, ws, schema, at, ids) })
}

// TestsByID is that of Store.
func (w *WithStandby) TestsByID(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.TestID) ([]catalog.Test, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) ([]catalog.Test, error) { return s.TestsByID(ctx, ws, schema, at, ids) })
}

// ChangedAssets is that of Store.
func (w *WithStandby) ChangedAssets(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64, p Page) (Paged[ChangedAsset], error) {
	return atVersion(ctx, w, Fresh{ws, schema, to}, func(s *Store) (Paged[ChangedAsset], error) { return s.ChangedAssets(ctx, ws, schema, from, to, p) })
}

// ChangedIDs is that of Store.
func (w *WithStandby) ChangedIDs(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64, after catalog.AssetID, limit int) ([]catalog.AssetID, error) {
	return atVersion(ctx, w, Fresh{ws, schema, to}, func(s *Store) ([]catalog.AssetID, error) {
		return s.ChangedIDs(ctx, ws, schema, from, to, after, limit)
	})
}

// VersionsOfAssets is that of Store.
func (w *WithStandby) VersionsOfAssets(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64, ids []catalog.AssetID) ([]AssetVersion, error) {
	return atVersion(ctx, w, Fresh{ws, schema, to}, func(s *Store) ([]AssetVersion, error) { return s.VersionsOfAssets(ctx, ws, schema, from, to, ids) })
}

// Deltas is that of Store.
func (w *WithStandby) Deltas(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64) ([]catalog.VersionDelta, error) {
	return atVersion(ctx, w, Fresh{ws, schema, to}, func(s *Store) ([]catalog.VersionDelta, error) { return s.Deltas(ctx, ws, schema, from, to) })
}

// AssetCards is that of Store.
func (w *WithStandby) AssetCards(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]*AssetCard, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) ([]*AssetCard, error) { return s.AssetCards(ctx, ws, schema, at, ids) })
}

// EdgesInto is that of Store.
func (w *WithStandby) EdgesInto(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Edge, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) ([]catalog.Edge, error) { return s.EdgesInto(ctx, ws, schema, at, ids) })
}

// TestRefs is that of Store.
func (w *WithStandby) TestRefs(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.TestID) ([]TestRef, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) ([]TestRef, error) { return s.TestRefs(ctx, ws, schema, at, ids) })
}

// ColumnBlocks is that of Store.
func (w *WithStandby) ColumnBlocks(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]ColumnEdgeBlock, error) {
	return atVersion(ctx, w, Fresh{ws, schema, at}, func(s *Store) ([]ColumnEdgeBlock, error) { return s.ColumnBlocks(ctx, ws, schema, at, ids) })
}

// Texts is that of Store. A text never changes, so those that the standby has are right.
func (w *WithStandby) Texts(ctx context.Context, ws int64, hashes []catalog.Hash) (map[catalog.Hash]string, error) {
	if !w.usable() {
		return w.Store.Texts(ctx, ws, hashes)
	}
	found, err := w.standby.Texts(ctx, ws, hashes)
	if err != nil && ctx.Err() == nil {
		w.noteRead(err)
		return w.Store.Texts(ctx, ws, hashes)
	}
	var missing []catalog.Hash
	for _, h := range hashes {
		if _, ok := found[h]; !ok && h != (catalog.Hash{}) {
			missing = append(missing, h)
		}
	}
	if err != nil || len(missing) == 0 {
		return found, err
	}
	rest, err := w.Store.Texts(ctx, ws, missing)
	if err != nil {
		return nil, err
	}
	maps.Copy(rest, found)
	return rest, nil
}
