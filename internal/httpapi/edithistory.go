package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Edit is one value that a person set.
type Edit struct {
	Property  string                        `json:"property" enum:"description,owners,tags"`
	Column    *string                       `json:"column" doc:"Null for the asset itself"`
	Text      *string                       `json:"text" doc:"Of a description"`
	Added     []string                      `json:"added" nullable:"false" doc:"Owners or tags added to those from other origins"`
	Removed   []string                      `json:"removed" nullable:"false" doc:"Owners or tags of other origins that were removed"`
	Withdrawn bool                          `json:"withdrawn" doc:"It sets nothing: what people set before is withdrawn"`
	Current   bool                          `json:"current" doc:"The newest of its property"`
	Cause     httpserver.Nullable[Cause]    `json:"cause" doc:"The request that made it"`
	ActorRef  httpserver.Nullable[ActorRef] `json:"actor_ref"`
	At        string                        `json:"at" format:"date-time"`
	Version   int64                         `json:"version" doc:"Version of the schema that it made"`
}

func (a *API) registerEditHistory(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/edits", Scope: access.ReadCatalog, ID: "list-edits", Tag: "assets",
		Summary:     "List the edits of an asset, newest first",
		Description: "Everything that people wrote about the asset and its columns. It is kept when old versions of the schema are deleted. A page has less than `limit` edits where their values have more than 1 MiB.",
	}, a.listEdits)
}

type editsInput struct {
	AssetParam
	AtParam
	httpserver.PageParams
}

func (a *API) listEdits(ctx context.Context, p access.Principal, in *editsInput) (*httpserver.Body[httpserver.List[Edit]], error) {
	f, err := a.asset(ctx, p, in.ref(), in.At)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := f.view.Edits(ctx, f.asset.ID, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[Edit](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	out.Meta.Version = f.version
	for i := range rows.Rows {
		out.Data = append(out.Data, editResource(&rows.Rows[i], f.version))
	}
	return httpserver.Reply(out), nil
}

func editResource(e *store.Edit, version int64) httpserver.Resource[Edit] {
	cause := catalog.Cause{Kind: catalog.CauseEdit, ID: e.Number}
	property := strings.TrimSuffix(e.Column+"."+e.Field, ".")
	return httpserver.Resource[Edit]{
		ID: cause.Label() + "." + strings.TrimPrefix(property, "."), Type: "edit",
		Attributes: Edit{
			Property: e.Field, Column: optional(e.Column), Text: optional(e.Text), Added: orEmpty(e.Add), Removed: orEmpty(e.Remove),
			Withdrawn: e.IsWithdrawal(), Current: e.Until > version, Cause: causeOf(cause), ActorRef: actorRefOf(e.By), At: timeOrEmpty(e.At), Version: e.Version,
		},
	}
}
