package apitest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Password is the one that people of tests have.
const Password = "correct horse battery staple"

// SetUp makes the first administrator, ana@example.com, by a link of the setup, and returns the cookie of the session.
// A new link is made if token is empty.
func (s *Server) SetUp(t testing.TB, token string) (cookie string) {
	t.Helper()
	if token == "" {
		l, err := s.Access.SetupLink(t.Context(), access.System(catalog.DefaultWorkspace))
		if err != nil {
			t.Fatal(err)
		}
		_, token, _ = strings.Cut(l.URL, "#")
	}
	r := s.Send(t, http.MethodPost, "/api/v1/setup", "", fmt.Sprintf(`{"token":%q,"name":"Ana","email":"ana@example.com","password":%q}`, token, Password))
	if r.Status != http.StatusCreated {
		t.Fatalf("setup: %d %s", r.Status, r.Body)
	}
	return r.Cookie()
}

// Cookie returns the cookie that a reply sets, as a request sends it; "" if it sets none.
func (r Reply) Cookie() string {
	for _, text := range r.Header.Values("Set-Cookie") {
		if c, err := http.ParseSetCookie(text); err == nil && c.MaxAge >= 0 {
			return c.Name + "=" + c.Value
		}
	}
	return ""
}

// SignIn signs a person in and returns the reply.
func (s *Server) SignIn(t testing.TB, email, password string, header ...string) Reply {
	t.Helper()
	return s.Send(t, http.MethodPost, "/api/v1/session", "", fmt.Sprintf(`{"email":%q,"password":%q}`, email, password), header...)
}
