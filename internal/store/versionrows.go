package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// VersionRow is a version with how much it changed.
type VersionRow struct {
	catalog.Version
	Wrote *catalog.VersionDelta // nil for a version of an older program
	// Counters are those of the import that made it; zero where something else did.
	Counters catalog.Counters
}

func scanVersionRow(row scanner) (v VersionRow, err error) {
	var at int64
	var delta []byte
	c := &v.Counters
	err = row.Scan(&v.SchemaID, &v.Number, &v.Cause.Kind, &v.Cause.ID, &v.Actor.Kind, &v.Actor.ID, &v.Actor.Name, &at, &delta,
		&c.TablesCreated, &c.TablesUpdated, &c.ColumnsCreated, &c.ColumnsUpdated, &c.LineagesCreated, &c.LineagesUpdated)
	if err != nil {
		return v, err
	}
	v.At = timeOf(at)
	if len(delta) == 0 {
		return v, nil
	}
	wrote, err := catalog.DecodeVersionDelta(delta)
	if errors.Is(err, catalog.ErrUnsupported) {
		return v, nil
	}
	v.Wrote = &wrote
	return v, err
}

// VersionPage lists the kept versions of a schema up to a number, newest first.
func (s *Store) VersionPage(ctx context.Context, ws int64, schema catalog.SchemaID, to int64, p Page) (Paged[VersionRow], error) {
	before := to + 1
	if _, err := p.after(&before); err != nil {
		return Paged[VersionRow]{}, err
	}
	d := s.reader(ws)
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM versions WHERE ws = ? AND schema_id = ? AND number <= ?`, ws, int64(schema), to)
	if err != nil {
		return Paged[VersionRow]{}, fmt.Errorf("versions of %s: %w", schema, err)
	}
	rows, err := list(ctx, d, scanVersionRow, `SELECT v.schema_id, v.number, v.cause_kind, v.cause_id, v.actor_kind, v.actor_id, v.actor_name, v.at, v.delta,
			coalesce(i.tables_created, 0), coalesce(i.tables_updated, 0), coalesce(i.columns_created, 0), coalesce(i.columns_updated, 0),
			coalesce(i.lineages_created, 0), coalesce(i.lineages_updated, 0)
		FROM versions v
		LEFT JOIN imports i ON v.cause_kind = 'import' AND i.ws = v.ws AND i.id = v.cause_id
		WHERE v.ws = ? AND v.schema_id = ? AND v.number < ? ORDER BY v.number DESC LIMIT ?`, ws, int64(schema), min(before, to+1), p.limit()+1)
	if err != nil {
		return Paged[VersionRow]{}, fmt.Errorf("versions of %s: %w", schema, err)
	}
	return paged(rows, p, total, func(v VersionRow) []any { return []any{v.Number} })
}
