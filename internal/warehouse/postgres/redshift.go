package postgres

import (
	"context"
	"errors"
	"iter"
	"strconv"
	"strings"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// RedshiftPlatform is the name of Redshift's adapter in dbt.
const RedshiftPlatform = "redshift"

// Redshift is a connection to a database of Redshift: it speaks the protocol of PostgreSQL 8.0, and has catalogs of its
// own. What its leader knows and what its nodes know cannot be read by one query.
type Redshift struct{ Database }

// OpenRedshift connects to a database of Redshift as Open does to one of PostgreSQL.
func OpenRedshift(ctx context.Context, o Options) (*Redshift, error) {
	conn, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	d := &Redshift{Database{conn: conn, begins: beginning}}
	if err := d.identify(ctx); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return d, nil
}

func (d *Redshift) identify(ctx context.Context) error {
	for row, err := range d.rows(ctx, `SELECT current_database(), version()`) {
		if err != nil {
			return err
		}
		d.name = text(row, 0)
		_, version, ok := strings.Cut(text(row, 1), "Redshift ")
		if !ok {
			return &warehouse.Error{Reason: warehouse.NotAWarehouse, Message: "the server is not Redshift but " + warehouse.Printable(text(row, 1))}
		}
		d.version = "Redshift " + warehouse.Printable(version)
	}
	return nil
}

// Platform implements warehouse.Warehouse.
func (d *Redshift) Platform() string { return RedshiftPlatform }

// The queries read one schema each. The first three are the leader's. A materialized view is a view whose definition
// shows it, with a table for its rows that is not listed; a view that is bound late has columns if it can be executed.
const (
	redshiftTables = `SELECT c.relname, c.relkind, d.description, CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END, c.reltuples::bigint
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_description d ON d.objoid = c.oid AND d.objsubid = 0
WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm') AND substring(c.relname, 1, 8) <> 'mv_tbl__'`
	redshiftColumns = `SELECT c.relname, a.attname, a.attnum, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
  pg_catalog.pg_get_expr(f.adbin, f.adrelid), d.description
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
LEFT JOIN pg_catalog.pg_description d ON d.objoid = a.attrelid AND d.objsubid = a.attnum
WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum`
	redshiftConstraints = `SELECT c.relname, k.conname, pg_catalog.pg_get_constraintdef(k.oid)
FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND k.contype IN ('p', 'u', 'f') ORDER BY c.relname, k.conname`
	redshiftLate = `SELECT view_name, col_name, col_num, col_type
FROM pg_catalog.pg_get_late_binding_view_cols() cols(view_schema name, view_name name, col_name name, col_type varchar, col_num int)
WHERE view_schema = $1 ORDER BY view_name, col_num`
	redshiftExternal = `SELECT tablename, columnname, columnnum, external_type FROM pg_catalog.svv_external_columns WHERE schemaname = $1 ORDER BY tablename, columnnum`
	redshiftSizes    = `SELECT "table", size, tbl_rows::bigint FROM pg_catalog.svv_table_info WHERE "schema" = $1`
)

// Tables implements warehouse.Warehouse.
func (d *Redshift) Tables(ctx context.Context, of warehouse.Schema) iter.Seq2[warehouse.Table, error] {
	return func(yield func(warehouse.Table, error) bool) {
		tables := map[string]*warehouse.Table{}
		for _, read := range []func(context.Context, warehouse.Schema, map[string]*warehouse.Table) error{
			d.tables, d.constraints, d.late, d.external, d.sizes,
		} {
			if err := read(ctx, of, tables); err != nil {
				yield(warehouse.Table{}, err)
				return
			}
		}
		warehouse.WithColumns(tables, d.columns(ctx, of, tables))(yield)
	}
}

func (d *Redshift) tables(ctx context.Context, of warehouse.Schema, tables map[string]*warehouse.Table) error {
	for row, err := range d.rows(ctx, redshiftTables, of.Name) {
		if err != nil {
			return err
		}
		t := &warehouse.Table{Schema: of, Name: text(row, 0), Kind: kindOf(text(row, 1)), Comment: text(row, 2), Definition: text(row, 3)}
		if t.Kind == warehouse.View && startsWith(t.Definition, "create materialized view") {
			t.Kind = warehouse.MaterializedView
		}
		if t.Kind == warehouse.BaseTable {
			if t.Rows, err = number(row[4]); err != nil {
				return err
			}
			if t.Rows != nil && *t.Rows < 1 {
				t.Rows = nil // it was never analyzed
			}
		}
		tables[t.Name] = t
	}
	return nil
}

func startsWith(text, beginning string) bool {
	text = strings.TrimSpace(text)
	return len(text) >= len(beginning) && strings.EqualFold(text[:len(beginning)], beginning)
}

func (d *Redshift) columns(ctx context.Context, of warehouse.Schema, tables map[string]*warehouse.Table) iter.Seq2[warehouse.ColumnOf, error] {
	return func(yield func(warehouse.ColumnOf, error) bool) {
		known := map[string]bool{} // whose columns were read before
		for name, t := range tables {
			known[name] = len(t.Columns) > 0
		}
		for row, err := range d.rows(ctx, redshiftColumns, of.Name) {
			if err != nil {
				yield(warehouse.ColumnOf{}, err)
				return
			}
			if known[text(row, 0)] {
				continue
			}
			ordinal, _ := strconv.Atoi(text(row, 2)) // only the order counts, which the rows have
			c := warehouse.Column{Name: text(row, 1), Ordinal: ordinal, Type: text(row, 3), Default: text(row, 5), Comment: text(row, 6)}
			if strings.HasPrefix(c.Default, `"identity"(`) || strings.HasPrefix(c.Default, `default_identity(`) || strings.HasPrefix(c.Default, `"default_identity"(`) {
				c.Identity, c.Default = true, ""
			}
			if t := tables[text(row, 0)]; t != nil && t.Kind == warehouse.BaseTable {
				nullable := text(row, 4) != "t"
				c.Nullable = &nullable
			}
			if !yield(warehouse.ColumnOf{Table: text(row, 0), Column: c}, nil) {
				return
			}
		}
	}
}

func (d *Redshift) constraints(ctx context.Context, of warehouse.Schema, tables map[string]*warehouse.Table) error {
	for row, err := range d.rows(ctx, redshiftConstraints, of.Name) {
		if err != nil {
			return err
		}
		if t := tables[text(row, 0)]; t != nil {
			if k, ok := parseConstraint(text(row, 2), of.Name); ok {
				k.Name = text(row, 1)
				t.Constraints = append(t.Constraints, k)
			}
		}
	}
	return nil
}

// late reads the columns of views that are bound late.
func (d *Redshift) late(ctx context.Context, of warehouse.Schema, tables map[string]*warehouse.Table) error {
	for row, err := range d.rows(ctx, redshiftLate, of.Name) {
		if err != nil {
			return err
		}
		if t := tables[text(row, 0)]; t != nil {
			t.Columns = append(t.Columns, columnOfRow(row))
		}
	}
	return nil
}

// external reads the tables of an external schema, whose rows are in files.
func (d *Redshift) external(ctx context.Context, of warehouse.Schema, tables map[string]*warehouse.Table) error {
	for row, err := range d.rows(ctx, redshiftExternal, of.Name) {
		if err != nil {
			return err
		}
		name := text(row, 0)
		if tables[name] == nil {
			tables[name] = &warehouse.Table{Schema: of, Name: name, Kind: warehouse.ForeignTable}
		}
		tables[name].Columns = append(tables[name].Columns, columnOfRow(row))
	}
	return nil
}

// columnOfRow reads a column of which nothing but its type is known.
func columnOfRow(row [][]byte) warehouse.Column {
	ordinal, _ := strconv.Atoi(text(row, 2)) // only the order counts, which the rows have
	return warehouse.Column{Name: text(row, 1), Ordinal: ordinal, Type: text(row, 3)}
}

// sizes reads figures that only those see who were granted it.
func (d *Redshift) sizes(ctx context.Context, of warehouse.Schema, tables map[string]*warehouse.Table) error {
	for row, err := range d.rows(ctx, redshiftSizes, of.Name) {
		if warehouse.ReasonOf(err) == warehouse.Denied {
			return nil
		}
		if err != nil {
			return err
		}
		t := tables[text(row, 0)]
		if t == nil {
			continue
		}
		if t.Rows, err = number(row[2]); err != nil {
			return err
		}
		if t.Bytes, err = number(row[1]); err != nil {
			return err
		}
		if t.Bytes != nil {
			*t.Bytes <<= 20 // it is in blocks of 1 MB
		}
	}
	return nil
}
