package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Schedule enqueues jobs of one kind repeatedly. There is one per kind and
// schema.
type Schedule struct {
	WS        int64
	ID        int64
	Kind      string
	Schema    catalog.SchemaID // 0 = none
	Cron      string           // five fields, or a descriptor such as @daily
	TimeZone  string           // IANA name; "" = UTC
	NextAt    time.Time
	Arguments []byte
}

const scheduleColumns = `ws, id, kind, schema_id, cron, time_zone, next_at, arguments`

func scanSchedule(row scanner) (c Schedule, err error) {
	var next int64
	err = row.Scan(&c.WS, &c.ID, &c.Kind, &c.Schema, &c.Cron, &c.TimeZone, &next, &c.Arguments)
	c.NextAt = timeOf(next)
	return c, err
}

// PutSchedule makes or changes the schedule of a kind and schema. Its next time
// is kept where nothing else changed.
func (s *Store) PutSchedule(ctx context.Context, c Schedule) error {
	if c.Arguments == nil {
		c.Arguments = []byte{}
	}
	now := micros(s.now())
	err := s.tx(ctx, func(tx Tx) error {
		same, err := one(ctx, tx.db, scalar[int64], `SELECT count(*) FROM schedules WHERE ws = ? AND kind = ? AND schema_id = ?
			AND cron = ? AND time_zone = ? AND arguments = ?`, c.WS, c.Kind, int64(c.Schema), c.Cron, c.TimeZone, c.Arguments)
		if err != nil || same == 1 {
			return err
		}
		// The counter's row is locked first: two processes that start at the same
		// time agree.
		id, err := tx.newIDs(ctx, prefixSchedule, 1)
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, `INSERT INTO schedules (ws, id, kind, schema_id, cron, time_zone, next_at, arguments, created_at, updated_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (ws, kind, schema_id) DO UPDATE SET cron = excluded.cron, time_zone = excluded.time_zone, next_at = excluded.next_at,
				arguments = excluded.arguments, updated_at = excluded.updated_at`,
			c.WS, id, c.Kind, int64(c.Schema), c.Cron, c.TimeZone, micros(c.NextAt), c.Arguments, now, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("schedule of %s: %w", c.Kind, err)
	}
	return nil
}

// Schedules lists all schedules of the installation.
func (s *Store) Schedules(ctx context.Context) ([]Schedule, error) {
	all, err := list(ctx, s.reader(everyWorkspace), scanSchedule, `SELECT `+scheduleColumns+` FROM schedules ORDER BY ws, id`)
	if err != nil {
		return nil, fmt.Errorf("schedules: %w", err)
	}
	return all, nil
}

// EnqueueDue adds a job for one schedule that is due and moves the schedule on, in
// one transaction: of several processes that check at once, one adds it. It
// reports whether there was one. plan returns the job and the next time after now.
func (s *Store) EnqueueDue(ctx context.Context, plan func(Schedule, time.Time) (NewJob, time.Time)) (due bool, err error) {
	err = s.tx(ctx, func(tx Tx) error {
		now, err := s.clock(ctx, tx.db)
		if err != nil {
			return err
		}
		c, err := one(ctx, tx.db, scanSchedule, `SELECT `+scheduleColumns+` FROM schedules WHERE next_at <= ? ORDER BY next_at, ws, id LIMIT 1`+
			s.eng.LockRows("schedules"), micros(now))
		if due = err == nil; errors.Is(err, catalog.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		job, next := plan(c, now)
		if _, err := tx.exec(ctx, `UPDATE schedules SET next_at = ? WHERE ws = ? AND id = ?`, micros(next), c.WS, c.ID); err != nil {
			return err
		}
		job.schedule = c.ID
		_, err = s.enqueue(ctx, tx, c.WS, job)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("schedules that are due: %w", err)
	}
	if due {
		s.tick()
	}
	return due, nil
}

// MoveSchedule sets the next time of a schedule, unless it was moved meanwhile.
func (s *Store) MoveSchedule(ctx context.Context, c Schedule, next time.Time) error {
	err := s.tx(ctx, func(tx Tx) error {
		_, err := tx.exec(ctx, `UPDATE schedules SET next_at = ? WHERE ws = ? AND id = ? AND next_at = ?`, micros(next), c.WS, c.ID, micros(c.NextAt))
		return err
	})
	if err != nil {
		return fmt.Errorf("schedule of %s: %w", c.Kind, err)
	}
	return nil
}
