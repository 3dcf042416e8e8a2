package snowflake

import (
	"context"
	"slices"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// Schemas implements warehouse.Warehouse. The list is not complete: Snowflake hides what the role may not see.
func (a *Account) Schemas(ctx context.Context) (warehouse.Listing, error) {
	var list warehouse.Listing
	databases, err := a.databases(ctx)
	if err != nil {
		return list, err
	}
	for _, d := range databases {
		err := a.schemasOf(ctx, d, &list)
		if warehouse.ReasonOf(err) == warehouse.Denied && a.options.Database != "" {
			return list, &warehouse.Error{Reason: warehouse.NoDatabase, Message: "there is no database of this name, or the role has no USAGE on it", Err: err}
		}
		if err != nil && warehouse.ReasonOf(err) != warehouse.Denied {
			return list, err
		}
	}
	return list, nil
}

// shared are databases that Snowflake itself puts into accounts.
var shared = []string{"SNOWFLAKE", "SNOWFLAKE_SAMPLE_DATA"} //nolint:gochecknoglobals // constant

func (a *Account) databases(ctx context.Context) ([]string, error) {
	if a.options.Database != "" {
		return []string{fold(a.options.Database)}, nil
	}
	var names []string
	for r, err := range a.rows(ctx, "SHOW DATABASES") {
		if err != nil {
			return nil, err
		}
		switch name, kind := r.text("NAME"), r.text("KIND"); kind {
		case "APPLICATION", "APPLICATION PACKAGE", "PERSONAL DATABASE":
		default:
			if name != "" && !slices.Contains(shared, name) {
				names = append(names, name)
			}
		}
	}
	return names, nil
}

func (a *Account) schemasOf(ctx context.Context, database string, list *warehouse.Listing) error {
	for r, err := range a.rows(ctx, "SHOW TERSE SCHEMAS IN DATABASE "+quote(database)) {
		if err != nil {
			return err
		}
		if name := r.text("NAME"); name != "" && fold(name) != "INFORMATION_SCHEMA" {
			list.Schemas = append(list.Schemas, warehouse.Schema{Database: database, Name: name})
		}
	}
	return nil
}
