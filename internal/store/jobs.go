package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// JobState is where a job is between its creation and its end.
type JobState string

// The states. A job that has ended is never claimed again.
const (
	JobWaiting  JobState = "waiting" // behind an older open job of its order key
	JobReady    JobState = "ready"
	JobDelayed  JobState = "delayed" // not before DueAt
	JobRunning  JobState = "running" // until DueAt, unless its heartbeat comes
	JobDone     JobState = "done"
	JobFailed   JobState = "failed"
	JobCanceled JobState = "canceled"
)

// Job is a unit of background work.
type Job struct {
	WS        int64
	ID        int64
	Kind      string
	Schema    catalog.SchemaID // 0 = none
	Record    int64            // the user's record of it, such as an import; 0 = none
	OrderKey  string           // jobs of one key run one after the other, oldest first; "" = any time
	Arguments []byte
	State     JobState
	DueAt     time.Time
	Attempts  int // claims so far, this one included
	Token     int64
	Canceled  bool  // asked to stop
	Schedule  int64 // 0 = none
	Failure   catalog.Failure
	CreatedAt time.Time
	StartedAt time.Time
	EndedAt   time.Time
}

// Claim is the right to run a job. The token fences: it grows with every claim,
// and what is written under an older one is catalog.ErrFenced.
func (j Job) Claim() JobClaim { return JobClaim{j.WS, j.ID, j.Token} }

// JobClaim names one claim of a job.
type JobClaim struct{ WS, ID, Token int64 }

func (c JobClaim) String() string { return catalog.FormatID(catalog.PrefixJob, c.ID) }

// Holder is the name under which the job holds its schema's lease. It outlives
// the claim: the next attempt retakes a lease that a crash left behind.
func (c JobClaim) Holder() string { return fmt.Sprintf("job:%d", c.ID) }

// NewJob is a request for a job.
type NewJob struct {
	Kind      string
	Schema    catalog.SchemaID
	OrderKey  string
	Arguments []byte
	Delay     time.Duration // before it may be claimed, at most MaxDelay
	// Once adds no second job while one of the same kind and order key has not
	// begun; it requires an OrderKey.
	Once     bool
	record   int64
	schedule int64
}

// MaxDelay is the longest Delay of a job. What is due later than that is delayed by
// a clock that was ahead, and may be claimed at once.
const MaxDelay = 5 * time.Minute

// Ids of schedules are for logs; they have a counter of their own.
const prefixSchedule = "SCD"

const jobColumns = `ws, id, kind, schema_id, record_id, order_key, arguments, state, due_at, attempts, token, canceled, schedule_id,
	error_code, error, created_at, started_at, ended_at`

func scanJob(row scanner) (j Job, err error) {
	var due, created, started, ended int64
	err = row.Scan(&j.WS, &j.ID, &j.Kind, &j.Schema, &j.Record, &j.OrderKey, &j.Arguments, &j.State, &due, &j.Attempts, &j.Token, &j.Canceled,
		&j.Schedule, &j.Failure.Code, &j.Failure.Message, &created, &started, &ended)
	j.DueAt, j.CreatedAt, j.StartedAt, j.EndedAt = timeOf(due), timeOf(created), timeOf(started), timeOf(ended)
	return j, err
}

// Wake returns a channel that ticks when there may be work: after a job was
// enqueued here or, on PostgreSQL, in another process, and when one ended that
// others were waiting for. Ticks fold into one, and one may be lost with its
// process: poll as well, every few seconds.
func (s *Store) Wake() <-chan struct{} { return s.wake }

func (s *Store) tick() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Enqueue adds a job and returns its id; with Once it may be that of an older
// one.
func (s *Store) Enqueue(ctx context.Context, ws int64, n NewJob) (id int64, err error) {
	err = s.tx(ctx, func(tx Tx) (err error) {
		id, err = s.enqueue(ctx, tx, ws, n)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("enqueue %s: %w", n.Kind, err)
	}
	s.tick()
	return id, nil
}

// enqueue adds a job within a transaction. The counter's row is locked from here
// to the end of the transaction, which puts the jobs of an order key in order:
// nobody can end the one before while this one decides whether it has to wait.
func (s *Store) enqueue(ctx context.Context, tx Tx, ws int64, n NewJob) (int64, error) {
	if n.Kind == "" || n.Once && n.OrderKey == "" {
		return 0, fmt.Errorf("job of kind %q: %w", n.Kind, catalog.ErrInvalid)
	}
	if n.Delay > MaxDelay {
		return 0, fmt.Errorf("job of kind %q, delayed by %s: %w", n.Kind, n.Delay, catalog.ErrInvalid)
	}
	id, err := tx.newIDs(ctx, catalog.PrefixJob, 1)
	if err != nil {
		return 0, err
	}
	state, due := JobReady, time.Time{}
	if n.Delay > 0 {
		now, err := s.clock(ctx, tx.db)
		if err != nil {
			return 0, err
		}
		state, due = JobDelayed, now.Add(n.Delay)
	}
	if n.OrderKey != "" {
		older, err := tx.openOf(ctx, ws, n.OrderKey)
		if err != nil {
			return 0, err
		}
		if len(older) > 0 {
			state = JobWaiting
		}
		for _, j := range older {
			if n.Once && j.Kind == n.Kind && j.State != JobRunning {
				return j.ID, nil
			}
		}
	}
	if n.Arguments == nil {
		n.Arguments = []byte{}
	}
	if _, err := tx.exec(ctx, `INSERT INTO jobs (ws, id, kind, schema_id, record_id, order_key, arguments, state, due_at, attempts, holder, token, canceled,
		schedule_id, error_code, error, created_at, started_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', 0, 0, ?, '', '', ?, 0, 0)`,
		ws, id, n.Kind, int64(n.Schema), n.record, n.OrderKey, n.Arguments, string(state), micros(due), n.schedule, micros(s.now())); err != nil {
		return 0, err
	}
	return id, s.eng.Notify(ctx, tx)
}

// openOf lists the oldest and the newest open jobs of an order key.
func (tx Tx) openOf(ctx context.Context, ws int64, key string) ([]Job, error) {
	var found []Job
	for _, order := range []string{"id", "id DESC"} {
		jobs, err := list(ctx, tx.db, scanJob, `SELECT `+jobColumns+` FROM jobs WHERE ws = ? AND order_key = ? AND order_key <> '' AND ended_at = 0
			ORDER BY `+order+` LIMIT 1`, ws, key)
		if err != nil {
			return nil, err
		}
		found = append(found, jobs...)
	}
	return found, nil
}

// Job returns one job.
func (s *Store) Job(ctx context.Context, ws, id int64) (Job, error) {
	j, err := s.reader(ws).job(ctx, ws, id)
	if err != nil {
		return Job{}, fmt.Errorf("job %d: %w", id, err)
	}
	return j, nil
}

func (d db) job(ctx context.Context, ws, id int64) (Job, error) {
	return one(ctx, d, scanJob, `SELECT `+jobColumns+` FROM jobs WHERE ws = ? AND id = ?`, ws, id)
}

// QueueLength counts the jobs that have not begun and those that run, of all
// workspaces; kind narrows it, "" = all.
func (s *Store) QueueLength(ctx context.Context, kind string) (pending, running int64, err error) {
	type count struct {
		state JobState
		n     int64
	}
	counts, err := list(ctx, s.reader(everyWorkspace), func(row scanner) (c count, err error) { return c, row.Scan(&c.state, &c.n) },
		`SELECT state, count(*) FROM jobs WHERE ended_at = 0 AND (CAST(? AS text) = '' OR kind = ?) GROUP BY state`, kind, kind)
	if err != nil {
		return 0, 0, fmt.Errorf("queue length: %w", err)
	}
	for _, c := range counts {
		if c.state == JobRunning {
			running += c.n
		} else {
			pending += c.n
		}
	}
	return pending, running, nil
}

// DeleteJobs deletes at most limit jobs that ended before a time and returns
// how many there were.
func (s *Store) DeleteJobs(ctx context.Context, ws int64, before time.Time, limit int) (deleted int64, err error) {
	err = s.tx(ctx, func(tx Tx) (err error) {
		deleted, err = tx.exec(ctx, `DELETE FROM jobs WHERE ws = ? AND id IN
			(SELECT id FROM jobs WHERE ws = ? AND ended_at <> 0 AND ended_at < ? ORDER BY ended_at LIMIT ?)`, ws, ws, micros(before), limit)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("delete ended jobs: %w", err)
	}
	return deleted, nil
}

// notFound reports whether err means that there is no such row.
func notFound(err error) bool { return errors.Is(err, catalog.ErrNotFound) }
