package httpserver

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/thalweg-data/thalweg/internal/access"
)

// Operation describes a route whose parameters and body huma decodes.
type Operation struct {
	Method, Path string
	Scope        access.Scope
	ID           string // operationId
	Summary      string
	Description  string
	Tag          string
	Example      string   // a body of the request, in JSON
	Sample       []string // optional parameters of the query that the sample request has
	Status       int      // of success; 0 = 200
	Media        []string // media types of the reply, if it is not JSON
	Streams      bool     // the reply is not buffered; its ETag is the handler's
	Tagged       bool     // of what streams: the handler tags it
	Events       bool     // a client that asks for text/event-stream gets what the path with /events streams
	Secret       bool     // no cache may keep the reply
	Drawn        bool     // a client may ask for the reply as a drawing
	Bulky        bool     // what it reads may be many MB: few such requests are worked on at a time
}

// Keys of an operation's metadata, which pass what huma has no field for to the adapter.
const (
	streamsKey = "streams"
	scopeKey   = "scope"
	secretKey  = "secret"
	exampleKey = "example"
	sampleKey  = "sample"
	bulkyKey   = "bulky"
	taggedKey  = "tagged"
	eventsKey  = "events"
)

// Register serves an operation. The handler receives the principal of the request.
func Register[I, O any](s *Server, op Operation, handle func(context.Context, access.Principal, *I) (*O, error)) {
	huma.Register(s.huma, s.describe(op), func(ctx context.Context, in *I) (*O, error) {
		p, _ := access.From(ctx) // a public route has none
		out, err := handle(ctx, p, in)
		if err != nil {
			return nil, failed(ctx, err)
		}
		return out, nil
	})
}

func (s *Server) describe(op Operation) huma.Operation {
	metadata := map[string]any{scopeKey: op.Scope}
	if op.Example != "" {
		metadata[exampleKey] = op.Example
	}
	if len(op.Sample) > 0 {
		metadata[sampleKey] = op.Sample
	}
	if op.Streams {
		metadata[streamsKey] = true
	}
	if op.Secret {
		metadata[secretKey] = true
	}
	if op.Events {
		metadata[eventsKey] = true
	}
	if op.Bulky {
		metadata[bulkyKey] = true
	}
	if op.Method == http.MethodGet && !op.Streams || op.Tagged {
		metadata[taggedKey] = true
	}
	responses := map[string]*huma.Response{"default": s.problemReply()}
	if op.Drawn {
		responses["200"] = drawnReply()
	}
	if op.Events {
		responses["200"] = eventsReply()
	}
	if len(op.Media) > 0 {
		responses["200"] = rawReply(op.Media)
	}
	return huma.Operation{
		Metadata: metadata,
		Method:   op.Method, Path: op.Path, OperationID: op.ID, Summary: op.Summary, Description: op.Description,
		Tags: []string{op.Tag}, DefaultStatus: op.Status, MaxBodyBytes: s.cfg.Limits.JSON,
		Security: securityOf(op.Scope), Responses: responses,
	}
}

// securityOf returns the security requirement of a scope.
func securityOf(scope access.Scope) []map[string][]string {
	if scope == access.Public {
		return []map[string][]string{}
	}
	scopes := []string{string(scope)}
	return []map[string][]string{{"bearer": scopes}, {"apiKey": scopes}, {"session": scopes}}
}

func (s *Server) problemReply() *huma.Response {
	schema := s.Registry().Schema(reflect.TypeFor[Problem](), true, "Problem")
	return &huma.Response{
		Description: "A problem (RFC 9457)",
		Content:     map[string]*huma.MediaType{problemMedia: {Schema: schema}},
	}
}

// rawReply describes a reply that is not JSON.
func rawReply(media []string) *huma.Response {
	reply := &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{}}
	for _, m := range media {
		reply.Content[m] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	return reply
}

// failed turns a handler's error into a reply.
func failed(ctx context.Context, err error) error {
	p := *ProblemOf(err)
	p.RequestID = RequestID(ctx)
	if p.Status == http.StatusInternalServerError {
		NoteFailure(ctx, err)
	}
	return huma.ErrorWithHeaders(&p, p.GetHeaders())
}
