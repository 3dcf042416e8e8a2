package access

import (
	"net/url"
	"strings"
	"testing"
)

func TestSafeNext(t *testing.T) {
	for next, want := range map[string]string{
		"": "/", "/": "/", "/n/TBL-1?tab=code#sql": "/n/TBL-1?tab=code#sql", "/search?q=%2F%2Fevil": "/search?q=%2F%2Fevil",
		"//": "/", "//evil.example": "/", "///evil.example": "/", `/\evil.example`: "/", `\\evil.example`: "/", `https:/\evil.example`: "/", "https://evil.example": "/",
		"javascript:alert(1)": "/", "mailto:a@b": "/", "evil.example": "/", "/\t/evil.example": "/", "/\n/evil": "/", "/%2F%2Fevil": "/", "/%09/evil": "/%09/evil",
		"/api/v1/session": "/", "/%5Cevil.example": "/%5Cevil.example", "http:evil": "/",
	} {
		if got := SafeNext(next); got != want {
			t.Errorf("%q: %q, want %q", next, got, want)
		}
	}
}

// Where a browser resolves a page to go to, it stays on the server.
func FuzzSafeNext(f *testing.F) {
	for _, seed := range []string{"/", "//evil.example", `/\evil`, "/a/../..//evil", "/%2e%2e//evil", "?x", "#y"} {
		f.Add(seed)
	}
	base := &url.URL{Scheme: "https", Host: "catalog.example.com", Path: "/sign-in"}
	f.Fuzz(func(t *testing.T, next string) {
		got := SafeNext(next)
		u, err := base.Parse(got)
		if err != nil || u.Host != base.Host || u.Scheme != base.Scheme || !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\t\r\n") {
			t.Errorf("%q becomes %q, which is %v, %v", next, got, u, err)
		}
	})
}
