package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Blame is recorded while versions are made, so that reading it costs the same whatever happened before. An asset that
// has not changed since it was created has no row.

// AssetBlame is the blame of an asset to be written.
type AssetBlame struct {
	Asset catalog.AssetID
	Blame catalog.Blame
}

// PutBlames writes blames under their assets.
func (w *Write) PutBlames(ctx context.Context, blames []AssetBlame) error {
	blames = last(blames, func(b AssetBlame) catalog.AssetID { return b.Asset })
	return chunks(blames, chunkRows, func(blames []AssetBlame) error {
		bodies, err := encodeAll(ctx, blames, func(e *encoder, b AssetBlame) ([]byte, error) { return e.body(b.Blame) })
		if err != nil {
			return fmt.Errorf("blame: %w", err)
		}
		keys, rows := make([]any, len(blames)), make([][]any, len(blames))
		for i := range blames {
			keys[i] = int64(blames[i].Asset)
			rows[i] = w.row(int64(blames[i].Asset), bodies[i])
		}
		return w.replace(ctx, blameTable, keys, rows)
	})
}

func scanBlame(row scanner) (b AssetBlame, body sql.RawBytes, err error) {
	return b, body, row.Scan((*int64)(&b.Asset), &body)
}

// BlamesOf returns the blames of assets in their states at a version.
func (s *Store) BlamesOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, assets []catalog.Asset) (map[catalog.AssetID]catalog.Blame, error) {
	d, out := s.reader(ws), make(map[catalog.AssetID]catalog.Blame, len(assets))
	after, err := one(ctx, d, scalar[int64], `SELECT blame_after FROM schemas WHERE ws = ? AND id = ?`, ws, int64(schema))
	if err != nil {
		return nil, fmt.Errorf("blame in %s: %w", schema, err)
	}
	ids := make([]int64, len(assets))
	for i := range assets {
		a := &assets[i]
		ids[i] = int64(a.ID)
		if a.Version > after {
			out[a.ID] = catalog.Blame{Created: a.Version}
		}
	}
	err = inBatches(ids, func(ids []int64) error {
		marks, args := in([]any{ws, int64(schema), at, at}, ids)
		_, err := list(ctx, d, func(row scanner) (none struct{}, err error) {
			b, body, err := scanBlame(row)
			if err == nil {
				err = decode(body, &b.Blame)
			}
			out[b.Asset] = b.Blame
			return none, err
		}, `SELECT asset, body FROM asset_blames WHERE ws = ? AND schema_id = ? AND valid_from <= ? AND valid_to > ? AND asset IN `+marks, args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("blame of %d assets: %w", len(assets), err)
	}
	return out, nil
}
