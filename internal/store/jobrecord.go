package store

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// record keeps what users see of a job of some kind: what happens to the job is written to it in the same transaction.
type record interface {
	started(ctx context.Context, tx Tx, j Job, now int64) error
	progress(ctx context.Context, tx Tx, j Job, report []byte, now int64) error
	released(ctx context.Context, tx Tx, j Job, now int64) error // it waits for its next attempt
	ended(ctx context.Context, tx Tx, j Job, end JobEnd, now int64) error
}

// recordOf returns the record of a job; nil if its kind has none.
func recordOf(j Job) record {
	switch j.Kind {
	case KindImport:
		return imports{}
	case KindSync:
		return syncs{}
	}
	return nil
}

func (tx Tx) recordStarted(ctx context.Context, j Job, now int64) error {
	if r := recordOf(j); r != nil {
		return r.started(ctx, tx, j, now)
	}
	return nil
}

// recordProgress shows how far the job is; a nil report shows nothing.
func (tx Tx) recordProgress(ctx context.Context, j Job, report *catalog.Report, now int64) error {
	r := recordOf(j)
	if r == nil || report == nil {
		return nil
	}
	body, err := encode(*report)
	if err != nil {
		return err
	}
	return r.progress(ctx, tx, j, body, now)
}

func (tx Tx) recordReleased(ctx context.Context, j Job, now int64) error {
	if r := recordOf(j); r != nil {
		return r.released(ctx, tx, j, now)
	}
	return nil
}

func (tx Tx) recordEnded(ctx context.Context, j Job, end JobEnd, now int64) error {
	if r := recordOf(j); r != nil {
		return r.ended(ctx, tx, j, end, now)
	}
	return nil
}
