package mcp

import (
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
)

type freshnessInput struct {
	Asset string `json:"asset,omitempty" jsonschema:"only this source"`
	schemaArg
	Project string `json:"project,omitempty" jsonschema:"dbt project, if several have the asset"`
	Status  string `json:"status,omitempty" jsonschema:"pass, warn, error or runtime error"`
	atArg
	paged
}

type freshnessRow struct {
	Source      string   `json:"source"`
	Status      string   `json:"status"`
	MaxLoadedAt string   `json:"max_loaded_at,omitempty"`
	CheckedAt   string   `json:"checked_at,omitempty"`
	LagSeconds  float64  `json:"lag_seconds,omitempty"`
	WarnAfter   string   `json:"warn_after,omitempty"`
	ErrorAfter  string   `json:"error_after,omitempty"`
	Error       *foreign `json:"error,omitempty"`
}

func listFreshness(ctx context.Context, c *caller, in *freshnessInput, from *positions) (*answer, error) {
	if err := oneOf("status", in.Status, "pass", "warn", "error", "runtime error"); err != nil {
		return nil, err
	}
	about, v, err := c.about(ctx, aboutInput{in.Asset, in.schemaArg, in.Project, in.At}, from)
	if err != nil {
		return nil, err
	}
	filter := readmodel.FreshnessFilter{Status: in.Status, Asset: about.asset}
	return about.answer, stored(ctx, about.answer, from, "sources", func(ctx context.Context, p store.Page) (store.Paged[readmodel.SourceFreshness], error) {
		return v.Freshness(ctx, filter, p)
	}, func(f readmodel.SourceFreshness) any { return freshnessRowOf(f.Freshness) })
}

func freshnessRowOf(f catalog.Freshness) freshnessRow {
	out := freshnessRow{
		Source: short(f.UniqueID), Status: f.Status, MaxLoadedAt: instant(f.MaxLoadedAt), CheckedAt: instant(f.SnapshotedAt), LagSeconds: seconds(f.Lag()),
		Error: foreignText(f.Message, "dbt", shortText),
	}
	if c := f.Criteria; c != nil {
		out.WarnAfter, out.ErrorAfter = ageText(c.WarnAfter), ageText(c.ErrorAfter)
	}
	return out
}

func ageText(a *catalog.Age) string {
	if a == nil {
		return ""
	}
	return fmt.Sprintf("%d %s", a.Count, a.Period)
}
