package store

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// NodeAssets returns the assets that an origin's nodes have in the served version, by
// unique id. Nodes that are not stored are left out.
func (s *Store) NodeAssets(ctx context.Context, ws int64, schema catalog.SchemaID, origin catalog.Origin, uniqueIDs []string) (map[string]AssetRef, error) {
	d := s.reader(ws)
	at, err := d.served(ctx, ws, schema, 0)
	if err != nil {
		return nil, err
	}
	scan := func(row scanner) (a AssetRef, err error) { return a, row.Scan(&a.ID, &a.Kind, &a.Name, &a.RelationKey) }
	out := make(map[string]AssetRef, len(uniqueIDs))
	for _, id := range uniqueIDs {
		key := FacetKey{Origin: origin, Source: catalog.FromManifest, UniqueID: id}.hash()
		found, err := list(ctx, d, scan, `SELECT a.id, a.kind, a.name, a.relation_key FROM facets f
			JOIN assets a ON a.ws = f.ws AND a.schema_id = f.schema_id AND a.id = f.asset AND a.valid_from <= ? AND a.valid_to > ?
			WHERE f.ws = ? AND f.schema_id = ? AND f.key = ? AND f.valid_from <= ? AND f.valid_to > ?`, at, at, ws, int64(schema), key[:], at, at)
		if err != nil {
			return nil, fmt.Errorf("assets of nodes of %s: %w", schema, err)
		}
		for _, a := range found {
			out[id] = a
		}
	}
	return out, nil
}
