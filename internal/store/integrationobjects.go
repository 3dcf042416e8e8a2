package store

import (
	"context"
	"fmt"
	"time"
)

// SeenObject is what was read of an object of an integration's bucket.
type SeenObject struct {
	Key, ETag   string
	Imported    bool
	Project     string    // of a manifest
	GeneratedAt time.Time // by the artifact itself; zero = not known
}

// SeenObjects returns what is known of the bucket of an integration, by key.
func (s *Store) SeenObjects(ctx context.Context, ws, integration int64) (map[string]SeenObject, error) {
	scan := func(row scanner) (o SeenObject, err error) {
		var generated int64
		err = row.Scan(&o.Key, &o.ETag, &o.Imported, &o.Project, &generated)
		o.GeneratedAt = timeOf(generated)
		return o, err
	}
	rows, err := list(ctx, s.reader(ws), scan, `SELECT key, etag, imported, project, generated_at FROM integration_objects
		WHERE ws = ? AND integration_id = ? ORDER BY key`, ws, integration)
	if err != nil {
		return nil, fmt.Errorf("objects of integration %d: %w", integration, err)
	}
	seen := make(map[string]SeenObject, len(rows))
	for _, o := range rows {
		seen[o.Key] = o
	}
	return seen, nil
}

// SaveObjects notes what was seen of the bucket of an integration, and forgets objects that are gone.
func (s *Store) SaveObjects(ctx context.Context, ws, integration int64, seen []SeenObject, gone []string) error {
	err := s.tx(ctx, func(tx Tx) error {
		for _, o := range seen {
			if _, err := tx.exec(ctx, `INSERT INTO integration_objects (ws, integration_id, key, etag, imported, project, generated_at) VALUES (?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (ws, integration_id, key) DO UPDATE SET etag = excluded.etag, imported = excluded.imported, project = excluded.project,
					generated_at = excluded.generated_at`,
				ws, integration, o.Key, o.ETag, bit(o.Imported), o.Project, micros(o.GeneratedAt)); err != nil {
				return err
			}
		}
		for _, key := range gone {
			if _, err := tx.exec(ctx, `DELETE FROM integration_objects WHERE ws = ? AND integration_id = ? AND key = ?`, ws, integration, key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("objects of integration %d: %w", integration, err)
	}
	return nil
}
