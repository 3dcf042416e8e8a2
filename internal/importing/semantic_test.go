package importing

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt/dbttest"
)

// The semantic manifests of real dbt agree with the manifests beside them, and the time spine that is one by its name is
// that of the semantic manifest.
func TestSemanticManifestsOfProjects(t *testing.T) {
	t.Parallel()
	legacy := 0
	for run, artifacts := range dbttest.Projects(t) {
		text := artifacts["semantic_manifest.json"]
		if text == nil {
			continue
		}
		r := newRig(t)
		imp := r.completed(r.send(part{partManifest, artifacts["manifest.json"]}, part{partSemantic, text}))
		if hasIssue(imp, "semantic-manifest-differs") || strings.HasPrefix(run, "odd") && imp.Report.Counts["metrics"] == 0 {
			t.Errorf("%s: %v, %v", run, imp.Report.Issues, imp.Report.Counts)
		}
		var file struct {
			Project struct {
				Spines []struct {
					Grain  string `json:"grain"`
					Column string `json:"column_name"`
				} `json:"time_spine_table_configurations"`
			} `json:"project_configuration"`
		}
		if err := json.Unmarshal(text, &file); err != nil {
			t.Fatal(err)
		}
		for _, s := range file.Project.Spines {
			legacy++
			asset, _ := r.asset("model.odd.metricflow_time_spine")
			var details map[string]any
			if err := json.Unmarshal(asset.Extra, &details); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]any{"granularity": s.Grain, "standard_granularity_column": s.Column}, details["time_spine"]); diff != "" {
				t.Errorf("%s: time spine (-want +got)\n%s", run, diff)
			}
		}
		again := r.completed(r.send(part{partManifest, artifacts["manifest.json"]}, part{partSemantic, text}))
		if again.Report.Outcome != outcomeUnchanged || again.Counters != (catalog.Counters{}) {
			t.Errorf("%s: sent again: %s %+v", run, again.Report.Outcome, again.Counters)
		}
	}
	if legacy == 0 {
		t.Error("no legacy time spine in any project")
	}
}

func TestSemanticManifestOfAnotherInvocation(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	shop := manifest(t, "shop", monday, shopNodes()...)
	text := `{"semantic_models":[{"name":"gone"}],"metrics":[{"name":"revenue"}],"saved_queries":[],
		"project_configuration":{"time_spine_table_configurations":[{"location":"a.b.metricflow_time_spine","column_name":"date_day","grain":"day"}]}}`
	imp := r.completed(r.send(shop, part{partSemantic, []byte(text)}))
	for _, issue := range imp.Report.Issues {
		if issue.Code == "semantic-manifest-differs" && (issue.Count != 3 || !strings.Contains(issue.Message, "metric revenue")) {
			t.Errorf("%+v", issue)
		}
	}
	if !hasIssue(imp, "semantic-manifest-differs") {
		t.Errorf("issues %v", imp.Report.Issues)
	}
	r.completed(r.send(part{partSemantic, []byte(text)})) // alone: there is nothing to compare it with
	for _, bad := range []string{"{", "[]", `{"nodes":{}}`} {
		if imp := r.send(shop, part{partSemantic, []byte(bad)}); imp.Status != catalog.Failed {
			t.Errorf("%s: %s", bad, imp.Status)
		}
	}
}
