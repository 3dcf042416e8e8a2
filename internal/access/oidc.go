package access

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// OIDCPath is where a provider sends people after its sign-in.
const OIDCPath = "/auth/oidc/callback"

// Names and life of the cookie that ties a sign-in at the provider to the browser that began it.
const (
	hostOIDCCookie  = "__Host-thalweg_oidc"
	plainOIDCCookie = "thalweg_oidc"
	oidcTime        = 10 * time.Minute
)

// ErrProvider is the error of a sign-in that the provider refused, or whose answer is not valid.
var ErrProvider = errors.New("single sign-on failed")

// OIDC is a provider of single sign-on by OpenID Connect.
type OIDC struct {
	Issuer       string
	ClientID     string
	ClientSecret string
	Role         Role         // of people who sign in the first time and were not added; "" = they are refused
	Client       *http.Client // nil: the default one
}

// WithOIDC lets people sign in at a provider. It is asked for its description at the first sign-in.
func WithOIDC(o OIDC) Option { return func(a *Access) { a.oidc = &provider{OIDC: o} } }

// HasOIDC reports whether people can sign in at a provider.
func (a *Access) HasOIDC() bool { return a.oidc != nil }

// provider is a provider with its description, once it has been read.
type provider struct {
	OIDC

	mu    sync.Mutex
	found *oidc.Provider
}

// algorithms are those of signatures that are accepted, whatever the provider or the token asks for.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

func (p *provider) context(ctx context.Context) context.Context {
	if p.Client == nil {
		return ctx
	}
	return oidc.ClientContext(ctx, p.Client)
}

// describe reads the description of the provider, until that has succeeded once. Its keys are read later, when they are
// needed, so they must not depend on the context of a request.
func (p *provider) describe(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	found, err := oidc.NewProvider(p.context(context.WithoutCancel(ctx)), p.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: description of %s: %w", ErrProvider, p.Issuer, err)
	}
	p.found = found
	return found, nil
}

func (a *Access) oauth(ctx context.Context) (*oauth2.Config, *oidc.Provider, error) {
	if a.oidc == nil {
		return nil, nil, fmt.Errorf("single sign-on: %w", catalog.ErrNotFound)
	}
	p, err := a.oidc.describe(ctx)
	if err != nil {
		return nil, nil, err
	}
	return &oauth2.Config{
		ClientID: a.oidc.ClientID, ClientSecret: a.oidc.ClientSecret, Endpoint: p.Endpoint(), RedirectURL: a.base + OIDCPath,
		Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}, p, nil
}

// derived returns a value that only the browser with a secret can have: the state, the nonce and the verifier of PKCE
// of a sign-in. So nothing of it has to be stored.
func derived(secret, purpose string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(purpose))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// BeginOIDC returns the address at the provider where a person signs in, and the cookie that the answer needs. next is
// the page to go to then.
func (a *Access) BeginOIDC(ctx context.Context, next string) (address, cookie string, err error) {
	config, _, err := a.oauth(ctx)
	if err != nil {
		return "", "", err
	}
	secret, err := a.newSecret()
	if err != nil {
		return "", "", err
	}
	address = config.AuthCodeURL(derived(secret, "state"), oidc.Nonce(derived(secret, "nonce")), oauth2.S256ChallengeOption(derived(secret, "verifier")))
	value := secret + "." + base64.RawURLEncoding.EncodeToString([]byte(SafeNext(next)))
	return address, a.oidcCookie(value, int(oidcTime.Seconds())), nil
}

func (a *Access) oidcCookie(value string, age int) string {
	return cookie(a.oidcName(), value, age, a.secure())
}

func (a *Access) oidcName() string {
	if a.secure() {
		return hostOIDCCookie
	}
	return plainOIDCCookie
}

// EndOIDC signs in the person that a provider answers with, and returns the page to go to. The answer must be for the
// browser that asked: ErrProvider otherwise. Somebody who was not added, where that is needed, is catalog.ErrForbidden.
func (a *Access) EndOIDC(ctx context.Context, v Visitor, header http.Header, answer url.Values) (signed Signed, next string, err error) {
	request := http.Request{Header: header}
	c, err := request.Cookie(a.oidcName())
	if err != nil {
		return Signed{}, "", fmt.Errorf("%w: the browser did not begin it, or longer than %s ago", ErrProvider, oidcTime)
	}
	secret, path, _ := strings.Cut(c.Value, ".")
	if len(secret) != cookieLength || subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(derived(secret, "state"))) != 1 {
		return Signed{}, "", fmt.Errorf("%w: the answer is not for this browser", ErrProvider)
	}
	if reason := answer.Get("error"); reason != "" {
		return Signed{}, "", fmt.Errorf("%w: the provider answered %.100q", ErrProvider, reason)
	}
	i, err := a.identity(ctx, answer.Get("code"), secret)
	if err != nil {
		return Signed{}, "", err
	}
	n, cookie, err := a.newSession(catalog.DefaultWorkspace, v, "oidc")
	if err != nil {
		return Signed{}, "", err
	}
	if n, err = a.keys.SignInAs(ctx, i, string(a.oidc.Role), n, hashOf(v.cookie), v.by()); err != nil {
		return Signed{}, "", err
	}
	a.forgetAll()
	plain, _ := base64.RawURLEncoding.DecodeString(path)
	return Signed{Session: n, Cookies: append(a.cookies(cookie, v.https), a.oidcCookie("", -1))}, SafeNext(string(plain)), nil
}

// identity exchanges a code for the identity of a person. The provider's signature, issuer, audience, time and nonce
// are checked.
func (a *Access) identity(ctx context.Context, code, secret string) (i store.Identity, err error) {
	config, p, err := a.oauth(ctx)
	if err != nil {
		return i, err
	}
	ctx = a.oidc.context(ctx)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(derived(secret, "verifier")))
	if err != nil {
		return i, fmt.Errorf("%w: code: %w", ErrProvider, err)
	}
	raw, _ := token.Extra("id_token").(string)
	verifier := p.VerifierContext(ctx, &oidc.Config{ClientID: config.ClientID, SupportedSigningAlgs: algorithms, Now: a.now})
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return i, fmt.Errorf("%w: token: %w", ErrProvider, err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(derived(secret, "nonce"))) != 1 {
		return i, fmt.Errorf("%w: the token is not for this sign-in", ErrProvider)
	}
	var claims struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
		Name     string `json:"name"`
	}
	if err := id.Claims(&claims); err != nil {
		return i, fmt.Errorf("%w: claims: %w", ErrProvider, err)
	}
	i = store.Identity{Issuer: id.Issuer, Subject: id.Subject, Name: claims.Name}
	role := string(Viewer)
	if i.Name == "" {
		i.Name = claims.Email
	}
	if claims.Verified && checkUser(&i.Name, &claims.Email, &role) == nil {
		i.Email = claims.Email
	}
	return i, nil
}
