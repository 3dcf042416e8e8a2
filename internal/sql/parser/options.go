// Package parser reads SQL text of any dialect into an ast.Script.
//
// It is one permissive grammar: a recursive descent over statements and clauses
// with precedence climbing for expressions. Where dialects contradict each other
// the dialect.Dialect decides. It never fails as a whole: what it cannot read is
// skipped as narrowly as possible, kept as a Bad node and reported as a
// Diagnostic. It never panics, and budgets bound its time, memory and stack.
//
// It is not a validator: it accepts much that a database would refuse.
package parser

import (
	"fmt"

	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// Options are the budgets of one parse, and the memory of its tree. A zero field
// means its default.
type Options struct {
	// MaxDepth is the deepest nesting of parentheses, subqueries and CASE that
	// is read; what lies deeper is skipped as one bad expression. Default 250.
	MaxDepth int
	// MaxTokens ends the parse after so many tokens. Default a million, about 4 MB of
	// text and ten times the largest model seen; a tree takes some 200 bytes a token.
	MaxTokens int
	// MaxDiagnostics ends the list of diagnostics, not the parse. Default 100.
	MaxDiagnostics int
	// Memory, if set, is where the tree is made. The tree that was made there
	// before is gone then: it must not be used any more.
	Memory *Memory
}

// Code names a kind of Diagnostic.
type Code string

// The kinds of diagnostics.
const (
	// UnexpectedToken: the grammar has no place for this text.
	UnexpectedToken Code = "unexpected_token"
	// UnclosedQuote: a string, quoted name or comment does not end.
	UnclosedQuote Code = "unclosed_quote"
	// UnexpectedEnd: the text ends in the middle of a construct.
	UnexpectedEnd Code = "unexpected_end"
	// TemplateLeft: Jinja ({{ }}, {% %}) was left in the text.
	TemplateLeft Code = "template_left"
	// ConflictMarker: a version control conflict marker was left in the text.
	ConflictMarker Code = "conflict_marker"
	// TooDeep, TooLong: a budget of Options was reached.
	TooDeep Code = "too_deep"
	TooLong Code = "too_long"
)

// Diagnostic is one thing the parser could not read. No diagnostics means that
// every token of the text has its place in the tree.
type Diagnostic struct {
	token.Span
	// Position is where the span starts, for people.
	Position token.Position
	Code     Code
	Message  string
}

func (d Diagnostic) String() string { return fmt.Sprintf("%s: %s", d.Position, d.Message) }
