package catalog

import (
	"cmp"
	"maps"
	"slices"
)

// EdgeType classifies an edge.
type EdgeType string

// The types of edges between assets.
const (
	EdgeDerived  EdgeType = "derived"  // table to table, of parent_map or of the code of a view that nobody declares
	EdgeRead     EdgeType = "read"     // table to table: code reads it, but the project does not declare it
	EdgeExposure EdgeType = "exposure" // to an exposure
	EdgeMetric   EdgeType = "metric"   // to a metric, semantic model or saved query
	EdgeUnitTest EdgeType = "unit_test"
	EdgeOther    EdgeType = "other" // analyses, functions, operations
)

// Values of the compatible API for every edge that dbt itself reports.
const (
	ConfidenceMedium = "medium"
	SourceDBTImport  = "dbt_import"
	SourceSQL        = "sql"         // found in code: nothing declares it
	SourceEvents     = "openlineage" // stated by the events of a job
)

// Edge is asset → asset, as one project reports it.
type Edge struct {
	Project ProjectID
	From    AssetID // 0 = unresolved: FromNode is not (yet) known
	To      AssetID
	Type    EdgeType
	// FromNode is the parent's unique_id, or its relation where the edge was found
	// in SQL; kept only for unresolved edges.
	FromNode   string
	Confidence string
	Source     string
}

// CompareEdges orders edges by To, From, Project, Type and FromNode.
func CompareEdges(a, b Edge) int {
	return cmp.Or(cmp.Compare(a.To, b.To), cmp.Compare(a.From, b.From), cmp.Compare(a.Project, b.Project),
		cmp.Compare(a.Type, b.Type), cmp.Compare(a.FromNode, b.FromNode))
}

// Test is a data test, attached to a column or a table.
type Test struct {
	ID       TestID
	Project  ProjectID
	UniqueID string
	Asset    AssetID // 0 where its table is unknown
	Hash     Hash    // of Body
	Body     TestBody
}

// TestBody is what a test is.
type TestBody struct {
	Name        string            `json:"name"`
	Kind        string            `json:"kind"`             // generic, singular
	Test        string            `json:"test,omitempty"`   // not_null, unique, dbt_utils.…
	Column      string            `json:"column,omitempty"` // as the test names it
	Severity    string            `json:"severity,omitempty"`
	Description string            `json:"description,omitempty"`
	Package     string            `json:"package,omitempty"`
	FQN         []string          `json:"fqn,omitempty"` // see FullName
	Path        string            `json:"path,omitempty"`
	Tags        []string          `json:"tags,omitempty"`
	Args        map[string]string `json:"args,omitempty"`     // kwargs, each as compact JSON
	Attached    string            `json:"attached,omitempty"` // unique_id of the node it tests
	Parents     []string          `json:"parents,omitempty"`
	Macros      []string          `json:"macros,omitempty"` // unique_ids of the macros that it calls
	Code        *Code             `json:"code,omitempty"`
	Enabled     bool              `json:"enabled"`
}

// SameCode reports whether both execute the same, with the same severity.
func (b *TestBody) SameCode(o *TestBody) bool {
	raw := func(b *TestBody) (h Hash) {
		if b.Code != nil {
			h = b.Code.Raw
		}
		return h
	}
	return b.Test == o.Test && b.Column == o.Column && b.Severity == o.Severity && b.Enabled == o.Enabled &&
		raw(b) == raw(o) && maps.Equal(b.Args, o.Args) && slices.Equal(b.Parents, o.Parents)
}

// Traced reports whether the edge was found in what makes the table, instead of being declared by a project.
func (e *Edge) Traced() bool { return e.Source == SourceSQL || e.Source == SourceEvents }
