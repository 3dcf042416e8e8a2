package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// EventTimes are the times of a stream of events.
type EventTimes struct {
	Poll      time.Duration // between two looks at what is followed, which another process may work on
	Heartbeat time.Duration // after which a stream without news sends a comment
	Most      time.Duration // after which it ends; a client that wants more connects again
}

// DefaultEventTimes are the times unless others are set.
func DefaultEventTimes() EventTimes {
	return EventTimes{Poll: 500 * time.Millisecond, Heartbeat: 15 * time.Second, Most: 5 * time.Minute}
}

type eventsInput struct {
	ImportPath
	LastEventID string `header:"Last-Event-ID" maxLength:"64" doc:"id of the last event that the client has; the stream continues after it"`
}

// eventsOutput is streamed: huma calls Body with its context.
type eventsOutput struct {
	Status int
	Type   string `header:"Content-Type"`
	Cache  string `header:"Cache-Control"`
	Body   func(huma.Context)
}

func (a *API) registerEvents(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/dbt_imports/{id}/events", Scope: access.ReadImports, ID: "get-import-events", Tag: "dbt_imports",
		Streams: true, Media: []string{httpserver.EventMedia}, Summary: "Follow an import",
		Description: "Server-sent events: `progress` with the report as it is, without its issues, whenever that changes, and `end` with the final one, after which the stream ends. A client that was cut off sends the id of its last event as `Last-Event-ID`; if that was `end`, the reply is 204. A comment is sent every 15 seconds without news, and a stream ends after five minutes. One key may have 20 streams open.",
	}, a.getEvents)
}

func (a *API) getEvents(ctx context.Context, p access.Principal, in *eventsInput) (*eventsOutput, error) {
	return a.stream(ctx, p, in.ID, in.LastEventID, func(ctx context.Context) (event, error) { return a.importEvent(ctx, p, in.ID) })
}

// stream sends the states of what read reads until it has ended.
func (a *API) stream(ctx context.Context, p access.Principal, label, last string, read func(context.Context) (event, error)) (*eventsOutput, error) {
	first, err := read(ctx)
	if err != nil {
		return nil, err
	}
	if first.ended && first.id == last {
		return &eventsOutput{Status: http.StatusNoContent, Body: func(hc huma.Context) { hc.SetStatus(http.StatusNoContent) }}, nil
	}
	release, ok := a.streams.take(p.KeyID, a.limits.Streams)
	if !ok {
		return nil, httpserver.QuotaExceeded("streams", a.eventTimes.Heartbeat, "This key has %d streams of events open. Close one, or read the state instead.", a.limits.Streams)
	}
	return &eventsOutput{Type: httpserver.EventMedia, Cache: "no-store", Body: func(hc huma.Context) {
		defer release()
		hc.SetStatus(http.StatusOK)
		if hc.Method() == http.MethodHead {
			return
		}
		stream := &eventStream{w: hc.BodyWriter(), api: a, read: read, last: last}
		if err := stream.run(ctx, first); err != nil && ctx.Err() == nil {
			httpserver.NoteFailure(ctx, fmt.Errorf("events of %s: %w", label, err))
		}
	}}, nil
}

// event is the state of an import or a sync as an event.
type event struct {
	id, data string
	ended    bool
}

// eventOf returns a document as an event.
func eventOf(document any, ended bool) (event, error) {
	body, err := httpserver.Encode(document)
	if err != nil {
		return event{}, err
	}
	sum := sha256.Sum256(body)
	text := string(body[:len(body)-1]) // without its newline
	return event{id: hex.EncodeToString(sum[:8]), data: text, ended: ended}, nil
}

// importEvent reads the state of an import from the store: any process may work on it.
func (a *API) importEvent(ctx context.Context, p access.Principal, label string) (event, error) {
	_, imp, err := a.importOf(ctx, p, label)
	if err != nil {
		return event{}, err
	}
	r := reportResource(imp)
	r.Attributes.Issues = []Issue{}
	return eventOf(httpserver.DocumentOf(r), imp.Status == catalog.Completed || imp.Status == catalog.Failed)
}

// eventStream sends the states of an import or a sync to a client.
type eventStream struct {
	w    io.Writer
	api  *API
	read func(context.Context) (event, error)
	last string // id of the newest event that the client has
}

// run sends events until what it follows or the stream ends. The server gives up a client that does not take them.
func (s *eventStream) run(ctx context.Context, e event) error {
	times := s.api.eventTimes
	// It also sends the headers, for a client that has the newest event.
	if err := s.write("retry: 2000\n"); err != nil {
		return nil //nolint:nilerr // the client has gone
	}
	poll := time.NewTicker(times.Poll)
	defer poll.Stop()
	for began, sent := s.api.now(), s.api.now(); ; {
		news := e.ended || e.id != s.last
		if news || s.api.now().Sub(sent) >= times.Heartbeat {
			if err := s.send(e, news); err != nil {
				return nil //nolint:nilerr // the client has gone
			}
			sent = s.api.now()
		}
		if e.ended || s.api.now().Sub(began) >= times.Most {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-httpserver.Stopping(ctx):
			return nil
		case <-poll.C:
		}
		var err error
		if e, err = s.read(ctx); err != nil {
			if errors.Is(err, catalog.ErrNotFound) { // its schema or integration was deleted
				return nil
			}
			return err
		}
	}
}

// send sends an event, or else a comment.
func (s *eventStream) send(e event, news bool) error {
	text := ": no news\n\n"
	if news {
		name := "progress"
		if e.ended {
			name = "end"
		}
		text = fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", e.id, name, e.data)
		s.last = e.id
	}
	return s.write(text)
}

// write sends a text at once.
func (s *eventStream) write(text string) error {
	if _, err := io.WriteString(s.w, text); err != nil {
		return err
	}
	w, ok := s.w.(http.ResponseWriter)
	if !ok {
		return errors.New("the reply cannot be flushed")
	}
	return http.NewResponseController(w).Flush()
}
