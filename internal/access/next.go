package access

import (
	"net/url"
	"strings"
)

// SafeNext returns a page of this server that a person is led to after a sign-in: the given path with its query and
// fragment, and / for anything by which a browser would leave the server.
func SafeNext(next string) string {
	if strings.ContainsFunc(next, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f }) {
		return "/" // browsers take a backslash for a slash, and leave control characters out
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.HasPrefix(u.Path, "//") || strings.HasPrefix(u.Path, "/api/") {
		return "/"
	}
	return u.String()
}
