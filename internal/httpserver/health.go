package httpserver

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/thalweg-data/thalweg/internal/access"
)

// Health is the reply to a health check.
type Health struct {
	Status string            `json:"status" enum:"ok,degraded,failing" doc:"degraded: what a failing check is about is refused, everything else is answered"`
	Checks map[string]string `json:"checks,omitempty" doc:"ok or failing, per check"`
}

// Check is a condition for the server to be ready.
type Check struct {
	Name string
	Run  func(context.Context) error
	// Partial: while it fails, the server is still ready for most requests.
	Partial bool
}

// Paths of the health checks. Both forms of /healthcheck are part of the compatible API.
const (
	pathLive      = "/livez"
	pathReady     = "/readyz"
	pathHealth    = "/healthcheck"
	pathHealthAPI = "/api/v1/healthcheck"
)

var healthPaths = []string{pathLive, pathReady, pathHealth, pathHealthAPI}

// readyWithin bounds all checks together.
const readyWithin = 3 * time.Second

// Health serves the health checks: whether the process lives, and whether it is ready.
func (s *Server) Health(checks ...Check) {
	const open = "Needs no key and answers to every host name. "
	alive := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { WriteJSON(w, http.StatusOK, Health{Status: "ok"}) })
	s.health(pathLive, "livez", open+"Reports that the process runs.", alive)
	s.health(pathHealth, "healthcheck", open+"Reports that the process runs.", alive)
	s.health(pathHealthAPI, "api-healthcheck", open+"Reports that the process runs.", alive)
	s.health(pathReady, "readyz", open+"Reports that its store answers and is whole, and that uploads have room; 503 otherwise.", ready(checks))
}

func (s *Server) health(path, id, description string, h http.Handler) {
	reply := &huma.Response{
		Description: "Health",
		Content:     map[string]*huma.MediaType{"application/json": {Schema: SchemaOf[Health](s.Registry())}},
	}
	s.Handle(Route{
		Method: http.MethodGet, Path: path, Aliases: []string{path + "/{$}"}, Scope: access.Public, Handler: h,
		Operation: &huma.Operation{
			OperationID: id, Tags: []string{"server"}, Summary: "Health", Description: description,
			Responses: map[string]*huma.Response{"200": reply, "503": reply},
		},
	})
}

// ready reports the result of every check.
func ready(checks []Check) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
		defer cancel()
		out := Health{Status: "ok", Checks: map[string]string{}}
		status := http.StatusOK
		for _, check := range checks {
			out.Checks[check.Name] = "ok"
			if err := check.Run(ctx); err != nil {
				// The cause goes to the log: the client has no key.
				NoteFailure(ctx, fmt.Errorf("check %s: %w", check.Name, err))
				out.Checks[check.Name] = "failing"
				if !check.Partial {
					out.Status, status = "failing", http.StatusServiceUnavailable
				} else if status == http.StatusOK {
					out.Status = "degraded"
				}
			}
		}
		WriteJSON(w, status, out)
	})
}
