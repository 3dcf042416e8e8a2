// Package shop holds the artifacts of the example project in this folder, as
// the demonstration serves them: two states of one dbt project, a week apart.
package shop

import (
	_ "embed"
	"time"
)

// State is the project as one morning's run left it. The artifacts are gzip'd
// JSON, unchanged since dbt wrote them but for what scripts/scrub.py describes.
type State struct {
	Name       string    // "before" or "after"
	Date       time.Time // when the run began, UTC
	Manifest   []byte    // of dbt docs generate, with compiled code
	Catalog    []byte    // of dbt docs generate
	RunResults []byte    // of dbt build
	Sources    []byte    // of dbt source freshness
}

var (
	//go:embed artifacts/1.12.6/before/manifest.json.gz
	beforeManifest []byte
	//go:embed artifacts/1.12.6/before/catalog.json.gz
	beforeCatalog []byte
	//go:embed artifacts/1.12.6/before/run_results.json.gz
	beforeRunResults []byte
	//go:embed artifacts/1.12.6/before/sources.json.gz
	beforeSources []byte

	//go:embed artifacts/1.12.6/after/manifest.json.gz
	afterManifest []byte
	//go:embed artifacts/1.12.6/after/catalog.json.gz
	afterCatalog []byte
	//go:embed artifacts/1.12.6/after/run_results.json.gz
	afterRunResults []byte
	//go:embed artifacts/1.12.6/after/sources.json.gz
	afterSources []byte
)

// States returns both states, the earlier first. The bytes are shared: read only.
func States() []State {
	return []State{
		{
			Name:       "before",
			Date:       time.Date(2026, time.November, 2, 6, 0, 0, 0, time.UTC),
			Manifest:   beforeManifest,
			Catalog:    beforeCatalog,
			RunResults: beforeRunResults,
			Sources:    beforeSources,
		},
		{
			Name:       "after",
			Date:       time.Date(2026, time.November, 9, 6, 0, 0, 0, time.UTC),
			Manifest:   afterManifest,
			Catalog:    afterCatalog,
			RunResults: afterRunResults,
			Sources:    afterSources,
		},
	}
}
