package dbtimports

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// defaultLimit is the default size of a page.
const defaultLimit = 50

// get returns the state of an import.
func (a *API) get(w http.ResponseWriter, r *http.Request) {
	p, _ := access.From(r.Context())
	imp, err := a.find(r.Context(), p, r.PathValue("id"))
	if err != nil {
		httpserver.WriteProblem(w, r, httpserver.Missing(err, "id", r.PathValue("id")))
		return
	}
	if !ended(imp) {
		w.Header().Set("Retry-After", "1")
	}
	httpserver.WriteJSON(w, http.StatusOK, importDocument{Data: resourceOf(imp)})
}

func (a *API) find(ctx context.Context, p access.Principal, label string) (catalog.Import, error) {
	id, err := catalog.ParseIDOf(catalog.PrefixImport, label)
	if err != nil {
		return catalog.Import{}, err
	}
	imp, err := a.Store.Import(ctx, p.WS, catalog.ImportID(id))
	if err == nil && !p.Sees(imp.SchemaID) {
		err = catalog.ErrNotFound
	}
	return imp, err
}

// list returns imports, newest first.
func (a *API) list(w http.ResponseWriter, r *http.Request) {
	p, _ := access.From(r.Context())
	out, err := a.page(r.Context(), p, r.URL)
	if err != nil {
		httpserver.WriteProblem(w, r, err)
		return
	}
	httpserver.WriteJSON(w, http.StatusOK, out)
}

func (a *API) page(ctx context.Context, p access.Principal, u *url.URL) (importList, error) {
	q := u.Query()
	page := store.Page{}
	var err error
	if page.Limit, err = a.limit(q.Get("limit")); err != nil {
		return importList{}, err
	}
	if cursor := q.Get("cursor"); cursor != "" {
		if page.After, err = a.Cursors.Position(p.WS, httpserver.Filter(u), cursor); err != nil {
			return importList{}, err
		}
	}
	filter, err := a.filter(ctx, p, q)
	if err != nil {
		return importList{}, err
	}
	rows, err := a.Store.Imports(ctx, p.WS, filter, page)
	if err != nil {
		if page.After != "" && errors.Is(err, catalog.ErrInvalid) {
			return importList{}, httpserver.NewProblem(httpserver.CodeInvalidCursor, "This cursor is too old. Start again without it.")
		}
		return importList{}, err
	}
	out := importList{Data: []importResource{}, Links: importLinks{Next: a.Cursors.Next(u, p.WS, rows.Next)}, Meta: importListMeta{Limit: page.Limit}}
	for _, imp := range rows.Rows {
		out.Data = append(out.Data, resourceOf(imp))
	}
	return out, nil
}

func (a *API) limit(text string) (int, error) {
	if text == "" {
		return defaultLimit, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > a.Limits.Page {
		return 0, httpserver.InvalidParameter("limit", "1 to %d", a.Limits.Page)
	}
	return n, nil
}

func (a *API) filter(ctx context.Context, p access.Principal, q url.Values) (store.ImportFilter, error) {
	f := store.ImportFilter{Only: p.Schemas, Status: catalog.Status(q.Get("status"))}
	switch f.Status {
	case "", catalog.Pending, catalog.Processing, catalog.Completed, catalog.Failed:
	default:
		return f, httpserver.OneOf("status", string(f.Status), []string{
			string(catalog.Pending), string(catalog.Processing), string(catalog.Completed), string(catalog.Failed),
		})
	}
	if label := q.Get(fieldSchema); label != "" {
		id, err := catalog.ParseIDOf(catalog.PrefixSchema, label)
		if err == nil && !p.Sees(catalog.SchemaID(id)) {
			err = catalog.ErrNotFound
		}
		if err == nil {
			_, err = a.Store.Schema(ctx, p.WS, catalog.SchemaID(id))
		}
		if err != nil {
			return f, httpserver.Missing(err, fieldSchema, label)
		}
		f.SchemaID = catalog.SchemaID(id)
	}
	if label := q.Get("project"); label != "" {
		project, err := a.project(ctx, p, label)
		if err != nil {
			return f, httpserver.Missing(err, "project", label)
		}
		f.Project = project.ID
	}
	return f, nil
}

func (a *API) project(ctx context.Context, p access.Principal, label string) (catalog.Project, error) {
	id, err := catalog.ParseIDOf(catalog.PrefixProject, label)
	if err != nil {
		return catalog.Project{}, err
	}
	project, err := a.Store.Project(ctx, p.WS, catalog.ProjectID(id))
	if err == nil && !p.Sees(project.SchemaID) {
		err = catalog.ErrNotFound
	}
	return project, err
}
