package store

import (
	"bytes"
	"cmp"
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
	At           time.Time // that it is sorted by: when it was completed, else when the run was written
}

var resultTable = Table{Name: "node_results", Columns: []string{
	"ws", "run_id", "node", "unique_id", "schema_id", "at", "status", "class",
	"failures", "execution_time", "started_at", "completed_at", "rows_affected", "thread", "message", "position",
}}

// resultAt is the time of a result. A node that did not run has no completion: the run's
// own time replaces it.
func (p *runPut) resultAt(r catalog.NodeResult) int64 {
	return cmp.Or(micros(r.CompletedAt), micros(p.run.GeneratedAt))
}

func (p *runPut) resultRow(r catalog.NodeResult, at, position int64) []any {
	return []any{
		p.ws, int64(p.run.ID), keyHash(r.UniqueID), r.UniqueID, int64(p.run.SchemaID), at, r.Status, r.Class,
		null(r.Failures), r.ExecutionTime, micros(r.StartedAt), micros(r.CompletedAt), null(r.RowsAffected), r.Thread, r.Message, position,
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

// RunResults lists the results of a run, of one class or of all (""), by unique id: by
// the position that they got when they were written.
func (s *Store) RunResults(ctx context.Context, ws int64, run catalog.RunID, class string, p Page) (Paged[catalog.NodeResult], error) {
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
	total, of, args := int64(found.Results), "", []any{ws, int64(run)}
	if class != "" {
		of, args = ` AND n.class = ?`, append(args, class)
		if total, err = one(ctx, s.reader(ws), scalar[int64], `SELECT count(*) FROM node_results n WHERE n.ws = ? AND n.run_id = ?`+of, args...); err != nil {
			return Paged[catalog.NodeResult]{}, fmt.Errorf("results of run %s: %w", run, err)
		}
	}
	rows, err := list(ctx, s.reader(ws), scan, `SELECT `+resultColumns+`, n.position FROM node_results n
		WHERE n.ws = ? AND n.run_id = ?`+of+` AND n.position > ? ORDER BY n.position LIMIT ?`, append(args, after, p.limit()+1)...)
	if err != nil {
		return Paged[catalog.NodeResult]{}, fmt.Errorf("results of run %s: %w", run, err)
	}
	page, err := paged(rows, p, total, func(r placed) []any { return []any{r.position} })
	out := Paged[catalog.NodeResult]{Next: page.Next, Total: page.Total}
	for _, r := range page.Rows {
		out.Rows = append(out.Rows, r.NodeResult)
	}
	return out, err
}

// LatestResults returns the newest result of those of the nodes that have one.
func (s *Store) LatestResults(ctx context.Context, ws int64, schema catalog.SchemaID, nodes []catalog.NodeRef, asOf AsOf) (map[catalog.NodeRef]catalog.NodeResult, error) {
	wanted := make(map[catalog.NodeRef]bool, len(nodes))
	for _, n := range nodes {
		wanted[n] = true
	}
	found := make(map[catalog.NodeRef]catalog.NodeResult, len(nodes))
	scan := func(row scanner) (none struct{}, err error) {
		n := catalog.NodeRef{}
		r, err := scanResultAnd(row, (*int64)(&n.Project))
		if n.UniqueID = r.UniqueID; err == nil && wanted[n] {
			found[n] = r
		}
		return none, err
	}
	err := inBatches(hashesOf(nodes), func(hashes [][]byte) error {
		if !asOf.IsNow() {
			from, args := asOf.latestAsOf(ws, schema, hashes)
			_, err := list(ctx, s.reader(ws), scan, `SELECT `+resultColumns+`, n.project_id`+from, args...)
			return err
		}
		marks, args := in([]any{ws, int64(schema)}, hashes)
		_, err := list(ctx, s.reader(ws), scan, `SELECT `+resultColumns+`, l.project_id FROM latest_results l
			JOIN node_results n ON n.ws = l.ws AND n.run_id = l.run_id AND n.node = l.node
			WHERE l.ws = ? AND l.schema_id = ? AND l.node IN `+marks, args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("latest results of %s: %w", schema, err)
	}
	return found, nil
}

// hashesOf returns the hashes of the ids of nodes, each once.
func hashesOf(nodes []catalog.NodeRef) [][]byte {
	ids := make(map[string]bool, len(nodes))
	for _, n := range nodes {
		ids[n.UniqueID] = true
	}
	return keyHashes(slices.Collect(maps.Keys(ids)))
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

// ResultFilter chooses results of nodes.
type ResultFilter struct {
	Nodes []catalog.NodeRef
	Class string // "" lets all through
	AsOf  AsOf
}

// NodeResults lists the results of the nodes (catalog.ErrTooLarge above 4,096)
// by completion, newest first: those of runs that made something, without tests
// that were only compiled.
func (s *Store) NodeResults(ctx context.Context, ws int64, schema catalog.SchemaID, f ResultFilter, p Page) (Paged[RunResult], error) {
	nodes := f.Nodes
	if len(nodes) == 0 {
		return Paged[RunResult]{}, nil
	}
	if len(nodes) > maxHistory {
		return Paged[RunResult]{}, fmt.Errorf("results of %d nodes, at most %d: %w", len(nodes), maxHistory, catalog.ErrTooLarge)
	}
	at, run, node, invocation := catalog.Open, catalog.Open, []byte{}, ""
	if _, err := p.after(&at, &invocation, &run, &node); err != nil {
		return Paged[RunResult]{}, err
	}
	from, args := f.from(ws, schema)
	d := s.reader(ws)
	total, more, err := d.count(ctx, from, args)
	if err != nil {
		return Paged[RunResult]{}, fmt.Errorf("results of nodes: %w", err)
	}
	// Each node's results are in the order of an index; those of several together are not.
	var rows []RunResult
	for i := range nodes {
		from, args := f.of(nodes[i:i+1]).from(ws, schema)
		some, err := list(ctx, d, scanRunResult, `SELECT `+resultColumns+`, r.invocation_id, r.command, r.counts, n.at`+from+`
			AND n.at <= ? AND (n.at, r.invocation_id, n.run_id, n.node) < (?, ?, ?, ?)
			ORDER BY n.at DESC, r.invocation_id DESC, n.run_id DESC, n.node DESC LIMIT ?`,
			append(args, at, at, invocation, run, node, p.limit()+1)...)
		if err != nil {
			return Paged[RunResult]{}, fmt.Errorf("results of nodes: %w", err)
		}
		rows = append(rows, some...)
	}
	if len(nodes) > 1 {
		slices.SortFunc(rows, func(a, b RunResult) int { return b.compare(a) })
		rows = rows[:min(len(rows), p.limit()+1)]
	}
	page, err := paged(rows, p, total, func(r RunResult) []any { return []any{micros(r.At), r.InvocationID, r.Run, keyHash(r.UniqueID)} })
	page.More = more
	return page, err
}

// of is the filter for some of its nodes.
func (f ResultFilter) of(nodes []catalog.NodeRef) ResultFilter {
	f.Nodes = nodes
	return f
}

// from is the FROM clause of the results n that the filter lets through, with their runs r.
func (f ResultFilter) from(ws int64, schema catalog.SchemaID) (string, []any) {
	matches, args := ofNodes([]any{ws, int64(schema), catalog.ClassCompiled}, f.Nodes)
	by, args := f.AsOf.condition(args)
	if f.Class != "" {
		by, args = by+` AND n.class = ?`, append(args, f.Class)
	}
	return ` FROM node_results n JOIN runs r ON r.ws = n.ws AND r.id = n.run_id AND r.stored = 1 AND r.counts > 0` + f.AsOf.join() + `
		WHERE n.ws = ? AND n.schema_id = ? AND n.class <> ? AND ` + matches + by, args
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

func (r *RunResult) compare(o RunResult) int {
	return cmp.Or(r.At.Compare(o.At), strings.Compare(r.InvocationID, o.InvocationID), cmp.Compare(r.Run, o.Run),
		bytes.Compare(keyHash(r.UniqueID), keyHash(o.UniqueID)))
}

func scanRunResult(row scanner) (r RunResult, err error) {
	var at int64
	r.NodeResult, err = scanResultAnd(row, &r.InvocationID, &r.Command, &r.Counting, &at)
	r.At = timeOf(at)
	return r, err
}
