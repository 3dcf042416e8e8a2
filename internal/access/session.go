package access

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// How long sessions last: without a request, and in any case.
const (
	IdleTime    = 12 * time.Hour
	SessionTime = 7 * 24 * time.Hour
)

// The names of the cookie. A browser takes the first one over https only, from this host alone; the second is for
// servers without TLS, as on this machine.
const (
	HostCookie  = "__Host-thalweg_session"
	PlainCookie = "thalweg_session"
)

// longestAgent is how much of a User-Agent is kept, in bytes.
const longestAgent = 200

// People stores what people sign in with; *store.Store implements it.
type People interface {
	LoginByEmail(ctx context.Context, ws int64, email string) (store.Login, error)
	Login(ctx context.Context, ws, user int64) (store.Login, error)
	SetPassword(ctx context.Context, ws, user int64, before, hash string, except int64, by store.By) error
	Rehash(ctx context.Context, ws, user int64, before, hash string) error

	BeginSession(ctx context.Context, n store.Session, ends [32]byte, by store.By) (store.Session, error)
	SessionByHash(ctx context.Context, hash [32]byte) (store.Session, error)
	EndSession(ctx context.Context, ws, user, id int64, by store.By) error
	EndSessions(ctx context.Context, ws, user, except int64, by store.By) (int64, error)
	TouchSessions(ctx context.Context, used map[int64]time.Time) error

	SomebodySignsIn(ctx context.Context, ws int64) (bool, error)
	PutLink(ctx context.Context, l store.Link, by store.By) (store.Link, error)
	LinkByHash(ctx context.Context, kind string, hash [32]byte) (store.Link, error)
	RevokeInvitation(ctx context.Context, ws, id int64, by store.By) error
	SetUp(ctx context.Context, link [32]byte, u store.User, hash string, n store.Session, by store.By) (store.Session, error)
	SignInAs(ctx context.Context, i store.Identity, role string, n store.Session, ends [32]byte, by store.By) (store.Session, error)
	AcceptInvitation(ctx context.Context, l store.Link, hash string, n store.Session, by store.By) (store.Session, error)
}

// cachedSession is what the store had of a session at a time.
type cachedSession struct {
	session store.Session
	found   bool
	at      time.Time
}

// Visitor is a client that has not proven who it is.
type Visitor struct {
	Address string
	Request string // its id

	agent  string
	cookie string // of the session that it may have
	https  bool   // its page was loaded by https
}

// NewVisitor returns the client of a request, by its headers, its address and the id of the request.
func (a *Access) NewVisitor(header http.Header, remote, request string) Visitor {
	cookie, _ := a.sessionCookie(header)
	origin, err := url.Parse(header.Get("Origin"))
	return Visitor{
		Address: addressOf(remote), Request: request, agent: shortAgent(header.Get("User-Agent")), cookie: cookie,
		https: err == nil && origin.Scheme == "https" || a.secure(),
	}
}

func (v Visitor) by() store.By { return store.By{Address: v.Address, Request: v.Request} }

func shortAgent(text string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(text[:min(len(text), longestAgent)], "\x00", ""), "")
}

// secure reports whether the server is reached by https only.
func (a *Access) secure() bool { return strings.HasPrefix(a.base, "https://") }

// sessionCookie returns the secret of the session that a request is part of. A server that is reached by https does
// not accept the cookie that a page without it, of this host or a neighbour, could have set.
func (a *Access) sessionCookie(header http.Header) (secret string, ok bool) {
	request := http.Request{Header: header}
	names := []string{HostCookie, PlainCookie}
	if a.secure() {
		names = names[:1]
	}
	for _, name := range names {
		if c, err := request.Cookie(name); err == nil && c.Value != "" {
			return c.Value, true
		}
	}
	return "", false
}

// Signed is a person who has signed in, with the cookies that prove it from then on.
type Signed struct {
	Session store.Session
	Cookies []string
}

// cookieLength is the length of the secret of a session or link: 32 bytes in base64url.
const cookieLength = 43

// newSecret draws 256 bits.
func (a *Access) newSecret() (string, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(a.random, b); err != nil {
		return "", fmt.Errorf("secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// hashOf returns the hash by which a secret is stored.
func hashOf(secret string) [32]byte { return sha256.Sum256([]byte(secret)) }

// newSession returns a session for a visitor, which is not stored yet, and its secret.
func (a *Access) newSession(ws int64, v Visitor, method string) (store.Session, string, error) {
	secret, err := a.newSecret()
	return store.Session{
		WS: ws, SecretHash: hashOf(secret), Method: method, Address: v.Address, Agent: v.agent, ExpiresAt: a.now().Add(SessionTime),
	}, secret, err
}

// begin signs a person in. The session is always a new one, and the one that the client had ends: what a client knew,
// or was given, before it signed in is worth nothing after.
func (a *Access) begin(ctx context.Context, v Visitor, ws, user int64, method string) (Signed, error) {
	n, secret, err := a.newSession(ws, v, method)
	if err != nil {
		return Signed{}, err
	}
	n.User.ID = user
	if n, err = a.keys.BeginSession(ctx, n, hashOf(v.cookie), v.by()); err != nil {
		return Signed{}, err
	}
	a.forgetAll()
	return Signed{Session: n, Cookies: a.cookies(secret, v.https)}, nil
}

// cookies returns the cookie of a session, and one that deletes what another session left under the other name.
func (a *Access) cookies(secret string, https bool) []string {
	name, other := PlainCookie, HostCookie
	if https {
		name, other = other, name
	}
	set := cookie(name, secret, int(SessionTime.Seconds()), https)
	if other == HostCookie {
		return []string{set} // without https a browser would not take it
	}
	return []string{set, deleted(other)}
}

// cookie returns a cookie that pages cannot read and that links of other sites send. age is in seconds, -1 deletes it.
func cookie(name, value string, age int, secure bool) string {
	//nolint:gosec // without TLS a browser would not take a Secure cookie
	c := http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	return c.String()
}

// deleted is the cookie that has a browser delete the one of a name.
func deleted(name string) string { return cookie(name, "", -1, name == HostCookie) }

// NoCookies has a browser delete the cookies of its session.
func NoCookies() []string { return []string{deleted(HostCookie), deleted(PlainCookie)} }

// ofSession returns the principal of the session that a request is part of.
func (a *Access) ofSession(ctx context.Context, header http.Header) (Principal, error) {
	secret, ok := a.sessionCookie(header)
	if !ok {
		return Principal{}, ErrMissing
	}
	s, err := a.session(ctx, secret)
	if err != nil {
		return Principal{}, err
	}
	a.mu.Lock()
	a.usedSessions[s.ID] = a.now()
	a.mu.Unlock()
	return principalOfSession(s), nil
}

func principalOfSession(s store.Session) Principal {
	return Principal{WS: s.WS, Session: s.ID, UserID: s.User.ID, Name: s.User.Name, Scopes: Role(s.User.Role).Scopes()}
}

// session returns the session with a secret; ErrSignedOut if there is none, or it has ended.
func (a *Access) session(ctx context.Context, secret string) (store.Session, error) {
	if len(secret) != cookieLength {
		return store.Session{}, fmt.Errorf("malformed cookie: %w", ErrSignedOut)
	}
	c, err := a.lookupSession(ctx, hashOf(secret))
	if err != nil {
		return store.Session{}, err
	}
	if !c.found || !a.lives(c.session) {
		return store.Session{}, fmt.Errorf("session: %w", ErrSignedOut)
	}
	return c.session, nil
}

// lives reports whether a session has not expired.
func (a *Access) lives(s store.Session) bool {
	a.mu.Lock()
	used := a.usedSessions[s.ID]
	a.mu.Unlock()
	if used.Before(s.UsedAt) {
		used = s.UsedAt
	}
	now := a.now()
	return now.Before(s.ExpiresAt) && now.Before(used.Add(IdleTime))
}

// lookupSession finds a session by its hash, in the cache if it is fresh. Hashes of no session are cached too.
func (a *Access) lookupSession(ctx context.Context, hash [32]byte) (cachedSession, error) {
	now := a.now()
	a.mu.Lock()
	c, ok := a.sessions[hash]
	a.mu.Unlock()
	if ok && now.Sub(c.at).Abs() < cacheFor {
		return c, nil
	}
	s, err := a.keys.SessionByHash(ctx, hash)
	if err != nil && !errors.Is(err, catalog.ErrNotFound) {
		return c, err
	}
	c = cachedSession{session: s, found: err == nil, at: now}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.sessions) >= cacheSize {
		clear(a.sessions)
	}
	a.sessions[hash] = c
	return c, nil
}

// SignOut ends the session of a visitor. Without one it does nothing.
func (a *Access) SignOut(ctx context.Context, v Visitor) error {
	s, err := a.session(ctx, v.cookie)
	if errors.Is(err, ErrSignedOut) {
		return nil
	}
	if err != nil {
		return err
	}
	p := principalOfSession(s)
	p.Address, p.Request = v.Address, v.Request
	if err := a.EndSession(ctx, p, s.ID); !errors.Is(err, catalog.ErrNotFound) {
		return err
	}
	return nil
}

// EndSession ends a session of the principal's person; catalog.ErrNotFound if it is not one of them.
func (a *Access) EndSession(ctx context.Context, by Principal, id int64) error {
	if by.Session == 0 {
		return fmt.Errorf("sessions are ended by sessions: %w", catalog.ErrForbidden)
	}
	defer a.forgetAll()
	return a.keys.EndSession(ctx, by.WS, by.UserID, id, by.By())
}

// EndSessions signs the principal's person out everywhere, except in the present session if keep.
func (a *Access) EndSessions(ctx context.Context, by Principal, keep bool) error {
	if by.Session == 0 {
		return fmt.Errorf("sessions are ended by sessions: %w", catalog.ErrForbidden)
	}
	except := int64(0)
	if keep {
		except = by.Session
	}
	defer a.forgetAll()
	_, err := a.keys.EndSessions(ctx, by.WS, by.UserID, except, by.By())
	return err
}
