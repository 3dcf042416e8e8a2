package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/access"
)

// router finds the handler of a request and lets it run only for who may: the
// scope of every route comes from access, and one without an entry is an error
// of the start.
type router struct {
	mux    *http.ServeMux
	access *access.Access
	served map[string]bool // routes by their pattern under /api/v1
	errs   []error
}

func newRouter(a *access.Access) *router {
	return &router{mux: http.NewServeMux(), access: a, served: map[string]bool{}}
}

// handle serves a route. aliases are further paths of the same route.
func (rt *router) handle(method, path string, h http.Handler, aliases ...string) {
	pattern := method + " " + path
	scope, ok := access.Route(pattern)
	if !ok {
		rt.errs = append(rt.errs, fmt.Errorf("route %s has no scope", pattern))
		return
	}
	if rt.served[pattern] {
		rt.errs = append(rt.errs, fmt.Errorf("route %s is served twice", pattern))
		return
	}
	rt.served[pattern] = true
	guarded := rt.guard(pattern, scope, h)
	for _, p := range append([]string{path}, aliases...) {
		rt.mux.Handle(method+" "+p, guarded)
	}
}

// guard asks for credentials and scope before the handler sees the request,
// and so before any of its body is read.
func (rt *router) guard(pattern string, scope access.Scope, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := exchangeOf(r.Context())
		x.route = pattern
		if scope == access.Public {
			h.ServeHTTP(w, r)
			return
		}
		p, ok := access.From(r.Context()) // the folder's socket has settled it
		if !ok {
			var err error
			if p, err = rt.access.Authenticate(r.Context(), r.Header, r.RemoteAddr); err != nil {
				WriteProblem(w, r, err)
				return
			}
		}
		x.by = p.Name
		if !p.Can(scope) {
			refused := NewProblem(CodeInsufficientScope, "This needs a key with the scope %q.", scope)
			refused.RequiredScope = string(scope)
			WriteProblem(w, r, refused)
			return
		}
		h.ServeHTTP(w, r.WithContext(access.With(r.Context(), p)))
	})
}

// check tells routes without a scope, and scopes without a route.
func (rt *router) check() error {
	errs := rt.errs
	for _, pattern := range slices.Sorted(slices.Values(access.Routes())) {
		if !rt.served[pattern] {
			errs = append(errs, fmt.Errorf("route %s has a scope and is not served", pattern))
		}
	}
	return errors.Join(errs...)
}

// ServeHTTP answers what no route takes as JSON too, and never redirects.
func (rt *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.RequestURI == "*" {
		WriteProblem(w, r, notFound())
		return
	}
	h, pattern := rt.mux.Handler(r)
	if pattern != "" {
		rt.mux.ServeHTTP(w, r)
		return
	}
	// Without a pattern the handler is the mux's own 404 or 405; only the Allow
	// header that it sets is wanted.
	probe := &discard{header: http.Header{}}
	h.ServeHTTP(probe, r)
	allow := probe.header.Get("Allow")
	if allow == "" {
		WriteProblem(w, r, notFound())
		return
	}
	w.Header().Set("Allow", allow)
	WriteProblem(w, r, NewProblem(CodeMethodNotAllowed, "%s is not allowed here; allowed are: %s.", printable(r.Method), allow))
}

// printable keeps a foreign method name from being anything but a short word.
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
