package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// RunResult is a node's result with the run that it belongs to.
type RunResult struct {
	catalog.NodeResult
	InvocationID string
	Command      string
	Counting     catalog.Counting
}

var resultTable = Table{Name: "node_results", Columns: []string{
	"ws", "run_id", "node", "unique_id", "schema_id", "at", "status", "class",
	"failures", "execution_time", "started_at", "completed_at", "rows_affected", "thread", "message", "position",
}}

var freshnessTable = Table{Name: "freshness", Columns: []string{
	"ws", "run_id", "node", "unique_id", "schema_id", "status",
	"max_loaded_at", "snapshot_at", "age", "message",
}}

// resultRow returns a result's row. A node that did not run has no completion:
// the run's own time replaces it.
func (p *runPut) resultRow(r catalog.NodeResult, position int64) []any {
	at := micros(r.CompletedAt)
	if at == 0 {
		at = micros(p.run.GeneratedAt)
	}
	return []any{
		p.ws, int64(p.run.ID), keyHash(r.UniqueID), r.UniqueID, int64(p.run.SchemaID), at, r.Status, r.Class,
		null(r.Failures), r.ExecutionTime, micros(r.StartedAt), micros(r.CompletedAt), null(r.RowsAffected), r.Thread, r.Message, position,
	}
}

func (p *runPut) freshnessRow(f catalog.Freshness) []any {
	at := f.SnapshotedAt
	if at.IsZero() {
		at = p.run.GeneratedAt
	}
	return []any{
		p.ws, int64(p.run.ID), keyHash(f.UniqueID), f.UniqueID, int64(p.run.SchemaID), f.Status,
		micros(f.MaxLoadedAt), micros(at), f.Age, f.Message,
	}
}

func null(n *int64) any {
	if n == nil {
		return nil
	}
	return *n
}

const resultColumns = `n.run_id, n.unique_id, n.status, n.class, n.message, n.failures, n.execution_time, n.started_at, n.completed_at, n.rows_affected, n.thread`

func scanResultAnd(row scanner, more ...any) (r catalog.NodeResult, err error) {
	var started, completed int64
	err = row.Scan(append([]any{
		&r.Run, &r.UniqueID, &r.Status, &r.Class, &r.Message, &r.Failures, &r.ExecutionTime,
		&started, &completed, &r.RowsAffected, &r.Thread,
	}, more...)...)
	r.StartedAt, r.CompletedAt = timeOf(started), timeOf(completed)
	return r, err
}

const freshnessColumns = `n.run_id, n.unique_id, n.status, n.max_loaded_at, n.snapshot_at, n.age, n.message`

func scanFreshness(row scanner) (catalog.Freshness, error) { return scanFreshnessAnd(row) }

func scanFreshnessAnd(row scanner, more ...any) (f catalog.Freshness, err error) {
	var loaded, snapshot int64
	err = row.Scan(append([]any{&f.Run, &f.UniqueID, &f.Status, &loaded, &snapshot, &f.Age, &f.Message}, more...)...)
	f.MaxLoadedAt, f.SnapshotedAt = timeOf(loaded), timeOf(snapshot)
	return f, err
}

// RunResults lists the results of a run by unique id: by the position that they
// got when they were written.
func (s *Store) RunResults(ctx context.Context, ws int64, run catalog.RunID, p Page) (Paged[catalog.NodeResult], error) {
	found, err := s.Run(ctx, ws, run)
	if err != nil {
		return Paged[catalog.NodeResult]{}, err
	}
	after := int64(-1)
	if _, err := p.after(&after); err != nil {
		return Paged[catalog.NodeResult]{}, err
	}
	type placed struct {
		catalog.NodeResult
		position int64
	}
	scan := func(row scanner) (r placed, err error) {
		r.NodeResult, err = scanResultAnd(row, &r.position)
		return r, err
	}
	rows, err := list(ctx, s.reader(ws), scan, `SELECT `+resultColumns+`, n.position FROM node_results n
		WHERE n.ws = ? AND n.run_id = ? AND n.position > ? ORDER BY n.position LIMIT ?`, ws, int64(run), after, p.limit()+1)
	if err != nil {
		return Paged[catalog.NodeResult]{}, fmt.Errorf("results of run %s: %w", run, err)
	}
	page, err := paged(rows, p, int64(found.Results), func(r placed) []any { return []any{r.position} })
	out := Paged[catalog.NodeResult]{Next: page.Next, Total: page.Total}
	for _, r := range page.Rows {
		out.Rows = append(out.Rows, r.NodeResult)
	}
	return out, err
}

// RunFreshness lists the freshness results of a run by unique id.
func (s *Store) RunFreshness(ctx context.Context, ws int64, run catalog.RunID, p Page) (Paged[catalog.Freshness], error) {
	found, err := s.Run(ctx, ws, run)
	if err != nil {
		return Paged[catalog.Freshness]{}, err
	}
	var after string
	if _, err := p.after(&after); err != nil {
		return Paged[catalog.Freshness]{}, err
	}
	rows, err := list(ctx, s.reader(ws), scanFreshness, `SELECT `+freshnessColumns+` FROM freshness n
		WHERE n.ws = ? AND n.run_id = ? AND n.unique_id > ? ORDER BY n.unique_id LIMIT ?`, ws, int64(run), after, p.limit()+1)
	if err != nil {
		return Paged[catalog.Freshness]{}, fmt.Errorf("freshness of run %s: %w", run, err)
	}
	return paged(rows, p, int64(found.Results), func(f catalog.Freshness) []any { return []any{f.UniqueID} })
}

// LatestResults returns the newest result of those of the nodes that have one.
func (s *Store) LatestResults(ctx context.Context, ws int64, schema catalog.SchemaID, nodes []catalog.NodeRef) (map[catalog.NodeRef]catalog.NodeResult, error) {
	return latest(ctx, s, ws, schema, nodes, "latest_results", resultTable.Name, resultColumns, scanResultAnd,
		func(r catalog.NodeResult) string { return r.UniqueID })
}

// LatestFreshness returns the newest freshness of those of the sources that have
// one.
func (s *Store) LatestFreshness(ctx context.Context, ws int64, schema catalog.SchemaID, nodes []catalog.NodeRef) (map[catalog.NodeRef]catalog.Freshness, error) {
	return latest(ctx, s, ws, schema, nodes, "latest_freshness", freshnessTable.Name, freshnessColumns, scanFreshnessAnd,
		func(f catalog.Freshness) string { return f.UniqueID })
}

// latest reads the results that a table of latest ones points to.
func latest[T any](ctx context.Context, s *Store, ws int64, schema catalog.SchemaID, nodes []catalog.NodeRef, pointers, table, columns string,
	scan func(scanner, ...any) (T, error), id func(T) string,
) (map[catalog.NodeRef]T, error) {
	wanted := make(map[catalog.NodeRef]bool, len(nodes))
	ids := make(map[string]bool, len(nodes))
	for _, n := range nodes {
		wanted[n], ids[n.UniqueID] = true, true
	}
	found := make(map[catalog.NodeRef]T, len(nodes))
	scanRow := func(row scanner) (none struct{}, err error) {
		n := catalog.NodeRef{}
		r, err := scan(row, (*int64)(&n.Project))
		if n.UniqueID = id(r); err == nil && wanted[n] {
			found[n] = r
		}
		return none, err
	}
	err := inBatches(keyHashes(slices.Collect(maps.Keys(ids))), func(hashes [][]byte) error {
		marks, args := in([]any{ws, int64(schema)}, hashes)
		_, err := list(ctx, s.reader(ws), scanRow, `SELECT `+columns+`, l.project_id FROM `+pointers+` l
			JOIN `+table+` n ON n.ws = l.ws AND n.run_id = l.run_id AND n.node = l.node
			WHERE l.ws = ? AND l.schema_id = ? AND l.node IN `+marks, args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("latest results of %s: %w", schema, err)
	}
	return found, nil
}

func keyHashes(values []string) [][]byte {
	out := make([][]byte, len(values))
	for i, v := range values {
		out[i] = keyHash(v)
	}
	return out
}

// maxHistory is how many nodes NodeResults takes.
const maxHistory = 4096

// NodeResults lists the results of the nodes (catalog.ErrTooLarge above 4,096)
// by completion, newest first: those of runs that made something, without tests
// that were only compiled.
func (s *Store) NodeResults(ctx context.Context, ws int64, schema catalog.SchemaID, nodes []catalog.NodeRef, p Page) (Paged[RunResult], error) {
	if len(nodes) == 0 {
		return Paged[RunResult]{}, nil
	}
	if len(nodes) > maxHistory {
		return Paged[RunResult]{}, fmt.Errorf("results of %d nodes, at most %d: %w", len(nodes), maxHistory, catalog.ErrTooLarge)
	}
	at, run, node := catalog.Open, catalog.Open, []byte{}
	if _, err := p.after(&at, &run, &node); err != nil {
		return Paged[RunResult]{}, err
	}
	matches, args := ofNodes([]any{ws, int64(schema), catalog.ClassCompiled}, nodes)
	where := ` FROM node_results n JOIN runs r ON r.ws = n.ws AND r.id = n.run_id AND r.stored = 1 AND r.counts > 0
		WHERE n.ws = ? AND n.schema_id = ? AND n.class <> ? AND ` + matches
	d := s.reader(ws)
	total, err := one(ctx, d, scalar[int64], `SELECT count(*)`+where, args...)
	if err != nil {
		return Paged[RunResult]{}, fmt.Errorf("results of nodes: %w", err)
	}
	rows, err := list(ctx, d, scanRunResult, `SELECT `+resultColumns+`, r.invocation_id, r.command, r.counts, n.at`+where+`
		AND (n.at, n.run_id, n.node) < (?, ?, ?) ORDER BY n.at DESC, n.run_id DESC, n.node DESC LIMIT ?`,
		append(args, at, run, node, p.limit()+1)...)
	if err != nil {
		return Paged[RunResult]{}, fmt.Errorf("results of nodes: %w", err)
	}
	page, err := paged(rows, p, total, func(r timedResult) []any { return []any{micros(r.at), r.Run, keyHash(r.UniqueID)} })
	out := Paged[RunResult]{Next: page.Next, Total: page.Total}
	for _, r := range page.Rows {
		out.Rows = append(out.Rows, r.RunResult)
	}
	return out, err
}

// ofNodes is the condition that a result n of a run r is of one of the nodes.
func ofNodes(args []any, nodes []catalog.NodeRef) (string, []any) {
	byProject := map[catalog.ProjectID][]string{}
	for _, n := range nodes {
		byProject[n.Project] = append(byProject[n.Project], n.UniqueID)
	}
	var any []string
	for _, project := range slices.Sorted(maps.Keys(byProject)) {
		args = append(args, int64(project))
		var marks string
		marks, args = in(args, keyHashes(byProject[project]))
		any = append(any, `r.project_id = ? AND n.node IN `+marks)
	}
	return `(` + strings.Join(any, ` OR `) + `)`, args
}

// timedResult is a result with the time that it is sorted by.
type timedResult struct {
	RunResult
	at time.Time
}

func scanRunResult(row scanner) (r timedResult, err error) {
	var at int64
	r.NodeResult, err = scanResultAnd(row, &r.InvocationID, &r.Command, &r.Counting, &at)
	r.at = timeOf(at)
	return r, err
}
