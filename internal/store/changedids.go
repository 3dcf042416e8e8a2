package store

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// AssetVersion is a version that changed an asset.
type AssetVersion struct {
	Asset catalog.AssetID
	catalog.Version
}

// ChangedIDs returns the ids of at most limit assets behind one that the versions after from, up to to, changed,
// in their order.
func (s *Store) ChangedIDs(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64, after catalog.AssetID, limit int) ([]catalog.AssetID, error) {
	ids, err := list(ctx, s.reader(ws), scalar[int64], `SELECT id FROM (
			SELECT id FROM assets WHERE ws = ? AND schema_id = ? AND valid_from > ? AND valid_from <= ? AND id > ?
			UNION
			SELECT asset FROM column_edges WHERE ws = ? AND schema_id = ? AND valid_from > ? AND valid_from <= ? AND asset > ?
		) k ORDER BY id LIMIT ?`,
		ws, int64(schema), from, to, int64(after), ws, int64(schema), from, to, int64(after), limit)
	if err != nil {
		return nil, fmt.Errorf("changed assets of %s: %w", schema, err)
	}
	out := make([]catalog.AssetID, len(ids))
	for i, id := range ids {
		out[i] = catalog.AssetID(id)
	}
	return out, nil
}

// VersionsOfAssets returns the versions after from, up to to, that changed assets, by asset and number.
func (s *Store) VersionsOfAssets(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64, ids []catalog.AssetID) ([]AssetVersion, error) {
	d := s.reader(ws)
	var out []AssetVersion
	err := inBatches(int64s(ids), func(ids []int64) error {
		own, args := in([]any{ws, int64(schema), from, to}, ids)
		edges, args := in(append(args, ws, int64(schema), from, to), ids)
		some, err := list(ctx, d, scanAssetVersion, `SELECT k.id, v.schema_id, v.number, v.cause_kind, v.cause_id, v.actor_kind, v.actor_id, v.actor_name, v.at FROM (
				SELECT id, valid_from AS number FROM assets WHERE ws = ? AND +schema_id = ? AND valid_from > ? AND valid_from <= ? AND id IN `+own+`
				UNION
				SELECT asset, valid_from FROM column_edges WHERE ws = ? AND schema_id = ? AND valid_from > ? AND valid_from <= ? AND asset IN `+edges+`
			) k JOIN versions v ON v.ws = ? AND v.schema_id = ? AND v.number = k.number ORDER BY k.id, k.number`, append(args, ws, int64(schema))...)
		out = append(out, some...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("versions that changed assets of %s: %w", schema, err)
	}
	return out, nil
}

func scanAssetVersion(row scanner) (v AssetVersion, err error) {
	var at int64
	err = row.Scan((*int64)(&v.Asset), &v.SchemaID, &v.Number, &v.Cause.Kind, &v.Cause.ID, &v.Actor.Kind, &v.Actor.ID, &v.Actor.Name, &at)
	v.At = timeOf(at)
	return v, err
}
