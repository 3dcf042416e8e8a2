package ast

import "github.com/thalweg-data/thalweg/internal/sql/token"

// QueryStatement is a query as a statement. SELECT ... INTO t is one too.
type QueryStatement struct {
	token.Span
	Query *Query
}

// Create is CREATE TABLE, VIEW, MATERIALIZED VIEW, ... with or without a query.
type Create struct {
	token.Span
	// Kind is the kind of thing in lower case: "table", "view",
	// "materialized view", "procedure", "function", "dynamic table", ...
	Kind string
	// Temporary marks TEMP, TEMPORARY and VOLATILE tables.
	Temporary bool
	Name      *ObjectName
	// Columns are the columns declared in front of the query, if any.
	Columns []ColumnDef
	// Query is the defining query, or nil.
	Query *Query
	// Using is the table of LIKE, CLONE, COPY, SHALLOW CLONE, or nil.
	Source *ObjectName
	// To is the target table of ClickHouse's CREATE MATERIALIZED VIEW ... TO t.
	To *ObjectName
	// Body holds the statements of a procedure or function.
	Body []Statement
}

// Insert is INSERT [OVERWRITE] INTO target [(columns)] query. REPLACE INTO too.
type Insert struct {
	token.Span
	With      *With
	Target    *ObjectName
	Alias     *Alias
	Columns   []Ident
	Overwrite bool
	// ByName is DuckDB's and Spark's INSERT ... BY NAME.
	ByName bool
	// Partition are the columns of PARTITION (a, b = 1); Expr is the value where
	// one is given, else nil.
	Partition []Assignment
	// Query makes the rows; VALUES is a Query too. Nil for DEFAULT VALUES.
	Query *Query
	// Set are the assignments of MySQL's INSERT ... SET.
	Set []Assignment
	// OnConflict are the assignments of ON CONFLICT DO UPDATE and ON DUPLICATE
	// KEY UPDATE.
	OnConflict []Assignment
	Where      Expr
	Returning  []SelectItem
}

// MultiInsert is INSERT ALL, INSERT FIRST of Oracle and Snowflake and Hive's
// FROM t INSERT ... INSERT ...
type MultiInsert struct {
	token.Span
	// Branches have no Query where they take the shared one; their values are
	// then in Values.
	Branches []InsertBranch
	Query    *Query
}

// InsertBranch is one INTO of a MultiInsert.
type InsertBranch struct {
	token.Span
	Condition Expr
	Insert    *Insert
	Values    []Expr
}

// Assignment is column = value in UPDATE, MERGE and the like.
type Assignment struct {
	token.Span
	// Columns has several members for (a, b) = (SELECT ...).
	Columns []*ColumnRef
	Value   Expr
}

// Update is UPDATE target SET ... [FROM ...] [WHERE ...].
type Update struct {
	token.Span
	With *With
	// Target is usually a TableRef, a Join in MySQL.
	Target TableExpr
	Set    []Assignment
	From   []TableExpr
	Where  Expr
	// Returning is RETURNING and OUTPUT.
	Returning []SelectItem
}

// Delete is DELETE FROM target [USING ...] [WHERE ...]; TRUNCATE is an OtherStatement.
type Delete struct {
	token.Span
	With      *With
	Target    TableExpr
	From      []TableExpr
	Where     Expr
	Returning []SelectItem
}

// Merge is MERGE INTO target USING source ON ... WHEN ....
type Merge struct {
	token.Span
	With      *With
	Target    *TableRef
	Using     TableExpr
	On        Expr
	Whens     []MergeWhen
	Returning []SelectItem
}

// MergeWhen is one WHEN [NOT] MATCHED [BY SOURCE|TARGET] [AND ...] THEN ....
type MergeWhen struct {
	token.Span
	// Matched distinguishes WHEN MATCHED from WHEN NOT MATCHED; BySource is NOT MATCHED BY SOURCE.
	Matched, BySource bool
	Condition         Expr
	Action            MergeAction
	// Set are the assignments of UPDATE.
	Set []Assignment
	// Columns and Values are those of INSERT. Both are empty for INSERT ROW,
	// INSERT *, UPDATE * and ... BY NAME, where All is set.
	Columns []*ColumnRef
	Values  []Expr
	All     bool
	// Where and DeleteWhere are Oracle's conditions after an action.
	Where, DeleteWhere Expr
}

// MergeAction is what a MergeWhen does.
type MergeAction uint8

// The actions of MERGE.
const (
	MergeNothing MergeAction = iota
	MergeUpdate
	MergeInsert
	MergeDelete
)

func (a MergeAction) String() string { return [...]string{"nothing", "update", "insert", "delete"}[a] }

// Block is a procedural group: BEGIN ... END, IF, WHILE, FOR, LOOP, a procedure's
// EXECUTE IMMEDIATE body. Conditions that hold queries are in Exprs.
type Block struct {
	token.Span
	Statements []Statement
	Exprs      []Expr
}

// SetVariable is SET x = ..., DECLARE x ... DEFAULT ..., x := ..., RETURN ....
type SetVariable struct {
	token.Span
	// Declared marks DECLARE.
	Declared bool
	Names    []Ident
	Values   []Expr
	// Query is a cursor's or RESULTSET's query.
	Query *Query
}

// OtherStatement is a statement that holds no query: DDL, GRANT, COMMIT, USE, ....
type OtherStatement struct {
	token.Span
	// Verb is the first word in capitals.
	Verb string
}

// BadStatement is a statement that could not be read at all. Children are the
// queries found inside.
type BadStatement struct {
	token.Span
	Children []*Query
}

func (*QueryStatement) statement() {}
func (*Create) statement()         {}
func (*Insert) statement()         {}
func (*MultiInsert) statement()    {}
func (*Update) statement()         {}
func (*Delete) statement()         {}
func (*Merge) statement()          {}
func (*Block) statement()          {}
func (*SetVariable) statement()    {}
func (*OtherStatement) statement() {}
func (*BadStatement) statement()   {}
