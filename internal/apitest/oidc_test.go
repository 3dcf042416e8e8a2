package apitest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/store"
)

// provider is an OpenID Connect server: it asks nobody and answers with claims.
type provider struct {
	*httptest.Server
	key    *rsa.PrivateKey
	now    func() time.Time
	claims map[string]any                     // added to those that a token needs
	forge  func(claims map[string]any) string // signs a token instead of the provider
	codes  map[string]url.Values              // of the requests that they were given for
}

func newProvider(t *testing.T, now func() time.Time) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: key, now: now, codes: map[string]url.Values{}, claims: map[string]any{"sub": "s-1", "email": "cleo@example.com", "email_verified": true, "name": "Cleo"}}
	rest := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k", Algorithm: oidc.RS256}}}
	mux := http.NewServeMux()
	mux.Handle("/", rest)
	mux.HandleFunc("GET /auth", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(mux)
	rest.SetIssuer(p.URL)
	t.Cleanup(p.Close)
	return p
}

// authorize signs everybody in and leads back with a code.
func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	code := rand.Text()
	p.codes[code] = q
	back := q.Get("redirect_uri") + "?" + url.Values{"code": {code}, "state": {q.Get("state")}, "session_state": {"x"}}.Encode()
	http.Redirect(w, r, back, http.StatusFound)
}

// token exchanges a code once, for who can prove that it asked for it.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	asked, ok := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	id, secret, _ := r.BasicAuth()
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	proven := asked.Get("code_challenge_method") == "S256" && asked.Get("code_challenge") == base64.RawURLEncoding.EncodeToString(sum[:])
	if !ok || !proven || id != "thalweg" || secret != "hush" || r.FormValue("redirect_uri") != asked.Get("redirect_uri") {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	claims := map[string]any{"iss": p.URL, "aud": "thalweg", "exp": p.now().Add(time.Hour).Unix(), "iat": p.now().Unix(), "nonce": asked.Get("nonce")}
	for name, value := range p.claims {
		claims[name] = value
	}
	sign := p.forge
	if sign == nil {
		sign = func(claims map[string]any) string {
			return oidctest.SignIDToken(p.key, "k", oidc.RS256, claimsText(claims))
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": sign(claims)})
}

func claimsText(claims map[string]any) string {
	b, _ := json.Marshal(claims)
	return string(b)
}

// withProvider starts a server with single sign-on.
func withProvider(t *testing.T, role access.Role, open OpenStore) (*Server, *provider) {
	t.Helper()
	p := newProvider(t, time.Now)
	s := Start(t, Options{NoWorker: true, Store: open, Base: "http://catalog.example.com", OIDC: &access.OIDC{Issuer: p.URL, ClientID: "thalweg", ClientSecret: "hush", Role: role, Client: p.Client()}})
	return s, p
}

// begun begins a sign-in and returns the browser's cookie and the answer of the provider, a path of the server.
func (s *Server) begun(t *testing.T, p *provider, next string) (cookie, answer string) {
	t.Helper()
	r := s.Get(t, "/auth/oidc?next="+url.QueryEscape(next), "")
	if r.Status != 303 || r.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	client := *p.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.Header.Get("Location"), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil || back.Host != "catalog.example.com" {
		t.Fatalf("back to %s, %v", back, err)
	}
	return r.Cookie(), back.RequestURI()
}

func TestSingleSignOn(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]OpenStore{"sqlite": nil, "postgres": OnPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, p := withProvider(t, access.Viewer, open)
			if r := s.Get(t, "/api/v1/auth", ""); r.At(t, "data.attributes.oidc") != "/auth/oidc" {
				t.Errorf("%s", r.Body)
			}
			cookie, answer := s.begun(t, p, "/n/model.shop.orders?tab=code")
			in := s.Get(t, answer, "", "Cookie", cookie)
			if in.Status != 303 || in.Header.Get("Location") != "/n/model.shop.orders?tab=code" {
				t.Fatalf("%d to %s", in.Status, in.Header.Get("Location"))
			}
			me := s.Get(t, "/api/v1/me", "", "Cookie", in.Cookie())
			if me.At(t, "data.id") != "USR-1" || me.At(t, "data.attributes.role") != "viewer" || me.At(t, "data.attributes.name") != "Cleo" || me.At(t, "data.attributes.has_password") != false {
				t.Errorf("%s", me.Body)
			}
			if r := s.Get(t, "/api/v1/auth", ""); r.At(t, "data.attributes.setup_needed") != false {
				t.Error("somebody can sign in, and the setup goes on")
			}
			// The person stays the same with another address and name.
			p.claims["email"], p.claims["name"] = "other@example.com", "Other"
			cookie, answer = s.begun(t, p, "")
			again := s.Get(t, answer, "", "Cookie", cookie)
			if r := s.Get(t, "/api/v1/me", "", "Cookie", again.Cookie()); again.Header.Get("Location") != "/" || r.At(t, "data.id") != "USR-1" || r.At(t, "data.attributes.email") != "cleo@example.com" {
				t.Errorf("%s", r.Body)
			}
		})
	}
}

// People who were not added are refused unless new ones have a role; one who was added signs in by the verified address.
func TestSingleSignOnOfPeopleWhoWereAdded(t *testing.T) {
	t.Parallel()
	s, p := withProvider(t, "", nil)
	refused := func(what string) {
		t.Helper()
		cookie, answer := s.begun(t, p, "/")
		if r := s.Get(t, answer, "", "Cookie", cookie); r.Status != 303 || r.Header.Get("Location") != "/sign-in?problem=not-invited" || r.Cookie() != "" {
			t.Errorf("%s: %d to %s", what, r.Status, r.Header.Get("Location"))
		}
	}
	refused("nobody added")
	if _, err := s.Access.CreateUser(t.Context(), access.System(1), store.User{Name: "Cleo", Email: "Cleo@example.com", Role: "editor"}); err != nil {
		t.Fatal(err)
	}
	p.claims["email_verified"] = false
	refused("an address that was not verified")
	p.claims["email_verified"] = true
	cookie, answer := s.begun(t, p, "/")
	in := s.Get(t, answer, "", "Cookie", cookie)
	if me := s.Get(t, "/api/v1/me", "", "Cookie", in.Cookie()); me.Status != 200 || me.At(t, "data.attributes.role") != "editor" {
		t.Errorf("%d %s", me.Status, me.Body)
	}
}

// Answers that are not the provider's to this browser sign nobody in (B13).
func TestForgedAnswersOfAProvider(t *testing.T) {
	t.Parallel()
	s, p := withProvider(t, access.Viewer, nil)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	unsigned := func(header string) func(map[string]any) string {
		return func(claims map[string]any) string {
			b64 := base64.RawURLEncoding.EncodeToString
			return b64([]byte(header)) + "." + b64([]byte(claimsText(claims))) + "."
		}
	}
	changed := func(name string, value any) func(map[string]any) string {
		return func(claims map[string]any) string {
			claims[name] = value
			return oidctest.SignIDToken(p.key, "k", oidc.RS256, claimsText(claims))
		}
	}
	for name, forge := range map[string]func(map[string]any) string{
		"no signature": unsigned(`{"alg":"none"}`),
		"HMAC": func(c map[string]any) string {
			return oidctest.SignIDToken(p.key.N.Bytes(), "k", "HS256", claimsText(c))
		},
		"another key": func(c map[string]any) string { return oidctest.SignIDToken(other, "k", oidc.RS256, claimsText(c)) },
		"key by address": func(c map[string]any) string {
			return unsigned(`{"alg":"RS256","jku":"https://evil.example/keys"}`)(c) + "x"
		},
		"audience": changed("aud", "another"),
		"issuer":   changed("iss", "https://evil.example"),
		"nonce":    changed("nonce", "n"),
		"expired":  changed("exp", time.Now().Add(-time.Hour).Unix()),
		"no token": func(map[string]any) string { return "" },
	} {
		p.forge = forge
		cookie, answer := s.begun(t, p, "/")
		s.signsNobodyIn(t, name, s.Get(t, answer, "", "Cookie", cookie))
	}
	p.forge = nil
	cookie, answer := s.begun(t, p, "/")
	s.signsNobodyIn(t, "another browser", s.Get(t, answer, ""))
	foreign, _ := s.begun(t, p, "/")
	s.signsNobodyIn(t, "the cookie of another sign-in", s.Get(t, answer, "", "Cookie", foreign))
	s.signsNobodyIn(t, "another state", s.Get(t, answer+"x", "", "Cookie", cookie))
	s.signsNobodyIn(t, "refused there", s.Get(t, access.OIDCPath+"?error=access_denied&state="+url.QueryEscape(stateOfAnswer(t, answer)), "", "Cookie", cookie))
	if r := s.Get(t, answer, "", "Cookie", cookie); r.Header.Get("Location") != "/" {
		t.Fatalf("the true answer: %s", r.Header.Get("Location"))
	}
	s.signsNobodyIn(t, "the same answer again", s.Get(t, answer, "", "Cookie", cookie))
}

func stateOfAnswer(t *testing.T, answer string) string {
	t.Helper()
	u, err := url.Parse(answer)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("state")
}

func (s *Server) signsNobodyIn(t *testing.T, what string, r Reply) {
	t.Helper()
	if r.Status != 303 || r.Header.Get("Location") != "/sign-in?problem=single-sign-on-failed" || strings.Contains(fmt.Sprint(r.Header), "thalweg_session") {
		t.Errorf("%s: %d %v", what, r.Status, r.Header)
	}
}

// A page to go to that is elsewhere is not followed.
func TestSingleSignOnLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	s, p := withProvider(t, access.Viewer, nil)
	for _, next := range []string{"//evil.example", `https:/\evil.example`, "https://evil.example/", `/\evil.example`} {
		cookie, answer := s.begun(t, p, next)
		if r := s.Get(t, answer, "", "Cookie", cookie); r.Header.Get("Location") != "/" {
			t.Errorf("%s: to %s", next, r.Header.Get("Location"))
		}
	}
}
