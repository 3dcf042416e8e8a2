package httpapi

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Project is a dbt project as the API shows it.
type Project struct {
	Name           string           `json:"name"`
	Key            string           `json:"key" doc:"metadata.project_id of its manifests, else its name"`
	DBTVersion     string           `json:"dbt_version"`
	Adapter        string           `json:"adapter"`
	LastManifestAt *string          `json:"last_manifest_at" format:"date-time" doc:"When dbt wrote the served manifest"`
	LastCatalogAt  *string          `json:"last_catalog_at" format:"date-time"`
	LastImport     *string          `json:"last_import"`
	InvocationID   string           `json:"invocation_id"`
	Counts         map[string]int64 `json:"counts" doc:"Present assets by kind"`
	RenamedTo      *string          `json:"renamed_to" example:"PRJ-2" doc:"The project that this one is a former name of. Their runs and results are those of one project"`
	CreatedAt      string           `json:"created_at" format:"date-time"`
	UpdatedAt      string           `json:"updated_at" format:"date-time"`
}

type projectsInput struct {
	httpserver.PageParams
	SchemaID string `query:"schema_id" maxLength:"64" example:"SCH-101"`
}

func (a *API) registerProjects(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/projects", Scope: access.ReadCatalog, ID: "list-projects", Sample: []string{"schema_id"}, Tag: "projects", Summary: "List dbt projects", Description: "dbt projects that have sent a manifest, with dbt version, adapter and numbers of their assets.",
	}, a.listProjects)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/projects/{id}", Scope: access.ReadCatalog, ID: "get-project", Tag: "projects", Summary: "Read a dbt project", Description: "Its dbt version, adapter, last manifest and numbers of assets by kind.",
	}, a.getProject)
}

func (a *API) listProjects(ctx context.Context, p access.Principal, in *projectsInput) (*httpserver.Body[httpserver.List[Project]], error) {
	view, err := a.filtered(ctx, p, in.SchemaID, "")
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	var rows store.Paged[catalog.Project]
	if view != nil {
		rows, err = view.Projects(ctx, page)
	} else {
		rows, err = a.model.Workspace(p).Projects(ctx, page)
	}
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[Project](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	for _, row := range rows.Rows {
		of := view
		if of == nil {
			if of, err = a.model.View(ctx, p, row.SchemaID); err != nil {
				return nil, err
			}
		}
		r, err := projectResource(ctx, of, row)
		if err != nil {
			return nil, err
		}
		out.Data = append(out.Data, r)
	}
	return httpserver.Reply(out), nil
}

func (a *API) getProject(ctx context.Context, p access.Principal, in *ProjectPath) (*httpserver.Body[httpserver.Document[Project]], error) {
	view, project, err := a.project(ctx, p, "id", in.ID)
	if err != nil {
		return nil, err
	}
	r, err := projectResource(ctx, view, project)
	return httpserver.Reply(httpserver.DocumentOf(r)), err
}

// project returns the project that a parameter names; catalog.ErrNotFound if the principal may not see its schema.
func (a *API) project(ctx context.Context, p access.Principal, param, label string) (*readmodel.View, catalog.Project, error) {
	id, err := catalog.ParseIDOf(catalog.PrefixProject, label)
	if err != nil {
		return nil, catalog.Project{}, httpserver.Missing(err, param, label)
	}
	view, project, err := a.model.Project(ctx, p, catalog.ProjectID(id))
	return view, project, httpserver.Missing(err, param, label)
}

func projectResource(ctx context.Context, view *readmodel.View, row catalog.Project) (httpserver.Resource[Project], error) {
	counts, err := view.Counts(ctx, row.ID)
	if err != nil {
		return httpserver.Resource[Project]{}, err
	}
	return httpserver.Resource[Project]{
		ID: row.ID.String(), Type: "project",
		Attributes: Project{
			Name: row.Name, Key: row.Key, DBTVersion: row.DBTVersion, Adapter: row.Adapter,
			LastManifestAt: timeText(row.ManifestGeneratedAt), LastCatalogAt: timeText(row.CatalogGeneratedAt),
			LastImport: importLabel(row.LastImport), InvocationID: row.InvocationID, Counts: counts,
			RenamedTo: projectLabel(view.Schema.Renames.To(row.ID)),
			CreatedAt: timeOrEmpty(row.CreatedAt), UpdatedAt: timeOrEmpty(row.UpdatedAt),
		},
		Relationships: &httpserver.Relationships{Schema: &httpserver.Named{ID: row.SchemaID.String(), Name: view.Schema.Name}},
	}, nil
}

func projectLabel(id catalog.ProjectID) *string {
	if id == 0 {
		return nil
	}
	label := id.String()
	return &label
}
