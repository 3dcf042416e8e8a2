package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/outbound"
	"github.com/thalweg-data/thalweg/internal/secret"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Rows is what a Registry needs of the store; *store.Store implements it.
type Rows interface {
	NewIDs(ctx context.Context, prefix string, n int64) (first int64, err error)
	CreateWebhook(ctx context.Context, ws int64, w store.Webhook, secrets []store.SealedSecret, by store.By) (store.Webhook, error)
	Webhook(ctx context.Context, ws, id int64) (store.Webhook, error)
	Webhooks(ctx context.Context, ws int64, p store.Page) (store.Paged[store.Webhook], error)
	UpdateWebhook(ctx context.Context, ws, id int64, change func(*store.Webhook) error, secrets []store.SealedSecret, by store.By) (store.Webhook, error)
	DeleteWebhook(ctx context.Context, ws, id int64, check func(store.Webhook) error, by store.By) error
	Secret(ctx context.Context, ws int64, owner, field string) (value []byte, set time.Time, err error)

	Deliveries(ctx context.Context, ws, webhook int64, state store.DeliveryState, p store.Page) (store.Paged[store.Delivery], error)
	Delivery(ctx context.Context, ws, webhook, id int64) (store.Delivery, error)
	AddDelivery(ctx context.Context, ws int64, d store.Delivery) (store.Delivery, error)
	Redeliver(ctx context.Context, ws, webhook, id int64) (store.Delivery, error)
}

// Sealer encrypts and decrypts; *secret.Keeper implements it.
type Sealer interface {
	Secrets
	Seal(ctx context.Context, ws int64, p secret.Place, value []byte) (secret.Sealed, error)
}

// Registry keeps webhooks.
type Registry struct {
	Rows
	Secrets  Sealer
	Policy   outbound.Policy
	Resolver outbound.Resolver
	Random   io.Reader
	Now      func() time.Time
}

// Change is what a person sets of a webhook; nil leaves it.
type Change struct {
	Name, URL, Format *string
	Events            []string
	Schemas           []catalog.SchemaID // not nil: replaces them
	Enabled           *bool
	// Secret replaces the secret, which signs deliveries for PreviousTime longer. "" makes one.
	Secret *string
}

// Add makes a webhook and returns it with its secret, which is not shown again.
func (r *Registry) Add(ctx context.Context, ws int64, c Change, by store.By) (w store.Webhook, shown string, err error) {
	w = store.Webhook{Format: FormatStandard, Events: Events(), Schemas: []catalog.SchemaID{}, Enabled: true}
	if err := r.apply(ctx, &w, c); err != nil {
		return w, "", err
	}
	if w.ID, err = r.NewIDs(ctx, catalog.PrefixWebhook, 1); err != nil {
		return w, "", err
	}
	sealed, shown, err := r.newSecret(ctx, ws, w.Label(), c.Secret)
	if err != nil {
		return w, "", err
	}
	w, err = r.CreateWebhook(ctx, ws, w, sealed, by)
	return w, shown, err
}

// Set changes a webhook that check, which sees it as it is, does not refuse. It returns the secret if that is new.
func (r *Registry) Set(ctx context.Context, ws, id int64, c Change, check func(store.Webhook) error, by store.By) (w store.Webhook, shown string, err error) {
	if w, err = r.Webhook(ctx, ws, id); err != nil {
		return w, "", err
	}
	// What takes time, such as the look-up of the host, comes before the transaction.
	if err := r.apply(ctx, &w, c); err != nil {
		return w, "", err
	}
	var sealed []store.SealedSecret
	if c.Secret != nil {
		if sealed, shown, err = r.rotated(ctx, ws, w.Label(), c.Secret); err != nil {
			return w, "", err
		}
	}
	w, err = r.UpdateWebhook(ctx, ws, id, func(w *store.Webhook) error {
		if err := check(*w); err != nil {
			return err
		}
		c.assign(w)
		return nil
	}, sealed, by)
	return w, shown, err
}

// apply assigns the change and checks what it sets.
func (r *Registry) apply(ctx context.Context, w *store.Webhook, c Change) error {
	c.assign(w)
	if strings.TrimSpace(w.Name) == "" {
		return catalog.BadField("name", errors.New("it is blank"))
	}
	if c.Format != nil && !slices.Contains(Formats(), *c.Format) {
		return catalog.BadField("format", fmt.Errorf("want one of %v", Formats()))
	}
	for _, e := range c.Events {
		if !slices.Contains(Events(), e) {
			return catalog.BadField("events", fmt.Errorf("there is no event %.60q; there are %v", e, Events()))
		}
	}
	if c.Secret != nil && *c.Secret != "" {
		if err := CheckSecret(*c.Secret); err != nil {
			return catalog.BadField(FieldSecret, err)
		}
	}
	if c.URL != nil {
		if err := r.Policy.CheckURL(ctx, r.Resolver, *c.URL); err != nil {
			return catalog.BadField("url", err)
		}
	}
	return nil
}

func (c Change) assign(w *store.Webhook) {
	for _, f := range []struct {
		from *string
		to   *string
	}{{c.Name, &w.Name}, {c.URL, &w.URL}, {c.Format, &w.Format}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if c.Events != nil {
		w.Events = slices.Compact(slices.Sorted(slices.Values(c.Events)))
	}
	if c.Schemas != nil {
		w.Schemas = c.Schemas
	}
	if c.Enabled != nil {
		w.Enabled, w.Disabled = *c.Enabled, ""
	}
}

// newSecret encrypts a secret, which is made if none is given, and returns it if it was made.
func (r *Registry) newSecret(ctx context.Context, ws int64, owner string, given *string) (sealed []store.SealedSecret, shown string, err error) {
	value := ""
	if given != nil {
		value = *given
	}
	if value == "" {
		if value, err = NewSecret(r.Random); err != nil {
			return nil, "", err
		}
		shown = value
	}
	one, err := r.seal(ctx, ws, owner, FieldSecret, []byte(value))
	return []store.SealedSecret{one}, shown, err
}

func (r *Registry) seal(ctx context.Context, ws int64, owner, field string, value []byte) (store.SealedSecret, error) {
	s, err := r.Secrets.Seal(ctx, ws, secret.Place{Owner: owner, Field: field}, value)
	return store.SealedSecret{Field: field, Value: s.Value, DataKey: s.Version}, err
}

// rotated is newSecret that keeps the present secret as the previous one.
func (r *Registry) rotated(ctx context.Context, ws int64, owner string, given *string) (sealed []store.SealedSecret, shown string, err error) {
	sealed, shown, err = r.newSecret(ctx, ws, owner, given)
	if err != nil {
		return nil, "", err
	}
	present, _, err := r.Secret(ctx, ws, owner, FieldSecret)
	if errors.Is(err, catalog.ErrNotFound) { // dropped, because the master key was lost
		return sealed, shown, nil
	}
	if err != nil {
		return nil, "", err
	}
	value, err := r.Secrets.Open(ctx, ws, secret.Place{Owner: owner, Field: FieldSecret}, present)
	if err != nil {
		return nil, "", err
	}
	previous, err := r.seal(ctx, ws, owner, FieldPrevious, value)
	return append(sealed, previous), shown, err
}

// Try adds a delivery that shows that the webhook works.
func (r *Registry) Try(ctx context.Context, ws, id int64, by store.By) (store.Delivery, error) {
	w, err := r.Webhook(ctx, ws, id)
	if err != nil {
		return store.Delivery{}, err
	}
	if !w.Enabled {
		return store.Delivery{}, fmt.Errorf("the webhook is disabled: %w", catalog.ErrConflict)
	}
	at := r.Now().UTC()
	event := Event{Type: EventTest, At: at, Data: Data{Message: "This is a test of the webhook " + w.Name + ", sent by " + by.Actor.Name + "."}}
	body, err := event.body(w.Format)
	if err != nil {
		return store.Delivery{}, err
	}
	return r.AddDelivery(ctx, ws, store.Delivery{Webhook: id, Event: EventTest, Key: fmt.Sprintf("%s %s %s", EventTest, at.Format(time.RFC3339Nano), by.Request), Payload: body})
}
