package revision

import (
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
)

// tally counts what the trace stage read, for the report.
type tally struct {
	models   int64
	edges    int64
	outputs  int64
	resolved int64
	statuses [lineage.Statuses]int64
	failed   []failedModel
}

type failedModel struct {
	name  string
	issue lineage.Issue
}

// maxFailed bounds the models that a report names one by one; the others are
// counted, and every model has its own status.
const maxFailed = 100

func (t *tally) add(name string, b *lineage.Block) {
	t.models++
	t.statuses[b.Status]++
	t.edges += int64(b.EdgeCount())
	t.outputs += int64(b.Named())
	t.resolved += int64(b.Resolved())
	if b.Status == lineage.Failed && len(t.failed) < maxFailed && len(b.Issues) > 0 {
		t.failed = append(t.failed, failedModel{name, b.Issues[0]})
	}
}

func (t *tally) report(rep Reporter) {
	rep.Count("models_traced", t.models)
	rep.Count("column_edges_traced", t.edges)
	for s, n := range t.statuses {
		if n > 0 {
			rep.Count("models_"+lineage.Status(s).String(), n)
		}
	}
	for _, f := range t.failed {
		rep.Issue(catalog.Issue{
			Code: "lineage-failed", Severity: "warning", UniqueID: f.name, Place: compiledPlace(f.issue),
			Message: "the columns of this model could not be traced: " + f.issue.Message,
			Remedy:  "everything else of the model was applied; its tables stay connected by the parents that are declared",
		})
	}
	if n := t.statuses[lineage.Partial]; n > 0 {
		rep.Issue(catalog.Issue{
			Code: "lineage-partial", Severity: "info", Place: string(catalog.FromManifest), Count: int(n),
			Message: fmt.Sprintf("models of which some columns could not be traced; %d of %d columns of all models were", t.resolved, t.outputs),
			Remedy:  "GET /api/v1/assets/{id}/column_lineage names the columns and the places",
		})
	}
	if n := t.statuses[lineage.NotCompiled]; n > 0 {
		rep.Issue(catalog.Issue{
			Code: "lineage-not-compiled", Severity: "warning", Place: string(catalog.FromManifest), Count: int(n),
			Message: "models without compiled code; their columns cannot be traced",
			Remedy: "send the manifest of dbt build, run, compile or docs generate of all models; other commands, such as dbt parse, " +
				"ls, test and source freshness, overwrite it by one without the code",
		})
	}
}

func compiledPlace(i lineage.Issue) string {
	if i.Line == 0 {
		return "compiled code"
	}
	return fmt.Sprintf("compiled code, line %d, column %d", i.Line, i.Column)
}
