package dialect

import "strconv"

// NameRule is how a database names an output column that has no name in the text.
type NameRule uint8

// The rules. All dialects name a plain column after itself.
const (
	// NameText: the expression as written.
	NameText NameRule = iota
	// NameUpperText: the expression as written, in capitals.
	NameUpperText
	// NamePostgres: the function, the type, "case" and the like, else ?column?.
	NamePostgres
	// NameDuckDB: the expression as the database writes it.
	NameDuckDB
	// NameClickHouse: the expression with functions in the place of operators.
	NameClickHouse
	// NameNone: no name at all.
	NameNone
	// NameCounted: a pattern with the number of the unnamed column.
	NameCounted
	// NamePlaced: a pattern with the place of the column in the list.
	NamePlaced
)

// Naming are a dialect's rules for names that the database makes up.
type Naming struct {
	Rule NameRule
	// Prefix and Suffix surround the number of NameCounted and NamePlaced.
	Prefix, Suffix string
	// BoolName calls a bare TRUE bool, as PostgreSQL did before version 15.
	BoolName bool
	// Anonymous leaves a column without name where nothing gives it one; a star calls it by its place then, as a
	// list does.
	Anonymous bool
	// CastKeepsName reports whether CAST(a AS t) is called a.
	CastKeepsName bool
	// NumberDuplicates calls the columns of a query that share a name a, a_1, a_2.
	NumberDuplicates bool
	// QualifyDuplicates calls a column t.a where an earlier member of FROM has an a.
	QualifyDuplicates bool
	// Values is the prefix of the columns of VALUES, ValuesFrom the first number.
	// An empty prefix stands for "column".
	Values     string
	ValuesFrom int
	// Pivot are the rules for the outputs of PIVOT.
	Pivot PivotNaming
	// UnpivotValueFirst reports whether UNPIVOT puts the values in front of the label.
	UnpivotValueFirst bool
}

// PivotNaming is how the outputs of PIVOT are named: the value, and the alias
// of the aggregate after it if there is one.
type PivotNaming struct {
	// QuotedStrings keeps the quotes of a string value in the name.
	QuotedStrings bool
	// AliasFirst puts the alias of the aggregate in front of the value.
	AliasFirst bool
	// SingleBare leaves the alias out where there is only one aggregate.
	SingleBare bool
}

// ValuesColumn is the name of column i, from 0, of VALUES without column names.
func (n Naming) ValuesColumn(i int) string {
	prefix, first := n.Values, n.ValuesFrom
	if prefix == "" {
		prefix, first = "column", 1
	}
	return prefix + strconv.Itoa(first+i)
}
