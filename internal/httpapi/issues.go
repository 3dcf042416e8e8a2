package httpapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// SchemaIssue is a problem of a schema.
type SchemaIssue struct {
	Issue
	Source string  `json:"source" enum:"import,sql" doc:"import: an import reported it; sql: in the code of a model of this version"`
	Import *string `json:"import" doc:"The newest import that reported it; null for sql"`
	At     *string `json:"at" format:"date-time" doc:"When that import ended; null for sql"`
	Asset  *string `json:"asset" doc:"The model; null for import"`
	Name   *string `json:"name" doc:"Of the model"`
	Line   *int    `json:"line" doc:"In the compiled code, from 1"`
	Column *int    `json:"column"`
}

func (a *API) registerIssues(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/issues", Scope: access.ReadCatalog, ID: "list-issues", Tag: "issues",
		Summary: "List the problems of a schema",
		Description: "First those that its 50 newest imports reported, each once, with the newest import that reported it; an import reads only what has changed, " +
			"so one that does not report a problem again has not necessarily seen it solved. Then what could not be read in the SQL of its models. With at those of that time.",
	}, a.listIssues)
}

type issuesInput struct {
	httpserver.PageParams
	AtParam
	SchemaID string `query:"schema_id" required:"true" maxLength:"64" example:"SCH-101"`
	Source   string `query:"source" enum:"import,sql"`
	Severity string `query:"severity" enum:"info,warning,error"`
	Code     string `query:"code" maxLength:"128" example:"lineage-not-compiled"`
	Project  string `query:"project" maxLength:"512" doc:"Id, name or key of a project" example:"shop"`
}

func (a *API) listIssues(ctx context.Context, p access.Principal, in *issuesInput) (*httpserver.Body[httpserver.List[SchemaIssue]], error) {
	view, err := a.view(ctx, p, in.SchemaID, in.At)
	if err != nil {
		return nil, err
	}
	filter := readmodel.IssueFilter{Source: in.Source, Severity: in.Severity, Code: in.Code}
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
	rows, err := view.Issues(ctx, filter, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[SchemaIssue](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	out.Meta.Version = view.Version
	for i := range rows.Rows {
		out.Data = append(out.Data, schemaIssueResource(&rows.Rows[i]))
	}
	return httpserver.Reply(out), nil
}

func schemaIssueResource(i *readmodel.SchemaIssue) httpserver.Resource[SchemaIssue] {
	out := SchemaIssue{Source: i.Source, Issue: issueOf(i.Issue)}
	var of string
	if i.Import != nil {
		of = i.Import.ID.String()
		out.Import, out.At = &of, timeText(i.Import.EndedAt)
	} else {
		of = i.Model.Label()
		out.Asset, out.Name = &of, &i.Model.Name
		out.Line, out.Column = lineNumber(i.At.Line), lineNumber(i.At.Column)
	}
	return httpserver.Resource[SchemaIssue]{ID: of + "." + strconv.FormatInt(i.Number(), 10), Type: "issue", Attributes: out}
}
