package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

const runColumns = `r.id, r.schema_id, r.project_id, r.invocation_id, r.command, r.dbt_version, r.generated_at, r.elapsed, r.results, r.import_id, r.args, r.empty, r.artifact,
	r.passed, r.warned, r.failed, r.errors, r.skipped`

func scanRun(row scanner) (catalog.Run, error) { return scanRunAnd(row) }

func scanRunAnd(row scanner, more ...any) (r catalog.Run, err error) {
	var generated int64
	var args string
	err = row.Scan(append([]any{
		&r.ID, &r.SchemaID, &r.Project, &r.InvocationID, &r.Command, &r.DBTVersion, &generated, &r.Elapsed, &r.Results, &r.Import, &args, &r.Empty, &r.Artifact,
		&r.Tally.Passed, &r.Tally.Warned, &r.Tally.Failed, &r.Tally.Errors, &r.Tally.Skipped,
	}, more...)...)
	r.GeneratedAt = timeOf(generated)
	if args != "" {
		r.Args = json.RawMessage(args)
	}
	return r, err
}

// PutRun appends a run with its results (of run_results.json) or its freshness
// (of sources.json), not both. A run that is there already, by schema,
// invocation id and artifact, is not stored again: stored is false; what another
// file of the invocation adds to it is. The newest result
// of each node, by completion, becomes its latest, unless the run does not
// count as one. run.ID is ignored; run.Results and run.Tally are set by the store.
func (s *Store) PutRun(ctx context.Context, ws int64, run catalog.Run, results []catalog.NodeResult, freshness []catalog.Freshness) (id catalog.RunID, stored bool, err error) {
	p := runPut{s: s, ws: ws, run: run}
	p.run.Artifact = cmp.Or(run.Artifact, catalog.ArtifactRunResults)
	p.results = slices.SortedFunc(slices.Values(last(results, func(r catalog.NodeResult) string { return r.UniqueID })),
		func(a, b catalog.NodeResult) int { return strings.Compare(a.UniqueID, b.UniqueID) })
	p.freshness = last(freshness, func(f catalog.Freshness) string { return f.UniqueID })
	p.run.Results = len(p.results) + len(p.freshness)
	p.run.Tally = tallyOf(p.results, p.freshness)
	switch {
	case run.InvocationID == "":
		err = fmt.Errorf("no invocation id: %w", catalog.ErrInvalid)
	case len(results) > 0 && p.run.Artifact != catalog.ArtifactRunResults, len(freshness) > 0 && p.run.Artifact != catalog.ArtifactSources:
		err = fmt.Errorf("results that are not of %s: %w", p.run.Artifact, catalog.ErrInvalid)
	}
	if err == nil {
		stored, err = p.put(ctx)
	}
	if err != nil {
		return 0, false, fmt.Errorf("run %q of %s: %w", run.InvocationID, run.SchemaID, err)
	}
	return p.run.ID, stored, nil
}

func tallyOf(results []catalog.NodeResult, freshness []catalog.Freshness) (t catalog.Tally) {
	for i := range results {
		t.Add(results[i].Class)
	}
	for i := range freshness {
		t.AddFreshness(freshness[i].Status)
	}
	return t
}

// runPut is the storing of one run.
type runPut struct {
	s         *Store
	ws        int64
	run       catalog.Run
	results   []catalog.NodeResult
	freshness []catalog.Freshness
}

// put writes the run's row, its results in chunks and the mark that makes them
// count. What an interrupted call left behind is written again.
func (p *runPut) put(ctx context.Context) (stored bool, err error) {
	var there bool
	if err := p.s.tx(ctx, func(tx Tx) (err error) { there, err = p.open(ctx, tx); return err }); err != nil || there {
		return false, err
	}
	err = chunks(p.byNode(), 2*chunkRows, func(placed []placedResult) error {
		rows := make([][]any, len(placed))
		for i, r := range placed {
			result := p.results[r.position]
			rows[i] = p.resultRow(result, p.resultAt(result), int64(r.position))
		}
		return p.load(ctx, resultTable, rows)
	})
	if err != nil {
		return false, err
	}
	err = chunks(p.freshness, 2*chunkRows, func(freshness []catalog.Freshness) error {
		rows := make([][]any, len(freshness))
		for i, f := range freshness {
			var err error
			if rows[i], err = p.freshnessRow(f); err != nil {
				return err
			}
		}
		return p.load(ctx, freshnessTable, rows)
	})
	if err != nil {
		return false, err
	}
	return true, p.s.tx(ctx, func(tx Tx) error { return p.close(ctx, tx) })
}

// placedResult is a result by its position in the run, which is the one in which it is listed.
type placedResult struct {
	node     catalog.Hash
	position int
}

// byNode orders the results by the hash of their node: indexes by it are then written page by page.
func (p *runPut) byNode() []placedResult {
	out := make([]placedResult, len(p.results))
	for i := range p.results {
		out[i] = placedResult{catalog.HashOf([]byte(p.results[i].UniqueID)), i}
	}
	slices.SortFunc(out, func(a, b placedResult) int { return bytes.Compare(a.node[:], b.node[:]) })
	return out
}

func (p *runPut) load(ctx context.Context, t Table, rows [][]any) error {
	return p.s.tx(ctx, func(tx Tx) error { return p.s.eng.Load(ctx, tx, t, rows) })
}

// open makes the run's row, or finds it; there reports whether it is complete.
// An invocation is a project's. A run of no project may be any project's, and
// the other way round; it becomes that of the first project that it comes again for.
func (p *runPut) open(ctx context.Context, tx Tx) (there bool, err error) {
	if _, err := tx.schema(ctx, p.ws, p.run.SchemaID); err != nil {
		return false, err
	}
	args, of := []any{p.ws, int64(p.run.SchemaID), p.run.InvocationID, p.run.Artifact}, ""
	if p.run.Project != 0 {
		args, of = append(args, int64(p.run.Project)), ` AND project_id IN (?, 0)`
	}
	type found struct{ id, stored, project int64 }
	f, err := one(ctx, tx.db, func(row scanner) (f found, err error) { return f, row.Scan(&f.id, &f.stored, &f.project) },
		`SELECT id, stored, project_id FROM runs WHERE ws = ? AND schema_id = ? AND invocation_id = ? AND artifact = ?`+of+` ORDER BY project_id DESC LIMIT 1`,
		args...)
	if errors.Is(err, catalog.ErrNotFound) {
		return false, p.insert(ctx, tx)
	}
	if err != nil {
		return false, err
	}
	p.run.ID = catalog.RunID(f.id)
	if f.stored == 1 {
		if f.project == 0 && p.run.Project != 0 {
			err = tx.adoptRun(ctx, p.ws, p.run.SchemaID, p.run.Project, f.id)
		}
		if err == nil {
			err = p.complete(ctx, tx)
		}
		return true, err
	}
	for _, t := range []Table{resultTable, freshnessTable} {
		if _, err := tx.exec(ctx, `DELETE FROM `+t.Name+` WHERE ws = ? AND run_id = ?`, p.ws, f.id); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (p *runPut) insert(ctx context.Context, tx Tx) error {
	id, err := tx.newIDs(ctx, catalog.PrefixRun, 1)
	if err != nil {
		return err
	}
	p.run.ID = catalog.RunID(id)
	r := p.run
	_, err = tx.exec(ctx, `INSERT INTO runs (ws, id, schema_id, project_id, invocation_id, artifact, command, dbt_version,
		generated_at, elapsed, results, import_id, args, empty, counts, selected,
		passed, warned, failed, errors, skipped, stored) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
		p.ws, id, int64(r.SchemaID), int64(r.Project), r.InvocationID, p.run.Artifact, r.Command, r.DBTVersion,
		micros(r.GeneratedAt), r.Elapsed, r.Results, int64(r.Import), string(r.Args), bit(r.Empty), int(r.Counting()), bit(r.IsSelected()),
		r.Tally.Passed, r.Tally.Warned, r.Tally.Failed, r.Tally.Errors, r.Tally.Skipped)
	return err
}

// close makes the run count, and its results the latest where they are newer.
func (p *runPut) close(ctx context.Context, tx Tx) error {
	if _, err := tx.exec(ctx, `UPDATE runs SET stored = 1 WHERE ws = ? AND id = ?`, p.ws, int64(p.run.ID)); err != nil {
		return err
	}
	return p.count(ctx, tx, int64(p.run.Project))
}

// count makes the outcomes of a run the latest of their nodes in a project where they
// are newer, if it counts as a run.
func (p *runPut) count(ctx context.Context, tx Tx, project int64) error {
	sources := p.run.Artifact == catalog.ArtifactSources
	if !sources && p.run.Counting() < catalog.CountsAsLatest {
		return nil
	}
	if err := p.countRun(ctx, tx); err != nil {
		return err
	}
	if sources {
		return tx.latestFreshness(ctx, p.ws, project, p.run.InvocationID, int64(p.run.ID))
	}
	return tx.latestResults(ctx, p.ws, project, p.run.InvocationID, int64(p.run.ID))
}

// latestResults makes a run's results the latest of their nodes in a project where they
// are newer.
func (tx Tx) latestResults(ctx context.Context, ws, project int64, invocation string, run int64) error {
	if _, err := tx.exec(ctx, `INSERT INTO latest_results (ws, schema_id, node, project_id, run_id, at, invocation_id, class, unique_id)
		SELECT ws, schema_id, node, CAST(? AS bigint), run_id, at, CAST(? AS text), class, unique_id FROM node_results
			WHERE ws = ? AND run_id = ? AND class <> ?
		ON CONFLICT (ws, schema_id, node, project_id) DO UPDATE SET
			run_id = excluded.run_id, at = excluded.at, invocation_id = excluded.invocation_id, class = excluded.class
		WHERE (excluded.at, excluded.invocation_id) >= (latest_results.at, latest_results.invocation_id)`,
		project, invocation, ws, run, catalog.ClassCompiled); err != nil {
		return fmt.Errorf("latest results: %w", err)
	}
	return nil
}

// countRun counts a run that may have changed what is the latest.
func (p *runPut) countRun(ctx context.Context, tx Tx) error {
	if _, err := tx.exec(ctx, `UPDATE schemas SET results_stored = results_stored + 1 WHERE ws = ? AND id = ?`, p.ws, int64(p.run.SchemaID)); err != nil {
		return fmt.Errorf("results of the schema: %w", err)
	}
	return nil
}

// latestFreshness makes a run's freshness the latest of its sources in a project where it
// is newer.
func (tx Tx) latestFreshness(ctx context.Context, ws, project int64, invocation string, run int64) error {
	if _, err := tx.exec(ctx, `INSERT INTO latest_freshness (ws, schema_id, node, project_id, run_id, at, invocation_id)
		SELECT ws, schema_id, node, CAST(? AS bigint), run_id, snapshot_at, CAST(? AS text) FROM freshness WHERE ws = ? AND run_id = ?
		ON CONFLICT (ws, schema_id, node, project_id) DO UPDATE SET
			run_id = excluded.run_id, at = excluded.at, invocation_id = excluded.invocation_id
		WHERE (excluded.at, excluded.invocation_id) > (latest_freshness.at, latest_freshness.invocation_id)`,
		project, invocation, ws, run); err != nil {
		return fmt.Errorf("latest freshness: %w", err)
	}
	return nil
}

// AdoptRuns assigns to a project those runs of its schema that came without a
// manifest and have no project, and whose results are its own. It returns how many
// there are. A run without a project that came with a manifest is of no project: the
// manifest was of another target, or the results of another project.
func (s *Store) AdoptRuns(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID, owns func(uniqueIDs []string) bool) (int, error) {
	ids, err := list(ctx, s.reader(ws), scalar[int64], `SELECT r.id FROM runs r WHERE r.ws = ? AND r.schema_id = ? AND r.project_id = 0 AND r.stored = 1
		AND NOT EXISTS (SELECT 1 FROM import_parts p WHERE p.ws = r.ws AND p.import_id = r.import_id AND p.name = 'manifest') ORDER BY r.id`, ws, int64(schema))
	adopted := 0
	for _, id := range ids {
		var nodes []string
		nodes, err = list(ctx, s.reader(ws), scalar[string], `SELECT unique_id FROM node_results WHERE ws = ? AND run_id = ?
			UNION SELECT unique_id FROM freshness WHERE ws = ? AND run_id = ?`, ws, id, ws, id)
		if err != nil {
			break
		}
		if !owns(nodes) {
			continue
		}
		if err = s.tx(ctx, func(tx Tx) error { return tx.adoptRun(ctx, ws, schema, project, id) }); err != nil {
			break
		}
		adopted++
	}
	if err != nil {
		return adopted, fmt.Errorf("runs of project %s: %w", project, err)
	}
	return adopted, nil
}

// adoptRun assigns a run to a project: its results are the latest of the project's nodes
// where they are newer, and no longer those of no project.
func (tx Tx) adoptRun(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID, run int64) error {
	r, err := one(ctx, tx.db, scanRun, `SELECT `+runColumns+` FROM runs r WHERE r.ws = ? AND r.id = ?`, ws, run)
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `UPDATE runs SET project_id = ? WHERE ws = ? AND id = ?`, int64(project), ws, run); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `UPDATE schemas SET results_stored = results_stored + 1 WHERE ws = ? AND id = ?`, ws, int64(schema)); err != nil {
		return err
	}
	for _, table := range []string{"latest_results", "latest_freshness"} {
		if _, err := tx.exec(ctx, `DELETE FROM `+table+` WHERE ws = ? AND schema_id = ? AND project_id = 0 AND run_id = ?`, ws, int64(schema), run); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	switch {
	case r.Artifact == catalog.ArtifactSources:
		return tx.latestFreshness(ctx, ws, int64(project), r.InvocationID, run)
	case r.Counting() >= catalog.CountsAsLatest:
		return tx.latestResults(ctx, ws, int64(project), r.InvocationID, run)
	}
	return nil
}

// Run returns one run.
func (s *Store) Run(ctx context.Context, ws int64, id catalog.RunID) (catalog.Run, error) {
	r, err := one(ctx, s.reader(ws), scanRun, `SELECT `+runColumns+` FROM runs r WHERE r.ws = ? AND r.id = ? AND r.stored = 1`, ws, int64(id))
	if err != nil {
		return catalog.Run{}, fmt.Errorf("run %s: %w", id, err)
	}
	return r, nil
}
