package apitest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
)

func TestSessions(t *testing.T) { sessions(t, Options{NoWorker: true}) }

func TestSessionsOnPostgres(t *testing.T) {
	t.Parallel()
	sessions(t, Options{NoWorker: true, Store: OnPostgres})
}

// From the setup to the sign-out, with what the audit log has of it.
func sessions(t *testing.T, o Options) {
	t.Helper()
	now := time.Now().Truncate(time.Second)
	o.Now = func() time.Time { return now }
	s := Start(t, o)
	if r := s.Get(t, "/api/v1/auth", ""); r.At(t, "data.attributes.setup_needed") != true {
		t.Errorf("before the setup: %s", r.Body)
	}
	first := s.SetUp(t, "")
	if r := s.Get(t, "/api/v1/auth", ""); r.At(t, "data.attributes.setup_needed") != false {
		t.Errorf("after the setup: %s", r.Body)
	}
	me := s.Get(t, "/api/v1/me", "", "Cookie", first)
	for path, want := range map[string]any{"id": "USR-1", "attributes.kind": "user", "attributes.role": "admin", "attributes.email": "ana@example.com", "attributes.session": "SES-1", "attributes.has_password": true} {
		if got := me.At(t, "data."+path); got != want {
			t.Errorf("me: %s is %v, want %v", path, got, want)
		}
	}
	in := s.SignIn(t, "ANA@example.com", Password, "User-Agent", "test")
	if in.Status != 201 || in.Header.Get("Cache-Control") != "no-store" || in.At(t, "data.attributes.next") != "/" {
		t.Fatalf("sign-in: %d %s", in.Status, in.Body)
	}
	second := in.Cookie()
	list := s.Get(t, "/api/v1/sessions", "", "Cookie", second)
	if list.At(t, "meta.total") != 2.0 || list.At(t, "data.0.id") != "SES-2" || list.At(t, "data.0.attributes.current") != true || list.At(t, "data.0.attributes.agent") != "test" || list.At(t, "data.1.attributes.current") != false {
		t.Errorf("sessions: %s", list.Body)
	}
	if r := s.Do(t, "DELETE", "/api/v1/sessions/SES-1", "", nil, "Cookie", second); r.Status != 204 {
		t.Errorf("end the first: %d %s", r.Status, r.Body)
	}
	s.ended(t, first)
	if r := s.Do(t, "DELETE", "/api/v1/sessions/SES-1", "", nil, "Cookie", second); r.Status != 404 {
		t.Errorf("end it again: %d %s", r.Status, r.Body)
	}
	out := s.Do(t, "DELETE", "/api/v1/session", "", nil, "Cookie", second)
	if cookies := out.Header.Values("Set-Cookie"); out.Status != 204 || len(cookies) != 2 || !strings.Contains(cookies[0], "Max-Age=0") {
		t.Errorf("sign out: %d %v", out.Status, cookies)
	}
	s.ended(t, second)
	if r := s.Do(t, "DELETE", "/api/v1/session", "", nil, "Cookie", second); r.Status != 204 {
		t.Errorf("sign out again: %d %s", r.Status, r.Body)
	}
	if err := s.Access.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range s.Get(t, "/api/v1/audit", s.Key(t, access.ReadAudit)).At(t, "data").([]any) {
		got = append(got, fmt.Sprint(At(e, "attributes.action"), " ", At(e, "attributes.subject"), " ", At(e, "attributes.key")))
	}
	want := "sign_out SES-2 SES-2;sign_out SES-1 SES-2;sign_in USR-1 SES-2;sign_in USR-1 SES-1;password.changed USR-1 <nil>;user.created USR-1 <nil>;setup_link.created INV-1 <nil>"
	if all := strings.Join(got, ";"); !strings.Contains(all, want) {
		t.Errorf("audit log: %s, want %s", all, want)
	}
}

// ended fails unless a cookie is that of a session that has ended.
func (s *Server) ended(t *testing.T, cookie string) {
	t.Helper()
	if r := s.Get(t, "/api/v1/me", "", "Cookie", cookie); r.Status != 401 || r.At(t, "code") != "expired-credentials" {
		t.Errorf("a session that has ended: %d %s", r.Status, r.Body)
	}
}

// A session ends after 12 hours without a request, and after 7 days in any case.
func TestSessionsExpire(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := Start(t, Options{NoWorker: true, Now: func() time.Time { return now }})
	idle, busy := s.SetUp(t, ""), s.SignIn(t, "ana@example.com", Password).Cookie()
	for hours := 0; hours < 7*24-6; hours += 6 {
		now = now.Add(6 * time.Hour)
		if r := s.Get(t, "/api/v1/me", "", "Cookie", busy); r.Status != 200 {
			t.Fatalf("after %d hours: %d %s", hours+6, r.Status, r.Body)
		}
		if hours%24 == 0 { // what is stored bears the process
			if err := s.Access.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if hours == 6 {
			s.ended(t, idle)
		}
	}
	now = now.Add(6 * time.Hour)
	s.ended(t, busy)
}

// A cookie is sent back over https alone, and not to scripts, where the sign-in came by https.
func TestCookies(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true})
	s.SetUp(t, "")
	for origin, want := range map[string]string{
		"https://" + strings.TrimPrefix(s.URL, "http://"): "__Host-thalweg_session Secure",
		s.URL: "thalweg_session",
		"":    "thalweg_session",
	} {
		header := []string{}
		if origin != "" {
			header = []string{"Origin", origin}
		}
		r := s.SignIn(t, "ana@example.com", Password, header...)
		c, err := http.ParseSetCookie(r.Header.Get("Set-Cookie"))
		if err != nil {
			t.Fatalf("%s: %d %v", origin, r.Status, err)
		}
		name, secure, _ := strings.Cut(want, " ")
		if c.Name != name || c.Secure != (secure != "") || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 7*24*3600 {
			t.Errorf("%s: %s", origin, c.Raw)
		}
		if r := s.Get(t, "/api/v1/me", "", "Cookie", r.Cookie()); r.Status != 200 {
			t.Errorf("%s: %d %s", origin, r.Status, r.Body)
		}
	}
}

// The demonstration needs no account: its visitor keeps stars, too, and the cookie of another server on the machine is
// ignored.
func TestMeInTheDemo(t *testing.T) {
	t.Parallel()
	s := Start(t, Options{NoWorker: true, Demo: true, Loopback: true})
	if r := s.Send(t, "PATCH", "/api/v1/me", "", `{"stars":["tbl-2","TBL-1"]}`); r.Status != 200 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	r := s.Get(t, "/api/v1/me", "", "Cookie", "thalweg_session="+strings.Repeat("a", 43))
	if r.Status != 200 || r.At(t, "data.attributes.kind") != "demo" || fmt.Sprint(r.At(t, "data.attributes.stars")) != "[TBL-2 TBL-1]" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	for _, header := range [][]string{{"Host", "catalog.example.com"}, {"X-Forwarded-For", "192.0.2.1"}, {"Origin", "http://evil.example"}, {"Sec-Fetch-Site", "cross-site"}} {
		if r := s.Get(t, "/api/v1/me", "", header...); r.Status < 400 {
			t.Errorf("%v: %d", header, r.Status)
		}
	}
}
