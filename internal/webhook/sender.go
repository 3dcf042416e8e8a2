package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/outbound"
	"github.com/thalweg-data/thalweg/internal/secret"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Queue is what a Sender needs of the store; *store.Store implements it.
type Queue interface {
	Webhook(ctx context.Context, ws, id int64) (store.Webhook, error)
	Secret(ctx context.Context, ws int64, owner, field string) (value []byte, set time.Time, err error)
	Workspaces(ctx context.Context) ([]int64, error)
	PendingWebhooks(ctx context.Context, ws int64) ([]int64, error)
	NextDelivery(ctx context.Context, ws, webhook int64) (store.Delivery, error)
	SaveAttempt(ctx context.Context, ws int64, d store.Delivery) error
	SendLater(ctx context.Context, ws, webhook int64, delay time.Duration) error
	DisableWebhook(ctx context.Context, ws, id int64, reason string) error
}

// Secrets decrypts; *secret.Keeper implements it.
type Secrets interface {
	Open(ctx context.Context, ws int64, p secret.Place, sealed []byte) ([]byte, error)
}

// Limits of a request to a receiver.
const (
	SendTime  = 15 * time.Second
	ReplySize = 64 << 10 // bytes
)

// sendSlots is how many webhooks send at a time.
const sendSlots = 2

// waits are the times between attempts: about three days in all, as Standard Webhooks suggests.
var waits = []time.Duration{ //nolint:gochecknoglobals // constant
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// Sender sends deliveries.
type Sender struct {
	Store   Queue
	Secrets Secrets
	Client  *http.Client // see outbound.Policy
	Agent   string       // the header User-Agent
	Now     func() time.Time
	// Jitter changes a wait a little, so that webhooks do not try again together.
	Jitter func(time.Duration) time.Duration
}

// SweepSchedule is when webhooks that have something to send, and no job that does, get one: the job may have been
// given up because the database did not answer.
const SweepSchedule = "*/10 * * * *"

type arguments struct {
	Webhook int64 `json:"webhook"` // 0 = all that have something to send get a job
}

// Kind returns the kind of the jobs that send.
func (s *Sender) Kind() jobs.Kind {
	return jobs.Kind{Name: store.KindDelivery, Ordered: true, Slots: sendSlots, Run: s.run, Label: func(j store.Job) slog.Attr {
		return slog.String("arguments", string(j.Arguments))
	}}
}

// run sends what a webhook has to send until nothing is due or an attempt fails. Then a job continues later.
func (s *Sender) run(ctx context.Context, a *jobs.Attempt) error {
	var args arguments
	if len(a.Job.Arguments) == 0 {
		return s.sweep(ctx)
	}
	if err := json.Unmarshal(a.Job.Arguments, &args); err != nil {
		return jobs.Fail(catalog.Failure{Code: "bad-arguments", Message: "bad-arguments: " + err.Error()})
	}
	ws := a.Job.WS
	for {
		hook, err := s.Store.Webhook(ctx, ws, args.Webhook)
		if errors.Is(err, catalog.ErrNotFound) || err == nil && !hook.Enabled {
			return nil // deleted or disabled meanwhile
		}
		if err != nil {
			return err
		}
		d, err := s.Store.NextDelivery(ctx, ws, hook.ID)
		if errors.Is(err, catalog.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if wait := d.NextAt.Sub(s.Now()); wait > 0 {
			return s.Store.SendLater(ctx, ws, hook.ID, wait)
		}
		sent, err := s.attempt(ctx, ws, hook, d)
		if err != nil || !sent {
			return err
		}
	}
}

func (s *Sender) sweep(ctx context.Context) error {
	all, err := s.Store.Workspaces(ctx)
	if err != nil {
		return err
	}
	for _, ws := range all {
		hooks, err := s.Store.PendingWebhooks(ctx, ws)
		if err != nil {
			return err
		}
		for _, id := range hooks {
			if err := s.Store.SendLater(ctx, ws, id, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// attempt sends a delivery once, writes what became of it, and reports whether it was received. A receiver that does
// not answer is given some time before anything else is sent to it.
func (s *Sender) attempt(ctx context.Context, ws int64, hook store.Webhook, d store.Delivery) (sent bool, err error) {
	began := s.Now()
	status, failure := s.send(ctx, ws, hook, d)
	if ctx.Err() != nil {
		return false, ctx.Err() // the server stops: this does not count
	}
	d.Attempts++
	d.Status, d.Took, d.Error = status, s.Now().Sub(began), ""
	switch {
	case failure == nil:
		d.State, d.NextAt = store.DeliveryDelivered, time.Time{}
		return true, s.Store.SaveAttempt(ctx, ws, d)
	case d.Attempts > len(waits):
		d.State, d.NextAt = store.DeliveryFailed, time.Time{}
	default:
		d.NextAt = s.Now().Add(s.Jitter(waits[d.Attempts-1]))
	}
	d.Error = short(failure.Error())
	if err := s.Store.SaveAttempt(ctx, ws, d); err != nil {
		return false, err
	}
	if status == http.StatusGone {
		return false, s.Store.DisableWebhook(ctx, ws, hook.ID, "the receiver answered 410 Gone")
	}
	return false, s.Store.SendLater(ctx, ws, hook.ID, waits[0])
}

// send makes the request. The error has no more than a receiver may see: no secret and no address of the resolver.
func (s *Sender) send(ctx context.Context, ws int64, hook store.Webhook, d store.Delivery) (status int, err error) {
	request, err := s.request(ctx, ws, hook, d)
	if err != nil {
		return 0, err
	}
	reply, err := s.Client.Do(request)
	if err != nil {
		return 0, explain(err)
	}
	defer reply.Body.Close()
	_, err = io.Copy(io.Discard, reply.Body) // so that the connection can be used again
	if reply.StatusCode/100 != 2 {
		return reply.StatusCode, fmt.Errorf("the receiver answered %d %s", reply.StatusCode, http.StatusText(reply.StatusCode))
	}
	if err != nil && !errors.Is(err, outbound.ErrTooLong) {
		return reply.StatusCode, explain(err)
	}
	return reply.StatusCode, nil
}

func (s *Sender) request(ctx context.Context, ws int64, hook store.Webhook, d store.Delivery) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(d.Payload))
	if err != nil {
		return nil, errors.New("the address of the webhook is not valid")
	}
	secrets, err := s.secrets(ctx, ws, hook)
	if err != nil {
		return nil, err
	}
	at := s.Now()
	signature, err := sign(secrets, d.Label(), at, d.Payload)
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "User-Agent": s.Agent,
		"Webhook-Id": d.Label(), "Webhook-Timestamp": timestamp(at), "Webhook-Signature": signature,
	} {
		request.Header.Set(name, value)
	}
	return request, nil
}

// secrets returns what signs the deliveries of a webhook: its secret, and the one before where there is one.
func (s *Sender) secrets(ctx context.Context, ws int64, hook store.Webhook) ([]string, error) {
	var out []string
	for _, field := range []string{FieldSecret, FieldPrevious} {
		sealed, set, err := s.Store.Secret(ctx, ws, hook.Label(), field)
		if field == FieldPrevious && (errors.Is(err, catalog.ErrNotFound) || err == nil && s.Now().Sub(set) > PreviousTime) {
			continue
		}
		if errors.Is(err, catalog.ErrNotFound) {
			return nil, errors.New("the secret of the webhook is missing: set it again")
		}
		if err != nil {
			return nil, err
		}
		value, err := s.Secrets.Open(ctx, ws, secret.Place{Owner: hook.Label(), Field: field}, sealed)
		if err != nil {
			return nil, err
		}
		out = append(out, string(value))
	}
	return out, nil
}

// explain returns why a request had no reply, in words that the log of deliveries may show.
func explain(err error) error {
	var timeout interface{ Timeout() bool }
	var dns *net.DNSError
	switch {
	case errors.Is(err, outbound.ErrNotAllowed):
		return errors.New("the address is not allowed; the operator can allow it with --outbound-allow")
	case errors.As(err, &dns):
		return fmt.Errorf("the host %.100q is not found", dns.Name)
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("no reply within %s", SendTime)
	}
	var operation *net.OpError
	if errors.As(err, &operation) {
		return fmt.Errorf("%s: %w", operation.Op, operation.Err)
	}
	return err
}
