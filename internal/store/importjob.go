package store

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// KindImport is the kind of the jobs behind imports. Each has the import as its
// record: what happens to the job is written to the import's row in the same
// transaction.
const KindImport = "dbt_import"

// ImportOrder is the order key of the imports of a schema: they run in the order
// in which they came.
func ImportOrder(schema catalog.SchemaID) string {
	return fmt.Sprintf("%s/%d", KindImport, int64(schema))
}

// imports keeps the record of a job behind an import.
type imports struct{}

func (imports) started(ctx context.Context, tx Tx, j Job, now int64) error {
	_, err := tx.exec(ctx, `UPDATE imports SET status = ?, attempts = ?, updated_at = ?,
		started_at = CASE WHEN started_at = 0 THEN CAST(? AS bigint) ELSE started_at END WHERE ws = ? AND id = ?`,
		string(catalog.Processing), j.Attempts, now, now, j.WS, j.Record)
	return err
}

func (imports) progress(ctx context.Context, tx Tx, j Job, report []byte, now int64) error {
	_, err := tx.exec(ctx, `UPDATE imports SET report = ?, updated_at = ? WHERE ws = ? AND id = ?`, report, now, j.WS, j.Record)
	return err
}

func (imports) released(ctx context.Context, tx Tx, j Job, now int64) error {
	_, err := tx.exec(ctx, `UPDATE imports SET status = ?, attempts = ?, updated_at = ? WHERE ws = ? AND id = ?`,
		string(catalog.Pending), j.Attempts, now, j.WS, j.Record)
	return err
}

func (imports) ended(ctx context.Context, tx Tx, j Job, end JobEnd, now int64) error {
	if end.Failure == nil {
		return tx.importCompleted(ctx, j, end.Import, now)
	}
	report, err := encode(end.Report)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE imports SET status = ?, error = ?, error_code = ?, attempts = ?, report = ?, ended_at = ?, updated_at = ?
		WHERE ws = ? AND id = ?`, string(catalog.Failed), end.Failure.Message, end.Failure.Code, j.Attempts, report, now, now, j.WS, j.Record)
	return err
}

// importCompleted writes counters, version and report of an import that succeeded.
func (tx Tx) importCompleted(ctx context.Context, j Job, imp *catalog.Import, now int64) error {
	if j.Canceled { // who asked was told that nothing of it is applied
		return catalog.ErrCanceled
	}
	if imp == nil || imp.ID != catalog.ImportID(j.Record) || imp.Status != catalog.Completed {
		return fmt.Errorf("import %s ends without its results: %w", catalog.ImportID(j.Record), catalog.ErrInvalid)
	}
	report, err := encode(imp.Report)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE imports SET status = ?, project_id = ?, tables_created = ?, tables_updated = ?, columns_created = ?,
		columns_updated = ?, lineages_created = ?, lineages_updated = ?, error = '', error_code = '', version = ?, report = ?,
		ended_at = ?, updated_at = ? WHERE ws = ? AND id = ?`,
		string(imp.Status), int64(imp.Project), imp.Counters.TablesCreated, imp.Counters.TablesUpdated, imp.Counters.ColumnsCreated,
		imp.Counters.ColumnsUpdated, imp.Counters.LineagesCreated, imp.Counters.LineagesUpdated, imp.Version, report, now, now, j.WS, j.Record)
	return err
}

// ImportEnd is the end of an import that succeeded, under the claim of its job.
type ImportEnd struct {
	Claim  JobClaim
	Import catalog.Import // in its final state
}

// CancelImport ends a pending import at once and asks the worker of a
// processing one to stop. An import that has ended is catalog.ErrConflict.
func (s *Store) CancelImport(ctx context.Context, ws int64, id catalog.ImportID) error {
	err := s.tx(ctx, func(tx Tx) error {
		imp, err := tx.importByID(ctx, ws, id)
		if err != nil {
			return err
		}
		job, err := one(ctx, tx.db, scalar[int64], `SELECT id FROM jobs WHERE ws = ? AND kind = ? AND record_id = ? AND record_id <> 0`,
			ws, KindImport, int64(id))
		if notFound(err) { // it ended so long ago that its job is gone
			return fmt.Errorf("it is %s: %w", imp.Status, catalog.ErrConflict)
		}
		if err != nil {
			return err
		}
		return s.cancelJob(ctx, tx, ws, job)
	})
	if err != nil {
		return fmt.Errorf("cancel import %s: %w", id, err)
	}
	s.tick()
	return nil
}
