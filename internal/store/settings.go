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

// Setting returns a value; catalog.ErrNotFound if there is none.
func (s *Store) Setting(ctx context.Context, name string) ([]byte, error) {
	var value []byte
	// Settings are of no workspace, so only the writing connections see them.
	err := s.tx(ctx, func(tx Tx) (err error) {
		value, err = tx.setting(ctx, name)
		return err
	})
	return value, err
}

// ReplaceSetting sets a value, also where there is one already.
func (s *Store) ReplaceSetting(ctx context.Context, name string, value []byte) error {
	err := s.tx(ctx, func(tx Tx) error {
		_, err := tx.exec(ctx, `INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
		return err
	})
	if err != nil {
		return fmt.Errorf("setting %s: %w", name, err)
	}
	return nil
}
