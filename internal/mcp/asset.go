package mcp

import (
	"context"
	"encoding/json"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

type assetInput struct {
	assetArg
	atArg
	paged
}

func getAsset(ctx context.Context, c *caller, in *assetInput, from *positions) (*answer, error) {
	f, err := c.asset(ctx, in.assetArg, in.At, from)
	if err != nil {
		return nil, err
	}
	a := answerAbout(f)
	if from == nil {
		if err := a.addSummary(ctx, f); err != nil {
			return nil, err
		}
	}
	columns, err := f.view.Columns(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	if err := a.memory(from, "columns", len(columns), func(i int) any { return columnRowOf(&columns[i]) }); err != nil {
		return nil, err
	}
	if err := a.addNeighbours(ctx, f, from); err != nil {
		return nil, err
	}
	tests, err := f.view.TestsOf(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	return a, a.memory(from, "tests", len(tests), func(i int) any { return testRowOf(&tests[i], false) })
}

// answerAbout begins an answer about an asset.
func answerAbout(f found) *answer {
	a := &answer{version: f.view.Version}
	a.set("schema", schemaOf(f.view))
	a.set("asset", assetName(&f.Asset))
	a.set("id", f.ID.Label(f.Kind))
	if !f.Present {
		a.note("This asset was removed: nothing reports it any more.")
	}
	for _, other := range f.Others[:min(len(f.Others), 5)] {
		a.note("%s (%s) has the same name.", cardName(other), other.Kind)
	}
	return a
}

// addSummary adds what is known of the asset itself.
func (a *answer) addSummary(ctx context.Context, f found) error {
	summaries, err := f.view.Summaries(ctx, []catalog.Asset{f.Asset})
	if err != nil {
		return err
	}
	s := &summaries[0]
	a.set("kind", s.Kind)
	a.setText("relation", s.Relation.Display())
	if text := described(s.Description, longText); text != nil {
		a.set("description", text)
	}
	a.setLabels("owners", s.Owners)
	a.setLabels("tags", s.Tags)
	a.setText("materialized", s.Kind.Materialization(s.Materialized))
	if d := s.DBT; d != nil {
		a.setText("package", d.PackageName)
		a.setText("path", d.OriginalFilePath)
		a.setText("group", d.Group)
		a.setText("access", d.Access)
		if d.Contract {
			a.set("contract", true)
		}
		a.setText("model_version", d.Version)
		a.setText("latest_version", d.LatestVersion)
		a.setText("deprecation_date", d.DeprecationDate)
	}
	a.addMeta(s.Meta)
	a.addResults(s)
	return nil
}

// mostMeta is the longest meta that is shown, in bytes of JSON.
const mostMeta = 1500

func (a *answer) addMeta(meta json.RawMessage) {
	if text := string(meta); text != "" && text != "{}" && text != "null" {
		a.set("meta", foreignText(text, "meta", mostMeta))
	}
}

// addResults adds what the last runs made of the asset.
func (a *answer) addResults(s *readmodel.Summary) {
	if s.Tests != (readmodel.TestCounts{}) {
		a.set("test_counts", testCounts(s.Tests))
	}
	if s.LastRun != nil {
		a.set("last_run", resultRowOf(s.LastRun, false))
	}
	if s.Freshness != nil {
		a.set("freshness", freshnessRowOf(s.Freshness.Freshness))
	}
	if rows := s.RowCount(); rows != nil {
		a.set("row_count", *rows)
	}
}

// testCounts leaves out the classes that no test has.
func testCounts(c readmodel.TestCounts) map[string]int {
	out := map[string]int{}
	for class, n := range map[string]int{
		"pass": c.Pass, "warn": c.Warn, "fail": c.Fail, "error": c.Error, "skipped": c.Skipped, "never_ran": c.Unknown,
	} {
		if n > 0 {
			out[class] = n
		}
	}
	return out
}

// addNeighbours adds the direct parents and children.
func (a *answer) addNeighbours(ctx context.Context, f found, from *positions) error {
	for _, name := range []string{"parents", "children"} {
		part, err := f.view.Around(ctx, f.ID, name == "parents", readmodel.LineageOptions{Depth: 1, Limit: mostNodes})
		if err != nil {
			return err
		}
		err = a.memory(from, name, len(part.Nodes), func(i int) any { return cardName(part.Nodes[i].Asset) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *answer) setText(name, text string) {
	if text != "" {
		a.set(name, short(text))
	}
}

func (a *answer) setLabels(name string, labels []string) {
	if len(labels) > 0 {
		a.set(name, some(labels))
	}
}

type columnRow struct {
	Name           string   `json:"name"`
	Type           string   `json:"type,omitempty"`
	NotNull        bool     `json:"not_null,omitempty"`
	Description    *foreign `json:"description,omitempty"`
	Tags           []string `json:"tags,omitempty"`
	Constraints    []string `json:"constraints,omitempty"`
	DocumentedOnly bool     `json:"documented_only,omitempty"`
	Absent         bool     `json:"absent,omitempty"`
}

func columnRowOf(c *catalog.Column) columnRow {
	out := columnRow{
		Name: short(c.Name), Type: short(c.Type.Native), NotNull: c.Nullable != nil && !*c.Nullable, Description: described(c.Description, shortText),
		Tags: some(c.Tags), DocumentedOnly: c.DocumentedOnly, Absent: !c.Present,
	}
	for _, k := range c.Constraints {
		out.Constraints = append(out.Constraints, k.Type)
	}
	return out
}

// instant is a time in an answer, "" without one.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
