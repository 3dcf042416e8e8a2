package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Webhook sends events to an address.
type Webhook struct {
	ID       int64
	Name     string
	URL      string
	Format   string
	Events   []string
	Schemas  []catalog.SchemaID // whose events are sent; empty = all
	Enabled  bool
	Disabled string // why the server disabled it; "" = it did not
	Creator  catalog.Actor

	CreatedAt time.Time
	UpdatedAt time.Time
}

// Label returns the id of the webhook, such as WHK-2.
func (w Webhook) Label() string { return catalog.FormatID(catalog.PrefixWebhook, w.ID) }

// Wants reports whether the webhook sends an event of a schema.
func (w Webhook) Wants(event string, schema catalog.SchemaID) bool {
	return w.Enabled && slices.Contains(w.Events, event) && (len(w.Schemas) == 0 || slices.Contains(w.Schemas, schema))
}

func (w Webhook) details() map[string]any {
	return map[string]any{"name": w.Name, "url": w.URL, "events": w.Events, "enabled": w.Enabled}
}

const webhookColumns = `id, name, url, format, events, schemas, enabled, disabled_for, creator_kind, creator_id, creator_name, created_at, updated_at`

func scanWebhook(row scanner) (w Webhook, err error) {
	var events, schemas string
	var created, updated int64
	if err := row.Scan(&w.ID, &w.Name, &w.URL, &w.Format, &events, &schemas, &w.Enabled, &w.Disabled,
		(*string)(&w.Creator.Kind), &w.Creator.ID, &w.Creator.Name, &created, &updated); err != nil {
		return w, err
	}
	w.CreatedAt, w.UpdatedAt = timeOf(created), timeOf(updated)
	return w, errors.Join(json.Unmarshal([]byte(events), &w.Events), json.Unmarshal([]byte(schemas), &w.Schemas))
}

// lists returns the JSON of a webhook's lists.
func (w Webhook) lists() (events, schemas string, err error) {
	e, err := json.Marshal(w.Events)
	if err != nil {
		return "", "", err
	}
	s, err := json.Marshal(w.Schemas)
	return string(e), string(s), err
}

// CreateWebhook adds a webhook with its secrets: creator and times are set by the
// store, its id comes from NewIDs, because its secrets are encrypted for it.
func (s *Store) CreateWebhook(ctx context.Context, ws int64, w Webhook, secrets []SealedSecret, by By) (Webhook, error) {
	w.CreatedAt, w.Creator = timeOf(micros(s.now())), by.Actor
	w.UpdatedAt = w.CreatedAt
	events, schemas, err := w.lists()
	if err != nil {
		return Webhook{}, fmt.Errorf("webhook %q: %w", w.Name, err)
	}
	err = s.tx(ctx, func(tx Tx) error {
		if err := s.putSecrets(ctx, tx, ws, w.Label(), secrets); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `INSERT INTO webhooks (ws, `+webhookColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			ws, w.ID, w.Name, w.URL, w.Format, events, schemas, bit(w.Enabled), w.Disabled,
			string(w.Creator.Kind), w.Creator.ID, w.Creator.Name, micros(w.CreatedAt), micros(w.UpdatedAt)); err != nil {
			return err
		}
		return s.audit(ctx, tx, ws, AuditEntry{Action: ActionWebhookCreated, Subject: w.Label(), By: by, Details: w.details()})
	})
	if err != nil {
		return Webhook{}, fmt.Errorf("webhook %q: %w", w.Name, err)
	}
	return w, nil
}

// Webhook returns a webhook.
func (s *Store) Webhook(ctx context.Context, ws, id int64) (Webhook, error) {
	w, err := s.reader(ws).webhook(ctx, ws, id)
	if err != nil {
		return Webhook{}, fmt.Errorf("webhook %d: %w", id, err)
	}
	return w, nil
}

func (d db) webhook(ctx context.Context, ws, id int64) (Webhook, error) {
	return one(ctx, d, scanWebhook, `SELECT `+webhookColumns+` FROM webhooks WHERE ws = ? AND id = ?`, ws, id)
}

// Webhooks lists the webhooks of a workspace by id.
func (s *Store) Webhooks(ctx context.Context, ws int64, p Page) (Paged[Webhook], error) {
	var after int64
	if _, err := p.after(&after); err != nil {
		return Paged[Webhook]{}, err
	}
	d := s.reader(ws)
	rows, err := list(ctx, d, scanWebhook, `SELECT `+webhookColumns+` FROM webhooks WHERE ws = ? AND id > ? ORDER BY id LIMIT ?`, ws, after, p.limit()+1)
	if err != nil {
		return Paged[Webhook]{}, fmt.Errorf("webhooks: %w", err)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM webhooks WHERE ws = ?`, ws)
	if err != nil {
		return Paged[Webhook]{}, fmt.Errorf("webhooks: %w", err)
	}
	return paged(rows, p, total, func(w Webhook) []any { return []any{w.ID} })
}

// UpdateWebhook changes a webhook by change, which sees it as it is in the
// transaction and may refuse; secrets replace those of the same field.
func (s *Store) UpdateWebhook(ctx context.Context, ws, id int64, change func(*Webhook) error, secrets []SealedSecret, by By) (Webhook, error) {
	var w Webhook
	err := s.tx(ctx, func(tx Tx) (err error) {
		if err := s.putSecrets(ctx, tx, ws, catalog.FormatID(catalog.PrefixWebhook, id), secrets); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE webhooks SET name = name WHERE ws = ? AND id = ?`, ws, id); err != nil {
			return err
		}
		if w, err = tx.webhook(ctx, ws, id); err != nil {
			return err
		}
		if err := change(&w); err != nil {
			return err
		}
		if err := s.saveWebhook(ctx, tx, ws, &w); err != nil {
			return err
		}
		return s.audit(ctx, tx, ws, AuditEntry{Action: ActionWebhookUpdated, Subject: w.Label(), By: by, Details: w.details()})
	})
	if err != nil {
		return Webhook{}, fmt.Errorf("webhook %d: %w", id, err)
	}
	s.tick()
	return w, nil
}

func (s *Store) saveWebhook(ctx context.Context, tx Tx, ws int64, w *Webhook) error {
	events, schemas, err := w.lists()
	if err != nil {
		return err
	}
	w.UpdatedAt = timeOf(micros(s.now()))
	_, err = tx.exec(ctx, `UPDATE webhooks SET name = ?, url = ?, format = ?, events = ?, schemas = ?, enabled = ?, disabled_for = ?, updated_at = ?
		WHERE ws = ? AND id = ?`, w.Name, w.URL, w.Format, events, schemas, bit(w.Enabled), w.Disabled, micros(w.UpdatedAt), ws, w.ID)
	return err
}

// DeleteWebhook deletes a webhook with its secrets and deliveries.
func (s *Store) DeleteWebhook(ctx context.Context, ws, id int64, check func(Webhook) error, by By) error {
	err := s.tx(ctx, func(tx Tx) error {
		w, err := tx.webhook(ctx, ws, id)
		if err != nil {
			return err
		}
		if err := check(w); err != nil {
			return err
		}
		if err := tx.deleteSecrets(ctx, ws, w.Label()); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `DELETE FROM webhook_deliveries WHERE ws = ? AND webhook_id = ?`, ws, id); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `DELETE FROM webhooks WHERE ws = ? AND id = ?`, ws, id); err != nil {
			return err
		}
		return s.audit(ctx, tx, ws, AuditEntry{Action: ActionWebhookDeleted, Subject: w.Label(), By: by, Details: w.details()})
	})
	if err != nil {
		return fmt.Errorf("delete webhook %d: %w", id, err)
	}
	return nil
}
