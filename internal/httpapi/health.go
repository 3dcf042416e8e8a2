package httpapi

import (
	"context"
	"math"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// HealthWeights are the weights of what a score is made of.
type HealthWeights struct {
	Documentation int `json:"documentation" minimum:"0" maximum:"100"`
	Ownership     int `json:"ownership" minimum:"0" maximum:"100"`
	Tests         int `json:"tests" minimum:"0" maximum:"100"`
	TestResults   int `json:"test_results" minimum:"0" maximum:"100"`
	Run           int `json:"run" minimum:"0" maximum:"100"`
	Freshness     int `json:"freshness" minimum:"0" maximum:"100"`
}

func weightsOf(w catalog.HealthWeights) HealthWeights {
	return HealthWeights{
		Documentation: w[catalog.Documentation], Ownership: w[catalog.Ownership], Tests: w[catalog.Tested],
		TestResults: w[catalog.TestResults], Run: w[catalog.RunResult], Freshness: w[catalog.SourceFreshness],
	}
}

// HealthPatch changes the given weights.
type HealthPatch struct {
	Documentation *int `json:"documentation,omitempty" minimum:"0" maximum:"100"`
	Ownership     *int `json:"ownership,omitempty" minimum:"0" maximum:"100"`
	Tests         *int `json:"tests,omitempty" minimum:"0" maximum:"100"`
	TestResults   *int `json:"test_results,omitempty" minimum:"0" maximum:"100"`
	Run           *int `json:"run,omitempty" minimum:"0" maximum:"100"`
	Freshness     *int `json:"freshness,omitempty" minimum:"0" maximum:"100"`
}

func (p *HealthPatch) onto(w *catalog.HealthWeights) {
	for aspect, weight := range map[catalog.HealthAspect]*int{
		catalog.Documentation: p.Documentation, catalog.Ownership: p.Ownership, catalog.Tested: p.Tests,
		catalog.TestResults: p.TestResults, catalog.RunResult: p.Run, catalog.SourceFreshness: p.Freshness,
	} {
		if weight != nil {
			w[aspect] = *weight
		}
	}
}

// HealthAspects are the values that a score is made of, each from 0 to 1.
type HealthAspects struct {
	Documentation *float64 `json:"documentation" doc:"Half is the description, half the share of columns with one; without columns the description"`
	Ownership     *float64 `json:"ownership" doc:"Has an owner"`
	Tests         *float64 `json:"tests" doc:"Has an enabled data test"`
	TestResults   *float64 `json:"test_results" doc:"Mean of the latest results of its data tests: pass 1, warn 0.5, fail and error 0; null if none was executed"`
	Run           *float64 `json:"run" doc:"Latest result of what makes it: success 1, warn 0.5, error 0; null if there is none or it was skipped"`
	Freshness     *float64 `json:"freshness" doc:"Of a source: pass 1, warn 0.5, error 0; null if it was not checked"`
}

func aspectsOf(h catalog.Health) HealthAspects {
	value := func(a catalog.HealthAspect) *float64 {
		if h[a] < 0 {
			return nil
		}
		v := rounded(h[a], 1e4)
		return &v
	}
	return HealthAspects{
		Documentation: value(catalog.Documentation), Ownership: value(catalog.Ownership), Tests: value(catalog.Tested),
		TestResults: value(catalog.TestResults), Run: value(catalog.RunResult), Freshness: value(catalog.SourceFreshness),
	}
}

func rounded(v, to float64) float64 { return math.Round(v*to) / to }

func scoreOf(score float64, ok bool) *float64 {
	if !ok {
		return nil
	}
	score = rounded(score, 10)
	return &score
}

// SchemaHealth is the health of some tables together.
type SchemaHealth struct {
	Score   *float64      `json:"score" doc:"0 to 100: mean score of the tables; null if no table has a score"`
	Tables  int           `json:"tables"`
	Scored  int           `json:"scored" doc:"Tables that have a score"`
	Aspects HealthAspects `json:"aspects" doc:"Mean of each over the tables that have it"`
	Weights HealthWeights `json:"weights" doc:"Those of the schema"`
}

// FolderHealth is the health of the tables of a folder together.
type FolderHealth struct {
	Folder  string        `json:"folder" doc:"Of the files, below the name of the package: shop/models/marts. Without the folders in it"`
	Score   *float64      `json:"score" doc:"0 to 100: mean of the scores of the tables"`
	Tables  int           `json:"tables"`
	Scored  int           `json:"scored" doc:"Tables that have a score"`
	Aspects HealthAspects `json:"aspects" doc:"Mean of each over the tables that have it"`
}

// TableHealth is the health of a table.
type TableHealth struct {
	Name     string        `json:"name"`
	Kind     string        `json:"kind"`
	UniqueID *string       `json:"unique_id"`
	Score    *float64      `json:"score" doc:"0 to 100: mean of the aspects that the table has, by the weights of the schema; null if their weights are 0"`
	Aspects  HealthAspects `json:"aspects"`
}

func (a *API) registerHealth(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/health", Scope: access.ReadCatalog, ID: "get-health", Tag: "health",
		Summary: "How healthy the tables of a schema are",
		Description: "The score of a table is 100 · Σ weight · value / Σ weight over the aspects that it has; that of a schema or folder is the mean of the scores of its tables. " +
			"The weights are a setting of the schema (`PATCH /schemas/{id}` with `health`). With at what was known then, with the weights of now.",
	}, a.getHealth)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/health/folders", Scope: access.ReadCatalog, ID: "list-folder-health", Tag: "health",
		Summary: "How healthy the tables of each folder are", Description: "By the folders of their files, by name. See `GET /health` for the score.",
	}, a.listFolderHealth)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/health/tables", Scope: access.ReadCatalog, ID: "list-table-health", Tag: "health",
		Summary: "How healthy each table is", Description: "With what its score is made of, the least healthy first unless sort says otherwise. See `GET /health` for the score.",
	}, a.listTableHealth)
}

// HealthParams choose the state whose health is asked for.
type HealthParams struct {
	AtParam
	SchemaID string `query:"schema_id" required:"true" maxLength:"64" example:"SCH-101"`
}

func (a *API) getHealth(ctx context.Context, p access.Principal, in *HealthParams) (*httpserver.Body[httpserver.Document[SchemaHealth]], error) {
	view, err := a.view(ctx, p, in.SchemaID, in.At)
	if err != nil {
		return nil, err
	}
	mean, err := view.Health(ctx)
	if err != nil {
		return nil, err
	}
	out := SchemaHealth{
		Score: scoreOf(mean.Score()), Tables: mean.Tables, Scored: mean.Scored,
		Aspects: aspectsOf(mean.Health()), Weights: weightsOf(view.Schema.Health),
	}
	return httpserver.Reply(httpserver.DocumentOf(httpserver.Resource[SchemaHealth]{
		ID: view.Schema.ID.String(), Type: "health", Attributes: out,
		Relationships: &httpserver.Relationships{Schema: &httpserver.Named{ID: view.Schema.ID.String(), Name: view.Schema.Name}},
	})), nil
}

type folderHealthInput struct {
	HealthParams
	httpserver.PageParams
}

func (a *API) listFolderHealth(ctx context.Context, p access.Principal, in *folderHealthInput) (*httpserver.Body[httpserver.List[FolderHealth]], error) {
	view, err := a.view(ctx, p, in.SchemaID, in.At)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := view.HealthByFolder(ctx, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOfPage[FolderHealth](ctx, a.cursors, p.WS, in.Limit, rows)
	out.Meta.Version = view.Version
	for i := range rows.Rows {
		f := &rows.Rows[i]
		out.Data = append(out.Data, httpserver.Resource[FolderHealth]{ID: view.Schema.ID.String() + "/" + f.Folder, Type: "folder_health", Attributes: FolderHealth{
			Folder: f.Folder, Score: scoreOf(f.Score()), Tables: f.Tables, Scored: f.Scored, Aspects: aspectsOf(f.Health()),
		}})
	}
	return httpserver.Reply(out), nil
}

type tableHealthInput struct {
	HealthParams
	httpserver.PageParams
	Folder string `query:"folder" maxLength:"4096" doc:"Only tables of this folder and of those in it" example:"shop/models/marts"`
	Asset  string `query:"asset" maxLength:"4096" doc:"Only this table: an id, a dbt unique_id or a relation" example:"TBL-31"`
	Sort   string `query:"sort" enum:"score,-score,name" default:"score" doc:"With - the healthiest first; tables without a score come last"`
}

func (a *API) listTableHealth(ctx context.Context, p access.Principal, in *tableHealthInput) (*httpserver.Body[httpserver.List[TableHealth]], error) {
	view, err := a.view(ctx, p, in.SchemaID, in.At)
	if err != nil {
		return nil, err
	}
	filter := readmodel.HealthFilter{Folder: in.Folder, Sort: readmodel.HealthSort(in.Sort)}
	if in.Asset != "" {
		found, err := a.asset(ctx, p, assetRef{param: "asset", name: in.Asset, AssetLookup: AssetLookup{SchemaID: in.SchemaID}}, in.At)
		if err != nil {
			return nil, err
		}
		filter.Asset = found.asset.ID
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := view.TablesHealth(ctx, filter, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOfPage[TableHealth](ctx, a.cursors, p.WS, in.Limit, rows)
	out.Meta.Version = view.Version
	for _, t := range rows.Rows {
		out.Data = append(out.Data, httpserver.Resource[TableHealth]{ID: t.Table.Label(), Type: "table_health", Attributes: TableHealth{
			Name: t.Table.Name, Kind: string(t.Table.Kind), UniqueID: optional(t.Table.UniqueID),
			Score: scoreOf(t.Health.Score(view.Schema.Health)), Aspects: aspectsOf(t.Health),
		}})
	}
	return httpserver.Reply(out), nil
}
