package store

import (
	"context"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// DeliveryState is where a delivery is.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryPending   DeliveryState = "pending"
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryFailed    DeliveryState = "failed" // given up
)

// Delivery is an event that a webhook sends.
type Delivery struct {
	ID       int64
	Webhook  int64
	Event    string
	Key      string // what happened: a webhook sends it once
	Schema   catalog.SchemaID
	Payload  []byte
	State    DeliveryState
	Attempts int
	NextAt   time.Time // of the next attempt; zero = none
	Status   int       // of the last reply; 0 = there was none
	Error    string    // of the last attempt
	Took     time.Duration

	CreatedAt time.Time
	EndedAt   time.Time
}

// Label returns the id of the delivery, such as DLV-7.
func (d Delivery) Label() string { return catalog.FormatID(catalog.PrefixDelivery, d.ID) }

const deliveryColumns = `id, webhook_id, event, event_key, schema_id, payload, state, attempts, next_at, status, error, took_ms, created_at, ended_at`

func scanDelivery(row scanner) (d Delivery, err error) {
	var next, took, created, ended int64
	err = row.Scan(&d.ID, &d.Webhook, &d.Event, &d.Key, (*int64)(&d.Schema), &d.Payload, (*string)(&d.State), &d.Attempts, &next,
		&d.Status, &d.Error, &took, &created, &ended)
	d.NextAt, d.CreatedAt, d.EndedAt = timeOf(next), timeOf(created), timeOf(ended)
	d.Took = time.Duration(took) * time.Millisecond
	return d, err
}

// KindDelivery is the kind of the jobs that send what a webhook has to send.
const KindDelivery = "webhook"

// DeliveryOrder is the order key of the jobs of a webhook: one sends at a time.
func DeliveryOrder(webhook int64) string { return fmt.Sprintf("%s/%d", KindDelivery, webhook) }

// AddDeliveries adds what webhooks have to send, each with the job that sends it. What
// a webhook has already, by its key, is left out.
func (s *Store) AddDeliveries(ctx context.Context, ws int64, all []Delivery) error {
	err := s.tx(ctx, func(tx Tx) error {
		for _, d := range all {
			if _, err := s.addDelivery(ctx, tx, ws, d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("add %d deliveries: %w", len(all), err)
	}
	s.tick()
	return nil
}

// AddDelivery adds one and returns it; catalog.ErrConflict if its webhook has one of
// that key.
func (s *Store) AddDelivery(ctx context.Context, ws int64, d Delivery) (Delivery, error) {
	err := s.tx(ctx, func(tx Tx) (err error) {
		d.ID, err = s.addDelivery(ctx, tx, ws, d)
		if err == nil && d.ID == 0 {
			err = catalog.ErrConflict
		}
		if err == nil {
			d, err = tx.delivery(ctx, ws, d.ID)
		}
		return err
	})
	if err != nil {
		return Delivery{}, fmt.Errorf("add delivery: %w", err)
	}
	s.tick()
	return d, nil
}

// addDelivery returns the id of the new delivery, or 0.
func (s *Store) addDelivery(ctx context.Context, tx Tx, ws int64, d Delivery) (int64, error) {
	id, err := tx.newIDs(ctx, catalog.PrefixDelivery, 1)
	if err != nil {
		return 0, err
	}
	now := micros(s.now())
	n, err := tx.exec(ctx, `INSERT INTO webhook_deliveries (ws, `+deliveryColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', 0, ?, 0, '', 0, ?, 0)
		ON CONFLICT (ws, webhook_id, event_key) DO NOTHING`, ws, id, d.Webhook, d.Event, d.Key, int64(d.Schema), d.Payload, now, now)
	if err != nil || n == 0 {
		return 0, err
	}
	return id, s.sendSoon(ctx, tx, ws, d.Webhook, 0)
}

// sendSoon enqueues the job that sends what a webhook has to send.
func (s *Store) sendSoon(ctx context.Context, tx Tx, ws, webhook int64, delay time.Duration) error {
	_, err := s.enqueue(ctx, tx, ws, NewJob{
		Kind: KindDelivery, OrderKey: DeliveryOrder(webhook), Arguments: fmt.Appendf(nil, `{"webhook":%d}`, webhook),
		Delay: min(max(delay, 0), MaxDelay), Once: true,
	})
	return err
}

func (d db) delivery(ctx context.Context, ws, id int64) (Delivery, error) {
	return one(ctx, d, scanDelivery, `SELECT `+deliveryColumns+` FROM webhook_deliveries WHERE ws = ? AND id = ?`, ws, id)
}

// Delivery returns a delivery of a webhook.
func (s *Store) Delivery(ctx context.Context, ws, webhook, id int64) (Delivery, error) {
	d, err := s.reader(ws).delivery(ctx, ws, id)
	if err == nil && d.Webhook != webhook {
		err = catalog.ErrNotFound
	}
	if err != nil {
		return Delivery{}, fmt.Errorf("delivery %d: %w", id, err)
	}
	return d, nil
}

// Deliveries lists what a webhook sent and has to send, newest first; state narrows
// it, "" = all. They are not counted.
func (s *Store) Deliveries(ctx context.Context, ws, webhook int64, state DeliveryState, p Page) (Paged[Delivery], error) {
	before := int64(catalog.Open)
	if _, err := p.after(&before); err != nil {
		return Paged[Delivery]{}, err
	}
	rows, err := list(ctx, s.reader(ws), scanDelivery, `SELECT `+deliveryColumns+` FROM webhook_deliveries
		WHERE ws = ? AND webhook_id = ? AND id < ? AND (CAST(? AS text) = '' OR state = ?) ORDER BY id DESC LIMIT ?`,
		ws, webhook, before, string(state), string(state), p.limit()+1)
	if err != nil {
		return Paged[Delivery]{}, fmt.Errorf("deliveries: %w", err)
	}
	return paged(rows, p, -1, func(d Delivery) []any { return []any{d.ID} })
}

// NextDelivery returns the delivery of a webhook that is due first;
// catalog.ErrNotFound if nothing is to be sent.
func (s *Store) NextDelivery(ctx context.Context, ws, webhook int64) (Delivery, error) {
	d, err := one(ctx, s.reader(ws), scanDelivery, `SELECT `+deliveryColumns+` FROM webhook_deliveries
		WHERE ws = ? AND webhook_id = ? AND state = 'pending' ORDER BY next_at, id LIMIT 1`, ws, webhook)
	if err != nil {
		return Delivery{}, fmt.Errorf("next delivery: %w", err)
	}
	return d, nil
}

// SaveAttempt writes what became of an attempt to send a delivery, if it is still
// pending: state, attempts, time of the next attempt, and what was replied.
func (s *Store) SaveAttempt(ctx context.Context, ws int64, d Delivery) error {
	ended := int64(0)
	if d.State != DeliveryPending {
		ended = micros(s.now())
	}
	err := s.tx(ctx, func(tx Tx) error {
		_, err := tx.exec(ctx, `UPDATE webhook_deliveries SET state = ?, attempts = ?, next_at = ?, status = ?, error = ?, took_ms = ?, ended_at = ?
			WHERE ws = ? AND id = ? AND state = 'pending'`,
			string(d.State), d.Attempts, micros(d.NextAt), d.Status, d.Error, d.Took.Milliseconds(), ended, ws, d.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("delivery %d: %w", d.ID, err)
	}
	return nil
}

// SendLater enqueues the job that sends what a webhook has to send, after a delay of
// at most MaxDelay.
func (s *Store) SendLater(ctx context.Context, ws, webhook int64, delay time.Duration) error {
	err := s.tx(ctx, func(tx Tx) error { return s.sendSoon(ctx, tx, ws, webhook, delay) })
	if err != nil {
		return fmt.Errorf("webhook %d: %w", webhook, err)
	}
	s.tick()
	return nil
}

// Redeliver sends a delivery that has ended once more.
func (s *Store) Redeliver(ctx context.Context, ws, webhook, id int64) (Delivery, error) {
	var d Delivery
	err := s.tx(ctx, func(tx Tx) (err error) {
		n, err := tx.exec(ctx, `UPDATE webhook_deliveries SET state = 'pending', attempts = 0, next_at = ?, ended_at = 0
			WHERE ws = ? AND webhook_id = ? AND id = ? AND state <> 'pending'`, micros(s.now()), ws, webhook, id)
		if err != nil {
			return err
		}
		if d, err = tx.delivery(ctx, ws, id); err == nil && d.Webhook != webhook {
			err = catalog.ErrNotFound
		}
		if err == nil && n == 0 {
			err = fmt.Errorf("it is pending: %w", catalog.ErrConflict)
		}
		if err != nil {
			return err
		}
		return s.sendSoon(ctx, tx, ws, webhook, 0)
	})
	if err != nil {
		return Delivery{}, fmt.Errorf("delivery %d: %w", id, err)
	}
	s.tick()
	return d, nil
}

// DisableWebhook disables a webhook for a reason and gives up what it has to send.
func (s *Store) DisableWebhook(ctx context.Context, ws, id int64, reason string) error {
	err := s.tx(ctx, func(tx Tx) error {
		n, err := tx.exec(ctx, `UPDATE webhooks SET enabled = 0, disabled_for = ?, updated_at = ? WHERE ws = ? AND id = ? AND enabled = 1`,
			reason, micros(s.now()), ws, id)
		if err != nil || n == 0 {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE webhook_deliveries SET state = 'failed', next_at = 0, ended_at = ?,
			error = CASE WHEN error = '' THEN ? ELSE error END WHERE ws = ? AND webhook_id = ? AND state = 'pending'`,
			micros(s.now()), "the webhook was disabled", ws, id); err != nil {
			return err
		}
		return s.audit(ctx, tx, ws, AuditEntry{
			Action: ActionWebhookDisabled, Subject: catalog.FormatID(catalog.PrefixWebhook, id),
			By: By{Actor: catalog.Actor{Kind: catalog.ActorSystem}}, Details: map[string]any{"reason": reason},
		})
	})
	if err != nil {
		return fmt.Errorf("disable webhook %d: %w", id, err)
	}
	return nil
}

// DeleteDeliveries deletes at most limit deliveries that ended before a time and
// returns how many there were.
func (s *Store) DeleteDeliveries(ctx context.Context, ws int64, before time.Time, limit int) (deleted int64, err error) {
	err = s.tx(ctx, func(tx Tx) (err error) {
		deleted, err = tx.exec(ctx, `DELETE FROM webhook_deliveries WHERE ws = ? AND id IN
			(SELECT id FROM webhook_deliveries WHERE ws = ? AND ended_at <> 0 AND ended_at < ? ORDER BY ended_at LIMIT ?)`, ws, ws, micros(before), limit)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("delete deliveries: %w", err)
	}
	return deleted, nil
}

// PendingWebhooks returns the webhooks that have something to send.
func (s *Store) PendingWebhooks(ctx context.Context, ws int64) ([]int64, error) {
	ids, err := list(ctx, s.reader(ws), scalar[int64], `SELECT id FROM webhooks w WHERE ws = ? AND enabled = 1 AND EXISTS
		(SELECT 1 FROM webhook_deliveries d WHERE d.ws = w.ws AND d.webhook_id = w.id AND d.state = 'pending') ORDER BY id`, ws)
	if err != nil {
		return nil, fmt.Errorf("webhooks with deliveries: %w", err)
	}
	return ids, nil
}
