package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// User is a person with a role in a workspace.
type User struct {
	ID        int64
	Name      string
	Email     string // unique in the workspace, whatever its case
	Role      string
	CreatedAt time.Time
	UpdatedAt time.Time
}

// UserPatch changes a person; nil fields do not.
type UserPatch struct {
	If                func(User) error // refuses the change by an error; nil = none
	Name, Email, Role *string
}

const userColumns = `id, name, email, role, created_at, updated_at`

func scanUser(row scanner) (u User, err error) {
	var created, updated int64
	err = row.Scan(&u.ID, &u.Name, &u.Email, &u.Role, &created, &updated)
	u.CreatedAt, u.UpdatedAt = timeOf(created), timeOf(updated)
	return u, err
}

// Label returns the id of the person, such as USR-2.
func (u User) Label() string { return catalog.FormatID(catalog.PrefixUser, u.ID) }

// CreateUser adds a person: ID and times are set by the store. An e-mail address
// that is taken is catalog.ErrConflict.
func (s *Store) CreateUser(ctx context.Context, ws int64, u User, by By) (User, error) {
	err := s.tx(ctx, func(tx Tx) (err error) {
		u, err = s.createUser(ctx, tx, ws, u, by)
		return err
	})
	if err != nil {
		return User{}, fmt.Errorf("user %q: %w", u.Name, err)
	}
	return u, nil
}

func (s *Store) createUser(ctx context.Context, tx Tx, ws int64, u User, by By) (User, error) {
	if err := tx.freeEmail(ctx, ws, u.Email, 0); err != nil {
		return u, err
	}
	var err error
	if u.ID, err = tx.newIDs(ctx, catalog.PrefixUser, 1); err != nil {
		return u, err
	}
	u.CreatedAt = timeOf(micros(s.now()))
	u.UpdatedAt = u.CreatedAt
	if _, err := tx.exec(ctx, `INSERT INTO users (ws, id, name, email, email_key, role, created_at, updated_at, removed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)`,
		ws, u.ID, u.Name, u.Email, emailKey(u.Email), u.Role, micros(u.CreatedAt), micros(u.UpdatedAt)); err != nil {
		return u, err
	}
	return u, s.audit(ctx, tx, ws, AuditEntry{Action: ActionUserCreated, Subject: u.Label(), By: by, Details: u.details()})
}

// emailKey is what an e-mail address is found by, whatever its case.
func emailKey(email string) string { return strings.ToLower(email) }

func (u User) details() map[string]any {
	return map[string]any{"name": u.Name, "email": u.Email, "role": u.Role}
}

// freeEmail is catalog.ErrConflict if another person has the address. It locks the
// workspace's row first, so that concurrent creations are serialized.
func (tx Tx) freeEmail(ctx context.Context, ws int64, email string, but int64) error {
	n, err := tx.exec(ctx, `UPDATE workspaces SET name = name WHERE id = ?`, ws)
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("workspace %d: %w", ws, catalog.ErrNotFound)
	}
	taken, err := one(ctx, tx.db, scalar[int64], `SELECT count(*) FROM users WHERE ws = ? AND email_key = ? AND removed_at = 0 AND id <> ?`,
		ws, emailKey(email), but)
	if err == nil && taken > 0 {
		err = fmt.Errorf("the e-mail address is taken: %w", catalog.ErrConflict)
	}
	return err
}

// User returns a person; one that was removed is catalog.ErrNotFound.
func (s *Store) User(ctx context.Context, ws, id int64) (User, error) {
	u, err := s.reader(ws).user(ctx, ws, id)
	if err != nil {
		return User{}, fmt.Errorf("user %d: %w", id, err)
	}
	return u, nil
}

func (d db) user(ctx context.Context, ws, id int64) (User, error) {
	return one(ctx, d, scanUser, `SELECT `+userColumns+` FROM users WHERE ws = ? AND id = ? AND removed_at = 0`, ws, id)
}

// Users lists the people of a workspace by id.
func (s *Store) Users(ctx context.Context, ws int64, p Page) (Paged[User], error) {
	var after int64
	if _, err := p.after(&after); err != nil {
		return Paged[User]{}, err
	}
	d := s.reader(ws)
	rows, err := list(ctx, d, scanUser, `SELECT `+userColumns+` FROM users WHERE ws = ? AND removed_at = 0 AND id > ? ORDER BY id LIMIT ?`, ws, after, p.limit()+1)
	if err != nil {
		return Paged[User]{}, fmt.Errorf("users: %w", err)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM users WHERE ws = ? AND removed_at = 0`, ws)
	if err != nil {
		return Paged[User]{}, fmt.Errorf("users: %w", err)
	}
	return paged(rows, p, total, func(u User) []any { return []any{u.ID} })
}

// checkedUser locks a person's row and returns it, unless check refuses it.
func (tx Tx) checkedUser(ctx context.Context, ws, id int64, check func(User) error) (User, error) {
	if _, err := tx.exec(ctx, `UPDATE users SET name = name WHERE ws = ? AND id = ?`, ws, id); err != nil {
		return User{}, err
	}
	u, err := tx.user(ctx, ws, id)
	if err == nil && check != nil {
		err = check(u)
	}
	return u, err
}

// UpdateUser changes a person. Another role or e-mail address ends the person's sessions.
func (s *Store) UpdateUser(ctx context.Context, ws, id int64, patch UserPatch, by By) (User, error) {
	var u User
	err := s.tx(ctx, func(tx Tx) (err error) {
		if patch.Email != nil {
			if err := tx.freeEmail(ctx, ws, *patch.Email, id); err != nil {
				return err
			}
		}
		before, err := tx.checkedUser(ctx, ws, id, patch.If)
		if err != nil {
			return err
		}
		if u = patch.onto(before); u == before {
			return nil
		}
		u.UpdatedAt = timeOf(micros(s.now()))
		if _, err := tx.exec(ctx, `UPDATE users SET name = ?, email = ?, email_key = ?, role = ?, updated_at = ? WHERE ws = ? AND id = ?`,
			u.Name, u.Email, emailKey(u.Email), u.Role, micros(u.UpdatedAt), ws, id); err != nil {
			return err
		}
		if err := s.audit(ctx, tx, ws, AuditEntry{
			Action: ActionUserUpdated, Subject: u.Label(), By: by, Details: map[string]any{"before": before.details(), "after": u.details()},
		}); err != nil || u.Role == before.Role && u.Email == before.Email {
			return err
		}
		_, err = s.endSessions(ctx, tx, ws, id, 0, by)
		return err
	})
	if err != nil {
		return User{}, fmt.Errorf("user %d: %w", id, err)
	}
	return u, nil
}

func (p UserPatch) onto(u User) User {
	for to, value := range map[*string]*string{&u.Name: p.Name, &u.Email: p.Email, &u.Role: p.Role} {
		if value != nil {
			*to = *value
		}
	}
	return u
}

// RemoveUser removes a person, revokes its keys and ends its sessions. What the person signs in with is deleted.
func (s *Store) RemoveUser(ctx context.Context, ws, id int64, by By, check func(User) error) error {
	err := s.tx(ctx, func(tx Tx) error {
		u, err := tx.checkedUser(ctx, ws, id, check)
		if err != nil {
			return err
		}
		now := micros(s.now())
		if _, err := tx.exec(ctx, `UPDATE users SET removed_at = ?, updated_at = ? WHERE ws = ? AND id = ?`, now, now, ws, id); err != nil {
			return err
		}
		keys, err := list(ctx, tx.db, scalar[int64], `UPDATE api_keys SET revoked_at = ? WHERE ws = ? AND user_id = ? AND user_id <> 0 AND revoked_at = 0 RETURNING id`, now, ws, id)
		if err != nil {
			return err
		}
		entries := []AuditEntry{{Action: ActionUserRemoved, Subject: u.Label(), By: by, Details: u.details()}}
		for _, key := range keys {
			entries = append(entries, AuditEntry{Action: ActionKeyRevoked, Subject: catalog.FormatID(catalog.PrefixKey, key), By: by, Details: map[string]any{"user": u.Label()}})
		}
		if err := s.audit(ctx, tx, ws, entries...); err != nil {
			return err
		}
		for _, table := range []string{"passwords", "identities", "sign_in_links", "personal"} {
			if _, err := tx.exec(ctx, `DELETE FROM `+table+` WHERE ws = ? AND user_id = ?`, ws, id); err != nil {
				return err
			}
		}
		_, err = s.endSessions(ctx, tx, ws, id, 0, by)
		return err
	})
	if err != nil {
		return fmt.Errorf("remove user %d: %w", id, err)
	}
	return nil
}
