package catalog

import "time"

// Run is one dbt invocation. Runs are append-only, by invocation id.
type Run struct {
	ID           RunID
	SchemaID     SchemaID
	Project      ProjectID
	InvocationID string
	Command      string // args.which: build, run, test, generate …
	DBTVersion   string
	GeneratedAt  time.Time
	Elapsed      float64 // seconds
	Results      int
	Import       ImportID
}

// CountsAsRun is false for invocations that did not run nodes: the results of
// `docs generate`, `compile` and `list` are always success and mean nothing.
func (r Run) CountsAsRun() bool {
	switch r.Command {
	case "generate", "docs generate", "compile", "list", "ls", "parse":
		return false
	}
	return true
}

// NodeResult is what happened to one node in one run.
type NodeResult struct {
	Run           RunID
	UniqueID      string
	Status        string // as dbt has it
	Class         string // success, error, skipped, warn, fail, pass, other
	Message       string
	Failures      *int64
	ExecutionTime float64 // seconds
	StartedAt     time.Time
	CompletedAt   time.Time
	RowsAffected  *int64
	Thread        string
}

// Freshness is one source's result of `dbt source freshness`.
type Freshness struct {
	Run          RunID
	UniqueID     string
	Status       string
	MaxLoadedAt  time.Time
	SnapshotedAt time.Time
	Age          float64 // seconds
	Message      string
}
