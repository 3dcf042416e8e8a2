package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/near"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Key is an API key, without its secret.
type Key struct {
	Name       string                                `json:"name"`
	PublicID   string                                `json:"public_id" doc:"The 8 characters after the prefix, to identify the key"`
	Creator    string                                `json:"creator" doc:"Name of who created it"`
	Scopes     []string                              `json:"scopes" nullable:"false"`
	SchemaIDs  []string                              `json:"schema_ids" nullable:"false" doc:"Schemas that it may see; empty means all"`
	CIDRs      []string                              `json:"cidrs" nullable:"false" doc:"Networks that it may be used from; empty means all"`
	CreatedAt  string                                `json:"created_at" format:"date-time"`
	ExpiresAt  *string                               `json:"expires_at" format:"date-time" doc:"Null: never"`
	RevokedAt  *string                               `json:"revoked_at" format:"date-time"`
	LastUsedAt *string                               `json:"last_used_at" format:"date-time" doc:"Accurate to the minute"`
	CreatorRef httpserver.Nullable[ActorRef]         `json:"creator_ref" doc:"Who created it; null for a key that was created before this was recorded"`
	User       httpserver.Nullable[httpserver.Named] `json:"user" doc:"The person the key belongs to, whose role limits what it may do; null if it belongs to nobody"`
	Secret     string                                `json:"secret,omitempty" doc:"The key itself; only in the reply to its creation"`
}

// NewKey is a request for a key.
type NewKey struct {
	Name         string   `json:"name" minLength:"1" maxLength:"200"`
	Scopes       []string `json:"scopes" minItems:"1" maxItems:"20" nullable:"false"`
	SchemaIDs    []string `json:"schema_ids,omitempty" maxItems:"1000" doc:"Defaults to those of the key that creates it"`
	CIDRs        []string `json:"cidrs,omitempty" maxItems:"100" doc:"Networks it may be used from; defaults to those of the key that creates it"`
	ExpiresAt    *string  `json:"expires_at,omitempty" format:"date-time" doc:"Default: one year from now, or the end of the key that creates it"`
	NeverExpires bool     `json:"never_expires,omitempty"`
	User         string   `json:"user,omitempty" maxLength:"64" doc:"The person the key belongs to, such as USR-2; the person's role limits its scopes, and its changes are recorded as the person's"`
}

func (a *API) registerKeys(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/keys", Scope: access.AdminWorkspace, ID: "list-keys", Tag: "keys", Summary: "List API keys", Description: "Without their secrets. A key is shown once, in the reply to its creation.",
	}, a.listKeys)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodPost, Path: "/api/v1/keys", Scope: access.AdminWorkspace, ID: "create-key", Example: `{"name":"ci","scopes":["write:dbt_imports"]}`, Tag: "keys", Summary: "Create an API key",
		Description: "The secret is shown in this reply only. A key that is limited to schemas, networks or a time makes keys with at least the same limits: what the request leaves open is taken from it, more is refused with 403.", Status: http.StatusCreated, Secret: true,
	}, a.createKey)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/keys/{id}", Scope: access.AdminWorkspace, ID: "get-key", Tag: "keys", Summary: "Read an API key", Description: "Without its secret; revoked and expired keys, too.",
	}, a.getKey)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodDelete, Path: "/api/v1/keys/{id}", Scope: access.AdminWorkspace, ID: "revoke-key", Tag: "keys", Summary: "Revoke an API key", Description: "It is refused from then on by every process.",
		Status: http.StatusNoContent,
	}, a.revokeKey)
}

func (a *API) listKeys(ctx context.Context, p access.Principal, in *httpserver.PageParams) (*httpserver.Body[httpserver.List[Key]], error) {
	if len(p.Schemas) > 0 { // keys belong to the whole workspace
		return nil, catalog.ErrForbidden
	}
	page, err := a.cursors.Page(ctx, p.WS, *in)
	if err != nil {
		return nil, err
	}
	rows, err := a.store.Keys(ctx, p.WS, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[Key](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	for _, k := range rows.Rows {
		out.Data = append(out.Data, keyResource(k))
	}
	return httpserver.Reply(out), nil
}

func (a *API) getKey(ctx context.Context, p access.Principal, in *KeyPath) (*httpserver.Body[httpserver.Document[Key]], error) {
	if len(p.Schemas) > 0 {
		return nil, catalog.ErrForbidden
	}
	id, err := catalog.ParseIDOf(catalog.PrefixKey, in.ID)
	if err != nil {
		return nil, httpserver.Missing(err, "id", in.ID)
	}
	k, err := a.store.Key(ctx, p.WS, id)
	if err != nil {
		return nil, httpserver.Missing(err, "id", in.ID)
	}
	return httpserver.Reply(httpserver.DocumentOf(keyResource(k))), nil
}

func (a *API) createKey(ctx context.Context, p access.Principal, in *struct{ Body NewKey }) (*httpserver.Body[httpserver.Document[Key]], error) {
	n, err := a.newKey(ctx, p, in.Body)
	if err != nil {
		return nil, err
	}
	secret, key, err := a.access.Create(ctx, p, n)
	if err != nil {
		return nil, err
	}
	r := keyResource(key)
	r.Attributes.Secret = secret
	return httpserver.Reply(httpserver.DocumentOf(r)), nil
}

func (a *API) newKey(ctx context.Context, p access.Principal, in NewKey) (n access.NewKey, err error) {
	n = access.NewKey{Name: in.Name, CIDRs: in.CIDRs, Never: in.NeverExpires}
	if err := plainText("name", in.Name); err != nil {
		return n, err
	}
	for _, s := range in.Scopes {
		scope, err := access.ParseScope(s)
		if err != nil {
			return n, invalidField("scopes", fmt.Sprintf("%.100q is not a scope; %s", s, near.Choice(s, textsOf(access.Scopes()))))
		}
		n.Scopes = append(n.Scopes, scope)
	}
	if in.User != "" {
		id, err := catalog.ParseIDOf(catalog.PrefixUser, in.User)
		if err == nil {
			_, err = a.store.User(ctx, p.WS, id)
		}
		if errors.Is(err, catalog.ErrNotFound) {
			return n, invalidField("user", "there is no such person in this workspace")
		}
		if err != nil {
			return n, err
		}
		n.User = id
	}
	if in.ExpiresAt != nil {
		t, err := time.Parse(time.RFC3339, *in.ExpiresAt)
		if err != nil {
			return n, invalidField("expires_at", "want a time such as 2027-01-10T18:00:00Z")
		}
		n.ExpiresAt = t
	}
	if n.SchemaIDs, err = a.schemaIDs(ctx, p, in.SchemaIDs); err != nil {
		return n, err
	}
	return n, nil
}

type revokeKeyInput struct {
	KeyPath
	IfMatchParam
}

func (a *API) revokeKey(ctx context.Context, p access.Principal, in *revokeKeyInput) (*struct{}, error) {
	if len(p.Schemas) > 0 {
		return nil, catalog.ErrForbidden
	}
	id, err := catalog.ParseIDOf(catalog.PrefixKey, in.ID)
	if err == nil {
		err = a.access.Revoke(ctx, p, id, func(k store.Key) error {
			return httpserver.Precondition(in.IfMatch, httpserver.DocumentOf(keyResource(k)))
		})
	}
	return nil, httpserver.Missing(err, "id", in.ID)
}

func keyResource(k store.Key) httpserver.Resource[Key] {
	out := Key{
		Name: k.Name, PublicID: k.PublicID, Creator: k.Creator.Name, CreatorRef: actorRefOf(k.Creator), Scopes: orEmpty(k.Scopes), SchemaIDs: []string{}, CIDRs: orEmpty(k.CIDRs),
		CreatedAt: timeOrEmpty(k.CreatedAt), ExpiresAt: timeText(k.ExpiresAt), RevokedAt: timeText(k.RevokedAt), LastUsedAt: timeText(k.LastUsedAt),
	}
	if k.User != nil {
		out.User = httpserver.NullableOf(&httpserver.Named{ID: k.User.Label(), Name: k.User.Name})
	}
	for _, id := range k.SchemaIDs {
		out.SchemaIDs = append(out.SchemaIDs, id.String())
	}
	return httpserver.Resource[Key]{ID: k.Label(), Type: "key", Attributes: out}
}
