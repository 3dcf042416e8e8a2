package postgres

import (
	"context"
	"fmt"
	"iter"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// tablesQuery has a row for each table of a schema, which the server makes while they are read. Partitions are parts of
// their table. Rows and bytes are those of the last ANALYZE or VACUUM: exact ones would read or lock the tables.
//
// A type says little where it is only a name: base is then what a domain is based on, or what kind of type it is.
const tablesQuery = `SELECT c.relname, c.relkind, d.description,
  CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END,
  size.n, size.pages * pg_catalog.current_setting('block_size')::bigint, columns.list, constraints.list
FROM pg_catalog.pg_class c
LEFT JOIN pg_catalog.pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid = 0
LEFT JOIN LATERAL (
  WITH RECURSIVE part (oid) AS (
    SELECT c.oid UNION ALL SELECT i.inhrelid FROM part JOIN pg_catalog.pg_inherits i ON i.inhparent = part.oid WHERE c.relkind = 'p'
  )
  SELECT sum(p.reltuples)::bigint AS n, sum(p.relpages + coalesce(t.relpages, 0))::bigint AS pages
  FROM part JOIN pg_catalog.pg_class p ON p.oid = part.oid LEFT JOIN pg_catalog.pg_class t ON t.oid = p.reltoastrelid
  WHERE p.relkind IN ('r', 'm') HAVING min(p.reltuples) >= 0 AND (min(p.relpages) > 0 OR pg_catalog.current_setting('server_version_num')::int >= 140000)
) size ON c.relkind IN ('r', 'm', 'p')
LEFT JOIN LATERAL (
  SELECT pg_catalog.json_agg(pg_catalog.json_build_array(a.attname, a.attnum, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
    pg_catalog.pg_get_expr(f.adbin, f.adrelid), a.attgenerated, a.attidentity, m.description,
    CASE WHEN t.typtype = 'd' THEN (
      WITH RECURSIVE b (oid, mod) AS (
        SELECT t.typbasetype, t.typtypmod UNION ALL
        SELECT bt.typbasetype, bt.typtypmod FROM b JOIN pg_catalog.pg_type bt ON bt.oid = b.oid WHERE bt.typtype = 'd'
      ) SELECT pg_catalog.format_type(b.oid, b.mod) FROM b JOIN pg_catalog.pg_type bt ON bt.oid = b.oid WHERE bt.typtype <> 'd')
    WHEN t.typtype = 'e' THEN 'enum' WHEN t.typtype = 'c' THEN 'struct'
    WHEN t.typcategory <> 'A' AND t.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace THEN t.typname END) ORDER BY a.attnum) AS list
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
  LEFT JOIN pg_catalog.pg_description m ON m.objoid = a.attrelid AND m.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND m.objsubid = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
) columns ON true
LEFT JOIN LATERAL (
  SELECT pg_catalog.json_agg(pg_catalog.json_build_array(k.contype, k.conname,
    (SELECT pg_catalog.json_agg(a.attname ORDER BY u.n) FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY u (attnum, n)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum),
    CASE WHEN k.contype = 'c' THEN pg_catalog.pg_get_expr(k.conbin, k.conrelid) END, tn.nspname, tc.relname,
    (SELECT pg_catalog.json_agg(a.attname ORDER BY u.n) FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY u (attnum, n)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum)) ORDER BY k.conname) AS list
  FROM pg_catalog.pg_constraint k LEFT JOIN pg_catalog.pg_class tc ON tc.oid = k.confrelid LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = tc.relnamespace
  WHERE k.conrelid = c.oid AND k.contype IN ('p', 'f', 'u', 'c')
) constraints ON true
WHERE c.relnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = $1)
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition`

// Tables implements warehouse.Warehouse.
func (d *Database) Tables(ctx context.Context, of warehouse.Schema) iter.Seq2[warehouse.Table, error] {
	return func(yield func(warehouse.Table, error) bool) {
		for row, err := range d.rows(ctx, tablesQuery, of.Name) {
			t := warehouse.Table{Schema: of}
			if err == nil {
				err = readTable(&t, row)
			}
			if !yield(t, err) || err != nil {
				return
			}
		}
	}
}

func readTable(t *warehouse.Table, row [][]byte) error {
	t.Name, t.Kind, t.Comment, t.Definition = text(row, 0), kindOf(text(row, 1)), text(row, 2), text(row, 3)
	var err error
	if t.Rows, err = number(row[4]); err != nil {
		return err
	}
	if t.Bytes, err = number(row[5]); err != nil {
		return err
	}
	if t.Columns, err = readColumns(row[6], t.Kind); err != nil {
		return err
	}
	t.Constraints, err = readConstraints(row[7])
	return err
}

func kindOf(relkind string) warehouse.Kind {
	switch relkind {
	case "v":
		return warehouse.View
	case "m":
		return warehouse.MaterializedView
	case "f":
		return warehouse.ForeignTable
	}
	return warehouse.BaseTable
}

func number(value []byte) (*int64, error) {
	if value == nil {
		return nil, nil
	}
	n, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil {
		return nil, unexpected(err)
	}
	return &n, nil
}

func unexpected(err error) error {
	return &warehouse.Error{Reason: warehouse.NotAWarehouse, Message: "a reply is not as PostgreSQL's catalogs have it", Err: err}
}

// readColumns reads what json_build_array made of each column.
func readColumns(list []byte, of warehouse.Kind) ([]warehouse.Column, error) {
	if list == nil {
		return nil, nil
	}
	var rows [][]any
	if err := json.Unmarshal(list, &rows); err != nil {
		return nil, unexpected(err)
	}
	columns := make([]warehouse.Column, len(rows))
	for n, r := range rows {
		if len(r) != 9 {
			return nil, unexpected(fmt.Errorf("%d values of a column", len(r)))
		}
		c := &columns[n]
		ordinal, _ := r[1].(float64)
		c.Name, c.Ordinal, c.Type, c.Comment, c.Base = str(r[0]), int(ordinal), str(r[2]), str(r[7]), str(r[8])
		if notNull, ok := r[3].(bool); ok && of != warehouse.View && of != warehouse.MaterializedView {
			nullable := !notNull
			c.Nullable = &nullable
		}
		if c.Default = str(r[4]); str(r[5]) != "" {
			c.Default, c.Generated = "", c.Default
		}
		c.Identity = str(r[6]) != ""
	}
	return columns, nil
}

// str returns a text; "" for null.
func str(value any) string {
	s, _ := value.(string)
	return s
}

// readConstraints reads what json_build_array made of each constraint.
func readConstraints(list []byte) ([]warehouse.Constraint, error) {
	if list == nil {
		return nil, nil
	}
	var rows [][]any
	if err := json.Unmarshal(list, &rows); err != nil {
		return nil, unexpected(err)
	}
	types := map[string]warehouse.ConstraintType{"p": warehouse.PrimaryKey, "f": warehouse.ForeignKey, "u": warehouse.Unique, "c": warehouse.Check}
	constraints := make([]warehouse.Constraint, len(rows))
	for n, r := range rows {
		if len(r) != 7 {
			return nil, unexpected(fmt.Errorf("%d values of a constraint", len(r)))
		}
		constraints[n] = warehouse.Constraint{
			Type: types[str(r[0])], Name: str(r[1]), Columns: names(r[2]), Expression: str(r[3]), ToSchema: str(r[4]), ToTable: str(r[5]), ToColumns: names(r[6]),
		}
	}
	return constraints, nil
}

func names(value any) []string {
	list, _ := value.([]any)
	var out []string
	for _, v := range list {
		out = append(out, str(v))
	}
	return out
}
