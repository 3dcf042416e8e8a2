package httpserver

import (
	"net/http"
	"strings"
)

// Policy applies to every reply below a path.
type Policy struct {
	ContentSecurity string       // the Content-Security-Policy header
	Cache           string       // the Cache-Control header of replies that set none
	Unknown         http.Handler // answers GET for paths without a route; nil: a problem document
}

// APIPolicy is the policy of replies that are never pages: nothing in them may run, and caches must revalidate them.
func APIPolicy() Policy {
	return Policy{ContentSecurity: "default-src 'none'; frame-ancestors 'none'", Cache: "private, no-cache"}
}

// mount is the policy of a path.
type mount struct {
	prefix string // without a slash at the end
	policy Policy
}

// mounts finds policies by path.
type mounts []mount

// of returns the policy with the longest prefix of whole segments, or APIPolicy.
func (m mounts) of(path string) Policy {
	found := mount{policy: APIPolicy()}
	for _, c := range m {
		if below(path, c.prefix) && len(c.prefix) >= len(found.prefix) {
			found = c
		}
	}
	return found.policy
}

func below(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || rest[0] == '/')
}

// secure sets the headers that every reply has. There are no CORS headers: pages of other origins must not call the
// API.
func (p Policy) secure(h http.Header, id string) {
	h.Set("X-Request-Id", id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", p.ContentSecurity)
	h.Set("Cache-Control", p.Cache)
}
