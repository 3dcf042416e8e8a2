package store

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// versionedTable is a table of versioned rows. Rows of the same key replace
// one another from version to version.
type versionedTable struct {
	name   string
	key    string // column; int64 or a hash of 16 bytes
	schema string // schema_id, with a + where the index by the key goes without it
	load   Table
}

// newVersioned names a table whose rows begin with workspace, schema, key and
// the two versions.
func newVersioned(name, key string, columns ...string) versionedTable {
	return versionedTable{name: name, key: key, schema: "schema_id", load: Table{
		Name:    name,
		Columns: append([]string{"ws", "schema_id", key, "valid_from", "valid_to"}, columns...),
	}}
}

// newAssetTable: ids of assets are of the whole installation, and so is the index
// by them.
func newAssetTable(columns ...string) versionedTable {
	t := newVersioned("assets", "id", columns...)
	t.schema = "+schema_id"
	return t
}

var (
	assetTable = newAssetTable("kind", "name", "sort_name", "relation_key", "relation_hash", "project_id", "present",
		"described", "hash", "created_at", "updated_at", "unique_id", "package", "materialized", "group_name", "body", "card")
	labelTable  = newVersioned("asset_labels", "asset", "kind", "label", "value")
	columnTable = newVersioned("asset_columns", "asset", "body")
	facetTable  = newVersioned("facets", "key", "asset", "origin", "source", "unique_id", "project_id", "hash",
		"cause_kind", "cause_id", "at", "tie", "withdrawn_kind", "withdrawn_id", "withdrawn_at", "body")
	// Rows of edits are never deleted with the versions that they were current in.
	editTable = newVersioned("edits", "key", "asset", "position", "number", "field", "column_name",
		"actor_kind", "actor_id", "actor_name", "at", "size", "body")
	edgeTable        = newVersioned("edges", "key", "project_id", "from_asset", "to_asset", "type", "from_node", "confidence", "source")
	testTable        = newVersioned("tests", "id", "project_id", "asset", "unique_id", "hash", "body")
	columnEdgesTable = newVersioned("column_edges", "asset", "hash", "body")
	blameTable       = newVersioned("asset_blames", "asset", "body")
)

// versionedTables are all tables that a dead save may have left rows in.
func versionedTables() []versionedTable {
	return []versionedTable{assetTable, labelTable, columnTable, facetTable, editTable, edgeTable, testTable, columnEdgesTable, blameTable}
}

// close ends the rows of the keys at version next. The + keeps SQLite from
// taking an index on valid_to, which all open rows share.
func (t versionedTable) close(ctx context.Context, tx Tx, l Lease, next int64, keys []any) error {
	return inBatches(keys, func(keys []any) error {
		marks, args := in([]any{next, l.WS, int64(l.Schema), next, catalog.Open}, keys)
		_, err := tx.exec(ctx, `UPDATE `+t.name+` SET valid_to = ? WHERE ws = ? AND `+t.schema+` = ? AND valid_from < ?
			AND +valid_to = ? AND `+t.key+` IN `+marks, args...)
		return err
	})
}

// drop deletes the rows of the keys that version next brought.
func (t versionedTable) drop(ctx context.Context, tx Tx, l Lease, next int64, keys []any) error {
	return inBatches(keys, func(keys []any) error {
		marks, args := in([]any{l.WS, int64(l.Schema), next}, keys)
		_, err := tx.exec(ctx, `DELETE FROM `+t.name+` WHERE ws = ? AND schema_id = ? AND valid_from = ? AND `+t.key+` IN `+marks, args...)
		return err
	})
}

// sweep undoes what a save beyond the served version did to the table.
func (t versionedTable) sweep(ctx context.Context, tx Tx, l Lease, served int64) error {
	if _, err := tx.exec(ctx, `DELETE FROM `+t.name+` WHERE ws = ? AND schema_id = ? AND valid_from > ?`, l.WS, int64(l.Schema), served); err != nil {
		return fmt.Errorf("sweep %s: %w", t.name, err)
	}
	if _, err := tx.exec(ctx, `UPDATE `+t.name+` SET valid_to = ? WHERE ws = ? AND schema_id = ? AND valid_to > ? AND valid_to < ?`,
		catalog.Open, l.WS, int64(l.Schema), served, catalog.Open); err != nil {
		return fmt.Errorf("sweep %s: %w", t.name, err)
	}
	return nil
}
