package httpapi

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// BlamedValue is a value with what set it last.
type BlamedValue struct {
	Column   *string                       `json:"column" doc:"Null for the asset itself"`
	Field    *string                       `json:"field" doc:"Named as in changes; null for the asset or column as a whole"`
	Value    *string                       `json:"value" doc:"As changes show it; null if it was set to nothing"`
	Previous *string                       `json:"previous" doc:"The value before; null if there was none or it is not kept any more"`
	Kind     string                        `json:"kind" enum:"created,updated,removed,restored" doc:"created: the value is as old as the asset or column"`
	Version  *int64                        `json:"version" doc:"Version of the schema that set it; null if that was before an upgrade to the release that records this"`
	At       *string                       `json:"at" format:"date-time"`
	Cause    httpserver.Nullable[Cause]    `json:"cause"`
	ActorRef httpserver.Nullable[ActorRef] `json:"actor_ref" doc:"Who set it: for an import, who sent it"`
	Import   *string                       `json:"import" doc:"The import that set it; null unless the cause is an import"`
	Origin   *string                       `json:"origin" doc:"Who reports it now: dbt:<project>, crawl:<integration>, user:<name> or sql; null if no single origin does"`
	Source   *string                       `json:"source" doc:"Of what kind the report is: manifest, catalog, crawl, user or sql"`
	Reported *string                       `json:"reported_at" format:"date-time" doc:"The time of the newest report or edit that has it"`
	File     *string                       `json:"file" doc:"File of the dbt project that has it, where dbt reports one"`
}

func (a *API) registerBlame(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/blame", Scope: access.ReadCatalog, ID: "list-blame", Bulky: true, Tag: "changes",
		Summary: "Who or what last set each value of an asset",
		Description: "Its own values, then those of its columns in their order. It is recorded when values change, and is kept when old versions are deleted. " +
			"A page has fewer than `limit` values if they exceed 1 MiB or were set by more than 20 versions.",
	}, a.listBlame)
}

type blameInput struct {
	AssetParam
	AtParam
	httpserver.PageParams
	Column string `query:"column" maxLength:"4096" doc:"Only the values of this column"`
}

func (a *API) listBlame(ctx context.Context, p access.Principal, in *blameInput) (*httpserver.Body[httpserver.List[BlamedValue]], error) {
	f, err := a.asset(ctx, p, in.ref(), in.At)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := f.view.Blame(ctx, &f.asset, in.Column, page)
	if err != nil && in.Column != "" {
		err = missingColumn(ctx, f, err, "column", in.Column)
	}
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[BlamedValue](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	out.Meta.Version = f.version
	for i := range rows.Rows {
		out.Data = append(out.Data, blameResource(&f.asset, &rows.Rows[i]))
	}
	return httpserver.Reply(out), nil
}

func blameResource(asset *catalog.Asset, b *readmodel.BlamedValue) httpserver.Resource[BlamedValue] {
	id := asset.ID.Label(asset.Kind)
	if b.Column != "" {
		id += "/" + b.Column
	}
	if b.Field != "" {
		id += "." + b.Field
	}
	out := BlamedValue{
		Column: optional(b.Column), Field: optional(b.Field), Value: optional(b.Value), Previous: optional(b.Old), Kind: string(b.Kind),
		At: timeText(b.Version.At), Cause: causeOf(b.Version.Cause), ActorRef: actorRefOf(b.Version.Actor), Import: importLabel(b.Version.Cause.Import()),
		Origin: optional(b.Origin.Label(b.By)), Source: optional(string(b.Source)), Reported: timeText(b.Time), File: optional(b.File),
	}
	if b.Version.Number != 0 {
		out.Version = &b.Version.Number
	}
	return httpserver.Resource[BlamedValue]{ID: id, Type: "blame", Attributes: out}
}
