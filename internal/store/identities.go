package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Identity is who somebody is at a provider of single sign-on.
type Identity struct {
	Issuer, Subject string
	Name            string
	Email           string // that the provider has verified; "" = none
}

// SignInAs signs in the person with an identity. One that is new is that of the person with its e-mail address, or of
// a new person with a role; without a role for new people it is catalog.ErrForbidden.
func (s *Store) SignInAs(ctx context.Context, i Identity, role string, n Session, ends [32]byte, by By) (Session, error) {
	err := s.tx(ctx, func(tx Tx) (err error) {
		if n.User.ID, err = s.identified(ctx, tx, n.WS, i, role, by); err != nil {
			return err
		}
		n, err = s.beginSession(ctx, tx, n, ends, by)
		return err
	})
	if err != nil {
		return Session{}, fmt.Errorf("identity of %s: %w", i.Issuer, err)
	}
	return n, nil
}

// identified returns the person with an identity.
func (s *Store) identified(ctx context.Context, tx Tx, ws int64, i Identity, role string, by By) (int64, error) {
	// Two sign-ins at the same time make one person.
	if _, err := tx.exec(ctx, `UPDATE workspaces SET name = name WHERE id = ?`, ws); err != nil {
		return 0, err
	}
	id, err := one(ctx, tx.db, scalar[int64], `SELECT user_id FROM identities WHERE ws = ? AND issuer = ? AND subject = ?`, ws, i.Issuer, i.Subject)
	if !errors.Is(err, catalog.ErrNotFound) {
		return id, err
	}
	if i.Email == "" {
		return 0, fmt.Errorf("the provider has not verified an e-mail address: %w", catalog.ErrForbidden)
	}
	u, err := one(ctx, tx.db, scanLogin, loginRows+`u.email_key = ?`, ws, emailKey(i.Email))
	if errors.Is(err, catalog.ErrNotFound) && role == "" {
		return 0, fmt.Errorf("nobody with that e-mail address was added: %w", catalog.ErrForbidden)
	}
	if errors.Is(err, catalog.ErrNotFound) {
		by.Actor = catalog.Actor{Kind: catalog.ActorSystem, Name: "single sign-on"}
		u.User, err = s.createUser(ctx, tx, ws, User{Name: i.Name, Email: i.Email, Role: role}, by)
	}
	if err != nil {
		return 0, err
	}
	_, err = tx.exec(ctx, `INSERT INTO identities (ws, issuer, subject, user_id, created_at) VALUES (?, ?, ?, ?, ?)`, ws, i.Issuer, i.Subject, u.User.ID, micros(s.now()))
	return u.User.ID, err
}
