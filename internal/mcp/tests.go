package mcp

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
)

type testsInput struct {
	Asset string `json:"asset,omitempty" jsonschema:"only the tests of this asset"`
	schemaArg
	Project string `json:"project,omitempty" jsonschema:"dbt project, if several have the asset"`
	Status  string `json:"status,omitempty" jsonschema:"class of the latest result: pass, warn, fail, error, skipped or unknown (never ran)"`
	atArg
	paged
}

type testRow struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Test     string     `json:"test,omitempty"`
	Asset    string     `json:"asset,omitempty"`
	Column   string     `json:"column,omitempty"`
	Severity string     `json:"severity,omitempty"`
	Latest   *resultRow `json:"latest"`
}

func listTests(ctx context.Context, c *caller, in *testsInput, from *positions) (*answer, error) {
	if err := oneOf("status", in.Status, "pass", "warn", "fail", "error", "skipped", "unknown"); err != nil {
		return nil, err
	}
	filter := readmodel.TestFilter{Class: in.Status}
	a, v, err := c.about(ctx, aboutInput{in.Asset, in.schemaArg, in.Project, in.At}, from)
	if err != nil {
		return nil, err
	}
	filter.Asset = a.asset
	return a.answer, stored(ctx, a.answer, from, "tests", func(ctx context.Context, p store.Page) (store.Paged[readmodel.Test], error) {
		return v.Tests(ctx, filter, p)
	}, func(t readmodel.Test) any { return testRowOf(&t, in.Asset == "") })
}

func testRowOf(t *readmodel.Test, named bool) testRow {
	out := testRow{ID: t.ID.String(), Name: short(t.Body.Name), Test: short(t.Body.Test), Column: short(t.Body.Column), Severity: t.Body.Severity}
	if named && t.Table != nil {
		out.Asset = cardName(t.Table)
	}
	if t.Latest != nil {
		latest := resultRowOf(t.Latest, false)
		out.Latest = &latest
	}
	return out
}
