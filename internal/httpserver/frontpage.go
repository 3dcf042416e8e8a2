package httpserver

import (
	"fmt"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
)

// frontPage is the page at /: a person who opens the address in a browser learns what answers there.
const frontPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Thalweg</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:4rem auto;padding:0 1rem}code,pre{background:#8882;padding:.1em .3em}pre{padding:1em;overflow:auto}</style>
<h1>Thalweg</h1>
<p>A data catalog for dbt: tables, columns, lineage, tests and runs. This server answers a REST API with JSON.</p>
<ul>
<li><a href="/api/v1/openapi.json">/api/v1/openapi.json</a>: every route, with parameters and examples</li>
<li><a href="/readyz">/readyz</a>: the state of the server</li>
</ul>
<p>Every other route wants an API key, except on this machine in a demonstration:</p>
<pre>curl -H "Authorization: Bearer YOUR_API_KEY" http://%s/api/v1/schemas</pre>
<p><code>thalweg keys create --name me --scope read:catalog</code> makes one.</p>
</html>
`

// pagePolicy lets the page have its own style, and nothing else.
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

// FrontPage serves the page at /.
func (s *Server) FrontPage() {
	s.Handle(Route{
		Method: http.MethodGet, Path: "/{$}", Scope: access.Public,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", pagePolicy)
			host := r.Host
			if hostName(host) == "" || !plainHost(host) {
				host = "HOST"
			}
			_, _ = fmt.Fprintf(w, frontPage, host) //nolint:gosec // plainHost; the client may be gone
		}),
	})
}

// plainHost reports whether a Host header can be repeated in a page.
func plainHost(host string) bool {
	for _, c := range []byte(host) {
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != ':' && c != '[' && c != ']' {
			return false
		}
	}
	return true
}
