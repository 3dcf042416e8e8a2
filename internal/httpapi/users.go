package httpapi

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// User is a person with a role.
type User struct {
	Name      string   `json:"name"`
	Email     string   `json:"email" format:"email"`
	Role      string   `json:"role" enum:"viewer,editor,admin" doc:"viewer reads everything but the audit log, editor imports and edits too, admin does everything"`
	Scopes    []string `json:"scopes" nullable:"false" doc:"What the role allows; keys of the person have no others"`
	CreatedAt string   `json:"created_at" format:"date-time"`
	UpdatedAt string   `json:"updated_at" format:"date-time"`
}

// NewUser is a request for a person.
type NewUser struct {
	Name  string `json:"name" minLength:"1" maxLength:"200"`
	Email string `json:"email" minLength:"3" maxLength:"254" doc:"Unique in the workspace, whatever its case"`
	Role  string `json:"role" enum:"viewer,editor,admin"`
}

// UserPatch changes a person.
type UserPatch struct {
	Name  *string `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Email *string `json:"email,omitempty" minLength:"3" maxLength:"254"`
	Role  *string `json:"role,omitempty" enum:"viewer,editor,admin"`
}

type updateUserInput struct {
	UserPath
	IfMatchParam
	Body UserPatch
}

type removeUserInput struct {
	UserPath
	IfMatchParam
}

func (a *API) registerUsers(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/users", Scope: access.AdminWorkspace, ID: "list-users", Tag: "people",
		Summary: "List people", Description: "With their roles. Those that were removed are in the audit log.",
	}, a.listUsers)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPost, Path: "/api/v1/users", Scope: access.AdminWorkspace, ID: "create-user", Tag: "people", Status: http.StatusCreated,
		Example: `{"name":"Ana","email":"ana@example.com","role":"editor"}`,
		Summary: "Add a person", Description: "A person has a role, and keys (`user` of POST /keys) that may do no more than the role. Their changes are recorded as the person's.",
	}, a.createUser)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/users/{id}", Scope: access.AdminWorkspace, ID: "get-user", Tag: "people",
		Summary: "Read a person", Description: "Name, e-mail address and role.",
	}, a.getUser)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPatch, Path: "/api/v1/users/{id}", Scope: access.AdminWorkspace, ID: "update-user", Tag: "people",
		Example: `{"role":"viewer"}`,
		Summary: "Update a person", Description: "A new role applies to the person's keys at once, in other processes within five seconds. With `If-Match` it is refused (412) if the person has changed since it was read.",
	}, a.updateUser)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodDelete, Path: "/api/v1/users/{id}", Scope: access.AdminWorkspace, ID: "remove-user", Tag: "people", Status: http.StatusNoContent,
		Summary: "Remove a person", Description: "The person's keys are revoked. What the person changed stays, under the person's name.",
	}, a.removeUser)
}

func (a *API) listUsers(ctx context.Context, p access.Principal, in *httpserver.PageParams) (*httpserver.Body[httpserver.List[User]], error) {
	if len(p.Schemas) > 0 { // people belong to the whole workspace
		return nil, catalog.ErrForbidden
	}
	page, err := a.cursors.Page(ctx, p.WS, *in)
	if err != nil {
		return nil, err
	}
	rows, err := a.store.Users(ctx, p.WS, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[User](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	for _, u := range rows.Rows {
		out.Data = append(out.Data, userResource(u))
	}
	return httpserver.Reply(out), nil
}

func (a *API) createUser(ctx context.Context, p access.Principal, in *struct{ Body NewUser }) (*httpserver.Located[httpserver.Document[User]], error) {
	if len(p.Schemas) > 0 {
		return nil, catalog.ErrForbidden
	}
	if err := plainText("name", in.Body.Name); err != nil {
		return nil, err
	}
	u, err := a.access.CreateUser(ctx, p, store.User{Name: in.Body.Name, Email: in.Body.Email, Role: in.Body.Role})
	if err != nil {
		return nil, err
	}
	return &httpserver.Located[httpserver.Document[User]]{Location: "/api/v1/users/" + u.Label(), Body: httpserver.DocumentOf(userResource(u))}, nil
}

func (a *API) getUser(ctx context.Context, p access.Principal, in *UserPath) (*httpserver.Body[httpserver.Document[User]], error) {
	id, err := userID(p, in.ID)
	if err != nil {
		return nil, err
	}
	u, err := a.store.User(ctx, p.WS, id)
	if err != nil {
		return nil, httpserver.Missing(err, "id", in.ID)
	}
	return httpserver.Reply(httpserver.DocumentOf(userResource(u))), nil
}

// userID parses the id of a person, for a principal that may manage people.
func userID(p access.Principal, id string) (int64, error) {
	if len(p.Schemas) > 0 {
		return 0, catalog.ErrForbidden
	}
	n, err := catalog.ParseIDOf(catalog.PrefixUser, id)
	return n, httpserver.Missing(err, "id", id)
}

func (a *API) updateUser(ctx context.Context, p access.Principal, in *updateUserInput) (*httpserver.Changed[httpserver.Document[User]], error) {
	id, err := userID(p, in.ID)
	if err != nil {
		return nil, err
	}
	if in.Body.Name != nil {
		if err := plainText("name", *in.Body.Name); err != nil {
			return nil, err
		}
	}
	u, err := a.access.UpdateUser(ctx, p, id, store.UserPatch{If: userIs(in.IfMatch), Name: in.Body.Name, Email: in.Body.Email, Role: in.Body.Role})
	if err != nil {
		return nil, httpserver.Missing(err, "id", in.ID)
	}
	after := httpserver.DocumentOf(userResource(u))
	return httpserver.ReplyChanged(after, after)
}

func (a *API) removeUser(ctx context.Context, p access.Principal, in *removeUserInput) (*struct{}, error) {
	id, err := userID(p, in.ID)
	if err != nil {
		return nil, err
	}
	return nil, httpserver.Missing(a.access.RemoveUser(ctx, p, id, userIs(in.IfMatch)), "id", in.ID)
}

// userIs returns the check that a person's document still has the tag of If-Match.
func userIs(ifMatch string) func(store.User) error {
	return func(u store.User) error {
		return httpserver.Precondition(ifMatch, httpserver.DocumentOf(userResource(u)))
	}
}

func userResource(u store.User) httpserver.Resource[User] {
	out := User{
		Name: u.Name, Email: u.Email, Role: u.Role, Scopes: []string{}, CreatedAt: timeOrEmpty(u.CreatedAt), UpdatedAt: timeOrEmpty(u.UpdatedAt),
	}
	for _, s := range access.Role(u.Role).Scopes() {
		out.Scopes = append(out.Scopes, string(s))
	}
	return httpserver.Resource[User]{ID: u.Label(), Type: "user", Attributes: out}
}
