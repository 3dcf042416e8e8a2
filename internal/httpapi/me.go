package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Me is who makes the request, and what it may do.
type Me struct {
	Kind        string   `json:"kind" enum:"user,key,demo,system" doc:"user: a session; key: an API key, perhaps of a person; demo: the demonstration, without an account; system: the socket of the data folder"`
	Name        string   `json:"name"`
	Email       *string  `json:"email" doc:"Of the person; null without one"`
	Role        *string  `json:"role" doc:"Of the person: viewer, editor or admin; null without one"`
	Scopes      []string `json:"scopes" nullable:"false" doc:"Everything that it may do, what other scopes imply included"`
	SchemaIDs   []string `json:"schema_ids" nullable:"false" doc:"Schemas that it may see; empty means all"`
	Session     *string  `json:"session" doc:"Id of the session that the request is part of; null without one"`
	HasPassword bool     `json:"has_password" doc:"Whether the person can sign in by a password"`
	Stars       []string `json:"stars" nullable:"false" doc:"Ids of the assets that the person has marked, in the person's own order"`
	SeenAt      *string  `json:"seen_at" format:"date-time" doc:"When the person last looked at what changed, as a PATCH set it"`
}

// MePatch changes what a person keeps.
type MePatch struct {
	Stars    *[]string    `json:"stars,omitempty" maxItems:"1000" doc:"All of them, in order"`
	SeenAt   *string      `json:"seen_at,omitempty" format:"date-time"`
	Password *NewPassword `json:"password,omitempty" doc:"Replaces the password; all other sessions end and this one gets a new cookie. It needs a session."`
}

// NewPassword replaces a password.
type NewPassword struct {
	Current string `json:"current" minLength:"1" maxLength:"1024"`
	New     string `json:"new" minLength:"1" maxLength:"1024" doc:"12 characters or more"`
}

type patchMeInput struct {
	IfMatchParam
	Body MePatch
}

// ChangedMe is the reply to a change of what a person keeps.
type ChangedMe struct {
	ETag      string   `header:"ETag" doc:"Tag of the changed document, as a GET serves it"`
	SetCookie []string `header:"Set-Cookie" doc:"The session after a change of the password"`
	Body      httpserver.Document[Me]
}

func (a *API) registerMe(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/me", Scope: access.Authenticated, ID: "get-me", Tag: "people",
		Summary: "Read who makes the request", Description: "The caller, what it may do, and what a person keeps: stars, and when it last looked. 401 without a key or session.",
	}, a.getMe)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPatch, Path: "/api/v1/me", Scope: access.Authenticated, ID: "update-me", Tag: "people",
		Example: `{"stars":["TBL-1"],"seen_at":"2026-01-10T18:00:00Z"}`,
		Summary: "Change what the caller keeps", Description: "Stars, the time of the last look, and the password. A key without a person keeps nothing (403).",
	}, a.patchMe)
}

func (a *API) getMe(ctx context.Context, p access.Principal, _ *struct{}) (*httpserver.Body[httpserver.Document[Me]], error) {
	doc, err := a.me(ctx, p)
	if err != nil {
		return nil, err
	}
	return httpserver.Reply(doc), nil
}

func (a *API) me(ctx context.Context, p access.Principal) (httpserver.Document[Me], error) {
	var kept store.Personal
	var err error
	if user, ok := p.Personal(); ok {
		if kept, err = a.store.Personal(ctx, p.WS, user); err != nil {
			return httpserver.Document[Me]{}, err
		}
	}
	return a.meWith(ctx, p, kept)
}

func (a *API) meWith(ctx context.Context, p access.Principal, kept store.Personal) (httpserver.Document[Me], error) {
	out := Me{
		Kind: p.Kind(), Name: p.Name, Scopes: textsOf(p.Granted()), SchemaIDs: []string{}, Stars: orEmpty(kept.Stars), SeenAt: timeText(kept.SeenAt),
	}
	for _, id := range p.Schemas {
		out.SchemaIDs = append(out.SchemaIDs, id.String())
	}
	id := p.Kind()
	switch {
	case p.UserID != 0:
		l, err := a.store.Login(ctx, p.WS, p.UserID)
		if err != nil {
			return httpserver.Document[Me]{}, err
		}
		id = l.User.Label()
		out.Name, out.Email, out.Role, out.HasPassword = l.User.Name, optional(l.User.Email), optional(l.User.Role), l.Hash != ""
	case p.KeyID != 0:
		id = p.KeyLabel()
	}
	if p.Session != 0 {
		out.Session = optional(p.KeyLabel())
	}
	return httpserver.DocumentOf(httpserver.Resource[Me]{ID: id, Type: "me", Attributes: out}), nil
}

func (a *API) patchMe(ctx context.Context, p access.Principal, in *patchMeInput) (*ChangedMe, error) {
	user, ok := p.Personal()
	if !ok {
		return nil, catalog.ErrForbidden
	}
	change, err := in.Body.change()
	if err != nil {
		return nil, err
	}
	signed, err := a.newPassword(ctx, &p, in)
	if err != nil {
		return nil, err
	}
	kept, err := a.store.UpdatePersonal(ctx, p.WS, user, func(kept *store.Personal) error {
		if signed.Cookies == nil {
			doc, err := a.meWith(ctx, p, *kept)
			if err == nil {
				err = httpserver.Precondition(in.IfMatch, doc)
			}
			if err != nil {
				return err
			}
		}
		change(kept)
		return nil
	})
	if err != nil {
		return nil, err
	}
	doc, err := a.meWith(ctx, p, kept)
	if err != nil {
		return nil, err
	}
	reply, err := httpserver.ReplyChanged(doc, doc)
	if err != nil {
		return nil, err
	}
	return &ChangedMe{ETag: reply.ETag, SetCookie: signed.Cookies, Body: doc}, nil
}

// newPassword changes the password of a patch, if it has one, for a document that still has the tag of If-Match. The
// principal is then that of the session that replaces the present one.
func (a *API) newPassword(ctx context.Context, p *access.Principal, in *patchMeInput) (signed access.Signed, err error) {
	if in.Body.Password == nil {
		return signed, nil
	}
	doc, err := a.me(ctx, *p)
	if err == nil {
		err = httpserver.Precondition(in.IfMatch, doc)
	}
	if err == nil {
		signed, err = a.access.ChangePassword(ctx, *p, a.visitor(ctx), in.Body.Password.Current, in.Body.Password.New)
	}
	p.Session = signed.Session.ID
	return signed, err
}

// change returns the function that applies a patch, except its password.
func (m MePatch) change() (func(*store.Personal), error) {
	var stars []string
	if m.Stars != nil {
		stars = make([]string, 0, len(*m.Stars))
		for _, label := range *m.Stars {
			prefix, n, err := catalog.ParseID(label)
			if err != nil {
				return nil, invalidField("stars", "want ids of assets, such as TBL-12")
			}
			stars = append(stars, catalog.FormatID(prefix, n))
		}
	}
	var seen time.Time
	if m.SeenAt != nil {
		var err error
		if seen, err = time.Parse(time.RFC3339, *m.SeenAt); err != nil {
			return nil, invalidField("seen_at", "want a time such as 2026-01-10T18:00:00Z")
		}
	}
	return func(p *store.Personal) {
		if m.Stars != nil {
			p.Stars = stars
		}
		if m.SeenAt != nil {
			p.SeenAt = seen
		}
	}, nil
}
