package httpapi

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// WaysIn are the ways in which people sign in.
type WaysIn struct {
	SetupNeeded bool    `json:"setup_needed" doc:"Nobody can sign in yet: the first administrator is made by the link that the server printed when it started, or by one of thalweg setup-token"`
	Demo        bool    `json:"demo" doc:"This is the demonstration: on its machine it needs no account"`
	OIDC        *string `json:"oidc" doc:"Page that leads to the single sign-on, with next= for the page to go to after it; null without one"`
	Password    bool    `json:"password" doc:"People sign in by e-mail address and password"`
}

// SetUp is a request for the first administrator.
type SetUp struct {
	Token    string `json:"token" minLength:"1" maxLength:"128" doc:"What is behind the # in the link of the setup"`
	Name     string `json:"name" minLength:"1" maxLength:"200"`
	Email    string `json:"email" minLength:"3" maxLength:"254"`
	Password string `json:"password" minLength:"1" maxLength:"1024" doc:"12 characters or more"`
}

// SetupLink is a link with which the first administrator is made.
type SetupLink struct {
	URL       string `json:"url" doc:"Open it in a browser; it can be used once"`
	ExpiresAt string `json:"expires_at" format:"date-time"`
}

func (a *API) registerSetup(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/auth", Scope: access.Public, ID: "get-auth", Tag: "people",
		Summary: "Read how people sign in", Description: "What a page offers to somebody who is not signed in.",
	}, a.getAuth)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPost, Path: "/api/v1/setup", Scope: access.Public, ID: "set-up", Tag: "people", Status: http.StatusCreated, Secret: true,
		Example: `{"token":"SETUP_TOKEN","name":"Ana","email":"ana@example.com","password":"correct horse battery staple"}`,
		Summary: "Make the first administrator", Description: "By the one-time link that the server prints while nobody can sign in. The person is signed in by the reply. Once somebody can sign in it is 404.",
	}, a.setUp)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPost, Path: "/api/v1/setup/links", Scope: access.AdminWorkspace, ID: "create-setup-link", Tag: "people", Status: http.StatusCreated, Secret: true,
		Summary: "Make a link of the setup", Description: "For the first administrator, valid for 24 hours. 409 once somebody can sign in.",
	}, a.createSetupLink)
}

func (a *API) getAuth(ctx context.Context, _ access.Principal, _ *struct{}) (*httpserver.Body[httpserver.Document[WaysIn]], error) {
	needed, err := a.access.SetupNeeded(ctx)
	if err != nil {
		return nil, err
	}
	out := WaysIn{SetupNeeded: needed, Demo: a.access.IsDemo(), Password: true}
	if a.access.HasOIDC() {
		out.OIDC = optional(beginOIDCPath)
	}
	return httpserver.Reply(httpserver.DocumentOf(httpserver.Resource[WaysIn]{ID: "auth", Type: "auth", Attributes: out})), nil
}

func (a *API) setUp(ctx context.Context, _ access.Principal, in *struct{ Body SetUp }) (*Started, error) {
	if err := plainText("name", in.Body.Name); err != nil {
		return nil, err
	}
	signed, err := a.access.SetUp(ctx, a.visitor(ctx), in.Body.Token, store.User{Name: in.Body.Name, Email: in.Body.Email}, in.Body.Password)
	if err != nil {
		return nil, err
	}
	return started(signed, ""), nil
}

func (a *API) createSetupLink(ctx context.Context, p access.Principal, _ *struct{}) (*httpserver.Body[httpserver.Document[SetupLink]], error) {
	if len(p.Schemas) > 0 {
		return nil, catalog.ErrForbidden
	}
	l, err := a.access.SetupLink(ctx, p)
	if err != nil {
		return nil, err
	}
	return httpserver.Reply(httpserver.DocumentOf(httpserver.Resource[SetupLink]{ID: l.Label(), Type: "setup_link", Attributes: SetupLink{
		URL: l.URL, ExpiresAt: timeOrEmpty(l.ExpiresAt),
	}})), nil
}
