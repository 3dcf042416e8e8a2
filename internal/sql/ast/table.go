package ast

import "github.com/thalweg-data/thalweg/internal/sql/token"

// TableRef is a table, view, CTE or file by name. It may also be an array that
// belongs to an earlier member of FROM (BigQuery: FROM t, t.arr), which only
// the scope can tell.
type TableRef struct {
	token.Span
	Name  *ObjectName
	Alias *Alias
	// AsOf is the expression of time travel (FOR SYSTEM_TIME AS OF, AT, BEFORE,
	// VERSION AS OF, ...), if any. It names no columns of the table.
	AsOf Expr
	// WithOffset is the name of BigQuery's WITH OFFSET on a correlated array.
	WithOffset Ident
	// Lateral marks LATERAL t and CROSS APPLY t.
	Lateral bool
}

// Derived is a subquery in FROM, VALUES included.
type Derived struct {
	token.Span
	Query   *Query
	Alias   *Alias
	Lateral bool
}

// TableFunction is a function in FROM: f(x), TABLE(f(x)), LATERAL f(x),
// UNNEST(...), FLATTEN(...), LATERAL VIEW explode(...), JSON_TABLE, XMLTABLE,
// OPENJSON, GENERATE_SERIES and so on. The function's name identifies which.
// ROWS FROM(f(), g()) has more than one call.
type TableFunction struct {
	token.Span
	Calls []*Call
	Alias *Alias
	// Lateral marks an explicit LATERAL, an APPLY or a LATERAL VIEW. Functions
	// may refer to earlier members of FROM in any case.
	Lateral bool
	// Outer marks LATERAL VIEW OUTER.
	Outer bool
	// WithOffset is BigQuery's UNNEST(...) WITH OFFSET [AS name]; without a name
	// its text is "offset" and its span is that of the word.
	WithOffset Ident
	// Ordinality marks WITH ORDINALITY: one more column at the end.
	Ordinality bool
	// Columns are declared by the call itself: JSON_TABLE(... COLUMNS ...),
	// XMLTABLE(... COLUMNS ...), OPENJSON(...) WITH (...). They are of Calls[ColumnsOf].
	Columns   []ColumnDef
	ColumnsOf int
}

// JoinKind determines which rows of which side a join keeps.
type JoinKind uint8

// The kinds of joins. CrossApply and OuterApply are CrossJoin and LeftJoin with
// a lateral right side. ArrayJoin is ClickHouse's; its Right is an *ArrayJoin.
const (
	InnerJoin JoinKind = iota
	LeftJoin
	RightJoin
	FullJoin
	CrossJoin
	SemiJoin
	AntiJoin
	RightSemiJoin
	RightAntiJoin
	PositionalJoin
	LateralViewJoin
	ArrayJoinKind
)

func (k JoinKind) String() string {
	return [...]string{
		"inner", "left", "right", "full", "cross", "semi", "anti", "right semi", "right anti",
		"positional", "lateral view", "array",
	}[k]
}

// Join is left [kind] JOIN right [ON ... | USING (...)]. Chains are
// left-deep: a JOIN b JOIN c is ((a b) c).
type Join struct {
	token.Span
	Kind JoinKind
	// Left is nil in the pipe syntax, where the input is the left side.
	Left, Right TableExpr
	Natural     bool
	// AsOf marks ASOF joins.
	AsOf bool
	// Lateral marks CROSS APPLY and OUTER APPLY.
	Lateral bool
	On      Expr
	Using   []Ident
	// UsingAlias is x of PostgreSQL's USING (a) AS x, a name for the merged columns.
	UsingAlias Ident
	// Match is the MATCH_CONDITION of Snowflake's ASOF JOIN.
	Match Expr
	// Alias is set for (a JOIN b) AS x.
	Alias *Alias
}

// ArrayJoin is the right side of ClickHouse's [LEFT] ARRAY JOIN a AS x, b AS y.
type ArrayJoin struct {
	token.Span
	Items []SelectItem
}

// Pivot is input PIVOT (aggregates FOR columns IN (values)).
type Pivot struct {
	token.Span
	// Using is nil in the pipe syntax.
	Input TableExpr
	// Aggregates give the values; their aliases become part of the names.
	Aggregates []SelectItem
	For        []PivotFor
	// GroupBy is DuckDB's GROUP BY inside PIVOT; nil means all other columns.
	GroupBy *GroupBy
	// Default is Snowflake's DEFAULT ON NULL value.
	Default Expr
	Alias   *Alias
	// Statement marks DuckDB's PIVOT t ON col USING agg.
	Statement bool
}

// PivotFor is one FOR column IN (...) of a Pivot.
type PivotFor struct {
	token.Span
	// Columns has more than one member for FOR (a, b) IN ((1, 2) AS x).
	Columns []Expr
	// Values are listed values with their aliases; a tuple is a Collection.
	Values []SelectItem
	// Any marks IN (ANY ...): the outputs are only known to the database.
	Any bool
	// Query is IN (SELECT ...), with the same effect.
	Query *Query
}

// Unpivot is input UNPIVOT [INCLUDE NULLS] (value FOR name IN (columns)).
type Unpivot struct {
	token.Span
	// Using is nil in the pipe syntax.
	Input TableExpr
	// Values are the names of the value columns.
	Values []Ident
	// Name is the column that gets the labels. Oracle and DuckDB allow several.
	Name []Ident
	// Columns are the input's columns that are turned into rows.
	Columns []UnpivotColumns
	Alias   *Alias
	// Statement marks DuckDB's UNPIVOT t ON ... INTO NAME ... VALUE ....
	Statement bool
}

// UnpivotColumns is one member of the IN list of Unpivot: as many columns as
// there are values, with an optional label. DuckDB allows a Star.
type UnpivotColumns struct {
	token.Span
	Columns []Expr
	Label   Expr
}

// MatchRecognize is input MATCH_RECOGNIZE (...).
type MatchRecognize struct {
	token.Span
	// Using is nil in the pipe syntax.
	Input       TableExpr
	PartitionBy []SelectItem
	OrderBy     []OrderItem
	Measures    []SelectItem
	// AllRows is ALL ROWS PER MATCH: the input's columns are outputs as well.
	AllRows bool
	// Symbols are the pattern variables of DEFINE, which qualify columns in
	// Measures and Define.
	Symbols []Ident
	// Define has one condition per symbol, in the same order.
	Define []Expr
	Alias  *Alias
}

// BadTable is a member of FROM that could not be read.
type BadTable struct {
	token.Span
	// Using is the part in front of an odd suffix, if any.
	Input TableExpr
	// Children are the expressions found inside.
	Children []Expr
	Alias    *Alias
}

func (*TableRef) tableExpr()       {}
func (*Derived) tableExpr()        {}
func (*TableFunction) tableExpr()  {}
func (*Join) tableExpr()           {}
func (*ArrayJoin) tableExpr()      {}
func (*Pivot) tableExpr()          {}
func (*Unpivot) tableExpr()        {}
func (*MatchRecognize) tableExpr() {}
func (*BadTable) tableExpr()       {}

// NeedsCondition reports whether a join of this kind has ON or USING as a rule.
func (j *Join) NeedsCondition() bool {
	switch j.Kind {
	case CrossJoin, PositionalJoin, LateralViewJoin, ArrayJoinKind:
		return false
	}
	return !j.Natural && !j.Lateral
}
