package store

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// RelationKeys returns the relation keys that the assets of an origin's nodes have
// in the served version, by unique id. Nodes that are not stored are left out.
func (s *Store) RelationKeys(ctx context.Context, ws int64, schema catalog.SchemaID, origin catalog.Origin, uniqueIDs []string) (map[string]string, error) {
	d := s.reader(ws)
	at, err := d.served(ctx, ws, schema, 0)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(uniqueIDs))
	for _, id := range uniqueIDs {
		key := FacetKey{Origin: origin, Source: catalog.FromManifest, UniqueID: id}.hash()
		keys, err := list(ctx, d, scalar[string], `SELECT a.relation_key FROM facets f
			JOIN assets a ON a.ws = f.ws AND a.schema_id = f.schema_id AND a.id = f.asset AND a.valid_from <= ? AND a.valid_to > ?
			WHERE f.ws = ? AND f.schema_id = ? AND f.key = ? AND f.valid_from <= ? AND f.valid_to > ?`, at, at, ws, int64(schema), key[:], at, at)
		if err != nil {
			return nil, fmt.Errorf("relations of %s: %w", schema, err)
		}
		for _, k := range keys {
			out[id] = k
		}
	}
	return out, nil
}
