package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// byAna is who does what tests do.
var byAna = store.By{Actor: catalog.Actor{Kind: catalog.ActorUser, ID: "USR-9", Name: "ana"}, Key: "KEY-9", Address: "192.0.2.1", Request: "r-1"}

func testUsers(t *testing.T, r *rig) {
	ctx := t.Context()
	ana := get(r.CreateUser(ctx, ws, store.User{Name: "Ana", Email: "Ana@example.com", Role: "editor"}, byAna))(t)
	same(t, ana, store.User{ID: 1, Name: "Ana", Email: "Ana@example.com", Role: "editor", CreatedAt: start, UpdatedAt: start})
	same(t, get(r.User(ctx, ws, ana.ID))(t), ana)
	_, err := r.CreateUser(ctx, ws, store.User{Name: "Other", Email: "ana@EXAMPLE.com", Role: "viewer"}, byAna)
	wants(t, err, catalog.ErrConflict)
	bo := get(r.CreateUser(ctx, ws, store.User{Name: "Bo", Email: "bo@example.com", Role: "viewer"}, byAna))(t)
	same(t, walk(t, 1, func(p store.Page) (store.Paged[store.User], error) { return r.Users(ctx, ws, p) }), []store.User{ana, bo})

	r.clock.add(time.Minute)
	admin, taken, own := "admin", "ANA@example.com", "ana@example.com"
	changed := get(r.UpdateUser(ctx, ws, ana.ID, store.UserPatch{Role: &admin, Email: &own}, byAna))(t)
	ana.Role, ana.Email, ana.UpdatedAt = admin, own, start.Add(time.Minute)
	same(t, changed, ana)
	r.clock.add(time.Minute)
	same(t, get(r.UpdateUser(ctx, ws, ana.ID, store.UserPatch{Role: &admin}, byAna))(t), ana) // nothing changes
	_, err = r.UpdateUser(ctx, ws, bo.ID, store.UserPatch{Email: &taken}, byAna)
	wants(t, err, catalog.ErrConflict)
	refused := errors.New("refused")
	_, err = r.UpdateUser(ctx, ws, bo.ID, store.UserPatch{Name: &taken, If: func(store.User) error { return refused }}, byAna)
	wants(t, err, refused)
	wants(t, r.RemoveUser(ctx, ws, bo.ID, byAna, func(store.User) error { return refused }), refused)

	key := get(r.PutKey(ctx, store.Key{WS: ws, PublicID: "abcdefgh", User: &ana}, byAna))(t)
	if got := get(r.KeyByID(ctx, "abcdefgh"))(t); got.User == nil || got.User.ID != ana.ID || got.User.Role != "admin" || got.User.Name != "Ana" {
		t.Errorf("key of %+v", got.User)
	}
	other := get(r.PutKey(ctx, store.Key{WS: ws, PublicID: "other000"}, byAna))(t)
	must(t, r.RemoveUser(ctx, ws, ana.ID, byAna, nil))
	wants(t, r.RemoveUser(ctx, ws, ana.ID, byAna, nil), catalog.ErrNotFound)
	_, err = r.User(ctx, ws, ana.ID)
	wants(t, err, catalog.ErrNotFound)
	_, err = r.UpdateUser(ctx, ws, ana.ID, store.UserPatch{Role: &admin}, byAna)
	wants(t, err, catalog.ErrNotFound)
	if got := get(r.KeyByID(ctx, "abcdefgh"))(t); got.RevokedAt.IsZero() || got.User == nil || got.User.Role != "" {
		t.Errorf("the key %d of a person who was removed: %+v", key.ID, got)
	}
	if got := get(r.KeyByID(ctx, "other000"))(t); !got.RevokedAt.IsZero() {
		t.Errorf("the key %d of nobody was revoked", other.ID)
	}
	get(r.CreateUser(ctx, ws, store.User{Name: "Ana again", Email: own, Role: "viewer"}, byAna))(t)
}

// Everything that is done to keys, people and schemas is in the log, in the transaction that does it.
func testAudit(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := get(r.CreateSchema(ctx, ws, "a", "prod", byAna))(t).ID
	_, err := r.CreateSchema(ctx, ws, "a", "", byAna) // what fails leaves nothing
	wants(t, err, catalog.ErrConflict)
	key := get(r.PutKey(ctx, store.Key{WS: ws, PublicID: "abcdefgh", Name: "ci", SecretHash: [32]byte{7}, Scopes: []string{"read:catalog"}, CIDRs: []string{"10.0.0.0/8"}}, byAna))(t)
	_, err = r.PutKey(ctx, store.Key{WS: ws, PublicID: "abcdefgh"}, byAna)
	wants(t, err, catalog.ErrConflict)
	must(t, r.RevokeKey(ctx, ws, key.ID, byAna, nil))
	must(t, r.RevokeKey(ctx, ws, key.ID, byAna, nil)) // a second time changes nothing
	user := get(r.CreateUser(ctx, ws, store.User{Name: "Ana", Email: "ana@example.com", Role: "viewer"}, byAna))(t)
	editor := "editor"
	get(r.UpdateUser(ctx, ws, user.ID, store.UserPatch{Role: &editor}, byAna))(t)
	get(r.UpdateUser(ctx, ws, user.ID, store.UserPatch{Role: &editor}, byAna))(t)
	get(r.PutKey(ctx, store.Key{WS: ws, PublicID: "hers0000", User: &user}, byAna))(t)
	must(t, r.RemoveUser(ctx, ws, user.ID, byAna, nil))
	get(r.UpdateSchema(ctx, ws, schema, store.SchemaPatch{By: byAna, Policy: func(p *catalog.Policy) { p.Tags = catalog.Smart }}))(t)
	must(t, r.DeleteSchema(ctx, ws, schema, byAna, nil))
	r.clock.add(time.Hour)
	must(t, r.AppendAudit(ctx, ws))
	must(t, r.AppendAudit(ctx, ws, store.AuditEntry{Action: store.ActionSignIn, At: start, By: store.By{Address: "::1"}}, store.AuditEntry{Action: "other"}))
	must(t, r.AppendAudit(ctx, ws+1, store.AuditEntry{Action: "foreign"}))

	list := func(f store.AuditFilter) (out []string) {
		t.Helper()
		for _, e := range walk(t, 2, func(p store.Page) (store.Paged[store.AuditEntry], error) { return r.Audit(ctx, ws, f, p) }) {
			out = append(out, e.Action+" "+e.Subject)
		}
		return out
	}
	sch := schema.String()
	all := []string{
		"other ", "sign_in ", "schema.deleted " + sch, "schema.updated " + sch, "key.revoked KEY-2", "user.removed USR-1", "key.created KEY-2",
		"user.updated USR-1", "user.created USR-1", "key.revoked KEY-1", "key.created KEY-1", "schema.created " + sch,
	}
	same(t, list(store.AuditFilter{}), all)
	same(t, list(store.AuditFilter{Action: store.ActionKeyRevoked}), []string{"key.revoked KEY-2", "key.revoked KEY-1"})
	same(t, list(store.AuditFilter{Subject: "USR-1"}), []string{"user.removed USR-1", "user.updated USR-1", "user.created USR-1"})
	same(t, list(store.AuditFilter{Actor: "USR-9"}), all[2:])
	same(t, list(store.AuditFilter{Actor: "USR-9", From: start.Add(time.Second)}), []string{})
	same(t, list(store.AuditFilter{From: start.Add(time.Second)}), []string{"other "})
	same(t, list(store.AuditFilter{To: start.Add(time.Second), Action: store.ActionSignIn}), []string{"sign_in "})

	entries := get(r.Audit(ctx, ws, store.AuditFilter{Subject: "KEY-1", Action: store.ActionKeyCreated}, store.Page{}))(t).Rows
	same(t, entries[0].By, byAna)
	same(t, fmt.Sprint(entries[0].Details), "map[cidrs:[10.0.0.0/8] name:ci public_id:abcdefgh scopes:[read:catalog]]")
	updated := get(r.Audit(ctx, ws, store.AuditFilter{Action: store.ActionSchemaUpdated}, store.Page{}))(t).Rows[0].Details
	same(t, updated["after"].(map[string]any)["policy"], map[string]any{"tags": "smart"})
	same(t, updated["before"].(map[string]any)["policy"], map[string]any{})
	auditOfMany(t, r)
}

// auditOfMany appends at the same time: no entry is lost, and none has the number of another.
func auditOfMany(t *testing.T, r *rig) {
	t.Helper()
	const writers, each = 8, 5
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				if err := r.AppendAudit(t.Context(), ws, store.AuditEntry{Action: "many"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	rows := walk(t, 7, func(p store.Page) (store.Paged[store.AuditEntry], error) {
		return r.Audit(t.Context(), ws, store.AuditFilter{Action: "many"}, p)
	})
	if len(rows) != writers*each {
		t.Errorf("%d entries, want %d", len(rows), writers*each)
	}
}
