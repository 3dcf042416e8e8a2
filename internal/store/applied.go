package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// AppliedPart identifies the bytes of an artifact last applied, and the version of
// the reader.
type AppliedPart struct {
	Part   string // as catalog.Part.Name
	SHA256 string
	Reader string
}

// Applied reports whether an artifact's bytes are those of its kind that a project
// applied last, and which project; 0 looks among all projects of the schema.
func (s *Store) Applied(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID, p AppliedPart) (catalog.ProjectID, bool, error) {
	query := `SELECT project_id FROM applied_parts WHERE ws = ? AND schema_id = ? AND part = ? AND sha256 = ? AND reader = ?`
	args := []any{ws, int64(schema), p.Part, p.SHA256, p.Reader}
	if project != 0 {
		query += ` AND project_id = ?`
		args = append(args, int64(project))
	}
	id, err := one(ctx, s.reader(ws), scalar[catalog.ProjectID], query+` ORDER BY project_id LIMIT 1`, args...)
	switch {
	case errors.Is(err, catalog.ErrNotFound):
		return 0, false, nil
	case err != nil:
		return 0, false, fmt.Errorf("applied %s of %s: %w", p.Part, schema, err)
	}
	return id, true, nil
}

// Fingerprint returns the opaque bytes that the last save of a project left for
// one of its sources; nil if none.
func (s *Store) Fingerprint(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID, name string) ([]byte, error) {
	value, err := one(ctx, s.reader(ws), scalar[[]byte], `SELECT value FROM fingerprints
		WHERE ws = ? AND schema_id = ? AND project_id = ? AND source = ?`, ws, int64(schema), int64(project), name)
	switch {
	case errors.Is(err, catalog.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("fingerprint of %s, %s: %w", project, name, err)
	}
	return value, nil
}

func (tx Tx) putApplied(ctx context.Context, l Lease, project catalog.ProjectID, parts []AppliedPart) error {
	for _, p := range parts {
		if _, err := tx.exec(ctx, `INSERT INTO applied_parts (ws, schema_id, project_id, part, sha256, reader) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (ws, schema_id, project_id, part) DO UPDATE SET sha256 = excluded.sha256, reader = excluded.reader`,
			l.WS, int64(l.Schema), int64(project), p.Part, p.SHA256, p.Reader); err != nil {
			return fmt.Errorf("applied %s: %w", p.Part, err)
		}
	}
	return nil
}

// putMemo writes one memo, or forgets it.
func (tx Tx) putMemo(ctx context.Context, l Lease, m Memo) error {
	if m.Value != nil {
		return tx.putFingerprints(ctx, l, m.Project, map[string][]byte{m.Name: m.Value})
	}
	if _, err := tx.exec(ctx, `DELETE FROM fingerprints WHERE ws = ? AND schema_id = ? AND project_id = ? AND source = ?`,
		l.WS, int64(l.Schema), int64(m.Project), m.Name); err != nil {
		return fmt.Errorf("memo %s of %s: %w", m.Name, m.Project, err)
	}
	return nil
}

func (tx Tx) putFingerprints(ctx context.Context, l Lease, project catalog.ProjectID, values map[string][]byte) error {
	for name, value := range values {
		if value == nil {
			value = []byte{}
		}
		if _, err := tx.exec(ctx, `INSERT INTO fingerprints (ws, schema_id, project_id, source, value) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (ws, schema_id, project_id, source) DO UPDATE SET value = excluded.value`,
			l.WS, int64(l.Schema), int64(project), name, value); err != nil {
			return fmt.Errorf("fingerprint of %s: %w", name, err)
		}
	}
	return nil
}
