package httpserver

import (
	"context"
	"net/netip"
	"net/url"
)

// exchange is what a request carries through all layers.
type exchange struct {
	id      string
	url     *url.URL
	route   string // pattern, once it is found
	failure error  // what an internal error was, for the log
	by      string // name of the principal
	client  netip.Addr
	policy  Policy
}

type exchangeKey struct{}

func withExchange(ctx context.Context, x *exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

// exchangeOf never returns nil, so that handlers can be tested alone.
func exchangeOf(ctx context.Context) *exchange {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		return x
	}
	return &exchange{url: &url.URL{}, policy: APIPolicy()}
}

// URL returns the address of the request that a context belongs to.
func URL(ctx context.Context) *url.URL { return exchangeOf(ctx).url }

// RequestID is the id of the request that a context belongs to.
func RequestID(ctx context.Context) string { return exchangeOf(ctx).id }

// NoteFailure keeps an internal error for the request's line in the log.
func NoteFailure(ctx context.Context, err error) { exchangeOf(ctx).failure = err }
