package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

var freshnessTable = Table{Name: "freshness", Columns: []string{
	"ws", "run_id", "node", "unique_id", "schema_id", "status",
	"max_loaded_at", "snapshot_at", "age", "message", "criteria", "execution_time",
}}

// freshnessAt is the time of a source's freshness. A source that could not be queried has
// no time of the snapshot: that of the run replaces it.
func (p *runPut) freshnessAt(f catalog.Freshness) int64 {
	return cmp.Or(micros(f.SnapshotedAt), micros(p.run.GeneratedAt))
}

func (p *runPut) freshnessRow(f catalog.Freshness) ([]any, error) {
	criteria := []byte{}
	if f.Criteria != nil {
		var err error
		if criteria, err = json.Marshal(f.Criteria); err != nil {
			return nil, fmt.Errorf("criteria of %s: %w", f.UniqueID, err)
		}
	}
	return []any{
		p.ws, int64(p.run.ID), keyHash(f.UniqueID), f.UniqueID, int64(p.run.SchemaID), f.Status,
		micros(f.MaxLoadedAt), p.freshnessAt(f), f.Age, f.Message, string(criteria), f.ExecutionTime,
	}, nil
}

const freshnessColumns = `n.run_id, n.unique_id, n.status, n.max_loaded_at, n.snapshot_at, n.age, n.message, n.criteria, n.execution_time`

func scanFreshness(row scanner) (catalog.Freshness, error) { return scanFreshnessAnd(row) }

func scanFreshnessAnd(row scanner, more ...any) (f catalog.Freshness, err error) {
	var loaded, snapshot int64
	var criteria string
	err = row.Scan(append([]any{&f.Run, &f.UniqueID, &f.Status, &loaded, &snapshot, &f.Age, &f.Message, &criteria, &f.ExecutionTime}, more...)...)
	f.MaxLoadedAt, f.SnapshotedAt = timeOf(loaded), timeOf(snapshot)
	if err == nil && criteria != "" {
		f.Criteria = &catalog.Criteria{}
		err = json.Unmarshal([]byte(criteria), f.Criteria)
	}
	return f, err
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

// SourceFreshness is the freshness of a source of a project.
type SourceFreshness struct {
	catalog.Freshness
	Project catalog.ProjectID
}

// Node is the source.
func (f *SourceFreshness) Node() catalog.NodeRef {
	return catalog.NodeRef{Project: f.Project, UniqueID: f.UniqueID}
}

// LatestFreshness returns the newest freshness of those of the sources (nil = all)
// that have one, by unique id and project.
func (s *Store) LatestFreshness(ctx context.Context, ws int64, schema catalog.SchemaID, sources []catalog.NodeRef, asOf AsOf) ([]SourceFreshness, error) {
	var out []SourceFreshness
	var err error
	if sources == nil {
		out, err = s.latestFreshness(ctx, ws, schema, nil, asOf)
	} else {
		err = inBatches(hashesOf(sources), func(hashes [][]byte) error {
			some, err := s.latestFreshness(ctx, ws, schema, hashes, asOf)
			out = append(out, some...)
			return err
		})
		wanted := make(map[catalog.NodeRef]bool, len(sources))
		for _, n := range sources {
			wanted[n] = true
		}
		out = slices.DeleteFunc(out, func(f SourceFreshness) bool { return !wanted[f.Node()] })
	}
	if err != nil {
		return nil, fmt.Errorf("freshness of %s: %w", schema, err)
	}
	slices.SortFunc(out, func(a, b SourceFreshness) int {
		return cmp.Or(strings.Compare(a.UniqueID, b.UniqueID), cmp.Compare(a.Project, b.Project))
	})
	return out, nil
}

func (s *Store) latestFreshness(ctx context.Context, ws int64, schema catalog.SchemaID, nodes [][]byte, asOf AsOf) ([]SourceFreshness, error) {
	scan := func(row scanner) (f SourceFreshness, err error) {
		f.Freshness, err = scanFreshnessAnd(row, (*int64)(&f.Project))
		return f, err
	}
	if asOf.IsNow() {
		of, args := amongHashes("l.node", []any{ws, int64(schema)}, nodes)
		return list(ctx, s.reader(ws), scan, `SELECT `+freshnessColumns+`, l.project_id FROM latest_freshness l
			JOIN freshness n ON n.ws = l.ws AND n.run_id = l.run_id AND n.node = l.node
			WHERE l.ws = ? AND l.schema_id = ?`+of, args...)
	}
	by, args := asOf.condition([]any{ws, int64(schema)})
	of, args := amongHashes("n.node", args, nodes)
	return list(ctx, s.reader(ws), scan, `SELECT `+freshnessColumns+`, n.project_id FROM (
		SELECT n.*, r.project_id, row_number() OVER (PARTITION BY n.node, r.project_id ORDER BY n.snapshot_at DESC, r.invocation_id DESC) AS place
		FROM freshness n JOIN runs r ON r.ws = n.ws AND r.id = n.run_id AND r.stored = 1`+asOf.join()+`
		WHERE n.ws = ? AND n.schema_id = ?`+by+of+`) n WHERE n.place = 1`, args...)
}

// FreshnessHistory lists the results of dbt source freshness of a source, which may have several names, newest first.
func (s *Store) FreshnessHistory(ctx context.Context, ws int64, schema catalog.SchemaID, source []catalog.NodeRef, asOf AsOf, p Page) (Paged[catalog.Freshness], error) {
	at, run := catalog.Open, catalog.Open
	var invocation string
	if _, err := p.after(&at, &invocation, &run); err != nil {
		return Paged[catalog.Freshness]{}, err
	}
	if len(source) == 0 {
		return Paged[catalog.Freshness]{}, nil
	}
	matches, args := ofNodes([]any{ws, int64(schema)}, source)
	by, args := asOf.condition(args)
	from := ` FROM freshness n JOIN runs r ON r.ws = n.ws AND r.id = n.run_id AND r.stored = 1` + asOf.join() + `
		WHERE n.ws = ? AND n.schema_id = ? AND ` + matches + by
	d := s.reader(ws)
	total, more, err := d.count(ctx, from, args)
	if err != nil {
		return Paged[catalog.Freshness]{}, fmt.Errorf("freshness of %s: %w", source[0].UniqueID, err)
	}
	type placed struct {
		catalog.Freshness
		at         int64
		invocation string
	}
	scan := func(row scanner) (f placed, err error) {
		f.Freshness, err = scanFreshnessAnd(row, &f.at, &f.invocation)
		return f, err
	}
	rows, err := list(ctx, d, scan, `SELECT `+freshnessColumns+`, n.snapshot_at, r.invocation_id`+from+`
		AND n.snapshot_at <= ? AND (n.snapshot_at, r.invocation_id, n.run_id) < (?, ?, ?)
		ORDER BY n.snapshot_at DESC, r.invocation_id DESC, n.run_id DESC LIMIT ?`, append(args, at, at, invocation, run, p.limit()+1)...)
	if err != nil {
		return Paged[catalog.Freshness]{}, fmt.Errorf("freshness of %s: %w", source[0].UniqueID, err)
	}
	page, err := paged(rows, p, total, func(f placed) []any { return []any{f.at, f.invocation, f.Run} })
	out := Paged[catalog.Freshness]{Next: page.Next, Total: page.Total, More: more}
	for _, f := range page.Rows {
		out.Rows = append(out.Rows, f.Freshness)
	}
	return out, err
}
