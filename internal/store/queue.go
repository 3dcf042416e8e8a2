package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// MaxAttempts is how often an import is claimed before it counts as poison.
const MaxAttempts = 5

// Error codes of imports that the queue itself ends.
const (
	CodeCanceled = "canceled"
	CodeCrashed  = "worker-crashed"
)

// Claim is an import that a worker took from the queue, with the lease of its
// schema.
type Claim struct {
	Lease
	Import catalog.Import
}

// Wake ticks when there may be work: after CreateImport here or, on PostgreSQL,
// in another process, and when a schema became free. Ticks fold into one, and
// one may be lost with its process: poll as well, every few seconds.
func (s *Store) Wake() <-chan struct{} { return s.wake }

func (s *Store) tick() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// ClaimImport takes the oldest import whose schema is free; nil if there is
// none. Imports of one schema are claimed in the order in which they came. An
// import whose worker died is claimed again when its lease ran out, and fails
// after MaxAttempts. A worker holds one claim at a time: what its name still
// holds, because the reply to an earlier claim was lost, is free for it at once.
func (s *Store) ClaimImport(ctx context.Context, worker string) (*Claim, error) {
	for {
		var claim *Claim
		var again bool
		err := s.tx(ctx, func(tx Tx) (err error) {
			claim, again, err = s.claimNext(ctx, tx, worker)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("claim import: %w", err)
		}
		if claim != nil {
			s.tick() // another worker may find the next one
		}
		if !again {
			return claim, nil
		}
	}
}

// claimNext claims the next import; again means that it failed one instead.
func (s *Store) claimNext(ctx context.Context, tx Tx, worker string) (claim *Claim, again bool, err error) {
	now := s.now()
	row, err := one(ctx, tx.db, scanImport, `SELECT `+importColumns+fromImports+`
		WHERE i.status IN ('pending', 'processing') AND i.not_before <= ? AND (s.lease_expires <= ? OR s.lease_holder = ?)
			AND NOT EXISTS (SELECT 1 FROM imports e WHERE e.ws = i.ws AND e.schema_id = i.schema_id
				AND e.status IN ('pending', 'processing') AND e.id < i.id)
		ORDER BY i.id LIMIT 1`+s.eng.LockRows("i, s"), micros(now), micros(now), worker)
	if errors.Is(err, catalog.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if row.Canceled {
		return nil, true, tx.failImport(ctx, row, CodeCanceled, "canceled", now)
	}
	if row.Attempts >= MaxAttempts {
		return nil, true, tx.failImport(ctx, row, CodeCrashed, fmt.Sprintf("worker crashed %d times", row.Attempts), now)
	}
	lease, err := tx.takeLease(ctx, row.ws, row.SchemaID, worker, worker, now)
	if err != nil || lease.Token == 0 {
		return nil, false, err
	}
	if _, err := tx.exec(ctx, `UPDATE imports SET status = ?, attempts = attempts + 1, token = ?, updated_at = ?,
		started_at = CASE WHEN started_at = 0 THEN ? ELSE started_at END WHERE ws = ? AND id = ?`,
		string(catalog.Processing), lease.Token, micros(now), micros(now), row.ws, int64(row.ID)); err != nil {
		return nil, false, err
	}
	imp, err := tx.importByID(ctx, row.ws, row.ID)
	return &Claim{Lease: lease, Import: imp}, false, err
}

func (tx Tx) failImport(ctx context.Context, r importRow, code, message string, now time.Time) error {
	_, err := tx.exec(ctx, `UPDATE imports SET status = ?, error = ?, error_code = ?, ended_at = ?, updated_at = ? WHERE ws = ? AND id = ?`,
		string(catalog.Failed), message, code, micros(now), micros(now), r.ws, int64(r.ID))
	return err
}

// CancelImport ends a pending import at once and asks the worker of a
// processing one to stop. An import that has ended is catalog.ErrConflict.
func (s *Store) CancelImport(ctx context.Context, ws int64, id catalog.ImportID) error {
	err := s.tx(ctx, func(tx Tx) error {
		now := s.now()
		n, err := tx.exec(ctx, `UPDATE imports SET canceled = 1, updated_at = ? WHERE ws = ? AND id = ? AND status IN ('pending', 'processing')`,
			micros(now), ws, int64(id))
		if err != nil {
			return err
		}
		imp, err := tx.importByID(ctx, ws, id)
		switch {
		case err != nil:
			return err
		case n == 0:
			return fmt.Errorf("it is %s: %w", imp.Status, catalog.ErrConflict)
		case imp.Status == catalog.Pending:
			return tx.failImport(ctx, importRow{ws, imp}, CodeCanceled, "canceled", now)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("cancel import %s: %w", id, err)
	}
	return nil
}

// Heartbeat renews the claim's lease and tells whether the import was canceled.
// One that comes just after the import's end leaves the schema free.
func (s *Store) Heartbeat(ctx context.Context, c Claim) (canceled bool, err error) {
	err = s.tx(ctx, func(tx Tx) (err error) {
		if err := tx.setExpiry(ctx, c.Lease, micros(s.now().Add(LeaseTime))); err != nil {
			return err
		}
		// Only now, with the schema's row locked, is the end of the import seen
		// if it was written while this waited.
		imp, err := tx.importByID(ctx, c.WS, c.Import.ID)
		if err != nil {
			return err
		}
		if canceled = imp.Canceled; imp.Status != catalog.Processing {
			return tx.setExpiry(ctx, c.Lease, 0)
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("heartbeat of import %s: %w", c.Import.ID, err)
	}
	return canceled, nil
}

// SaveReport shows how far the import is.
func (s *Store) SaveReport(ctx context.Context, c Claim, r catalog.Report) error {
	report, err := encode(r)
	if err == nil {
		err = s.tx(ctx, func(tx Tx) error {
			n, err := tx.exec(ctx, `UPDATE imports SET report = ?, updated_at = ? WHERE ws = ? AND id = ? AND token = ? AND status = 'processing'`,
				report, micros(s.now()), c.WS, int64(c.Import.ID), c.Token)
			if err == nil && n == 0 {
				err = catalog.ErrFenced
			}
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("report of import %s: %w", c.Import.ID, err)
	}
	return nil
}

// Finish ends the claimed import with the status, counters, report and error of
// imp and releases the schema. Finishing twice under one claim is one time.
func (s *Store) Finish(ctx context.Context, c Claim, imp catalog.Import) error {
	err := s.finish(ctx, c, imp)
	if err != nil {
		return fmt.Errorf("finish import %s: %w", c.Import.ID, err)
	}
	s.tick()
	return nil
}

func (s *Store) finish(ctx context.Context, c Claim, imp catalog.Import) error {
	return s.tx(ctx, func(tx Tx) error { return tx.finish(ctx, c, imp, micros(s.now())) })
}

// finish ends a claimed import and gives its schema free.
func (tx Tx) finish(ctx context.Context, c Claim, imp catalog.Import, now int64) error {
	if imp.Status != catalog.Completed && imp.Status != catalog.Failed {
		return fmt.Errorf("status %q: %w", imp.Status, catalog.ErrInvalid)
	}
	report, err := encode(imp.Report)
	if err != nil {
		return err
	}
	n, err := tx.exec(ctx, `UPDATE imports SET status = ?, project_id = ?, tables_created = ?, tables_updated = ?, columns_created = ?,
		columns_updated = ?, lineages_created = ?, lineages_updated = ?, error = ?, error_code = ?, version = ?, report = ?,
		ended_at = ?, updated_at = ? WHERE ws = ? AND id = ? AND token = ? AND status = 'processing'`,
		string(imp.Status), int64(imp.Project), imp.Counters.TablesCreated, imp.Counters.TablesUpdated, imp.Counters.ColumnsCreated,
		imp.Counters.ColumnsUpdated, imp.Counters.LineagesCreated, imp.Counters.LineagesUpdated, imp.Error, imp.ErrorCode, imp.Version,
		report, now, now, c.WS, int64(c.Import.ID), c.Token)
	if err != nil {
		return err
	}
	if n == 0 {
		return tx.finished(ctx, c)
	}
	return tx.setExpiry(ctx, c.Lease, 0)
}

// finished is nil if this very claim ended the import already.
func (tx Tx) finished(ctx context.Context, c Claim) error {
	imp, err := tx.importByID(ctx, c.WS, c.Import.ID)
	if err != nil {
		return err
	}
	if imp.Token != c.Token || imp.Status == catalog.Pending || imp.Status == catalog.Processing {
		return catalog.ErrFenced
	}
	return nil
}

// Release hands the claimed import back to the queue: burn tells whether the
// attempt counts, notBefore when it may be claimed again (zero = at once).
func (s *Store) Release(ctx context.Context, c Claim, burn bool, notBefore time.Time) error {
	err := s.tx(ctx, func(tx Tx) error {
		n, err := tx.exec(ctx, `UPDATE imports SET status = ?, not_before = ?, attempts = attempts - ?, updated_at = ?
			WHERE ws = ? AND id = ? AND token = ? AND status = 'processing'`,
			string(catalog.Pending), micros(notBefore), bit(!burn), micros(s.now()), c.WS, int64(c.Import.ID), c.Token)
		if err != nil {
			return err
		}
		if n == 0 {
			return catalog.ErrFenced
		}
		return tx.setExpiry(ctx, c.Lease, 0)
	})
	if err != nil {
		return fmt.Errorf("release import %s: %w", c.Import.ID, err)
	}
	s.tick()
	return nil
}

// QueueLength counts the imports that wait and those in work.
func (s *Store) QueueLength(ctx context.Context) (pending, processing int64, err error) {
	type count struct {
		status catalog.Status
		n      int64
	}
	counts, err := list(ctx, s.reader(everyWorkspace), func(row scanner) (c count, err error) { return c, row.Scan(&c.status, &c.n) },
		`SELECT status, count(*) FROM imports WHERE status IN ('pending', 'processing') GROUP BY status`)
	if err != nil {
		return 0, 0, fmt.Errorf("queue length: %w", err)
	}
	for _, c := range counts {
		if c.status == catalog.Pending {
			pending = c.n
		} else {
			processing = c.n
		}
	}
	return pending, processing, nil
}
