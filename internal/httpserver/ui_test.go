package httpserver

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/klauspost/compress/gzip"

	"github.com/thalweg-data/thalweg/internal/access"
)

func newUI(t *testing.T, files fstest.MapFS) http.Handler {
	t.Helper()
	s, _ := newTestServer(t, nil)
	if err := s.UI(files); err != nil {
		t.Fatal(err)
	}
	s.Mount("/api", APIPolicy())
	s.Handle(Route{Method: "GET", Path: "/api/v1/a", Scope: access.Public, Handler: text("a")})
	return serve(t, s)
}

func TestUIAnswersEveryPage(t *testing.T) {
	script := strings.Repeat("export const a = 1;\n", 200)
	h := newUI(t, fstest.MapFS{
		"index.html":                {Data: []byte("<title>page</title>")},
		"static/theme.js":           {Data: []byte("theme")},
		"static/assets/index-ab.js": {Data: []byte(script)},
		".source":                   {Data: []byte("secret")},
	})
	for _, tt := range []struct {
		path, media, cache string
		status             int
		body               string
	}{
		{"/", "text/html; charset=utf-8", "no-cache", 200, "page"},
		{"/n/model.shop.orders?tab=code", "text/html; charset=utf-8", "no-cache", 200, "page"},
		{"/integrations/new", "text/html; charset=utf-8", "no-cache", 200, "page"},
		{"/static/theme.js", "text/javascript; charset=utf-8", "no-cache", 200, "theme"},
		{"/static/assets/index-ab.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", 200, script},
		{"/static/assets/none.js", problemMedia, "no-cache", 404, "not-found"},
		{"/static/../.source", problemMedia, "", 404, "not-found"},
		{"/api/v1/none", problemMedia, "private, no-cache", 404, "not-found"},
	} {
		w := get(t, h, "GET", tt.path)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) || w.Header().Get("Content-Type") != tt.media {
			t.Errorf("%s: %d %s %.80s", tt.path, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
		if got := w.Header().Get("Cache-Control"); tt.cache != "" && got != tt.cache {
			t.Errorf("%s: Cache-Control %q, want %q", tt.path, got, tt.cache)
		}
	}
	if csp := get(t, h, "GET", "/").Header().Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "script-src 'self'") {
		t.Errorf("the page's policy is %q", csp)
	}

	w := get(t, h, "GET", "/static/assets/index-ab.js", "Accept-Encoding", "gzip")
	tag := w.Header().Get("ETag")
	z, err := gzip.NewReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(z); err != nil || string(b) != script {
		t.Errorf("compressed: %v %.80s", err, b)
	}
	if w := get(t, h, "GET", "/static/assets/index-ab.js", "Accept-Encoding", "gzip", "If-None-Match", tag); w.Code != 304 || w.Body.Len() != 0 {
		t.Errorf("with its tag: %d, %d bytes", w.Code, w.Body.Len())
	}
	if w := get(t, h, "GET", "/static/assets/index-ab.js"); w.Header().Get("ETag") == tag || w.Header().Get("Vary") != "Accept-Encoding" {
		t.Errorf("uncompressed: headers %v", w.Header())
	}
}

// go build works without Node: the page then says how to build the UI.
func TestUIThatIsNotBuilt(t *testing.T) {
	w := get(t, newUI(t, fstest.MapFS{".gitignore": {}}), "GET", "/assets")
	if w.Code != 200 || !strings.Contains(w.Body.String(), "make ui") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
