package httpapi

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"slices"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// Column is a column as the API shows it.
type Column struct {
	Name           string         `json:"name"`
	Ordinal        int            `json:"ordinal" doc:"From 1, in the table's order"`
	DataType       *string        `json:"data_type" doc:"Canonical type"`
	NativeType     *string        `json:"native_type" doc:"The warehouse's own text"`
	Nullable       *bool          `json:"nullable"`
	Description    Text           `json:"description"`
	Tags           []string       `json:"tags" nullable:"false"`
	Meta           map[string]any `json:"meta"`
	Tests          []ColumnTest   `json:"tests" nullable:"false"`
	Constraints    []Constraint   `json:"constraints" nullable:"false"`
	Present        bool           `json:"present" doc:"False if an earlier catalog had it and the newest does not"`
	DocumentedOnly bool           `json:"documented_only" doc:"Documented in YAML, not in the catalog"`
	Origin         string         `json:"origin" enum:"warehouse,dbt,sql,openlineage,user" doc:"What shows that it exists: a catalog or a crawl; dbt's YAML; the table's own SQL alone; events of other programs alone; nothing any more, but people wrote about it"`
}

// ColumnTest is a data test of a column.
type ColumnTest struct {
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	Status *string `json:"status" doc:"Of the latest result; null if it never ran"`
}

// Constraint is a constraint of a column or table.
type Constraint struct {
	Type       string   `json:"type"`
	Name       *string  `json:"name"`
	Expression *string  `json:"expression"`
	Columns    []string `json:"columns" nullable:"false"`
	To         *string  `json:"to"`
	ToColumns  []string `json:"to_columns" nullable:"false"`
}

func (a *API) registerColumns(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/columns", Scope: access.ReadCatalog, ID: "list-columns", Bulky: true, Tag: "columns",
		Summary: "List the columns of a table", Description: "In the table's order. Removed columns are left out unless removed=true. A page has less than `limit` columns where they have more than 4 MiB.",
	}, a.listColumns)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/columns/{name}", Scope: access.ReadCatalog, ID: "get-column", Bulky: true, Tag: "columns",
		Summary: "Read a column", Description: "Its ETag is what PATCH takes as If-Match. Where the warehouse folds names, any case finds the column.",
	}, a.getColumn)
}

type columnsInput struct {
	AssetParam
	AtParam
	LongPageParams
	Removed string `query:"removed" enum:"true,false" default:"false" doc:"true: the columns that are not there any more, instead of the others"`
	Tag     string `query:"tag" maxLength:"512" doc:"Only columns with this tag" example:"pii"`
}

func (a *API) listColumns(ctx context.Context, p access.Principal, in *columnsInput) (*httpserver.Body[httpserver.List[Column]], error) {
	f, err := a.asset(ctx, p, in.ref(), in.At)
	if err != nil {
		return nil, err
	}
	columns, err := f.view.Columns(ctx, f.asset.ID)
	if err != nil {
		return nil, err
	}
	tests, err := testsByColumn(ctx, f, columns)
	if err != nil {
		return nil, err
	}
	removed := in.Removed == "true"
	columns = slices.DeleteFunc(columns, func(c catalog.Column) bool {
		return c.Present == removed || in.Tag != "" && !slices.Contains(c.Tags, in.Tag)
	})
	out, err := pageWithin(ctx, a, p, in.LongPageParams, len(columns), columnBytes, func(i int) (httpserver.Resource[Column], int, error) {
		c := columns[i]
		return columnResource(f.asset, c, tests[c.Name]), columnSize(c), nil
	})
	out.Meta.Version = f.version
	return httpserver.Reply(out), err
}

// columnBytes are of the texts of a page's columns.
const columnBytes = 4 << 20

// columnSize returns about how many bytes of a reply a column takes.
func columnSize(c catalog.Column) int {
	n := len(c.Name) + len(c.Type.Native) + len(c.Description.Value) + len(c.Meta)
	for _, hidden := range c.Description.Hidden {
		n += len(hidden.Value)
	}
	for _, tag := range c.Tags {
		n += len(tag)
	}
	return n
}

type columnInput struct {
	AssetParam
	AtParam
	Name string `path:"name" maxLength:"4096" example:"order_id"`
}

func (a *API) getColumn(ctx context.Context, p access.Principal, in *columnInput) (*httpserver.Body[httpserver.Document[Column]], error) {
	f, err := a.asset(ctx, p, in.ref(), in.At)
	if err != nil {
		return nil, err
	}
	column, err := a.columnOf(ctx, p, f, in.Name)
	return httpserver.Reply(httpserver.DocumentOf(column)), err
}

// columnOf returns the column that the parameter name means.
func (a *API) columnOf(ctx context.Context, p access.Principal, f found, name string) (httpserver.Resource[Column], error) {
	columns, err := a.columnResources(ctx, p, f)
	if err != nil {
		return httpserver.Resource[Column]{}, err
	}
	at := func(i int) string { return columns[i].Attributes.Name }
	if n := catalog.FindColumn(f.asset.Relation.Platform, name, len(columns), at); n >= 0 {
		return columns[n], nil
	}
	return httpserver.Resource[Column]{}, httpserver.MissingOf(catalog.ErrNotFound, "name", name, namesOf(len(columns), at))
}

func namesOf(n int, name func(int) string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range n {
			if !yield(name(i)) {
				return
			}
		}
	}
}

// missingColumn names the column, and similar ones, in the error that means that a table has no such column.
func missingColumn(ctx context.Context, f found, err error, param, name string) error {
	if !errors.Is(err, catalog.ErrNotFound) {
		return err
	}
	columns, listErr := f.view.Columns(ctx, f.asset.ID)
	if listErr != nil {
		return listErr
	}
	return httpserver.MissingOf(err, param, name, namesOf(len(columns), func(i int) string { return columns[i].Name }))
}

func (a *API) columnResources(ctx context.Context, _ access.Principal, f found) ([]httpserver.Resource[Column], error) {
	columns, err := f.view.Columns(ctx, f.asset.ID)
	if err != nil {
		return nil, err
	}
	tests, err := testsByColumn(ctx, f, columns)
	if err != nil {
		return nil, err
	}
	out := []httpserver.Resource[Column]{}
	for _, c := range columns {
		out = append(out, columnResource(f.asset, c, tests[c.Name]))
	}
	return out, nil
}

// testsByColumn returns the tests of each column, by its name. A test of several columns is a test of each of them.
func testsByColumn(ctx context.Context, f found, columns []catalog.Column) (map[string][]ColumnTest, error) {
	tests, err := f.view.TestsOf(ctx, f.asset.ID)
	if err != nil {
		return nil, err
	}
	out := map[string][]ColumnTest{}
	for _, t := range tests {
		test := ColumnTest{ID: t.ID.String(), Name: testName(t.Body)}
		if t.Latest != nil {
			test.Status = optional(t.Latest.Status)
		}
		seen := map[int]bool{}
		for _, name := range t.Body.ColumnNames() {
			n := catalog.FindColumn(f.asset.Relation.Platform, name, len(columns), func(i int) string { return columns[i].Name })
			if n >= 0 && !seen[n] {
				seen[n] = true
				out[columns[n].Name] = append(out[columns[n].Name], test)
			}
		}
	}
	return out, nil
}

// testName returns the short name of a generic test, or the name of a singular one.
func testName(b catalog.TestBody) string {
	if b.Test != "" {
		return b.Test
	}
	return b.Name
}

func columnResource(asset catalog.Asset, c catalog.Column, tests []ColumnTest) httpserver.Resource[Column] {
	if tests == nil {
		tests = []ColumnTest{}
	}
	return httpserver.Resource[Column]{
		ID: asset.ID.Label(asset.Kind) + "." + c.Name, Type: "column",
		Attributes: Column{
			Name: c.Name, Ordinal: c.Ordinal, DataType: optional(c.Type.Canonical), NativeType: optional(c.Type.Native),
			Nullable: c.Nullable, Description: textOf(c.Description), Tags: orEmpty(c.Tags), Meta: jsonMap(c.Meta),
			Tests: tests, Constraints: constraintsOf(c.Constraints), Present: c.Present, DocumentedOnly: c.DocumentedOnly,
			Origin: asset.ColumnOrigin(&c),
		},
	}
}

func constraintsOf(list []catalog.Constraint) []Constraint {
	out := []Constraint{}
	for _, c := range list {
		out = append(out, Constraint{
			Type: c.Type, Name: optional(c.Name), Expression: optional(c.Expression), Columns: orEmpty(c.Columns),
			To: optional(c.To), ToColumns: orEmpty(c.ToColumns),
		})
	}
	return out
}
