package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// KindLineage is the kind of the jobs that apply what the events of other programs change.
const KindLineage = "lineage"

// MaxLineageJobs is how many jobs outside dbt a schema may have.
const MaxLineageJobs = 20_000

// LineageJob is a job outside dbt, with what its events told of it.
type LineageJob struct {
	Namespace, Name string
	State           []byte // see openlineage.JobState; empty of a new one
	CreatedAt       time.Time
	UpdatedAt       time.Time
}

// LineageChange is what an event makes of a job.
type LineageChange struct {
	State []byte
	// Apply is set where what the job reads or writes changed: a job is enqueued that applies it.
	Apply bool
}

// Label returns the id of the job.
func (j LineageJob) Label() string { return hex.EncodeToString(lineageKey(j.Namespace, j.Name)[:8]) }

func lineageKey(namespace, name string) []byte { return keyHash(namespace + "\x00" + name) }

// lineageOrder is the order key of the jobs that apply events to a schema.
func lineageOrder(id catalog.SchemaID) string { return fmt.Sprintf("%s/%d", KindLineage, int64(id)) }

// UpdateLineageJob replaces the state of a job by what a function makes of it, in one transaction in which nobody else
// changes that job. A state that stays as it is is not written. catalog.ErrTooLarge if a new job is one too many.
func (s *Store) UpdateLineageJob(ctx context.Context, ws int64, schema catalog.SchemaID, namespace, name string, delay time.Duration, change func(old []byte) (LineageChange, error)) error {
	err := s.tx(ctx, func(tx Tx) error {
		key := lineageKey(namespace, name)
		old, err := tx.lineageState(ctx, ws, schema, key)
		isNew := errors.Is(err, catalog.ErrNotFound)
		if err != nil && !isNew {
			return err
		}
		c, err := change(old)
		if err != nil || !isNew && bytes.Equal(old, c.State) {
			return err
		}
		now := micros(s.now())
		if isNew {
			err = tx.addLineageJob(ctx, ws, schema, key, namespace, name, c.State, now)
		} else {
			_, err = tx.exec(ctx, `UPDATE lineage_jobs SET state = ?, updated_at = ? WHERE ws = ? AND schema_id = ? AND job = ?`, c.State, now, ws, int64(schema), key)
		}
		if err != nil || !c.Apply {
			return err
		}
		_, err = s.enqueue(ctx, tx, ws, NewJob{Kind: KindLineage, Schema: schema, OrderKey: lineageOrder(schema), Delay: delay, Once: true})
		return err
	})
	if err != nil {
		return fmt.Errorf("job %q of %q: %w", name, namespace, err)
	}
	s.tick()
	return nil
}

// lineageState locks the row of a job and returns its state; catalog.ErrNotFound if there is none.
func (tx Tx) lineageState(ctx context.Context, ws int64, schema catalog.SchemaID, key []byte) ([]byte, error) {
	if _, err := tx.exec(ctx, `UPDATE lineage_jobs SET updated_at = updated_at WHERE ws = ? AND schema_id = ? AND job = ?`, ws, int64(schema), key); err != nil {
		return nil, err
	}
	return one(ctx, tx.db, scalar[[]byte], `SELECT state FROM lineage_jobs WHERE ws = ? AND schema_id = ? AND job = ?`, ws, int64(schema), key)
}

func (tx Tx) addLineageJob(ctx context.Context, ws int64, schema catalog.SchemaID, key []byte, namespace, name string, state []byte, now int64) error {
	n, err := one(ctx, tx.db, scalar[int64], `SELECT count(*) FROM lineage_jobs WHERE ws = ? AND schema_id = ?`, ws, int64(schema))
	if err != nil {
		return err
	}
	if n >= MaxLineageJobs {
		return fmt.Errorf("%s has %d jobs already: %w", schema, n, catalog.ErrTooLarge)
	}
	added, err := tx.exec(ctx, `INSERT INTO lineage_jobs (ws, schema_id, job, namespace, name, state, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (ws, schema_id, job) DO NOTHING`, ws, int64(schema), key, namespace, name, state, now, now)
	if err == nil && added == 0 {
		err = catalog.ErrBusy // another event made it a moment ago; the next attempt joins the two
	}
	return err
}

// LineageJobs lists the jobs of a schema, by what they are stored under.
func (s *Store) LineageJobs(ctx context.Context, ws int64, schema catalog.SchemaID, p Page) (Paged[LineageJob], error) {
	after := []byte{}
	if _, err := p.after(&after); err != nil {
		return Paged[LineageJob]{}, err
	}
	d := s.reader(ws)
	scan := func(row scanner) (j LineageJob, err error) {
		var created, updated int64
		err = row.Scan(&j.Namespace, &j.Name, &j.State, &created, &updated)
		j.CreatedAt, j.UpdatedAt = timeOf(created), timeOf(updated)
		return j, err
	}
	rows, err := list(ctx, d, scan, `SELECT namespace, name, state, created_at, updated_at FROM lineage_jobs
		WHERE ws = ? AND schema_id = ? AND job > ? ORDER BY job LIMIT ?`, ws, int64(schema), after, p.limit()+1)
	if err != nil {
		return Paged[LineageJob]{}, fmt.Errorf("jobs of %s: %w", schema, err)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM lineage_jobs WHERE ws = ? AND schema_id = ?`, ws, int64(schema))
	if err != nil {
		return Paged[LineageJob]{}, fmt.Errorf("jobs of %s: %w", schema, err)
	}
	return paged(rows, p, total, func(j LineageJob) []any { return []any{lineageKey(j.Namespace, j.Name)} })
}
