package store

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Login is a person with what a password is checked against.
type Login struct {
	User User
	Hash string // of the password, argon2id in PHC form; "" = none
}

const loginRows = `SELECT u.id, u.name, u.email, u.role, u.created_at, u.updated_at, coalesce(p.hash, '')
	FROM users u LEFT JOIN passwords p ON p.ws = u.ws AND p.user_id = u.id WHERE u.ws = ? AND u.removed_at = 0 AND `

func scanLogin(row scanner) (l Login, err error) {
	l.User, err = scanUser(scanFunc(func(dest ...any) error { return row.Scan(append(dest, &l.Hash)...) }))
	return l, err
}

// scanFunc is a scanner by a function.
type scanFunc func(dest ...any) error

func (f scanFunc) Scan(dest ...any) error { return f(dest...) }

// LoginByEmail returns the person with an e-mail address, whatever its case.
func (s *Store) LoginByEmail(ctx context.Context, ws int64, email string) (Login, error) {
	l, err := one(ctx, s.reader(ws), scanLogin, loginRows+`u.email_key = ?`, ws, emailKey(email))
	if err != nil {
		return Login{}, fmt.Errorf("user by e-mail address: %w", err)
	}
	return l, nil
}

// Login returns a person with the hash of the password.
func (s *Store) Login(ctx context.Context, ws, user int64) (Login, error) {
	l, err := one(ctx, s.reader(ws), scanLogin, loginRows+`u.id = ?`, ws, user)
	if err != nil {
		return Login{}, fmt.Errorf("user %d: %w", user, err)
	}
	return l, nil
}

// SetPassword gives a person another password, by its hash, if it still is the one of before. All its sessions end
// except one (0 = none), and so do its invitations.
func (s *Store) SetPassword(ctx context.Context, ws, user int64, before, hash string, except int64, by By) error {
	err := s.tx(ctx, func(tx Tx) error {
		if _, err := tx.checkedUser(ctx, ws, user, nil); err != nil {
			return err
		}
		l, err := one(ctx, tx.db, scanLogin, loginRows+`u.id = ?`, ws, user)
		if err != nil {
			return err
		}
		if l.Hash != before {
			return fmt.Errorf("the password was changed meanwhile: %w", catalog.ErrConflict)
		}
		return s.setPassword(ctx, tx, ws, user, hash, except, by)
	})
	if err != nil {
		return fmt.Errorf("password of user %d: %w", user, err)
	}
	return nil
}

func (s *Store) setPassword(ctx context.Context, tx Tx, ws, user int64, hash string, except int64, by By) error {
	if _, err := tx.exec(ctx, `DELETE FROM passwords WHERE ws = ? AND user_id = ?`, ws, user); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `INSERT INTO passwords (ws, user_id, hash, changed_at) VALUES (?, ?, ?, ?)`, ws, user, hash, micros(s.now())); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `DELETE FROM sign_in_links WHERE ws = ? AND user_id = ?`, ws, user); err != nil {
		return err
	}
	if err := s.audit(ctx, tx, ws, AuditEntry{Action: ActionPasswordChanged, Subject: catalog.FormatID(catalog.PrefixUser, user), By: by}); err != nil {
		return err
	}
	_, err := s.endSessions(ctx, tx, ws, user, except, by)
	return err
}

// Rehash replaces the hash of a password by another one of the same password.
func (s *Store) Rehash(ctx context.Context, ws, user int64, before, hash string) error {
	err := s.tx(ctx, func(tx Tx) error {
		_, err := tx.exec(ctx, `UPDATE passwords SET hash = ? WHERE ws = ? AND user_id = ? AND hash = ?`, hash, ws, user, before)
		return err
	})
	if err != nil {
		return fmt.Errorf("password of user %d: %w", user, err)
	}
	return nil
}
