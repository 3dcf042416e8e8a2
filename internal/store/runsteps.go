package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

func scanResult(row scanner) (catalog.NodeResult, error) { return scanResultAnd(row) }

// RunResultsOf returns the results of a run of those of the nodes that have one.
func (s *Store) RunResultsOf(ctx context.Context, ws int64, run catalog.RunID, uniqueIDs []string) ([]catalog.NodeResult, error) {
	var out []catalog.NodeResult
	err := inBatches(keyHashes(uniqueIDs), func(hashes [][]byte) error {
		marks, args := in([]any{ws, int64(run)}, hashes)
		some, err := list(ctx, s.reader(ws), scanResult, `SELECT `+resultColumns+` FROM node_results n WHERE n.ws = ? AND n.run_id = ? AND n.node IN `+marks, args...)
		out = append(out, some...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("results of run %s: %w", run, err)
	}
	return out, nil
}

// LastOfRun returns the node of a run that completed last, without the operations after all
// nodes; nil if no result has a time.
func (s *Store) LastOfRun(ctx context.Context, ws int64, run catalog.RunID) (*catalog.NodeResult, error) {
	r, err := one(ctx, s.reader(ws), scanResult, `SELECT `+resultColumns+` FROM node_results n
		WHERE n.ws = ? AND n.run_id = ? AND n.completed_at > 0 AND n.started_at > 0 AND NOT (n.unique_id >= 'operation.' AND n.unique_id < 'operation/')
		ORDER BY n.completed_at DESC, n.position LIMIT 1`, ws, int64(run))
	if errors.Is(err, catalog.ErrNotFound) {
		return nil, nil //nolint:nilnil // none has
	}
	if err != nil {
		return nil, fmt.Errorf("last node of run %s: %w", run, err)
	}
	return &r, nil
}

// maxOperations is how many operations of a run are returned.
const maxOperations = 1000

// RunOperations returns the results of the hooks of a run, such as on-run-start, in the order in which they started.
func (s *Store) RunOperations(ctx context.Context, ws int64, run catalog.RunID) ([]catalog.NodeResult, error) {
	out, err := list(ctx, s.reader(ws), scanResult, `SELECT `+resultColumns+` FROM node_results n
		WHERE n.ws = ? AND n.run_id = ? AND n.unique_id >= 'operation.' AND n.unique_id < 'operation/'
		ORDER BY n.started_at, n.position LIMIT ?`, ws, int64(run), maxOperations)
	if err != nil {
		return nil, fmt.Errorf("operations of run %s: %w", run, err)
	}
	return out, nil
}

// RunSpan returns when the first node of a run started and the last one completed, without its operations; zero times
// if no result has a time.
func (s *Store) RunSpan(ctx context.Context, ws int64, run catalog.RunID) (started, completed time.Time, err error) {
	type span struct{ from, to int64 }
	scan := func(row scanner) (out span, err error) { err = row.Scan(&out.from, &out.to); return out, err }
	of, err := one(ctx, s.reader(ws), scan, `SELECT COALESCE(MIN(n.started_at), 0), COALESCE(MAX(n.completed_at), 0) FROM node_results n
		WHERE n.ws = ? AND n.run_id = ? AND n.completed_at > 0 AND n.started_at > 0 AND NOT (n.unique_id >= 'operation.' AND n.unique_id < 'operation/')`, ws, int64(run))
	if err != nil {
		return started, completed, fmt.Errorf("span of run %s: %w", run, err)
	}
	return timeOf(of.from), timeOf(of.to), nil
}

// retried is the condition that run n, an invocation of dbt retry, executed again what had not succeeded in run o.
const retried = `n.ws = o.ws AND n.schema_id = o.schema_id AND n.project_id = o.project_id AND n.command = 'retry'
	AND n.artifact = 'run_results' AND o.artifact = 'run_results' AND n.stored = 1 AND o.stored = 1 AND o.counts > 0
	AND o.failed + o.errors + o.skipped > 0 AND o.generated_at < n.generated_at
	AND EXISTS (SELECT 1 FROM node_results a JOIN node_results b ON b.ws = a.ws AND b.run_id = o.id AND b.node = a.node
		WHERE a.ws = n.ws AND a.run_id = n.id AND b.class IN ('fail', 'error', 'skipped'))`

// RetriedRun returns the run that an invocation of dbt retry continued: the newest earlier run of its project in which
// a node failed or was skipped that the retry executed; 0 if there is none. dbt itself writes no reference.
func (s *Store) RetriedRun(ctx context.Context, ws int64, run catalog.Run) (catalog.RunID, error) {
	if run.Command != "retry" {
		return 0, nil
	}
	return s.relatedRun(ctx, ws, `SELECT o.id FROM runs n JOIN runs o ON `+retried+` WHERE n.ws = ? AND n.id = ?
		ORDER BY o.generated_at DESC, o.invocation_id DESC LIMIT 1`, run)
}

// RetryOf returns the first invocation of dbt retry that continued a run; 0 if there is none.
func (s *Store) RetryOf(ctx context.Context, ws int64, run catalog.Run) (catalog.RunID, error) {
	if run.Tally.Failed+run.Tally.Errors+run.Tally.Skipped == 0 {
		return 0, nil
	}
	retry, err := s.relatedRun(ctx, ws, `SELECT n.id FROM runs o JOIN runs n ON `+retried+` WHERE o.ws = ? AND o.id = ?
		ORDER BY n.generated_at, n.invocation_id LIMIT 1`, run)
	if err != nil || retry == 0 {
		return 0, err
	}
	// A run in between that failed in the same way is the one that was retried.
	of, err := s.Run(ctx, ws, retry)
	if err != nil {
		return 0, err
	}
	if original, err := s.RetriedRun(ctx, ws, of); err != nil || original != run.ID {
		return 0, err
	}
	return retry, nil
}

func (s *Store) relatedRun(ctx context.Context, ws int64, query string, run catalog.Run) (catalog.RunID, error) {
	id, err := one(ctx, s.reader(ws), scalar[int64], query, ws, int64(run.ID))
	if errors.Is(err, catalog.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("retries of run %s: %w", run.ID, err)
	}
	return catalog.RunID(id), nil
}
