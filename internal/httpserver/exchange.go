package httpserver

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
)

// exchange is the state of a request that all layers share.
type exchange struct {
	id      string
	url     *url.URL
	header  http.Header
	accept  string // the Accept header
	route   string // pattern of the route, once known
	failure error  // internal error, for the log
	by      string // name of the principal
	key     string // id of its key
	refusal error  // why credentials were refused, for the log
	client  netip.Addr
	policy  Policy
	body    *body // nil: none
	room    *room // for its reply
	crowded bool  // only health checks are answered
}

type exchangeKey struct{}

func withExchange(ctx context.Context, x *exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

// exchangeOf returns the exchange of a context. It never returns nil, so that handlers can be tested alone.
func exchangeOf(ctx context.Context) *exchange {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		return x
	}
	return &exchange{url: &url.URL{}, policy: APIPolicy(), room: &room{limit: DefaultLimits().Replies}}
}

// URL returns the address of the request that a context belongs to.
func URL(ctx context.Context) *url.URL { return exchangeOf(ctx).url }

// Client returns the headers of the request that a context belongs to, and the address of its client; "" without one.
func Client(ctx context.Context) (header http.Header, address string) {
	x := exchangeOf(ctx)
	return x.header, remote(x)
}

// RequestID returns the id of the request that a context belongs to.
func RequestID(ctx context.Context) string { return exchangeOf(ctx).id }

// NoteFailure records an internal error for the request's line in the log.
func NoteFailure(ctx context.Context, err error) { exchangeOf(ctx).failure = err }
