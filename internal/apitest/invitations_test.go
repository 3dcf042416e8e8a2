package apitest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
)

func TestInvitations(t *testing.T) { invitations(t, Options{NoWorker: true}) }

func TestInvitationsOnPostgres(t *testing.T) {
	t.Parallel()
	invitations(t, Options{NoWorker: true, Store: OnPostgres})
}

// A person who is invited sets a password by a link that works once, and another one by a second link.
func invitations(t *testing.T, o Options) {
	t.Helper()
	now := time.Now()
	o.Now = func() time.Time { return now }
	s := Start(t, o)
	admin := s.Key(t, access.AdminWorkspace)
	made := s.Send(t, "POST", "/api/v1/invitations", admin, `{"name":"Bo","email":"bo@example.com","role":"viewer"}`)
	link, _ := made.At(t, "data.attributes.url").(string)
	_, token, _ := strings.Cut(link, "/invitation#")
	if made.Status != 201 || made.At(t, "data.attributes.user.id") != "USR-1" || token == "" {
		t.Fatalf("%d %s", made.Status, made.Body)
	}
	list := s.Get(t, "/api/v1/invitations", admin)
	if list.At(t, "meta.total") != 1.0 || list.At(t, "data.0.attributes.email") != "bo@example.com" || strings.Contains(string(list.Body), token) {
		t.Errorf("%s", list.Body)
	}
	if r := s.SignIn(t, "bo@example.com", Password); r.Status != 401 {
		t.Errorf("before it is accepted: %d", r.Status)
	}
	accept := func(token, password string) Reply {
		return s.Send(t, "POST", "/api/v1/invitations/accept", "", fmt.Sprintf(`{"token":%q,"password":%q}`, token, password))
	}
	if r := accept(token, "too short"); r.Status != 422 || r.At(t, "field") != "password" {
		t.Errorf("a short password: %d %s", r.Status, r.Body)
	}
	in := accept(token, Password)
	if in.Status != 201 || in.At(t, "data.attributes.method") != "invitation" {
		t.Fatalf("%d %s", in.Status, in.Body)
	}
	if me := s.Get(t, "/api/v1/me", "", "Cookie", in.Cookie()); me.At(t, "data.id") != "USR-1" || me.At(t, "data.attributes.role") != "viewer" {
		t.Errorf("%d %s", me.Status, me.Body)
	}
	if r := accept(token, Password); r.Status != 401 || r.At(t, "code") != "invalid-credentials" {
		t.Errorf("used twice: %d %s", r.Status, r.Body)
	}
	again := func() string {
		t.Helper()
		r := s.Send(t, "POST", "/api/v1/invitations", admin, `{"user":"USR-1"}`)
		_, token, _ := strings.Cut(fmt.Sprint(r.At(t, "data.attributes.url")), "#")
		return token
	}
	older, newer := again(), again()
	if r := accept(older, Password+"!"); r.Status != 401 {
		t.Errorf("a replaced one: %d", r.Status)
	}
	if r := accept(newer, Password+"!"); r.Status != 201 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	s.ended(t, in.Cookie())
	if r := s.SignIn(t, "bo@example.com", Password); r.Status != 401 {
		t.Errorf("the password of before: %d", r.Status)
	}
	late := again()
	now = now.Add(access.InvitationTime)
	if r := accept(late, Password); r.Status != 401 {
		t.Errorf("an expired one: %d", r.Status)
	}
	if r := s.Send(t, "POST", "/api/v1/invitations", admin, `{"user":"USR-1","role":"admin"}`); r.Status != 422 {
		t.Errorf("a person who is there, with a role: %d", r.Status)
	}
}
