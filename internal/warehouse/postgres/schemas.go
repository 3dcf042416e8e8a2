package postgres

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// Every user may read pg_namespace; USAGE is what makes the tables of a schema visible to a user.
const schemasQuery = `SELECT n.nspname, pg_catalog.has_schema_privilege(n.oid, 'USAGE')
FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1`

// Schemas implements warehouse.Warehouse.
func (d *Database) Schemas(ctx context.Context) (warehouse.Listing, error) {
	list := warehouse.Listing{Complete: true}
	for row, err := range d.rows(ctx, schemasQuery) {
		if err != nil {
			return list, err
		}
		s := warehouse.Schema{Database: d.name, Name: text(row, 0)}
		if text(row, 1) != "t" {
			s.Unreadable = "the user has no USAGE on it"
		}
		list.Schemas = append(list.Schemas, s)
	}
	return list, nil
}
