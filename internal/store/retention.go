package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Workspaces lists all workspaces.
func (s *Store) Workspaces(ctx context.Context) ([]int64, error) {
	var all []int64
	// Each row is visible to its own workspace alone; the writing connections see all.
	err := s.tx(ctx, func(tx Tx) (err error) {
		all, err = list(ctx, tx.db, scalar[int64], `SELECT id FROM workspaces ORDER BY id`)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("workspaces: %w", err)
	}
	return all, nil
}

// DeleteIdempotencyKeys deletes the keys of requests that were sent before a
// time.
func (s *Store) DeleteIdempotencyKeys(ctx context.Context, ws int64, before time.Time) (deleted int64, err error) {
	err = s.tx(ctx, func(tx Tx) (err error) {
		deleted, err = tx.exec(ctx, `DELETE FROM idempotency WHERE ws = ? AND created_at < ?`, ws, micros(before))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("old idempotency keys: %w", err)
	}
	return deleted, nil
}

// DeleteRuns deletes at most limit runs that were generated before a time, with
// their results, and returns how many there were. A run that has the latest
// result of some node stays.
func (s *Store) DeleteRuns(ctx context.Context, ws int64, before time.Time, limit int) (deleted int64, err error) {
	err = s.tx(ctx, func(tx Tx) error {
		ids, err := list(ctx, tx.db, scalar[int64], `SELECT id FROM runs WHERE ws = ? AND generated_at < ? AND stored = 1
			AND id NOT IN (SELECT run_id FROM latest_results WHERE ws = ?)
			AND id NOT IN (SELECT run_id FROM latest_freshness WHERE ws = ?) ORDER BY id LIMIT ?`, ws, micros(before), ws, ws, limit)
		if err != nil || len(ids) == 0 {
			return err
		}
		marks, args := in([]any{ws}, ids)
		for _, table := range []string{resultTable.Name, freshnessTable.Name} {
			if _, err := tx.exec(ctx, `DELETE FROM `+table+` WHERE ws = ? AND run_id IN `+marks, args...); err != nil {
				return err
			}
		}
		deleted, err = tx.exec(ctx, `DELETE FROM runs WHERE ws = ? AND id IN `+marks, args...)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("runs before %s: %w", before.Format(time.RFC3339), err)
	}
	return deleted, nil
}

// FirstVersion returns the oldest version of a schema that can be read; 0 where
// all can.
func (s *Store) FirstVersion(ctx context.Context, ws int64, schema catalog.SchemaID) (int64, error) {
	n, err := one(ctx, s.reader(ws), scalar[int64], `SELECT coalesce(min(number), 0) FROM versions WHERE ws = ? AND schema_id = ?`, ws, int64(schema))
	if err != nil {
		return 0, fmt.Errorf("first version of %s: %w", schema, err)
	}
	if n == 1 {
		n = 0 // the empty state before it can be read too
	}
	return n, nil
}

// DeleteVersions deletes the versions of a schema that ended before a time, with
// the rows that only they show. The served version stays, and so does every
// version that was served at that time or later.
func (s *Store) DeleteVersions(ctx context.Context, ws int64, schema catalog.SchemaID, before time.Time) (deleted int64, err error) {
	var first int64
	err = s.tx(ctx, func(tx Tx) (err error) {
		if first, err = one(ctx, tx.db, scalar[int64], `SELECT coalesce(max(number), 0) FROM versions WHERE ws = ? AND schema_id = ? AND at <= ?
			AND number <= (SELECT version FROM schemas WHERE ws = ? AND id = ?)`, ws, int64(schema), micros(before), ws, int64(schema)); err != nil {
			return err
		}
		// Values that they set are still there, so what caused them is kept.
		if _, err := tx.exec(ctx, `INSERT INTO past_versions (`+pastColumns+`) SELECT `+pastColumns+` FROM versions
			WHERE ws = ? AND schema_id = ? AND number < ?`, ws, int64(schema), first); err != nil {
			return err
		}
		// The list of versions goes first: nobody finds a version of which half the rows
		// are deleted.
		deleted, err = tx.exec(ctx, `DELETE FROM versions WHERE ws = ? AND schema_id = ? AND number < ?`, ws, int64(schema), first)
		return err
	})
	if err == nil && first > 1 {
		for _, t := range versionedTables() {
			if t.name == editTable.name {
				continue // what people wrote is kept
			}
			if err = s.deleteEnded(ctx, t, ws, schema, first); err != nil {
				break
			}
		}
	}
	if err != nil {
		return 0, fmt.Errorf("versions of %s before %s: %w", schema, before.Format(time.RFC3339), err)
	}
	return deleted, nil
}

// deleteEnded deletes the rows of a table that ended with a version or before,
// some at a time.
func (s *Store) deleteEnded(ctx context.Context, t versionedTable, ws int64, schema catalog.SchemaID, version int64) error {
	return s.deleteRows(ctx, t.name, t.key+`, valid_from`, `ws = ? AND schema_id = ? AND valid_to <= ?`, ws, int64(schema), version)
}

// deleteRows deletes the rows of a table that meet a condition, some in each transaction. The key identifies a row
// among them.
func (s *Store) deleteRows(ctx context.Context, table, key, condition string, args ...any) error {
	for {
		var n int64
		err := s.tx(ctx, func(tx Tx) (err error) {
			n, err = tx.exec(ctx, `DELETE FROM `+table+` WHERE `+condition+` AND (`+key+`) IN (SELECT `+key+` FROM `+table+` WHERE `+condition+` LIMIT ?)`,
				append(slices.Concat(args, args), chunkRows)...)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}
