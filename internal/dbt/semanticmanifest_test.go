package dbt_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/dbt/dbttest"
)

// What is read of the semantic manifests of real dbt is what encoding/json finds in them.
func TestSemanticManifestsOfProjects(t *testing.T) {
	t.Parallel()
	read, legacy := 0, 0
	for run, artifacts := range dbttest.Projects(t) {
		text := artifacts["semantic_manifest.json"]
		if text == nil {
			continue
		}
		read++
		type named []struct{ Name string }
		var file struct {
			SemanticModels named `json:"semantic_models"`
			Metrics        named `json:"metrics"`
			SavedQueries   named `json:"saved_queries"`
			Project        struct {
				Spines []struct {
					Location, Grain string
					Column          string `json:"column_name"`
				} `json:"time_spine_table_configurations"`
			} `json:"project_configuration"`
		}
		if err := json.Unmarshal(text, &file); err != nil {
			t.Fatal(err)
		}
		names := func(list named) (out []string) {
			for _, n := range list {
				out = append(out, n.Name)
			}
			return out
		}
		want := dbt.SemanticContents{SemanticModels: names(file.SemanticModels), Metrics: names(file.Metrics), SavedQueries: names(file.SavedQueries)}
		for _, s := range file.Project.Spines {
			legacy++
			want.TimeSpine = &dbt.LegacyTimeSpine{Relation: s.Location, Column: s.Column, Grain: s.Grain}
		}
		got, issues, err := dbt.ReadSemanticManifest(t.Context(), bytes.NewReader(text), dbt.Limits{})
		if err != nil || len(issues) > 0 {
			t.Errorf("%s: %v, %v", run, issues, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", run, diff)
		}
	}
	if read < 3 || legacy == 0 {
		t.Errorf("%d semantic manifests, %d legacy time spines", read, legacy)
	}
}

func TestOtherThanASemanticManifest(t *testing.T) {
	t.Parallel()
	for text, code := range map[string]string{
		`{}`:                            dbt.CodeKindUnknown,
		oneModel:                        dbt.CodeKindMismatch,
		`{"semantic_models":[`:          dbt.CodeMalformed,
		`{"results":[{"timing":[]}]}`:   dbt.CodeKindMismatch,
		`{"semantic_models":{"a":1}}`:   "",
		`{"metrics":[{"name":7},null]}`: "",
	} {
		_, _, err := dbt.ReadSemanticManifest(t.Context(), strings.NewReader(text), dbt.Limits{})
		e, _ := errors.AsType[*dbt.Error](err)
		if code == "" != (err == nil) || code != "" && (e == nil || e.Code != code) {
			t.Errorf("%s: %v, want %q", text, err, code)
		}
	}
}

// FuzzReadSemanticManifest is FuzzReadManifest for semantic manifests.
func FuzzReadSemanticManifest(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Add([]byte(`{"semantic_models":[{"name":"a"}],"metrics":[{"name":"b"}],"saved_queries":[],"project_configuration":{"time_spine_table_configurations":[{"location":"x","column_name":"d","grain":"day"}]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, _, err := dbt.ReadSemanticManifest(context.Background(), bytes.NewReader(raw), tight)
		checkError(t, err, raw, isGzip(raw))
		if n := len(got.SemanticModels) + len(got.Metrics) + len(got.SavedQueries); n > tight.Nodes {
			t.Fatalf("%d names", n)
		}
		if _, err := json.Marshal(got); err != nil {
			t.Fatal(err)
		}
	})
}
