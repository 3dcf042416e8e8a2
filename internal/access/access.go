package access

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// The errors of Authenticate.
var (
	// ErrMissing: the request carries no credentials.
	ErrMissing = errors.New("no credentials")
	// ErrUnknown: malformed, unknown, revoked or from a wrong address; the client
	// does not learn which.
	ErrUnknown = errors.New("unknown credentials")
	// ErrExpired: the key has expired.
	ErrExpired = errors.New("credentials expired")
	// ErrSignedOut: the session has ended.
	ErrSignedOut = errors.New("session ended")
)

const (
	// cacheFor bounds how long a revoked key still works elsewhere.
	cacheFor = 5 * time.Second
	// cacheSize bounds the number of cached keys.
	cacheSize = 4096
	// flushEvery is how often the time of the last use is stored.
	flushEvery = time.Minute
)

// Keys stores keys, people, sessions and the audit log; *store.Store implements it.
type Keys interface {
	PutKey(ctx context.Context, k store.Key, by store.By) (store.Key, error)
	KeyByID(ctx context.Context, publicID string) (store.Key, error)
	RevokeKey(ctx context.Context, ws, id int64, by store.By, check func(store.Key) error) error
	TouchKeys(ctx context.Context, used map[int64]time.Time) error
	CountKeys(ctx context.Context) (int64, error)

	User(ctx context.Context, ws, id int64) (store.User, error)
	CreateUser(ctx context.Context, ws int64, u store.User, by store.By) (store.User, error)
	UpdateUser(ctx context.Context, ws, id int64, patch store.UserPatch, by store.By) (store.User, error)
	RemoveUser(ctx context.Context, ws, id int64, by store.By, check func(store.User) error) error
	AppendAudit(ctx context.Context, ws int64, entries ...store.AuditEntry) error

	People
}

// Access authenticates requests. Safe for concurrent use.
type Access struct {
	keys   Keys
	now    func() time.Time
	random io.Reader
	demo   bool
	oidc   *provider // nil: none
	base   string    // address of the server in links, such as https://catalog.example.com

	failed   *failures[netip.Prefix] // by address
	accounts *failures[[32]byte]     // by the hash of an e-mail address
	pairs    *failures[[32]byte]     // by the hash of both, whatever was valid before
	hashing  chan struct{}           // one for each password that is being hashed

	signIns signIns

	mu           sync.Mutex
	cache        map[string]cached // by public id
	used         map[int64]time.Time
	sessions     map[[32]byte]cachedSession // by the hash of the cookie
	usedSessions map[int64]time.Time
}

type cached struct {
	key   store.Key
	found bool
	at    time.Time
}

// Option configures an Access.
type Option func(*Access)

// WithDemo lets requests from loopback without credentials pass as Demo.
func WithDemo() Option { return func(a *Access) { a.demo = true } }

// IsDemo reports whether this is the demonstration.
func (a *Access) IsDemo() bool { return a.demo }

// WithBase sets the address of the server, such as https://catalog.example.com, for links and cookies: those of an
// address with https are sent to no other one.
func WithBase(address string) Option {
	return func(a *Access) { a.base = strings.TrimSuffix(address, "/") }
}

// WithFailureLimit sets the limit of attempts with invalid credentials, by address and by account.
func WithFailureLimit(limit FailureLimit) Option {
	return func(a *Access) {
		a.failed, a.accounts, a.pairs = newFailures[netip.Prefix](limit), newFailures[[32]byte](limit), newFailures[[32]byte](limit)
	}
}

// New makes an Access over stored keys; now and random are the clock and the
// source of randomness (crypto/rand.Reader).
func New(keys Keys, now func() time.Time, random io.Reader, options ...Option) *Access {
	a := &Access{
		keys: keys, now: now, random: random, hashing: make(chan struct{}, hashedAtOnce),
		cache: map[string]cached{}, used: map[int64]time.Time{},
		sessions: map[[32]byte]cachedSession{}, usedSessions: map[int64]time.Time{},
	}
	WithFailureLimit(DefaultFailureLimit())(a)
	for _, option := range options {
		option(a)
	}
	return a
}

// Authenticate returns the principal of a request, by its headers and the address of its client, with or without
// port. `Authorization: Bearer` takes precedence over `X-API-Key`, and a key over the cookie of a session. Errors wrap
// ErrMissing, ErrUnknown, ErrExpired, ErrSignedOut, are a *LimitedError or are the store's.
func (a *Access) Authenticate(ctx context.Context, header http.Header, remote string) (Principal, error) {
	text, ok := credentials(header)
	if !ok {
		return a.withoutKey(ctx, header, remote)
	}
	t, _ := parseToken(text)
	from, now := networkOf(remote), a.now()
	if err := a.failed.allow(from, t.hash(), now); err != nil {
		return Principal{}, err
	}
	p, err := a.authenticate(ctx, t, remote)
	switch {
	case err == nil:
		if a.failed.succeeded(from, t.hash()) {
			a.signedIn(p, remote)
		}
	case errors.Is(err, ErrUnknown):
		if a.failed.failed(from, t.hash(), now) {
			a.locked(remote)
		}
	}
	return p, err
}

// withoutKey returns the principal of a session, or of the demonstration.
func (a *Access) withoutKey(ctx context.Context, header http.Header, remote string) (Principal, error) {
	p, err := a.ofSession(ctx, header)
	if refused := errors.Is(err, ErrMissing) || errors.Is(err, ErrSignedOut); refused && a.demo && isLoopback(remote) && !forwarded(header) {
		return Demo(), nil // a cookie may be that of another server on this machine
	}
	return p, err
}

// authenticate returns the principal of a key; the zero token is a malformed one.
func (a *Access) authenticate(ctx context.Context, t token, remote string) (Principal, error) {
	if t.publicID == "" {
		return Principal{}, fmt.Errorf("malformed key: %w", ErrUnknown)
	}
	key, found, err := a.lookup(ctx, t.publicID)
	if err != nil {
		return Principal{}, err
	}
	return a.verify(t, key, found, remote)
}

// verify compares in constant time, with zeros if the key is unknown: no sha256
// is all zeros.
func (a *Access) verify(t token, key store.Key, found bool, remote string) (Principal, error) {
	hash := t.hash()
	same := subtle.ConstantTimeCompare(hash[:], key.SecretHash[:]) == 1
	now := a.now()
	switch {
	case !same || !found || !key.RevokedAt.IsZero(), key.User != nil && key.User.Role == "":
		return Principal{}, fmt.Errorf("key %s: %w", t.publicID, ErrUnknown)
	case !allowedFrom(key.CIDRs, remote):
		return Principal{}, fmt.Errorf("key %s from %s: %w", key.PublicID, remote, ErrUnknown)
	case !key.ExpiresAt.IsZero() && !now.Before(key.ExpiresAt):
		return Principal{}, fmt.Errorf("key %s: %w", key.PublicID, ErrExpired)
	}
	a.mu.Lock()
	a.used[key.ID] = now
	a.mu.Unlock()
	return principalOf(key), nil
}

func principalOf(key store.Key) Principal {
	p := Principal{WS: key.WS, KeyID: key.ID, Name: key.Name, Schemas: key.SchemaIDs, CIDRs: key.CIDRs, ExpiresAt: key.ExpiresAt}
	for _, s := range key.Scopes {
		p.Scopes = append(p.Scopes, Scope(s))
	}
	if key.User != nil {
		p.UserID, p.Name = key.User.ID, key.User.Name
		p.Scopes = Role(key.User.Role).limit(p.Scopes)
	}
	return p
}

// credentials returns the key that a request carries.
func credentials(header http.Header) (string, bool) {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(header.Get("Authorization")), " ")
	if strings.EqualFold(scheme, "bearer") {
		return strings.TrimSpace(rest), true
	}
	if key := strings.TrimSpace(header.Get("X-API-Key")); key != "" {
		return key, true
	}
	// Credentials of another scheme are invalid, not missing.
	return "", scheme != ""
}

// forwarded reports whether a proxy passed the request on: its sender is then not on this machine, whatever the address
// of the connection is.
func forwarded(header http.Header) bool {
	for name := range header {
		if strings.HasPrefix(name, "X-Forwarded") || slices.Contains(proxyHeaders, name) {
			return true
		}
	}
	return false
}

// proxyHeaders are the headers besides X-Forwarded-… that only proxies and tunnels add.
var proxyHeaders = []string{
	"Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "X-Original-Forwarded-For", "X-Envoy-External-Address",
	"Cf-Connecting-Ip", "Cf-Ray", "Fastly-Client-Ip", "Fly-Client-Ip", "True-Client-Ip",
}

// lookup finds a key by its public id, in the cache if it is fresh. Unknown
// keys are cached too.
func (a *Access) lookup(ctx context.Context, publicID string) (store.Key, bool, error) {
	now := a.now()
	a.mu.Lock()
	c, ok := a.cache[publicID]
	a.mu.Unlock()
	if ok && now.Sub(c.at).Abs() < cacheFor { // a clock that was set back keeps nothing
		return c.key, c.found, nil
	}
	key, err := a.keys.KeyByID(ctx, publicID)
	if err != nil && !errors.Is(err, catalog.ErrNotFound) {
		return store.Key{}, false, fmt.Errorf("key %s: %w", publicID, err)
	}
	a.remember(publicID, cached{key: key, found: err == nil, at: now})
	return key, err == nil, nil
}

func (a *Access) remember(publicID string, c cached) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.cache) >= cacheSize {
		clear(a.cache)
	}
	a.cache[publicID] = c
}

func (a *Access) forgetAll() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.cache)
	clear(a.sessions)
}

// Run stores the times of last use and the sign-ins once a minute, and once more at the end.
func (a *Access) Run(ctx context.Context) error {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return a.Flush(context.WithoutCancel(ctx))
		case <-tick.C:
			if err := a.Flush(ctx); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}

// Flush stores the times of last use and the sign-ins that only this process has. If
// that fails, they are kept for the next call.
func (a *Access) Flush(ctx context.Context) error {
	return errors.Join(a.flushUsed(ctx), a.flushSessions(ctx), a.flushSignIns(ctx))
}

func (a *Access) flushUsed(ctx context.Context) error {
	return a.flush(ctx, "keys", &a.used, a.keys.TouchKeys)
}

func (a *Access) flushSessions(ctx context.Context) error {
	return a.flush(ctx, "sessions", &a.usedSessions, a.keys.TouchSessions)
}

// flush stores times of last use. If that fails, they are kept for the next call.
func (a *Access) flush(ctx context.Context, of string, times *map[int64]time.Time, touch func(context.Context, map[int64]time.Time) error) error {
	a.mu.Lock()
	used := *times
	*times = map[int64]time.Time{}
	a.mu.Unlock()
	if len(used) == 0 {
		return nil
	}
	err := touch(ctx, used)
	if err == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, at := range used {
		if (*times)[id].Before(at) {
			(*times)[id] = at
		}
	}
	return fmt.Errorf("last use of %d %s: %w", len(used), of, err)
}

// allowedFrom reports whether a remote address is within one of the networks;
// without networks every address is allowed.
func allowedFrom(cidrs []string, remote string) bool {
	if len(cidrs) == 0 {
		return true
	}
	addr, ok := remoteAddr(remote)
	return ok && slices.ContainsFunc(cidrs, func(cidr string) bool {
		network, err := parseNetwork(cidr)
		return err == nil && network.Contains(addr)
	})
}

func isLoopback(remote string) bool {
	addr, ok := remoteAddr(remote)
	return ok && addr.IsLoopback()
}

func remoteAddr(remote string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(remote); err == nil {
		return ap.Addr().Unmap(), true
	}
	addr, err := netip.ParseAddr(remote)
	return addr.Unmap(), err == nil
}
