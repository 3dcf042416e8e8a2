package store

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Session is a person who is signed in; its secret is stored by its hash only.
type Session struct {
	ID         int64
	WS         int64
	User       User // without times
	SecretHash [32]byte
	Method     string // password, setup, invitation, oidc
	Address    string // of the client that signed in
	Agent      string // its User-Agent
	CreatedAt  time.Time
	UsedAt     time.Time // accurate to the minute
	ExpiresAt  time.Time
}

// Label returns the id of the session, such as SES-3.
func (s Session) Label() string { return catalog.FormatID(catalog.PrefixSession, s.ID) }

// sessionRows reads sessions of people who were not removed.
const sessionRows = `SELECT s.ws, s.id, s.user_id, u.name, u.email, u.role, s.secret_hash, s.method, s.address, s.agent, s.created_at, s.used_at, s.expires_at
	FROM sessions s JOIN users u ON u.ws = s.ws AND u.id = s.user_id AND u.removed_at = 0 `

func scanSession(row scanner) (s Session, err error) {
	var hash []byte
	var created, used, expires int64
	err = row.Scan(&s.WS, &s.ID, &s.User.ID, &s.User.Name, &s.User.Email, &s.User.Role, &hash, &s.Method, &s.Address, &s.Agent, &created, &used, &expires)
	copy(s.SecretHash[:], hash)
	s.CreatedAt, s.UsedAt, s.ExpiresAt = timeOf(created), timeOf(used), timeOf(expires)
	return s, err
}

// BeginSession stores a new session of a person: ID and times but ExpiresAt are set by the store. The session that the
// client had until then, by its hash, ends; expired ones of anybody are deleted.
func (s *Store) BeginSession(ctx context.Context, n Session, ends [32]byte, by By) (Session, error) {
	err := s.tx(ctx, func(tx Tx) (err error) {
		n, err = s.beginSession(ctx, tx, n, ends, by)
		return err
	})
	if err != nil {
		return Session{}, fmt.Errorf("session: %w", err)
	}
	return n, nil
}

func (s *Store) beginSession(ctx context.Context, tx Tx, n Session, ends [32]byte, by By) (Session, error) {
	user, err := tx.checkedUser(ctx, n.WS, n.User.ID, nil)
	if err != nil {
		return n, err
	}
	n.User = User{ID: user.ID, Name: user.Name, Email: user.Email, Role: user.Role}
	n.CreatedAt = timeOf(micros(s.now()))
	n.UsedAt = n.CreatedAt
	if _, err := tx.exec(ctx, `DELETE FROM sessions WHERE expires_at <= ?`, micros(n.CreatedAt)); err != nil {
		return n, err
	}
	if _, err := tx.exec(ctx, `DELETE FROM sessions WHERE secret_hash = ?`, ends[:]); err != nil {
		return n, err
	}
	if n.ID, err = tx.newIDs(ctx, catalog.PrefixSession, 1); err != nil {
		return n, err
	}
	if _, err := tx.exec(ctx, `INSERT INTO sessions (ws, id, user_id, secret_hash, method, address, agent, created_at, used_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		n.WS, n.ID, n.User.ID, n.SecretHash[:], n.Method, n.Address, n.Agent, micros(n.CreatedAt), micros(n.UsedAt), micros(n.ExpiresAt)); err != nil {
		return n, err
	}
	by.Actor, by.Key = n.User.actor(), n.Label()
	return n, s.audit(ctx, tx, n.WS, AuditEntry{Action: ActionSignIn, Subject: n.User.Label(), By: by, Details: map[string]any{"method": n.Method}})
}

func (u User) actor() catalog.Actor {
	return catalog.Actor{Kind: catalog.ActorUser, ID: u.Label(), Name: u.Name}
}

// SessionByHash returns the session with the hash of a secret, of any workspace, expired ones too. Those of a person
// who was removed do not exist.
func (s *Store) SessionByHash(ctx context.Context, hash [32]byte) (Session, error) {
	found, err := one(ctx, s.reader(everyWorkspace), scanSession, sessionRows+`WHERE s.secret_hash = ?`, hash[:])
	if err != nil {
		return Session{}, fmt.Errorf("session: %w", err)
	}
	return found, nil
}

// Sessions lists the sessions of a person, newest first.
func (s *Store) Sessions(ctx context.Context, ws, user int64, p Page) (Paged[Session], error) {
	var before int64
	terms, args := ``, []any{ws, user, micros(s.now())}
	more, err := p.after(&before)
	if err != nil {
		return Paged[Session]{}, err
	}
	d := s.reader(ws)
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM sessions s WHERE s.ws = ? AND s.user_id = ? AND s.expires_at > ?`, args...)
	if err != nil {
		return Paged[Session]{}, fmt.Errorf("sessions: %w", err)
	}
	if more {
		terms, args = ` AND s.id < ?`, append(args, before)
	}
	rows, err := list(ctx, d, scanSession, sessionRows+`WHERE s.ws = ? AND s.user_id = ? AND s.expires_at > ?`+terms+` ORDER BY s.id DESC LIMIT ?`, append(args, p.limit()+1)...)
	if err != nil {
		return Paged[Session]{}, fmt.Errorf("sessions: %w", err)
	}
	return paged(rows, p, total, func(n Session) []any { return []any{n.ID} })
}

// EndSession ends a session of a person; catalog.ErrNotFound if there is no such session.
func (s *Store) EndSession(ctx context.Context, ws, user, id int64, by By) error {
	err := s.tx(ctx, func(tx Tx) error {
		n, err := tx.exec(ctx, `DELETE FROM sessions WHERE ws = ? AND user_id = ? AND id = ?`, ws, user, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return catalog.ErrNotFound
		}
		return s.audit(ctx, tx, ws, AuditEntry{Action: ActionSignOut, Subject: catalog.FormatID(catalog.PrefixSession, id), By: by})
	})
	if err != nil {
		return fmt.Errorf("end session %d: %w", id, err)
	}
	return nil
}

// EndSessions ends all sessions of a person except one (0 = none) and returns how many there were.
func (s *Store) EndSessions(ctx context.Context, ws, user, except int64, by By) (ended int64, err error) {
	err = s.tx(ctx, func(tx Tx) (err error) {
		ended, err = s.endSessions(ctx, tx, ws, user, except, by)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("end sessions of user %d: %w", user, err)
	}
	return ended, nil
}

func (s *Store) endSessions(ctx context.Context, tx Tx, ws, user, except int64, by By) (int64, error) {
	n, err := tx.exec(ctx, `DELETE FROM sessions WHERE ws = ? AND user_id = ? AND id <> ?`, ws, user, except)
	if err != nil || n == 0 {
		return 0, err
	}
	return n, s.audit(ctx, tx, ws, AuditEntry{
		Action: ActionSessionsEnded, Subject: catalog.FormatID(catalog.PrefixUser, user), By: by, Details: map[string]any{"sessions": n},
	})
}

// EndAllSessions ends the sessions of everybody and deletes all one-time links, as after a restore.
func (s *Store) EndAllSessions(ctx context.Context) error {
	err := s.tx(ctx, func(tx Tx) error {
		if _, err := tx.exec(ctx, `DELETE FROM sessions`); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `DELETE FROM sign_in_links`)
		return err
	})
	if err != nil {
		return fmt.Errorf("end all sessions: %w", err)
	}
	return nil
}

// TouchSessions notes when sessions, by id, were last used.
func (s *Store) TouchSessions(ctx context.Context, used map[int64]time.Time) error {
	if len(used) == 0 {
		return nil
	}
	err := s.tx(ctx, func(tx Tx) error {
		for id, at := range used {
			if _, err := tx.exec(ctx, `UPDATE sessions SET used_at = ? WHERE id = ? AND used_at < ?`, micros(at), id, micros(at)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("last use of sessions: %w", err)
	}
	return nil
}
