package resolve

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// Result is the lineage of one statement.
type Result struct {
	// Outputs are the columns that the statement returns or writes, in order.
	Outputs []Output
	// Tables are the tables and views read, in the order of their first use.
	// Edges point into this list.
	Tables []*Table
	// Indirect are the columns that decide which rows there are: joins, filters,
	// groups, sorting and the like, of the whole statement with all its subqueries.
	Indirect []ColumnUse
	// Target is the table written, or nil.
	Target *Table
	// Diagnostics are what could not be resolved.
	Diagnostics []Diagnostic
	Status      Status
	// Steps is the work on the whole script so far, see Budget; only the last result
	// of a script has it.
	Steps int
}

// Output is one column of the result.
type Output struct {
	// Name is the name that the database gives the column, folded by the
	// dialect's rules; "*" for an unexpanded star, see Star.
	Name string
	// Star marks columns of an unknown number: a star over a table whose columns
	// are not known. Its edges name the table with column "*".
	Star bool
	// Unnamed reports whether the text gives no name and Name is the database's own.
	Unnamed bool
	// Masked reports whether every value in the column went through a hash or mask.
	Masked bool
	// Edges are the base columns that the output depends on, in a fixed order.
	// A constant has none.
	Edges []Edge
	// Span is the expression of the outermost SELECT, of the first branch of a
	// set operation.
	Span token.Span
	// Definition is the expression that computes the values, anywhere in the text:
	// stars and plain names are looked through. Empty where nothing but
	// stars leads to a base column.
	Definition token.Span
}

// Edge is the dependency of an output on one base column.
type Edge struct {
	// Table is nil when Confidence is Failed.
	Table  *Table
	Column string
	// Path is the field within the column, "a.b", where one is known.
	Path       string
	Kinds      KindSet
	Confidence Confidence
	// Masked reports whether the value went through a hash or mask on its way.
	Masked bool
}

// ColumnUse is a column that controls the rows of the whole result.
type ColumnUse struct {
	Table      *Table
	Column     string
	Kinds      KindSet
	Confidence Confidence
}

// Table is a table as the text names it.
type Table struct {
	// Parts are the name, outermost first.
	Parts []Name
	// File marks a file or URL used as a table.
	File bool
	// Boundary marks a CTE that stands for a table, see Options.Boundary.
	Boundary bool
	// InSchema reports whether the schema knows the table's columns.
	InSchema bool
}

// Name is one part of a table's name.
type Name struct {
	Text   string
	Quoted bool
}

// String joins the parts with dots, without quotes.
func (t *Table) String() string {
	if len(t.Parts) == 1 {
		return t.Parts[0].Text
	}
	texts := make([]string, len(t.Parts))
	for i, p := range t.Parts {
		texts[i] = p.Text
	}
	return strings.Join(texts, ".")
}

// Confidence is how certain an edge is; a greater value is less certain.
type Confidence uint8

// The levels of confidence.
const (
	// FromSchema: every step rests on known columns.
	FromSchema Confidence = iota
	// SingleSource: the columns are not known, but there is one place only that
	// the column can come from.
	SingleSource
	// Inferred: it came through a star that could not be expanded, or from a
	// table whose known columns lack it.
	Inferred
	// Ambiguous: one of several candidates; each is an edge of its own.
	Ambiguous
	// Failed: nothing in scope has such a column. Table is nil.
	Failed
)

var confidenceNames = [...]string{"schema", "single_source", "inferred", "ambiguous", "failed"}

func (c Confidence) String() string { return confidenceNames[c] }

// Status sums up a result.
type Status uint8

// The statuses.
const (
	// Complete: every output is known and every edge was found.
	Complete Status = iota
	// Partial: some outputs or edges are missing; the diagnostics list which.
	Partial
	// NoQuery: the text has no statement that returns or writes columns.
	NoQuery
)

func (s Status) String() string { return [...]string{"complete", "partial", "no_query"}[s] }

// Code names a class of diagnostics.
type Code string

// The codes.
const (
	UnknownColumn   Code = "unknown_column"
	UnknownTable    Code = "unknown_table_alias"
	AmbiguousColumn Code = "ambiguous_column"
	UnknownStar     Code = "unexpanded_star"
	BranchWidth     Code = "set_operation_width"
	Unreadable      Code = "unreadable"
	OverBudget      Code = "over_budget"
	Canceled        Code = "canceled"
)

// Diagnostic is one thing that could not be resolved.
type Diagnostic struct {
	Span    token.Span
	Code    Code
	Message string
}
