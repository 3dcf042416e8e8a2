package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// ChangedAsset is one asset in two states. Columns and column edges are given where
// there are two to compare.
type ChangedAsset struct {
	Asset                               catalog.AssetID
	Version                             int64 // that brought After
	Cause                               catalog.Cause
	Actor                               catalog.Actor
	At                                  time.Time
	Before, After                       *catalog.Asset // Before is nil for a new asset
	BeforeColumns, AfterColumns         []catalog.Column
	BeforeColumnEdges, AfterColumnEdges []byte // as ColumnEdgeBlock.Block
}

// Position returns the position of a page that begins after this row.
func (c ChangedAsset) Position() (string, error) { return position(c.Version, c.Asset) }

// Changes are not stored: each row of an asset, or of the column edges into it,
// beyond the first is one. An asset's columns change together with its row.

func scanChange(row scanner) (c ChangedAsset, err error) {
	var at int64
	err = row.Scan(&c.Version, (*int64)(&c.Asset), &c.Cause.Kind, &c.Cause.ID, &c.Actor.Kind, &c.Actor.ID, &c.Actor.Name, &at)
	c.At = timeOf(at)
	return c, err
}

// changedIn selects the (version, asset) pairs behind a position, in order: of
// the assets and of the column edges at most a page each, from their indexes.
const changedIn = `SELECT k.number, k.asset, v.cause_kind, v.cause_id, v.actor_kind, v.actor_id, v.actor_name, v.at FROM (
		SELECT number, asset FROM (SELECT valid_from AS number, id AS asset FROM assets
			WHERE ws = ? AND schema_id = ? AND (valid_from, id) > (?, ?) AND valid_from <= ? ORDER BY valid_from, id LIMIT ?) a
		UNION
		SELECT number, asset FROM (SELECT valid_from AS number, asset FROM column_edges
			WHERE ws = ? AND schema_id = ? AND (valid_from, asset) > (?, ?) AND valid_from <= ? ORDER BY valid_from, asset LIMIT ?) c
	) k JOIN versions v ON v.ws = ? AND v.schema_id = ? AND v.number = k.number
	ORDER BY k.number, k.asset LIMIT ?`

// ChangedAssets lists what the versions after from up to to changed, by version
// and asset: an asset comes once for each version that changed it. The total is
// a difference of the counts that are kept with each version.
func (s *Store) ChangedAssets(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64, p Page) (Paged[ChangedAsset], error) {
	d := s.reader(ws)
	to, err := d.served(ctx, ws, schema, to)
	if err != nil {
		return Paged[ChangedAsset]{}, err
	}
	// What the oldest version changed is not known once the one before is deleted.
	first, err := s.FirstVersion(ctx, ws, schema)
	if err != nil {
		return Paged[ChangedAsset]{}, err
	}
	from = max(from, first)
	version, asset := from, catalog.Open
	if _, err := p.after(&version, &asset); err != nil {
		return Paged[ChangedAsset]{}, err
	}
	if version < from {
		version, asset = from, catalog.Open
	}
	n := p.limit() + 1
	rows, err := list(ctx, d, scanChange, changedIn, ws, int64(schema), version, asset, to, n,
		ws, int64(schema), version, asset, to, n, ws, int64(schema), n)
	if err != nil {
		return Paged[ChangedAsset]{}, fmt.Errorf("changes of %s: %w", schema, err)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT coalesce(max(CASE WHEN number = ? THEN changes_total END), 0)
		- coalesce(max(CASE WHEN number = ? THEN changes_total END), 0)
		FROM versions WHERE ws = ? AND schema_id = ? AND number IN (?, ?)`, to, from, ws, int64(schema), from, to)
	if err != nil {
		return Paged[ChangedAsset]{}, fmt.Errorf("changes of %s: %w", schema, err)
	}
	return d.changes(ctx, ws, schema, rows, p, total)
}

// historyOf selects the versions that changed one asset, by its own rows. Ids of
// assets are of the whole installation; the index by them goes without a schema.
const historyOf = `(SELECT valid_from AS number FROM assets WHERE ws = ? AND id = ? AND +schema_id = ? AND valid_from > ? AND valid_from < ?
		UNION SELECT valid_from FROM column_edges WHERE ws = ? AND schema_id = ? AND asset = ? AND valid_from > ? AND valid_from < ?) k`

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
	first, err := s.FirstVersion(ctx, ws, schema)
	if err != nil {
		return Paged[ChangedAsset]{}, err
	}
	of := func(below int64, more ...any) []any {
		return append([]any{ws, int64(asset), int64(schema), first, below, ws, int64(schema), int64(asset), first, below}, more...)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM `+historyOf, of(served+1)...)
	if err == nil && total == 0 && first == 0 {
		err = catalog.ErrNotFound
	}
	if err != nil {
		return Paged[ChangedAsset]{}, fmt.Errorf("history of asset %d: %w", asset, err)
	}
	rows, err := list(ctx, d, scanChange, `SELECT k.number, CAST(? AS bigint), v.cause_kind, v.cause_id, v.actor_kind, v.actor_id, v.actor_name, v.at FROM `+historyOf+`
		JOIN versions v ON v.ws = ? AND v.schema_id = ? AND v.number = k.number ORDER BY k.number DESC LIMIT ?`,
		append([]any{int64(asset)}, of(min(before, served+1), ws, int64(schema), p.limit()+1)...)...)
	if err != nil {
		return Paged[ChangedAsset]{}, fmt.Errorf("history of asset %d: %w", asset, err)
	}
	return d.changes(ctx, ws, schema, rows, p, total)
}

// changes cuts the rows to a page and adds the states before and the columns. Where
// these have many bytes, the page ends early.
func (d db) changes(ctx context.Context, ws int64, schema catalog.SchemaID, rows []ChangedAsset, p Page, total int64) (Paged[ChangedAsset], error) {
	page, err := paged(rows, p, total, func(c ChangedAsset) []any { return []any{c.Version, c.Asset} })
	if err != nil {
		return page, err
	}
	filled, err := d.fillWithin(ctx, ws, schema, page.Rows)
	if err != nil {
		return Paged[ChangedAsset]{}, fmt.Errorf("changes of %d assets: %w", len(page.Rows), err)
	}
	if filled < len(page.Rows) {
		page.Rows = page.Rows[:filled]
		page.Next, err = page.Rows[filled-1].Position()
	}
	return page, err
}

const (
	changesBytes = 8 << 20 // of texts that a page of changed assets has, more or less
	changesStep  = 8       // by which more assets are read at once than before
)

// fillWithin reads the states of changes, few at first, until their texts are many
// bytes. It returns of how many.
func (d db) fillWithin(ctx context.Context, ws int64, schema catalog.SchemaID, rows []ChangedAsset) (filled int, err error) {
	bytes := 0
	for step := 1; filled < len(rows) && bytes < changesBytes; step *= changesStep {
		some := rows[filled:min(filled+step, len(rows))]
		if err := d.fillChanges(ctx, ws, schema, some); err != nil {
			return filled, err
		}
		for i := range some {
			bytes += some[i].textBytes()
		}
		filled += len(some)
	}
	return filled, nil
}

// textBytes is the length of what may be long in both states.
func (c *ChangedAsset) textBytes() int {
	n := len(c.BeforeColumnEdges) + len(c.AfterColumnEdges)
	for _, a := range []*catalog.Asset{c.Before, c.After} {
		if a != nil {
			n += textBytes(&a.Description) + len(a.Meta) + len(a.Config) + len(a.Extra)
		}
	}
	for _, columns := range [][]catalog.Column{c.BeforeColumns, c.AfterColumns} {
		for i := range columns {
			n += textBytes(&columns[i].Description) + len(columns[i].Meta)
		}
	}
	return n
}

func textBytes(t *catalog.Text) int {
	n := len(t.Value)
	if t.Own != nil {
		n += len(*t.Own)
	}
	for _, h := range t.Hidden {
		n += len(h.Value)
	}
	return n
}

// assetAt is an asset at a version.
type assetAt struct {
	asset   catalog.AssetID
	version int64
}

// fillChanges reads the states of all changes together.
func (d db) fillChanges(ctx context.Context, ws int64, schema catalog.SchemaID, rows []ChangedAsset) error {
	states := make([]assetAt, 0, 2*len(rows))
	for _, c := range rows {
		states = append(states, assetAt{c.Asset, c.Version}, assetAt{c.Asset, c.Version - 1})
	}
	assets := make(map[assetAt]catalog.Asset, len(states))
	err := atVersions(ws, schema, "assets", `+a.schema_id = ? AND a.id`, assetColumns, states, func(query string, args []any) error {
		found, err := listBodies(ctx, d, assetsAtVersions(), query, args...)
		for i := range found {
			assets[assetAt{found[i].ID, found[i].at}] = found[i].Asset
		}
		return err
	})
	if err != nil {
		return err
	}
	var both []assetAt
	for i := range rows {
		c := &rows[i]
		after, before := assetAt{c.Asset, c.Version}, assetAt{c.Asset, c.Version - 1}
		a, ok := assets[after]
		if !ok {
			return fmt.Errorf("asset %d at version %d: %w", c.Asset, c.Version, catalog.ErrNotFound)
		}
		c.After = &a
		if b, ok := assets[before]; ok {
			c.Before = &b
			both = append(both, before, after)
		}
	}
	return d.fillColumns(ctx, ws, schema, rows, both)
}

// fillColumns reads the columns and the column edges of states.
func (d db) fillColumns(ctx context.Context, ws int64, schema catalog.SchemaID, rows []ChangedAsset, states []assetAt) error {
	columns, blocks := map[assetAt][]catalog.Column{}, map[assetAt][]byte{}
	err := atVersions(ws, schema, "asset_columns", `a.schema_id = ? AND a.asset`, `a.asset, a.body`, states, func(query string, args []any) error {
		found, err := listBodies(ctx, d, columnsAtVersions(), query, args...)
		for _, b := range found {
			columns[assetAt{b.asset, b.version}] = b.columns
		}
		return err
	})
	if err != nil {
		return err
	}
	scanEdges := func(row scanner) (none struct{}, err error) {
		var version int64
		b, err := scanColumnEdgesAnd(row, &version)
		blocks[assetAt{b.Asset, version}] = b.Block
		return none, err
	}
	err = atVersions(ws, schema, "column_edges", `a.schema_id = ? AND a.asset`, `a.asset, a.hash, a.body`, states, func(query string, args []any) error {
		_, err := list(ctx, d, scanEdges, query, args...)
		return err
	})
	if err != nil {
		return err
	}
	for i := range rows {
		c := &rows[i]
		if c.Before == nil {
			continue
		}
		after, before := assetAt{c.Asset, c.Version}, assetAt{c.Asset, c.Version - 1}
		c.BeforeColumns, c.AfterColumns = columns[before], columns[after]
		c.BeforeColumnEdges, c.AfterColumnEdges = blocks[before], blocks[after]
	}
	return nil
}

// statesAtOnce is how many states one query reads.
const statesAtOnce = 128

// assetAtVersion is an asset at a version that it is asked for.
type assetAtVersion struct {
	catalog.Asset
	at int64
}

func assetsAtVersions() bodyRow[assetAtVersion] {
	return bodyRow[assetAtVersion]{
		scan: func(row scanner) (a assetAtVersion, body sql.RawBytes, err error) {
			a.Asset, body, err = scanAssetAnd(row, &a.at)
			return a, body, err
		},
		fill: func(a *assetAtVersion, body storedBody) error { return fillAsset(&a.Asset, body) },
	}
}

func columnsAtVersions() bodyRow[columnBlock] {
	return bodyRow[columnBlock]{
		scan: func(row scanner) (columnBlock, sql.RawBytes, error) {
			var version int64
			b, body, err := scanColumnsAnd(row, &version)
			b.version = version
			return b, body, err
		},
		fill: fillColumns,
	}
}

// atVersions calls read with queries of the rows of a table that are valid for assets at versions, found by
// the schema and the asset. They have the version behind their columns.
func atVersions(ws int64, schema catalog.SchemaID, table, by, columns string, states []assetAt, read func(query string, args []any) error) error {
	return chunks(states, statesAtOnce, func(states []assetAt) error {
		n := listLength(len(states))
		args := make([]any, 0, 2*n+2)
		for _, s := range states {
			args = append(args, int64(s.asset), s.version)
		}
		for range n - len(states) {
			args = append(args, int64(0), int64(0)) // no asset
		}
		const pair = `(CAST(? AS bigint), CAST(? AS bigint))`
		return read(`SELECT `+columns+`, k.column2 FROM (VALUES `+pair+strings.Repeat(`, `+pair, n-1)+`) k CROSS JOIN `+table+` a
			WHERE a.ws = ? AND `+by+` = k.column1 AND a.valid_from <= k.column2 AND a.valid_to > k.column2`,
			append(args, ws, int64(schema)))
	})
}

// ChangesAt returns how some versions changed an asset, without what made them; those that are deleted, and those from
// which nothing older is kept, are left out.
func (s *Store) ChangesAt(ctx context.Context, ws int64, schema catalog.SchemaID, asset catalog.AssetID, versions []int64) ([]ChangedAsset, error) {
	first, err := s.FirstVersion(ctx, ws, schema)
	if err != nil {
		return nil, err
	}
	var rows []ChangedAsset
	for _, n := range versions {
		if n > first {
			rows = append(rows, ChangedAsset{Asset: asset, Version: n})
		}
	}
	if err := s.reader(ws).fillChanges(ctx, ws, schema, rows); err != nil {
		return nil, fmt.Errorf("changes of asset %d: %w", asset, err)
	}
	return rows, nil
}
