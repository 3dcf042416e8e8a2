package httpapi

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// Slowdown is a node whose newest execution took longer than it usually takes.
type Slowdown struct {
	UniqueID      string  `json:"unique_id"`
	Asset         *string `json:"asset" doc:"Table that the node builds or the test checks; null for a test of an unknown table"`
	Name          *string `json:"name" doc:"Of that table"`
	Test          *string `json:"test" doc:"Id of the data test; null of other nodes"`
	Run           string  `json:"run"`
	CompletedAt   string  `json:"completed_at" format:"date-time"`
	ExecutionTime float64 `json:"execution_time" doc:"Seconds, of the newest execution"`
	Usual         Usual   `json:"usual" doc:"Of those of the 20 results before it that were executed: success, pass, warn or fail"`
	Ratio         float64 `json:"ratio" doc:"execution_time by the median; 0 where that is 0"`
	MoreSeconds   float64 `json:"more_seconds" doc:"execution_time without the median"`
}

// FlakyTest is a data test with how stable its outcome is.
type FlakyTest struct {
	Test
	Stability Stability `json:"stability"`
}

// Stability is how the outcomes of a data test followed one another.
type Stability struct {
	Executions        int    `json:"executions" doc:"Newest executions that were looked at, at most 20: results pass, warn, fail or error"`
	Since             string `json:"since" format:"date-time" doc:"The oldest of them"`
	Changes           int    `json:"changes" doc:"From one outcome to another between two executions in a row"`
	WithoutCodeChange int    `json:"without_code_change" doc:"Those of them between which no code changed: of the test, its arguments or severity, or of a table that it reads, directly or not"`
}

func (a *API) registerTrends(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/slowdowns", Scope: access.ReadCatalog, ID: "list-slowdowns", Tag: "runs",
		Summary: "List the nodes whose newest execution took longer than usual",
		Description: "Usual is the median of the executions among the 20 results before it, at least three. Those that took most seconds more come first. " +
			"They are computed from the newest runs of the schema, at most 200 with 500,000 results; meta.from has their numbers. With at those that were known then.",
	}, a.listSlowdowns)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/flaky_tests", Scope: access.ReadCatalog, ID: "list-flaky-tests", Tag: "tests",
		Summary: "List the data tests whose outcome changes without a change of code",
		Description: "Those with most such changes among their 20 newest executions come first. The code compared is that at the end of the import of the results. " +
			"They are computed from the newest runs of the schema, at most 200 with 500,000 results; meta.from has their numbers. With at those that were known then.",
	}, a.listFlakyTests)
}

type slowdownsInput struct {
	httpserver.PageParams
	AtParam
	SchemaID string  `query:"schema_id" required:"true" maxLength:"64" example:"SCH-101"`
	Project  string  `query:"project" maxLength:"512" doc:"Id, name or key of a project" example:"shop"`
	Factor   float64 `query:"factor" minimum:"1" maximum:"1000" default:"1.5" doc:"Of the median, from which on an execution is slow"`
	Seconds  float64 `query:"seconds" minimum:"0" maximum:"86400" default:"1" doc:"How much longer than the median it took, at least"`
	Nodes    string  `query:"nodes" enum:"all,tests,others" default:"all" doc:"tests: data tests; others: models, seeds, snapshots and whatever else dbt executes"`
}

func (a *API) listSlowdowns(ctx context.Context, p access.Principal, in *slowdownsInput) (*httpserver.Body[httpserver.List[Slowdown]], error) {
	view, err := a.view(ctx, p, in.SchemaID, in.At)
	if err != nil {
		return nil, err
	}
	filter := readmodel.SlowdownFilter{Factor: in.Factor, Seconds: in.Seconds}
	if in.Nodes != "all" {
		tests := in.Nodes == "tests"
		filter.Tests = &tests
	}
	if in.Project != "" {
		_, project, err := a.projectOf(ctx, p, in.SchemaID, in.Project)
		if err != nil {
			return nil, err
		}
		filter.Project = project.ID
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, window, err := view.Slowdowns(ctx, filter, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOfPage[Slowdown](ctx, a.cursors, p.WS, in.Limit, rows)
	out.Meta.Version, out.Meta.From = view.Version, (*httpserver.Window)(&window)
	for i := range rows.Rows {
		out.Data = append(out.Data, slowdownResource(&rows.Rows[i]))
	}
	return httpserver.Reply(out), nil
}

func slowdownResource(s *readmodel.Slowdown) httpserver.Resource[Slowdown] {
	out := Slowdown{
		UniqueID: s.UniqueID, Run: s.Run.String(), CompletedAt: *timeText(s.At), ExecutionTime: s.Seconds,
		Usual: *usualOf(s.Usual), MoreSeconds: s.Seconds - s.Usual.Median,
	}
	if s.Usual.Median > 0 {
		out.Ratio = s.Seconds / s.Usual.Median
	}
	if s.Table != nil {
		label := s.Table.Label()
		out.Asset, out.Name = &label, &s.Table.Name
	}
	if s.Test != 0 {
		label := s.Test.String()
		out.Test = &label
	}
	return httpserver.Resource[Slowdown]{ID: out.Run + "." + s.UniqueID, Type: "slowdown", Attributes: out}
}

type flakyTestsInput struct {
	httpserver.PageParams
	AtParam
	SchemaID string `query:"schema_id" required:"true" maxLength:"64" example:"SCH-101"`
	Changes  int    `query:"changes" minimum:"1" maximum:"19" default:"2" doc:"How many changes without a change of code make a test flaky: 2 are a failure that goes away again"`
}

func (a *API) listFlakyTests(ctx context.Context, p access.Principal, in *flakyTestsInput) (*httpserver.Body[httpserver.List[FlakyTest]], error) {
	view, err := a.view(ctx, p, in.SchemaID, in.At)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, window, err := view.Flaky(ctx, in.Changes, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOfPage[FlakyTest](ctx, a.cursors, p.WS, in.Limit, rows)
	out.Meta.Version, out.Meta.From = view.Version, (*httpserver.Window)(&window)
	for _, row := range rows.Rows {
		test := testResources([]readmodel.Test{row.Test})[0]
		out.Data = append(out.Data, httpserver.Resource[FlakyTest]{
			ID: test.ID, Type: test.Type, Relationships: test.Relationships,
			Attributes: FlakyTest{test.Attributes, Stability{
				Executions: row.Executions, Since: timeOrEmpty(row.Since), Changes: row.Changes, WithoutCodeChange: row.Unexplained,
			}},
		})
	}
	return httpserver.Reply(out), nil
}
