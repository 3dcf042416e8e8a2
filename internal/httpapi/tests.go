package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// Test is a data test with its latest result.
type Test struct {
	Name        string                      `json:"name"`
	Test        *string                     `json:"test" doc:"not_null, unique, dbt_utils.…; null for a singular test"`
	Kind        string                      `json:"kind" doc:"generic or singular"`
	UniqueID    string                      `json:"unique_id"`
	Asset       *string                     `json:"asset" doc:"Table that it tests; null if unknown"`
	Column      *string                     `json:"column" doc:"As the test names it, quotes included; null for a test of the table"`
	Columns     []string                    `json:"columns" nullable:"false" doc:"All columns that it covers, without quotes, such as those of a unique combination"`
	Parents     []string                    `json:"parents" nullable:"false" doc:"unique_ids of the dbt nodes that it reads, the tested one among them"`
	Severity    *string                     `json:"severity"`
	Description *string                     `json:"description"`
	Tags        []string                    `json:"tags" nullable:"false"`
	Args        map[string]string           `json:"args" doc:"Each as JSON"`
	Enabled     bool                        `json:"enabled"`
	Latest      httpserver.Nullable[Result] `json:"latest" doc:"Null if it never ran or, with at, had not run by then"`
}

func (a *API) registerTests(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/tests", Scope: access.ReadCatalog, ID: "list-asset-tests", Tag: "tests",
		Summary: "Data tests of a table, with their latest results", Description: "Each with its latest result. `GET /tests?asset=` has filters and pages.",
	}, a.listAssetTests)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/tests", Scope: access.ReadCatalog, ID: "list-tests", Sample: []string{"schema_id"}, Tag: "tests", Summary: "Data tests of a schema or of an asset", Description: "Data tests with their latest results, by id unless sort says otherwise. Filters by status, asset and project.",
	}, a.listTests)
}

type assetTestsInput struct {
	AssetParam
	AtParam
	LongPageParams
}

func (a *API) listAssetTests(ctx context.Context, p access.Principal, in *assetTestsInput) (*httpserver.Body[httpserver.List[Test]], error) {
	f, err := a.asset(ctx, p, in.ref(), in.At)
	if err != nil {
		return nil, err
	}
	tests, err := f.view.TestsOf(ctx, f.asset.ID)
	if err != nil {
		return nil, err
	}
	out, err := pageOf(ctx, a, p, in.LongPageParams, testResources(tests))
	out.Meta.Version = f.version
	return httpserver.Reply(out), err
}

type testsInput struct {
	httpserver.PageParams
	AtParam
	AssetLookup
	Asset  string `query:"asset" maxLength:"4096" doc:"Only the tests of this asset: an id, or with schema_id a dbt unique_id or a relation" example:"TBL-31"`
	Status string `query:"status" enum:"pass,warn,fail,error,skipped,unknown" doc:"Class of the latest result"`
	Sort   string `query:"sort" enum:"unique_id,-unique_id,status,-status,completed_at,-completed_at,execution_time,-execution_time,failures,-failures" doc:"By the latest result, with - the largest first; tests without one come last. status begins with the worst. By id if it is not given"`
}

// testSort is the order that a parameter asks for.
func testSort(text string) readmodel.TestSort {
	by, descending := strings.CutPrefix(text, "-")
	return readmodel.TestSort{By: readmodel.TestSortBy(by), Descending: descending}
}

func (a *API) listTests(ctx context.Context, p access.Principal, in *testsInput) (*httpserver.Body[httpserver.List[Test]], error) {
	view, filter, err := a.testsView(ctx, p, in)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := view.Tests(ctx, filter, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[Test](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	out.Meta.Version, out.Data = view.Version, testResources(rows.Rows)
	return httpserver.Reply(out), nil
}

// testsView returns the schema whose tests are listed, and the filter.
func (a *API) testsView(ctx context.Context, p access.Principal, in *testsInput) (view *readmodel.View, f readmodel.TestFilter, err error) {
	f.Class, f.Sort = in.Status, testSort(in.Sort)
	if in.Asset != "" {
		asset, err := a.asset(ctx, p, assetRef{param: "asset", name: in.Asset, AssetLookup: in.AssetLookup}, in.At)
		f.Asset = asset.asset.ID
		return asset.view, f, err
	}
	if in.Project != "" {
		of, project, err := a.projectOf(ctx, p, in.SchemaID, in.Project)
		if err != nil {
			return nil, f, err
		}
		if f.Project = project.ID; in.SchemaID == "" {
			view, err = viewAt(ctx, of, "at", in.At)
			return view, f, err
		}
	}
	view, err = a.filtered(ctx, p, in.SchemaID, in.At)
	if err == nil && view == nil {
		err = httpserver.InvalidParameter("schema_id", "required, unless asset or project is an id")
	}
	return view, f, err
}

func testResources(tests []readmodel.Test) []httpserver.Resource[Test] {
	out := []httpserver.Resource[Test]{}
	for _, t := range tests {
		r := testResource(t.Test, platformOf(t.Table))
		if t.Table != nil {
			label := t.Table.Label()
			r.Attributes.Asset = &label
		}
		if t.Latest != nil {
			latest := resultOf(*t.Latest, "")
			r.Attributes.Latest = httpserver.NullableOf(&latest)
		}
		out = append(out, r)
	}
	return out
}

// platformOf is the adapter of a test's table; "" where that is unknown.
func platformOf(table *readmodel.Asset) string {
	if table == nil {
		return ""
	}
	return table.Relation.Platform
}

func testResource(t catalog.Test, platform string) httpserver.Resource[Test] {
	b := t.Body
	args := b.Args
	if args == nil {
		args = map[string]string{}
	}
	columns := []string{}
	for _, name := range b.ColumnNames() {
		bare, _ := catalog.UnquoteColumn(platform, name)
		columns = append(columns, bare)
	}
	return httpserver.Resource[Test]{
		ID: t.ID.String(), Type: "test",
		Attributes: Test{
			Name: b.Name, Test: optional(b.Test), Kind: b.Kind, UniqueID: t.UniqueID, Column: optional(b.Column), Columns: columns, Parents: orEmpty(b.Parents),
			Severity: optional(b.Severity), Description: optional(b.Description), Tags: orEmpty(b.Tags), Args: args, Enabled: b.Enabled,
		},
	}
}
