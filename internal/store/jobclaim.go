package store

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// clockSlack is how far beyond its longest possible end a lease or a delay may
// lie before it counts as one from a clock that was ahead. Then it holds nobody
// back: otherwise a clock that was set back by a day would block for a day.
const clockSlack = LeaseTime

// ClaimJob takes the next job of one of the kinds; nil if there is none. A job
// whose worker died is claimed again when its lease ran out. A worker holds one
// claim at a time: what its name still holds, because the reply to an earlier
// claim was lost, is free for it at once.
//
// Whether the job should run, or is canceled or out of attempts, is decided by
// the caller, who ends it either way.
func (s *Store) ClaimJob(ctx context.Context, worker string, kinds []string) (*Job, error) {
	if len(kinds) == 0 {
		return nil, nil
	}
	var claimed *Job
	err := s.tx(ctx, func(tx Tx) (err error) {
		claimed, err = s.claimNext(ctx, tx, worker, kinds)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim a job: %w", err)
	}
	if claimed != nil {
		s.tick() // another worker may find the next one
	}
	return claimed, nil
}

func (s *Store) claimNext(ctx context.Context, tx Tx, worker string, kinds []string) (*Job, error) {
	now, err := s.clock(ctx, tx.db)
	if err != nil {
		return nil, err
	}
	at := micros(now)
	tooLate := func(longest time.Duration) int64 { return micros(now.Add(longest + clockSlack)) }
	// Each look reads the head of a partial index, whatever waits or has ended.
	for _, look := range []struct {
		where, order string
		args         []any
	}{
		{`state = 'running' AND (due_at <= ? OR due_at > ? OR holder = ?)`, `due_at, id`, []any{at, tooLate(LeaseTime), worker}},
		{`state = 'delayed' AND (due_at <= ? OR due_at > ?)`, `due_at, id`, []any{at, tooLate(MaxDelay)}},
		{`state = 'ready'`, `id`, nil},
	} {
		marks, args := in(look.args, kinds)
		job, err := one(ctx, tx.db, scanJob, `SELECT `+jobColumns+` FROM jobs WHERE `+look.where+` AND kind IN `+marks+
			` ORDER BY `+look.order+` LIMIT 1`+s.eng.LockRows("jobs"), args...)
		if notFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return s.take(ctx, tx, job, worker, now)
	}
	return nil, nil
}

func (s *Store) take(ctx context.Context, tx Tx, j Job, worker string, now time.Time) (*Job, error) {
	j, err := one(ctx, tx.db, scanJob, `UPDATE jobs SET state = 'running', attempts = attempts + 1, token = token + 1, holder = ?, due_at = ?,
		started_at = CASE WHEN started_at = 0 THEN CAST(? AS bigint) ELSE started_at END WHERE ws = ? AND id = ? RETURNING `+jobColumns,
		worker, micros(now.Add(LeaseTime)), micros(s.now()), j.WS, j.ID)
	if err != nil {
		return nil, err
	}
	return &j, tx.recordStarted(ctx, j, micros(s.now()))
}

// Clock returns the time by which leases and schedules run: the database's where
// several processes share it.
func (s *Store) Clock(ctx context.Context) (time.Time, error) {
	now, err := s.clock(ctx, s.reader(everyWorkspace))
	if err != nil {
		return time.Time{}, fmt.Errorf("clock of the database: %w", err)
	}
	return now, nil
}

func (s *Store) clock(ctx context.Context, d db) (time.Time, error) {
	expression := s.eng.Clock()
	if expression == "" {
		return s.now(), nil
	}
	us, err := one(ctx, d, scalar[int64], `SELECT `+expression)
	return timeOf(us), err
}

// Heartbeat renews a claim and reports whether the job was asked to stop. It
// also shows the report of a job that has a record, unless it is nil. One that
// comes just after the job's end changes nothing.
func (s *Store) Heartbeat(ctx context.Context, c JobClaim, report *catalog.Report) (canceled bool, err error) {
	err = s.tx(ctx, func(tx Tx) error {
		now, err := s.clock(ctx, tx.db)
		if err != nil {
			return err
		}
		j, err := one(ctx, tx.db, scanJob, `UPDATE jobs SET due_at = ? WHERE ws = ? AND id = ? AND token = ? AND state = 'running' RETURNING `+jobColumns,
			micros(now.Add(LeaseTime)), c.WS, c.ID, c.Token)
		if notFound(err) {
			return tx.ended(ctx, c)
		}
		if err != nil {
			return err
		}
		canceled = j.Canceled
		return tx.recordProgress(ctx, j, report, micros(s.now()))
	})
	if err != nil {
		return false, fmt.Errorf("heartbeat of %s: %w", c, err)
	}
	return canceled, nil
}

// JobCanceled reports whether a claimed job was asked to stop. It only reads.
func (s *Store) JobCanceled(ctx context.Context, c JobClaim) (bool, error) {
	n, err := one(ctx, s.reader(c.WS), scalar[int64], `SELECT canceled FROM jobs WHERE ws = ? AND id = ? AND token = ?`, c.WS, c.ID, c.Token)
	if notFound(err) { // it passed to another worker, which the next heartbeat says
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("is %s canceled: %w", c, err)
	}
	return n != 0, nil
}

// ReleaseJob hands a claimed job back, to be claimed again after wait. keep is
// false if this attempt does not count.
func (s *Store) ReleaseJob(ctx context.Context, c JobClaim, keep bool, wait time.Duration) error {
	err := s.tx(ctx, func(tx Tx) error {
		state, due := JobReady, time.Time{}
		if wait > 0 {
			now, err := s.clock(ctx, tx.db)
			if err != nil {
				return err
			}
			state, due = JobDelayed, now.Add(wait)
		}
		j, err := one(ctx, tx.db, scanJob, `UPDATE jobs SET state = ?, due_at = ?, holder = '', attempts = attempts - ?
			WHERE ws = ? AND id = ? AND token = ? AND state = 'running' RETURNING `+jobColumns,
			string(state), micros(due), bit(!keep), c.WS, c.ID, c.Token)
		if notFound(err) {
			return catalog.ErrFenced
		}
		if err != nil {
			return err
		}
		if err := tx.freeLeaseOf(ctx, j); err != nil {
			return err
		}
		return tx.recordReleased(ctx, j, micros(s.now()))
	})
	if err != nil {
		return fmt.Errorf("release %s: %w", c, err)
	}
	s.tick()
	return nil
}
