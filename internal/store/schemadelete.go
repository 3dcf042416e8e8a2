package store

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// notDeleted is the condition that a row's schema is not deleted, for queries over a whole workspace.
func notDeleted(column string) string {
	return ` AND NOT EXISTS (SELECT 1 FROM schemas gone WHERE gone.ws = ? AND gone.id = ` + column + ` AND gone.deleted_at > 0)`
}

// DeleteSchema hides a schema and everything in it, frees its name, and cancels what waits for it. PurgeSchema deletes
// the rows later. check refuses it by an error, as SchemaPatch.If does.
func (s *Store) DeleteSchema(ctx context.Context, ws int64, id catalog.SchemaID, by By, check func(SchemaRow) error) error {
	err := s.tx(ctx, func(tx Tx) error {
		schema, err := tx.checkedSchema(ctx, ws, id, check)
		if err != nil {
			return err
		}
		open, err := list(ctx, tx.db, scalar[int64], `SELECT id FROM jobs WHERE ws = ? AND schema_id = ? AND ended_at = 0 ORDER BY id`, ws, int64(id))
		if err != nil {
			return err
		}
		for _, job := range open {
			if err := s.cancelJob(ctx, tx, ws, job); err != nil {
				return err
			}
		}
		// Names are unique and have no control characters, so this one cannot be taken.
		name := fmt.Sprintf("\x01%s %s", id, schema.Name)
		at := micros(s.now())
		if _, err := tx.exec(ctx, `UPDATE schemas SET deleted_at = ?, updated_at = ?, name = ? WHERE ws = ? AND id = ?`, at, at, name, ws, int64(id)); err != nil {
			return err
		}
		return s.audit(ctx, tx, ws, AuditEntry{Action: ActionSchemaDeleted, Subject: id.String(), By: by, Details: settingsOf(schema)})
	})
	if err != nil {
		return fmt.Errorf("delete schema %s: %w", id, err)
	}
	s.tick()
	return nil
}

// DeletedSchemas lists the schemas that were deleted before a time.
func (s *Store) DeletedSchemas(ctx context.Context, ws int64, before time.Time) ([]catalog.SchemaID, error) {
	ids, err := list(ctx, s.reader(ws), scalar[catalog.SchemaID], `SELECT id FROM schemas WHERE ws = ? AND deleted_at > 0 AND deleted_at < ? ORDER BY id`, ws, micros(before))
	if err != nil {
		return nil, fmt.Errorf("deleted schemas: %w", err)
	}
	return ids, nil
}

// PurgeSchema deletes the rows of a deleted schema, some at a time; catalog.ErrConflict if it is not deleted. The
// schema's own row goes last: what was interrupted is done again.
func (s *Store) PurgeSchema(ctx context.Context, ws int64, id catalog.SchemaID) error {
	if err := s.purge(ctx, ws, id); err != nil {
		return fmt.Errorf("purge schema %s: %w", id, err)
	}
	return nil
}

func (s *Store) purge(ctx context.Context, ws int64, id catalog.SchemaID) error {
	deleted, err := one(ctx, s.reader(ws), scalar[int64], `SELECT deleted_at FROM schemas WHERE ws = ? AND id = ?`, ws, int64(id))
	if err != nil {
		return err
	}
	if deleted == 0 {
		return fmt.Errorf("it is not deleted: %w", catalog.ErrConflict)
	}
	for _, t := range versionedTables() {
		if err := s.deleteEnded(ctx, t, ws, id, catalog.Open); err != nil {
			return err
		}
	}
	if err := s.purgeRuns(ctx, ws, id); err != nil {
		return err
	}
	for _, t := range schemaTables {
		if err := s.deleteRows(ctx, t.name, t.key, `ws = ? AND schema_id = ?`, ws, int64(id)); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	if err := s.purgeImports(ctx, ws, id); err != nil {
		return err
	}
	return s.tx(ctx, func(tx Tx) error {
		_, err := tx.exec(ctx, `DELETE FROM schemas WHERE ws = ? AND id = ?`, ws, int64(id))
		return err
	})
}

// schemaTables are the tables with rows of a schema that are neither versioned nor of a run or an import, with what
// identifies a row within the schema. Projects, which refer to the schema, are among them.
var schemaTables = []struct{ name, key string }{ //nolint:gochecknoglobals // constant
	{"versions", "number"},
	{"past_versions", "number"},
	{"applied_parts", "project_id, part"},
	{"fingerprints", "project_id, source"},
	{"removals", "asset, project_id, node"},
	{"latest_results", "node, project_id"},
	{"latest_freshness", "node, project_id"},
	{"jobs", "id"},
	{"schedules", "id"},
	{"lineage_jobs", "job"},
	{"projects", "id"},
}

// purged is how many runs or imports are deleted in a transaction, with the rows that belong to them.
const purged = 20

// purgeImports deletes the imports of a schema with what refers to them.
func (s *Store) purgeImports(ctx context.Context, ws int64, id catalog.SchemaID) error {
	return s.purgeParents(ctx, ws, id, "imports", "import_id", "blob_refs", "import_parts", "idempotency")
}

// purgeRuns deletes the runs of a schema with their results.
func (s *Store) purgeRuns(ctx context.Context, ws int64, id catalog.SchemaID) error {
	return s.purgeParents(ctx, ws, id, "runs", "run_id", resultTable.Name, freshnessTable.Name)
}

// purgeParents deletes the rows of a schema in a table and those of other tables that refer to them by a column.
func (s *Store) purgeParents(ctx context.Context, ws int64, id catalog.SchemaID, table, column string, children ...string) error {
	for {
		n := 0
		err := s.tx(ctx, func(tx Tx) error {
			parents, err := list(ctx, tx.db, scalar[int64], `SELECT id FROM `+table+` WHERE ws = ? AND schema_id = ? ORDER BY id LIMIT ?`, ws, int64(id), purged)
			if n = len(parents); err != nil || n == 0 {
				return err
			}
			marks, args := in([]any{ws}, parents)
			for _, child := range children {
				if _, err := tx.exec(ctx, `DELETE FROM `+child+` WHERE ws = ? AND `+column+` IN `+marks, args...); err != nil {
					return err
				}
			}
			_, err = tx.exec(ctx, `DELETE FROM `+table+` WHERE ws = ? AND id IN `+marks, args...)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}
