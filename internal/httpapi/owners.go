package httpapi

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// Owner is who owns assets, as the API shows it.
type Owner struct {
	Name   string           `json:"name"`
	Emails []string         `json:"emails" nullable:"false" doc:"As dbt's groups and exposures state them"`
	Groups []string         `json:"groups" nullable:"false" doc:"dbt groups of this owner"`
	Assets int64            `json:"assets" doc:"As many as GET /assets lists with owner="`
	Kinds  map[string]int64 `json:"kinds" doc:"The assets by kind, each once"`
	Tests  TestCounts       `json:"tests" doc:"Latest results of the data tests of all of the assets"`
	Health OwnerHealth      `json:"health"`
}

// OwnerHealth is the health of the tables of an owner together.
type OwnerHealth struct {
	Score   *float64      `json:"score" doc:"0 to 100: mean score of the tables; null if no table has a score"`
	Tables  int           `json:"tables"`
	Scored  int           `json:"scored" doc:"Tables that have a score"`
	Aspects HealthAspects `json:"aspects" doc:"Mean of each over the tables that have it"`
}

func (a *API) registerOwners(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/owners", Scope: access.ReadCatalog, ID: "list-owners", Tag: "owners",
		Summary: "List the owners of a schema's assets",
		Description: "Who owns something, by name: with e-mail addresses, numbers of assets by kind, latest results of their data tests and the health of their tables. " +
			"`GET /assets` with `owner` has the assets of an owner.",
	}, a.listOwners)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/owners/{owner}", Scope: access.ReadCatalog, ID: "get-owner", Tag: "owners",
		Summary: "Read an owner", Description: "By name, in the case of letters that assets have it in. `GET /assets` with `owner` has the assets.",
	}, a.getOwner)
}

type ownersInput struct {
	AtParam
	httpserver.PageParams
	SchemaID string `query:"schema_id" required:"true" maxLength:"64" example:"SCH-101"`
	Sort     string `query:"sort" enum:"name,-assets" default:"name" doc:"-assets: who owns most comes first"`
}

func (a *API) listOwners(ctx context.Context, p access.Principal, in *ownersInput) (*httpserver.Body[httpserver.List[Owner]], error) {
	view, err := a.view(ctx, p, in.SchemaID, in.At)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := view.Owners(ctx, readmodel.OwnerSort(in.Sort), page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOfPage[Owner](ctx, a.cursors, p.WS, in.Limit, rows)
	out.Meta.Version = view.Version
	for _, row := range rows.Rows {
		out.Data = append(out.Data, ownerResource(view, row))
	}
	return httpserver.Reply(out), nil
}

type ownerInput struct {
	AtParam
	SchemaID string `query:"schema_id" required:"true" maxLength:"64" example:"SCH-101"`
	Owner    string `path:"owner" maxLength:"4096" example:"@finance"`
}

func (a *API) getOwner(ctx context.Context, p access.Principal, in *ownerInput) (*httpserver.Body[httpserver.Document[Owner]], error) {
	view, err := a.view(ctx, p, in.SchemaID, in.At)
	if err != nil {
		return nil, err
	}
	owner, similar, err := view.Owner(ctx, in.Owner)
	if err != nil {
		return nil, httpserver.MissingNear(err, "owner", in.Owner, similar)
	}
	return httpserver.Reply(httpserver.DocumentOf(ownerResource(view, owner))), nil
}

func ownerResource(view *readmodel.View, o readmodel.Owner) httpserver.Resource[Owner] {
	out := Owner{
		Name: o.Name, Emails: orEmpty(o.Emails), Groups: orEmpty(o.Groups), Assets: o.Assets, Kinds: map[string]int64{}, Tests: TestCounts(o.Tests),
		Health: OwnerHealth{Score: scoreOf(o.Health.Score()), Tables: o.Health.Tables, Scored: o.Health.Scored, Aspects: aspectsOf(o.Health.Health())},
	}
	for kind, n := range o.Kinds {
		out.Kinds[string(kind)] = n
	}
	return httpserver.Resource[Owner]{
		ID: o.Name, Type: "owner", Attributes: out,
		Relationships: &httpserver.Relationships{Schema: &httpserver.Named{ID: view.Schema.ID.String(), Name: view.Schema.Name}},
	}
}
