package httpserver

import (
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
)

// Metrics serves metrics to principals with a scope, or to everybody with [access.Public].
func (s *Server) Metrics(h http.Handler, scope access.Scope) {
	s.Handle(Route{Method: http.MethodGet, Path: "/metrics", Aliases: []string{"/metrics/{$}"}, Scope: scope, Handler: h})
}
