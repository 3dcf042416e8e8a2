package httpapi

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// beginOIDCPath leads a browser to the provider of single sign-on.
const beginOIDCPath = "/auth/oidc"

// registerOIDC serves the two pages of single sign-on. They are for browsers, not part of the API: providers add
// parameters of their own, and the replies are redirects.
func (a *API) registerOIDC(s *httpserver.Server) {
	if !a.access.HasOIDC() {
		return
	}
	s.Handle(httpserver.Route{Method: http.MethodGet, Path: beginOIDCPath, Scope: access.Public, Handler: http.HandlerFunc(a.beginOIDC)})
	s.Handle(httpserver.Route{Method: http.MethodGet, Path: access.OIDCPath, Scope: access.Public, Handler: http.HandlerFunc(a.endOIDC)})
}

func (a *API) beginOIDC(w http.ResponseWriter, r *http.Request) {
	address, cookie, err := a.access.BeginOIDC(r.Context(), r.URL.Query().Get("next"))
	if err != nil {
		a.refuseOIDC(w, r, err)
		return
	}
	w.Header().Add("Set-Cookie", cookie)
	redirect(w, address)
}

func (a *API) endOIDC(w http.ResponseWriter, r *http.Request) {
	signed, next, err := a.access.EndOIDC(r.Context(), a.visitor(r.Context()), r.Header, r.URL.Query())
	if err != nil {
		a.refuseOIDC(w, r, err)
		return
	}
	for _, c := range signed.Cookies {
		w.Header().Add("Set-Cookie", c)
	}
	redirect(w, next)
}

// refuseOIDC leads back to the page of the sign-in, which explains what went wrong. The log has why.
func (a *API) refuseOIDC(w http.ResponseWriter, r *http.Request, err error) {
	problem := "internal-error"
	switch {
	case errors.Is(err, catalog.ErrForbidden):
		problem = "not-invited"
	case errors.Is(err, access.ErrProvider):
		problem = "single-sign-on-failed"
	}
	httpserver.NoteFailure(r.Context(), err)
	redirect(w, "/sign-in?"+url.Values{"problem": {problem}}.Encode())
}

// redirect leads a browser elsewhere. No cache may keep that.
func redirect(w http.ResponseWriter, address string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
}
