package httpapi

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// Report is the report of an import.
type Report struct {
	Status      string           `json:"status" enum:"pending,processing,completed,failed"`
	Outcome     *string          `json:"outcome" doc:"applied, unchanged, superseded, canceled or failed; null while it runs"`
	ErrorCode   *string          `json:"error_code"`
	Error       *string          `json:"error_message"`
	Attempts    int              `json:"attempts"`
	Version     *int64           `json:"version" doc:"Version of the schema that it created; null if none"`
	Stages      []Stage          `json:"stages" nullable:"false"`
	Counts      map[string]int64 `json:"counts" doc:"What was read and what was stored"`
	Issues      []Issue          `json:"issues" nullable:"false" doc:"Problems found; at most a thousand kinds"`
	IssuesTotal int              `json:"issues_total"`
}

// Stage is a stage of an import.
type Stage struct {
	Name  string  `json:"name" doc:"open, read, merge, trace or save"`
	State string  `json:"state" doc:"running, done or failed"`
	MS    float64 `json:"ms" doc:"Milliseconds"`
	Done  int64   `json:"done"`
	Total int64   `json:"total"`
}

// Issue is a problem found in an artifact or in SQL.
type Issue struct {
	Code     string  `json:"code"`
	Severity string  `json:"severity"`
	Place    *string `json:"place"`
	UniqueID *string `json:"unique_id"`
	Message  string  `json:"message"`
	Remedy   *string `json:"remedy"`
	Count    int     `json:"count" doc:"Number of occurrences"`
}

func (a *API) registerImports(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/dbt_imports/{id}/report", Scope: access.ReadImports, ID: "get-import-report", Tag: "dbt_imports",
		Summary: "Read the report of an import", Description: "Stages with their time, what was read and stored, and every issue with its remedy.",
	}, a.getReport)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPost, Path: "/api/v1/dbt_imports/{id}/cancel", Scope: access.WriteImports, ID: "cancel-import", Tag: "dbt_imports",
		Summary: "Cancel an import", Description: "A pending import ends at once, a running one at its next step; nothing of it is applied. One that has ended is a conflict.", Status: http.StatusAccepted,
	}, a.cancelImport)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/dbt_imports/{id}/changes", Scope: access.ReadImports, ID: "list-import-changes", Tag: "dbt_imports",
		Summary:     "List the changes of an import",
		Description: "A page contains all changes of up to `limit` assets.",
	}, a.listImportChanges)
}

// importOf returns an import that the principal may see.
func (a *API) importOf(ctx context.Context, p access.Principal, label string) (*readmodel.View, catalog.Import, error) {
	id, err := catalog.ParseIDOf(catalog.PrefixImport, label)
	if err != nil {
		return nil, catalog.Import{}, httpserver.Missing(err, "id", label)
	}
	view, imp, err := a.model.Import(ctx, p, catalog.ImportID(id))
	return view, imp, httpserver.Missing(err, "id", label)
}

func (a *API) getReport(ctx context.Context, p access.Principal, in *ImportPath) (*httpserver.Body[httpserver.Document[Report]], error) {
	_, imp, err := a.importOf(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	return httpserver.Reply(httpserver.DocumentOf(reportResource(imp))), nil
}

func (a *API) cancelImport(ctx context.Context, p access.Principal, in *ImportPath) (*httpserver.Body[httpserver.Document[Report]], error) {
	_, imp, err := a.importOf(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.store.CancelImport(ctx, p.WS, imp.ID); err != nil {
		return nil, err
	}
	_, imp, err = a.importOf(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	return httpserver.Reply(httpserver.DocumentOf(reportResource(imp))), nil
}

func reportResource(imp catalog.Import) httpserver.Resource[Report] {
	out := Report{
		Status: string(imp.Status), Outcome: optional(imp.Report.Outcome), ErrorCode: optional(imp.ErrorCode), Error: optional(imp.Error),
		Attempts: imp.Attempts, Stages: stagesOf(imp.Report.Stages), Issues: []Issue{}, IssuesTotal: imp.Report.IssuesTotal, Counts: imp.Report.Counts,
	}
	if out.Counts == nil {
		out.Counts = map[string]int64{}
	}
	if imp.Version != 0 {
		out.Version = &imp.Version
	}
	for _, i := range imp.Report.Issues {
		out.Issues = append(out.Issues, issueOf(i))
	}
	return httpserver.Resource[Report]{
		ID: imp.ID.String(), Type: "dbt_import_report", Attributes: out,
		Relationships: &httpserver.Relationships{Schema: &httpserver.Named{ID: imp.SchemaID.String(), Name: imp.SchemaName}},
	}
}

func issueOf(i catalog.Issue) Issue {
	return Issue{
		Code: i.Code, Severity: i.Severity, Place: optional(i.Place), UniqueID: optional(i.UniqueID),
		Message: i.Message, Remedy: optional(i.Remedy), Count: max(i.Count, 1),
	}
}

func stagesOf(stages []catalog.Stage) []Stage {
	out := make([]Stage, len(stages))
	for n, s := range stages {
		out[n] = Stage{Name: s.Name, State: s.State, MS: s.MS, Done: s.Done, Total: s.Total}
	}
	return out
}
