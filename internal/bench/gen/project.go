// Package gen writes the artifacts of dbt projects of any size, for benchmarks
// and load tests: manifest, catalog, run results and source freshness with the
// keys that dbt 1.10 writes for PostgreSQL.
//
// The artifacts are consistent. A model's SQL selects columns that its parents
// really have, the catalog lists the columns that this SQL returns, tests and
// exposures name what exists. The same Project gives the same bytes, always.
// Lengths of compiled SQL and of descriptions, numbers of CTEs, joins and case
// branches are spread as in public projects (2,019 distinct compiled models: half
// below 0.9 kB, one in twenty above 7 kB, one in a hundred above 15 kB).
//
// It leaves out what costs a reader little: ephemeral models, snapshots, seeds,
// packages, metrics, versions of a model.
package gen

import "fmt"

// Project is the size of a project. Zero Sources, Macros or Exposures select the default.
type Project struct {
	Name          string // default "warehouse"
	Models        int    // at least 1
	Columns       int    // of a model, on average; 4 to 400
	TestsPerModel int    // 0 to 20
	Sources       int    // tables; default a fifth of Models, at least 1
	Macros        int    // default 450, as dbt with one adapter brings along
	Exposures     int    // default a hundredth of Models
	Seed          uint64
	Churn         Churn
}

// Churn is how the project differs from what the same Project gives without it: the
// next days of the same project. What is chosen depends on Seed alone,
// so that Churn{Change: 5} changes five models of those Churn{Change: 50} does.
type Churn struct {
	Run        int // the n-th run: other invocation ids and times, nothing else
	Change     int // models whose SQL and description change, but not their columns
	Remove     int // models that are gone; ones that nothing depends on at that moment
	AddColumns int // models that get one more column; models that select * from them get it too
}

func (p Project) withDefaults() Project {
	if p.Name == "" {
		p.Name = "warehouse"
	}
	if p.Sources == 0 {
		p.Sources = max(1, p.Models/5)
	}
	if p.Macros == 0 {
		p.Macros = 450
	}
	if p.Exposures == 0 {
		p.Exposures = p.Models / 100
	}
	return p
}

func (p Project) check() error {
	for _, limit := range []struct {
		name            string
		value, min, max int
	}{
		{"models", p.Models, 1, 1_000_000},
		{"columns", p.Columns, 4, 400},
		{"tests per model", p.TestsPerModel, 0, 20},
		{"sources", p.Sources, 1, 100_000},
		{"macros", p.Macros, len(builtinMacros), 100_000},
		{"exposures", p.Exposures, 0, p.Models},
		{"run", p.Churn.Run, 0, 1_000_000},
		{"models to change", p.Churn.Change, 0, p.Models},
		{"models to remove", p.Churn.Remove, 0, p.Models - 1},
		{"models to add a column to", p.Churn.AddColumns, 0, p.Models},
	} {
		if limit.value < limit.min || limit.value > limit.max {
			return fmt.Errorf("%s: %d is not within %d to %d", limit.name, limit.value, limit.min, limit.max)
		}
	}
	return nil
}
