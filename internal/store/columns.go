package store

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// The columns of a table are one versioned block: they are always read
// together, and a table has tens of them.

// ColumnsOf returns the columns of those of the assets that have any at a
// version (0 = served).
func (s *Store) ColumnsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) (map[catalog.AssetID][]catalog.Column, error) {
	d := s.reader(ws)
	at, err := d.served(ctx, ws, schema, at)
	if err != nil {
		return nil, err
	}
	found := map[catalog.AssetID][]catalog.Column{}
	scan := func(row scanner) (none struct{}, err error) {
		id, columns, err := scanColumns(row)
		found[id] = columns
		return none, err
	}
	err = inBatches(int64s(ids), func(ids []int64) error {
		marks, args := in([]any{ws, int64(schema), at, at}, ids)
		_, err := list(ctx, d, scan, `SELECT asset, body FROM asset_columns
			WHERE ws = ? AND schema_id = ? AND valid_from <= ? AND valid_to > ? AND asset IN `+marks, args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", schema, err)
	}
	return found, nil
}

func scanColumns(row scanner) (catalog.AssetID, []catalog.Column, error) { return scanColumnsAnd(row) }

// scanColumnsAnd scans the columns of an asset and more columns behind them.
func scanColumnsAnd(row scanner, more ...any) (id catalog.AssetID, columns []catalog.Column, err error) {
	var body []byte
	if err := row.Scan(append([]any{(*int64)(&id), &body}, more...)...); err != nil {
		return 0, nil, err
	}
	if err := decode(body, &columns); err != nil {
		return 0, nil, fmt.Errorf("columns of asset %d: %w", id, err)
	}
	return id, columns, nil
}
