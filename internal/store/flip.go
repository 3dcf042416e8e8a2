package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Flip is what is committed with the step from one version to the next.
type Flip struct {
	Cause catalog.Cause
	Actor catalog.Actor
	// Project with its new fields; nil if none changed. Required where
	// Fingerprints or Applied are given.
	Project *catalog.Project
	// Fingerprints by source, opaque; they replace those of the same source.
	Fingerprints map[string][]byte
	Applied      []AppliedPart
	// Serves is the project whose manifest is served from now on, 0 if that is none of this save, and Former those
	// that are former names of it.
	Serves catalog.ProjectID
	Former []catalog.Rename
	// Pending replaces the pending removals of each project that it has.
	Pending map[catalog.ProjectID][]PendingRemoval
	// Moved replaces, of each project that it has, the nodes of a waiting manifest of
	// another target.
	Moved map[catalog.ProjectID][]PendingRemoval
	// Patch, if set, changes the schema itself; its refusal ends the flip.
	Patch *SchemaPatch
	// Audit are entries of the audit log.
	Audit []AuditEntry
	// Memos are opaque bytes kept by project and name, read by Fingerprint.
	Memos []Memo
	// Tables, if set, is how many more present tables the version has than the
	// one before it; nil counts them.
	Tables *int64
	// End, if set, is the import in its final state: it and its job are ended in
	// the same transaction, as EndJob does, so that a crash cannot fall
	// between the new state and the end of its import. The version is filled in.
	End *ImportEnd
	// Release gives the schema's lease back in the same transaction. So does End.
	Release bool
}

// Memo is what a caller keeps for a project. A nil Value deletes it.
type Memo struct {
	Project catalog.ProjectID
	Name    string
	Value   []byte
}

// Flip makes the version visible: one small transaction sets the schema's
// version and writes what belongs to it. The Write is closed by it.
func (w *Write) Flip(ctx context.Context, f Flip) error {
	tables, err := w.tables(ctx, f)
	if err == nil {
		err = w.end(ctx, f, func(tx Tx) error { return w.flip(ctx, tx, f, tables) })
	}
	if err != nil {
		return fmt.Errorf("flip %s to version %d: %w", w.lease.Schema, w.next, err)
	}
	w.analyze(ctx)
	return nil
}

const (
	// manyRows is how many rows of a table a save must have written for the table to be analyzed.
	manyRows = 2000
	// analyzeTime is how long that may take.
	analyzeTime = time.Minute
)

// analyze has the engine look at the tables of which a save wrote much. It is an improvement of later queries alone, so
// its failure is not the save's: the database does it by itself, only later.
func (w *Write) analyze(ctx context.Context) {
	var tables []string
	for name, keys := range w.put {
		if keys.size() >= manyRows {
			tables = append(tables, name)
		}
	}
	if len(tables) == 0 {
		return
	}
	slices.Sort(tables)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), analyzeTime)
	defer cancel()
	_ = w.s.eng.Analyze(ctx, tables)
}

// Note writes what goes with a save that changed nothing, and makes no version.
// catalog.ErrConflict if rows were written.
func (w *Write) Note(ctx context.Context, f Flip) error {
	if w.touched {
		return fmt.Errorf("note without a version on %s: rows of version %d were written: %w", w.lease.Schema, w.next, catalog.ErrConflict)
	}
	if err := w.end(ctx, f, func(tx Tx) error { return w.finishImport(ctx, tx, f, 0) }); err != nil {
		return fmt.Errorf("note without a version on %s: %w", w.lease.Schema, err)
	}
	return nil
}

func (w *Write) end(ctx context.Context, f Flip, more func(Tx) error) error {
	if f.Project == nil && (len(f.Fingerprints) > 0 || len(f.Applied) > 0) {
		return fmt.Errorf("without a project: %w", catalog.ErrInvalid)
	}
	err := w.tx(ctx, func(tx Tx) error {
		if _, err := tx.exec(ctx, `UPDATE schemas SET dirty = 0 WHERE ws = ? AND id = ?`, w.lease.WS, int64(w.lease.Schema)); err != nil {
			return err
		}
		if f.Patch != nil {
			if _, err := w.s.patchSchema(ctx, tx, w.lease.WS, w.lease.Schema, *f.Patch); err != nil {
				return err
			}
		}
		if err := w.noteProject(ctx, tx, f); err != nil {
			return err
		}
		if err := w.noteMemos(ctx, tx, f); err != nil {
			return err
		}
		if len(f.Audit) > 0 {
			if err := w.s.audit(ctx, tx, w.lease.WS, f.Audit...); err != nil {
				return fmt.Errorf("audit log: %w", err)
			}
		}
		if err := more(tx); err != nil || f.End != nil || !f.Release {
			return err
		}
		return tx.setExpiry(ctx, w.lease, 0)
	})
	if err == nil {
		w.done = true
		if f.End != nil || f.Release {
			w.s.leases.noteFreed(leaseLine{w.lease.WS, w.lease.Schema})
			w.s.tick()
		}
	}
	return err
}

func (w *Write) noteProject(ctx context.Context, tx Tx, f Flip) error {
	if f.Project == nil {
		return nil
	}
	if err := tx.updateProject(ctx, w.lease.WS, *f.Project, w.at); err != nil {
		return err
	}
	if err := tx.noteRenames(ctx, w.lease, f); err != nil {
		return err
	}
	if err := tx.putFingerprints(ctx, w.lease, f.Project.ID, f.Fingerprints); err != nil {
		return err
	}
	return tx.putApplied(ctx, w.lease, f.Project.ID, f.Applied)
}

func (w *Write) noteMemos(ctx context.Context, tx Tx, f Flip) error {
	for _, m := range f.Memos {
		if err := tx.putMemo(ctx, w.lease, m); err != nil {
			return err
		}
	}
	if err := w.putPending(ctx, tx, ReasonRemoved, f.Pending); err != nil {
		return err
	}
	return w.putPending(ctx, tx, ReasonTargetMoved, f.Moved)
}

func (w *Write) putPending(ctx context.Context, tx Tx, reason string, pending map[catalog.ProjectID][]PendingRemoval) error {
	for _, project := range slices.Sorted(maps.Keys(pending)) {
		if err := w.s.putRemovals(ctx, tx, w.lease, project, reason, pending[project]); err != nil {
			return err
		}
	}
	return nil
}

func (w *Write) flip(ctx context.Context, tx Tx, f Flip, tables int64) error {
	delta := w.Delta()
	if _, err := tx.exec(ctx, `INSERT INTO versions (ws, schema_id, number, cause_kind, cause_id, actor_kind, actor_id, actor_name, at, delta, changes_total)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? + coalesce((SELECT changes_total FROM versions WHERE ws = ? AND schema_id = ? AND number = ?), 0))`,
		w.lease.WS, int64(w.lease.Schema), w.next, string(f.Cause.Kind), f.Cause.ID, string(f.Actor.Kind), f.Actor.ID, f.Actor.Name,
		w.at, delta.Encode(), delta.Changes, w.lease.WS, int64(w.lease.Schema), w.served); err != nil {
		return err
	}
	if imp := f.Cause.Import(); imp != 0 {
		// A rerun after a crash between here and the end of the import finds what it made.
		if _, err := tx.exec(ctx, `UPDATE imports SET version = ? WHERE ws = ? AND id = ?`, w.next, w.lease.WS, int64(imp)); err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, `UPDATE schemas SET version = ?, updated_at = ?, tables = CASE WHEN CAST(? AS bigint) < 0 THEN tables ELSE ? END
		WHERE ws = ? AND id = ?`, w.next, w.at, tables, tables, w.lease.WS, int64(w.lease.Schema))
	if err != nil {
		return err
	}
	return w.finishImport(ctx, tx, f, w.next)
}

// finishImport ends the import that made the version, if one did, and announces the
// version else.
func (w *Write) finishImport(ctx context.Context, tx Tx, f Flip, version int64) error {
	if f.End == nil {
		if version == 0 {
			return nil
		}
		return w.s.announce(ctx, tx, w.lease.WS, w.lease.Schema, Occurrence{Version: version})
	}
	imp := f.End.Import
	imp.Version = version
	if err := w.s.endWithRecord(ctx, tx, f.End.Claim, JobEnd{Import: &imp}); err != nil {
		return fmt.Errorf("end import %s: %w", imp.ID, err)
	}
	return tx.setExpiry(ctx, w.lease, 0)
}

// tables returns how many present tables the version has; -1 if no asset
// changed.
func (w *Write) tables(ctx context.Context, f Flip) (int64, error) {
	if f.Tables == nil || !w.assets {
		return w.countTables(ctx)
	}
	before, err := one(ctx, w.s.reader(w.lease.WS), scalar[int64], `SELECT tables FROM schemas WHERE ws = ? AND id = ?`, w.lease.WS, int64(w.lease.Schema))
	if err != nil {
		return 0, fmt.Errorf("count tables: %w", err)
	}
	return before + *f.Tables, nil
}

// countTables counts the present tables of the version in the making; -1 if no
// asset changed.
func (w *Write) countTables(ctx context.Context) (int64, error) {
	if !w.assets {
		return -1, nil
	}
	type count struct {
		kind catalog.Kind
		n    int64
	}
	counts, err := list(ctx, w.s.reader(w.lease.WS), func(row scanner) (c count, err error) { return c, row.Scan(&c.kind, &c.n) },
		`SELECT kind, count(*) FROM assets WHERE ws = ? AND schema_id = ? AND valid_to > ? AND +valid_from <= ? AND present = 1 GROUP BY kind`,
		w.lease.WS, int64(w.lease.Schema), w.next, w.next)
	if err != nil {
		return 0, fmt.Errorf("count tables: %w", err)
	}
	var n int64
	for _, c := range counts {
		if c.kind.IsTable() {
			n += c.n
		}
	}
	return n, nil
}
