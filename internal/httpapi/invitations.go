package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Invitation is a one-time link with which a person sets a password.
type Invitation struct {
	User       httpserver.Named              `json:"user"`
	Email      string                        `json:"email"`
	Role       string                        `json:"role" enum:"viewer,editor,admin"`
	CreatorRef httpserver.Nullable[ActorRef] `json:"creator_ref" doc:"Who invited the person"`
	CreatedAt  string                        `json:"created_at" format:"date-time"`
	ExpiresAt  string                        `json:"expires_at" format:"date-time"`
	URL        string                        `json:"url,omitempty" doc:"The link to pass on; only in the reply to its creation"`
}

// NewInvitation is a request for an invitation: of somebody new, or of a person who is there.
type NewInvitation struct {
	User  string `json:"user,omitempty" maxLength:"64" doc:"A person who is there, such as USR-2: the link replaces a password that was forgotten. Without it name, email and role are required"`
	Name  string `json:"name,omitempty" maxLength:"200"`
	Email string `json:"email,omitempty" maxLength:"254"`
	Role  string `json:"role,omitempty" enum:"viewer,editor,admin"`
}

// Acceptance is the use of an invitation.
type Acceptance struct {
	Token    string `json:"token" minLength:"1" maxLength:"128" doc:"What is behind the # in the link"`
	Password string `json:"password" minLength:"1" maxLength:"1024" doc:"12 characters or more"`
}

func (a *API) registerInvitations(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/invitations", Scope: access.AdminWorkspace, ID: "list-invitations", Tag: "people",
		Summary: "List open invitations", Description: "Those that were not used yet and have not expired, without their links.",
	}, a.listInvitations)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPost, Path: "/api/v1/invitations", Scope: access.AdminWorkspace, ID: "create-invitation", Tag: "people", Status: http.StatusCreated, Secret: true,
		Example: `{"name":"Cleo","email":"cleo@example.com","role":"viewer"}`,
		Summary: "Invite a person", Description: "Makes a one-time link, valid for 7 days, with which the person sets a password. It adds the person, or with `user` lets one who is there set another password. " +
			"The link is in this reply only: pass it on yourself. It replaces earlier ones of the person.",
	}, a.createInvitation)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodDelete, Path: "/api/v1/invitations/{id}", Scope: access.AdminWorkspace, ID: "revoke-invitation", Tag: "people", Status: http.StatusNoContent,
		Summary: "Revoke an invitation", Description: "Its link can no longer be used. The person stays.",
	}, a.revokeInvitation)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPost, Path: "/api/v1/invitations/accept", Scope: access.Public, ID: "accept-invitation", Tag: "people", Status: http.StatusCreated, Secret: true,
		Example: `{"token":"INVITATION_TOKEN","password":"correct horse battery staple"}`,
		Summary: "Accept an invitation", Description: "Sets the password of the person who was invited, and signs the person in. Sessions that the person had end.",
	}, a.acceptInvitation)
}

func (a *API) listInvitations(ctx context.Context, p access.Principal, in *httpserver.PageParams) (*httpserver.Body[httpserver.List[Invitation]], error) {
	if len(p.Schemas) > 0 { // people belong to the whole workspace
		return nil, catalog.ErrForbidden
	}
	page, err := a.cursors.Page(ctx, p.WS, *in)
	if err != nil {
		return nil, err
	}
	rows, err := a.store.Invitations(ctx, p.WS, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[Invitation](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	for _, l := range rows.Rows {
		out.Data = append(out.Data, invitationResource(l))
	}
	return httpserver.Reply(out), nil
}

func (a *API) createInvitation(ctx context.Context, p access.Principal, in *struct{ Body NewInvitation }) (*httpserver.Body[httpserver.Document[Invitation]], error) {
	if len(p.Schemas) > 0 {
		return nil, catalog.ErrForbidden
	}
	user, err := a.invited(ctx, p, in.Body)
	if err != nil {
		return nil, err
	}
	l, err := a.access.Invite(ctx, p, user)
	if err != nil {
		return nil, err
	}
	r := invitationResource(l.Link)
	r.Attributes.URL = l.URL
	return httpserver.Reply(httpserver.DocumentOf(r)), nil
}

// invited returns the person of an invitation, whom it adds if there is none.
func (a *API) invited(ctx context.Context, p access.Principal, in NewInvitation) (int64, error) {
	if in.User == "" {
		if err := plainText("name", in.Name); err != nil {
			return 0, err
		}
		u, err := a.access.CreateUser(ctx, p, store.User{Name: in.Name, Email: in.Email, Role: in.Role})
		return u.ID, err
	}
	if in.Name != "" || in.Email != "" || in.Role != "" {
		return 0, invalidField("user", "name, email and role are those of the person: leave them out")
	}
	id, err := catalog.ParseIDOf(catalog.PrefixUser, in.User)
	if err == nil {
		_, err = a.store.User(ctx, p.WS, id)
	}
	if errors.Is(err, catalog.ErrNotFound) {
		return 0, invalidField("user", "there is no such person in this workspace")
	}
	return id, err
}

func (a *API) revokeInvitation(ctx context.Context, p access.Principal, in *struct {
	ID string `path:"id" maxLength:"64" example:"INV-2"`
},
) (*struct{}, error) {
	if len(p.Schemas) > 0 {
		return nil, catalog.ErrForbidden
	}
	id, err := catalog.ParseIDOf(catalog.PrefixInvitation, in.ID)
	if err == nil {
		err = a.access.RevokeInvitation(ctx, p, id)
	}
	return nil, httpserver.Missing(err, "id", in.ID)
}

func (a *API) acceptInvitation(ctx context.Context, _ access.Principal, in *struct{ Body Acceptance }) (*Started, error) {
	signed, err := a.access.AcceptInvitation(ctx, a.visitor(ctx), in.Body.Token, in.Body.Password)
	if err != nil {
		return nil, err
	}
	return started(signed, ""), nil
}

func invitationResource(l store.Link) httpserver.Resource[Invitation] {
	return httpserver.Resource[Invitation]{ID: l.Label(), Type: "invitation", Attributes: Invitation{
		User: httpserver.Named{ID: l.User.Label(), Name: l.User.Name}, Email: l.User.Email, Role: l.User.Role, CreatorRef: actorRefOf(l.Creator),
		CreatedAt: timeOrEmpty(l.CreatedAt), ExpiresAt: timeOrEmpty(l.ExpiresAt),
	}}
}
