package store

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Served is a schema at its served version.
type Served struct {
	WS      int64
	Schema  catalog.SchemaID
	Version int64
	Tables  int64 // present ones
}

// ServedSchemas returns the schemas of all workspaces that have a version, those that changed last first, up to limit.
func (s *Store) ServedSchemas(ctx context.Context, limit int) ([]Served, error) {
	scan := func(row scanner) (v Served, err error) {
		return v, row.Scan(&v.WS, (*int64)(&v.Schema), &v.Version, &v.Tables)
	}
	out, err := list(ctx, s.reader(everyWorkspace), scan, `SELECT s.ws, s.id, s.version, s.tables FROM schemas s
		JOIN versions v ON v.ws = s.ws AND v.schema_id = s.id AND v.number = s.version
		WHERE s.deleted_at = 0 AND s.version > 0 ORDER BY v.at DESC, s.ws, s.id LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("served schemas: %w", err)
	}
	return out, nil
}
