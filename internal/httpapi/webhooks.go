package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/webhook"
)

// Webhooks keeps webhooks; *webhook.Registry implements it.
type Webhooks interface {
	Add(ctx context.Context, ws int64, c webhook.Change, by store.By) (store.Webhook, string, error)
	Set(ctx context.Context, ws, id int64, c webhook.Change, check func(store.Webhook) error, by store.By) (store.Webhook, string, error)
	Try(ctx context.Context, ws, id int64, by store.By) (store.Delivery, error)
	Webhook(ctx context.Context, ws, id int64) (store.Webhook, error)
	Webhooks(ctx context.Context, ws int64, p store.Page) (store.Paged[store.Webhook], error)
	DeleteWebhook(ctx context.Context, ws, id int64, check func(store.Webhook) error, by store.By) error
	Deliveries(ctx context.Context, ws, webhook int64, state store.DeliveryState, p store.Page) (store.Paged[store.Delivery], error)
	Delivery(ctx context.Context, ws, webhook, id int64) (store.Delivery, error)
	Redeliver(ctx context.Context, ws, webhook, id int64) (store.Delivery, error)
}

// Webhook sends events to an address.
type Webhook struct {
	Name           string                        `json:"name"`
	URL            string                        `json:"url"`
	Events         []string                      `json:"events" nullable:"false" doc:"Events it sends: import.failed, run.failed, schema.changed, source.stale, sync.failed, table.removed, test.failed"`
	Format         string                        `json:"format" enum:"standard,slack" doc:"standard: the JSON of the event; slack: a text, as Slack and compatible services take it"`
	SchemaIDs      []string                      `json:"schema_ids" nullable:"false" doc:"Schemas whose events it sends; empty means all"`
	Enabled        bool                          `json:"enabled"`
	DisabledReason string                        `json:"disabled_reason" doc:"Why the server disabled it; empty: it did not"`
	CreatorRef     httpserver.Nullable[ActorRef] `json:"creator_ref" doc:"Who created it"`
	CreatedAt      string                        `json:"created_at" format:"date-time"`
	UpdatedAt      string                        `json:"updated_at" format:"date-time"`
	Secret         string                        `json:"secret,omitempty" doc:"What signs its deliveries; only in the reply to the request for which it was made"`
}

// NewWebhook is a request for a webhook.
type NewWebhook struct {
	Name      string   `json:"name" minLength:"1" maxLength:"200"`
	URL       string   `json:"url" minLength:"1" maxLength:"2000" doc:"Address with https; http is only allowed within networks of --outbound-allow"`
	Events    []string `json:"events,omitempty" minItems:"1" maxItems:"20" doc:"Default: all"`
	Format    *string  `json:"format,omitempty" enum:"standard,slack" doc:"Default: standard"`
	SchemaIDs []string `json:"schema_ids,omitempty" maxItems:"1000" doc:"Schemas whose events it sends; defaults to all"`
	Enabled   *bool    `json:"enabled,omitempty" doc:"Default: true"`
	Secret    *string  `json:"secret,omitempty" maxLength:"200" doc:"whsec_ and 24 to 64 bytes in base64; default: a new one, shown in the reply"`
}

// WebhookPatch changes a webhook.
type WebhookPatch struct {
	Name      *string  `json:"name,omitempty" minLength:"1" maxLength:"200"`
	URL       *string  `json:"url,omitempty" minLength:"1" maxLength:"2000"`
	Events    []string `json:"events,omitempty" minItems:"1" maxItems:"20"`
	Format    *string  `json:"format,omitempty" enum:"standard,slack"`
	SchemaIDs []string `json:"schema_ids,omitempty" maxItems:"1000" doc:"Replaces them; an empty list means all"`
	Enabled   *bool    `json:"enabled,omitempty" doc:"true also enables a webhook that the server disabled"`
	Secret    *string  `json:"secret,omitempty" maxLength:"200" doc:"Replaces the secret; empty: by a new one, shown in the reply. The secret before it signs deliveries, too, for 24 hours"`
}

// Delivery is an event that a webhook sent or has to send.
type Delivery struct {
	Event         string          `json:"event"`
	SchemaID      string          `json:"schema_id"`
	State         string          `json:"state" enum:"pending,delivered,failed" doc:"failed: given up"`
	Attempts      int             `json:"attempts"`
	NextAttemptAt *string         `json:"next_attempt_at" format:"date-time" doc:"Null if none"`
	Status        *int            `json:"status" doc:"HTTP status of the last reply; null: there was none"`
	Error         string          `json:"error" doc:"Why the last attempt failed"`
	DurationMS    int64           `json:"duration_ms" doc:"Of the last attempt"`
	CreatedAt     string          `json:"created_at" format:"date-time"`
	EndedAt       *string         `json:"ended_at" format:"date-time"`
	Payload       json.RawMessage `json:"payload" doc:"The body, which is signed"`
}

// WebhookPath is the id of a webhook in a path.
type WebhookPath struct {
	ID string `path:"id" maxLength:"64" example:"WHK-1"`
}

// DeliveryPath is the id of a delivery of a webhook in a path.
type DeliveryPath struct {
	WebhookPath
	Delivery string `path:"delivery" maxLength:"64" example:"DLV-1"`
}

type updateWebhookInput struct {
	WebhookPath
	IfMatchParam
	Body WebhookPatch
}

type deleteWebhookInput struct {
	WebhookPath
	IfMatchParam
}

type deliveriesInput struct {
	WebhookPath
	httpserver.PageParams
	State string `query:"state" enum:"pending,delivered,failed" doc:"Only those in this state"`
}

func (a *API) registerWebhooks(s *httpserver.Server) {
	const one, all = "/api/v1/webhooks/{id}", "/api/v1/webhooks"
	op := func(method, path, id, summary, description string, status int, example string, secret bool) httpserver.Operation {
		return httpserver.Operation{
			Method: method, Path: path, Scope: access.AdminWorkspace, ID: id, Tag: "webhooks", Summary: summary, Description: description,
			Status: status, Example: example, Secret: secret,
		}
	}
	httpserver.Register(s, op(http.MethodGet, all, "list-webhooks", "List webhooks", "Without their secrets.", 0, "", false), a.listWebhooks)
	httpserver.Register(s, op(http.MethodPost, all, "create-webhook", "Create a webhook",
		"Events are sent as POST with the headers of Standard Webhooks: `webhook-id`, `webhook-timestamp` and `webhook-signature`, HMAC-SHA256 by the secret. A reply of 2xx within 15 seconds is a receipt; else it is sent again, ten times over about three days. The address must be public, or in a network that the operator allows.",
		http.StatusCreated, `{"name":"alerts","url":"https://example.com/hooks/thalweg","events":["test.failed","source.stale"]}`, true), a.createWebhook)
	httpserver.Register(s, op(http.MethodGet, one, "get-webhook", "Read a webhook", "Which events it sends, and where to; its secret is not shown.", 0, "", false), a.getWebhook)
	httpserver.Register(s, op(http.MethodPatch, one, "update-webhook", "Update a webhook",
		"With `If-Match` it is refused (412) if the webhook has changed since it was read.", 0, `{"enabled":false}`, true), a.updateWebhook)
	httpserver.Register(s, op(http.MethodDelete, one, "delete-webhook", "Delete a webhook", "With its deliveries; those that are pending are not sent.", http.StatusNoContent, "", false), a.deleteWebhook)
	httpserver.Register(s, op(http.MethodPost, one+"/test", "test-webhook", "Test a webhook", "Sends an event `webhook.test` and returns its delivery, which is pending; read it again to see what became of it.", http.StatusAccepted, "", false), a.testWebhook)
	httpserver.Register(s, op(http.MethodGet, one+"/deliveries", "list-deliveries", "List deliveries of a webhook", "Newest first; kept as long as jobs are.", 0, "", false), a.listDeliveries)
	httpserver.Register(s, op(http.MethodGet, one+"/deliveries/{delivery}", "get-delivery", "Read a delivery", "With what was sent and what was replied.", 0, "", false), a.getDelivery)
	httpserver.Register(s, op(http.MethodPost, one+"/deliveries/{delivery}/redeliver", "redeliver", "Send a delivery again", "With the same `webhook-id`, so that a receiver that has it ignores it. A pending one is 409.", http.StatusAccepted, "", false), a.redeliver)
}

// webhookID parses the id of a webhook, for a principal that may manage webhooks.
func webhookID(p access.Principal, id string) (int64, error) {
	if len(p.Schemas) > 0 { // webhooks belong to the whole workspace
		return 0, catalog.ErrForbidden
	}
	n, err := catalog.ParseIDOf(catalog.PrefixWebhook, id)
	return n, httpserver.Missing(err, "id", id)
}

func (a *API) listWebhooks(ctx context.Context, p access.Principal, in *httpserver.PageParams) (*httpserver.Body[httpserver.List[Webhook]], error) {
	if len(p.Schemas) > 0 {
		return nil, catalog.ErrForbidden
	}
	page, err := a.cursors.Page(ctx, p.WS, *in)
	if err != nil {
		return nil, err
	}
	rows, err := a.webhooks.Webhooks(ctx, p.WS, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[Webhook](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	for _, w := range rows.Rows {
		out.Data = append(out.Data, webhookResource(w))
	}
	return httpserver.Reply(out), nil
}

func (a *API) createWebhook(ctx context.Context, p access.Principal, in *struct{ Body NewWebhook }) (*httpserver.Located[httpserver.Document[Webhook]], error) {
	if len(p.Schemas) > 0 {
		return nil, catalog.ErrForbidden
	}
	b := in.Body
	c, err := a.webhookChange(ctx, p, webhook.Change{Name: &b.Name, URL: &b.URL, Events: b.Events, Format: b.Format, Enabled: b.Enabled, Secret: b.Secret}, b.SchemaIDs)
	if err != nil {
		return nil, err
	}
	w, secret, err := a.webhooks.Add(ctx, p.WS, c, p.By())
	if err != nil {
		return nil, fieldProblem(err)
	}
	r := webhookResource(w)
	r.Attributes.Secret = secret
	return &httpserver.Located[httpserver.Document[Webhook]]{Location: "/api/v1/webhooks/" + w.Label(), Body: httpserver.DocumentOf(r)}, nil
}

// webhookChange checks what a request sets, and adds its schemas.
func (a *API) webhookChange(ctx context.Context, p access.Principal, c webhook.Change, schemas []string) (webhook.Change, error) {
	if c.Name != nil {
		if err := plainText("name", *c.Name); err != nil {
			return c, err
		}
	}
	if schemas == nil {
		return c, nil
	}
	var err error
	c.Schemas, err = a.schemaIDs(ctx, p, schemas)
	return c, err
}

func (a *API) getWebhook(ctx context.Context, p access.Principal, in *WebhookPath) (*httpserver.Body[httpserver.Document[Webhook]], error) {
	id, err := webhookID(p, in.ID)
	if err != nil {
		return nil, err
	}
	w, err := a.webhooks.Webhook(ctx, p.WS, id)
	if err != nil {
		return nil, httpserver.Missing(err, "id", in.ID)
	}
	return httpserver.Reply(httpserver.DocumentOf(webhookResource(w))), nil
}

func (a *API) updateWebhook(ctx context.Context, p access.Principal, in *updateWebhookInput) (*httpserver.Changed[httpserver.Document[Webhook]], error) {
	id, err := webhookID(p, in.ID)
	if err != nil {
		return nil, err
	}
	b := in.Body
	c, err := a.webhookChange(ctx, p, webhook.Change{Name: b.Name, URL: b.URL, Events: b.Events, Format: b.Format, Enabled: b.Enabled, Secret: b.Secret}, b.SchemaIDs)
	if err != nil {
		return nil, err
	}
	w, secret, err := a.webhooks.Set(ctx, p.WS, id, c, webhookIs(in.IfMatch), p.By())
	if err != nil {
		return nil, httpserver.Missing(fieldProblem(err), "id", in.ID)
	}
	after := webhookResource(w)
	shown := after
	shown.Attributes.Secret = secret
	return httpserver.ReplyChanged(httpserver.DocumentOf(shown), httpserver.DocumentOf(after))
}

func (a *API) deleteWebhook(ctx context.Context, p access.Principal, in *deleteWebhookInput) (*struct{}, error) {
	id, err := webhookID(p, in.ID)
	if err != nil {
		return nil, err
	}
	return nil, httpserver.Missing(a.webhooks.DeleteWebhook(ctx, p.WS, id, webhookIs(in.IfMatch), p.By()), "id", in.ID)
}

// webhookIs returns the check that a webhook's document still has the tag of If-Match.
func webhookIs(ifMatch string) func(store.Webhook) error {
	return func(w store.Webhook) error {
		return httpserver.Precondition(ifMatch, httpserver.DocumentOf(webhookResource(w)))
	}
}

func (a *API) testWebhook(ctx context.Context, p access.Principal, in *WebhookPath) (*httpserver.Located[httpserver.Document[Delivery]], error) {
	id, err := webhookID(p, in.ID)
	if err != nil {
		return nil, err
	}
	d, err := a.webhooks.Try(ctx, p.WS, id, p.By())
	if err != nil {
		return nil, httpserver.Missing(err, "id", in.ID)
	}
	return located(in.ID, d), nil
}

func located(webhook string, d store.Delivery) *httpserver.Located[httpserver.Document[Delivery]] {
	return &httpserver.Located[httpserver.Document[Delivery]]{
		Location: "/api/v1/webhooks/" + webhook + "/deliveries/" + d.Label(), Body: httpserver.DocumentOf(deliveryResource(d)),
	}
}

func (a *API) listDeliveries(ctx context.Context, p access.Principal, in *deliveriesInput) (*httpserver.Body[httpserver.List[Delivery]], error) {
	id, err := webhookID(p, in.ID)
	if err != nil {
		return nil, err
	}
	if _, err := a.webhooks.Webhook(ctx, p.WS, id); err != nil {
		return nil, httpserver.Missing(err, "id", in.ID)
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := a.webhooks.Deliveries(ctx, p.WS, id, store.DeliveryState(in.State), page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[Delivery](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	for _, d := range rows.Rows {
		out.Data = append(out.Data, deliveryResource(d))
	}
	return httpserver.Reply(out), nil
}

// deliveryID parses the ids of a path.
func deliveryID(p access.Principal, in *DeliveryPath) (hook, delivery int64, err error) {
	if hook, err = webhookID(p, in.ID); err != nil {
		return 0, 0, err
	}
	delivery, err = catalog.ParseIDOf(catalog.PrefixDelivery, in.Delivery)
	return hook, delivery, httpserver.Missing(err, "delivery", in.Delivery)
}

func (a *API) getDelivery(ctx context.Context, p access.Principal, in *DeliveryPath) (*httpserver.Body[httpserver.Document[Delivery]], error) {
	hook, id, err := deliveryID(p, in)
	if err != nil {
		return nil, err
	}
	d, err := a.webhooks.Delivery(ctx, p.WS, hook, id)
	if err != nil {
		return nil, httpserver.Missing(err, "delivery", in.Delivery)
	}
	return httpserver.Reply(httpserver.DocumentOf(deliveryResource(d))), nil
}

func (a *API) redeliver(ctx context.Context, p access.Principal, in *DeliveryPath) (*httpserver.Located[httpserver.Document[Delivery]], error) {
	hook, id, err := deliveryID(p, in)
	if err != nil {
		return nil, err
	}
	d, err := a.webhooks.Redeliver(ctx, p.WS, hook, id)
	if err != nil {
		return nil, httpserver.Missing(err, "delivery", in.Delivery)
	}
	return located(in.ID, d), nil
}

func webhookResource(w store.Webhook) httpserver.Resource[Webhook] {
	out := Webhook{
		Name: w.Name, URL: w.URL, Events: orEmpty(w.Events), Format: w.Format, SchemaIDs: []string{}, Enabled: w.Enabled, DisabledReason: w.Disabled,
		CreatedAt: timeOrEmpty(w.CreatedAt), UpdatedAt: timeOrEmpty(w.UpdatedAt), CreatorRef: actorRefOf(w.Creator),
	}
	for _, id := range w.Schemas {
		out.SchemaIDs = append(out.SchemaIDs, id.String())
	}
	return httpserver.Resource[Webhook]{ID: w.Label(), Type: "webhook", Attributes: out}
}

func deliveryResource(d store.Delivery) httpserver.Resource[Delivery] {
	out := Delivery{
		Event: d.Event, State: string(d.State), Attempts: d.Attempts, NextAttemptAt: timeText(d.NextAt), Error: d.Error, DurationMS: d.Took.Milliseconds(),
		CreatedAt: timeOrEmpty(d.CreatedAt), EndedAt: timeText(d.EndedAt), Payload: d.Payload,
	}
	if d.Schema != 0 {
		out.SchemaID = d.Schema.String()
	}
	if d.Status != 0 {
		out.Status = &d.Status
	}
	return httpserver.Resource[Delivery]{ID: d.Label(), Type: "delivery", Attributes: out}
}
