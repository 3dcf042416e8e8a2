package store

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// RunFilter narrows a list of runs; zero fields let everything through.
type RunFilter struct {
	SchemaID catalog.SchemaID
	Projects []catalog.ProjectID // one, and those that are former names of it; none lets all through
	UniqueID string              // runs that have a result of this node
	Outcome  catalog.RunOutcome
	Command  string
	Artifact string
	Selected *bool // whether they were of chosen nodes
	Import   catalog.ImportID
	AsOf     AsOf
	Sort     RunSort
}

// RunSort is an order of runs.
type RunSort struct {
	By        RunSortBy
	Ascending bool
}

// RunSortBy is what runs are sorted by.
type RunSortBy uint8

// What runs are sorted by. Of equal values their times decide, then the invocation and the artifact, never the order in
// which they arrived.
const (
	RunsByTime RunSortBy = iota // GeneratedAt
	RunsByElapsed
	RunsByResults
	RunsByFailures // failed and errors together
)

var runSortColumn = [...]string{RunsByTime: "r.generated_at", RunsByElapsed: "r.elapsed", RunsByResults: "r.results", RunsByFailures: "r.failed + r.errors"}

// value is what a run is sorted by. All are numbers that a float64 holds exactly.
func (by RunSortBy) value(r catalog.Run) float64 {
	switch by {
	case RunsByElapsed:
		return r.Elapsed
	case RunsByResults:
		return float64(r.Results)
	case RunsByFailures:
		return float64(r.Tally.Failed + r.Tally.Errors)
	}
	return float64(micros(r.GeneratedAt))
}

// Runs lists runs in the order of the filter, by default the newest first.
func (s *Store) Runs(ctx context.Context, ws int64, f RunFilter, p Page) (Paged[catalog.Run], error) {
	var value float64
	var at, id int64
	var invocation, artifact string
	given, err := p.after(&value, &at, &invocation, &artifact, &id)
	if err != nil {
		return Paged[catalog.Run]{}, err
	}
	where, args := f.where(ws)
	d := s.reader(ws)
	from := ` FROM runs r` + f.AsOf.join() + ` ` + where
	total, more, err := d.count(ctx, from, args)
	if err != nil {
		return Paged[catalog.Run]{}, fmt.Errorf("runs: %w", err)
	}
	column, direction, side := runSortColumn[f.Sort.By], ` DESC`, `<`
	if f.Sort.Ascending {
		direction, side = ``, `>`
	}
	if given {
		// The first condition is what an index is entered by.
		from += ` AND ` + column + ` ` + side + `= ? AND (` + column + `, r.generated_at, r.invocation_id, r.artifact, r.id) ` + side + ` (?, ?, ?, ?, ?)`
		args = append(args, value, value, at, invocation, artifact, id)
	}
	rows, err := list(ctx, d, scanRun, `SELECT `+runColumns+from+` ORDER BY `+column+direction+`, r.generated_at`+direction+`, r.invocation_id`+direction+
		`, r.artifact`+direction+`, r.id`+direction+` LIMIT ?`, append(args, p.limit()+1)...)
	if err != nil {
		return Paged[catalog.Run]{}, fmt.Errorf("runs: %w", err)
	}
	page, err := paged(rows, p, total, func(r catalog.Run) []any {
		return []any{f.Sort.By.value(r), micros(r.GeneratedAt), r.InvocationID, r.Artifact, r.ID}
	})
	page.More = more
	return page, err
}

func (f RunFilter) where(ws int64) (string, []any) {
	where, args := `WHERE r.ws = ? AND r.stored = 1`+notDeleted("r.schema_id"), []any{ws, ws}
	if f.SchemaID != 0 {
		where, args = where+` AND r.schema_id = ?`, append(args, int64(f.SchemaID))
	}
	if len(f.Projects) > 0 {
		var marks string
		marks, args = in(args, f.Projects)
		where += ` AND r.project_id IN ` + marks
	}
	if f.Import != 0 {
		where, args = where+` AND r.import_id = ?`, append(args, int64(f.Import))
	}
	if f.UniqueID != "" {
		node := keyHash(f.UniqueID)
		where += ` AND (EXISTS (SELECT 1 FROM node_results n WHERE n.ws = r.ws AND n.run_id = r.id AND n.node = ?)
			OR EXISTS (SELECT 1 FROM freshness n WHERE n.ws = r.ws AND n.run_id = r.id AND n.node = ?))`
		args = append(args, node, node)
	}
	if f.Command != "" {
		where, args = where+` AND r.command = ?`, append(args, f.Command)
	}
	if f.Artifact != "" {
		where, args = where+` AND r.artifact = ?`, append(args, f.Artifact)
	}
	if f.Selected != nil {
		where, args = where+` AND r.selected = ?`, append(args, bit(*f.Selected))
	}
	by, args := f.AsOf.condition(args)
	return where + outcomeIs[f.Outcome] + by, args
}

// outcomeIs are the conditions of catalog.Run.Outcome.
var outcomeIs = map[catalog.RunOutcome]string{
	catalog.RunFailed:    countingRuns + ` AND r.failed + r.errors > 0`,
	catalog.RunWarned:    countingRuns + ` AND r.failed + r.errors = 0 AND r.warned > 0`,
	catalog.RunSucceeded: countingRuns + ` AND r.failed + r.errors = 0 AND r.warned = 0`,
	catalog.RunOfNothing: ` AND r.counts = 0 AND r.artifact <> 'sources'`,
}

const countingRuns = ` AND (r.counts > 0 OR r.artifact = 'sources')`
