package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// ChangedAsset is one asset in two states. Columns are given on both sides, and
// column edges where there are any.
type ChangedAsset struct {
	Asset                               catalog.AssetID
	Version                             int64 // that brought After
	Import                              catalog.ImportID
	Actor                               string
	At                                  time.Time
	Before, After                       *catalog.Asset // Before is nil for a new asset
	BeforeColumns, AfterColumns         []catalog.Column
	BeforeColumnEdges, AfterColumnEdges []byte // as ColumnEdgeBlock.Block
}

// Changes are not stored: each row of an asset, or of the column edges into it,
// beyond the first is one. An asset's columns change together with its row.

func scanChange(row scanner) (c ChangedAsset, err error) {
	var at int64
	err = row.Scan(&c.Version, (*int64)(&c.Asset), (*int64)(&c.Import), &c.Actor, &at)
	c.At = timeOf(at)
	return c, err
}

// changed selects the (version, asset) pairs that something changed in, of the
// versions between two, with the versions' words; which narrows it to one asset.
func changed(which string) string {
	rows := func(table, id string) string {
		return `SELECT valid_from AS number, ` + id + ` AS asset FROM ` + table + ` WHERE ws = ? AND schema_id = ? AND valid_from > ? AND valid_from <= ?` +
			strings.ReplaceAll(which, "id", id)
	}
	return ` FROM (` + rows("assets", "id") + ` UNION ` + rows("column_edges", "asset") + `) k
		JOIN versions v ON v.ws = ? AND v.schema_id = ? AND v.number = k.number `
}

const changeColumns = `SELECT k.number, k.asset, v.import_id, v.actor, v.at`

// ChangedAssets lists what the versions after from up to to changed, by version
// and asset: an asset comes once for each version that changed it.
func (s *Store) ChangedAssets(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64, p Page) (Paged[ChangedAsset], error) {
	d := s.reader(ws)
	to, err := d.served(ctx, ws, schema, to)
	if err != nil {
		return Paged[ChangedAsset]{}, err
	}
	version, asset := from, catalog.Open
	if _, err := p.after(&version, &asset); err != nil {
		return Paged[ChangedAsset]{}, err
	}
	args := []any{ws, int64(schema), from, to, ws, int64(schema), from, to, ws, int64(schema)}
	rows, err := list(ctx, d, scanChange, changeColumns+changed("")+`WHERE (k.number, k.asset) > (?, ?) ORDER BY k.number, k.asset LIMIT ?`,
		append(args[:len(args):len(args)], version, asset, p.limit()+1)...)
	if err != nil {
		return Paged[ChangedAsset]{}, fmt.Errorf("changes of %s: %w", schema, err)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*)`+changed(""), args...)
	if err != nil {
		return Paged[ChangedAsset]{}, fmt.Errorf("changes of %s: %w", schema, err)
	}
	return d.changes(ctx, ws, schema, rows, p, total)
}

// AssetHistory lists the states of an asset, newest first, each with the one
// before.
func (s *Store) AssetHistory(ctx context.Context, ws int64, schema catalog.SchemaID, asset catalog.AssetID, p Page) (Paged[ChangedAsset], error) {
	d := s.reader(ws)
	served, err := d.served(ctx, ws, schema, 0)
	if err != nil {
		return Paged[ChangedAsset]{}, err
	}
	before, id := served+1, int64(0)
	if _, err := p.after(&before, &id); err != nil {
		return Paged[ChangedAsset]{}, err
	}
	const which = ` AND id = ?`
	args := []any{ws, int64(schema), 0, served, int64(asset), ws, int64(schema), 0, served, int64(asset), ws, int64(schema)}
	rows, err := list(ctx, d, scanChange, changeColumns+changed(which)+`WHERE k.number < ? ORDER BY k.number DESC LIMIT ?`,
		append(args[:len(args):len(args)], before, p.limit()+1)...)
	if err != nil {
		return Paged[ChangedAsset]{}, fmt.Errorf("history of asset %d: %w", asset, err)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*)`+changed(which), args...)
	if err != nil {
		return Paged[ChangedAsset]{}, fmt.Errorf("history of asset %d: %w", asset, err)
	}
	if total == 0 {
		return Paged[ChangedAsset]{}, fmt.Errorf("history of asset %d: %w", asset, catalog.ErrNotFound)
	}
	return d.changes(ctx, ws, schema, rows, p, total)
}

// changes cuts the rows to a page and adds the states before and the columns.
func (d db) changes(ctx context.Context, ws int64, schema catalog.SchemaID, rows []ChangedAsset, p Page, total int64) (Paged[ChangedAsset], error) {
	page, err := paged(rows, p, total, func(c ChangedAsset) []any { return []any{c.Version, c.Asset} })
	if err != nil {
		return page, err
	}
	for i := range page.Rows {
		if err := d.fillChange(ctx, ws, schema, &page.Rows[i]); err != nil {
			return Paged[ChangedAsset]{}, fmt.Errorf("change of asset %d: %w", page.Rows[i].Asset, err)
		}
	}
	return page, nil
}

func (d db) fillChange(ctx context.Context, ws int64, schema catalog.SchemaID, c *ChangedAsset) (err error) {
	after, err := d.assetAt(ctx, ws, schema, c.Asset, c.Version)
	if err != nil {
		return err
	}
	c.After = &after
	if c.AfterColumns, err = d.columnsAt(ctx, ws, schema, c.Asset, c.Version); err != nil {
		return err
	}
	if c.AfterColumnEdges, err = d.columnEdgesAt(ctx, ws, schema, c.Asset, c.Version); err != nil {
		return err
	}
	before, err := d.assetAt(ctx, ws, schema, c.Asset, c.Version-1)
	if err != nil {
		return missing(err) // a new asset
	}
	c.Before = &before
	if c.BeforeColumns, err = d.columnsAt(ctx, ws, schema, c.Asset, c.Version-1); err != nil {
		return err
	}
	c.BeforeColumnEdges, err = d.columnEdgesAt(ctx, ws, schema, c.Asset, c.Version-1)
	return err
}

func (d db) columnEdgesAt(ctx context.Context, ws int64, schema catalog.SchemaID, asset catalog.AssetID, at int64) ([]byte, error) {
	block, err := one(ctx, d, scanColumnEdges, `SELECT asset, hash, body FROM column_edges WHERE ws = ? AND schema_id = ? AND asset = ? AND valid_from <= ? AND valid_to > ?`,
		ws, int64(schema), int64(asset), at, at)
	return block.Block, missing(err)
}

func (d db) columnsAt(ctx context.Context, ws int64, schema catalog.SchemaID, asset catalog.AssetID, at int64) ([]catalog.Column, error) {
	columns, err := one(ctx, d, func(row scanner) ([]catalog.Column, error) {
		_, columns, err := scanColumns(row)
		return columns, err
	}, `SELECT asset, body FROM asset_columns WHERE ws = ? AND schema_id = ? AND asset = ? AND valid_from <= ? AND valid_to > ?`,
		ws, int64(schema), int64(asset), at, at)
	return columns, missing(err)
}
