package store

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

const versionColumns = `schema_id, number, cause_kind, cause_id, actor_kind, actor_id, actor_name, at`

// pastColumns are what is kept of a version that is deleted.
const pastColumns = `ws, ` + versionColumns

func scanVersion(row scanner) (v catalog.Version, err error) {
	var at int64
	err = row.Scan(&v.SchemaID, &v.Number, &v.Cause.Kind, &v.Cause.ID, &v.Actor.Kind, &v.Actor.ID, &v.Actor.Name, &at)
	v.At = timeOf(at)
	return v, err
}

// VersionAt returns the number of the version that was served at a time;
// catalog.ErrNotFound before the first.
func (s *Store) VersionAt(ctx context.Context, ws int64, schema catalog.SchemaID, at time.Time) (int64, error) {
	n, err := one(ctx, s.reader(ws), scalar[int64], `SELECT coalesce(max(number), 0) FROM versions WHERE ws = ? AND schema_id = ? AND at <= ?`,
		ws, int64(schema), at.UnixMicro())
	if err == nil && n == 0 {
		err = catalog.ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("version of %s at %s: %w", schema, at.UTC().Format(time.RFC3339), err)
	}
	return n, nil
}

// Version returns one version of a schema.
func (s *Store) Version(ctx context.Context, ws int64, schema catalog.SchemaID, n int64) (catalog.Version, error) {
	v, err := one(ctx, s.reader(ws), scanVersion, `SELECT `+versionColumns+` FROM versions WHERE ws = ? AND schema_id = ? AND number = ?`, ws, int64(schema), n)
	if err != nil {
		return catalog.Version{}, fmt.Errorf("version %d of %s: %w", n, schema, err)
	}
	return v, nil
}

// VersionsTo returns at most limit versions of a schema up to a number, newest first.
func (s *Store) VersionsTo(ctx context.Context, ws int64, schema catalog.SchemaID, to int64, limit int) ([]catalog.Version, error) {
	versions, err := list(ctx, s.reader(ws), scanVersion, `SELECT `+versionColumns+` FROM versions
		WHERE ws = ? AND schema_id = ? AND number <= ? ORDER BY number DESC LIMIT ?`, ws, int64(schema), to, limit)
	if err != nil {
		return nil, fmt.Errorf("versions of %s: %w", schema, err)
	}
	return versions, nil
}

// VersionsOf returns versions of a schema by their numbers, those that are deleted too.
func (s *Store) VersionsOf(ctx context.Context, ws int64, schema catalog.SchemaID, numbers []int64) (map[int64]catalog.Version, error) {
	out := make(map[int64]catalog.Version, len(numbers))
	err := inBatches(numbers, func(numbers []int64) error {
		marks, args := in([]any{ws, int64(schema)}, numbers)
		both, more := in(append(args, ws, int64(schema)), numbers)
		versions, err := list(ctx, s.reader(ws), scanVersion, `SELECT `+versionColumns+` FROM versions WHERE ws = ? AND schema_id = ? AND number IN `+marks+`
			UNION ALL SELECT `+versionColumns+` FROM past_versions WHERE ws = ? AND schema_id = ? AND number IN `+both, more...)
		for _, v := range versions {
			out[v.Number] = v
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%d versions of %s: %w", len(numbers), schema, err)
	}
	return out, nil
}
