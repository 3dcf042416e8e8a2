package store

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

const prefixPart = "PRT"

// UploadedPart is an artifact that was uploaded to an integration.
type UploadedPart struct {
	ID    int64
	Batch int64 // the same for parts that came together
	catalog.Part
	Taken      bool // an import has taken it: the last manifest
	ReceivedAt time.Time
}

// AddIntegrationParts adds artifacts whose blobs were touched and stored before to an integration. If start is not nil,
// a sync that will take them is added in the same transaction, or is there already and has not begun.
func (s *Store) AddIntegrationParts(ctx context.Context, ws int64, uuid string, parts []catalog.Part, touch Touch, start *NewSync) (y Sync, err error) {
	err = s.tx(ctx, func(tx Tx) error {
		i, err := tx.lockIntegration(ctx, ws, uuid)
		if err != nil {
			return err
		}
		first, err := tx.newIDs(ctx, prefixPart, int64(len(parts)))
		if err != nil {
			return err
		}
		for n, p := range parts {
			if err := s.addIntegrationPart(ctx, tx, i, UploadedPart{ID: first + int64(n), Batch: first, Part: p}, touch); err != nil {
				return fmt.Errorf("part %s: %w", p.Name, err)
			}
		}
		if start != nil {
			y, err = s.startSync(ctx, tx, i, *start)
		}
		return err
	})
	if err != nil {
		return Sync{}, fmt.Errorf("upload to integration %s: %w", uuid, err)
	}
	s.tick()
	return y, nil
}

func (s *Store) addIntegrationPart(ctx context.Context, tx Tx, i Integration, p UploadedPart, touch Touch) error {
	now := micros(s.now())
	if err := tx.holdBlob(ctx, p.SHA256, touch, now); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `INSERT INTO integration_parts (ws, integration_id, id, batch, name, number, sha256, size, checksum, taken, received_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`, i.WS, i.ID, p.ID, p.Batch, p.Name, p.Number, p.SHA256, p.Size, int64(p.Checksum), now)
	return err
}

// IntegrationParts lists what was uploaded to an integration and no import has taken, and the last manifest, in the
// order in which they came.
func (s *Store) IntegrationParts(ctx context.Context, ws, integration int64) ([]UploadedPart, error) {
	scan := func(row scanner) (p UploadedPart, err error) {
		var at int64
		err = row.Scan(&p.ID, &p.Batch, &p.Name, &p.Number, &p.SHA256, &p.Size, &p.Checksum, &p.Taken, &at)
		p.ReceivedAt = timeOf(at)
		return p, err
	}
	all, err := list(ctx, s.reader(ws), scan, `SELECT id, batch, name, number, sha256, size, checksum, taken, received_at FROM integration_parts
		WHERE ws = ? AND integration_id = ? ORDER BY id`, ws, integration)
	if err != nil {
		return nil, fmt.Errorf("parts of integration %d: %w", integration, err)
	}
	return all, nil
}

// ImportParts accepts an import of parts of an integration for a sync, whose record has it from then on. Those in drop
// are deleted in the same transaction: from then on the import refers to their blobs.
func (s *Store) ImportParts(ctx context.Context, y Sync, n NewImport, drop []int64) (imp catalog.Import, err error) {
	err = s.tx(ctx, func(tx Tx) error {
		id, err := s.insertImport(ctx, tx, y.WS, n)
		if err != nil {
			return err
		}
		if err := tx.dropParts(ctx, y, drop); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `INSERT INTO sync_imports (ws, sync_id, import_id) VALUES (?, ?, ?)`, y.WS, y.ID, id); err != nil {
			return err
		}
		imp, err = tx.importByID(ctx, y.WS, catalog.ImportID(id))
		return err
	})
	if err != nil {
		return catalog.Import{}, fmt.Errorf("import of sync %d: %w", y.ID, err)
	}
	s.tick()
	return imp, nil
}

func (tx Tx) dropParts(ctx context.Context, y Sync, ids []int64) error {
	for _, id := range ids {
		if _, err := tx.exec(ctx, `DELETE FROM integration_parts WHERE ws = ? AND integration_id = ? AND id = ?`, y.WS, y.Integration, id); err != nil {
			return err
		}
	}
	return nil
}

// KeepManifest makes an uploaded manifest, which was imported, the last one of its integration, in place of the one
// before.
func (s *Store) KeepManifest(ctx context.Context, y Sync, id int64) error {
	err := s.tx(ctx, func(tx Tx) error {
		if _, err := tx.exec(ctx, `DELETE FROM integration_parts WHERE ws = ? AND integration_id = ? AND taken = 1 AND id < ?`, y.WS, y.Integration, id); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `UPDATE integration_parts SET taken = 1 WHERE ws = ? AND integration_id = ? AND id = ?`, y.WS, y.Integration, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("manifest %d of integration %d: %w", id, y.Integration, err)
	}
	return nil
}

// DropManifest deletes an uploaded manifest that no further import needs.
func (s *Store) DropManifest(ctx context.Context, y Sync, id int64) error {
	if err := s.tx(ctx, func(tx Tx) error { return tx.dropParts(ctx, y, []int64{id}) }); err != nil {
		return fmt.Errorf("manifest %d of integration %d: %w", id, y.Integration, err)
	}
	return nil
}
