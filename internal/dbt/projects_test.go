package dbt_test

import (
	"bytes"
	"testing"

	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/dbt/dbttest"
)

// The artifacts of our own projects are read without an issue.
func TestProjects(t *testing.T) {
	t.Parallel()
	for run, artifacts := range dbttest.Projects(t) {
		t.Run(run, func(t *testing.T) {
			t.Parallel()
			for name, text := range artifacts {
				r, all := bytes.NewReader(text), &recorder{}
				var issues []dbt.Issue
				var err error
				switch name {
				case "manifest.json":
					_, issues, err = dbt.ReadManifest(t.Context(), r, dbt.ManifestOptions{}, all)
				case "catalog.json":
					_, _, issues, err = dbt.ReadCatalog(t.Context(), r, dbt.CatalogOptions{}, all)
				case "run_results.json":
					_, issues, err = dbt.ReadRunResults(t.Context(), r, dbt.ResultOptions{}, func(*dbt.Result) error { return nil })
				case "sources.json":
					_, issues, err = dbt.ReadSources(t.Context(), r, dbt.ResultOptions{}, func(*dbt.Freshness) error { return nil })
				}
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				for _, is := range issues {
					t.Errorf("%s: %+v", name, is)
				}
			}
		})
	}
}
