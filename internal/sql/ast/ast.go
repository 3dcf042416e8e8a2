// Package ast is the syntax tree of a SQL text, whatever its dialect.
//
// The tree is made for reading, above all for column lineage: it keeps every
// name, every place where a value comes from and every place where rows are
// chosen, and it drops what has no bearing on either (hints, storage options,
// comments, redundant parentheses). It has few node types; what dialects spell
// differently but mean alike is one node.
//
// Every node embeds a token.Span that covers its text, so Range of any node
// gives the place it came from. Lists that could become very long (AND, OR,
// UNION, string concatenation) are flat, so walking a tree needs no more stack
// than the text has nesting.
//
// Where the parser met something it does not know, the tree holds a BadExpr,
// BadTable or BadStatement with whatever could be read inside as children.
package ast

import "github.com/thalweg-data/thalweg/internal/sql/token"

// Node is anything in the tree.
type Node interface {
	// Range is the place of the node in the text, in bytes.
	Range() token.Span
}

// Statement is one statement of a script.
type Statement interface {
	Node
	statement()
}

// QueryBody is what a Query wraps: *Select, *SetOperation, *Values, *Query (in
// parentheses), *TableRef (TABLE t) or a data-changing *Insert, *Update,
// *Delete, *Merge with RETURNING inside WITH or FROM.
type QueryBody interface {
	Node
	queryBody()
}

// TableExpr is one member of FROM.
type TableExpr interface {
	Node
	tableExpr()
}

// Expr is a value expression.
type Expr interface {
	Node
	expr()
}

// Ident is one part of a name.
type Ident struct {
	token.Span
	// Text is the name without its quotes and with escapes undone; case is as written.
	Text string
	// Quoted distinguishes "x", `x`, [x] from a bare x.
	Quoted bool
}

// IsZero reports whether the identifier is absent.
func (id Ident) IsZero() bool { return id.Text == "" && id.Span == token.Span{} }

// ObjectName names a table, view, function, type or the like: one to n parts.
// A BigQuery path in one pair of backticks is split at its dots, as BigQuery
// does; then all parts are marked quoted.
type ObjectName struct {
	token.Span
	Parts []Ident
	// File marks a name that is a file or URL in quotes, as DuckDB and Spark
	// allow in FROM; it is then the only part.
	File bool
}

// Last is the innermost part, or the zero Ident of an empty name.
func (n *ObjectName) Last() Ident {
	if n == nil || len(n.Parts) == 0 {
		return Ident{}
	}
	return n.Parts[len(n.Parts)-1]
}

// TypeName is a type as written: DECIMAL(10, 2), STRUCT<a INT64, b STRING>[].
type TypeName struct {
	token.Span
	// Name is the leading word or words ("DOUBLE PRECISION"), as written.
	Name string
	// Fields are the members of a STRUCT, ROW, Tuple or Nested type.
	Fields []ColumnDef
}

// ColumnDef is a column in a list of columns: of CREATE TABLE, of a view, of
// an alias (AS t(a int, b text)), of JSON_TABLE, XMLTABLE, OPENJSON, or a field
// of a STRUCT type.
type ColumnDef struct {
	token.Span
	Name Ident
	// Type is nil where none is given.
	Type *TypeName
	// Path is the JSON or XML path of JSON_TABLE, OPENJSON and XMLTABLE, if any.
	Path Expr
	// Ordinality marks FOR ORDINALITY.
	Ordinality bool
	// Default is a DEFAULT or generated value, if any.
	Default Expr
	// Nested holds the columns of a NESTED PATH of JSON_TABLE; Name is then zero.
	Nested []ColumnDef
}

// Alias is the name given to a member of FROM.
type Alias struct {
	token.Span
	Name Ident
	// Columns renames the columns, by position; types where given.
	Columns []ColumnDef
}

// Script is a parsed text.
type Script struct {
	token.Span
	// Using is the text that all spans point into.
	SQL        string
	Statements []Statement
}
