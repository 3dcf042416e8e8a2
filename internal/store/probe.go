package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// vitalTables are the tables without which requests fail, with the columns of the index that their first and last rows
// are found by.
var vitalTables = []struct{ name, index string }{
	{"workspaces", "id"},
	{"settings", "name"},
	{"counters", "kind"},
	{"api_keys", "ws, id"},
	{"schemas", "ws, id"},
	{"projects", "ws, id"},
	{"versions", "ws, schema_id, number"},
	{"assets", "ws, id, valid_from"},
	{"asset_labels", "ws, schema_id, asset, kind, label, valid_from"},
	{"asset_columns", "ws, schema_id, asset, valid_from"},
	{"facets", "ws, schema_id, key, valid_from"},
	{"edges", "ws, schema_id, key, valid_from"},
	{"tests", "ws, schema_id, id, valid_from"},
	{"column_edges", "ws, schema_id, asset, valid_from"},
	{"texts", "ws, hash"},
	{"imports", "ws, id"},
	{"import_parts", "ws, import_id, position"},
	{"blobs", "sha256"},
	{"fingerprints", "ws, schema_id, project_id, source"},
	{"runs", "ws, id"},
	{"node_results", "ws, run_id, node"},
	{"latest_results", "ws, schema_id, node, project_id"},
	{"removals", "ws, schema_id, asset, project_id, node"},
	{"jobs", "ws, id"},
}

// probe reads the first and the last row of every table that requests need. A database that answers may have lost a
// table or have a damaged one.
func (s *Store) probe(ctx context.Context) error {
	d := s.reader(catalog.DefaultWorkspace)
	for _, table := range vitalTables {
		if err := d.ends(ctx, table.name, table.index); err != nil {
			return fmt.Errorf("table %s: %w", table.name, err)
		}
	}
	return nil
}

// ends reads the first and the last row of a table by an index, with all their values.
func (d db) ends(ctx context.Context, table, index string) error {
	last := strings.ReplaceAll(index, ",", " DESC,") + " DESC"
	_, err := list(ctx, d, everyValue, `SELECT * FROM (SELECT * FROM `+table+` ORDER BY `+index+` LIMIT 1) AS first_row
		UNION ALL SELECT * FROM (SELECT * FROM `+table+` ORDER BY `+last+` LIMIT 1) AS last_row`)
	return err
}

// everyValue reads a row without keeping it.
func everyValue(row scanner) (struct{}, error) {
	rows, ok := row.(interface{ Columns() ([]string, error) })
	if !ok {
		return struct{}{}, nil
	}
	columns, err := rows.Columns()
	if err != nil {
		return struct{}{}, err
	}
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(any)
	}
	return struct{}{}, row.Scan(values...)
}
