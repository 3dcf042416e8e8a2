package projectdiff

// Diff is how a project became another state of it, and what is downstream of the difference. Its JSON is the output of
// `thalweg diff`.
type Diff struct {
	Summary Summary       `json:"summary"`
	Tables  []TableChange `json:"tables"` // that differ, by unique id
	// Broken are columns that are still read although their table has them no
	// longer.
	Broken []BrokenRead `json:"broken"`
	// Hits are what is downstream, nearest first; a table that differs is one by its
	// columns that are downstream of another and do not differ otherwise.
	Hits []Hit `json:"hits"`
	// Tests are the data tests that the difference leaves without their column, or that are gone from tables and
	// columns that are not.
	Tests []TestChange `json:"tests"`
	// Constraints are those that the difference leaves without a column or table, or that are gone likewise.
	Constraints []ConstraintChange `json:"constraints"`
	Owners      []Owner            `json:"owners"` // of what changed or is hit, by name
}

// Summary counts what a Diff lists.
type Summary struct {
	TablesAdded    int `json:"tables_added"`
	TablesRemoved  int `json:"tables_removed"`
	TablesChanged  int `json:"tables_changed"`
	TablesRenamed  int `json:"tables_renamed"`
	ColumnsAdded   int `json:"columns_added"` // of tables that both states have
	ColumnsRemoved int `json:"columns_removed"`
	ColumnsRetyped int `json:"columns_retyped"`
	ColumnsRenamed int `json:"columns_renamed"`
	ColumnsChanged int `json:"columns_changed"` // their values come from elsewhere or are computed differently
	EdgesAdded     int `json:"edges_added"`
	EdgesRemoved   int `json:"edges_removed"`
	EdgesChanged   int `json:"edges_changed"`
	// tables and columns that are gone or have another name or type, and broken reads
	Breaking        int `json:"breaking"`
	NotCompared     int `json:"not_compared"` // tables of both states whose columns one state alone knows
	HitColumns      int `json:"hit_columns"`
	HitTables       int `json:"hit_tables"`
	HitExposures    int `json:"hit_exposures"`
	HitMetrics      int `json:"hit_metrics"`
	TestsOrphaned   int `json:"tests_orphaned"`
	TestsRemoved    int `json:"tests_removed"`
	ContractsBroken int `json:"contracts_broken"`

	ConstraintsOrphaned int `json:"constraints_orphaned"`
	ConstraintsRemoved  int `json:"constraints_removed"`
	// Of the tables that changed or are hit: those without any test, and those that failed in their last run, or one of
	// their tests.
	TablesUntested int `json:"tables_untested"`
	TablesFailed   int `json:"tables_failed"`
}

// How something changed.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
	Retyped = "retyped"
	Renamed = "renamed"
	// Orphaned is a test whose column is gone, or has another name.
	Orphaned = "orphaned"
)

// TableChange is a model, snapshot, seed or source that differs.
type TableChange struct {
	UniqueID string `json:"unique_id"`
	Kind     string `json:"kind"` // dbt's resource type
	Change   string `json:"change"`
	Breaking bool   `json:"breaking"`
	Path     string `json:"path,omitempty"` // of its file in the project; of a removed one, in the state before
	// ContractBroken reports whether the state before promised by an enforced contract what is no longer so.
	ContractBroken bool `json:"contract_broken"`
	// RenamedFrom is the unique id that a renamed table had.
	RenamedFrom string         `json:"renamed_from,omitempty"`
	Reasons     []string       `json:"reasons"` // what differs, in words
	Columns     []ColumnChange `json:"columns"`
	Edges       []EdgeChange   `json:"edges"` // into its columns
	Rows        []EdgeChange   `json:"rows"`  // columns that decide its rows
	LastRun     *LastRun       `json:"last_run,omitempty"`
	Tests       *Coverage      `json:"tests,omitempty"`
}

// ColumnChange is a column that differs.
type ColumnChange struct {
	Name     string `json:"name"`
	Change   string `json:"change"`
	Breaking bool   `json:"breaking"`
	// RenamedFrom is the name that a renamed column had.
	RenamedFrom string `json:"renamed_from,omitempty"`
	Before      string `json:"before,omitempty"` // type; of a changed one its expression, if that differs
	After       string `json:"after,omitempty"`
}

// EdgeChange is a column edge that differs.
type EdgeChange struct {
	Column     string   `json:"column,omitempty"` // of the table; none where From decides rows
	From       string   `json:"from"`             // unique id, or relation outside the project
	FromColumn string   `json:"from_column"`
	Change     string   `json:"change"`
	Before     []string `json:"before,omitempty"` // kinds
	After      []string `json:"after,omitempty"`
}

// TestChange is a data test that lost what it tests, or is lost.
type TestChange struct {
	UniqueID string `json:"unique_id"`
	Change   string `json:"change"` // orphaned or removed
	Table    string `json:"table"`
	Column   string `json:"column,omitempty"`
}

// BrokenRead is the reading of a column that is gone.
type BrokenRead struct {
	UniqueID   string `json:"unique_id"` // the reader
	Path       string `json:"path,omitempty"`
	Column     string `json:"column,omitempty"`
	From       string `json:"from"`
	FromColumn string `json:"from_column"`
}

// Hit is something downstream of the difference.
type Hit struct {
	UniqueID string   `json:"unique_id"`
	Kind     string   `json:"kind"`
	Path     string   `json:"path,omitempty"`
	Reason   string   `json:"reason"`  // a Reason by name
	Depth    int32    `json:"depth"`   // steps from the nearest table that differs
	Columns  []string `json:"columns"` // of a table, those whose values are reached

	LastRun *LastRun  `json:"last_run,omitempty"`
	Tests   *Coverage `json:"tests,omitempty"` // of a table
}

// Owner is who is responsible for some of it.
type Owner struct {
	Name   string   `json:"name"`
	Emails []string `json:"emails"`
	Owns   []string `json:"owns"` // unique ids
}

// Count returns how many differences there are of a severity or a higher one: "breaking"; "warning", which has tests
// and constraints that are orphaned or removed, and exposures and metrics that are reached; "any".
func (d *Diff) Count(severity string) int {
	s := d.Summary
	switch severity {
	case "breaking":
		return s.Breaking
	case "warning":
		return s.Breaking + len(d.Tests) + len(d.Constraints) + s.HitExposures + s.HitMetrics
	case "any":
		return len(d.Tables) + len(d.Broken) + len(d.Tests) + len(d.Constraints)
	}
	return 0
}
