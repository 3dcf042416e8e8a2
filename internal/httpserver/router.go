package httpserver

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
)

// router finds the handler of a request and runs it only if the principal has the route's scope. Mistakes in routes
// are collected in errs, which prevent the server from starting.
type router struct {
	mux    *http.ServeMux
	access Authenticator
	routes []Route
	served map[string]bool // by method and path
	errs   []error
	quotas []*quota
	now    func() time.Time
}

func newRouter(a Authenticator) *router {
	return &router{mux: http.NewServeMux(), access: a, served: map[string]bool{}}
}

// handle serves a route under its path and its aliases.
func (rt *router) handle(r Route) {
	pattern := r.Method + " " + r.Path
	switch {
	case r.Scope == "":
		rt.errs = append(rt.errs, fmt.Errorf("route %s has no scope", pattern))
		return
	case rt.served[pattern]:
		rt.errs = append(rt.errs, fmt.Errorf("route %s is served twice", pattern))
		return
	}
	rt.served[pattern] = true
	rt.routes = append(rt.routes, r)
	guarded := rt.guard(pattern, r)
	for _, p := range append([]string{r.Path}, r.Aliases...) {
		rt.mux.Handle(r.Method+" "+p, guarded)
	}
}

// guard checks credentials and scope before the handler sees the request, and so before any of its body is read.
func (rt *router) guard(pattern string, route Route) http.Handler {
	scope, isJSON := route.Scope, takesJSON(route)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := exchangeOf(r.Context())
		x.route = pattern
		if err := wrongMedia(r); scope == access.Public && isJSON && strings.HasPrefix(route.Path, "/api/") && err != nil {
			WriteProblem(w, r, err)
			return
		}
		if scope == access.Public {
			route.Handler.ServeHTTP(w, r)
			return
		}
		p, ok := access.From(r.Context()) // requests through the folder's socket already have one
		if !ok {
			var err error
			if p, err = rt.access.Authenticate(r.Context(), r.Header, remote(x)); err != nil {
				x.refusal = err
				WriteProblem(w, r, err)
				return
			}
		}
		x.by, x.key = p.Name, p.KeyLabel()
		p.Address, p.Request = remote(x), x.id
		if err := rt.spend(w, r, p, route); err != nil {
			WriteProblem(w, r, err)
			return
		}
		if p.KeyID == 0 && foreignPage(r) {
			WriteProblem(w, r, crossOrigin())
			return
		}
		if !p.Can(scope) {
			refused := NewProblem(CodeInsufficientScope, "This requires a key with the scope %q.", scope)
			refused.RequiredScope = string(scope)
			WriteProblem(w, r, refused)
			return
		}
		if err := wrongMedia(r); isJSON && err != nil {
			WriteProblem(w, r, err)
			return
		}
		route.Handler.ServeHTTP(w, r.WithContext(access.With(r.Context(), p)))
	})
}

// ServeHTTP serves routes, answers paths without a route, and never redirects.
func (rt *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.RequestURI == "*" {
		WriteProblem(w, r, NotFound())
		return
	}
	h, pattern := rt.mux.Handler(r)
	if pattern != "" {
		rt.mux.ServeHTTP(w, r)
		return
	}
	// Without a pattern the handler is the mux's own 404 or 405; only its Allow header is used.
	probe := &discard{header: http.Header{}}
	h.ServeHTTP(probe, r)
	allow := probe.header.Get("Allow")
	if allow == "" {
		rt.unknown(w, r)
		return
	}
	w.Header().Set("Allow", allow)
	WriteProblem(w, r, NewProblem(CodeMethodNotAllowed, "%s is not allowed here; allowed: %s.", printable(r.Method), allow))
}

// unknown answers a path without a route according to its mount.
func (rt *router) unknown(w http.ResponseWriter, r *http.Request) {
	h := exchangeOf(r.Context()).policy.Unknown
	if h == nil || r.Method != http.MethodGet && r.Method != http.MethodHead {
		WriteProblem(w, r, NewProblem(CodeNotFound, "%q is not a path of this server; /api/v1/openapi.json lists them.", shortened(r.URL.Path)))
		return
	}
	h.ServeHTTP(w, r)
}

// remote returns the client's address in the form that access takes, "" without one.
func remote(x *exchange) string {
	if !x.client.IsValid() {
		return ""
	}
	return x.client.String()
}

// foreignPage reports whether a page of another origin makes a browser send a request; a link that a person follows is
// not one. It matters where a browser needs no key, as in the demo and in a session: reads give everything away, too.
func foreignPage(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return false
	case "":
	default:
		return r.Header.Get("Sec-Fetch-Mode") != "navigate"
	}
	origin := r.Header.Get("Origin")
	u, err := url.Parse(origin)
	return origin != "" && (err != nil || u.Host != r.Host)
}

// crossOrigin returns the reply to a request of a page of another origin.
func crossOrigin() *Problem {
	return NewProblem(CodeCrossOrigin, "Pages of other origins may not do this.")
}

// takesJSON reports whether the body of a route is JSON. Those of other routes are described as what they are, and
// their handlers check them.
func takesJSON(r Route) bool {
	return r.Operation == nil || r.Operation.RequestBody == nil || r.Operation.RequestBody.Content[jsonMedia] != nil
}

// wrongMedia returns the reply to a body that is not declared as JSON. A form of another site's page cannot declare it.
func wrongMedia(r *http.Request) error {
	if r.ContentLength == 0 || r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	media, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := parameters["charset"]
	if err == nil && media == jsonMedia && (charset == "" || strings.EqualFold(charset, "utf-8")) {
		r.Header.Set("Content-Type", jsonMedia) // the library compares letters
		return nil
	}
	return NewProblem(CodeUnsupportedMediaType, "Send the body with Content-Type: application/json.")
}

// printable returns a method's name if it is plain, so that replies do not repeat arbitrary text.
func printable(method string) string {
	if len(method) > 20 || strings.ContainsFunc(method, func(r rune) bool { return r < 'A' || r > 'Z' }) {
		return "This method"
	}
	return method
}

type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}
