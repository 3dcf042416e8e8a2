package snowflake

import (
	"context"
	"iter"
	"strconv"
	"strings"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// The statements read one schema each. A role sees the tables that it has a grant on, such as REFERENCES.
const (
	tablesStatement = `SELECT TABLE_NAME, TABLE_TYPE, IS_DYNAMIC, ROW_COUNT, BYTES, COMMENT, NULL AS VIEW_DEFINITION
FROM {database}.INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE NOT LIKE '%TEMPORARY%'
UNION ALL
SELECT TABLE_NAME, NULL, NULL, NULL, NULL, COMMENT, VIEW_DEFINITION FROM {database}.INFORMATION_SCHEMA.VIEWS WHERE TABLE_SCHEMA = ?`
	columnsStatement = `SELECT TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, DATA_TYPE, IS_NULLABLE, COLUMN_DEFAULT, COMMENT,
  NUMERIC_PRECISION, NUMERIC_SCALE, CHARACTER_MAXIMUM_LENGTH, IS_IDENTITY
FROM {database}.INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION`
)

// Tables implements warehouse.Warehouse. It executes a handful of statements for a schema, however many tables
// it has.
func (a *Account) Tables(ctx context.Context, of warehouse.Schema) iter.Seq2[warehouse.Table, error] {
	return func(yield func(warehouse.Table, error) bool) {
		tables, err := a.tables(ctx, of)
		if err == nil && len(tables) > 0 {
			err = a.keys(ctx, of, tables)
		}
		if err != nil {
			yield(warehouse.Table{}, err)
			return
		}
		if len(tables) > 0 {
			warehouse.WithColumns(tables, a.columns(ctx, of, tables))(yield)
		}
	}
}

func in(text, database string) string {
	return strings.ReplaceAll(text, "{database}", quote(database))
}

// tables reads the tables of a schema without their columns.
func (a *Account) tables(ctx context.Context, of warehouse.Schema) (map[string]*warehouse.Table, error) {
	tables := map[string]*warehouse.Table{}
	commands := map[string]bool{}
	for r, err := range a.rows(ctx, in(tablesStatement, of.Database), of.Name, of.Name) {
		if err != nil {
			return nil, err
		}
		name := r.text("TABLE_NAME")
		t := tables[name]
		if t == nil {
			t = &warehouse.Table{Schema: of, Name: name, Kind: warehouse.View}
			tables[name] = t
		}
		if kind := r.text("TABLE_TYPE"); kind != "" {
			t.Kind, t.Comment, t.Rows, t.Bytes = kindOf(kind), r.text("COMMENT"), r.number("ROW_COUNT"), r.number("BYTES")
		} else {
			t.Definition, t.Comment = r.text("VIEW_DEFINITION"), r.text("COMMENT")
		}
		if t.Kind == warehouse.MaterializedView {
			commands["SHOW MATERIALIZED VIEWS"] = true
		}
		if r.text("IS_DYNAMIC") == "YES" {
			commands["SHOW DYNAMIC TABLES"] = true
		}
	}
	for command := range commands {
		if err := a.definitions(ctx, command, of, tables); err != nil {
			return nil, err
		}
	}
	return tables, nil
}

// definitions reads the definitions that the information schema does not have.
func (a *Account) definitions(ctx context.Context, command string, of warehouse.Schema, tables map[string]*warehouse.Table) error {
	for r, err := range a.rows(ctx, command+inSchema(of)) {
		if err != nil {
			return err
		}
		if t := tables[r.text("NAME")]; t != nil {
			t.Definition = r.text("TEXT")
		}
	}
	return nil
}

func inSchema(of warehouse.Schema) string {
	return " IN SCHEMA " + quote(of.Database) + "." + quote(of.Name)
}

func kindOf(tableType string) warehouse.Kind {
	switch tableType {
	case "VIEW":
		return warehouse.View
	case "MATERIALIZED VIEW":
		return warehouse.MaterializedView
	case "EXTERNAL TABLE":
		return warehouse.ForeignTable
	}
	return warehouse.BaseTable
}

// columns reads the columns of a schema, table by table.
func (a *Account) columns(ctx context.Context, of warehouse.Schema, tables map[string]*warehouse.Table) iter.Seq2[warehouse.ColumnOf, error] {
	return func(yield func(warehouse.ColumnOf, error) bool) {
		for r, err := range a.rows(ctx, in(columnsStatement, of.Database), of.Name) {
			if err != nil {
				yield(warehouse.ColumnOf{}, err)
				return
			}
			name := r.text("TABLE_NAME")
			ordinal, _ := strconv.Atoi(r.text("ORDINAL_POSITION")) // only the order counts, which the rows have
			c := warehouse.Column{
				Name: r.text("COLUMN_NAME"), Ordinal: ordinal, Type: typeOf(r), Comment: r.text("COMMENT"),
				Default: r.text("COLUMN_DEFAULT"), Identity: r.text("IS_IDENTITY") == "YES",
			}
			if t := tables[name]; t != nil && t.Kind != warehouse.View && t.Kind != warehouse.MaterializedView {
				nullable := r.text("IS_NULLABLE") != "NO"
				c.Nullable = &nullable
			}
			if !yield(warehouse.ColumnOf{Table: name, Column: c}, nil) {
				return
			}
		}
	}
}

// typeOf spells a type with what its columns in the information schema say of its size.
func typeOf(r row) string {
	name, precision, scale, length := r.text("DATA_TYPE"), r.text("NUMERIC_PRECISION"), r.text("NUMERIC_SCALE"), r.text("CHARACTER_MAXIMUM_LENGTH")
	switch {
	case name == "NUMBER" && precision != "" && scale != "":
		return name + "(" + precision + "," + scale + ")"
	case (name == "TEXT" || name == "VARCHAR") && length != "" && !unbounded(length):
		return "VARCHAR(" + length + ")"
	}
	return name
}

// unbounded reports whether a length is one of those that Snowflake gives columns without one.
func unbounded(length string) bool { return length == "16777216" || length == "134217728" }
