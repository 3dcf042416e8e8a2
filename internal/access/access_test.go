package access

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
	"github.com/thalweg-data/thalweg/internal/store/sqlite/sqlitetest"
)

// clock is a time that the test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// counted counts what reaches the store.
type counted struct {
	*store.Store
	lookups int
	fails   error
}

func (c *counted) KeyByID(ctx context.Context, publicID string) (store.Key, error) {
	c.lookups++
	if c.fails != nil {
		return store.Key{}, c.fails
	}
	return c.Store.KeyByID(ctx, publicID)
}

func (c *counted) TouchKeys(ctx context.Context, used map[int64]time.Time) error {
	if c.fails != nil {
		return c.fails
	}
	return c.Store.TouchKeys(ctx, used)
}

func (c *counted) AppendAudit(ctx context.Context, ws int64, entries ...store.AuditEntry) error {
	if c.fails != nil {
		return c.fails
	}
	return c.Store.AppendAudit(ctx, ws, entries...)
}

func newAccess(t *testing.T, options ...Option) (*Access, *counted, *clock) {
	t.Helper()
	st := sqlitetest.Open(t, sqlite.Options{})
	c := &clock{at: time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC)}
	keys := &counted{Store: st}
	return New(keys, c.now, rand.Reader, options...), keys, c
}

func bearer(key string) http.Header { return http.Header{"Authorization": {"Bearer " + key}} }

const remote = "192.0.2.7:1234"

func create(t *testing.T, a *Access, n NewKey) (string, store.Key) {
	t.Helper()
	if n.Name == "" {
		n.Name = "ci"
	}
	if n.Scopes == nil {
		n.Scopes = []Scope{ReadCatalog}
	}
	secret, key, err := a.Create(t.Context(), System(catalog.DefaultWorkspace), n)
	if err != nil {
		t.Fatal(err)
	}
	return secret, key
}

func TestBadShapeNeverReachesTheStore(t *testing.T) {
	a, keys, _ := newAccess(t)
	secret, _ := create(t, a, NewKey{})
	last := byte('0')
	if secret[keyLength-1] == last {
		last = '1'
	}
	for _, key := range []string{"x", "", secret[:keyLength-1], secret[:keyLength-1] + string(last), strings.ToUpper(secret)} {
		if _, err := a.Authenticate(t.Context(), bearer(key), remote); !errors.Is(err, ErrUnknown) {
			t.Errorf("%q: %v", key, err)
		}
	}
	if keys.lookups != 0 {
		t.Errorf("%d lookups", keys.lookups)
	}
}

func TestUnknownKeyIsLookedUpOnce(t *testing.T) {
	a, keys, c := newAccess(t)
	tok, err := newToken(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := a.Authenticate(t.Context(), bearer(tok.text), remote); !errors.Is(err, ErrUnknown) {
			t.Errorf("unknown key: %v", err)
		}
	}
	if keys.lookups != 1 {
		t.Errorf("%d lookups, want 1", keys.lookups)
	}
	c.at = c.at.Add(cacheFor)
	if _, err := a.Authenticate(t.Context(), bearer(tok.text), remote); !errors.Is(err, ErrUnknown) || keys.lookups != 2 {
		t.Errorf("after the cache's time: %v, %d lookups", err, keys.lookups)
	}
}

// A key that another process revokes works for no more than five seconds.
func TestRevocationElsewhere(t *testing.T) {
	a, keys, c := newAccess(t)
	secret, key := create(t, a, NewKey{})
	if _, err := a.Authenticate(t.Context(), bearer(secret), remote); err != nil {
		t.Fatal(err)
	}
	if err := keys.RevokeKey(t.Context(), catalog.DefaultWorkspace, key.ID, store.By{}, nil); err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(5 * time.Second)
	if _, err := a.Authenticate(t.Context(), bearer(secret), remote); !errors.Is(err, ErrUnknown) {
		t.Errorf("after five seconds: %v", err)
	}
}

func TestRevocationHereIsImmediate(t *testing.T) {
	a, _, _ := newAccess(t)
	secret, key := create(t, a, NewKey{})
	if _, err := a.Authenticate(t.Context(), bearer(secret), remote); err != nil {
		t.Fatal(err)
	}
	if err := a.Revoke(t.Context(), System(catalog.DefaultWorkspace), key.ID, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Authenticate(t.Context(), bearer(secret), remote); !errors.Is(err, ErrUnknown) {
		t.Errorf("revoked: %v", err)
	}
	if err := a.Revoke(t.Context(), System(2), key.ID, nil); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("revoked by another workspace: %v", err)
	}
}

func TestExpiry(t *testing.T) {
	a, _, c := newAccess(t)
	secret, key := create(t, a, NewKey{})
	if want := c.at.Add(DefaultValidity); !key.ExpiresAt.Equal(want) {
		t.Errorf("expires %v, want %v", key.ExpiresAt, want)
	}
	forever, _ := create(t, a, NewKey{Never: true})
	c.at = c.at.Add(DefaultValidity - time.Second)
	if _, err := a.Authenticate(t.Context(), bearer(secret), remote); err != nil {
		t.Errorf("a second before the end: %v", err)
	}
	c.at = c.at.Add(time.Second)
	if _, err := a.Authenticate(t.Context(), bearer(secret), remote); !errors.Is(err, ErrExpired) {
		t.Errorf("at the end: %v", err)
	}
	if _, err := a.Authenticate(t.Context(), bearer(forever), remote); err != nil {
		t.Errorf("a key without an end: %v", err)
	}
}

func TestNetworks(t *testing.T) {
	a, _, _ := newAccess(t)
	secret, _ := create(t, a, NewKey{CIDRs: []string{"192.0.2.0/24", "2001:db8::/32"}})
	for address, ok := range map[string]bool{
		"192.0.2.9:1": true, "[::ffff:192.0.2.9]:1": true, "[2001:db8::1]:1": true, "192.0.3.1:1": false, "[::1]:1": false, "@": false, "": false,
	} {
		if _, err := a.Authenticate(t.Context(), bearer(secret), address); (err == nil) != ok || (err != nil && !errors.Is(err, ErrUnknown)) {
			t.Errorf("from %q: %v", address, err)
		}
	}
}

func TestLastUseIsFlushed(t *testing.T) {
	a, keys, c := newAccess(t)
	secret, key := create(t, a, NewKey{})
	if _, err := a.Authenticate(t.Context(), bearer(secret), remote); err != nil {
		t.Fatal(err)
	}
	keys.fails = errors.New("disk is gone")
	if err := a.Flush(t.Context()); !errors.Is(err, keys.fails) {
		t.Errorf("flush to a broken store: %v", err)
	}
	keys.fails = nil
	if err := a.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := keys.KeyByID(t.Context(), key.PublicID)
	if err != nil || !got.LastUsedAt.Equal(c.at) {
		t.Errorf("last used %v, %v, want %v", got.LastUsedAt, err, c.at)
	}
}

func TestFaultsOfTheStoreAreNotRefusals(t *testing.T) {
	a, keys, _ := newAccess(t)
	secret, _ := create(t, a, NewKey{})
	keys.fails = errors.New("disk is gone")
	_, err := a.Authenticate(t.Context(), bearer(secret), remote)
	if !errors.Is(err, keys.fails) || errors.Is(err, ErrUnknown) {
		t.Errorf("%v", err)
	}
}

func TestBootstrap(t *testing.T) {
	a, _, _ := newAccess(t)
	secret, err := a.Bootstrap(t.Context(), "")
	if err != nil || secret == "" {
		t.Fatalf("first start: %q, %v", secret, err)
	}
	p, err := a.Authenticate(t.Context(), bearer(secret), remote)
	if err != nil || !p.Can(AdminWorkspace) || p.WS != catalog.DefaultWorkspace {
		t.Errorf("%+v, %v", p, err)
	}
	if again, err := a.Bootstrap(t.Context(), ""); err != nil || again != "" {
		t.Errorf("second start: %q, %v", again, err)
	}
	given, err := newToken(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if made, err := a.Bootstrap(t.Context(), given.text); err != nil || made != "" {
			t.Errorf("given: %q, %v", made, err)
		}
	}
	if p, err := a.Authenticate(t.Context(), bearer(given.text), remote); err != nil || !p.Can(AdminWorkspace) {
		t.Errorf("given key: %+v, %v", p, err)
	}
	if _, err := a.Bootstrap(t.Context(), "change-me"); !errors.Is(err, catalog.ErrInvalid) {
		t.Errorf("a key of no shape: %v", err)
	}
}

func TestCreateRefuses(t *testing.T) {
	a, _, c := newAccess(t)
	for name, n := range map[string]NewKey{
		"no name":       {Scopes: []Scope{ReadCatalog}},
		"long name":     {Name: strings.Repeat("n", 201), Scopes: []Scope{ReadCatalog}},
		"no scope":      {Name: "x"},
		"unknown scope": {Name: "x", Scopes: []Scope{"write:everything"}},
		"public":        {Name: "x", Scopes: []Scope{Public}},
		"odd network":   {Name: "x", Scopes: []Scope{ReadCatalog}, CIDRs: []string{"10.0.0.0"}},
		"past":          {Name: "x", Scopes: []Scope{ReadCatalog}, ExpiresAt: c.at},
	} {
		if _, _, err := a.Create(t.Context(), System(catalog.DefaultWorkspace), n); !errors.Is(err, catalog.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDemoIsForLoopback(t *testing.T) {
	a, _, _ := newAccess(t, WithDemo())
	if p, err := a.Authenticate(t.Context(), http.Header{}, "127.0.0.1:5"); err != nil || p.Name != "demo" {
		t.Errorf("loopback: %+v, %v", p, err)
	}
	if _, err := a.Authenticate(t.Context(), http.Header{}, remote); !errors.Is(err, ErrMissing) {
		t.Errorf("from elsewhere: %v", err)
	}
	for _, header := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Via", "X-Real-IP", "CF-Connecting-IP"} {
		if _, err := a.Authenticate(t.Context(), http.Header{http.CanonicalHeaderKey(header): {"127.0.0.1"}}, "127.0.0.1:5"); !errors.Is(err, ErrMissing) {
			t.Errorf("through a proxy on this machine (%s): %v", header, err)
		}
	}
	plain, _, _ := newAccess(t)
	if _, err := plain.Authenticate(t.Context(), http.Header{}, "127.0.0.1:5"); !errors.Is(err, ErrMissing) {
		t.Errorf("loopback without demo: %v", err)
	}
}

// What a scope grants, spelled out.
func TestScopesGrant(t *testing.T) {
	grants := map[Scope][]Scope{
		ReadImports:        {ReadImports},
		WriteImports:       {ReadImports, WriteImports, RunSyncs},
		ReadCatalog:        {ReadCatalog},
		WriteCatalog:       {ReadCatalog, WriteCatalog},
		WriteLineage:       {WriteLineage},
		ReadIntegrations:   {ReadIntegrations},
		WriteIntegrations:  {ReadIntegrations, WriteIntegrations, RunSyncs},
		ManageIntegrations: {ReadIntegrations, WriteIntegrations, ManageIntegrations, RunSyncs},
		RunSyncs:           {RunSyncs},
		ReadAudit:          {ReadAudit},
		ReadMetrics:        {ReadMetrics},
		ReadMCP:            {ReadMCP},
		ReadArtifacts:      {ReadArtifacts},
		AdminWorkspace:     Scopes(),
	}
	for _, have := range Scopes() {
		for _, wanted := range Scopes() {
			want := slices.Contains(grants[have], wanted)
			if got := (Principal{Scopes: []Scope{have}}).Can(wanted); got != want {
				t.Errorf("%s for %s: %v", have, wanted, got)
			}
		}
	}
	if !(Principal{}).Can(Public) || (Principal{}).Can(ReadCatalog) {
		t.Error("a principal without scopes may do what is public, and nothing else")
	}
}
