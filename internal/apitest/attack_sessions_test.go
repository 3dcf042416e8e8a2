package apitest

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Session fixation: a cookie that somebody gave to a browser before is not that of the session after the sign-in, and
// the session that the browser had ends.
func TestSessionFixation(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	s.SetUp(t, "")
	planted := "thalweg_session=" + strings.Repeat("a", 43)
	in := s.SignIn(t, "ana@example.com", Password, "Cookie", planted)
	if in.Status != 201 || in.Cookie() == planted {
		t.Fatalf("%d, cookie %s", in.Status, in.Cookie())
	}
	s.ended(t, planted)
	of := s.SignIn(t, "ana@example.com", Password).Cookie() // the attacker's own session, given to the victim
	again := s.SignIn(t, "ana@example.com", Password, "Cookie", of)
	if again.Cookie() == of {
		t.Error("the session of before goes on")
	}
	s.ended(t, of)
	// A server behind https does not take a cookie that a page without it could have set.
	behind := Start(t, Options{NoWorker: true, Base: "https://catalog.example.com"})
	cookie := behind.SetUp(t, "")
	name, value, _ := strings.Cut(cookie, "=")
	if name != access.HostCookie {
		t.Errorf("cookie %s", name)
	}
	if r := behind.Get(t, "/api/v1/me", "", "Cookie", access.PlainCookie+"="+value); r.Status != 401 {
		t.Errorf("by the other name: %d", r.Status)
	}
}

// B16: no request that a page of another origin causes does anything with a session.
func TestForgedRequestsOfASession(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	cookie := s.SetUp(t, "")
	for name, header := range map[string][]string{
		"cross-site": {"Sec-Fetch-Site", "cross-site"}, "same-site": {"Sec-Fetch-Site", "same-site"},
		"origin": {"Origin", "https://evil.example"}, "no origin": {"Origin", "null"},
	} {
		header = append(header, "Cookie", cookie)
		for _, c := range []struct{ method, path, body string }{
			{"POST", "/api/v1/schemas", `{"name":"x"}`},
			{"PATCH", "/api/v1/me", `{"stars":[]}`},
			{"DELETE", "/api/v1/sessions", ""},
			{"DELETE", "/api/v1/session", ""},
			{"POST", "/api/v1/session", `{"email":"ana@example.com","password":"` + Password + `"}`},
			{"POST", "/api/v1/keys", `{"name":"x","scopes":["admin:workspace"]}`},
		} {
			r := s.Send(t, c.method, c.path, "", c.body, header...)
			if r.Status != 403 || r.At(t, "code") != "cross-origin" || r.Cookie() != "" {
				t.Errorf("%s: %s %s: %d %s", name, c.method, c.path, r.Status, r.Body)
			}
		}
		if r := s.Get(t, "/api/v1/me", "", header...); r.Status != 403 || r.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: a read: %d", name, r.Status)
		}
	}
	// What a form can send without a script is not a document.
	for _, media := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
		if r := s.Do(t, "POST", "/api/v1/session", "", strings.NewReader(`{"email":"ana@example.com","password":"`+Password+`"}`), "Content-Type", media); r.Status != 415 {
			t.Errorf("%s: %d", media, r.Status)
		}
	}
	if r := s.Send(t, "POST", "/api/v1/schemas", "", `{"name":"x"}`, "Cookie", cookie, "Sec-Fetch-Site", "same-origin"); r.Status != 201 {
		t.Errorf("a page of this server: %d %s", r.Status, r.Body)
	}
}

// B19: the reply to a sign-in names no page of another server.
func TestOpenRedirect(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	s.SetUp(t, "")
	for next, want := range map[string]string{
		"/lineage?select=1%2Borders": "/lineage?select=1%2Borders", "//evil.example": "/", `https:/\\evil.example`: "/", "https://evil.example": "/",
	} {
		r := s.Send(t, "POST", "/api/v1/session", "", fmt.Sprintf(`{"email":"ana@example.com","password":%q,"next":"%s"}`, Password, next))
		if r.Status != 201 || r.At(t, "data.attributes.next") != want {
			t.Errorf("%s: %d %s", next, r.Status, r.Body)
		}
	}
}

// The reply to a sign-in does not tell whether somebody has the address. That its time does not either is tested in
// package access, without a clock.
func TestUserEnumeration(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	s.SetUp(t, "")
	if _, err := s.Access.CreateUser(t.Context(), access.System(1), store.User{Name: "Bo", Email: "bo@example.com", Role: "viewer"}); err != nil {
		t.Fatal(err)
	}
	replies := map[string]string{}
	for _, email := range []string{"ana@example.com", "nobody@example.com", "bo@example.com"} {
		r := s.SignIn(t, email, "a wrong password of hers")
		replies[email] = masked(r)
		if r.Status != 401 {
			t.Fatalf("%s: %d %s", email, r.Status, r.Body)
		}
	}
	if replies["ana@example.com"] != replies["nobody@example.com"] || replies["ana@example.com"] != replies["bo@example.com"] {
		t.Errorf("the replies differ: %v", replies)
	}
}

// Brute force: the eleventh attempt is refused by address and by account, also where many are made at the same time,
// and with the right password.
func TestBruteForce(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := Start(t, Options{
		NoWorker: true, AuthFailures: 10, Now: func() time.Time { return now }, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	})
	s.SetUp(t, "")
	from := func(client, email, password string) Reply {
		return s.SignIn(t, email, password, "X-Forwarded-For", client)
	}
	if r := from("192.0.2.1", "ana@example.com", Password); r.Status != 201 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	count := func(attempt func(n int) Reply) map[int]int {
		var mu sync.Mutex
		var wg sync.WaitGroup
		statuses := map[int]int{}
		for n := range 25 {
			wg.Go(func() {
				status := attempt(n).Status
				mu.Lock()
				defer mu.Unlock()
				statuses[status]++
			})
		}
		wg.Wait()
		return statuses
	}
	if got := count(func(n int) Reply { return from("192.0.2.7", fmt.Sprintf("nobody-%d@example.com", n), "guess") }); got[401] != 10 || got[429] != 15 {
		t.Errorf("one address, many accounts: %v", got)
	}
	if got := count(func(n int) Reply { return from(fmt.Sprintf("198.51.100.%d", n), "ana@example.com", "guess") }); got[401] != 10 || got[429] != 15 {
		t.Errorf("many addresses, one account: %v", got)
	}
	locked := from("203.0.113.1", "Ana@example.com", Password)
	if locked.Status != 429 || locked.Header.Get("Retry-After") != "900" || locked.At(t, "limit") != "auth_failures" {
		t.Errorf("the right password, from an address of nobody: %d %v %s", locked.Status, locked.Header, locked.Body)
	}
	if r := from("192.0.2.1", "ana@example.com", Password); r.Status != 201 {
		t.Errorf("from where she signed in before: %d %s", r.Status, r.Body)
	}
	if got := count(func(int) Reply { return from("192.0.2.1", "ana@example.com", "guess") }); got[401] != 10 || got[429] != 15 {
		t.Errorf("guesses from where she signed in before: %v", got)
	}
	if got := count(func(int) Reply {
		return s.Send(t, "POST", "/api/v1/invitations/accept", "", `{"token":"guess","password":"`+Password+`"}`, "X-Forwarded-For", "192.0.2.9")
	}); got[401] != 10 || got[429] != 15 {
		t.Errorf("guessed links: %v", got)
	}
	now = now.Add(15 * time.Minute)
	if r := from("203.0.113.1", "ana@example.com", Password); r.Status != 201 {
		t.Errorf("after 15 minutes: %d %s", r.Status, r.Body)
	}
}

// B20: after the setup there is none, whatever link is sent.
func TestSetupAfterTheSetup(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	var links []string
	for range 2 {
		l, err := s.Access.SetupLink(t.Context(), access.System(1))
		if err != nil {
			t.Fatal(err)
		}
		_, secret, _ := strings.Cut(l.URL, "#")
		links = append(links, secret)
	}
	body := func(token, email string) string {
		return fmt.Sprintf(`{"token":%q,"name":"Eve","email":%q,"password":%q}`, token, email, Password)
	}
	if r := s.Send(t, "POST", "/api/v1/setup", "", body("guess", "eve@example.com")); r.Status != 401 {
		t.Errorf("a guessed link: %d %s", r.Status, r.Body)
	}
	s.SetUp(t, links[0])
	for _, token := range append(links, "guess") {
		if r := s.Send(t, "POST", "/api/v1/setup", "", body(token, "eve@example.com")); r.Status != 404 {
			t.Errorf("%s: %d %s", token, r.Status, r.Body)
		}
	}
	if r := s.Send(t, "POST", "/api/v1/setup/links", s.Key(t, access.AdminWorkspace), ""); r.Status != 409 {
		t.Errorf("another link: %d %s", r.Status, r.Body)
	}
}

// B12: a session ends with a new role, and all others with a new password.
func TestSessionsEndWithChanges(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	admin := s.Key(t, access.AdminWorkspace)
	own, other := s.SetUp(t, ""), s.SignIn(t, "ana@example.com", Password).Cookie()
	change := func(current, next string) Reply {
		return s.Send(t, "PATCH", "/api/v1/me", "", fmt.Sprintf(`{"password":{"current":%q,"new":%q}}`, current, next), "Cookie", own)
	}
	for name, c := range map[string]struct {
		current, next string
		status        int
	}{
		"a wrong one": {"guess", "another good password", 401}, "too short": {Password, "short", 422}, "her name": {Password, "ana@example.com.ana", 422}, "one letter": {Password, strings.Repeat("a", 20), 422},
	} {
		if r := change(c.current, c.next); r.Status != c.status {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	r := change(Password, "another good password")
	if r.Status != 200 || r.Cookie() == "" || r.Cookie() == own {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	s.ended(t, own)
	s.ended(t, other)
	if key := s.Send(t, "PATCH", "/api/v1/me", admin, `{"password":{"current":"a","new":"b"}}`); key.Status != 403 {
		t.Errorf("by a key: %d", key.Status)
	}
	if p := s.Send(t, "PATCH", "/api/v1/users/USR-1", admin, `{"role":"viewer"}`); p.Status != 200 {
		t.Fatalf("%d %s", p.Status, p.Body)
	}
	s.ended(t, r.Cookie())
}
