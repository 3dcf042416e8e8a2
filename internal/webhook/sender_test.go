package webhook

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/secret"
	"github.com/thalweg-data/thalweg/internal/store"
)

// attempts is a queue of one delivery, and its receiver; its clock is now.
type attempts struct {
	now      time.Time
	hook     store.Webhook
	delivery store.Delivery
	later    []time.Duration
	status   int
	err      error
}

func (a *attempts) Webhook(context.Context, int64, int64) (store.Webhook, error) { return a.hook, nil }

func (a *attempts) Secret(_ context.Context, _ int64, _, field string) ([]byte, time.Time, error) {
	if field == FieldPrevious {
		return nil, time.Time{}, catalog.ErrNotFound
	}
	return []byte("sealed"), a.now, nil
}

func (a *attempts) NextDelivery(context.Context, int64, int64) (store.Delivery, error) {
	if a.delivery.State != store.DeliveryPending {
		return store.Delivery{}, catalog.ErrNotFound
	}
	return a.delivery, nil
}

func (a *attempts) SaveAttempt(_ context.Context, _ int64, d store.Delivery) error {
	a.delivery = d
	return nil
}

func (a *attempts) SendLater(_ context.Context, _, _ int64, delay time.Duration) error {
	a.later = append(a.later, delay)
	return nil
}

func (a *attempts) DisableWebhook(context.Context, int64, int64, string) error {
	a.hook.Enabled = false
	return nil
}

func (a *attempts) Workspaces(context.Context) ([]int64, error) { return []int64{1}, nil }

func (a *attempts) PendingWebhooks(context.Context, int64) ([]int64, error) { return []int64{1}, nil }

func (a *attempts) Open(context.Context, int64, secret.Place, []byte) ([]byte, error) {
	return []byte("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="), nil
}

func (a *attempts) RoundTrip(*http.Request) (*http.Response, error) {
	if a.err != nil {
		return nil, a.err
	}
	return &http.Response{StatusCode: a.status, Body: io.NopCloser(strings.NewReader(""))}, nil
}

func newAttempts() *attempts {
	return &attempts{
		now: time.Date(2026, 11, 9, 7, 0, 0, 0, time.UTC), status: 500,
		hook: store.Webhook{ID: 1, URL: "https://example.com", Enabled: true}, delivery: store.Delivery{ID: 1, Webhook: 1, State: store.DeliveryPending, Payload: []byte("{}")},
	}
}

func (a *attempts) run(t *testing.T) {
	t.Helper()
	s := Sender{Store: a, Secrets: a, Client: &http.Client{Transport: a}, Now: func() time.Time { return a.now }, Jitter: func(d time.Duration) time.Duration { return d }}
	if err := s.Kind().Run(t.Context(), &jobs.Attempt{Job: store.Job{WS: 1, Arguments: []byte(`{"webhook":1}`)}}); err != nil {
		t.Fatal(err)
	}
}

// A receiver that is down is tried for about three days, then the delivery is given up. Redirects are no receipt.
func TestSchedule(t *testing.T) {
	for name, fail := range map[string]func(*attempts){
		"500": func(a *attempts) { a.status = 500 }, "redirect": func(a *attempts) { a.status = 302 },
		"no answer": func(a *attempts) { a.err = errors.New("connection refused") },
	} {
		a := newAttempts()
		fail(a)
		began, tries := a.now, 0
		for a.delivery.State == store.DeliveryPending {
			a.run(t)
			if tries++; tries > 100 {
				t.Fatalf("%s: no end", name)
			}
			if a.delivery.State == store.DeliveryPending && !a.delivery.NextAt.After(a.now) {
				t.Fatalf("%s: the next attempt is at once", name)
			}
			if a.delivery.Error == "" {
				t.Fatalf("%s: it does not say why", name)
			}
			if a.delivery.State == store.DeliveryPending {
				a.now = a.delivery.NextAt
			}
		}
		if took := a.now.Sub(began); a.delivery.State != store.DeliveryFailed || a.delivery.Attempts != 10 || took < 72*time.Hour || took > 80*time.Hour {
			t.Errorf("%s: %s after %d attempts and %s", name, a.delivery.State, a.delivery.Attempts, took)
		}
		if !a.hook.Enabled {
			t.Errorf("%s: disabled", name)
		}
	}
}

// What is not due yet waits, and is not tried.
func TestNotDue(t *testing.T) {
	a := newAttempts()
	a.delivery.NextAt = a.now.Add(time.Hour)
	a.run(t)
	if a.delivery.Attempts != 0 || len(a.later) != 1 || a.later[0] != time.Hour {
		t.Errorf("%d attempts, later %v", a.delivery.Attempts, a.later)
	}
}

func TestGone(t *testing.T) {
	a := newAttempts()
	a.status = http.StatusGone
	a.run(t)
	if a.hook.Enabled {
		t.Error("410 did not disable it")
	}
}

// A server that stops makes no attempt of what it did not finish.
func TestStops(t *testing.T) {
	a := newAttempts()
	ctx, cancel := context.WithCancel(t.Context())
	a.err = context.Canceled
	cancel()
	s := Sender{Store: a, Secrets: a, Client: &http.Client{Transport: a}, Now: func() time.Time { return a.now }}
	err := s.Kind().Run(ctx, &jobs.Attempt{Job: store.Job{WS: 1, Arguments: []byte(`{"webhook":1}`)}})
	if !errors.Is(err, context.Canceled) || a.delivery.Attempts != 0 {
		t.Errorf("%v, %d attempts", err, a.delivery.Attempts)
	}
}

// Without arguments, a job gets to every webhook that has something to send.
func TestSweep(t *testing.T) {
	a := newAttempts()
	s := Sender{Store: a}
	if err := s.Kind().Run(t.Context(), &jobs.Attempt{Job: store.Job{WS: 1}}); err != nil || len(a.later) != 1 {
		t.Errorf("%v, %v", err, a.later)
	}
}
