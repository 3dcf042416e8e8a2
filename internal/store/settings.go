package store

import (
	"context"
	"fmt"
)

// Settings belong to the installation, not to a workspace: its id, the secret
// that signs page positions.

func (d db) setting(ctx context.Context, name string) ([]byte, error) {
	value, err := one(ctx, d, scalar[[]byte], `SELECT value FROM settings WHERE name = ?`, name)
	if err != nil {
		return nil, fmt.Errorf("setting %s: %w", name, err)
	}
	return value, nil
}

// EnsureSetting sets a value unless there is one, and returns the effective value:
// two processes that start at once agree on one secret.
func (s *Store) EnsureSetting(ctx context.Context, name string, value []byte) (inForce []byte, err error) {
	err = s.tx(ctx, func(tx Tx) error {
		if _, err := tx.exec(ctx, `INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`, name, value); err != nil {
			return err
		}
		inForce, err = tx.setting(ctx, name)
		return err
	})
	return inForce, err
}
