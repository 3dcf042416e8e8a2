package bigquery

import (
	"context"
	"iter"
	"strconv"
	"strings"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// The queries read one dataset each. {} is its information schema, {dataset} the dataset.
const (
	// Views in legacy SQL are listed without their definition.
	tablesQuery = `SELECT t.table_name, t.table_type, o.option_value AS description,
  CASE WHEN t.table_type = 'MATERIALIZED VIEW' THEN t.ddl WHEN v.use_standard_sql = 'YES' THEN v.view_definition END AS definition
FROM {}.TABLES AS t
LEFT JOIN {}.VIEWS AS v ON v.table_name = t.table_name
LEFT JOIN {}.TABLE_OPTIONS AS o ON o.table_name = t.table_name AND o.option_name = 'description'`
	// Columns of external tables have no paths; columns of the system have no position.
	columnsQuery = `SELECT c.table_name, COALESCE(f.field_path, c.column_name) AS path, COALESCE(f.data_type, c.data_type) AS type, f.description,
  c.is_nullable, c.column_default, c.column_name
FROM {}.COLUMNS AS c
LEFT JOIN {}.COLUMN_FIELD_PATHS AS f ON f.table_name = c.table_name AND f.column_name = c.column_name
WHERE c.ordinal_position IS NOT NULL ORDER BY c.table_name, c.ordinal_position, path`
	keysQuery = `SELECT k.table_name, k.constraint_name, c.constraint_type, k.column_name, k.position_in_unique_constraint AS position,
  u.table_schema AS to_schema, u.table_name AS to_table
FROM {}.KEY_COLUMN_USAGE AS k
JOIN {}.TABLE_CONSTRAINTS AS c ON c.constraint_name = k.constraint_name
LEFT JOIN (SELECT DISTINCT constraint_name, table_schema, table_name FROM {}.CONSTRAINT_COLUMN_USAGE) AS u
  ON u.constraint_name = k.constraint_name AND c.constraint_type = 'FOREIGN KEY'
ORDER BY k.table_name, k.constraint_name, k.ordinal_position`
	sizesQuery = "SELECT table_id, row_count, size_bytes FROM {dataset}.__TABLES__"
)

// Tables implements warehouse.Warehouse. It makes four queries for a dataset, however many tables it has.
func (p *Project) Tables(ctx context.Context, of warehouse.Schema) iter.Seq2[warehouse.Table, error] {
	return func(yield func(warehouse.Table, error) bool) {
		tables := map[string]*warehouse.Table{}
		for _, read := range []func(context.Context, warehouse.Schema, map[string]*warehouse.Table) error{p.tables, p.keys, p.sizes} {
			if err := read(ctx, of, tables); err != nil {
				yield(warehouse.Table{}, err)
				return
			}
			if len(tables) == 0 {
				return
			}
		}
		warehouse.WithColumns(tables, p.columns(ctx, of, tables))(yield)
	}
}

// in makes a query about a dataset.
func (p *Project) in(ctx context.Context, query string, of warehouse.Schema) iter.Seq2[row, error] {
	name := "`" + of.Database + "`.`" + of.Name + "`"
	return p.rows(ctx, strings.NewReplacer("{}", name+".INFORMATION_SCHEMA", "{dataset}", name).Replace(query), p.places[of.Name])
}

func (p *Project) tables(ctx context.Context, of warehouse.Schema, tables map[string]*warehouse.Table) error {
	for r, err := range p.in(ctx, tablesQuery, of) {
		if err != nil {
			return err
		}
		name := r.text("table_name")
		tables[name] = &warehouse.Table{
			Schema: of, Name: name, Kind: kindOf(r.text("table_type")), Comment: unquote(r.text("description")), Definition: r.text("definition"),
		}
	}
	return nil
}

func kindOf(tableType string) warehouse.Kind {
	switch tableType {
	case "VIEW":
		return warehouse.View
	case "MATERIALIZED VIEW":
		return warehouse.MaterializedView
	case "EXTERNAL":
		return warehouse.ForeignTable
	}
	return warehouse.BaseTable
}

// unquote returns what a literal of SQL is, as options have them.
func unquote(literal string) string {
	if text, err := strconv.Unquote(literal); err == nil {
		return text
	}
	if len(literal) < 2 {
		return literal
	}
	return strings.NewReplacer(`\n`, "\n", `\"`, `"`, `\'`, `'`, `\\`, `\`).Replace(literal[1 : len(literal)-1])
}

// columns reads the columns of a dataset with the fields within them, table by table.
func (p *Project) columns(ctx context.Context, of warehouse.Schema, tables map[string]*warehouse.Table) iter.Seq2[warehouse.ColumnOf, error] {
	return func(yield func(warehouse.ColumnOf, error) bool) {
		table, ordinal := "", 0
		for r, err := range p.in(ctx, columnsQuery, of) {
			if err != nil {
				yield(warehouse.ColumnOf{}, err)
				return
			}
			if name := r.text("table_name"); name != table {
				table, ordinal = name, 0
			}
			ordinal++
			c := warehouse.Column{Name: r.text("path"), Ordinal: ordinal, Type: r.text("type"), Comment: r.text("description")}
			if c.Name == r.text("column_name") {
				if c.Default = r.text("column_default"); c.Default == "NULL" {
					c.Default = "" // there is none
				}
				if t := tables[table]; t != nil && t.Kind != warehouse.View && t.Kind != warehouse.MaterializedView {
					nullable := r.text("is_nullable") != "NO"
					c.Nullable = &nullable
				}
			}
			if !yield(warehouse.ColumnOf{Table: table, Column: c}, nil) {
				return
			}
		}
	}
}

// sizes reads figures that only those see who may read data.
func (p *Project) sizes(ctx context.Context, of warehouse.Schema, tables map[string]*warehouse.Table) error {
	for r, err := range p.in(ctx, sizesQuery, of) {
		if warehouse.ReasonOf(err) == warehouse.Denied {
			return nil
		}
		if err != nil {
			return err
		}
		if t := tables[r.text("table_id")]; t != nil && t.Kind == warehouse.BaseTable {
			t.Rows, t.Bytes = r.number("row_count"), r.number("size_bytes")
		}
	}
	return nil
}
