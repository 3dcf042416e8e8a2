package ast

import "github.com/thalweg-data/thalweg/internal/sql/token"

// Query is
//
//	[WITH ...] body [ORDER BY ...] [LIMIT ...] [OFFSET ...] [FETCH ...] {|> operator}
//
// A query in parentheses is a Query as the body of a Query only where the outer
// one adds something; otherwise the parentheses are dropped.
type Query struct {
	token.Span
	With *With
	// Body is never nil. The body of a query that could not be read is a
	// *Select without items.
	Body    QueryBody
	OrderBy []OrderItem
	// Limits are the expressions of LIMIT, OFFSET and FETCH.
	Limits []Expr
	// LimitBy are the columns of ClickHouse's LIMIT n BY.
	LimitBy []Expr
	// Document marks FOR JSON and FOR XML: the rows become one value.
	Document bool
	// Pipes are the operators of the pipe syntax, in order. In a text that
	// begins with FROM the body is then a FromFirst Select.
	Pipes []*PipeOp
}

// With is WITH [RECURSIVE] cte, cte, ...
type With struct {
	token.Span
	Recursive bool
	CTEs      []*CTE
}

// CTE is one member of WITH. Exactly one of Query and Value is set.
type CTE struct {
	token.Span
	Name Ident
	// Columns is the list of column names, if given.
	Columns []Ident
	// Query is the member's query; a data-changing statement with RETURNING is
	// the body of that query.
	Query *Query
	// Value is set for ClickHouse's WITH expression AS name.
	Value Expr
	// UsingKey is DuckDB's USING KEY list of a recursive member.
	UsingKey []Ident
	// Added are the columns of SEARCH and CYCLE.
	Added []AddedColumn
}

// AddedColumn is x of SEARCH ... BY a, b SET x and of CYCLE a, b SET x.
type AddedColumn struct {
	Name Ident
	By   []Ident
}

// SetOperation is
//
//	first {UNION|EXCEPT|INTERSECT [ALL|DISTINCT] [BY NAME] operand}
//
// It is flat and left-associative: all arms have the same precedence. INTERSECT
// binds tighter than the others and is then an operand of its own.
type SetOperation struct {
	token.Span
	First QueryBody
	Arms  []SetArm
}

// SetOp is the operator of an arm of a SetOperation.
type SetOp uint8

// The set operators. MINUS is Except.
const (
	Union SetOp = iota
	Except
	Intersect
)

func (op SetOp) String() string { return [...]string{"union", "except", "intersect"}[op] }

// SetArm is one operator with its right operand.
type SetArm struct {
	token.Span
	Op  SetOp
	All bool
	// ByName matches columns by name: BY NAME, and CORRESPONDING without a list.
	ByName bool
	// Outer is FULL, LEFT or INNER of BigQuery's ... BY NAME, in capitals.
	Outer string
	// On is the column list of CORRESPONDING BY (...) or BY NAME ON (...).
	On    []Ident
	Right QueryBody
}

// Values is VALUES (...), (...).
type Values struct {
	token.Span
	// Columns are the names that ClickHouse's VALUES('a String, ...', ...) gives.
	Columns []Ident
	Rows    [][]Expr
}

// StructMode is how BigQuery's SELECT AS STRUCT or SELECT AS VALUE shapes rows.
type StructMode uint8

// The modes of SELECT AS.
const (
	RowMode StructMode = iota
	AsStruct
	AsValue
)

// Select is
//
//	SELECT [DISTINCT [ON (...)]] [TOP n] [AS STRUCT|VALUE] items
//	  [INTO ...] [FROM ...] [PREWHERE ...] [WHERE ...] [START WITH ... CONNECT BY ...]
//	  [GROUP BY ...] [HAVING ...] [WINDOW ...] [QUALIFY ...]
type Select struct {
	token.Span
	Distinct   bool
	DistinctOn []Expr
	// Top is the number of SELECT TOP n, if any.
	Top  Expr
	Mode StructMode
	// Items are the projections. A FROM-first query without SELECT has one
	// item, a Star with an empty span.
	Items []SelectItem
	// Into is the table of SELECT ... INTO, or nil.
	Into *ObjectName
	// IntoVariables are the variables of SELECT ... INTO in a procedure.
	IntoVariables []Expr
	// From holds the members separated by commas; a later member may refer to
	// an earlier one where it is lateral.
	From []TableExpr
	// FromFirst marks FROM t SELECT ... and FROM t.
	FromFirst bool
	Prewhere  Expr
	Where     Expr
	Connect   *ConnectBy
	GroupBy   *GroupBy
	// Model is Oracle's MODEL clause, or nil.
	Model   *Model
	Having  Expr
	Qualify Expr
	Windows []NamedWindow
	// SortBy are Hive's CLUSTER BY, DISTRIBUTE BY and SORT BY.
	SortBy []OrderItem
}

// SelectItem is one projection, or one expression with a name in any other list
// (arguments of PIVOT, MEASURES, operators of the pipe syntax, ARRAY JOIN).
type SelectItem struct {
	token.Span
	// Expr is a Star for *, t.*, and COLUMNS(...) at top level.
	Expr Expr
	// Alias is the name given, also by T-SQL's alias = expr and DuckDB's
	// alias: expr; zero where there is none.
	Alias Ident
	// Aliases are the names of a generator function: expr AS (a, b).
	Aliases []Ident
	// Variable marks T-SQL's @x = expr, which sets a variable and gives no column.
	Variable bool
}

// NamedWindow is one member of the WINDOW clause.
type NamedWindow struct {
	token.Span
	Name   Ident
	Window *Window
}

// ConnectBy is the hierarchical clause of Oracle and Snowflake.
type ConnectBy struct {
	token.Span
	StartWith Expr
	Condition Expr
}

// Model is MODEL [PARTITION BY (...)] DIMENSION BY (...) MEASURES (...) RULES (...).
type Model struct {
	token.Span
	// Columns are those of PARTITION BY, DIMENSION BY and MEASURES, with their aliases.
	Columns []SelectItem
	// Rules are the assignments, m[x] = value, as comparisons.
	Rules []Expr
}

// GroupBy is the GROUP BY clause.
type GroupBy struct {
	token.Span
	// All marks GROUP BY ALL; Exprs is then empty.
	All bool
	// Items are the grouping expressions of all grouping sets; ROLLUP, CUBE and
	// GROUPING SETS are opened up. Aliases occur in the pipe syntax only.
	Items []SelectItem
	// Sets reports whether ROLLUP, CUBE or GROUPING SETS was used.
	Sets bool
}

// OrderItem is one member of ORDER BY.
type OrderItem struct {
	token.Span
	// All marks ORDER BY ALL; Expr is then nil.
	All  bool
	Expr Expr
	Desc bool
}

// PipeOp is one operator of the pipe syntax, |> NAME ...; only the fields that
// the operator has are set.
type PipeOp struct {
	token.Span
	Kind PipeKind
	// Items: SELECT, EXTEND, AGGREGATE, WINDOW, SET (Alias is the column set),
	// RENAME (Expr is the old name, Alias the new one).
	Items    []SelectItem
	Distinct bool
	// Columns: DROP.
	Columns []Ident
	// GroupBy: AGGREGATE ... GROUP BY.
	GroupBy *GroupBy
	// Condition: WHERE.
	Condition Expr
	// OrderBy: ORDER BY, and AGGREGATE ... GROUP AND ORDER BY.
	OrderBy []OrderItem
	// Limits: LIMIT and OFFSET.
	Limits []Expr
	// Arms: UNION, EXCEPT, INTERSECT.
	Arms []SetArm
	// Table: JOIN (a *Join whose Left is nil), PIVOT (a *Pivot without
	// input), UNPIVOT (an *Unpivot without input), CALL (a *TableFunction),
	// MATCH_RECOGNIZE (without input), INSERT has its target in Target.
	Table TableExpr
	// Alias: AS.
	Alias *Alias
	// With: WITH.
	With *With
	// Target: CREATE TABLE, INSERT INTO, EXPORT.
	Target *ObjectName
}

// PipeKind names the operator of a PipeOp.
type PipeKind uint8

// The operators of the pipe syntax.
const (
	PipeBad PipeKind = iota
	PipeSelect
	PipeExtend
	PipeSet
	PipeDrop
	PipeRename
	PipeAs
	PipeWhere
	PipeAggregate
	PipeDistinct
	PipeJoin
	PipeCall
	PipeOrderBy
	PipeLimit
	PipeSetOperation
	PipeWindow
	PipeTableSample
	PipePivot
	PipeUnpivot
	PipeMatchRecognize
	PipeWith
	PipeInsert
	PipeOther
)

func (k PipeKind) String() string {
	return [...]string{
		"bad", "select", "extend", "set", "drop", "rename", "as", "where", "aggregate", "distinct", "join",
		"call", "order by", "limit", "set operation", "window", "tablesample", "pivot", "unpivot",
		"match_recognize", "with", "insert", "other",
	}[k]
}

func (*Select) queryBody()       {}
func (*SetOperation) queryBody() {}
func (*Values) queryBody()       {}
func (*Query) queryBody()        {}
func (*TableRef) queryBody()     {}
func (*Insert) queryBody()       {}
func (*Update) queryBody()       {}
func (*Delete) queryBody()       {}
func (*Merge) queryBody()        {}
