package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Key is an API key; its secret is known only by its hash.
type Key struct {
	ID         int64
	WS         int64
	PublicID   string // the 8 characters inside the key
	SecretHash [32]byte
	Name       string
	Creator    string
	Scopes     []string
	SchemaIDs  []catalog.SchemaID // empty = all
	CIDRs      []string           // empty = all
	CreatedAt  time.Time
	ExpiresAt  time.Time // zero = never
	RevokedAt  time.Time // zero = valid
	LastUsedAt time.Time // zero = never used
}

const keyColumns = `ws, id, public_id, secret_hash, name, creator, scopes, schema_ids, cidrs, created_at, expires_at, revoked_at, last_used_at`

func scanKey(row scanner) (k Key, err error) {
	var secret []byte
	var scopes, schemas, cidrs string
	var created, expires, revoked, used int64
	if err := row.Scan(&k.WS, &k.ID, &k.PublicID, &secret, &k.Name, &k.Creator, &scopes, &schemas, &cidrs,
		&created, &expires, &revoked, &used); err != nil {
		return k, err
	}
	copy(k.SecretHash[:], secret)
	k.CreatedAt, k.ExpiresAt, k.RevokedAt, k.LastUsedAt = timeOf(created), timeOf(expires), timeOf(revoked), timeOf(used)
	return k, errors.Join(json.Unmarshal([]byte(scopes), &k.Scopes), json.Unmarshal([]byte(schemas), &k.SchemaIDs), json.Unmarshal([]byte(cidrs), &k.CIDRs))
}

// PutKey stores a new key: ID and CreatedAt are set by the store. A public id
// that is taken is catalog.ErrConflict.
func (s *Store) PutKey(ctx context.Context, k Key) (Key, error) {
	lists := make([]string, 3)
	for i, list := range []any{k.Scopes, k.SchemaIDs, k.CIDRs} {
		b, err := json.Marshal(list)
		if err != nil {
			return Key{}, fmt.Errorf("key %q: %w", k.Name, err)
		}
		lists[i] = string(b)
	}
	k.CreatedAt = timeOf(micros(s.now()))
	err := s.tx(ctx, func(tx Tx) (err error) {
		if k.ID, err = tx.newIDs(ctx, catalog.PrefixKey, 1); err != nil {
			return err
		}
		n, err := tx.exec(ctx, `INSERT INTO api_keys (`+keyColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (public_id) DO NOTHING`,
			k.WS, k.ID, k.PublicID, k.SecretHash[:], k.Name, k.Creator, lists[0], lists[1], lists[2],
			micros(k.CreatedAt), micros(k.ExpiresAt), micros(k.RevokedAt), micros(k.LastUsedAt))
		if err == nil && n == 0 {
			err = fmt.Errorf("public id %s: %w", k.PublicID, catalog.ErrConflict)
		}
		return err
	})
	if err != nil {
		return Key{}, fmt.Errorf("key %q: %w", k.Name, err)
	}
	return k, nil
}

// KeyByID returns the key with a public id, of any workspace, revoked and
// expired ones too.
func (s *Store) KeyByID(ctx context.Context, publicID string) (Key, error) {
	k, err := one(ctx, s.reader(everyWorkspace), scanKey, `SELECT `+keyColumns+` FROM api_keys WHERE public_id = ?`, publicID)
	if err != nil {
		return Key{}, fmt.Errorf("key: %w", err)
	}
	return k, nil
}

// Keys lists the keys of a workspace by id.
func (s *Store) Keys(ctx context.Context, ws int64, p Page) (Paged[Key], error) {
	var after int64
	if _, err := p.after(&after); err != nil {
		return Paged[Key]{}, err
	}
	d := s.reader(ws)
	rows, err := list(ctx, d, scanKey, `SELECT `+keyColumns+` FROM api_keys WHERE ws = ? AND id > ? ORDER BY id LIMIT ?`, ws, after, p.limit()+1)
	if err != nil {
		return Paged[Key]{}, fmt.Errorf("keys: %w", err)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM api_keys WHERE ws = ?`, ws)
	if err != nil {
		return Paged[Key]{}, fmt.Errorf("keys: %w", err)
	}
	return paged(rows, p, total, func(k Key) []any { return []any{k.ID} })
}

// RevokeKey makes a key invalid from now on; doing it twice is not an error.
func (s *Store) RevokeKey(ctx context.Context, ws, id int64) error {
	err := s.tx(ctx, func(tx Tx) error {
		n, err := tx.exec(ctx, `UPDATE api_keys SET revoked_at = CASE WHEN revoked_at = 0 THEN ? ELSE revoked_at END WHERE ws = ? AND id = ?`,
			micros(s.now()), ws, id)
		if err == nil && n == 0 {
			err = catalog.ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("revoke key %d: %w", id, err)
	}
	return nil
}

// RevokeAllKeys revokes the keys of all workspaces and returns how many were valid.
func (s *Store) RevokeAllKeys(ctx context.Context) (revoked int64, err error) {
	err = s.tx(ctx, func(tx Tx) (err error) {
		revoked, err = tx.exec(ctx, `UPDATE api_keys SET revoked_at = ? WHERE revoked_at = 0`, micros(s.now()))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("revoke all keys: %w", err)
	}
	return revoked, nil
}

// TouchKeys notes when keys, by id, were last used.
func (s *Store) TouchKeys(ctx context.Context, used map[int64]time.Time) error {
	if len(used) == 0 {
		return nil
	}
	err := s.tx(ctx, func(tx Tx) error {
		for id, at := range used {
			if _, err := tx.exec(ctx, `UPDATE api_keys SET last_used_at = ? WHERE id = ? AND last_used_at < ?`, micros(at), id, micros(at)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("last use of keys: %w", err)
	}
	return nil
}

// CountKeys counts the keys of all workspaces that are not revoked.
func (s *Store) CountKeys(ctx context.Context) (int64, error) {
	n, err := one(ctx, s.reader(everyWorkspace), scalar[int64], `SELECT count(*) FROM api_keys WHERE revoked_at = 0`)
	if err != nil {
		return 0, fmt.Errorf("count keys: %w", err)
	}
	return n, nil
}
