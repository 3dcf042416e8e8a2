package store

import (
	"context"
	"database/sql"
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
	return d.columnsOf(ctx, ws, schema, at, ids)
}

// ColumnsAt is ColumnsOf at a version that may be the one in the making.
func (s *Store) ColumnsAt(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) (map[catalog.AssetID][]catalog.Column, error) {
	return s.reader(ws).columnsOf(ctx, ws, schema, at, ids)
}

func (d db) columnsOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) (map[catalog.AssetID][]catalog.Column, error) {
	found := map[catalog.AssetID][]catalog.Column{}
	rows := bodyRow[columnBlock]{func(row scanner) (columnBlock, sql.RawBytes, error) { return scanColumnsAnd(row) }, fillColumns}
	err := inBatches(int64s(ids), func(ids []int64) error {
		marks, args := in([]any{ws, int64(schema), at, at}, ids)
		blocks, err := listBodies(ctx, d, rows, `SELECT asset, body FROM asset_columns
			WHERE ws = ? AND schema_id = ? AND valid_from <= ? AND valid_to > ? AND asset IN `+marks, args...)
		for i := range blocks {
			found[blocks[i].asset] = blocks[i].columns
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", schema, err)
	}
	return found, nil
}

// columnBlock is the columns of an asset, at a version where several are read.
type columnBlock struct {
	asset   catalog.AssetID
	version int64
	columns []catalog.Column
}

// scanColumnsAnd scans the columns of an asset and more columns behind them.
func scanColumnsAnd(row scanner, more ...any) (b columnBlock, body sql.RawBytes, err error) {
	err = row.Scan(append([]any{(*int64)(&b.asset), &body}, more...)...)
	return b, body, err
}

func fillColumns(b *columnBlock, body storedBody) error {
	if err := body.decode(&b.columns); err != nil {
		return fmt.Errorf("columns of asset %d: %w", b.asset, err)
	}
	return nil
}
