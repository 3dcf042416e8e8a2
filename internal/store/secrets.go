package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// SealedSecret is an encrypted credential. It may be stored while the data key of
// the workspace has the version by which it was encrypted.
type SealedSecret struct {
	Field   string
	Value   []byte
	DataKey int64 // version
}

// DataKey returns the encrypted data key of a workspace, its version, and the id of
// the master key that encrypted it; catalog.ErrNotFound if there is none.
func (s *Store) DataKey(ctx context.Context, ws int64) (master string, version int64, encrypted []byte, err error) {
	_, err = one(ctx, s.reader(ws), func(row scanner) (none struct{}, err error) { return none, row.Scan(&master, &version, &encrypted) },
		`SELECT master, version, encrypted FROM data_keys WHERE ws = ?`, ws)
	if err != nil {
		return "", 0, nil, fmt.Errorf("data key of workspace %d: %w", ws, err)
	}
	return master, version, encrypted, nil
}

// DataKeys returns the workspaces that have a data key.
func (s *Store) DataKeys(ctx context.Context) ([]int64, error) {
	all, err := list(ctx, s.reader(everyWorkspace), scalar[int64], `SELECT ws FROM data_keys ORDER BY ws`)
	if err != nil {
		return nil, fmt.Errorf("data keys: %w", err)
	}
	return all, nil
}

// ReplaceDataKey sets the data key of a workspace, whose version grows by one, if it
// has that version; 0 = there is none. Else it is catalog.ErrConflict.
func (s *Store) ReplaceDataKey(ctx context.Context, ws, version int64, master string, encrypted []byte) error {
	err := s.tx(ctx, func(tx Tx) (err error) {
		var n int64
		if version == 0 {
			n, err = tx.exec(ctx, `INSERT INTO data_keys (ws, version, master, encrypted, updated_at) VALUES (?, 1, ?, ?, ?) ON CONFLICT DO NOTHING`,
				ws, master, encrypted, micros(s.now()))
		} else {
			n, err = tx.exec(ctx, `UPDATE data_keys SET version = version + 1, master = ?, encrypted = ?, updated_at = ? WHERE ws = ? AND version = ?`,
				master, encrypted, micros(s.now()), ws, version)
		}
		if err == nil && n == 0 {
			err = catalog.ErrConflict
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("data key of workspace %d: %w", ws, err)
	}
	return nil
}

// putSecrets stores credentials of a row. It locks the data key's row, so that the
// key that encrypted them is not dropped meanwhile.
func (s *Store) putSecrets(ctx context.Context, tx Tx, ws int64, owner string, secrets []SealedSecret) error {
	for _, secret := range secrets {
		n, err := tx.exec(ctx, `UPDATE data_keys SET version = version WHERE ws = ? AND version = ?`, ws, secret.DataKey)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("the data key changed, try again: %w", catalog.ErrConflict)
		}
		if _, err := tx.exec(ctx, `INSERT INTO secrets (ws, owner, field, value, set_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (ws, owner, field) DO UPDATE SET value = excluded.value, set_at = excluded.set_at`,
			ws, owner, secret.Field, secret.Value, micros(s.now())); err != nil {
			return err
		}
	}
	return nil
}

func (tx Tx) deleteSecrets(ctx context.Context, ws int64, owner string) error {
	_, err := tx.exec(ctx, `DELETE FROM secrets WHERE ws = ? AND owner = ?`, ws, owner)
	return err
}

// Secret returns an encrypted credential and when it was set; catalog.ErrNotFound if
// there is none.
func (s *Store) Secret(ctx context.Context, ws int64, owner, field string) (value []byte, set time.Time, err error) {
	scan := func(row scanner) (none struct{}, err error) {
		var at int64
		err = row.Scan(&value, &at)
		set = timeOf(at)
		return none, err
	}
	_, err = one(ctx, s.reader(ws), scan, `SELECT value, set_at FROM secrets WHERE ws = ? AND owner = ? AND field = ?`, ws, owner, field)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("%s of %s: %w", field, owner, err)
	}
	return value, set, nil
}

// SecretValues calls fn with encrypted credentials of a workspace in the order of
// their owners and fields, at most limit of them after one. A value is valid until
// fn returns.
func (s *Store) SecretValues(ctx context.Context, ws int64, afterOwner, afterField string, limit int, fn func(owner, field string, value []byte) error) error {
	scan := func(row scanner) (none struct{}, err error) {
		var owner, field string
		var value sql.RawBytes
		if err := row.Scan(&owner, &field, &value); err != nil {
			return none, err
		}
		return none, fn(owner, field, value)
	}
	_, err := list(ctx, s.reader(ws), scan, `SELECT owner, field, value FROM secrets WHERE ws = ? AND (owner, field) > (?, ?)
		ORDER BY owner, field LIMIT ?`, ws, afterOwner, afterField, limit)
	if err != nil {
		return fmt.Errorf("secrets: %w", err)
	}
	return nil
}

// ReplaceSecretValue sets an encrypted credential if it still is what it was; else
// it does nothing. It is catalog.ErrConflict if the data key has another version.
func (s *Store) ReplaceSecretValue(ctx context.Context, ws int64, owner, field string, was, value []byte, version int64) error {
	err := s.tx(ctx, func(tx Tx) error {
		// The data key first, as in putSecrets: two writers cannot lock each other out.
		n, err := tx.exec(ctx, `UPDATE data_keys SET version = version WHERE ws = ? AND version = ?`, ws, version)
		if err != nil {
			return err
		}
		if n == 0 {
			return catalog.ErrConflict
		}
		stored, err := one(ctx, tx.db, scalar[[]byte], `SELECT value FROM secrets WHERE ws = ? AND owner = ? AND field = ?`, ws, owner, field)
		if notFound(err) || err == nil && !bytes.Equal(stored, was) {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, `UPDATE secrets SET value = ? WHERE ws = ? AND owner = ? AND field = ?`, value, ws, owner, field)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s of %s: %w", field, owner, err)
	}
	return nil
}

// DropSecrets deletes all credentials and data keys of the installation, whose
// master key was lost, and returns how many credentials there were.
func (s *Store) DropSecrets(ctx context.Context, by By) (dropped int64, err error) {
	err = s.tx(ctx, func(tx Tx) (err error) {
		if _, err := tx.exec(ctx, `DELETE FROM data_keys`); err != nil {
			return err
		}
		of, err := list(ctx, tx.db, scalar[int64], `DELETE FROM secrets RETURNING ws`)
		if err != nil {
			return err
		}
		dropped = int64(len(of))
		if dropped == 0 {
			return nil
		}
		return s.audit(ctx, tx, of[0], AuditEntry{Action: ActionSecretsDropped, By: by, Details: map[string]any{"secrets": dropped}})
	})
	if err != nil {
		return 0, fmt.Errorf("drop secrets: %w", err)
	}
	return dropped, nil
}
