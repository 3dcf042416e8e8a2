package access

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

func person(t *testing.T, a *Access, role Role) store.User {
	t.Helper()
	u, err := a.CreateUser(t.Context(), System(catalog.DefaultWorkspace), store.User{Name: "Ana", Email: "ana@example.com", Role: string(role)})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// What a role allows, spelled out.
func TestRolesGrant(t *testing.T) {
	allows := map[Role][]Scope{
		Viewer: {ReadImports, ReadCatalog, ReadMetrics, ReadMCP},
		Editor: {ReadImports, ReadCatalog, ReadMetrics, ReadMCP, WriteImports, WriteCatalog, WriteLineage, ReadIntegrations, RunSyncs},
		Admin:  Scopes(),
	}
	for role, scopes := range allows {
		for _, s := range Scopes() {
			if got, want := (Principal{Scopes: role.Scopes()}).Can(s), slices.Contains(scopes, s); got != want || role.can(s) != want {
				t.Errorf("%s, %s: %t", role, s, got)
			}
		}
	}
	for _, text := range []string{"", "owner", "Admin"} {
		if _, err := ParseRole(text); !errors.Is(err, catalog.ErrInvalid) {
			t.Errorf("role %q: %v", text, err)
		}
	}
}

// A person's key does what both the key and the person's role allow, from the moment on that the role changes.
func TestKeysOfPeople(t *testing.T) {
	a, _, _ := newAccess(t)
	ana := person(t, a, Editor)
	system := System(catalog.DefaultWorkspace)
	for _, scopes := range [][]Scope{{AdminWorkspace}, {ReadAudit}, {WriteCatalog, ManageIntegrations}} {
		if _, _, err := a.Create(t.Context(), system, NewKey{Name: "k", User: ana.ID, Scopes: scopes}); !errors.Is(err, catalog.ErrForbidden) {
			t.Errorf("%v for an editor: %v", scopes, err)
		}
	}
	if _, _, err := a.Create(t.Context(), system, NewKey{Name: "k", User: 99, Scopes: []Scope{ReadCatalog}}); !errors.Is(err, catalog.ErrNotFound) {
		t.Errorf("a key of nobody: %v", err)
	}
	secret, key, err := a.Create(t.Context(), system, NewKey{Name: "laptop", User: ana.ID, Scopes: []Scope{WriteCatalog}})
	if err != nil {
		t.Fatal(err)
	}
	if key.Creator.Kind != catalog.ActorSystem {
		t.Errorf("created by %+v", key.Creator)
	}
	p, err := a.Authenticate(t.Context(), bearer(secret), remote)
	if want := (catalog.Actor{Kind: catalog.ActorUser, ID: ana.Label(), Name: "Ana"}); err != nil || p.Actor() != want || p.By().Key != key.Label() {
		t.Errorf("%+v, %v", p, err)
	}
	can := func(role Role, want ...Scope) {
		t.Helper()
		text := string(role)
		if _, err := a.UpdateUser(t.Context(), system, ana.ID, store.UserPatch{Role: &text}); err != nil {
			t.Fatal(err)
		}
		p, err := a.Authenticate(t.Context(), bearer(secret), remote)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range Scopes() {
			if p.Can(s) != slices.Contains(want, s) {
				t.Errorf("as %s, %s: %t", role, s, p.Can(s))
			}
		}
	}
	can(Viewer, ReadCatalog)
	can(Admin, ReadCatalog, WriteCatalog)
	can(Editor, ReadCatalog, WriteCatalog)
	if err := a.RemoveUser(t.Context(), system, ana.ID, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Authenticate(t.Context(), bearer(secret), remote); !errors.Is(err, ErrUnknown) {
		t.Errorf("after the person was removed: %v", err)
	}
}

// A key of an administrator keeps the scopes of a lower role, and no others.
func TestAdministratorsKeyAfterDemotion(t *testing.T) {
	for role, want := range map[Role][]Scope{Viewer: Viewer.Scopes(), Editor: Editor.Scopes(), Admin: {AdminWorkspace}} {
		if got := role.limit([]Scope{AdminWorkspace}); !slices.Equal(got, want) {
			t.Errorf("%s: %v", role, got)
		}
	}
}

func TestInvalidPeople(t *testing.T) {
	a, _, _ := newAccess(t)
	for name, u := range map[string]store.User{
		"no name":          {Name: " ", Email: "a@example.com", Role: "viewer"},
		"long name":        {Name: strings.Repeat("n", 201), Email: "a@example.com", Role: "viewer"},
		"no address":       {Name: "A", Role: "viewer"},
		"name and address": {Name: "A", Email: "A <a@example.com>", Role: "viewer"},
		"two lines":        {Name: "A", Email: "a@example.com\r\nBcc: b@example.com", Role: "viewer"},
		"no at":            {Name: "A", Email: "example.com", Role: "viewer"},
		"role":             {Name: "A", Email: "a@example.com", Role: "root"},
	} {
		if _, err := a.CreateUser(t.Context(), System(catalog.DefaultWorkspace), u); !errors.Is(err, catalog.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The first request with a key from an address, and an address that tries too many keys, are in the audit log once.
func TestSignInsAreInTheAuditLog(t *testing.T) {
	a, keys, c := newAccess(t)
	secret, key := create(t, a, NewKey{})
	for range 3 {
		for _, from := range []string{remote, "192.0.2.8:1"} {
			if _, err := a.Authenticate(t.Context(), bearer(secret), from); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 20 {
		_, _ = a.Authenticate(t.Context(), bearer("x"), "192.0.2.66:1") // refused
	}
	at := c.at
	c.at = c.at.Add(30 * time.Second)
	keys.fails = errors.New("disk is gone")
	if err := a.Flush(t.Context()); err == nil {
		t.Error("flushed to a broken store")
	}
	keys.fails = nil
	for range 2 {
		if err := a.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	log, err := keys.Audit(t.Context(), catalog.DefaultWorkspace, store.AuditFilter{}, store.Page{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range log.Rows {
		if e.Action != store.ActionKeyCreated && !e.At.Equal(at) {
			t.Errorf("at %s", e.At)
		}
		got = append(got, strings.Join([]string{e.Action, e.Subject, e.By.Key, e.By.Address}, " "))
	}
	want := []string{
		"sign_in.refused   192.0.2.66", "sign_in " + key.Label() + " " + key.Label() + " 192.0.2.8", "sign_in " + key.Label() + " " + key.Label() + " 192.0.2.7",
		"key.created " + key.Label() + "  ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Sign-ins that wait to be written are bounded; what is left out is counted.
func TestSignInsAreBounded(t *testing.T) {
	a, keys, _ := newAccess(t)
	for range mostSignIns + 5 {
		a.locked(remote)
	}
	if err := a.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	log, err := keys.Audit(t.Context(), catalog.DefaultWorkspace, store.AuditFilter{}, store.Page{Limit: 1})
	if err != nil || log.Rows[0].Details["not_listed"] != 5.0 {
		t.Errorf("%+v, %v", log.Rows, err)
	}
}
