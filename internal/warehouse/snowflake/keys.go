package snowflake

import (
	"cmp"
	"context"
	"slices"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// The information schema has no columns of constraints: three commands list them, a schema each.
func (a *Account) keys(ctx context.Context, of warehouse.Schema, tables map[string]*warehouse.Table) error {
	for _, k := range []struct {
		command                           string
		kind                              warehouse.ConstraintType
		table, name, column               string
		toSchema, toTable, toColumn, toDB string
	}{
		{"SHOW PRIMARY KEYS", warehouse.PrimaryKey, "TABLE_NAME", "CONSTRAINT_NAME", "COLUMN_NAME", "", "", "", ""},
		{"SHOW UNIQUE KEYS", warehouse.Unique, "TABLE_NAME", "CONSTRAINT_NAME", "COLUMN_NAME", "", "", "", ""},
		{"SHOW IMPORTED KEYS", warehouse.ForeignKey, "FK_TABLE_NAME", "FK_NAME", "FK_COLUMN_NAME", "PK_SCHEMA_NAME", "PK_TABLE_NAME", "PK_COLUMN_NAME", "PK_DATABASE_NAME"},
	} {
		var rows []row
		for r, err := range a.rows(ctx, k.command+inSchema(of)) {
			if err != nil {
				return err
			}
			if tables[r.text(k.table)] == nil {
				continue
			}
			// Names of keys to other databases would be taken for tables of this one.
			if k.kind == warehouse.ForeignKey && (r.text(k.toTable) == "" || r.text(k.toDB) != of.Database) {
				continue
			}
			rows = append(rows, r)
		}
		slices.SortStableFunc(rows, func(x, y row) int {
			return cmp.Or(cmp.Compare(x.text(k.table), y.text(k.table)), cmp.Compare(x.text(k.name), y.text(k.name)), cmp.Compare(sequence(x), sequence(y)))
		})
		for n, r := range rows {
			t := tables[r.text(k.table)]
			if n == 0 || r.text(k.table) != rows[n-1].text(k.table) || r.text(k.name) != rows[n-1].text(k.name) {
				t.Constraints = append(t.Constraints, warehouse.Constraint{Type: k.kind, Name: r.text(k.name), ToSchema: r.text(k.toSchema), ToTable: r.text(k.toTable)})
			}
			c := &t.Constraints[len(t.Constraints)-1]
			c.Columns = append(c.Columns, r.text(k.column))
			if k.toColumn != "" {
				c.ToColumns = append(c.ToColumns, r.text(k.toColumn))
			}
		}
	}
	return nil
}

func sequence(r row) int64 {
	if n := r.number("KEY_SEQUENCE"); n != nil {
		return *n
	}
	return 0
}
