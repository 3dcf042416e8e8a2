package readmodel

import (
	"context"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Sources of issues.
const (
	IssueOfImport = "import"
	IssueOfSQL    = "sql"
)

// SchemaIssue is a problem of a schema: one that an import reported, or one of the SQL of a model.
type SchemaIssue struct {
	catalog.Issue
	Source string
	Import *catalog.Import // that reported it last; nil of SQL
	Model  *Asset          // nil of imports
	At     lineage.Issue   // its position in the compiled code; of SQL

	position [3]int64
}

// Number is that of the issue among those of its import or model.
func (i *SchemaIssue) Number() int64 { return i.position[2] }

// IssueFilter narrows a list of issues; zero fields let everything through.
type IssueFilter struct {
	Source, Code, Severity string
	Project                catalog.ProjectID
}

func (f *IssueFilter) match(i *SchemaIssue, project catalog.ProjectID) bool {
	return (f.Source == "" || i.Source == f.Source) && (f.Code == "" || i.Code == f.Code) &&
		(f.Severity == "" || i.Severity == f.Severity) && (f.Project == 0 || project == f.Project)
}

// Issues lists the problems that the newest imports reported, each once, newest first, and then those of the SQL of
// the view's version, by model.
func (v *View) Issues(ctx context.Context, f IssueFilter, p store.Page) (out store.Paged[SchemaIssue], err error) {
	after := [3]int64{-1, 0, 0}
	if _, err := p.Position(&after[0], &after[1], &after[2]); err != nil {
		return out, err
	}
	issues, err := v.importIssues(ctx, f)
	if err != nil {
		return out, err
	}
	if f.Source != IssueOfImport {
		of, err := v.sqlIssues(ctx, f)
		if err != nil {
			return out, err
		}
		issues = append(issues, of...)
	}
	out.Total = int64(len(issues))
	from, _ := slices.BinarySearchFunc(issues, after, func(i SchemaIssue, after [3]int64) int {
		if slices.Compare(i.position[:], after[:]) <= 0 {
			return -1
		}
		return 1
	})
	to := min(from+p.Size(), len(issues))
	out.Rows = issues[from:to]
	if to < len(issues) {
		last := issues[to-1].position
		out.Next, err = store.NewPosition(last[0], last[1], last[2])
	}
	return out, err
}

// reportsRead is of how many imports the issues are listed.
const reportsRead = 50

// importIssues returns the issues of the newest imports that the view knows, each of the newest that has it.
func (v *View) importIssues(ctx context.Context, f IssueFilter) ([]SchemaIssue, error) {
	if f.Source == IssueOfSQL {
		return nil, nil
	}
	imports, err := v.m.store.ImportReports(ctx, v.ws(), v.Schema.ID, v.asOf, reportsRead)
	if err != nil {
		return nil, err
	}
	type key struct {
		project               catalog.ProjectID
		code, uniqueID, place string
	}
	var out []SchemaIssue
	seen := map[key]bool{}
	for n := range imports {
		imp := &imports[n]
		for k, issue := range imp.Report.Issues {
			i := SchemaIssue{Issue: issue, Source: IssueOfImport, Import: imp, position: [3]int64{0, -int64(imp.ID), int64(k)}}
			of := key{imp.Project, issue.Code, issue.UniqueID, issue.Place}
			if !seen[of] && f.match(&i, imp.Project) {
				out = append(out, i)
			}
			seen[of] = true
		}
	}
	return out, nil
}

// sqlIssues returns what could not be read in the code of models, by the ids of the models.
func (v *View) sqlIssues(ctx context.Context, f IssueFilter) ([]SchemaIssue, error) {
	columns, err := v.m.columns(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return nil, err
	}
	var out []SchemaIssue
	for _, id := range slices.Sorted(maps.Keys(columns.issues)) {
		n, ok := columns.assets.number(id)
		if !ok {
			continue
		}
		model, severity := columns.assets.present[n], "info"
		if columns.readings[id].Status == lineage.Failed {
			severity = "warning"
		}
		for k, issue := range columns.issues[id] {
			i := SchemaIssue{
				Issue:  catalog.Issue{Code: issue.Code, Severity: severity, UniqueID: model.UniqueID, Message: issue.Message},
				Source: IssueOfSQL, Model: model, At: issue, position: [3]int64{1, int64(id), int64(k)},
			}
			if f.match(&i, model.Project) {
				out = append(out, i)
			}
		}
	}
	return out, nil
}
