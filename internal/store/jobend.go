package store

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// JobEnd is how a job ended.
type JobEnd struct {
	Failure  *catalog.Failure // nil = success
	Attempts int              // to be recorded; 0 leaves them
	Report   catalog.Report   // kept with the record of a job that failed, if it has one
	Import   *catalog.Import  // of the job of an import that succeeded: its final state
}

// EndJob ends a claimed job, and its record if that has not ended with it.
// Ending twice under one claim is the same as ending once.
func (s *Store) EndJob(ctx context.Context, c JobClaim, end JobEnd) error {
	if err := s.tx(ctx, func(tx Tx) error { return s.endWithRecord(ctx, tx, c, end) }); err != nil {
		return fmt.Errorf("end %s: %w", c, err)
	}
	s.tick()
	return nil
}

// endWithRecord ends a claimed job and its record. A schema's lease that the job
// holds is given back with it.
func (s *Store) endWithRecord(ctx context.Context, tx Tx, c JobClaim, end JobEnd) error {
	now := micros(s.now())
	j, err := tx.endJob(ctx, c, end, now)
	if err != nil || j == nil {
		return err
	}
	if err := tx.recordEnded(ctx, *j, end, now); err != nil {
		return err
	}
	switch j.Kind {
	case KindImport:
		return s.announce(ctx, tx, j.WS, j.Schema, Occurrence{Import: catalog.ImportID(j.Record)})
	case KindSync:
		return s.announceSync(ctx, tx, *j)
	}
	return nil
}

// endJob ends a claimed job and lets the next one of its order key run; nil if
// this very claim ended it before.
func (tx Tx) endJob(ctx context.Context, c JobClaim, end JobEnd, now int64) (*Job, error) {
	state, failure := JobDone, catalog.Failure{}
	if end.Failure != nil {
		state, failure = JobFailed, *end.Failure
		if failure.Code == catalog.CodeCanceled {
			state = JobCanceled
		}
	}
	j, err := one(ctx, tx.db, scanJob, `UPDATE jobs SET state = ?, error_code = ?, error = ?, ended_at = ?, holder = '', due_at = 0,
		attempts = CASE WHEN CAST(? AS bigint) = 0 THEN attempts ELSE CAST(? AS bigint) END
		WHERE ws = ? AND id = ? AND token = ? AND state = 'running' RETURNING `+jobColumns,
		string(state), failure.Code, failure.Message, now, end.Attempts, end.Attempts, c.WS, c.ID, c.Token)
	if notFound(err) {
		return nil, tx.ended(ctx, c)
	}
	if err != nil {
		return nil, err
	}
	if err := tx.freeLeaseOf(ctx, j); err != nil {
		return nil, err
	}
	return &j, tx.promote(ctx, j)
}

// ended is nil if the job has ended under this claim, else catalog.ErrFenced.
func (tx Tx) ended(ctx context.Context, c JobClaim) error {
	j, err := tx.job(ctx, c.WS, c.ID)
	if err != nil && !notFound(err) {
		return err
	}
	if err != nil || j.Token != c.Token || j.EndedAt.IsZero() {
		return catalog.ErrFenced
	}
	return nil
}

// promote lets the oldest job that waits for j run. The counter's row is locked
// first, as in enqueue: a job that is added meanwhile sees the end of j, or is
// seen here.
func (tx Tx) promote(ctx context.Context, j Job) error {
	if j.OrderKey == "" {
		return nil
	}
	if _, err := tx.exec(ctx, `UPDATE counters SET next = next WHERE kind = ?`, catalog.PrefixJob); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `UPDATE jobs SET state = CASE WHEN due_at > 0 THEN 'delayed' ELSE 'ready' END
		WHERE ws = ? AND state = 'waiting' AND id = (SELECT id FROM jobs
			WHERE ws = ? AND order_key = ? AND order_key <> '' AND ended_at = 0 ORDER BY id LIMIT 1)`, j.WS, j.WS, j.OrderKey)
	return err
}

// freeLeaseOf releases the schema's lease if the job holds it.
func (tx Tx) freeLeaseOf(ctx context.Context, j Job) error {
	if j.Schema == 0 {
		return nil
	}
	_, err := tx.exec(ctx, `UPDATE schemas SET lease_expires = 0 WHERE ws = ? AND id = ? AND lease_holder = ? AND lease_expires > 0`,
		j.WS, int64(j.Schema), j.Claim().Holder())
	return err
}

// cancelJob ends a job that does not run and asks the worker of a running one
// to stop. A job that has ended is catalog.ErrConflict. The counter's row is
// locked before the job's, as in promote.
func (s *Store) cancelJob(ctx context.Context, tx Tx, ws, id int64) error {
	if _, err := tx.exec(ctx, `UPDATE counters SET next = next WHERE kind = ?`, catalog.PrefixJob); err != nil {
		return err
	}
	j, err := one(ctx, tx.db, scanJob, `UPDATE jobs SET canceled = 1 WHERE ws = ? AND id = ? AND ended_at = 0 RETURNING `+jobColumns, ws, id)
	if notFound(err) {
		if j, err = tx.job(ctx, ws, id); err == nil {
			err = fmt.Errorf("it is %s: %w", j.State, catalog.ErrConflict)
		}
	}
	if err != nil || j.State == JobRunning {
		return err
	}
	// Only a claimed job can end, so this one is claimed for that moment.
	j, err = one(ctx, tx.db, scanJob, `UPDATE jobs SET state = 'running', token = token + 1 WHERE ws = ? AND id = ? RETURNING `+jobColumns, ws, id)
	if err != nil {
		return err
	}
	failure := catalog.Canceled()
	return s.endWithRecord(ctx, tx, j.Claim(), JobEnd{Failure: &failure, Report: catalog.Report{Outcome: catalog.OutcomeCanceled}})
}
