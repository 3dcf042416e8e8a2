package syncing

import (
	"context"
	"errors"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// namesTried bounds the numbers that are tried after a name that is taken.
const namesTried = 1000

// adopt returns the schema that a new integration feeds if nobody chose one: the only one of the workspace, else a new
// one with the integration's name.
func (r *Registry) adopt(ctx context.Context, ws int64, name string, by store.By) (catalog.SchemaID, error) {
	schemas, err := r.Store.Schemas(ctx, ws, nil, store.Page{Limit: 2})
	if err != nil {
		return 0, err
	}
	if len(schemas.Rows) == 1 {
		return schemas.Rows[0].ID, nil
	}
	for n := 1; n <= namesTried; n++ {
		tried := name
		if n > 1 {
			tried = fmt.Sprintf("%s %d", name, n)
		}
		schema, err := r.Store.CreateSchema(ctx, ws, tried, "", by)
		if errors.Is(err, catalog.ErrConflict) {
			continue
		}
		if err != nil {
			return 0, err
		}
		return schema.ID, r.smart(ctx, ws, schema.ID, by)
	}
	return 0, catalog.BadField("name", fmt.Errorf("schemas have this name with each number up to %d; name the schema", namesTried))
}

// smart lets what people wrote win over what is imported into a schema, until they withdraw it.
func (r *Registry) smart(ctx context.Context, ws int64, schema catalog.SchemaID, by store.By) error {
	_, err := r.Store.UpdateSchema(ctx, ws, schema, store.SchemaPatch{By: by, Policy: func(p *catalog.Policy) {
		*p = catalog.Policy{
			Description: catalog.Smart, Owners: catalog.Smart, Tags: catalog.Smart, ColumnDescription: catalog.Smart, ColumnTags: catalog.Smart,
		}
	}})
	return err
}
