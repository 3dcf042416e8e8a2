package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Run is one dbt invocation.
type Run struct {
	InvocationID string                     `json:"invocation_id"`
	Command      string                     `json:"command" doc:"build, run, test …"`
	Args         map[string]any             `json:"args" doc:"What dbt was called with, without paths and the values of variables"`
	CountsAs     string                     `json:"counts_as" enum:"latest,history,nothing" doc:"latest: its results may be the latest of their nodes; history: tables were made without their rows (--empty, clone); nothing: the command builds nothing (docs generate, compile, show …)"`
	Outcome      string                     `json:"outcome" enum:"success,warned,failed,nothing" doc:"By the worst of its results; nothing: the command builds and tests nothing (docs generate, compile …), whatever its results report"`
	Partial      bool                       `json:"partial" doc:"Nodes were chosen by select, exclude, selector or resource types"`
	Counts       RunCounts                  `json:"counts"`
	RetryOf      *string                    `json:"retry_of" doc:"Run that this dbt retry continued: the newest one before it in which a node failed or was skipped that it executed"`
	RetriedBy    *string                    `json:"retried_by" doc:"Run of dbt retry that continued this one"`
	DBTVersion   string                     `json:"dbt_version"`
	GeneratedAt  *string                    `json:"generated_at" format:"date-time"`
	Elapsed      float64                    `json:"elapsed" doc:"Seconds"`
	Usual        httpserver.Nullable[Usual] `json:"usual" doc:"Elapsed of the 20 runs before it that are like it: of the same project and command, of chosen nodes if it was of chosen nodes; null of fewer than three"`
	Nodes        int                        `json:"nodes" doc:"Number of results"`
	Import       *string                    `json:"import" doc:"The import that it comes from"`
	Artifact     string                     `json:"artifact" enum:"run_results,sources" doc:"The file that it comes from"`
	Results      []Result                   `json:"results,omitempty" doc:"Paged; not in lists of runs"`
	Freshness    []Freshness                `json:"freshness,omitempty" doc:"Results of dbt source freshness; paged, not in lists of runs"`
}

// Usual is how long something took before.
type Usual struct {
	Median float64 `json:"median" doc:"Seconds"`
	Of     int     `json:"of" doc:"How many it is the median of"`
}

func usualOf(u readmodel.Usual) *Usual { return &Usual{Median: u.Median, Of: u.Of} }

// RunCounts counts the results of a run. Results of another class, such as those of tests that were only compiled, are
// in none of them.
type RunCounts struct {
	Success int `json:"success" doc:"success and pass"`
	Warn    int `json:"warn"`
	Fail    int `json:"fail" doc:"Of sources those that are too old"`
	Error   int `json:"error"`
	Skipped int `json:"skipped"`
}

func countsOf(t catalog.Tally) RunCounts {
	return RunCounts{Success: t.Passed, Warn: t.Warned, Fail: t.Failed, Error: t.Errors, Skipped: t.Skipped}
}

// Result is the result of a node in a run.
type Result struct {
	Run           string  `json:"run"`
	InvocationID  string  `json:"invocation_id,omitempty"`
	Command       string  `json:"command,omitempty" doc:"Of the run; in lists of an asset's results"`
	CountsAs      string  `json:"counts_as,omitempty" doc:"As for runs; in lists of an asset's results"`
	UniqueID      string  `json:"unique_id"`
	Hook          string  `json:"hook,omitempty" enum:"on-run-start,on-run-end" doc:"Of an operation: when dbt runs it"`
	Status        string  `json:"status" doc:"As dbt reports it"`
	Class         string  `json:"class" doc:"success, error, skipped, warn, fail, pass, compiled (a test that was not run) or other"`
	Message       *string `json:"message"`
	Failures      *int64  `json:"failures"`
	ExecutionTime float64 `json:"execution_time" doc:"Seconds"`
	StartedAt     *string `json:"started_at" format:"date-time"`
	CompletedAt   *string `json:"completed_at" format:"date-time"`
	RowsAffected  *int64  `json:"rows_affected"`
	Thread        *string `json:"thread"`
	Usual         *Usual  `json:"usual,omitempty" doc:"Execution times of those of the 20 results of the node before it that were executed (success, pass, warn or fail); in lists of an asset's results, if there are three"`
	// Offset has fractions of a second, which the times have not.
	Offset *float64 `json:"offset,omitempty" doc:"Seconds from the beginning of the run to started_at; in a run and its critical path"`
}

func (a *API) registerRuns(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/runs", Scope: access.ReadCatalog, ID: "list-runs", Sample: []string{"schema_id"}, Tag: "runs", Summary: "List dbt invocations", Description: "One for each run_results.json and sources.json that was sent, the newest first unless sort says otherwise. With at, which requires schema_id or project, those that were known then.",
	}, a.listRuns)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/runs/{id}", Scope: access.ReadCatalog, ID: "get-run", Tag: "runs",
		Summary: "Read a dbt invocation", Description: "limit and cursor page through its node results, or with class through those of one class.",
	}, a.getRun)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/runs/{id}/critical_path", Scope: access.ReadCatalog, ID: "get-run-critical-path", Tag: "runs",
		Summary:     "What decided when a dbt invocation was done",
		Description: "The chain of nodes back from the one that completed last: before each the one among its parents, and with dbt build among the tests of what it is made of, that completed last. The graph is that of the served version. operations are the hooks of the run.",
	}, a.getCriticalPath)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/runs/{id}/steps", Scope: access.ReadCatalog, ID: "get-run-steps", Tag: "runs",
		Summary:     "What a dbt invocation did, step by step",
		Description: "The hooks of its start, one by one; all of its nodes; the hooks of its end. At most 1,000 hooks. GET /runs/{id} has the results of the nodes.",
	}, a.getRunSteps)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/runs", Scope: access.ReadCatalog, ID: "list-asset-runs", Tag: "runs",
		Summary:     "List the results of an asset's node over time, newest first",
		Description: "Results of runs that build; with at, those known by then. Where tables were made without their rows, counts_as is history.",
	}, a.listAssetRuns)
}

type runsInput struct {
	httpserver.PageParams
	AtParam
	SchemaID string `query:"schema_id" maxLength:"64" example:"SCH-101"`
	Project  string `query:"project" maxLength:"512" doc:"Id of a project, or with schema_id its name or key" example:"shop"`
	Outcome  string `query:"outcome" enum:"success,warned,failed,nothing"`
	Command  string `query:"command" maxLength:"64" doc:"build, run, test, retry, generate …"`
	Artifact string `query:"artifact" enum:"run_results,sources" doc:"The file that it comes from"`
	Partial  string `query:"partial" enum:"true,false" doc:"Whether nodes were chosen"`
	Sort     string `query:"sort" enum:"generated_at,-generated_at,elapsed,-elapsed,nodes,-nodes,failures,-failures" default:"-generated_at" doc:"With - the largest first. failures are counts.fail and counts.error together. Of equal values generated_at decides"`
}

var runSorts = map[string]store.RunSortBy{"generated_at": store.RunsByTime, "elapsed": store.RunsByElapsed, "nodes": store.RunsByResults, "failures": store.RunsByFailures}

// runSort is the order that a parameter asks for.
func runSort(text string) store.RunSort {
	by, descending := strings.CutPrefix(text, "-")
	return store.RunSort{By: runSorts[by], Ascending: !descending}
}

func (a *API) listRuns(ctx context.Context, p access.Principal, in *runsInput) (*httpserver.Body[httpserver.List[Run]], error) {
	view, err := a.runsView(ctx, p, in)
	if err != nil {
		return nil, err
	}
	filter := store.RunFilter{Outcome: catalog.RunOutcome(in.Outcome), Command: in.Command, Artifact: in.Artifact, Sort: runSort(in.Sort)}
	if in.Partial != "" {
		partial := in.Partial == "true"
		filter.Selected = &partial
	}
	if in.Project != "" {
		_, named, err := a.projectOf(ctx, p, in.SchemaID, in.Project)
		if err != nil {
			return nil, err
		}
		filter.Projects = []catalog.ProjectID{named.ID}
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	var rows store.Paged[catalog.Run]
	if view != nil {
		rows, err = view.Runs(ctx, filter, page)
	} else {
		rows, err = a.model.Workspace(p).Runs(ctx, filter, page)
	}
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOfPage[Run](ctx, a.cursors, p.WS, in.Limit, rows)
	for _, row := range rows.Rows {
		r, err := a.runResource(ctx, p, row)
		if err != nil {
			return nil, err
		}
		out.Data = append(out.Data, r)
	}
	return httpserver.Reply(out), nil
}

// runsView returns the view of the schema whose runs are listed; nil means all schemas.
func (a *API) runsView(ctx context.Context, p access.Principal, in *runsInput) (*readmodel.View, error) {
	if in.SchemaID != "" || in.Project == "" {
		return a.filtered(ctx, p, in.SchemaID, in.At)
	}
	view, _, err := a.projectOf(ctx, p, in.SchemaID, in.Project)
	if err != nil {
		return nil, err
	}
	return viewAt(ctx, view, "at", in.At)
}

type runInput struct {
	RunPath
	httpserver.PageParams
	Class string `query:"class" enum:"success,error,skipped,warn,fail,pass,compiled,other" doc:"Only results of this class"`
}

// RunDocument is a run with a page of its results.
type RunDocument struct {
	Data  httpserver.Resource[Run] `json:"data"`
	Links httpserver.Links         `json:"links"`
	Meta  httpserver.ListMeta      `json:"meta"`
}

func (a *API) getRun(ctx context.Context, p access.Principal, in *runInput) (*httpserver.Body[RunDocument], error) {
	view, run, err := a.runOf(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	out := RunDocument{}
	if out.Data, err = a.runResource(ctx, p, run); err != nil {
		return nil, err
	}
	frame, err := a.runPage(ctx, p, view, run, in.Class, page, &out.Data.Attributes)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out.Links, out.Meta = frame.Links, frame.Meta
	return httpserver.Reply(out), nil
}

// runOf returns a run that the principal may see.
func (a *API) runOf(ctx context.Context, p access.Principal, label string) (*readmodel.View, catalog.Run, error) {
	id, err := catalog.ParseIDOf(catalog.PrefixRun, label)
	if err != nil {
		return nil, catalog.Run{}, httpserver.Missing(err, "id", label)
	}
	view, run, err := a.model.Run(ctx, p, catalog.RunID(id))
	return view, run, httpserver.Missing(err, "id", label)
}

// runPage adds a page of results to a run, or of freshness.
func (a *API) runPage(ctx context.Context, p access.Principal, view *readmodel.View, run catalog.Run, class string, page store.Page, out *Run) (httpserver.List[Run], error) {
	out.Results = []Result{}
	if run.Artifact == catalog.ArtifactSources {
		rows, err := view.RunFreshness(ctx, run, page)
		for _, f := range rows.Rows {
			out.Freshness = append(out.Freshness, freshnessOf(f))
		}
		return httpserver.ListOf[Run](ctx, a.cursors, p.WS, page.Limit, rows.Next, rows.Total), err
	}
	rows, err := view.RunResults(ctx, run, class, page)
	for _, r := range rows.Rows {
		out.Results = append(out.Results, resultInRun(r, run))
	}
	return httpserver.ListOf[Run](ctx, a.cursors, p.WS, page.Limit, rows.Next, rows.Total), err
}

type assetRunsInput struct {
	AssetParam
	AtParam
	httpserver.PageParams
}

func (a *API) listAssetRuns(ctx context.Context, p access.Principal, in *assetRunsInput) (*httpserver.Body[httpserver.List[Result]], error) {
	f, err := a.asset(ctx, p, in.ref(), in.At)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := f.view.Results(ctx, &f.asset, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	usual, err := f.view.UsualDurations(ctx, &f.asset, rows.Rows)
	if err != nil {
		return nil, err
	}
	out := httpserver.ListOfPage[Result](ctx, a.cursors, p.WS, in.Limit, rows)
	for _, r := range rows.Rows {
		row := nodeResultResource(r)
		if u, ok := usual[readmodel.ResultKey{Run: r.Run, Node: r.UniqueID}]; ok {
			row.Attributes.Usual = usualOf(u)
		}
		out.Data = append(out.Data, row)
	}
	return httpserver.Reply(out), nil
}

func nodeResultResource(r store.RunResult) httpserver.Resource[Result] {
	result := resultOf(r.NodeResult, r.InvocationID)
	result.Command, result.CountsAs = r.Command, countsAs(r.Counting)
	return httpserver.Resource[Result]{ID: result.Run + "." + result.UniqueID, Type: "node_result", Attributes: result}
}

func (a *API) runResource(ctx context.Context, p access.Principal, run catalog.Run) (httpserver.Resource[Run], error) {
	out := httpserver.Resource[Run]{
		ID: run.ID.String(), Type: "run",
		Attributes: Run{
			InvocationID: run.InvocationID, Artifact: run.Artifact, Command: run.Command, Args: jsonMap(run.Args), CountsAs: countsAs(run.Counting()), DBTVersion: run.DBTVersion, GeneratedAt: timeText(run.GeneratedAt),
			Elapsed: run.Elapsed, Nodes: run.Results, Import: importLabel(run.Import), Outcome: string(run.Outcome()), Partial: run.IsSelected(),
			Counts: countsOf(run.Tally),
		},
		Relationships: &httpserver.Relationships{},
	}
	view, err := a.model.View(ctx, p, run.SchemaID)
	if err != nil {
		return out, err
	}
	retries, err := view.Retries(ctx, run)
	if err != nil {
		return out, err
	}
	usual, ok, err := view.UsualElapsed(ctx, run)
	if err != nil {
		return out, err
	}
	if ok {
		out.Attributes.Usual = httpserver.NullableOf(usualOf(usual))
	}
	out.Attributes.RetryOf, out.Attributes.RetriedBy = runLabel(retries.Of), runLabel(retries.By)
	out.Relationships.Schema = &httpserver.Named{ID: run.SchemaID.String(), Name: view.Schema.Name}
	if run.Project != 0 {
		_, project, err := a.model.Project(ctx, p, run.Project)
		if err != nil {
			return out, err
		}
		out.Relationships.Project = &httpserver.Named{ID: run.Project.String(), Name: project.Name}
	}
	return out, nil
}

// resultInRun is a result with its place in the time of its run.
func resultInRun(r catalog.NodeResult, run catalog.Run) Result {
	out := resultOf(r, "")
	out.Offset = offsetIn(run, r.StartedAt)
	return out
}

// offsetIn returns the seconds from the beginning of a run to a time; nil if one of the two has none.
func offsetIn(run catalog.Run, at time.Time) *float64 {
	if at.IsZero() || run.GeneratedAt.IsZero() {
		return nil
	}
	began := run.GeneratedAt.Add(-time.Duration(run.Elapsed * float64(time.Second)))
	offset := max(0, at.Sub(began).Seconds())
	return &offset
}

func runLabel(id catalog.RunID) *string {
	if id == 0 {
		return nil
	}
	s := id.String()
	return &s
}

func countsAs(c catalog.Counting) string {
	switch c {
	case catalog.CountsAsLatest:
		return "latest"
	case catalog.CountsInHistory:
		return "history"
	}
	return "nothing"
}

func resultOf(r catalog.NodeResult, invocation string) Result {
	return Result{
		Run: r.Run.String(), InvocationID: invocation, UniqueID: r.UniqueID, Hook: string(catalog.HookOf(r.UniqueID)), Status: r.Status, Class: r.Class, Message: optional(r.Message),
		Failures: r.Failures, ExecutionTime: r.ExecutionTime, StartedAt: timeText(r.StartedAt), CompletedAt: timeText(r.CompletedAt),
		RowsAffected: r.RowsAffected, Thread: optional(r.Thread),
	}
}
