package store

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// ChangedAsset is one asset in two states. Columns are given on both sides.
type ChangedAsset struct {
	Asset                       catalog.AssetID
	Version                     int64 // that brought After
	Import                      catalog.ImportID
	Actor                       string
	At                          time.Time
	Before, After               *catalog.Asset // Before is nil for a new asset
	BeforeColumns, AfterColumns []catalog.Column
}

// Changes are not stored: each row of an asset beyond its first is one. An
// asset's columns change together with its row.

const changeColumns = `a.id, a.valid_from, a.created_at, a.updated_at, a.body, v.import_id, v.actor, v.at`

const fromChanges = ` FROM assets a JOIN versions v ON v.ws = a.ws AND v.schema_id = a.schema_id AND v.number = a.valid_from `

func scanChange(row scanner) (c ChangedAsset, err error) {
	var at int64
	after, err := scanAssetAnd(row, &c.Import, &c.Actor, &at)
	c.Asset, c.Version, c.After, c.At = after.ID, after.Version, &after, timeOf(at)
	return c, err
}

// ChangedAssets lists what the versions after from up to to changed, by version
// and asset: an asset comes once for each version that changed it.
func (s *Store) ChangedAssets(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64, p Page) (Paged[ChangedAsset], error) {
	d := s.reader()
	to, err := d.served(ctx, ws, schema, to)
	if err != nil {
		return Paged[ChangedAsset]{}, err
	}
	version, asset := from, catalog.Open
	if _, err := p.after(&version, &asset); err != nil {
		return Paged[ChangedAsset]{}, err
	}
	rows, err := list(ctx, d, scanChange, `SELECT `+changeColumns+fromChanges+`
		WHERE a.ws = ? AND a.schema_id = ? AND a.valid_from > ? AND a.valid_from <= ? AND (a.valid_from, a.id) > (?, ?)
		ORDER BY a.valid_from, a.id LIMIT ?`, ws, int64(schema), from, to, version, asset, p.limit()+1)
	if err != nil {
		return Paged[ChangedAsset]{}, fmt.Errorf("changes of %s: %w", schema, err)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM assets WHERE ws = ? AND schema_id = ? AND valid_from > ? AND valid_from <= ?`,
		ws, int64(schema), from, to)
	if err != nil {
		return Paged[ChangedAsset]{}, fmt.Errorf("changes of %s: %w", schema, err)
	}
	return d.changes(ctx, ws, schema, rows, p, total)
}

// AssetHistory lists the states of an asset, newest first, each with the one
// before.
func (s *Store) AssetHistory(ctx context.Context, ws int64, schema catalog.SchemaID, asset catalog.AssetID, p Page) (Paged[ChangedAsset], error) {
	d := s.reader()
	served, err := d.served(ctx, ws, schema, 0)
	if err != nil {
		return Paged[ChangedAsset]{}, err
	}
	before, id := served+1, int64(0)
	if _, err := p.after(&before, &id); err != nil {
		return Paged[ChangedAsset]{}, err
	}
	rows, err := list(ctx, d, scanChange, `SELECT `+changeColumns+fromChanges+`
		WHERE a.ws = ? AND a.id = ? AND a.schema_id = ? AND a.valid_from < ? ORDER BY a.valid_from DESC LIMIT ?`,
		ws, int64(asset), int64(schema), before, p.limit()+1)
	if err != nil {
		return Paged[ChangedAsset]{}, fmt.Errorf("history of asset %d: %w", asset, err)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM assets WHERE ws = ? AND id = ? AND schema_id = ? AND valid_from <= ?`,
		ws, int64(asset), int64(schema), served)
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
	if c.AfterColumns, err = d.columnsAt(ctx, ws, schema, c.Asset, c.Version); err != nil {
		return err
	}
	before, err := d.assetAt(ctx, ws, schema, c.Asset, c.Version-1)
	if err != nil {
		return missing(err) // a new asset
	}
	c.Before = &before
	c.BeforeColumns, err = d.columnsAt(ctx, ws, schema, c.Asset, c.Version-1)
	return err
}

func (d db) columnsAt(ctx context.Context, ws int64, schema catalog.SchemaID, asset catalog.AssetID, at int64) ([]catalog.Column, error) {
	columns, err := one(ctx, d, func(row scanner) ([]catalog.Column, error) {
		_, columns, err := scanColumns(row)
		return columns, err
	}, `SELECT asset, body FROM asset_columns WHERE ws = ? AND schema_id = ? AND asset = ? AND valid_from <= ? AND valid_to > ?`,
		ws, int64(schema), int64(asset), at, at)
	return columns, missing(err)
}
