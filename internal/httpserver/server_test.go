package httpserver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/thalweg-data/thalweg/internal/access"
)

// bearers knows principals by their bearer, and remembers the addresses that they came from.
type bearers struct {
	principals map[string]access.Principal
	remotes    []string
}

func (b *bearers) Authenticate(_ context.Context, header http.Header, remote string) (access.Principal, error) {
	b.remotes = append(b.remotes, remote)
	text := strings.TrimPrefix(header.Get("Authorization"), "Bearer ")
	if text == "" && header.Get("Demo") == "" {
		return access.Principal{}, access.ErrMissing
	}
	p, ok := b.principals[text]
	if !ok {
		return access.Principal{}, access.ErrUnknown
	}
	return p, nil
}

func newTestServer(t *testing.T, change func(*Config)) (*Server, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	cfg := Config{
		Access: &bearers{principals: map[string]access.Principal{
			"reader":  {KeyID: 1, Name: "ana", Scopes: []access.Scope{access.ReadCatalog}},
			"monitor": {KeyID: 2, Name: "prometheus", Scopes: []access.Scope{access.ReadMetrics}},
			"":        {Name: "demo", Scopes: []access.Scope{access.AdminWorkspace}},
		}},
		Log: slog.New(slog.NewTextHandler(&log, nil)), Now: time.Now, Version: "test",
	}
	if change != nil {
		change(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s, &log
}

func serve(t *testing.T, s *Server) http.Handler {
	t.Helper()
	h, err := s.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(t *testing.T, h http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func text(body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
}

// A route without a scope, and one that is served twice, stop the start.
func TestRoutesThatStopTheStart(t *testing.T) {
	s, _ := newTestServer(t, nil)
	s.Handle(Route{Method: "GET", Path: "/api/v1/open", Handler: text("")})
	Register(s, Operation{Method: "GET", Path: "/api/v1/forgotten", ID: "forgotten"}, func(context.Context, access.Principal, *struct{}) (*Body[int], error) {
		return Reply(1), nil
	})
	s.Handle(Route{Method: "GET", Path: "/api/v1/twice", Scope: access.ReadCatalog, Handler: text("")})
	s.Handle(Route{Method: "GET", Path: "/api/v1/twice", Scope: access.ReadCatalog, Handler: text("")})
	_, err := s.Handler()
	for _, want := range []string{"GET /api/v1/open has no scope", "GET /api/v1/forgotten has no scope", "GET /api/v1/twice is served twice"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %q", err, want)
		}
	}
	if n := len(s.router.routes); n != 1 {
		t.Errorf("%d routes are served", n)
	}
}

// A route of the API without a description stops the start.
func TestUndescribedRoute(t *testing.T) {
	s, _ := newTestServer(t, nil)
	s.Handle(Route{Method: "GET", Path: "/page", Scope: access.Public, Handler: text("")})
	s.Handle(Route{Method: "GET", Path: "/api/v1/plain", Scope: access.ReadCatalog, Handler: text("")})
	if err := s.Describe(); err == nil || err.Error() != "route GET /api/v1/plain is not described" {
		t.Errorf("error %v", err)
	}
}

// The scope of a route is what its guard asks for and what the OpenAPI document says.
func TestScopeOfARoute(t *testing.T) {
	s, _ := newTestServer(t, nil)
	s.Handle(Route{Method: "GET", Path: "/api/v1/a", Scope: access.ReadCatalog, Handler: text("a"), Operation: &huma.Operation{OperationID: "a"}, Aliases: []string{"/a"}})
	Register(s, Operation{Method: "POST", Path: "/api/v1/b", Scope: access.WriteCatalog, ID: "b"}, func(context.Context, access.Principal, *struct{}) (*Body[int], error) {
		return Reply(1), nil
	})
	if err := s.Describe(); err != nil {
		t.Fatal(err)
	}
	h := serve(t, s)
	for _, tt := range []struct {
		method, path, key string
		status            int
	}{
		{"GET", "/api/v1/a", "", 401},
		{"GET", "/api/v1/a", "stranger", 401},
		{"GET", "/api/v1/a", "reader", 200},
		{"GET", "/a", "reader", 200},
		{"GET", "/a", "monitor", 403},
		{"POST", "/api/v1/b", "reader", 403},
		{"GET", "/api/v1/openapi.json", "", 200},
	} {
		header := []string{}
		if tt.key != "" {
			header = []string{"Authorization", "Bearer " + tt.key}
		}
		if w := get(t, h, tt.method, tt.path, header...); w.Code != tt.status {
			t.Errorf("%s %s as %q: %d, want %d: %s", tt.method, tt.path, tt.key, w.Code, tt.status, w.Body)
		}
	}
	var document struct {
		Paths map[string]map[string]struct {
			Security []map[string][]string `json:"security"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(get(t, h, "GET", "/api/v1/openapi.json").Body.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	if got := document.Paths["/api/v1/b"]["post"].Security; len(got) != 3 || len(got[2]["session"]) != 1 || got[0]["bearer"][0] != string(access.WriteCatalog) {
		t.Errorf("described security %v", got)
	}
}

// Who may read /metrics is what its scope says; with none mounted there is no such path.
func TestMetrics(t *testing.T) {
	for _, tt := range []struct {
		scope access.Scope
		key   string
		want  int
	}{
		{access.ReadMetrics, "", 401},
		{access.ReadMetrics, "reader", 403},
		{access.ReadMetrics, "monitor", 200},
		{access.Public, "", 200},
		{"", "monitor", 404},
	} {
		s, _ := newTestServer(t, nil)
		if tt.scope != "" {
			s.Metrics(text("up 1"), tt.scope)
		}
		header := []string{}
		if tt.key != "" {
			header = []string{"Authorization", "Bearer " + tt.key}
		}
		if w := get(t, serve(t, s), "GET", "/metrics", header...); w.Code != tt.want {
			t.Errorf("scope %q as %q: %d, want %d", tt.scope, tt.key, w.Code, tt.want)
		}
	}
}

func TestHealth(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, err := range []error{nil, broken} {
		s, log := newTestServer(t, func(c *Config) { c.Loopback = true })
		s.Health(Check{Name: "store", Run: func(context.Context) error { return nil }}, Check{Name: "blobs", Run: func(context.Context) error { return err }})
		h := serve(t, s)
		for _, path := range []string{"/livez", "/livez/", "/healthcheck", "/healthcheck/", "/api/v1/healthcheck", "/api/v1/healthcheck/"} {
			if w := get(t, h, "GET", path, "Host", "10.0.0.1"); w.Code != 200 || w.Header().Get("Content-Type") != "application/json" {
				t.Errorf("%s: %d %v", path, w.Code, w.Header())
			}
		}
		want, body := 200, `{"status":"ok","checks":{"blobs":"ok","store":"ok"}}`
		if err != nil {
			want, body = 503, `{"status":"failing","checks":{"blobs":"failing","store":"ok"}}`
		}
		if w := get(t, h, "GET", "/readyz"); w.Code != want || strings.TrimSpace(w.Body.String()) != body {
			t.Errorf("/readyz: %d %s", w.Code, w.Body)
		}
		if err != nil && !strings.Contains(log.String(), "disk on fire") {
			t.Errorf("the log does not say why: %s", log)
		}
	}
}

func TestPolicyPerMount(t *testing.T) {
	s, _ := newTestServer(t, nil)
	s.Mount("/", Policy{ContentSecurity: "default-src 'self'", Cache: "no-store", Unknown: text("page")})
	s.Mount("/api", APIPolicy())
	s.Handle(Route{Method: "GET", Path: "/api/v1/a", Scope: access.Public, Handler: text("a")})
	h := serve(t, s)
	page, api := "default-src 'self'", APIPolicy().ContentSecurity
	for _, tt := range []struct {
		method, path, policy, cache string
		status                      int
		body                        string
	}{
		{"GET", "/", page, "no-store", 200, "page"},
		{"GET", "/assets/TBL-1", page, "no-store", 200, "page"},
		{"HEAD", "/assets/TBL-1", page, "no-store", 200, "page"},
		{"POST", "/assets/TBL-1", page, "no-store", 404, "not-found"},
		{"GET", "/apiary", page, "no-store", 200, "page"},
		{"GET", "/api", api, "private, no-cache", 404, "not-found"},
		{"GET", "/api/v1/a", api, "private, no-cache", 200, "a"},
		{"POST", "/api/v1/a", api, "private, no-cache", 405, "method-not-allowed"},
		{"GET", "/api/v1/unknown", api, "private, no-cache", 404, "not-found"},
	} {
		w := get(t, h, tt.method, tt.path)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) {
			t.Errorf("%s %s: %d %s", tt.method, tt.path, w.Code, w.Body)
		}
		if got := w.Header(); got.Get("Content-Security-Policy") != tt.policy || got.Get("Cache-Control") != tt.cache || got.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s: headers %v", tt.method, tt.path, got)
		}
		if tt.status >= 400 && w.Header().Get("Content-Type") != problemMedia {
			t.Errorf("%s %s: a reply of %s", tt.method, tt.path, w.Header().Get("Content-Type"))
		}
	}
}

// Keys and the log see the client behind a trusted proxy, and the peer itself where the header is anybody's.
func TestClientAddressReachesKeysAndLog(t *testing.T) {
	for _, tt := range []struct{ trusted, want string }{{"192.0.2.0/24", "203.0.113.9"}, {"10.0.0.0/8", "192.0.2.1"}} {
		s, log := newTestServer(t, func(c *Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix(tt.trusted)} })
		s.Handle(Route{Method: "GET", Path: "/a", Scope: access.ReadCatalog, Handler: text("a")})
		// httptest's requests come from 192.0.2.1.
		get(t, serve(t, s), "GET", "/a", "Authorization", "Bearer reader", "X-Forwarded-For", "203.0.113.9")
		if got := s.cfg.Access.(*bearers).remotes; len(got) != 1 || got[0] != tt.want {
			t.Errorf("trusting %s: keys see %v, want %s", tt.trusted, got, tt.want)
		}
		if !strings.Contains(log.String(), "client="+tt.want+" ") {
			t.Errorf("trusting %s: logged %s", tt.trusted, log)
		}
	}
}

// A page of another origin cannot make a browser write, and where no key is asked for it cannot read either.
func TestPagesOfOtherOrigins(t *testing.T) {
	s, _ := newTestServer(t, nil)
	s.cfg.Access.(*bearers).principals["writer"] = access.Principal{KeyID: 3, Scopes: []access.Scope{access.WriteCatalog}}
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		s.Handle(Route{Method: method, Path: "/a", Scope: access.WriteCatalog, Handler: text("a")})
	}
	h := serve(t, s)
	key, demo := []string{"Authorization", "Bearer writer"}, []string{"Demo", "1"}
	for _, tt := range []struct {
		header        []string
		reads, writes int // status without a key
		withKey       int // status of a write with one
	}{
		{nil, 200, 200, 200},
		{[]string{"Origin", "http://example.com"}, 200, 200, 200}, // the name under which httptest asks
		{[]string{"Sec-Fetch-Site", "same-origin"}, 200, 200, 200},
		{[]string{"Sec-Fetch-Site", "none"}, 200, 200, 200},
		{[]string{"Origin", "https://evil.example"}, 403, 403, 403},
		{[]string{"Origin", "http://example.com.evil.example"}, 403, 403, 403},
		{[]string{"Origin", "null"}, 403, 403, 403},
		{[]string{"Sec-Fetch-Site", "cross-site"}, 403, 403, 403},
		{[]string{"Sec-Fetch-Site", "same-site"}, 403, 403, 403},
		{[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script"}, 403, 403, 403},
		{[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200, 403, 403},
	} {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			want, withKey := tt.writes, tt.withKey
			if method == "GET" {
				want, withKey = tt.reads, 200
			}
			w := get(t, h, method, "/a", append(slices.Clone(demo), tt.header...)...)
			if w.Code != want || want == 403 && !strings.Contains(w.Body.String(), "cross-origin") {
				t.Errorf("%s %v without a key: %d %s", method, tt.header, w.Code, w.Body)
			}
			if w := get(t, h, method, "/a", append(slices.Clone(key), tt.header...)...); w.Code != withKey {
				t.Errorf("%s %v with a key: %d, want %d", method, tt.header, w.Code, withKey)
			}
		}
	}
}

// A body says that it is JSON, on every route and method that may change something. Other routes check their own.
func TestBodiesSayWhatTheyAre(t *testing.T) {
	s, _ := newTestServer(t, nil)
	s.cfg.Access.(*bearers).principals["writer"] = access.Principal{KeyID: 3, Scopes: []access.Scope{access.WriteCatalog}}
	type input struct{ Body map[string]string }
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		Register(s, Operation{Method: method, Path: "/json", Scope: access.WriteCatalog, ID: method}, func(context.Context, access.Principal, *input) (*Body[int], error) {
			return Reply(1), nil
		})
		Register(s, Operation{Method: method, Path: "/bare", Scope: access.WriteCatalog, ID: method + "-bare"}, func(context.Context, access.Principal, *struct{}) (*Body[int], error) {
			return Reply(1), nil
		})
	}
	s.Handle(Route{Method: "POST", Path: "/form", Scope: access.WriteCatalog, Handler: text("a"), Operation: &huma.Operation{
		OperationID: "form", RequestBody: &huma.RequestBody{Content: map[string]*huma.MediaType{"multipart/form-data": {}}},
	}})
	h := serve(t, s)
	send := func(method, path, media, body string) int {
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer writer")
		if media != "" {
			r.Header.Set("Content-Type", media)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code == 415 && !strings.Contains(w.Body.String(), string(CodeUnsupportedMediaType)) {
			t.Errorf("%s %s: %s", method, path, w.Body)
		}
		return w.Code
	}
	for media, want := range map[string]int{
		"application/json": 200, "application/json; charset=utf-8": 200, "Application/JSON;charset=UTF-8": 200,
		"": 415, "text/plain": 415, "text/plain; application/json": 415, "application/x-www-form-urlencoded": 415, "multipart/form-data; boundary=b": 415,
		"application/json; charset=utf-16": 415, "application/jsonx": 415, "json": 415, ";": 415,
	} {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			for _, path := range []string{"/json", "/bare"} {
				if got := send(method, path, media, "{}"); got != want {
					t.Errorf("%s %s as %q: %d, want %d", method, path, media, got, want)
				}
			}
			if got := send(method, "/bare", media, ""); got != 200 {
				t.Errorf("%s without a body as %q: %d", method, media, got)
			}
		}
	}
	if got := send("POST", "/form", "multipart/form-data; boundary=b", "--b--"); got != 200 {
		t.Errorf("a form: %d", got)
	}
}

func TestPanicBecomesAProblem(t *testing.T) {
	s, log := newTestServer(t, nil)
	s.Handle(Route{Method: "GET", Path: "/a", Scope: access.Public, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret") })})
	w := get(t, serve(t, s), "GET", "/a", "X-Request-Id", "id-7")
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), `"request_id":"id-7"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "secret") || !strings.Contains(log.String(), "id-7") {
		t.Errorf("logged %s", log)
	}
}
