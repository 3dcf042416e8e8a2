package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
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
	Creator    catalog.Actor
	User       *User // whose it is; nil = nobody's; one that was removed has no role
	Scopes     []string
	SchemaIDs  []catalog.SchemaID // empty = all
	CIDRs      []string           // empty = all
	CreatedAt  time.Time
	ExpiresAt  time.Time // zero = never
	RevokedAt  time.Time // zero = valid
	LastUsedAt time.Time // zero = never used
}

const keyColumns = `ws, id, public_id, secret_hash, name, creator, scopes, schema_ids, cidrs, created_at, expires_at, revoked_at, last_used_at,
	creator_kind, creator_id, user_id`

// keyRows reads keys with their people.
const keyRows = `SELECT k.ws, k.id, k.public_id, k.secret_hash, k.name, k.creator, k.scopes, k.schema_ids, k.cidrs, k.created_at, k.expires_at, k.revoked_at,
	k.last_used_at, k.creator_kind, k.creator_id, k.user_id, coalesce(u.name, ''), coalesce(u.role, '')
	FROM api_keys k LEFT JOIN users u ON u.ws = k.ws AND u.id = k.user_id AND u.removed_at = 0 `

func scanKey(row scanner) (k Key, err error) {
	var secret []byte
	var scopes, schemas, cidrs string
	var created, expires, revoked, used int64
	var user User
	if err := row.Scan(&k.WS, &k.ID, &k.PublicID, &secret, &k.Name, &k.Creator.Name, &scopes, &schemas, &cidrs,
		&created, &expires, &revoked, &used, &k.Creator.Kind, &k.Creator.ID, &user.ID, &user.Name, &user.Role); err != nil {
		return k, err
	}
	if k.Creator.Kind == "" && k.Creator.Name != "" { // the name of a key was all that was recorded
		k.Creator.Kind = catalog.ActorKey
	}
	if user.ID != 0 {
		k.User = &user
	}
	copy(k.SecretHash[:], secret)
	k.CreatedAt, k.ExpiresAt, k.RevokedAt, k.LastUsedAt = timeOf(created), timeOf(expires), timeOf(revoked), timeOf(used)
	return k, errors.Join(json.Unmarshal([]byte(scopes), &k.Scopes), json.Unmarshal([]byte(schemas), &k.SchemaIDs), json.Unmarshal([]byte(cidrs), &k.CIDRs))
}

// PutKey stores a new key: ID, Creator and CreatedAt are set by the store. A public
// id that is taken is catalog.ErrConflict.
func (s *Store) PutKey(ctx context.Context, k Key, by By) (Key, error) {
	lists := make([]string, 3)
	for i, list := range []any{k.Scopes, k.SchemaIDs, k.CIDRs} {
		b, err := json.Marshal(list)
		if err != nil {
			return Key{}, fmt.Errorf("key %q: %w", k.Name, err)
		}
		lists[i] = string(b)
	}
	k.CreatedAt, k.Creator = timeOf(micros(s.now())), by.Actor
	var user int64
	if k.User != nil {
		user = k.User.ID
	}
	err := s.tx(ctx, func(tx Tx) (err error) {
		if k.ID, err = tx.newIDs(ctx, catalog.PrefixKey, 1); err != nil {
			return err
		}
		n, err := tx.exec(ctx, `INSERT INTO api_keys (`+keyColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (public_id) DO NOTHING`,
			k.WS, k.ID, k.PublicID, k.SecretHash[:], k.Name, k.Creator.Name, lists[0], lists[1], lists[2],
			micros(k.CreatedAt), micros(k.ExpiresAt), micros(k.RevokedAt), micros(k.LastUsedAt), string(k.Creator.Kind), k.Creator.ID, user)
		if err == nil && n == 0 {
			err = fmt.Errorf("public id %s: %w", k.PublicID, catalog.ErrConflict)
		}
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, k.WS, AuditEntry{Action: ActionKeyCreated, Subject: k.Label(), By: by, Details: k.details()})
	})
	if err != nil {
		return Key{}, fmt.Errorf("key %q: %w", k.Name, err)
	}
	return k, nil
}

// Label returns the id of the key, such as KEY-3.
func (k Key) Label() string { return catalog.FormatID(catalog.PrefixKey, k.ID) }

// details returns what the audit log says of a key.
func (k Key) details() map[string]any {
	out := map[string]any{"name": k.Name, "public_id": k.PublicID, "scopes": k.Scopes}
	schemas := make([]string, len(k.SchemaIDs))
	for i, id := range k.SchemaIDs {
		schemas[i] = id.String()
	}
	if len(schemas) > 0 {
		out["schema_ids"] = schemas
	}
	if len(k.CIDRs) > 0 {
		out["cidrs"] = k.CIDRs
	}
	if !k.ExpiresAt.IsZero() {
		out["expires_at"] = k.ExpiresAt.UTC().Format(time.RFC3339)
	}
	if k.User != nil {
		out["user"] = k.User.Label()
	}
	return out
}

// KeyByID returns the key with a public id, of any workspace, revoked and
// expired ones too.
func (s *Store) KeyByID(ctx context.Context, publicID string) (Key, error) {
	k, err := one(ctx, s.reader(everyWorkspace), scanKey, keyRows+`WHERE k.public_id = ?`, publicID)
	if err != nil {
		return Key{}, fmt.Errorf("key: %w", err)
	}
	return k, nil
}

// Key returns a key of a workspace, revoked and expired ones too.
func (s *Store) Key(ctx context.Context, ws, id int64) (Key, error) {
	k, err := one(ctx, s.reader(ws), scanKey, keyRows+`WHERE k.ws = ? AND k.id = ?`, ws, id)
	if err != nil {
		return Key{}, fmt.Errorf("key %d: %w", id, err)
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
	rows, err := list(ctx, d, scanKey, keyRows+`WHERE k.ws = ? AND k.id > ? ORDER BY k.id LIMIT ?`, ws, after, p.limit()+1)
	if err != nil {
		return Paged[Key]{}, fmt.Errorf("keys: %w", err)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM api_keys WHERE ws = ?`, ws)
	if err != nil {
		return Paged[Key]{}, fmt.Errorf("keys: %w", err)
	}
	return paged(rows, p, total, func(k Key) []any { return []any{k.ID} })
}

// RevokeKey makes a key invalid from now on, if check, where it is given, passes; doing it twice is not an error.
func (s *Store) RevokeKey(ctx context.Context, ws, id int64, by By, check func(Key) error) error {
	err := s.tx(ctx, func(tx Tx) error {
		if err := tx.checkKey(ctx, ws, id, check); err != nil {
			return err
		}
		n, err := tx.exec(ctx, `UPDATE api_keys SET revoked_at = ? WHERE ws = ? AND id = ? AND revoked_at = 0`, micros(s.now()), ws, id)
		if err != nil {
			return err
		}
		if n == 0 {
			_, err := one(ctx, tx.db, scalar[int64], `SELECT id FROM api_keys WHERE ws = ? AND id = ?`, ws, id)
			return err
		}
		return s.audit(ctx, tx, ws, AuditEntry{Action: ActionKeyRevoked, Subject: catalog.FormatID(catalog.PrefixKey, id), By: by})
	})
	if err != nil {
		return fmt.Errorf("revoke key %d: %w", id, err)
	}
	return nil
}

// checkKey runs a check on a key that nobody else can change until the end of the transaction.
func (tx Tx) checkKey(ctx context.Context, ws, id int64, check func(Key) error) error {
	if check == nil {
		return nil
	}
	if _, err := tx.exec(ctx, `UPDATE api_keys SET name = name WHERE ws = ? AND id = ?`, ws, id); err != nil {
		return err
	}
	k, err := one(ctx, tx.db, scanKey, keyRows+`WHERE k.ws = ? AND k.id = ?`, ws, id)
	if err != nil {
		return err
	}
	return check(k)
}

// RevokeAllKeys revokes the keys of all workspaces and returns how many were valid.
func (s *Store) RevokeAllKeys(ctx context.Context, by By) (revoked int64, err error) {
	err = s.tx(ctx, func(tx Tx) error {
		of, err := list(ctx, tx.db, scalar[int64], `UPDATE api_keys SET revoked_at = ? WHERE revoked_at = 0 RETURNING ws`, micros(s.now()))
		if err != nil {
			return err
		}
		revoked = int64(len(of))
		count := map[int64]int{}
		for _, ws := range of {
			count[ws]++
		}
		for _, ws := range slices.Sorted(maps.Keys(count)) {
			if err := s.audit(ctx, tx, ws, AuditEntry{Action: ActionKeysRevoked, By: by, Details: map[string]any{"keys": count[ws]}}); err != nil {
				return err
			}
		}
		return nil
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
