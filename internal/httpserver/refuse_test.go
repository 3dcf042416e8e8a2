package httpserver

import (
	"net/url"
	"path"
	"strings"
	"testing"
)

// What is clean is never redirected by ServeMux: it is its own cleaned form.
func FuzzIsClean(f *testing.F) {
	for _, p := range []string{"/", "/api/v1/schemas/", "//x", "/a/../b", "/a%2fb", "/%00", "x", "/./", "/é"} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		u, err := url.ParseRequestURI(p)
		if err != nil || !isClean(u) {
			return
		}
		escaped := u.EscapedPath()
		if cleaned := path.Clean(escaped); escaped != cleaned && escaped != cleaned+"/" {
			t.Errorf("%q is clean, and cleaned %q", escaped, cleaned)
		}
		if strings.ContainsRune(u.Path, 0) {
			t.Errorf("%q holds NUL", p)
		}
	})
}
