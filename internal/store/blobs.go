package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// A blob is deleted in three steps, so that an upload of the same bytes at the
// same time is never lost:
//
//  1. MarkBlobs marks its row, if it is loose: unreferenced, and not touched lately;
//  2. the caller deletes the bytes;
//  3. ForgetBlobs deletes the row.
//
// An upload touches the row before it stores the bytes, and refers to it
// afterwards. Between 1 and 3 a touch is refused; after a touch there is no 1 for
// some time. Should an upload take longer than that, its reference is refused: the
// row is marked, is gone, or was made again by another upload, whose bytes may not
// be there yet. To tell the last case, step 1 begins a new generation, a row keeps
// the generation in which it was made, and an upload the one in which it touched.

// MarkTime is how long a mark holds: a process that marked a blob and has not
// deleted it by then is considered dead.
const MarkTime = 5 * time.Minute

// Touch is the generation in which the blobs of an upload were touched.
type Touch int64

const blobGeneration = "blob-generation" // the counter

// TouchBlobs notes that the blobs of parts are about to be stored: they do not
// count as unreferenced for a while, even before an import refers to them. That
// import needs the result. It waits while one is being deleted;
// catalog.ErrUnavailable if that takes too long.
func (s *Store) TouchBlobs(ctx context.Context, parts []catalog.Part) (Touch, error) {
	// In order, so that two uploads of the same bytes cannot lock each other out.
	parts = slices.SortedFunc(slices.Values(parts), func(a, b catalog.Part) int { return strings.Compare(a.SHA256, b.SHA256) })
	const pause, longest = 20 * time.Millisecond, 5 * time.Second
	for waited := time.Duration(0); ; waited += pause {
		var touch Touch
		err := s.tx(ctx, func(tx Tx) (err error) {
			for _, p := range parts {
				if err := tx.touchBlob(ctx, p.SHA256, p.Size, micros(s.now())); err != nil {
					return err
				}
			}
			// Not before the rows: none of them may be of a later generation.
			touch, err = one(ctx, tx.db, scalar[Touch], `SELECT next FROM counters WHERE kind = ?`, blobGeneration)
			return err
		})
		if errors.Is(err, errDeleting) && waited < longest {
			err = sleep(ctx, pause)
			if err == nil {
				continue
			}
		}
		if err != nil {
			return 0, fmt.Errorf("touch %d blobs: %w", len(parts), err)
		}
		return touch, nil
	}
}

// errDeleting means that a blob is being deleted, or was.
var errDeleting = fmt.Errorf("the artifact is being deleted, send it again: %w", catalog.ErrUnavailable)

func (tx Tx) touchBlob(ctx context.Context, sha256 string, size, now int64) error {
	n, err := tx.exec(ctx, `INSERT INTO blobs (sha256, size, touched_at, deleting_at, referenced, generation)
			SELECT ?, ?, ?, 0, 0, next FROM counters WHERE kind = ?
		ON CONFLICT (sha256) DO UPDATE SET touched_at = excluded.touched_at, deleting_at = 0, size = excluded.size,
			generation = CASE WHEN blobs.deleting_at = 0 THEN blobs.generation ELSE excluded.generation END
		WHERE blobs.deleting_at = 0 OR blobs.deleting_at < ?`, sha256, size, now, blobGeneration, now-MarkTime.Microseconds())
	if err == nil && n == 0 {
		err = errDeleting
	}
	return err
}

// referBlob makes an import refer to a blob that was stored after touch. If its
// bytes have been deleted since, because the upload took so long, it is refused.
func (tx Tx) referBlob(ctx context.Context, sha256 string, touch Touch, ws, imp, now int64) error {
	if err := tx.holdBlob(ctx, sha256, touch, now); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `INSERT INTO blob_refs (sha256, ws, import_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, sha256, ws, imp)
	return err
}

// holdBlob notes that something refers to a blob that was stored after touch.
func (tx Tx) holdBlob(ctx context.Context, sha256 string, touch Touch, now int64) error {
	n, err := tx.exec(ctx, `UPDATE blobs SET touched_at = ?, referenced = 1 WHERE sha256 = ? AND deleting_at = 0 AND generation <= ?`,
		now, sha256, int64(touch))
	if err != nil {
		return err
	}
	if n == 0 {
		return errDeleting
	}
	return nil
}

// BlobRef is one part of an import whose bytes are kept.
type BlobRef struct {
	SHA256    string
	Import    catalog.ImportID
	Part      string
	Schema    catalog.SchemaID
	Project   catalog.ProjectID // 0 where the import failed before it was found
	CreatedAt time.Time         // of the import
	Ended     bool
	Applied   bool // the bytes that were applied last: what is served comes from them
}

// AllBlobRefs lists the references of a workspace, newest import first; schema
// narrows them, 0 = all.
func (s *Store) AllBlobRefs(ctx context.Context, ws int64, schema catalog.SchemaID) ([]BlobRef, error) {
	scan := func(row scanner) (r BlobRef, err error) {
		var created int64
		var status catalog.Status
		err = row.Scan(&r.SHA256, &r.Import, &r.Part, &r.Schema, &r.Project, &created, &status, &r.Applied)
		r.CreatedAt, r.Ended = timeOf(created), status == catalog.Completed || status == catalog.Failed
		return r, err
	}
	refs, err := list(ctx, s.reader(ws), scan, `SELECT r.sha256, r.import_id, p.name, i.schema_id, i.project_id, i.created_at, i.status,
			CASE WHEN EXISTS (SELECT 1 FROM applied_parts a WHERE a.ws = i.ws AND a.schema_id = i.schema_id AND a.part = p.name
				AND a.sha256 = r.sha256) THEN 1 ELSE 0 END = 1
		FROM blob_refs r JOIN imports i ON i.ws = r.ws AND i.id = r.import_id
			JOIN import_parts p ON p.ws = r.ws AND p.import_id = r.import_id AND p.sha256 = r.sha256
		WHERE r.ws = ? AND (CAST(? AS bigint) = 0 OR i.schema_id = ?) ORDER BY r.import_id DESC, p.position`, ws, int64(schema), int64(schema))
	if err != nil {
		return nil, fmt.Errorf("references to blobs: %w", err)
	}
	return refs, nil
}

// DropBlobRefs drops references of imports that have ended.
func (s *Store) DropBlobRefs(ctx context.Context, ws int64, refs []BlobRef) error {
	err := chunks(refs, batch, func(refs []BlobRef) error {
		return s.tx(ctx, func(tx Tx) error {
			for _, r := range refs {
				if _, err := tx.exec(ctx, `DELETE FROM blob_refs WHERE ws = ? AND import_id = ? AND sha256 = ? AND NOT EXISTS (SELECT 1 FROM imports i
					WHERE i.ws = blob_refs.ws AND i.id = blob_refs.import_id AND i.status IN ('pending', 'processing'))`, ws, int64(r.Import), r.SHA256); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("give up %d references to blobs: %w", len(refs), err)
	}
	return nil
}

// Loose are times before which a blob that no import refers to must have been
// touched to be deleted.
type Loose struct {
	Dropped  time.Time // where imports referred to it and no longer do
	Orphaned time.Time // where none ever did: its upload was interrupted
}

const loose = ` (referenced = 1 AND touched_at < ? OR referenced = 0 AND touched_at < ?)
	AND NOT EXISTS (SELECT 1 FROM blob_refs r WHERE r.sha256 = blobs.sha256)
	AND NOT EXISTS (SELECT 1 FROM integration_parts p WHERE p.sha256 = blobs.sha256)`

// UnreferencedBlobs lists, by hash, loose blobs that are not being deleted.
func (s *Store) UnreferencedBlobs(ctx context.Context, l Loose, limit int) ([]string, error) {
	found, err := list(ctx, s.reader(everyWorkspace), scalar[string],
		`SELECT sha256 FROM blobs WHERE`+loose+` AND deleting_at = 0 ORDER BY sha256 LIMIT ?`, micros(l.Dropped), micros(l.Orphaned), limit)
	if err != nil {
		return nil, fmt.Errorf("unreferenced blobs: %w", err)
	}
	return found, nil
}

// MarkBlobs marks those of the blobs as being deleted that are loose, and lists
// them: their bytes may be deleted. A mark that is too old to hold is taken over.
//
// The rows are locked by a statement of their own. A statement on PostgreSQL that
// waits for a row sees that row as the other transaction left it, but the state of
// everything else, references too, from before the wait. The statement after it
// sees what the other transaction committed.
func (s *Store) MarkBlobs(ctx context.Context, l Loose, sha256s []string) ([]string, error) {
	var marked []string
	err := s.tx(ctx, func(tx Tx) error {
		marked = nil
		return inBatches(sha256s, func(sha256s []string) error {
			marks, args := in(nil, sha256s)
			if _, err := tx.exec(ctx, `UPDATE blobs SET deleting_at = deleting_at WHERE sha256 IN `+marks, args...); err != nil {
				return err
			}
			now := s.now()
			marks, args = in([]any{micros(now), micros(l.Dropped), micros(l.Orphaned), micros(now.Add(-MarkTime))}, sha256s)
			some, err := list(ctx, tx.db, scalar[string], `UPDATE blobs SET deleting_at = ? WHERE`+loose+
				` AND (deleting_at = 0 OR deleting_at < ?) AND sha256 IN `+marks+` RETURNING sha256`, args...)
			marked = append(marked, some...)
			if err != nil || len(some) == 0 {
				return err
			}
			// Not before the rows are locked: uploads that touched them got an older one.
			_, err = tx.exec(ctx, `UPDATE counters SET next = next + 1 WHERE kind = ?`, blobGeneration)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("mark blobs: %w", err)
	}
	return marked, nil
}

// MarkStrayBlobs marks those of the blobs that have no row at all, and lists
// them.
func (s *Store) MarkStrayBlobs(ctx context.Context, sha256s []string) ([]string, error) {
	var stray []string
	err := s.tx(ctx, func(tx Tx) error {
		stray = nil
		for _, sha256 := range sha256s {
			n, err := tx.exec(ctx, `INSERT INTO blobs (sha256, size, touched_at, deleting_at, referenced) VALUES (?, 0, 0, ?, 0) ON CONFLICT DO NOTHING`,
				sha256, micros(s.now()))
			if err != nil {
				return err
			}
			if n == 1 {
				stray = append(stray, sha256)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("mark blobs without a row: %w", err)
	}
	return stray, nil
}

// MarkedBlobs lists blobs whose deletion was begun before a time and not
// finished.
func (s *Store) MarkedBlobs(ctx context.Context, before time.Time) ([]string, error) {
	found, err := list(ctx, s.reader(everyWorkspace), scalar[string],
		`SELECT sha256 FROM blobs WHERE deleting_at <> 0 AND deleting_at < ? ORDER BY sha256`, micros(before))
	if err != nil {
		return nil, fmt.Errorf("marked blobs: %w", err)
	}
	return found, nil
}

// ForgetBlobs deletes the rows of marked blobs whose bytes are gone.
func (s *Store) ForgetBlobs(ctx context.Context, sha256s []string) error {
	return s.unmark(ctx, "forget", `DELETE FROM blobs WHERE deleting_at <> 0 AND sha256 IN `, nil, sha256s)
}

// SpareBlobs removes the mark and touches the blobs: they are checked again
// later.
func (s *Store) SpareBlobs(ctx context.Context, sha256s []string) error {
	return s.unmark(ctx, "spare", `UPDATE blobs SET deleting_at = 0, touched_at = ? WHERE deleting_at <> 0 AND sha256 IN `,
		[]any{micros(s.now())}, sha256s)
}

func (s *Store) unmark(ctx context.Context, verb, query string, before []any, sha256s []string) error {
	err := s.tx(ctx, func(tx Tx) error {
		return inBatches(sha256s, func(sha256s []string) error {
			marks, args := in(before, sha256s)
			_, err := tx.exec(ctx, query+marks, args...)
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("%s blobs: %w", verb, err)
	}
	return nil
}
