package store

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// KindSync is the kind of the jobs behind syncs. Each has the sync as its record.
const KindSync = "sync"

// Why a sync runs.
const (
	SyncSchedule = "schedule"
	SyncRequest  = "request"
	SyncUpload   = "upload"
)

// Status of a sync.
const (
	SyncPending   = "pending"
	SyncRunning   = "running"
	SyncCompleted = "completed"
	SyncFailed    = "failed"
	SyncCanceled  = "canceled"
)

// Sync is one execution of an integration.
type Sync struct {
	WS          int64
	ID          int64
	UUID        string // the id that users see
	Integration int64
	Status      string
	Reason      string
	Actor       catalog.Actor
	Attempts    int
	Failure     catalog.Failure
	Report      catalog.Report
	LogLines    int64
	CreatedAt   time.Time
	StartedAt   time.Time
	EndedAt     time.Time
	UpdatedAt   time.Time
}

// NewSync is a request for a sync.
type NewSync struct {
	UUID   string
	Reason string
	Actor  catalog.Actor
	Delay  time.Duration // before it begins
}

const syncColumns = `ws, id, uuid, integration_id, status, reason, actor_kind, actor_id, actor_name, attempts, error_code, error, report,
	created_at, started_at, ended_at, updated_at`

// syncFields are the columns of a sync and the number of lines of its log.
const syncFields = syncColumns + `, (SELECT COALESCE(max(position), 0) FROM sync_log WHERE sync_log.ws = syncs.ws AND sync_log.sync_id = syncs.id)`

func scanSync(row scanner) (y Sync, err error) {
	var created, started, ended, updated int64
	var report []byte
	if err := row.Scan(&y.WS, &y.ID, &y.UUID, &y.Integration, &y.Status, &y.Reason, (*string)(&y.Actor.Kind), &y.Actor.ID, &y.Actor.Name, &y.Attempts,
		&y.Failure.Code, &y.Failure.Message, &report, &created, &started, &ended, &updated, &y.LogLines); err != nil {
		return y, err
	}
	y.CreatedAt, y.StartedAt, y.EndedAt, y.UpdatedAt = timeOf(created), timeOf(started), timeOf(ended), timeOf(updated)
	if len(report) == 0 {
		return y, nil
	}
	return y, decode(report, &y.Report)
}

// StartSync adds a sync of an integration with its job, or returns the one that has not begun yet.
func (s *Store) StartSync(ctx context.Context, ws int64, uuid string, n NewSync) (y Sync, err error) {
	err = s.tx(ctx, func(tx Tx) error {
		i, err := tx.lockIntegration(ctx, ws, uuid)
		if err != nil {
			return err
		}
		y, err = s.startSync(ctx, tx, i, n)
		return err
	})
	if err != nil {
		return Sync{}, fmt.Errorf("sync of integration %s: %w", uuid, err)
	}
	s.tick()
	return y, nil
}

// startSync is StartSync within a transaction that has locked the integration's row.
func (s *Store) startSync(ctx context.Context, tx Tx, i Integration, n NewSync) (Sync, error) {
	pending, err := one(ctx, tx.db, scanSync, `SELECT `+syncFields+` FROM syncs WHERE ws = ? AND integration_id = ? AND status = 'pending' AND attempts = 0
		ORDER BY id LIMIT 1`, i.WS, i.ID)
	if !notFound(err) {
		return pending, err
	}
	id, err := tx.newIDs(ctx, catalog.PrefixSync, 1)
	if err != nil {
		return Sync{}, err
	}
	y := Sync{WS: i.WS, ID: id, UUID: n.UUID, Integration: i.ID, Status: SyncPending, Reason: n.Reason, Actor: n.Actor, CreatedAt: timeOf(micros(s.now()))}
	y.UpdatedAt = y.CreatedAt
	if _, err := tx.exec(ctx, `INSERT INTO syncs (`+syncColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '', ?, ?, 0, 0, ?)`,
		y.WS, y.ID, y.UUID, y.Integration, y.Status, y.Reason, string(y.Actor.Kind), y.Actor.ID, y.Actor.Name, []byte{}, micros(y.CreatedAt), micros(y.UpdatedAt)); err != nil {
		return Sync{}, err
	}
	_, err = s.enqueue(ctx, tx, i.WS, NewJob{Kind: KindSync, OrderKey: fmt.Sprintf("%s/%d", KindSync, i.ID), Delay: n.Delay, record: id})
	return y, err
}

// Sync returns a sync of an integration by its UUID.
func (s *Store) Sync(ctx context.Context, ws, integration int64, uuid string) (Sync, error) {
	y, err := one(ctx, s.reader(ws), scanSync, `SELECT `+syncFields+` FROM syncs WHERE ws = ? AND uuid = ? AND integration_id = ?`, ws, uuid, integration)
	if err != nil {
		return Sync{}, fmt.Errorf("sync %s: %w", uuid, err)
	}
	return y, nil
}

// SyncByID returns a sync by its number.
func (s *Store) SyncByID(ctx context.Context, ws, id int64) (Sync, error) {
	y, err := one(ctx, s.reader(ws), scanSync, `SELECT `+syncFields+` FROM syncs WHERE ws = ? AND id = ?`, ws, id)
	if err != nil {
		return Sync{}, fmt.Errorf("sync %d: %w", id, err)
	}
	return y, nil
}

// Syncs lists the syncs of an integration, newest first.
func (s *Store) Syncs(ctx context.Context, ws, integration int64, p Page) (Paged[Sync], error) {
	var before int64
	follows, err := p.after(&before)
	if err != nil {
		return Paged[Sync]{}, err
	}
	d := s.reader(ws)
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM syncs WHERE ws = ? AND integration_id = ?`, ws, integration)
	if err != nil {
		return Paged[Sync]{}, fmt.Errorf("syncs: %w", err)
	}
	rows, err := list(ctx, d, scanSync, `SELECT `+syncFields+` FROM syncs WHERE ws = ? AND integration_id = ? AND (CAST(? AS bigint) = 0 OR id < ?)
		ORDER BY id DESC LIMIT ?`, ws, integration, bit(follows), before, p.limit()+1)
	if err != nil {
		return Paged[Sync]{}, fmt.Errorf("syncs: %w", err)
	}
	return paged(rows, p, total, func(y Sync) []any { return []any{y.ID} })
}

// LastSyncs returns the newest sync of each of the integrations that has one, by integration.
func (s *Store) LastSyncs(ctx context.Context, ws int64, integrations []int64) (map[int64]Sync, error) {
	last := make(map[int64]Sync, len(integrations))
	err := inBatches(integrations, func(integrations []int64) error {
		marks, args := in([]any{ws}, integrations)
		rows, err := list(ctx, s.reader(ws), scanSync, `SELECT `+syncFields+` FROM syncs WHERE ws = ? AND id IN
			(SELECT max(id) FROM syncs y WHERE y.ws = syncs.ws AND y.integration_id IN `+marks+` GROUP BY y.integration_id)`, args...)
		for _, y := range rows {
			last[y.Integration] = y
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("last syncs: %w", err)
	}
	return last, nil
}

// CancelSync ends a pending sync at once and asks the worker of a running one to stop. One that has ended is
// catalog.ErrConflict.
func (s *Store) CancelSync(ctx context.Context, ws, id int64) error {
	err := s.tx(ctx, func(tx Tx) error {
		job, err := one(ctx, tx.db, scalar[int64], `SELECT id FROM jobs WHERE ws = ? AND kind = ? AND record_id = ? AND record_id <> 0`, ws, KindSync, id)
		if notFound(err) {
			return fmt.Errorf("it has ended: %w", catalog.ErrConflict)
		}
		if err != nil {
			return err
		}
		return s.cancelJob(ctx, tx, ws, job)
	})
	if err != nil {
		return fmt.Errorf("cancel sync %d: %w", id, err)
	}
	s.tick()
	return nil
}

// SyncImports lists the imports that a sync made.
func (s *Store) SyncImports(ctx context.Context, ws, sync int64) ([]catalog.ImportID, error) {
	all, err := list(ctx, s.reader(ws), scalar[catalog.ImportID], `SELECT import_id FROM sync_imports WHERE ws = ? AND sync_id = ? ORDER BY import_id`, ws, sync)
	if err != nil {
		return nil, fmt.Errorf("imports of sync %d: %w", sync, err)
	}
	return all, nil
}

// LogLine is a line of a sync's log.
type LogLine struct {
	Position int64
	At       time.Time
	Level    string // info, warning, error
	Text     string
}

// AppendSyncLog adds lines to the log of a sync; their positions and times are set by the store.
func (s *Store) AppendSyncLog(ctx context.Context, ws, sync int64, lines ...LogLine) error {
	err := s.tx(ctx, func(tx Tx) error {
		next, err := one(ctx, tx.db, scalar[int64], `SELECT COALESCE(max(position), 0) FROM sync_log WHERE ws = ? AND sync_id = ?`, ws, sync)
		if err != nil {
			return err
		}
		for n, l := range lines {
			if _, err := tx.exec(ctx, `INSERT INTO sync_log (ws, sync_id, position, at, level, line) VALUES (?, ?, ?, ?, ?, ?)`,
				ws, sync, next+int64(n)+1, micros(s.now()), l.Level, l.Text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("log of sync %d: %w", sync, err)
	}
	return nil
}

// SyncLog lists the log of a sync, oldest line first.
func (s *Store) SyncLog(ctx context.Context, ws, sync int64, p Page) (Paged[LogLine], error) {
	var after int64
	if _, err := p.after(&after); err != nil {
		return Paged[LogLine]{}, err
	}
	scan := func(row scanner) (l LogLine, err error) {
		var at int64
		err = row.Scan(&l.Position, &at, &l.Level, &l.Text)
		l.At = timeOf(at)
		return l, err
	}
	d := s.reader(ws)
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM sync_log WHERE ws = ? AND sync_id = ?`, ws, sync)
	if err != nil {
		return Paged[LogLine]{}, fmt.Errorf("log of sync %d: %w", sync, err)
	}
	rows, err := list(ctx, d, scan, `SELECT position, at, level, line FROM sync_log WHERE ws = ? AND sync_id = ? AND position > ? ORDER BY position LIMIT ?`,
		ws, sync, after, p.limit()+1)
	if err != nil {
		return Paged[LogLine]{}, fmt.Errorf("log of sync %d: %w", sync, err)
	}
	return paged(rows, p, total, func(l LogLine) []any { return []any{l.Position} })
}

// syncs keeps the record of a job behind a sync.
type syncs struct{}

func (syncs) started(ctx context.Context, tx Tx, j Job, now int64) error {
	_, err := tx.exec(ctx, `UPDATE syncs SET status = ?, attempts = ?, updated_at = ?,
		started_at = CASE WHEN started_at = 0 THEN CAST(? AS bigint) ELSE started_at END WHERE ws = ? AND id = ?`,
		SyncRunning, j.Attempts, now, now, j.WS, j.Record)
	return err
}

func (syncs) progress(ctx context.Context, tx Tx, j Job, report []byte, now int64) error {
	_, err := tx.exec(ctx, `UPDATE syncs SET report = ?, updated_at = ? WHERE ws = ? AND id = ?`, report, now, j.WS, j.Record)
	return err
}

func (syncs) released(ctx context.Context, tx Tx, j Job, now int64) error {
	_, err := tx.exec(ctx, `UPDATE syncs SET status = ?, attempts = ?, updated_at = ? WHERE ws = ? AND id = ?`, SyncPending, j.Attempts, now, j.WS, j.Record)
	return err
}

func (syncs) ended(ctx context.Context, tx Tx, j Job, end JobEnd, now int64) error {
	status, failed, failure := SyncCompleted, `0`, catalog.Failure{}
	switch {
	case end.Failure == nil:
	case end.Failure.Code == catalog.CodeCanceled:
		status, failed, failure = SyncCanceled, `failures`, *end.Failure
	default:
		status, failed, failure = SyncFailed, `failures + 1`, *end.Failure
	}
	report, err := encode(end.Report)
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `UPDATE syncs SET status = ?, error_code = ?, error = ?, attempts = ?, report = ?, ended_at = ?, updated_at = ?
		WHERE ws = ? AND id = ?`, status, failure.Code, failure.Message, j.Attempts, report, now, now, j.WS, j.Record); err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE integrations SET failures = `+failed+` WHERE ws = ? AND id = (SELECT integration_id FROM syncs WHERE ws = ? AND id = ?)`,
		j.WS, j.WS, j.Record)
	return err
}

// announceSync announces a sync that failed, unless the one before it failed for the same reason: a schedule that
// goes on failing is one event.
func (s *Store) announceSync(ctx context.Context, tx Tx, j Job) error {
	type outcome struct {
		integration  int64
		status, code string
	}
	scan := func(row scanner) (o outcome, err error) {
		err = row.Scan(&o.integration, &o.status, &o.code)
		return o, err
	}
	y, err := one(ctx, tx.db, scan, `SELECT integration_id, status, error_code FROM syncs WHERE ws = ? AND id = ?`, j.WS, j.Record)
	if err != nil || y.status != SyncFailed {
		return err
	}
	before, err := one(ctx, tx.db, scan, `SELECT integration_id, status, error_code FROM syncs WHERE ws = ? AND integration_id = ? AND id < ?
		AND status IN ('completed', 'failed') ORDER BY id DESC LIMIT 1`, j.WS, y.integration, j.Record)
	if err != nil && !notFound(err) || before == y {
		return err
	}
	i, err := tx.integrationByID(ctx, j.WS, y.integration)
	if err != nil {
		return err
	}
	return s.announce(ctx, tx, j.WS, i.Schema, Occurrence{Sync: j.Record})
}

// DeleteSyncs deletes at most limit syncs that ended before a time, with their logs, and returns how many there were.
// The newest one of each integration stays.
func (s *Store) DeleteSyncs(ctx context.Context, ws int64, before time.Time, limit int) (deleted int64, err error) {
	err = s.tx(ctx, func(tx Tx) error {
		ids, err := list(ctx, tx.db, scalar[int64], `SELECT id FROM syncs y WHERE ws = ? AND ended_at <> 0 AND ended_at < ?
			AND EXISTS (SELECT 1 FROM syncs n WHERE n.ws = y.ws AND n.integration_id = y.integration_id AND n.id > y.id) ORDER BY ended_at, id LIMIT ?`,
			ws, micros(before), limit)
		if err != nil {
			return err
		}
		deleted = int64(len(ids))
		return inBatches(ids, func(ids []int64) error {
			marks, args := in([]any{ws}, ids)
			for _, query := range []string{
				`DELETE FROM sync_log WHERE ws = ? AND sync_id IN `, `DELETE FROM sync_imports WHERE ws = ? AND sync_id IN `, `DELETE FROM syncs WHERE ws = ? AND id IN `,
			} {
				if _, err := tx.exec(ctx, query+marks, args...); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return 0, fmt.Errorf("delete syncs: %w", err)
	}
	return deleted, nil
}
