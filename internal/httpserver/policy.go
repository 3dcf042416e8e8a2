package httpserver

import (
	"net/http"
	"strings"
)

// Policy is what holds for every reply below one path.
type Policy struct {
	ContentSecurity string       // the Content-Security-Policy header
	Cache           string       // the Cache-Control header of replies that set none
	Unknown         http.Handler // answers GET for paths without a route; nil: a problem document
}

// APIPolicy is the policy of replies that are never pages: nothing in them may run, and they are asked for again.
func APIPolicy() Policy {
	return Policy{ContentSecurity: "default-src 'none'; frame-ancestors 'none'", Cache: "private, no-cache"}
}

// mount is a policy with the path that it begins at.
type mount struct {
	prefix string // without a slash at the end
	policy Policy
}

// mounts finds policies by path.
type mounts []mount

// of returns the policy of the longest prefix, whole segments counted; APIPolicy where nothing is mounted.
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

// secure sets what every reply carries. There are no CORS headers: a page of another origin has no business here.
func (p Policy) secure(h http.Header, id string) {
	h.Set("X-Request-Id", id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", p.ContentSecurity)
	h.Set("Cache-Control", p.Cache)
}
