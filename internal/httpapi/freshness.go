package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// Freshness is how old the data of a source was when dbt last looked.
type Freshness struct {
	UniqueID      string                   `json:"unique_id"`
	Status        *string                  `json:"status" doc:"pass, warn, error or runtime error, as dbt reports it; null if it was never checked"`
	MaxLoadedAt   *string                  `json:"max_loaded_at" format:"date-time" doc:"Newest row"`
	SnapshottedAt *string                  `json:"snapshotted_at" format:"date-time" doc:"When dbt looked"`
	LagSeconds    *float64                 `json:"lag_seconds" doc:"From max_loaded_at to snapshotted_at"`
	WarnAfter     httpserver.Nullable[Age] `json:"warn_after"`
	ErrorAfter    httpserver.Nullable[Age] `json:"error_after"`
	SLA           httpserver.Nullable[SLA] `json:"sla" doc:"How the lag compares with the largest age that is demanded; null if none is, or the source could not be queried"`
	Filter        *string                  `json:"filter" doc:"Condition on the rows that count"`
	Error         *string                  `json:"error" doc:"Why the source could not be queried"`
	ExecutionTime *float64                 `json:"execution_time" doc:"Seconds"`
	Run           *string                  `json:"run"`
	Asset         *string                  `json:"asset,omitempty" doc:"Table of the source; in lists"`
	Name          *string                  `json:"name,omitempty" doc:"Of that table; in lists"`
}

// SLA is how the age of a source compares with the largest one that its project allows.
type SLA struct {
	LimitSeconds float64 `json:"limit_seconds" doc:"error_after, without it warn_after"`
	Met          bool    `json:"met" doc:"lag_seconds is not more"`
	LateSeconds  float64 `json:"late_seconds" doc:"How much more it is"`
}

// Age is a number of periods.
type Age struct {
	Count  int64  `json:"count"`
	Period string `json:"period" doc:"minute, hour or day"`
}

func (a *API) registerFreshness(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/freshness", Scope: access.ReadCatalog, ID: "list-freshness", Tag: "runs",
		Summary:     "List the freshness of the sources of a schema",
		Description: "The newest result of dbt source freshness of each source that has one. With at it is what was known then.",
	}, a.listFreshness)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/freshness", Scope: access.ReadCatalog, ID: "list-asset-freshness", Tag: "runs",
		Summary:     "List the freshness of a source over time, newest first",
		Description: "One for each dbt source freshness that looked at it, with its lag and whether that is within what is demanded; with at those that were known then. Empty for an asset that is not a source.",
	}, a.listAssetFreshness)
}

type assetFreshnessInput struct {
	AssetParam
	AtParam
	httpserver.PageParams
}

func (a *API) listAssetFreshness(ctx context.Context, p access.Principal, in *assetFreshnessInput) (*httpserver.Body[httpserver.List[Freshness]], error) {
	f, err := a.asset(ctx, p, in.ref(), in.At)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := f.view.FreshnessHistory(ctx, &f.asset, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOfPage[Freshness](ctx, a.cursors, p.WS, in.Limit, rows)
	out.Meta.Version = f.version
	for _, row := range rows.Rows {
		out.Data = append(out.Data, httpserver.Resource[Freshness]{ID: row.Run.String() + "." + row.UniqueID, Type: "freshness", Attributes: freshnessOf(row)})
	}
	return httpserver.Reply(out), nil
}

type freshnessInput struct {
	httpserver.PageParams
	AtParam
	SchemaID string `query:"schema_id" required:"true" maxLength:"64" example:"SCH-101"`
	Status   string `query:"status" enum:"pass,warn,error,runtime error"`
	Project  string `query:"project" maxLength:"512" doc:"Id of a project, or with schema_id its name or key" example:"shop"`
	Asset    string `query:"asset" maxLength:"4096" doc:"A table: an id, a dbt unique_id or a relation" example:"TBL-31"`
}

func (a *API) listFreshness(ctx context.Context, p access.Principal, in *freshnessInput) (*httpserver.Body[httpserver.List[Freshness]], error) {
	view, err := a.view(ctx, p, in.SchemaID, in.At)
	if err != nil {
		return nil, err
	}
	filter, err := a.freshnessFilter(ctx, p, in)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := view.Freshness(ctx, filter, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[Freshness](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	out.Meta.Version = view.Version
	for _, row := range rows.Rows {
		f := freshnessOf(row.Freshness)
		label := row.Table.Label()
		f.Asset, f.Name = &label, &row.Table.Name
		out.Data = append(out.Data, httpserver.Resource[Freshness]{ID: row.Run.String() + "." + row.UniqueID, Type: "freshness", Attributes: f})
	}
	return httpserver.Reply(out), nil
}

func (a *API) freshnessFilter(ctx context.Context, p access.Principal, in *freshnessInput) (readmodel.FreshnessFilter, error) {
	f := readmodel.FreshnessFilter{Status: in.Status}
	if in.Project != "" {
		_, project, err := a.projectOf(ctx, p, in.SchemaID, in.Project)
		if err != nil {
			return f, err
		}
		f.Project = project.ID
	}
	if in.Asset != "" {
		found, err := a.asset(ctx, p, assetRef{param: "asset", name: in.Asset, AssetLookup: AssetLookup{SchemaID: in.SchemaID}}, in.At)
		if err != nil {
			return f, err
		}
		f.Asset = found.asset.ID
	}
	return f, nil
}

func freshnessOf(f catalog.Freshness) Freshness {
	out := Freshness{
		UniqueID: f.UniqueID, Status: optional(f.Status), MaxLoadedAt: timeText(f.MaxLoadedAt), SnapshottedAt: timeText(f.SnapshotedAt),
		Error: optional(f.Message), ExecutionTime: &f.ExecutionTime,
	}
	run := f.Run.String()
	out.Run = &run
	if !f.MaxLoadedAt.IsZero() {
		lag := f.Lag()
		out.LagSeconds = &lag
	}
	out.demands(f.Criteria)
	return out
}

// demands sets the limits of the age and the condition on rows, unless it has limits.
func (f *Freshness) demands(c *catalog.Criteria) {
	if c == nil || f.WarnAfter.Value != nil || f.ErrorAfter.Value != nil {
		return
	}
	f.WarnAfter, f.ErrorAfter = httpserver.NullableOf((*Age)(c.WarnAfter)), httpserver.NullableOf((*Age)(c.ErrorAfter))
	f.Filter = optional(c.Filter)
	if limit, ok := c.Limit(); ok && f.LagSeconds != nil {
		f.SLA = httpserver.NullableOf(&SLA{LimitSeconds: limit.Seconds(), Met: *f.LagSeconds <= limit.Seconds(), LateSeconds: max(0, *f.LagSeconds-limit.Seconds())})
	}
}

// assetFreshness is the freshness of a source: its newest result, else what its project demands.
func assetFreshness(s *readmodel.Summary) *Freshness {
	var demanded *catalog.Criteria
	if s.DBT != nil && len(s.DBT.Freshness) > 0 {
		demanded = &catalog.Criteria{}
		if json.Unmarshal(s.DBT.Freshness, demanded) != nil {
			demanded = nil // nothing to show
		}
	}
	switch {
	case s.Freshness != nil:
		out := freshnessOf(s.Freshness.Freshness)
		out.demands(demanded)
		return &out
	case demanded != nil:
		out := Freshness{UniqueID: s.DBT.UniqueID}
		out.demands(demanded)
		return &out
	}
	return nil
}
