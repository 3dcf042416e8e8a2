package store_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"

	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
)

// withoutTexts are the tables with bodies that never refer to texts, and why.
var withoutTexts = map[string]string{ //nolint:gochecknoglobals // constant
	"asset_blames": "a blame holds names and numbers of versions",
	"column_edges": "a block holds numbers and names, encoded on its own",
	"texts":        "the texts themselves",
	"user_facets":  "the edits of older programs, which Migrate moves to edits",
}

// A text whose reference is in a table that CollectTexts does not look through would be deleted while it is used.
func TestTextTablesAreComplete(t *testing.T) {
	folder := t.TempDir()
	s, err := sqlite.Open(t.Context(), folder, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	bodies := tablesWithBody(t, folder)
	for _, table := range bodies {
		looked := slices.Contains(store.TextTables(), table)
		if _, exempt := withoutTexts[table]; looked == exempt {
			t.Errorf("table %s has bodies: it belongs either in textRows or in withoutTexts", table)
		}
	}
	for _, table := range store.TextTables() {
		if !slices.Contains(bodies, table) {
			t.Errorf("textRows has %s, which has no bodies", table)
		}
	}
}

// tablesWithBody returns the tables of a catalog that have a column body.
func tablesWithBody(t *testing.T, folder string) (tables []string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(folder, sqlite.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND c.name = 'body' ORDER BY m.name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return tables
}
