package httpapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// Coverage counts what is documented, tested and matched at a version of a schema.
type Coverage struct {
	Version int64           `json:"version"`
	At      *string         `json:"at,omitempty" format:"date-time" doc:"When the version was made; in the history"`
	Cause   *Cause          `json:"cause,omitempty" doc:"Why the version was made; in the history"`
	Tables  TableCoverage   `json:"tables"`
	Columns ColumnsCoverage `json:"columns"`
}

// TableCoverage counts present tables.
type TableCoverage struct {
	Total     int64 `json:"total" doc:"Models, seeds, snapshots, sources, and tables and views of a warehouse"`
	Described int64 `json:"described"`
	Owned     int64 `json:"owned" doc:"With an owner"`
	Tested    int64 `json:"tested" doc:"With an enabled data test of the table or one of its columns"`
	Matched   int64 `json:"matched" doc:"Whose columns a catalog.json or a crawl lists"`
}

// ColumnsCoverage counts the columns of present tables.
type ColumnsCoverage struct {
	Total     int64 `json:"total" doc:"Columns that exist or are documented"`
	Described int64 `json:"described"`
	Tested    int64 `json:"tested" doc:"Named by an enabled data test"`
	Matched   int64 `json:"matched" doc:"Listed by a catalog.json or a crawl"`
	Unmatched int64 `json:"unmatched" doc:"Documented, but not among those that the catalog.json or crawl lists"`
}

func (a *API) registerCoverage(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/coverage", Scope: access.ReadCatalog, ID: "get-coverage", Tag: "coverage",
		Summary: "What is documented, tested and matched in a schema", Description: "Counts of its present tables and their columns; with at, those of an older version.",
	}, a.getCoverage)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/coverage/history", Scope: access.ReadCatalog, ID: "list-coverage-history", Tag: "coverage",
		Summary:     "The coverage of a schema at each version, newest first",
		Description: "With at, from that version on. A page may be shorter than limit where versions changed many tables; the next one continues.",
	}, a.listCoverage)
}

type coverageInput struct {
	AtParam
	SchemaID string `query:"schema_id" required:"true" maxLength:"64" example:"SCH-101"`
}

func (a *API) getCoverage(ctx context.Context, p access.Principal, in *coverageInput) (*httpserver.Body[httpserver.Document[Coverage]], error) {
	view, err := a.view(ctx, p, in.SchemaID, in.At)
	if err != nil {
		return nil, err
	}
	c, err := view.Coverage(ctx)
	if err != nil {
		return nil, err
	}
	out := coverageResource(view.Schema.ID, view.Version, c)
	out.Relationships = &httpserver.Relationships{Schema: &httpserver.Named{ID: view.Schema.ID.String(), Name: view.Schema.Name}}
	return httpserver.Reply(httpserver.DocumentOf(out)), nil
}

type coverageHistoryInput struct {
	AtParam
	httpserver.PageParams
	SchemaID string `query:"schema_id" required:"true" maxLength:"64" example:"SCH-101"`
}

func (a *API) listCoverage(ctx context.Context, p access.Principal, in *coverageHistoryInput) (*httpserver.Body[httpserver.List[Coverage]], error) {
	view, err := a.view(ctx, p, in.SchemaID, in.At)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := view.CoverageHistory(ctx, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[Coverage](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	out.Meta.Version = view.Version
	for _, row := range rows.Rows {
		r := coverageResource(view.Schema.ID, row.Number, row.Coverage)
		r.Attributes.At, r.Attributes.Cause = timeText(row.At), causeOf(row.Cause).Value
		out.Data = append(out.Data, r)
	}
	return httpserver.Reply(out), nil
}

func coverageResource(schema catalog.SchemaID, version int64, c catalog.Coverage) httpserver.Resource[Coverage] {
	return httpserver.Resource[Coverage]{
		ID: schema.String() + "@" + strconv.FormatInt(version, 10), Type: "coverage",
		Attributes: Coverage{
			Version: version,
			Tables:  TableCoverage{Total: c.Tables, Described: c.TablesDescribed, Owned: c.TablesOwned, Tested: c.TablesTested, Matched: c.TablesMatched},
			Columns: ColumnsCoverage{
				Total: c.Columns, Described: c.ColumnsDescribed, Tested: c.ColumnsTested, Matched: c.ColumnsMatched, Unmatched: c.ColumnsUnmatched,
			},
		},
	}
}
