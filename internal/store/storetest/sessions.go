package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// person makes a person and signs it in; the hash of the session is that byte.
func (r *rig) person(t *testing.T, email string, hash byte) (store.User, store.Session) {
	t.Helper()
	u := get(r.CreateUser(t.Context(), ws, store.User{Name: "P", Email: email, Role: "editor"}, byAna))(t)
	n := store.Session{WS: ws, User: u, SecretHash: [32]byte{hash}, Method: "password", Address: "192.0.2.1", Agent: "test", ExpiresAt: start.Add(time.Hour)}
	return u, get(r.BeginSession(t.Context(), n, [32]byte{}, store.By{Address: "192.0.2.1"}))(t)
}

// Sessions are found by their hash, and end by themselves, with their person, and with what a person signs in by.
func testSessions(t *testing.T, r *rig) {
	ctx := t.Context()
	ana, first := r.person(t, "ana@example.com", 1)
	_, others := r.person(t, "bo@example.com", 2)
	same(t, get(r.SessionByHash(ctx, [32]byte{1}))(t), first)
	same(t, first.UsedAt, start)
	next := first
	next.SecretHash = [32]byte{3}
	next = get(r.BeginSession(ctx, next, [32]byte{1}, byAna))(t)
	_, err := r.SessionByHash(ctx, [32]byte{1})
	wants(t, err, catalog.ErrNotFound) // the one that the client had
	same(t, walk(t, 1, func(p store.Page) (store.Paged[store.Session], error) { return r.Sessions(ctx, ws, ana.ID, p) }), []store.Session{next})

	must(t, r.TouchSessions(ctx, map[int64]time.Time{next.ID: start.Add(time.Minute), others.ID: start.Add(-time.Minute)}))
	same(t, get(r.SessionByHash(ctx, [32]byte{3}))(t).UsedAt, start.Add(time.Minute))
	same(t, get(r.SessionByHash(ctx, [32]byte{2}))(t).UsedAt, start)

	wants(t, r.EndSession(ctx, ws, ana.ID, others.ID, byAna), catalog.ErrNotFound) // another person's
	for name, end := range map[string]func() error{
		"by itself":  func() error { return r.EndSession(ctx, ws, ana.ID, next.ID, byAna) },
		"everywhere": func() error { _, err := r.EndSessions(ctx, ws, ana.ID, 0, byAna); return err },
		"role": func() error {
			role := "viewer"
			if u := get(r.User(ctx, ws, ana.ID))(t); u.Role == role {
				role = "editor"
			}
			_, err := r.UpdateUser(ctx, ws, ana.ID, store.UserPatch{Role: &role}, byAna)
			return err
		},
		"password": func() error {
			l := get(r.Login(ctx, ws, ana.ID))(t)
			return r.SetPassword(ctx, ws, ana.ID, l.Hash, l.Hash+"x", 0, byAna)
		},
		"restore": func() error { return r.EndAllSessions(ctx) },
	} {
		next.User.ID = ana.ID
		next = get(r.BeginSession(ctx, next, next.SecretHash, byAna))(t)
		must(t, end())
		if _, err := r.SessionByHash(ctx, [32]byte{3}); err == nil {
			t.Errorf("%s: the session goes on", name)
		}
	}
	name := "Ana B"
	next.User.ID = ana.ID
	next = get(r.BeginSession(ctx, next, next.SecretHash, byAna))(t)
	get(r.UpdateUser(ctx, ws, ana.ID, store.UserPatch{Name: &name}, byAna))(t)
	same(t, get(r.SessionByHash(ctx, [32]byte{3}))(t).User.Name, name)
	must(t, r.RemoveUser(ctx, ws, ana.ID, byAna, nil))
	_, err = r.SessionByHash(ctx, [32]byte{3})
	wants(t, err, catalog.ErrNotFound)
	_, err = r.Login(ctx, ws, ana.ID)
	wants(t, err, catalog.ErrNotFound)
	_, err = r.BeginSession(ctx, next, [32]byte{}, byAna)
	wants(t, err, catalog.ErrNotFound)
}

// Of people who use links of the setup at the same time one becomes the administrator.
func testSetUp(t *testing.T, r *rig) {
	ctx := t.Context()
	for n := range byte(8) {
		get(r.PutLink(ctx, store.Link{WS: ws, Kind: store.LinkSetup, SecretHash: [32]byte{n + 1}, ExpiresAt: start.Add(time.Hour)}, byAna))(t)
	}
	same(t, get(r.SomebodySignsIn(ctx, ws))(t), false)
	var wg sync.WaitGroup
	made := make([]bool, 8)
	for n := range byte(8) {
		wg.Go(func() {
			u := store.User{Name: "P", Email: string('a'+rune(n)) + "@example.com", Role: "admin"}
			s := store.Session{WS: ws, SecretHash: [32]byte{n + 1}, ExpiresAt: start.Add(time.Hour)}
			_, err := r.SetUp(ctx, [32]byte{n + 1}, u, "h", s, store.By{})
			made[n] = err == nil
			if err != nil {
				wants(t, err, catalog.ErrConflict)
			}
		})
	}
	wg.Wait()
	count := 0
	for _, ok := range made {
		if ok {
			count++
		}
	}
	same(t, count, 1)
	same(t, len(get(r.Users(ctx, ws, store.Page{}))(t).Rows), 1)
	same(t, get(r.SomebodySignsIn(ctx, ws))(t), true)
	_, err := r.PutLink(ctx, store.Link{WS: ws, Kind: store.LinkSetup, SecretHash: [32]byte{99}, ExpiresAt: start.Add(time.Hour)}, byAna)
	wants(t, err, catalog.ErrConflict)
}

// Two sign-ins of somebody new at the same time make one person, who stays the same.
func testIdentities(t *testing.T, r *rig) {
	ctx := t.Context()
	i := store.Identity{Issuer: "https://login.example.com", Subject: "s", Name: "Cleo", Email: "cleo@example.com"}
	_, err := r.SignInAs(ctx, i, "", store.Session{WS: ws, SecretHash: [32]byte{9}, ExpiresAt: start.Add(time.Hour)}, [32]byte{}, store.By{})
	wants(t, err, catalog.ErrForbidden)
	var wg sync.WaitGroup
	for n := range byte(6) {
		wg.Go(func() {
			s, err := r.SignInAs(ctx, i, "viewer", store.Session{WS: ws, SecretHash: [32]byte{n + 1}, ExpiresAt: start.Add(time.Hour)}, [32]byte{}, store.By{})
			if err != nil || s.User.ID != 1 {
				t.Errorf("user %d, %v", s.User.ID, err)
			}
		})
	}
	wg.Wait()
	same(t, len(get(r.Users(ctx, ws, store.Page{}))(t).Rows), 1)
	same(t, get(r.SomebodySignsIn(ctx, ws))(t), true)
}

func testPersonal(t *testing.T, r *rig) {
	ctx := t.Context()
	same(t, get(r.Personal(ctx, ws, 1))(t), store.Personal{})
	want := store.Personal{Stars: []string{"TBL-2", "TBL-1"}, SeenAt: start}
	same(t, get(r.UpdatePersonal(ctx, ws, 1, func(p *store.Personal) error { *p = want; return nil }))(t), want)
	_, err := r.UpdatePersonal(ctx, ws, 1, func(*store.Personal) error { return catalog.ErrInvalid })
	wants(t, err, catalog.ErrInvalid)
	same(t, get(r.Personal(ctx, ws, 1))(t), want)
	same(t, get(r.Personal(ctx, ws+1, 1))(t), store.Personal{})
}
