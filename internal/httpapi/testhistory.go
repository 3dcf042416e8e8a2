package httpapi

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

func (a *API) registerTestHistory(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/tests/{id}", Scope: access.ReadCatalog, ID: "get-test", Tag: "tests",
		Summary: "Read a data test", Description: "With its latest result. A test that is gone can still be read by its id, in its last state.",
	}, a.getTest)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/tests/{id}/history", Scope: access.ReadCatalog, ID: "list-test-history", Tag: "tests",
		Summary:     "List the results of a data test over time, newest first",
		Description: "One for each invocation of dbt that executed it, with its number of failures and its time; with at those that were known then. Invocations that only compile it, such as docs generate, are not among them.",
	}, a.listTestHistory)
}

// TestParam is the data test in a path.
type TestParam struct {
	ID string `path:"id" maxLength:"4096" doc:"An id such as TST-12; with schema_id also a dbt unique_id" example:"TST-1"`
	AtParam
	AssetLookup
}

type testInput struct{ TestParam }

func (a *API) getTest(ctx context.Context, p access.Principal, in *testInput) (*httpserver.Body[httpserver.Document[Test]], error) {
	view, test, err := a.testOf(ctx, p, in.TestParam)
	if err != nil {
		return nil, err
	}
	completed, err := view.Completed(ctx, test)
	if err != nil {
		return nil, err
	}
	out := testResources([]readmodel.Test{completed})[0]
	out.Relationships = &httpserver.Relationships{Schema: &httpserver.Named{ID: view.Schema.ID.String(), Name: view.Schema.Name}}
	return httpserver.Reply(httpserver.DocumentOf(out)), nil
}

type testHistoryInput struct {
	TestParam
	httpserver.PageParams
	Class string `query:"class" enum:"pass,warn,fail,error,skipped" doc:"Only results of this class"`
}

func (a *API) listTestHistory(ctx context.Context, p access.Principal, in *testHistoryInput) (*httpserver.Body[httpserver.List[Result]], error) {
	view, test, err := a.testOf(ctx, p, in.TestParam)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := view.TestHistory(ctx, &test, in.Class, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOfPage[Result](ctx, a.cursors, p.WS, in.Limit, rows)
	out.Meta.Version = view.Version
	for _, r := range rows.Rows {
		out.Data = append(out.Data, nodeResultResource(r))
	}
	return httpserver.Reply(out), nil
}

// testOf returns the data test that a parameter names, and the view that it is read in.
func (a *API) testOf(ctx context.Context, p access.Principal, in TestParam) (*readmodel.View, catalog.Test, error) {
	var within *readmodel.View
	var err error
	if in.SchemaID != "" {
		if within, err = a.view(ctx, p, in.SchemaID, in.At); err != nil {
			return nil, catalog.Test{}, err
		}
	}
	id, err := catalog.ParseIDOf(catalog.PrefixTest, in.ID)
	if err != nil && within != nil {
		test, err := a.testNamed(ctx, p, within, in)
		return within, test, httpserver.Missing(err, "id", in.ID)
	}
	if err != nil {
		return nil, catalog.Test{}, httpserver.Missing(err, "id", in.ID)
	}
	view, test, err := a.model.Test(ctx, p, catalog.TestID(id))
	if err == nil && within != nil && within.Schema.ID != view.Schema.ID {
		err = catalog.ErrNotFound
	}
	if err != nil {
		return nil, test, httpserver.Missing(err, "id", in.ID)
	}
	view, err = viewAt(ctx, view, "at", in.At)
	return view, test, err
}

func (a *API) testNamed(ctx context.Context, p access.Principal, within *readmodel.View, in TestParam) (catalog.Test, error) {
	var project catalog.ProjectID
	if in.Project != "" {
		_, named, err := a.projectOf(ctx, p, in.SchemaID, in.Project)
		if err != nil {
			return catalog.Test{}, err
		}
		project = named.ID
	}
	return within.TestNamed(ctx, project, in.ID)
}
