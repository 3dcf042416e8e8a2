package httpserver

import (
	"net/url"
	"path"
	"strings"
	"testing"
)

func TestHostAllowed(t *testing.T) {
	for _, c := range []struct {
		loopback bool
		hosts    []string
		host     string
		want     bool
	}{
		{true, nil, "localhost:8080", true},
		{true, nil, "LocalHost.", true},
		{true, nil, "[::1]:80", true},
		{true, nil, "::1", true},
		{true, nil, "127.9.9.9", true},
		{true, nil, "", false},
		{true, nil, "example.com", false},
		{true, nil, "192.168.1.1:80", false},
		{true, nil, "notlocalhost", false},
		{true, []string{"catalog.example"}, "Catalog.Example:443", true},
		{false, []string{"catalog.example"}, "other.example", false},
		{false, []string{"catalog.example"}, "localhost", true},
		{false, nil, "anything.example", true},
	} {
		e := &edge{loopbackOnly: c.loopback, hosts: c.hosts}
		if got := e.hostAllowed(c.host); got != c.want {
			t.Errorf("loopback %v, hosts %v: %q is %v", c.loopback, c.hosts, c.host, got)
		}
	}
}

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

func TestRequestID(t *testing.T) {
	for _, given := range []string{"a", "A-b_c.1", strings.Repeat("x", 64)} {
		if got := requestID(given); got != given {
			t.Errorf("requestID(%q) = %q", given, got)
		}
	}
	for _, given := range []string{"", strings.Repeat("x", 65), "a b", "a\n", "é", "<"} {
		if got := requestID(given); got == given || got == "" {
			t.Errorf("requestID(%q) = %q", given, got)
		}
	}
}
