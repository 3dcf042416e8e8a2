package store

import (
	"context"
	"fmt"
	"time"
)

// DraftTime is how long a draft of an integration is kept.
const DraftTime = 7 * 24 * time.Hour

// Draft is an External ID that is shown before its integration is made.
type Draft struct {
	UUID       string // of the integration to come
	ExternalID string
	CreatedAt  time.Time
}

// CreateDraft adds a draft, and deletes those that are too old.
func (s *Store) CreateDraft(ctx context.Context, ws int64, d Draft) (Draft, error) {
	d.CreatedAt = timeOf(micros(s.now()))
	err := s.tx(ctx, func(tx Tx) error {
		if _, err := tx.exec(ctx, `DELETE FROM integration_drafts WHERE ws = ? AND created_at < ?`, ws, micros(s.now().Add(-DraftTime))); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `INSERT INTO integration_drafts (ws, uuid, external_id, created_at) VALUES (?, ?, ?, ?)`,
			ws, d.UUID, d.ExternalID, micros(d.CreatedAt))
		return err
	})
	if err != nil {
		return Draft{}, fmt.Errorf("draft of an integration: %w", err)
	}
	return d, nil
}

// Draft returns a draft that is not too old.
func (s *Store) Draft(ctx context.Context, ws int64, uuid string) (Draft, error) {
	scan := func(row scanner) (d Draft, err error) {
		var created int64
		err = row.Scan(&d.UUID, &d.ExternalID, &created)
		d.CreatedAt = timeOf(created)
		return d, err
	}
	d, err := one(ctx, s.reader(ws), scan, `SELECT uuid, external_id, created_at FROM integration_drafts WHERE ws = ? AND uuid = ? AND created_at >= ?`,
		ws, uuid, micros(s.now().Add(-DraftTime)))
	if err != nil {
		return Draft{}, fmt.Errorf("draft %s: %w", uuid, err)
	}
	return d, nil
}
