package httpapi

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// SignIn is a request for a session.
type SignIn struct {
	Email    string `json:"email" minLength:"1" maxLength:"254"`
	Password string `json:"password" minLength:"1" maxLength:"1024"`
	Next     string `json:"next,omitempty" maxLength:"2048" doc:"Page to go to after it; the reply has it if it is a path of this server, else /"`
}

// Session is a person who is signed in.
type Session struct {
	Method    string           `json:"method" enum:"password,setup,invitation,oidc" doc:"How the person signed in"`
	Address   string           `json:"address" doc:"Of the client that signed in"`
	Agent     string           `json:"agent" doc:"Its User-Agent"`
	CreatedAt string           `json:"created_at" format:"date-time"`
	UsedAt    string           `json:"used_at" format:"date-time" doc:"Accurate to the minute; 12 hours without a request end the session"`
	ExpiresAt string           `json:"expires_at" format:"date-time" doc:"When it ends in any case"`
	Current   bool             `json:"current" doc:"Whether the request is part of it"`
	User      httpserver.Named `json:"user"`
	Next      string           `json:"next,omitempty" doc:"Page to go to, a path of this server; only in the reply to a sign-in"`
}

// Started is the reply to a sign-in, with the cookies of the session.
type Started struct {
	SetCookie []string `header:"Set-Cookie" doc:"The session: HttpOnly, SameSite=Lax, and over https Secure with the prefix __Host-"`
	Body      httpserver.Document[Session]
}

// Ended is the reply after which a browser has no cookie of a session.
type Ended struct {
	SetCookie []string `header:"Set-Cookie" doc:"Deletes the cookie of the session"`
}

func (a *API) registerSessions(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPost, Path: "/api/v1/session", Scope: access.Public, ID: "sign-in", Tag: "people", Status: http.StatusCreated, Secret: true,
		Example: `{"email":"ana@example.com","password":"correct horse battery staple"}`,
		Summary: "Sign in", Description: "Begins a session, whose cookie is then sent by the browser. A session that the client had before ends. It lasts 7 days, and ends after 12 hours without a request. " +
			"An unknown address and a wrong password have the same reply (401). After 10 attempts that failed within 15 minutes from an address, or for an account, it is 429.",
	}, a.signIn)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodDelete, Path: "/api/v1/session", Scope: access.Public, ID: "delete-session", Tag: "people", Status: http.StatusNoContent,
		Summary: "Sign out", Description: "Ends the session of the cookie; without one it does nothing.",
	}, a.signOut)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/sessions", Scope: access.Authenticated, ID: "list-sessions", Tag: "people",
		Summary: "List the caller's sessions", Description: "Those of the person who makes the request, newest first. A key without a person has none.",
	}, a.listSessions)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodDelete, Path: "/api/v1/sessions", Scope: access.Authenticated, ID: "delete-sessions", Tag: "people", Status: http.StatusNoContent,
		Summary: "Sign out everywhere", Description: "Ends all sessions of the person. It needs a session: keys do not do it.",
	}, a.deleteSessions)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodDelete, Path: "/api/v1/sessions/{id}", Scope: access.Authenticated, ID: "delete-one-session", Tag: "people", Status: http.StatusNoContent,
		Summary: "End a session", Description: "One of the person's own. It needs a session: keys do not do it.",
	}, a.deleteSession)
}

// visitor returns the client of a request that has not proven who it is.
func (a *API) visitor(ctx context.Context) access.Visitor {
	header, address := httpserver.Client(ctx)
	return a.access.NewVisitor(header, address, httpserver.RequestID(ctx))
}

func (a *API) signIn(ctx context.Context, _ access.Principal, in *struct{ Body SignIn }) (*Started, error) {
	signed, err := a.access.SignIn(ctx, a.visitor(ctx), in.Body.Email, in.Body.Password)
	if err != nil {
		return nil, err
	}
	return started(signed, in.Body.Next), nil
}

func started(signed access.Signed, next string) *Started {
	r := sessionResource(signed.Session, signed.Session.ID)
	r.Attributes.Next = access.SafeNext(next)
	return &Started{SetCookie: signed.Cookies, Body: httpserver.DocumentOf(r)}
}

func (a *API) signOut(ctx context.Context, _ access.Principal, _ *struct{}) (*Ended, error) {
	if err := a.access.SignOut(ctx, a.visitor(ctx)); err != nil {
		return nil, err
	}
	return &Ended{SetCookie: access.NoCookies()}, nil
}

func (a *API) listSessions(ctx context.Context, p access.Principal, in *httpserver.PageParams) (*httpserver.Body[httpserver.List[Session]], error) {
	page, err := a.cursors.Page(ctx, p.WS, *in)
	if err != nil {
		return nil, err
	}
	rows, err := a.store.Sessions(ctx, p.WS, p.UserID, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[Session](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	for _, s := range rows.Rows {
		out.Data = append(out.Data, sessionResource(s, p.Session))
	}
	return httpserver.Reply(out), nil
}

func (a *API) deleteSessions(ctx context.Context, p access.Principal, in *struct {
	KeepCurrent bool `query:"keep_current" doc:"Keep the session that makes the request"`
},
) (*Ended, error) {
	if err := a.access.EndSessions(ctx, p, in.KeepCurrent); err != nil {
		return nil, err
	}
	if in.KeepCurrent {
		return &Ended{}, nil
	}
	return &Ended{SetCookie: access.NoCookies()}, nil
}

func (a *API) deleteSession(ctx context.Context, p access.Principal, in *struct {
	ID string `path:"id" maxLength:"64" example:"SES-1"`
},
) (*struct{}, error) {
	id, err := catalog.ParseIDOf(catalog.PrefixSession, in.ID)
	if err == nil {
		err = a.access.EndSession(ctx, p, id)
	}
	return nil, httpserver.Missing(err, "id", in.ID)
}

func sessionResource(s store.Session, current int64) httpserver.Resource[Session] {
	return httpserver.Resource[Session]{ID: s.Label(), Type: "session", Attributes: Session{
		Method: s.Method, Address: s.Address, Agent: s.Agent, CreatedAt: timeOrEmpty(s.CreatedAt), UsedAt: timeOrEmpty(s.UsedAt), ExpiresAt: timeOrEmpty(s.ExpiresAt),
		Current: s.ID == current, User: httpserver.Named{ID: s.User.Label(), Name: s.User.Name},
	}}
}
