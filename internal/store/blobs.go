package store

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// TouchBlob says that a blob was stored, or found present, just now: it does
// not count as unreferenced for a while, even before an import names it.
func (s *Store) TouchBlob(ctx context.Context, sha256 string, size int64) error {
	err := s.tx(ctx, func(tx Tx) error { return tx.touchBlob(ctx, sha256, size, micros(s.now())) })
	if err != nil {
		return fmt.Errorf("touch blob %s: %w", sha256, err)
	}
	return nil
}

func (tx Tx) touchBlob(ctx context.Context, sha256 string, size, now int64) error {
	_, err := tx.exec(ctx, `INSERT INTO blobs (sha256, size, touched_at) VALUES (?, ?, ?)
		ON CONFLICT (sha256) DO UPDATE SET touched_at = excluded.touched_at`, sha256, size, now)
	return err
}

// BlobRefs counts the imports that name a blob, of all workspaces.
func (s *Store) BlobRefs(ctx context.Context, sha256 string) (int64, error) {
	n, err := one(ctx, s.reader(everyWorkspace), scalar[int64], `SELECT count(*) FROM blob_refs WHERE sha256 = ?`, sha256)
	if err != nil {
		return 0, fmt.Errorf("references of blob %s: %w", sha256, err)
	}
	return n, nil
}

const unreferenced = ` touched_at < ? AND NOT EXISTS (SELECT 1 FROM blob_refs r WHERE r.sha256 = blobs.sha256)`

// UnreferencedBlobs lists, by hash, blobs that no import names and that were
// last touched before olderThan.
func (s *Store) UnreferencedBlobs(ctx context.Context, olderThan time.Time, limit int) ([]string, error) {
	found, err := list(ctx, s.reader(everyWorkspace), scalar[string], `SELECT sha256 FROM blobs WHERE`+unreferenced+` ORDER BY sha256 LIMIT ?`,
		micros(olderThan), limit)
	if err != nil {
		return nil, fmt.Errorf("unreferenced blobs: %w", err)
	}
	return found, nil
}

// ForgetBlobs strikes out those of the blobs that are still unreferenced and
// untouched since olderThan, and lists them: only they may be deleted.
func (s *Store) ForgetBlobs(ctx context.Context, olderThan time.Time, sha256s []string) ([]string, error) {
	var gone []string
	err := s.tx(ctx, func(tx Tx) error {
		gone = nil
		return inBatches(sha256s, func(sha256s []string) error {
			marks, args := in([]any{micros(olderThan)}, sha256s)
			some, err := list(ctx, tx.db, scalar[string], `DELETE FROM blobs WHERE`+unreferenced+` AND sha256 IN `+marks+` RETURNING sha256`, args...)
			gone = append(gone, some...)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("forget blobs: %w", err)
	}
	return gone, nil
}

// DropBlobRefs returns up the blobs of an import, which must have ended
// (catalog.ErrConflict).
func (s *Store) DropBlobRefs(ctx context.Context, ws int64, id catalog.ImportID) error {
	err := s.tx(ctx, func(tx Tx) error {
		imp, err := tx.importByID(ctx, ws, id)
		if err != nil {
			return err
		}
		if imp.Status != catalog.Completed && imp.Status != catalog.Failed {
			return fmt.Errorf("it is %s: %w", imp.Status, catalog.ErrConflict)
		}
		_, err = tx.exec(ctx, `DELETE FROM blob_refs WHERE ws = ? AND import_id = ?`, ws, int64(id))
		return err
	})
	if err != nil {
		return fmt.Errorf("blobs of import %s: %w", id, err)
	}
	return nil
}
