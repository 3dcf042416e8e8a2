package ast

import "github.com/thalweg-data/thalweg/internal/sql/token"

// ColumnRef is a dotted name used as a value: a, t.a, db.s.t.a, t.struct.field.
// Which part is the table and which the column only the scope can tell. It may
// even be a whole table's alias used as a value.
type ColumnRef struct {
	token.Span
	Parts []Ident
	// OuterJoin marks Oracle's a(+).
	OuterJoin bool
	// Position is n of the positional reference $n (Snowflake stages) and #n
	// (DuckDB); 0 otherwise.
	Position int
}

// Star is *, t.* or expr.*, as a projection or as the argument of count. It is
// also COLUMNS(...) of DuckDB and ClickHouse.
type Star struct {
	token.Span
	// Qualifier is nil for a bare star, a *ColumnRef for a dotted name (a table
	// or a struct), any other expression for expr.*.
	Qualifier Expr
	// Modifiers are applied in order, each to what those in front of it leave.
	Modifiers []StarModifier
	// Columns marks COLUMNS(...). A star with modifiers and a pattern inside are
	// copied here.
	Columns bool
	// Unpack marks a star whose columns are arguments of one call, as those of
	// *COLUMNS(...) are; without it an expression is made for each column.
	Unpack bool
	// Argument is the Lambda or list of COLUMNS(...) if it is neither star nor pattern.
	Argument Expr
}

// StarModifier changes the columns of a star.
type StarModifier struct {
	token.Span
	Kind StarKind
	// Columns are left out by StarExcept. A qualified name has more parts.
	Columns []*ColumnRef
	// Items are, for StarReplace, expressions that take the place of the column
	// named by Alias; for StarRename Expr is the *ColumnRef and Alias the new name.
	Items []SelectItem
	// Pattern and Op (in capitals: "ILIKE", "NOT LIKE", "REGEXP", ...) choose
	// columns by their names.
	Pattern Expr
	Op      string
	// Function is what StarApply does to each column: a name, a call without the
	// column, or a Lambda.
	Function Expr
}

// StarKind is what a StarModifier does.
type StarKind uint8

// The modifiers of a star.
const (
	// StarExcept is EXCEPT and EXCLUDE.
	StarExcept StarKind = iota
	StarReplace
	StarRename
	// StarMatch is LIKE, ILIKE, SIMILAR TO, GLOB and the pattern of COLUMNS('re').
	StarMatch
	// StarApply is ClickHouse's APPLY.
	StarApply
)

func (k StarKind) String() string {
	return [...]string{"except", "replace", "rename", "match", "apply"}[k]
}

// LiteralKind is the kind of a Literal.
type LiteralKind uint8

// The kinds of literals.
const (
	StringLiteral LiteralKind = iota
	NumberLiteral
	BoolLiteral
	NullLiteral
	// TypedLiteral is DATE '2020-01-01', TIMESTAMP '...', JSON '...', X'00', ...;
	// the type is in Type.
	TypedLiteral
	// DefaultLiteral is DEFAULT in VALUES, INSERT or UPDATE.
	DefaultLiteral
)

func (k LiteralKind) String() string {
	return [...]string{"string", "number", "bool", "null", "typed", "default"}[k]
}

// Literal is a constant.
type Literal struct {
	token.Span
	Kind LiteralKind
	// Text is the value: of a string without its quotes and with escapes undone,
	// else as written.
	Text string
	// Type is the leading word of a TypedLiteral, as written.
	Type string
}

// Interval is INTERVAL '1' DAY, INTERVAL x HOUR, INTERVAL '1 day'. Units are
// not kept: they are not values.
type Interval struct {
	token.Span
	Value Expr
}

// Keyword is a word in the place of an argument that is not a name: a date part
// (datediff(day, a, b)), BOTH of TRIM, a type name as an argument (TO_CHAR aside),
// CURRENT ROW and UNBOUNDED of a frame.
type Keyword struct {
	token.Span
	Text string
}

// Parameter is a placeholder or variable: $1, ?, :x, @x, {x:UInt8}.
type Parameter struct {
	token.Span
	Text string
}

// Unary is an operator with one operand.
type Unary struct {
	token.Span
	Op      Operator
	Operand Expr
}

// Binary is a left-associative run of operators of one precedence:
// a + b - c has three operands and two operators. Comparisons, IS DISTINCT FROM,
// AT TIME ZONE, JSON arrows and OVERLAPS are Binary with two operands.
type Binary struct {
	token.Span
	Operands  []Expr
	Operators []Operator
}

// Like is LIKE, ILIKE, RLIKE, SIMILAR TO, GLOB, REGEXP and the like.
type Like struct {
	token.Span
	Not bool
	// Op is the operator in capitals, without NOT.
	Op      string
	Operand Expr
	// Pattern is a Quantified for LIKE ANY (...) and LIKE ALL (...).
	Pattern Expr
	Escape  Expr
}

// Between is a [NOT] BETWEEN b AND c.
type Between struct {
	token.Span
	Not                bool
	Operand, Low, High Expr
}

// In is a [NOT] IN (...). Exactly one of List, Query and Set is in use.
type In struct {
	token.Span
	Not     bool
	Operand Expr
	List    []Expr
	Query   *Query
	// Set is an operand without parentheses: IN UNNEST(x), IN table, IN ?.
	Set Expr
}

// Quantified is ANY, SOME or ALL over a list, an array or a query, the right
// side of a comparison or of LIKE.
type Quantified struct {
	token.Span
	All   bool
	List  []Expr
	Query *Query
}

// SubqueryKind is what a Subquery evaluates to.
type SubqueryKind uint8

// The kinds of subqueries.
const (
	ScalarSubquery SubqueryKind = iota
	ExistsSubquery
	ArraySubquery
	// MultisetSubquery is CURSOR(...), MULTISET(...) and MAP(SELECT ...).
	MultisetSubquery
)

func (k SubqueryKind) String() string {
	return [...]string{"scalar", "exists", "array", "multiset"}[k]
}

// Subquery is a query used as a value.
type Subquery struct {
	token.Span
	Kind  SubqueryKind
	Query *Query
}

// Case is CASE [operand] WHEN ... THEN ... [ELSE ...] END. IF and IFF are calls.
type Case struct {
	token.Span
	Operand Expr
	Whens   []When
	Else    Expr
}

// When is one branch of a Case.
type When struct {
	token.Span
	Condition, Result Expr
}

// Cast is CAST(x AS t), x::t, TRY_CAST, SAFE_CAST, CONVERT(t, x), TRY_CONVERT,
// PARSE(x AS t), x AS t in a function argument where it names a type.
type Cast struct {
	token.Span
	Operand Expr
	Type    *TypeName
	// Try marks the forms that give NULL instead of an error.
	Try bool
	// Format is the expression of FORMAT, or the style of CONVERT.
	Format Expr
}

// Call is a function call with everything that may hang on it.
type Call struct {
	token.Span
	// Name is the function's name. In x.f(y) as DuckDB, Oracle and T-SQL have it
	// the leading parts may be a column; only the scope can tell.
	Name *ObjectName
	// Receiver is set for a call on a value that is not a name: f(x).g(y).
	Receiver Expr
	// NoParens marks CURRENT_DATE and the like.
	NoParens bool
	Distinct bool
	Args     []Arg
	// Params are the first parentheses of ClickHouse's f(params)(args).
	Params []Expr
	// OrderBy is ORDER BY within the arguments, within WITHIN GROUP, or in KEEP.
	OrderBy []OrderItem
	// Limit is LIMIT within the arguments.
	Limit Expr
	// Having is BigQuery's HAVING MAX x within the arguments.
	Having Expr
	// Where is a condition within the arguments (GROUP_CONCAT aside, BigQuery's
	// aggregate WHERE), Filter that of FILTER (WHERE ...).
	Where  Expr
	Filter Expr
	// WithinGroup reports whether OrderBy was in WITHIN GROUP.
	WithinGroup bool
	// Over is the window, or nil.
	Over *Window
	// Query is a query as the only argument without its own parentheses, as in
	// TABLE(SELECT ...); otherwise a query is an Arg.
	Query *Query
}

// Arg is one argument of a Call or one member of a Collection.
type Arg struct {
	token.Span
	// Name is set for name => x, name := x, name = x of struct literals,
	// x AS name of STRUCT(...), and the keys of {name: x}.
	Name Ident
	Expr Expr
}

// Window is OVER name, OVER (...), or a named window's body.
type Window struct {
	token.Span
	// Base is the name of another window that this one is or refines.
	Base        Ident
	PartitionBy []Expr
	OrderBy     []OrderItem
	// Frame holds the offsets of the frame, if they are not just keywords.
	Frame []Expr
	// Measures are values of a pattern, m in m OVER w.
	Measures []SelectItem
}

// Lambda is x -> expr, (x, y) -> expr, lambda x: expr.
type Lambda struct {
	token.Span
	Params []Ident
	Body   Expr
}

// CollectionKind is the type of a Collection.
type CollectionKind uint8

// The kinds of collections.
const (
	Array CollectionKind = iota
	// Tuple is (a, b) and ROW(a, b).
	Tuple
	// Struct is STRUCT(...), {'a': x}; members may have names.
	Struct
	// Map is MAP {k: v}; members are alternately keys and values.
	Map
)

func (k CollectionKind) String() string { return [...]string{"array", "tuple", "struct", "map"}[k] }

// Collection is a literal of an array, tuple, struct or map. A list
// comprehension [expr for x in list if cond] is a Call named list_comprehension.
type Collection struct {
	token.Span
	Kind CollectionKind
	// Type is given in ARRAY<INT64>[...] and STRUCT<a INT64>(...).
	Type    *TypeName
	Members []Arg
}

// Access takes a part of a value: x[i], x[i:j], (x).field, v:path.to[0].leaf.
// Dots on a plain name are parts of a ColumnRef instead.
type Access struct {
	token.Span
	Operand Expr
	Steps   []Step
}

// StepKind is the way in which a Step descends.
type StepKind uint8

// The kinds of steps.
const (
	// FieldStep is .name.
	FieldStep StepKind = iota
	// PathStep is :name of a semi-structured value.
	PathStep
	// IndexStep is [i].
	IndexStep
	// SliceStep is [i:j], with none to three bounds in Index.
	SliceStep
)

func (k StepKind) String() string { return [...]string{"field", "path", "index", "slice"}[k] }

// Step is one step of an Access.
type Step struct {
	token.Span
	Kind StepKind
	// Name is set for FieldStep and PathStep.
	Name  Ident
	Index []Expr
}

// BadExpr is something that could not be read as an expression. Children are
// the column references and subqueries found inside.
type BadExpr struct {
	token.Span
	Children []Expr
}

func (*ColumnRef) expr()  {}
func (*Star) expr()       {}
func (*Literal) expr()    {}
func (*Interval) expr()   {}
func (*Keyword) expr()    {}
func (*Parameter) expr()  {}
func (*Unary) expr()      {}
func (*Binary) expr()     {}
func (*Like) expr()       {}
func (*Between) expr()    {}
func (*In) expr()         {}
func (*Quantified) expr() {}
func (*Subquery) expr()   {}
func (*Case) expr()       {}
func (*Cast) expr()       {}
func (*Call) expr()       {}
func (*Lambda) expr()     {}
func (*Collection) expr() {}
func (*Access) expr()     {}
func (*BadExpr) expr()    {}
