package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// idempotencyTime is how long an idempotency key is remembered.
const idempotencyTime = 24 * time.Hour

// NewImport is a request to import artifacts whose blobs are stored already.
type NewImport struct {
	SchemaID catalog.SchemaID
	Parts    []catalog.Part
	Touch    Touch // what TouchBlobs returned for the parts
	Force    bool
	// NoStaling keeps what the manifest lacks.
	NoStaling bool
	// Integration is the one whose sync makes the import; 0 = none.
	Integration int64
	Actor       catalog.Actor
	// IdempotencyKey of the request within IdempotencyOwner (the API key and
	// route); "" = none. Fingerprint is of the request.
	IdempotencyKey, IdempotencyOwner string
	Fingerprint                      catalog.Hash
}

// ImportFilter narrows a list of imports; zero fields let everything through.
type ImportFilter struct {
	SchemaID catalog.SchemaID
	Only     []catalog.SchemaID // within these schemas
	Status   catalog.Status
	Project  catalog.ProjectID
}

const importColumns = `i.ws, i.id, i.schema_id, s.name, i.status, i.forced, i.no_staling, i.integration_id, i.actor_kind, i.actor_id, i.actor_name, i.project_id,
	i.tables_created, i.tables_updated, i.columns_created, i.columns_updated, i.lineages_created, i.lineages_updated,
	i.error, i.error_code, i.version, i.attempts, i.created_at, i.started_at, i.ended_at, i.updated_at, i.report`

const fromImports = ` FROM imports i JOIN schemas s ON s.ws = i.ws AND s.id = i.schema_id `

// importRow is an import with its workspace.
type importRow struct {
	ws int64
	catalog.Import
}

func scanImport(row scanner) (r importRow, err error) {
	var created, started, ended, updated int64
	var report []byte
	c := &r.Counters
	if err := row.Scan(&r.ws, &r.ID, &r.SchemaID, &r.SchemaName, &r.Status, &r.Force, &r.NoStaling, &r.Integration, &r.Actor.Kind, &r.Actor.ID, &r.Actor.Name, &r.Project,
		&c.TablesCreated, &c.TablesUpdated, &c.ColumnsCreated, &c.ColumnsUpdated, &c.LineagesCreated, &c.LineagesUpdated,
		&r.Error, &r.ErrorCode, &r.Version, &r.Attempts, &created, &started, &ended, &updated, &report); err != nil {
		return r, err
	}
	r.CreatedAt, r.StartedAt, r.EndedAt, r.UpdatedAt = timeOf(created), timeOf(started), timeOf(ended), timeOf(updated)
	if len(report) == 0 {
		return r, nil
	}
	return r, decode(report, &r.Report)
}

// CreateImport accepts an import: its row, its parts, the references to its
// blobs, which were touched and stored before, and its job in one transaction.
// A request that comes again under the same idempotency key within 24 hours
// returns the first import, replayed; another
// request under that key is catalog.ErrIdempotencyReused.
func (s *Store) CreateImport(ctx context.Context, ws int64, n NewImport) (imp catalog.Import, replayed bool, err error) {
	err = s.tx(ctx, func(tx Tx) error {
		id, err := s.replay(ctx, tx, ws, n)
		if err != nil {
			return err
		}
		if replayed = id != 0; !replayed {
			if id, err = s.insertImport(ctx, tx, ws, n); err != nil {
				return err
			}
		}
		imp, err = tx.importByID(ctx, ws, catalog.ImportID(id))
		return err
	})
	if err != nil {
		return catalog.Import{}, false, fmt.Errorf("import into %s: %w", n.SchemaID, err)
	}
	if !replayed {
		s.tick()
	}
	return imp, replayed, nil
}

// replay returns the import of the request's idempotency key, or 0.
// The counter's row is taken first: requests come one after the other.
func (s *Store) replay(ctx context.Context, tx Tx, ws int64, n NewImport) (int64, error) {
	if n.IdempotencyKey == "" {
		return 0, nil
	}
	if _, err := tx.exec(ctx, `UPDATE counters SET next = next WHERE kind = ?`, catalog.PrefixImport); err != nil {
		return 0, err
	}
	// All expired keys are deleted, not only this one: keys are rarely used
	// twice.
	if _, err := tx.exec(ctx, `DELETE FROM idempotency WHERE ws = ? AND created_at <= ?`, ws, micros(s.now().Add(-idempotencyTime))); err != nil {
		return 0, err
	}
	type first struct {
		id          int64
		fingerprint []byte
	}
	f, err := one(ctx, tx.db, func(row scanner) (f first, err error) { return f, row.Scan(&f.id, &f.fingerprint) },
		`SELECT import_id, fingerprint FROM idempotency WHERE ws = ? AND scope = ? AND key = ?`, ws, n.IdempotencyOwner, n.IdempotencyKey)
	switch {
	case errors.Is(err, catalog.ErrNotFound):
		return 0, nil
	case err != nil:
		return 0, err
	case hashOf(f.fingerprint) != n.Fingerprint:
		return 0, catalog.ErrIdempotencyReused
	}
	return f.id, nil
}

func (s *Store) insertImport(ctx context.Context, tx Tx, ws int64, n NewImport) (int64, error) {
	if _, err := tx.schema(ctx, ws, n.SchemaID); err != nil {
		return 0, err
	}
	id, err := tx.newIDs(ctx, catalog.PrefixImport, 1)
	if err != nil {
		return 0, err
	}
	now := micros(s.now())
	if _, err := tx.exec(ctx, `INSERT INTO imports (ws, id, schema_id, status, forced, no_staling, integration_id, actor_kind, actor_id, actor_name, project_id,
		tables_created, tables_updated, columns_created, columns_updated, lineages_created, lineages_updated,
		error, error_code, version, attempts, created_at, started_at, ended_at, updated_at, report)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, '', '', 0, 0, ?, 0, 0, ?, ?)`,
		ws, id, int64(n.SchemaID), string(catalog.Pending), bit(n.Force), bit(n.NoStaling), n.Integration,
		string(n.Actor.Kind), n.Actor.ID, n.Actor.Name, now, now, []byte{}); err != nil {
		return 0, err
	}
	for i, part := range n.Parts {
		if err := tx.insertPart(ctx, ws, id, i, part, n.Touch, now); err != nil {
			return 0, fmt.Errorf("part %s: %w", part.Name, err)
		}
	}
	if n.IdempotencyKey != "" {
		if _, err := tx.exec(ctx, `INSERT INTO idempotency (ws, scope, key, fingerprint, import_id, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
			ws, n.IdempotencyOwner, n.IdempotencyKey, n.Fingerprint[:], id, now); err != nil {
			return 0, err
		}
	}
	_, err = s.enqueue(ctx, tx, ws, NewJob{Kind: KindImport, Schema: n.SchemaID, OrderKey: ImportOrder(n.SchemaID), record: id})
	return id, err
}

func (tx Tx) insertPart(ctx context.Context, ws, id int64, at int, part catalog.Part, touch Touch, now int64) error {
	if _, err := tx.exec(ctx, `INSERT INTO import_parts (ws, import_id, position, name, number, sha256, size, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		ws, id, at, part.Name, part.Number, part.SHA256, part.Size, int64(part.Checksum)); err != nil {
		return err
	}
	return tx.referBlob(ctx, part.SHA256, touch, ws, id, now)
}

// Import returns one import with its parts.
func (s *Store) Import(ctx context.Context, ws int64, id catalog.ImportID) (catalog.Import, error) {
	d := s.reader(ws)
	imp, err := d.importByID(ctx, ws, id)
	if err != nil {
		return catalog.Import{}, err
	}
	if _, err := d.schema(ctx, ws, imp.SchemaID); err != nil {
		return catalog.Import{}, fmt.Errorf("import %s: %w", id, err)
	}
	return imp, nil
}

func (d db) importByID(ctx context.Context, ws int64, id catalog.ImportID) (catalog.Import, error) {
	row, err := one(ctx, d, scanImport, `SELECT `+importColumns+fromImports+`WHERE i.ws = ? AND i.id = ?`, ws, int64(id))
	if err != nil {
		return catalog.Import{}, fmt.Errorf("import %s: %w", id, err)
	}
	parts, err := d.partsOf(ctx, ws, []importRow{row})
	if err != nil {
		return catalog.Import{}, fmt.Errorf("import %s: %w", id, err)
	}
	row.Parts = parts[id]
	return row.Import, nil
}

func (d db) partsOf(ctx context.Context, ws int64, rows []importRow) (map[catalog.ImportID][]catalog.Part, error) {
	parts := map[catalog.ImportID][]catalog.Part{}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = int64(r.ID)
	}
	scan := func(row scanner) (none struct{}, err error) {
		var id catalog.ImportID
		var p catalog.Part
		err = row.Scan(&id, &p.Name, &p.Number, &p.SHA256, &p.Size, &p.Checksum)
		parts[id] = append(parts[id], p)
		return none, err
	}
	err := inBatches(ids, func(ids []int64) error {
		marks, args := in([]any{ws}, ids)
		_, err := list(ctx, d, scan, `SELECT import_id, name, number, sha256, size, checksum FROM import_parts
			WHERE ws = ? AND import_id IN `+marks+` ORDER BY import_id, position`, args...)
		return err
	})
	return parts, err
}

// Imports lists imports, newest first. Of the reports only Outcome and Counts
// are filled in.
func (s *Store) Imports(ctx context.Context, ws int64, f ImportFilter, p Page) (Paged[catalog.Import], error) {
	before := catalog.Open
	if _, err := p.after(&before); err != nil {
		return Paged[catalog.Import]{}, err
	}
	where, args := f.where(ws)
	d := s.reader(ws)
	rows, err := list(ctx, d, scanImport, `SELECT `+importColumns+fromImports+where+` AND i.id < ? ORDER BY i.id DESC LIMIT ?`,
		append(args, before, p.limit()+1)...)
	if err != nil {
		return Paged[catalog.Import]{}, fmt.Errorf("imports: %w", err)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM imports i `+where, args...)
	if err != nil {
		return Paged[catalog.Import]{}, fmt.Errorf("imports: %w", err)
	}
	parts, err := d.partsOf(ctx, ws, rows)
	if err != nil {
		return Paged[catalog.Import]{}, fmt.Errorf("imports: %w", err)
	}
	imports := make([]catalog.Import, len(rows))
	for i, r := range rows {
		r.Parts = parts[r.ID]
		r.Report = catalog.Report{Outcome: r.Report.Outcome, Counts: r.Report.Counts, IssuesTotal: r.Report.IssuesTotal}
		imports[i] = r.Import
	}
	return paged(imports, p, total, func(r catalog.Import) []any { return []any{r.ID} })
}

// ImportReports returns the newest imports of a schema, of those that had ended then, with their reports, newest first,
// without their parts.
func (s *Store) ImportReports(ctx context.Context, ws int64, schema catalog.SchemaID, existing AsOf, limit int) ([]catalog.Import, error) {
	args, ended := []any{ws, int64(schema)}, ``
	if !existing.IsNow() {
		ended = ` AND (i.version BETWEEN 1 AND ? OR i.ended_at BETWEEN 1 AND ?)`
		args = append(args, existing.Version, micros(existing.At))
	}
	rows, err := list(ctx, s.reader(ws), scanImport, `SELECT `+importColumns+fromImports+`WHERE i.ws = ? AND i.schema_id = ?`+ended+`
		ORDER BY i.id DESC LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("reports of %s: %w", schema, err)
	}
	imports := make([]catalog.Import, len(rows))
	for i := range rows {
		imports[i] = rows[i].Import
	}
	return imports, nil
}

func (f ImportFilter) where(ws int64) (string, []any) {
	where, args := among(`WHERE i.ws = ?`+notDeleted("i.schema_id"), []any{ws, ws}, "i.schema_id", f.Only)
	if f.SchemaID != 0 {
		where, args = where+` AND i.schema_id = ?`, append(args, int64(f.SchemaID))
	}
	if f.Status != "" {
		where, args = where+` AND i.status = ?`, append(args, string(f.Status))
	}
	if f.Project != 0 {
		where, args = where+` AND i.project_id = ?`, append(args, int64(f.Project))
	}
	return where, args
}
