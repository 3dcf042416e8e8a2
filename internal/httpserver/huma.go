package httpserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/turn"
)

// newHuma returns the API that describes and decodes our routes. It serves no documentation pages: the library's load
// code from other hosts. within limits the time of each operation; 0 does not.
func newHuma(rt *router, version string, within time.Duration, turns *turn.Queue) huma.API {
	jsonFormat := huma.Format{Marshal: writeJSON, Unmarshal: readJSON}
	schemas := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Thalweg", Version: version,
				Description: "Catalog of dbt projects: tables, columns, lineage and what people know about them. Example replies are from the demo project, with lists cut after two elements.",
				License:     &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
			},
			Components: &huma.Components{
				Schemas: schemas,
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"bearer":  {Type: "http", Scheme: "bearer", Description: "An API key."},
					"apiKey":  {Type: "apiKey", In: "header", Name: "X-API-Key", Description: "An API key."},
					"session": {Type: "apiKey", In: "cookie", Name: access.HostCookie, Description: "A person who has signed in (POST /api/v1/session), or used a link of the setup or of an invitation. Without TLS the name is " + access.PlainCookie + "."},
				},
			},
		},
		Formats:       map[string]huma.Format{jsonMedia: jsonFormat, "json": jsonFormat, SVGMedia: {Marshal: writeSVG}},
		DefaultFormat: jsonMedia,
		Transformers:  []huma.Transformer{ownProblems{schemas}.transform},
	}
	return huma.NewAPI(config, &adapter{
		router: rt, within: within, bulky: make(chan struct{}, bulkyAtOnce), turns: turns,
	})
}

// adapter serves huma's operations as routes of the router.
type adapter struct {
	router *router
	within time.Duration
	bulky  chan struct{} // one for each bulky request that is being worked on
	turns  *turn.Queue   // of the reads
}

// bulkyAtOnce is how many bulky requests are worked on at a time. Their replies wait for the clients elsewhere.
const bulkyAtOnce = 2

func (a *adapter) Handle(op *huma.Operation, handler func(huma.Context)) {
	streamed, secret := op.Metadata[streamsKey] != nil, op.Metadata[secretKey] != nil
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if secret {
			w.Header().Set("Cache-Control", "no-store")
		}
		if a.within > 0 && !streamed {
			ctx, cancel := context.WithTimeout(r.Context(), a.within)
			defer cancel()
			r = r.WithContext(ctx)
		}
		if op.Metadata[bulkyKey] != nil {
			select {
			case a.bulky <- struct{}{}:
				defer func() { <-a.bulky }()
			case <-r.Context().Done():
				WriteProblem(w, r, r.Context().Err())
				return
			}
		}
		handler(&humaContext{embedded: humago.NewContext(op, r, w)})
	})
	if op.Method == http.MethodGet && !streamed {
		h = inTurn(a.turns, tagged(h))
	}
	if op.Metadata[eventsKey] != nil {
		h = orEvents(a.router, h)
	}
	scope, _ := op.Metadata[scopeKey].(access.Scope)
	a.router.handle(Route{Method: op.Method, Path: op.Path, Scope: scope, Handler: checkedQuery(op, h)})
}

// holder is who waits for turns: a key at an address.
type holder struct{ key, address string }

// inTurn counts what a read computes: a long one waits for its turn. The turn ends when the reply is complete.
func inTurn(turns *turn.Queue, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := exchangeOf(r.Context())
		ctx, account := turns.Open(r.Context(), holder{x.key, x.client.String()})
		defer account.End()
		h.ServeHTTP(w, r.WithContext(ctx))
	})
}

func (a *adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.router.ServeHTTP(w, r) }

// embedded renames the type for embedding: a field named Context would hide the method.
type embedded = huma.Context

// humaContext lets ownProblems set the status of a reply.
type humaContext struct {
	embedded
	problem *Problem
}

// Header hides the Accept header, by which the library would choose a format for every route: those that have drawings
// choose themselves, and all others reply with JSON.
func (c *humaContext) Header(name string) string {
	if name == "Accept" {
		return ""
	}
	return c.embedded.Header(name)
}

// SetReadDeadline leaves the deadline to the body's own minimum rate: the library would not lift it after the body, and
// so end every handler that takes longer.
func (c *humaContext) SetReadDeadline(time.Time) error { return nil }

func (c *humaContext) SetStatus(status int) {
	if c.problem != nil {
		status = c.problem.Status
	}
	c.embedded.SetStatus(status)
}

// ownProblems turns huma's own errors into Problems.
type ownProblems struct{ schemas huma.Registry }

// transform is a [huma.Transformer].
func (o ownProblems) transform(ctx huma.Context, _ string, v any) (any, error) {
	theirs, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := problemOfHuma(theirs, bodyFields{o.schemas, ctx.Operation()})
	if b := exchangeOf(ctx.Context()).body; b != nil {
		errors.As(b.err, &p) // the library only reports that the body cannot be read
	}
	p.RequestID = RequestID(ctx.Context())
	if own, ok := ctx.(*humaContext); ok {
		own.problem = p
	}
	if p.Code == CodeInternal {
		NoteFailure(ctx.Context(), theirs)
	}
	return p, nil
}

func problemOfHuma(e *huma.ErrorModel, fields bodyFields) *Problem {
	switch e.Status {
	case http.StatusRequestEntityTooLarge:
		return NewProblem(CodeBodyTooLarge, "The body is too large.").Limited("json")
	case http.StatusUnsupportedMediaType:
		return NewProblem(CodeUnsupportedMediaType, "Send the body as application/json.")
	case http.StatusBadRequest:
		return NewProblem(CodeMalformedJSON, "The body must be one JSON document in UTF-8 without duplicate names: %s.", firstMessage(e))
	case http.StatusUnprocessableEntity:
		return problemOfFields(e, fields)
	}
	return ProblemOf(e)
}

func firstMessage(e *huma.ErrorModel) string {
	if len(e.Errors) == 0 {
		return e.Detail
	}
	return e.Errors[0].Message
}

// writeJSON writes a document piece by piece. What stops the writer is not an error of the document: the client has
// gone, or [tagged] answers that there is no room.
func writeJSON(w io.Writer, v any) error {
	out := &watched{Writer: w}
	if err := json.MarshalWrite(out, v, replyOptions); err != nil && out.err == nil {
		return fmt.Errorf("reply: %w", err)
	}
	_, _ = out.Write([]byte{'\n'})
	return nil
}

// watched remembers the error of a writer, which takes nothing more after it.
type watched struct {
	io.Writer
	err error
}

func (w *watched) Write(b []byte) (n int, err error) {
	if w.err == nil {
		n, w.err = w.Writer.Write(b)
	}
	return n, w.err
}

// readJSON accepts exactly one document, in UTF-8, without duplicate names and with exact names; encoding/json is
// more lenient.
func readJSON(body []byte, v any) error {
	return json.Unmarshal(body, v, json.RejectUnknownMembers(true))
}
