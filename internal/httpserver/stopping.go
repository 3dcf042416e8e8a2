package httpserver

import "context"

type stoppingKey struct{}

// WithStopping returns a context for the requests of a server: streams that would go on end when stop ends, and every
// other request goes on.
func WithStopping(ctx, stop context.Context) context.Context {
	return context.WithValue(ctx, stoppingKey{}, stop.Done())
}

// Stopping is closed when the server of a request stops; nil without one.
func Stopping(ctx context.Context) <-chan struct{} {
	done, _ := ctx.Value(stoppingKey{}).(<-chan struct{})
	return done
}
