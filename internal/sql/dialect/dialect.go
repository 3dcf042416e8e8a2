// Package dialect describes how SQL dialects differ, as data: one Dialect value
// per database, in one file each. Lexer, parser and resolver ask the value and
// never the name, so a quirk is a field here and one place that reads it.
//
// A Dialect is read-only once the package is loaded and safe for concurrent use.
package dialect

import "strings"

// Dialect is one database's way of writing SQL.
type Dialect struct {
	// Name is the canonical name, in lower case: "postgres", "tsql", ....
	Name string
	// Identifiers are the rules for names.
	Identifiers Identifiers
	// Lexing are the rules for cutting text into tokens.
	Lexing Lexing
	// Grammar switches constructs that would be misread elsewhere. Whatever is
	// harmless is accepted in every dialect.
	Grammar Grammar
	// Names are the rules for finding what a name means.
	Names NameRules
	// Naming are the rules for names that the database makes up.
	Naming Naming
	// Pseudo are names, in lower case, that the database answers itself where no table
	// has such a column. A qualified name is none of them.
	Pseudo map[string]bool
	// Units maps a function name in lower case to the arguments that are unit
	// words (datediff(day, a, b)) and so no columns.
	Units map[string][]UnitArg
	// NamedTables are functions in FROM, in lower case, whose first argument is the bare name of a table.
	NamedTables map[string]bool
	// HiddenColumns gives further columns of functions in FROM, by function name, that a star leaves out.
	HiddenColumns map[string][]string
	// TableFunctions gives the output columns of functions in FROM and of
	// generators, by function name in lower case. Names are as the database
	// stores them. The columns of an absent function are not known.
	TableFunctions map[string][]string
}

// Case is what happens to the letters of a name.
type Case uint8

// The three ways of storing a name.
const (
	AsWritten Case = iota
	Lower
	Upper
)

func (c Case) apply(text string) string {
	switch c {
	case Lower:
		return strings.ToLower(text)
	case Upper:
		return strings.ToUpper(text)
	default:
		return text
	}
}

// Identifiers are a dialect's rules for names.
type Identifiers struct {
	// Unquoted and Quoted define how a name is stored.
	Unquoted, Quoted Case
	// ColumnsExact and TablesExact report whether stored names that differ in case
	// alone are different names.
	ColumnsExact, TablesExact bool
}

// Stored is the name as the database keeps it.
func (d *Dialect) Stored(text string, quoted bool) string {
	if quoted {
		return d.Identifiers.Quoted.apply(text)
	}
	return d.Identifiers.Unquoted.apply(text)
}

// TableKey is equal for two spellings of one part of a table's name if and only if
// they mean the same table. Names read from a schema count as quoted.
func (d *Dialect) TableKey(text string, quoted bool) string {
	return key(d.Stored(text, quoted), d.Identifiers.TablesExact)
}

func key(stored string, exact bool) string {
	if exact {
		return stored
	}
	return strings.ToLower(stored)
}

// Lexing are a dialect's rules for tokens.
type Lexing struct {
	// IdentQuotes are the bytes that open a quoted identifier, out of " ` [.
	IdentQuotes string
	// AtOperator makes @ the operator of absolute values and never a part of a variable.
	AtOperator bool
	// Subscripts makes [ right behind a value a subscript where it opens an identifier too.
	Subscripts bool
	// StringQuotes are the bytes that open a string, out of ' and ".
	StringQuotes string
	// Backslash reports whether \ escapes the next byte in a plain string.
	Backslash bool
	// TripleQuotes allows '''...''' and """...""".
	TripleQuotes bool
	// DollarQuotes allows $$...$$ and $tag$...$tag$.
	DollarQuotes bool
	// QQuotes allows Oracle's q'[...]'.
	QQuotes bool
	// RawPrefix reports whether r'...' is a string without escapes.
	RawPrefix bool
	// NestedComments reports whether /* /* */ */ is one comment.
	NestedComments bool
	// HashComments and SlashComments allow # and // up to the end of the line.
	HashComments, SlashComments bool
	// DashSpace reports whether -- is a comment only in front of white space.
	DashSpace bool
	// DigitNames allows unquoted names that begin with a digit.
	DigitNames bool
	// DashedNames allows my-project.dataset.table in FROM.
	DashedNames bool
	// HashNames allows #temp and ##temp as names.
	HashNames bool
	// NameBytes are, beyond letters, digits, _ and $, the bytes that a name may have
	// behind its first.
	NameBytes string
	// StagePaths allows @stage/path as a table.
	StagePaths bool
	// QuestionOperators makes ?, ?| and ?& operators and never a placeholder.
	QuestionOperators bool
}

// Grammar switches constructs.
type Grammar struct {
	// ColonPaths allows value:path.
	ColonPaths bool
	// ArrowLambda reads x -> y inside call arguments as a lambda. Elsewhere, and
	// in other dialects, -> is the JSON operator.
	ArrowLambda bool
	// AliasEquals allows SELECT alias = expr.
	AliasEquals bool
	// AliasColon allows SELECT alias: expr and FROM alias: t.
	AliasColon bool
	// StringAlias allows SELECT expr 'alias' without AS.
	StringAlias bool
	// OptionalSemicolon allows statements to follow each other without one.
	OptionalSemicolon bool
	// Ternary reads cond ? a : b.
	Ternary bool
	// BraceParams reads {name:Type} as a parameter.
	BraceParams bool
	// Top allows SELECT TOP n.
	Top bool
	// AngleTypes reads ARRAY<...> and STRUCT<...> as types in expressions.
	AngleTypes bool
	// BacktickPaths splits `a.b.c` at its dots where a table is expected.
	BacktickPaths bool
	// StringTables reads 'file.parquet' in FROM as a table.
	StringTables bool
	// ExpressionCTE allows WITH expr AS name.
	ExpressionCTE bool
	// UnnestSuffix allows FROM t UNNEST (a AS x).
	UnnestSuffix bool
	// WindowMeasures allows m OVER w, a measure of the pattern of a window.
	WindowMeasures bool
	// FlowOperator makes ->> hand the rows of a statement to the next one, as $1 in FROM.
	FlowOperator bool
	// ParamCalls allows f(a)(b).
	ParamCalls bool
	// CaretPower makes ^ the power operator; elsewhere it is bitwise XOR.
	CaretPower bool
	// PositionColumns allows #1 and $1 as columns.
	PositionColumns bool
	// ConvertType allows CONVERT(type, x).
	ConvertType bool
	// ValuesStructure reads FROM VALUES('a String, b Int8', ...): a first string
	// names the columns.
	ValuesStructure bool
	// ShortVerbs allows SEL, INS, UPD and DEL.
	ShortVerbs bool
	// WordComparisons allows a EQ b, and NE, GT, GE, LT and LE.
	WordComparisons bool
	// Phrases allows x (FORMAT '...'), x (TITLE '...') and x (NAMED y), which
	// define how x is displayed. TypePhrases makes x (INTEGER) a cast.
	Phrases, TypePhrases bool
	// ListExclude allows SELECT a, * EXCLUDE (b), which drops columns of the list.
	ListExclude bool
	// RegexNames reads the name `(a|b)?+.+` as all columns except a and b.
	RegexNames bool
	// StreamTables allows FROM STREAM t and STREAM(t).
	StreamTables bool
	// DescribeTables allows FROM (DESCRIBE t), (SHOW TABLES) and (SUMMARIZE t).
	DescribeTables bool
	// BareLabels allows nearly every reserved word as an alias without AS.
	BareLabels bool
	// NotNullPostfix reads x NOT NULL as a test.
	NotNullPostfix bool
	// LockingClause allows LOCKING ROW FOR ACCESS in front of a query.
	LockingClause bool

	// Reserved are words, in lower case, that are reserved here beyond the
	// common set: they are never implicit aliases.
	Reserved []string
	// Unreserved are words of the common set that are plain names here.
	Unreserved []string
}

// AliasRule determines whether an expression may use an alias of its own SELECT list.
type AliasRule uint8

// The rules for aliases.
const (
	// NoAlias: names are columns of FROM only.
	NoAlias AliasRule = iota
	// ColumnFirst: a column of FROM wins, else an alias further left.
	ColumnFirst
	// AliasFirst: an alias anywhere in the list wins over a column of FROM.
	AliasFirst
)

// NameRules are a dialect's rules for what names mean.
type NameRules struct {
	// LateralAlias is the rule within the SELECT list.
	LateralAlias AliasRule
	// WhereAlias, GroupAlias, HavingAlias and QualifyAlias are the rules for the
	// clauses. In ORDER BY an alias wins everywhere.
	WhereAlias, GroupAlias, HavingAlias, QualifyAlias AliasRule
	// CorrelatedPaths allows FROM t, t.arr.
	CorrelatedPaths bool
	// TableAsStruct allows a table's alias as a value.
	TableAsStruct bool
	// ImplicitRecursion lets a CTE read itself without the word RECURSIVE.
	ImplicitRecursion bool
	// ByNameInner makes UNION BY NAME keep the columns that both sides have;
	// elsewhere it keeps all.
	ByNameInner bool
	// UsingInPlace leaves a column of JOIN USING in its place in the left table
	// under a star; elsewhere these columns come first.
	UsingInPlace bool
	// Pseudo are reserved words, in lower case, that the database answers itself: no
	// table has a column that is called so without quotes.
	Pseudo []string
	// GroupWindows lets window and session_window name what a call of that function in GROUP BY gives.
	GroupWindows bool
	// DottedColumns means that a column's name may have dots that the text writes
	// without quotes: those of ClickHouse's Nested.
	DottedColumns bool
	// FunctionAliasIsColumn names the only column of a function in FROM after its
	// alias.
	FunctionAliasIsColumn bool
}

// UnitArg is an argument that is a unit word.
type UnitArg struct {
	// Position counts from 0.
	Position int
	// MinArgs is the number of arguments from which on this holds.
	MinArgs int
}

// IsUnit reports whether argument position of count arguments of a function, by
// its name in lower case, is a unit word.
func (d *Dialect) IsUnit(function string, position, count int) bool {
	for _, u := range d.Units[function] {
		if u.Position == position && count >= u.MinArgs {
			return true
		}
	}
	return false
}
