package httpserver

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/thalweg-data/thalweg/internal/access"
)

// staticPath is where the files of the UI are.
const staticPath = "/static/"

// uiPolicy lets the page use files of this server only: no script or style within a page, and nothing from elsewhere.
const uiPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

// UI serves the web UI: its page at every path that no other mount has, since the page finds out by itself what an
// address shows, and its files below /static/. Without a built UI the page explains how to build it.
func (s *Server) UI(files fs.FS) error {
	page, err := readAsset(files, "index.html")
	if errors.Is(err, fs.ErrNotExist) {
		page, err = newAsset("index.html", []byte(noUI)), nil
	}
	if err != nil {
		return fmt.Errorf("web UI: %w", err)
	}
	page.cache = "no-cache"
	s.Mount("/", Policy{ContentSecurity: uiPolicy, Cache: "no-cache", Unknown: page})
	s.Handle(Route{Method: http.MethodGet, Path: "/{$}", Scope: access.Public, Handler: page})
	assets := map[string]*asset{}
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix("/"+name, staticPath) {
			return err
		}
		assets["/"+name], err = readAsset(files, name)
		return err
	})
	if err != nil {
		return fmt.Errorf("web UI: %w", err)
	}
	s.Handle(Route{
		Method: http.MethodGet, Path: staticPath + "{file...}", Scope: access.Public,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a, ok := assets[path.Clean(r.URL.Path)]
			if !ok {
				WriteProblem(w, r, NotFound())
				return
			}
			a.ServeHTTP(w, r)
		}),
	})
	return nil
}

// asset is a file of the UI. It is compressed at its first request.
type asset struct {
	media, cache, etag string
	body               []byte
	compressed         func() []byte
}

func readAsset(files fs.FS, name string) (*asset, error) {
	body, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	return newAsset(name, body), nil
}

func newAsset(name string, body []byte) *asset {
	sum := sha256.Sum256(body)
	a := &asset{media: mime.TypeByExtension(path.Ext(name)), body: body, etag: hex.EncodeToString(sum[:8])}
	// The names of built files contain a hash of the content, except at the top.
	a.cache = "public, max-age=31536000, immutable"
	if path.Dir(name) == "static" {
		a.cache = "no-cache"
	}
	a.compressed = sync.OnceValue(func() []byte {
		var b bytes.Buffer
		w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
		_, _ = w.Write(body)                                  // a buffer does not fail
		_ = w.Close()
		return b.Bytes()
	})
	return a
}

func (a *asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.media)
	h.Set("Cache-Control", a.cache)
	h.Add("Vary", "Accept-Encoding")
	body, etag := a.body, `"`+a.etag+`"`
	if len(body) >= compressFrom/16 && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		body, etag = a.compressed(), `"`+a.etag+`-gzip"`
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body)) // replies 304 by the tag
}

// noUI is the page of a binary that was compiled without the UI.
const noUI = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Thalweg</title>
<h1>Thalweg</h1>
<p>This binary was compiled without the web UI. <code>make ui</code> builds it into <code>web/dist</code> (Node 20.19 or
newer is needed), and <code>make run</code> does both. The API answers as ever:</p>
<ul>
<li><a href="/api/v1/openapi.json">/api/v1/openapi.json</a>: every route, with parameters and examples</li>
<li><a href="/readyz">/readyz</a>: the state of the server</li>
</ul>
</html>
`
