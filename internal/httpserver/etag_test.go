package httpserver

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestMatches(t *testing.T) {
	tag := etagOf([]byte("x"))
	for header, want := range map[string]bool{
		tag: true, "W/" + tag: true, `"a", ` + tag: true, "*": true, "": false, `"a"`: false, strings.Trim(tag, `"`): false,
	} {
		if matches(header, tag) != want {
			t.Errorf("matches(%q) = %v", header, !want)
		}
	}
}

// A reply has its tag; who has it already gets 304 without a body; other replies than 200 have none.
func TestTagged(t *testing.T) {
	status := http.StatusOK
	h := tagged(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "body")
	}))
	ask := func(ifNoneMatch string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.Header.Set("If-None-Match", ifNoneMatch)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	first := ask("")
	tag := first.Header().Get("ETag")
	if first.Code != 200 || first.Body.String() != "body" || first.Header().Get("Content-Length") != "4" || tag != etagOf([]byte("body")) {
		t.Errorf("%d %q %v", first.Code, first.Body, first.Header())
	}
	if second := ask(tag); second.Code != 304 || second.Body.Len() != 0 || second.Header().Get("ETag") != tag || second.Header().Get("Content-Type") != "" {
		t.Errorf("with its tag: %d %q %v", second.Code, second.Body, second.Header())
	}
	if other := ask(`"x"`); other.Code != 200 {
		t.Errorf("with another tag: %d", other.Code)
	}
	status = http.StatusNotFound
	if missing := ask("*"); missing.Code != 404 || missing.Header().Get("ETag") != "" || missing.Body.String() != "body" {
		t.Errorf("not found: %d %q %v", missing.Code, missing.Body, missing.Header())
	}
}

func TestPrecondition(t *testing.T) {
	body, err := Encode("document")
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range []string{"", "*", etagOf(body), `"x", ` + etagOf(body)} {
		if err := Precondition(header, "document"); err != nil {
			t.Errorf("%q: %v", header, err)
		}
	}
	var p *Problem
	if err := Precondition(`"x"`, "document"); !errors.As(err, &p) || p.Code != CodePreconditionFailed {
		t.Errorf("another tag: %v", err)
	}
}
