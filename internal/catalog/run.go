package catalog

import (
	"encoding/json"
	"time"
)

// Run is one dbt invocation. Runs are append-only, by invocation id.
type Run struct {
	ID           RunID
	SchemaID     SchemaID
	Project      ProjectID
	InvocationID string
	Artifact     string // that it comes from; "" is run_results
	Command      string // args.which: build, run, test, generate …
	Args         json.RawMessage
	// Empty is set for --empty: tables without rows were built.
	Empty       bool
	DBTVersion  string
	GeneratedAt time.Time
	Elapsed     float64 // seconds
	Results     int
	Tally       Tally // of the results
	Import      ImportID
}

// Counting is what the results of a run count for.
type Counting int

// What results count for, each with what those before it do.
const (
	// CountsForNothing: the command builds nothing, such as `docs generate`, and its
	// results, which are always success, mean nothing. They are listed with the run.
	CountsForNothing Counting = iota
	// CountsInHistory: tables were made, but not with their rows.
	CountsInHistory
	// CountsAsLatest: the results may be the latest of their nodes.
	CountsAsLatest
)

// Counting classifies the run by its command. Files without a command are of old
// versions or other programs, and are taken as runs.
func (r Run) Counting() Counting {
	switch r.Command {
	case "clone":
		return CountsInHistory
	case "", "build", "run", "test", "seed", "snapshot", "retry":
		if r.Empty {
			return CountsInHistory
		}
		return CountsAsLatest
	}
	return CountsForNothing
}

// NodeResult is what happened to one node in one run.
type NodeResult struct {
	Run           RunID
	UniqueID      string
	Status        string // as dbt has it
	Class         string // success, error, skipped, warn, fail, pass, compiled, other
	Message       string
	Failures      *int64
	ExecutionTime float64 // seconds
	StartedAt     time.Time
	CompletedAt   time.Time
	RowsAffected  *int64
	Thread        string
}

// Artifacts that runs come from.
const (
	ArtifactRunResults = "run_results"
	ArtifactSources    = "sources"
)

// Freshness is one source's result of `dbt source freshness`.
type Freshness struct {
	Run           RunID
	UniqueID      string
	Status        string // pass, warn, error or runtime error
	MaxLoadedAt   time.Time
	SnapshotedAt  time.Time
	Age           float64 // seconds, at SnapshotedAt
	Criteria      *Criteria
	Message       string  // where the source could not be queried
	ExecutionTime float64 // seconds
}

// Lag is how old, in seconds, the newest row was when dbt looked; 0 if that is unknown.
func (f *Freshness) Lag() float64 {
	if f.Age != 0 || f.MaxLoadedAt.IsZero() {
		return f.Age
	}
	return f.SnapshotedAt.Sub(f.MaxLoadedAt).Seconds() // dbt does not always write it
}

// Criteria define how old a source may be.
type Criteria struct {
	WarnAfter  *Age
	ErrorAfter *Age
	Filter     string
}

// Limit returns the largest age that is demanded: that of an error, else that of a warning; false if there is none.
func (c *Criteria) Limit() (time.Duration, bool) {
	for _, age := range []*Age{c.ErrorAfter, c.WarnAfter} {
		if age != nil {
			if d, ok := age.Duration(); ok {
				return d, true
			}
		}
	}
	return 0, false
}

// Age is a number of periods.
type Age struct {
	Count  int64
	Period string // "minute", "hour", "day"
}

// Duration is the age as a time; false of a period that dbt does not have.
func (a Age) Duration() (time.Duration, bool) {
	period := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[a.Period]
	return time.Duration(a.Count) * period, period > 0
}
