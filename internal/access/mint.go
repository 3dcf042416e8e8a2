package access

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// DefaultValidity is how long a key is valid by default.
const DefaultValidity = 365 * 24 * time.Hour

// NewKey describes the key to create.
type NewKey struct {
	Name      string
	User      int64 // whose it is; 0 = nobody's
	Scopes    []Scope
	SchemaIDs []catalog.SchemaID // empty = all
	CIDRs     []string           // empty = from everywhere
	ExpiresAt time.Time          // zero = DefaultValidity from now
	Never     bool               // no expiry at all
}

// Create makes a key on behalf of a principal, in its workspace, and returns its text, which is not stored and never
// shown again. The key has at least the limits of the principal. It returns catalog.ErrInvalid for a key without a name
// or scope, with an unknown scope or network, or with an end in the past, and a *LimitError for one that may do more
// than the principal.
func (a *Access) Create(ctx context.Context, by Principal, n NewKey) (secret string, key store.Key, err error) {
	t, err := newToken(a.random)
	if err != nil {
		return "", store.Key{}, err
	}
	key, err = a.put(ctx, by, t, n)
	return t.text, key, err
}

func (a *Access) put(ctx context.Context, by Principal, t token, n NewKey) (store.Key, error) {
	if err := a.check(n); err != nil {
		return store.Key{}, err
	}
	n, err := by.within(n, a.now())
	if err != nil {
		return store.Key{}, err
	}
	if n.ExpiresAt.IsZero() && !n.Never {
		n.ExpiresAt = a.now().Add(DefaultValidity)
	}
	key := store.Key{
		WS: by.WS, PublicID: t.publicID, SecretHash: t.hash(), Name: n.Name,
		SchemaIDs: n.SchemaIDs, CIDRs: n.CIDRs, ExpiresAt: n.ExpiresAt,
	}
	for _, s := range n.Scopes {
		key.Scopes = append(key.Scopes, string(s))
	}
	if key.User, err = a.owner(ctx, by.WS, n); err != nil {
		return store.Key{}, err
	}
	if key, err = a.keys.PutKey(ctx, key, by.By()); err != nil {
		return store.Key{}, fmt.Errorf("key %q: %w", n.Name, err)
	}
	a.forgetAll()
	return key, nil
}

// owner returns the person that the new key belongs to, nil if it belongs to nobody. The key must not do more than the
// person.
func (a *Access) owner(ctx context.Context, ws int64, n NewKey) (*store.User, error) {
	if n.User == 0 {
		return nil, nil //nolint:nilnil // the key belongs to nobody
	}
	u, err := a.keys.User(ctx, ws, n.User)
	if err != nil {
		return nil, err
	}
	for _, s := range n.Scopes {
		if !Role(u.Role).can(s) {
			return nil, &LimitError{"scopes", fmt.Sprintf("the role %s does not have %q", u.Role, s)}
		}
	}
	return &u, nil
}

func (a *Access) check(n NewKey) error {
	if n.Name == "" || len(n.Name) > 200 {
		return fmt.Errorf("name of a key, 1 to 200 bytes: %w", catalog.ErrInvalid)
	}
	if len(n.Scopes) == 0 {
		return fmt.Errorf("key %q without a scope: %w", n.Name, catalog.ErrInvalid)
	}
	for _, s := range n.Scopes {
		if _, err := ParseScope(string(s)); err != nil {
			return err
		}
	}
	for _, cidr := range n.CIDRs {
		if _, err := parseNetwork(cidr); err != nil {
			return err
		}
	}
	if !n.ExpiresAt.IsZero() && !n.ExpiresAt.After(a.now()) {
		return fmt.Errorf("key %q expires in the past: %w", n.Name, catalog.ErrInvalid)
	}
	return nil
}

// Revoke revokes a key, if check, where it is given, passes: in this process at once, in others within five seconds.
// It returns catalog.ErrNotFound if the workspace has no such key.
func (a *Access) Revoke(ctx context.Context, by Principal, id int64, check func(store.Key) error) error {
	defer a.forgetAll()
	if err := a.keys.RevokeKey(ctx, by.WS, id, by.By(), check); err != nil {
		return fmt.Errorf("key %s: %w", catalog.FormatID(catalog.PrefixKey, id), err)
	}
	return nil
}

// Bootstrap makes sure that there is an administrator's key. given, if not empty, is
// the text of the key that must exist (from the environment); otherwise a new key is
// made if there is none. The text of a key made now is returned, "" if nothing was
// made. The key does not expire: no key that it makes could outlive it. It returns
// catalog.ErrInvalid if given is not one of our keys.
func (a *Access) Bootstrap(ctx context.Context, given string) (secret string, err error) {
	admin := NewKey{Name: "bootstrap", Scopes: []Scope{AdminWorkspace}, Never: true}
	if given != "" {
		return "", a.bootstrapGiven(ctx, given, admin)
	}
	n, err := a.keys.CountKeys(ctx)
	if err != nil {
		return "", fmt.Errorf("first key: %w", err)
	}
	if n > 0 {
		return "", nil
	}
	secret, _, err = a.Create(ctx, System(catalog.DefaultWorkspace), admin)
	return secret, err
}

func (a *Access) bootstrapGiven(ctx context.Context, given string, admin NewKey) error {
	t, ok := parseToken(given)
	if !ok {
		return fmt.Errorf("bootstrap key is not of the form %s_<8 characters>_<38 characters>, or its checksum is wrong: %w", keyPrefix, catalog.ErrInvalid)
	}
	_, found, err := a.lookup(ctx, t.publicID)
	if err != nil || found {
		return err
	}
	_, err = a.put(ctx, System(catalog.DefaultWorkspace), t, admin)
	return err
}
