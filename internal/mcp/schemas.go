package mcp

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

type schemasInput struct {
	paged
}

type schemaRow struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	Environment string       `json:"environment,omitempty"`
	Version     int64        `json:"version"`
	Tables      int64        `json:"tables"`
	Projects    []projectRow `json:"projects"`
	LastImport  string       `json:"last_import,omitempty"`
	Status      string       `json:"last_import_status,omitempty"`
}

type projectRow struct {
	Name    string `json:"name"`
	Adapter string `json:"adapter,omitempty"`
	DBT     string `json:"dbt_version,omitempty"`
}

func listSchemas(ctx context.Context, c *caller, _ *schemasInput, from *positions) (*answer, error) {
	a := &answer{}
	var failed error
	err := stored(ctx, a, from, "schemas", c.Model.Workspace(c.p).Schemas, func(row store.SchemaRow) any {
		out := schemaRow{
			ID: row.ID.String(), Name: short(row.Name), Environment: row.Environment, Version: row.Version, Tables: row.Tables,
			Status: string(row.LastImportStatus),
		}
		if row.LastImport != 0 {
			out.LastImport = row.LastImport.String()
		}
		var err error
		if out.Projects, err = c.projects(ctx, row.Schema); err != nil && failed == nil {
			failed = err
		}
		return out
	})
	if err == nil {
		err = failed
	}
	return a, err
}

// projects lists the first projects of a schema.
func (c *caller) projects(ctx context.Context, schema catalog.Schema) ([]projectRow, error) {
	v, err := c.Model.View(ctx, c.p, schema.ID)
	if err != nil {
		return nil, err
	}
	const most = 10
	page, err := v.Projects(ctx, store.Page{Limit: most})
	out := make([]projectRow, len(page.Rows))
	for i, p := range page.Rows {
		out[i] = projectRow{Name: short(p.Name), Adapter: p.Adapter, DBT: p.DBTVersion}
	}
	return out, err
}
