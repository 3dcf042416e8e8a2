package httpserver

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/thalweg-data/thalweg/internal/access"
)

// refuse returns what is wrong with a request regardless of its route.
func (e *edge) refuse(r *http.Request) error {
	if exchangeOf(r.Context()).crowded && !isHealthPath(r.URL.Path) {
		p := NewProblem(CodeNotReady, "As many connections are open as this server allows, or this address has half of them (limits.connections). Try again in a moment.")
		p.retryAfter = 2
		return p
	}
	if !e.hosts.allows(r) {
		return NewProblem(CodeHostNotAllowed, "This server does not answer to the name in the Host header. The setting hosts lists the names that it answers to.")
	}
	if http.NewCrossOriginProtection().Check(r) != nil {
		return crossOrigin()
	}
	if len(r.RequestURI) > e.limits.URI {
		return NewProblem(CodeURITooLong, "The URI is longer than %d bytes.", e.limits.URI).Limited("uri")
	}
	if headerSize(r) > e.limits.Headers {
		return NewProblem(CodeHeadersTooLarge, "The headers are larger than %d bytes.", e.limits.Headers).Limited("headers")
	}
	if hasCredentials(r.URL) {
		return NewProblem(CodeCredentialsInURL, "Send the key in the header 'Authorization: Bearer KEY'; URLs end up in logs. Revoke the key that was sent.")
	}
	if !isClean(r.URL) {
		return NotFound()
	}
	if name, ok := oddParameter(r.URL); ok {
		return InvalidParameter(name, "must be UTF-8 text without NUL characters")
	}
	return nil
}

func headerSize(r *http.Request) int {
	size := 0
	for name, values := range r.Header {
		for _, v := range values {
			size += len(name) + len(v) + 4
		}
	}
	return size
}

// isClean reports whether ServeMux serves a path without a redirect and stores can hold its text.
func isClean(u *url.URL) bool {
	p := u.EscapedPath()
	if p == "" || p[0] != '/' || !isText(u.Path) {
		return false
	}
	cleaned := path.Clean(p)
	return p == cleaned || p == cleaned+"/"
}

// isText reports whether stores can hold a text.
func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// oddParameter returns the name of a parameter whose text stores cannot hold.
func oddParameter(u *url.URL) (name string, found bool) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "query", true
	}
	for name, values := range query {
		if !isText(name) {
			return "query", true
		}
		if slices.ContainsFunc(values, func(v string) bool { return !isText(v) }) {
			return name, true
		}
	}
	return "", false
}

// hasCredentials reports whether an address contains a key, in its path, in the name or value of a parameter, or a
// parameter that is named like one.
func hasCredentials(u *url.URL) bool {
	if access.LooksLikeKey(u.EscapedPath()) || access.LooksLikeKey(u.RawQuery) {
		return true
	}
	for name, values := range u.Query() {
		switch strings.ToLower(name) {
		case "api_key", "apikey", "api-key", "x-api-key", "access_token", "authorization", "token":
			return true
		}
		if access.LooksLikeKey(name) || slices.ContainsFunc(values, access.LooksLikeKey) {
			return true
		}
	}
	return false
}
