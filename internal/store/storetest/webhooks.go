package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Credentials are stored while the data key is the one that encrypted them.
func testSecrets(t *testing.T, r *rig) {
	ctx := t.Context()
	_, _, _, err := r.DataKey(ctx, ws)
	wants(t, err, catalog.ErrNotFound)
	must(t, r.ReplaceDataKey(ctx, ws, 0, "m1", []byte("k1")))
	wants(t, r.ReplaceDataKey(ctx, ws, 0, "m2", []byte("k2")), catalog.ErrConflict)
	must(t, r.ReplaceDataKey(ctx, ws, 1, "m2", []byte("k2")))
	wants(t, r.ReplaceDataKey(ctx, ws, 1, "m3", []byte("k3")), catalog.ErrConflict)
	master, version, encrypted, err := r.DataKey(ctx, ws)
	must(t, err)
	same(t, []any{master, version, string(encrypted)}, []any{"m2", int64(2), "k2"})
	same(t, get(r.DataKeys(ctx))(t), []int64{ws})

	hook := store.Webhook{ID: get(r.NewIDs(ctx, catalog.PrefixWebhook, 1))(t), Name: "w", URL: "https://example.com", Events: []string{"a"}, Schemas: []catalog.SchemaID{}, Enabled: true}
	_, err = r.CreateWebhook(ctx, ws, hook, []store.SealedSecret{{Field: "secret", Value: []byte("old"), DataKey: 1}}, store.By{Actor: named("ana")})
	wants(t, err, catalog.ErrConflict)
	_, err = r.Webhook(ctx, ws, hook.ID)
	wants(t, err, catalog.ErrNotFound)
	_, err = r.CreateWebhook(ctx, ws, hook, []store.SealedSecret{{Field: "secret", Value: []byte("s"), DataKey: 2}, {Field: "other", Value: []byte("o"), DataKey: 2}}, store.By{Actor: named("ana")})
	must(t, err)
	value, set, err := r.Secret(ctx, ws, "WHK-1", "secret")
	must(t, err)
	same(t, []any{string(value), set}, []any{"s", start})
	_, _, err = r.Secret(ctx, ws+1, "WHK-1", "secret")
	wants(t, err, catalog.ErrNotFound)

	var found []string
	list := func(owner, field string, limit int) []string {
		found = nil
		must(t, r.SecretValues(ctx, ws, owner, field, limit, func(owner, field string, value []byte) error {
			found = append(found, fmt.Sprint(owner, " ", field, " ", string(value)))
			return nil
		}))
		return found
	}
	same(t, list("", "", 10), []string{"WHK-1 other o", "WHK-1 secret s"})
	same(t, list("", "", 1), []string{"WHK-1 other o"})
	same(t, list("WHK-1", "other", 10), []string{"WHK-1 secret s"})
	wants(t, r.ReplaceSecretValue(ctx, ws, "WHK-1", "secret", []byte("s"), []byte("n"), 1), catalog.ErrConflict)
	must(t, r.ReplaceSecretValue(ctx, ws, "WHK-1", "secret", []byte("s"), []byte("n"), 2))
	must(t, r.ReplaceSecretValue(ctx, ws, "WHK-1", "secret", []byte("s"), []byte("x"), 2)) // it has changed
	must(t, r.ReplaceSecretValue(ctx, ws, "WHK-9", "secret", nil, []byte("x"), 2))
	same(t, list("", "", 10), []string{"WHK-1 other o", "WHK-1 secret n"})
	same(t, get(r.DropSecrets(ctx, store.By{}))(t), int64(2))
	same(t, len(list("", "", 10)), 0)
	same(t, get(r.DropSecrets(ctx, store.By{}))(t), int64(0))
}

// addWebhook makes a webhook that wants everything.
func (r *rig) addWebhook(schemas ...catalog.SchemaID) store.Webhook {
	r.t.Helper()
	ctx := r.t.Context()
	w := store.Webhook{ID: get(r.NewIDs(ctx, catalog.PrefixWebhook, 1))(r.t), Name: "w", URL: "https://example.com", Format: "standard", Events: []string{"a", "b"}, Schemas: schemas, Enabled: true}
	return get(r.CreateWebhook(ctx, ws, w, nil, store.By{Actor: named("ana")}))(r.t)
}

func testWebhooks(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	first, second := r.addWebhook(schema), r.addWebhook()
	same(t, first.Label(), "WHK-1")
	same(t, []bool{first.Wants("a", schema), first.Wants("c", schema), first.Wants("a", schema+1), second.Wants("a", schema+1)}, []bool{true, false, false, true})
	read := get(r.Webhook(ctx, ws, first.ID))(t)
	same(t, read, first)
	same(t, read.Creator, named("ana"))
	_, err := r.Webhook(ctx, ws+1, first.ID)
	wants(t, err, catalog.ErrNotFound)
	rows := walk(t, 1, func(p store.Page) (store.Paged[store.Webhook], error) { return r.Webhooks(ctx, ws, p) })
	same(t, len(rows), 2)

	r.clock.add(time.Minute)
	refusal := errors.New("refused")
	_, err = r.UpdateWebhook(ctx, ws, first.ID, func(w *store.Webhook) error { w.Name = "x"; return refusal }, nil, store.By{})
	wants(t, err, refusal)
	changed := get(r.UpdateWebhook(ctx, ws, first.ID, func(w *store.Webhook) error { w.Name, w.Events = "n", []string{"b"}; return nil }, nil, store.By{}))(t)
	same(t, changed, get(r.Webhook(ctx, ws, first.ID))(t))
	same(t, []any{changed.Name, changed.Events, changed.UpdatedAt}, []any{"n", []string{"b"}, start.Add(time.Minute)})
	_, err = r.UpdateWebhook(ctx, ws, 99, func(*store.Webhook) error { return nil }, nil, store.By{})
	wants(t, err, catalog.ErrNotFound)

	get(r.AddDelivery(ctx, ws, store.Delivery{Webhook: first.ID, Event: "b", Key: "k", Payload: []byte("{}")}))(t)
	wants(t, r.DeleteWebhook(ctx, ws, first.ID, func(store.Webhook) error { return refusal }, store.By{}), refusal)
	must(t, r.DeleteWebhook(ctx, ws, first.ID, func(store.Webhook) error { return nil }, store.By{}))
	wants(t, r.DeleteWebhook(ctx, ws, first.ID, func(store.Webhook) error { return nil }, store.By{}), catalog.ErrNotFound)
	_, err = r.NextDelivery(ctx, ws, first.ID)
	wants(t, err, catalog.ErrNotFound)
}

func testDeliveries(t *testing.T, r *rig) {
	ctx := t.Context()
	hook, other := r.addWebhook(), r.addWebhook()
	add := func(hook store.Webhook, key string) store.Delivery {
		t.Helper()
		return get(r.AddDelivery(ctx, ws, store.Delivery{Webhook: hook.ID, Event: "a", Key: key, Schema: 7, Payload: []byte(`{"x":1}`)}))(t)
	}
	first := add(hook, "one")
	want := store.Delivery{ID: 1, Webhook: hook.ID, Event: "a", Key: "one", Schema: 7, Payload: []byte(`{"x":1}`), State: store.DeliveryPending, NextAt: start, CreatedAt: start}
	same(t, first, want)
	add(other, "one")
	_, err := r.AddDelivery(ctx, ws, store.Delivery{Webhook: hook.ID, Event: "a", Key: "one", Payload: []byte{}})
	wants(t, err, catalog.ErrConflict)
	must(t, r.AddDeliveries(ctx, ws, []store.Delivery{{Webhook: hook.ID, Key: "one", Payload: []byte{}}, {Webhook: hook.ID, Key: "two", Payload: []byte{}}}))
	same(t, get(r.PendingWebhooks(ctx, ws))(t), []int64{hook.ID, other.ID})
	// One job per webhook sends all.
	for i, h := range []store.Webhook{hook, other} {
		job := get(r.ClaimJob(ctx, fmt.Sprint("worker ", i), []string{store.KindDelivery}))(t)
		same(t, []string{string(job.Arguments), job.OrderKey}, []string{fmt.Sprintf(`{"webhook":%d}`, h.ID), store.DeliveryOrder(h.ID)})
	}
	if job := get(r.ClaimJob(ctx, "worker 2", []string{store.KindDelivery}))(t); job != nil {
		t.Errorf("%+v", job)
	}

	next := get(r.NextDelivery(ctx, ws, hook.ID))(t)
	same(t, next, want)
	next.Attempts, next.Status, next.Error, next.Took, next.NextAt = 1, 500, "no", 3*time.Millisecond, start.Add(time.Hour)
	must(t, r.SaveAttempt(ctx, ws, next))
	same(t, get(r.Delivery(ctx, ws, hook.ID, next.ID))(t), next)
	_, err = r.Delivery(ctx, ws, other.ID, next.ID)
	wants(t, err, catalog.ErrNotFound)
	second := get(r.NextDelivery(ctx, ws, hook.ID))(t) // the first is due later
	same(t, second.Key, "two")
	_, err = r.Redeliver(ctx, ws, hook.ID, second.ID)
	wants(t, err, catalog.ErrConflict)
	r.clock.add(time.Minute)
	second.State, second.NextAt, second.Attempts = store.DeliveryDelivered, time.Time{}, 1
	must(t, r.SaveAttempt(ctx, ws, second))
	ended := get(r.Delivery(ctx, ws, hook.ID, second.ID))(t)
	same(t, ended.EndedAt, start.Add(time.Minute))
	second.Error = "late"
	must(t, r.SaveAttempt(ctx, ws, second)) // it has ended
	same(t, get(r.Delivery(ctx, ws, hook.ID, second.ID))(t), ended)
	again := get(r.Redeliver(ctx, ws, hook.ID, second.ID))(t)
	same(t, []any{again.State, again.Attempts, again.EndedAt}, []any{store.DeliveryPending, 0, time.Time{}})
	_, err = r.Redeliver(ctx, ws, other.ID, second.ID)
	wants(t, err, catalog.ErrNotFound)

	rows := walk(t, 1, func(p store.Page) (store.Paged[store.Delivery], error) {
		page, err := r.Deliveries(ctx, ws, hook.ID, "", p)
		page.Total = 2 // they are not counted
		return page, err
	})
	same(t, []string{rows[0].Key, rows[1].Key}, []string{"two", "one"})
	same(t, len(get(r.Deliveries(ctx, ws, hook.ID, store.DeliveryFailed, store.Page{}))(t).Rows), 0)

	must(t, r.DisableWebhook(ctx, ws, hook.ID, "gone"))
	must(t, r.DisableWebhook(ctx, ws, hook.ID, "twice")) // it is
	same(t, get(r.Webhook(ctx, ws, hook.ID))(t).Disabled, "gone")
	same(t, len(get(r.Deliveries(ctx, ws, hook.ID, store.DeliveryFailed, store.Page{}))(t).Rows), 2)
	same(t, get(r.PendingWebhooks(ctx, ws))(t), []int64{other.ID})
	same(t, get(r.DeleteDeliveries(ctx, ws, r.clock.now(), 10))(t), int64(0))
	r.clock.add(time.Minute)
	same(t, get(r.DeleteDeliveries(ctx, ws, r.clock.now(), 1))(t), int64(1))
	same(t, get(r.DeleteDeliveries(ctx, ws, r.clock.now(), 10))(t), int64(1))
}

// An import that ends and a version leave a job that finds events, if there are
// webhooks.
func testEvents(t *testing.T, r *rig) {
	ctx := t.Context()
	schema := r.schema("a")
	cancel := func() {
		imp := r.importInto(schema) //nolint:contextcheck // it takes the test's
		must(t, r.CancelImport(ctx, ws, imp.ID))
	}
	events := func() (found []string) {
		for {
			j, err := r.ClaimJob(ctx, "w", []string{store.KindEvents})
			must(t, err)
			if j == nil {
				return found
			}
			same(t, j.Schema, schema)
			found = append(found, string(j.Arguments))
			must(t, r.EndJob(ctx, j.Claim(), store.JobEnd{}))
		}
	}
	cancel()
	same(t, len(events()), 0)
	hook := r.addWebhook()
	cancel()
	r.put(schema, table(1, "orders"))
	same(t, events(), []string{`{"import":2}`, `{"version":1}`})
	must(t, r.DisableWebhook(ctx, ws, hook.ID, "test"))
	cancel()
	same(t, len(events()), 0)
}
