package store

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// The kinds of one-time links.
const (
	LinkSetup      = "setup"      // makes the first person, an administrator
	LinkInvitation = "invitation" // lets a person set a password
)

// Link is a link that is used once; its secret is stored by its hash only.
type Link struct {
	ID         int64
	WS         int64
	Kind       string
	User       User // of an invitation, without times
	SecretHash [32]byte
	Creator    catalog.Actor
	CreatedAt  time.Time
	ExpiresAt  time.Time
}

// Label returns the id of the link, such as INV-3.
func (l Link) Label() string { return catalog.FormatID(catalog.PrefixInvitation, l.ID) }

const linkRows = `SELECT l.ws, l.id, l.kind, l.user_id, coalesce(u.name, ''), coalesce(u.email, ''), coalesce(u.role, ''), l.secret_hash,
	l.creator_kind, l.creator_id, l.creator_name, l.created_at, l.expires_at
	FROM sign_in_links l LEFT JOIN users u ON u.ws = l.ws AND u.id = l.user_id AND u.removed_at = 0 `

func scanLink(row scanner) (l Link, err error) {
	var hash []byte
	var created, expires int64
	err = row.Scan(&l.WS, &l.ID, &l.Kind, &l.User.ID, &l.User.Name, &l.User.Email, &l.User.Role, &hash,
		&l.Creator.Kind, &l.Creator.ID, &l.Creator.Name, &created, &expires)
	copy(l.SecretHash[:], hash)
	l.CreatedAt, l.ExpiresAt = timeOf(created), timeOf(expires)
	return l, err
}

// PutLink stores a link: ID, Creator and CreatedAt are set by the store. An invitation replaces those that its person
// had. A link of the setup is catalog.ErrConflict once somebody can sign in.
func (s *Store) PutLink(ctx context.Context, l Link, by By) (Link, error) {
	err := s.tx(ctx, func(tx Tx) (err error) {
		l, err = s.putLink(ctx, tx, l, by)
		return err
	})
	if err != nil {
		return Link{}, fmt.Errorf("%s link: %w", l.Kind, err)
	}
	return l, nil
}

func (s *Store) putLink(ctx context.Context, tx Tx, l Link, by By) (Link, error) {
	entry := AuditEntry{Action: ActionSetupLinkCreated, By: by}
	l.CreatedAt, l.Creator = timeOf(micros(s.now())), by.Actor
	switch l.Kind {
	case LinkSetup:
		if err := tx.nobodySignsIn(ctx, l.WS); err != nil {
			return l, err
		}
	default:
		u, err := tx.checkedUser(ctx, l.WS, l.User.ID, nil)
		if err != nil {
			return l, err
		}
		l.User = User{ID: u.ID, Name: u.Name, Email: u.Email, Role: u.Role}
		if _, err := tx.exec(ctx, `DELETE FROM sign_in_links WHERE ws = ? AND user_id = ?`, l.WS, u.ID); err != nil {
			return l, err
		}
		entry.Action, entry.Details = ActionInvitationCreated, map[string]any{"user": u.Label()}
	}
	if _, err := tx.exec(ctx, `DELETE FROM sign_in_links WHERE expires_at <= ?`, micros(l.CreatedAt)); err != nil {
		return l, err
	}
	var err error
	if l.ID, err = tx.newIDs(ctx, catalog.PrefixInvitation, 1); err != nil {
		return l, err
	}
	if _, err := tx.exec(ctx, `INSERT INTO sign_in_links (ws, id, kind, user_id, secret_hash, creator_kind, creator_id, creator_name, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		l.WS, l.ID, l.Kind, l.User.ID, l.SecretHash[:], string(l.Creator.Kind), l.Creator.ID, l.Creator.Name, micros(l.CreatedAt), micros(l.ExpiresAt)); err != nil {
		return l, err
	}
	entry.Subject = l.Label()
	return l, s.audit(ctx, tx, l.WS, entry)
}

// signsIn is the condition that a person of a workspace can sign in.
const signsIn = `u.ws = ? AND u.removed_at = 0 AND (EXISTS (SELECT 1 FROM passwords p WHERE p.ws = u.ws AND p.user_id = u.id)
	OR EXISTS (SELECT 1 FROM identities i WHERE i.ws = u.ws AND i.user_id = u.id))`

// nobodySignsIn is catalog.ErrConflict if somebody can sign in. It locks the workspace's row, so that nobody can by
// another transaction before this one ends.
func (tx Tx) nobodySignsIn(ctx context.Context, ws int64) error {
	n, err := tx.exec(ctx, `UPDATE workspaces SET name = name WHERE id = ?`, ws)
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("workspace %d: %w", ws, catalog.ErrNotFound)
	}
	people, err := one(ctx, tx.db, scalar[int64], `SELECT count(*) FROM users u WHERE `+signsIn, ws)
	if err == nil && people > 0 {
		err = fmt.Errorf("the setup is done: %w", catalog.ErrConflict)
	}
	return err
}

// SomebodySignsIn reports whether a person of a workspace can sign in.
func (s *Store) SomebodySignsIn(ctx context.Context, ws int64) (bool, error) {
	n, err := one(ctx, s.reader(ws), scalar[int64], `SELECT count(*) FROM (SELECT 1 FROM users u WHERE `+signsIn+` LIMIT 1) k`, ws)
	if err != nil {
		return false, fmt.Errorf("people who can sign in: %w", err)
	}
	return n > 0, nil
}

// LinkByHash returns the link with the hash of a secret, of any workspace; an expired one is catalog.ErrNotFound.
func (s *Store) LinkByHash(ctx context.Context, kind string, hash [32]byte) (Link, error) {
	l, err := one(ctx, s.reader(everyWorkspace), scanLink, linkRows+`WHERE l.secret_hash = ? AND l.kind = ? AND l.expires_at > ?`, hash[:], kind, micros(s.now()))
	if err != nil {
		return Link{}, fmt.Errorf("%s link: %w", kind, err)
	}
	return l, nil
}

// Invitations lists the invitations of a workspace that are open, by id.
func (s *Store) Invitations(ctx context.Context, ws int64, p Page) (Paged[Link], error) {
	var after int64
	if _, err := p.after(&after); err != nil {
		return Paged[Link]{}, err
	}
	d, now := s.reader(ws), micros(s.now())
	rows, err := list(ctx, d, scanLink, linkRows+`WHERE l.ws = ? AND l.kind = ? AND l.expires_at > ? AND l.id > ? ORDER BY l.id LIMIT ?`, ws, LinkInvitation, now, after, p.limit()+1)
	if err != nil {
		return Paged[Link]{}, fmt.Errorf("invitations: %w", err)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM sign_in_links WHERE ws = ? AND kind = ? AND expires_at > ?`, ws, LinkInvitation, now)
	if err != nil {
		return Paged[Link]{}, fmt.Errorf("invitations: %w", err)
	}
	return paged(rows, p, total, func(l Link) []any { return []any{l.ID} })
}

// RevokeInvitation deletes an invitation.
func (s *Store) RevokeInvitation(ctx context.Context, ws, id int64, by By) error {
	err := s.tx(ctx, func(tx Tx) error {
		n, err := tx.exec(ctx, `DELETE FROM sign_in_links WHERE ws = ? AND id = ? AND kind = ?`, ws, id, LinkInvitation)
		if err == nil && n == 0 {
			err = catalog.ErrNotFound
		}
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, ws, AuditEntry{Action: ActionInvitationRevoked, Subject: catalog.FormatID(catalog.PrefixInvitation, id), By: by})
	})
	if err != nil {
		return fmt.Errorf("invitation %d: %w", id, err)
	}
	return nil
}

// SetUp makes the first person, with a password by its hash, and signs the person in. It uses up all links of the
// setup; catalog.ErrNotFound if the one with the given hash does not exist, catalog.ErrConflict once somebody can sign
// in.
func (s *Store) SetUp(ctx context.Context, link [32]byte, u User, hash string, n Session, by By) (Session, error) {
	err := s.tx(ctx, func(tx Tx) (err error) {
		if err := tx.nobodySignsIn(ctx, n.WS); err != nil {
			return err
		}
		if err := tx.useLink(ctx, n.WS, LinkSetup, link, micros(s.now())); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `DELETE FROM sign_in_links WHERE ws = ? AND kind = ?`, n.WS, LinkSetup); err != nil {
			return err
		}
		by.Actor = catalog.Actor{Kind: catalog.ActorSystem, Name: "setup"}
		if u, err = s.createUser(ctx, tx, n.WS, u, by); err != nil {
			return err
		}
		return s.firstSession(ctx, tx, &n, u, hash, by)
	})
	if err != nil {
		return Session{}, fmt.Errorf("setup: %w", err)
	}
	return n, nil
}

// AcceptInvitation gives a person a password, by its hash, and signs the person in. All earlier sessions end.
func (s *Store) AcceptInvitation(ctx context.Context, l Link, hash string, n Session, by By) (Session, error) {
	err := s.tx(ctx, func(tx Tx) error {
		u, err := tx.checkedUser(ctx, l.WS, l.User.ID, nil)
		if err != nil {
			return err
		}
		if err := tx.useLink(ctx, l.WS, LinkInvitation, l.SecretHash, micros(s.now())); err != nil {
			return err
		}
		by.Actor = u.actor()
		return s.firstSession(ctx, tx, &n, u, hash, by)
	})
	if err != nil {
		return Session{}, fmt.Errorf("invitation of user %d: %w", l.User.ID, err)
	}
	return n, nil
}

func (s *Store) firstSession(ctx context.Context, tx Tx, n *Session, u User, hash string, by By) (err error) {
	if err := s.setPassword(ctx, tx, n.WS, u.ID, hash, 0, by); err != nil {
		return err
	}
	n.User = u
	*n, err = s.beginSession(ctx, tx, *n, [32]byte{}, by)
	return err
}

// useLink deletes a link that has not expired; catalog.ErrNotFound if there is none.
func (tx Tx) useLink(ctx context.Context, ws int64, kind string, hash [32]byte, now int64) error {
	n, err := tx.exec(ctx, `DELETE FROM sign_in_links WHERE ws = ? AND kind = ? AND secret_hash = ? AND expires_at > ?`, ws, kind, hash[:], now)
	if err == nil && n == 0 {
		err = catalog.ErrNotFound
	}
	return err
}
