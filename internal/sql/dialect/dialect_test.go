package dialect_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// quirks are what each database does, by its own documentation, so that nobody
// changes a table without noticing.
var quirks = []struct {
	name string
	// unquoted and quoted are how Ab and "Ab" are stored.
	unquoted, quoted string
	// columns and tables tell that names which differ in case alone are two.
	columns, tables bool
	// lateral, where and group are the rules for aliases.
	lateral, where, group dialect.AliasRule
	// values is the name of the second column of VALUES.
	values string
	// unit is an argument that is a unit word: function, position, count.
	unit         string
	position, of int
}{
	{"ansi", "Ab", "Ab", false, false, dialect.ColumnFirst, dialect.ColumnFirst, dialect.ColumnFirst, "column2", "datediff", 0, 3},
	{"athena", "ab", "ab", false, false, dialect.NoAlias, dialect.NoAlias, dialect.NoAlias, "_col1", "", 0, 0},
	{"bigquery", "Ab", "Ab", false, true, dialect.NoAlias, dialect.NoAlias, dialect.ColumnFirst, "column2", "date_diff", 2, 3},
	{"clickhouse", "Ab", "Ab", true, true, dialect.AliasFirst, dialect.AliasFirst, dialect.AliasFirst, "c2", "datediff", 0, 3},
	{"databricks", "Ab", "Ab", false, false, dialect.ColumnFirst, dialect.NoAlias, dialect.ColumnFirst, "col2", "datediff", 0, 3},
	{"doris", "Ab", "Ab", false, true, dialect.NoAlias, dialect.NoAlias, dialect.ColumnFirst, "column2", "timestampdiff", 0, 3},
	{"duckdb", "Ab", "Ab", false, false, dialect.ColumnFirst, dialect.ColumnFirst, dialect.ColumnFirst, "col1", "", 0, 0},
	{"hive", "ab", "ab", false, false, dialect.NoAlias, dialect.NoAlias, dialect.NoAlias, "col2", "datediff", 0, 3},
	{"mariadb", "Ab", "Ab", false, false, dialect.NoAlias, dialect.NoAlias, dialect.ColumnFirst, "column_1", "timestampdiff", 0, 3},
	{"mysql", "Ab", "Ab", false, false, dialect.NoAlias, dialect.NoAlias, dialect.ColumnFirst, "column_1", "timestampdiff", 0, 3},
	{"oracle", "AB", "Ab", true, true, dialect.NoAlias, dialect.NoAlias, dialect.NoAlias, "column2", "", 0, 0},
	{"postgres", "ab", "Ab", true, true, dialect.NoAlias, dialect.NoAlias, dialect.ColumnFirst, "column2", "", 0, 0},
	{"redshift", "ab", "ab", false, false, dialect.ColumnFirst, dialect.NoAlias, dialect.ColumnFirst, "column2", "datediff", 0, 3},
	{"snowflake", "AB", "Ab", true, true, dialect.ColumnFirst, dialect.ColumnFirst, dialect.ColumnFirst, "COLUMN2", "last_day", 1, 2},
	{"spark", "Ab", "Ab", false, false, dialect.ColumnFirst, dialect.NoAlias, dialect.ColumnFirst, "col2", "dateadd", 0, 3},
	{"sqlite", "Ab", "Ab", false, false, dialect.NoAlias, dialect.ColumnFirst, dialect.ColumnFirst, "column2", "", 0, 0},
	{"starrocks", "Ab", "Ab", false, true, dialect.NoAlias, dialect.NoAlias, dialect.ColumnFirst, "column_1", "timestampdiff", 0, 3},
	{"teradata", "Ab", "Ab", false, false, dialect.ColumnFirst, dialect.ColumnFirst, dialect.ColumnFirst, "column2", "", 0, 0},
	{"trino", "ab", "ab", false, false, dialect.NoAlias, dialect.NoAlias, dialect.NoAlias, "_col1", "", 0, 0},
	{"tsql", "Ab", "Ab", false, false, dialect.NoAlias, dialect.NoAlias, dialect.NoAlias, "column2", "datediff", 0, 3},
	{"vertica", "Ab", "Ab", false, false, dialect.NoAlias, dialect.NoAlias, dialect.ColumnFirst, "column2", "datediff", 0, 3},
}

func TestQuirks(t *testing.T) {
	var tested []string
	for _, q := range quirks {
		tested = append(tested, q.name)
		t.Run(q.name, func(t *testing.T) {
			d, ok := dialect.ByName(q.name)
			if !ok {
				t.Fatal("the dialect is not known")
			}
			if got := d.Stored("Ab", false) + " " + d.Stored("Ab", true); got != q.unquoted+" "+q.quoted {
				t.Errorf("Ab and \"Ab\" are stored as %s, want %s %s", got, q.unquoted, q.quoted)
			}
			if got := d.Identifiers.ColumnsExact; got != q.columns {
				t.Errorf("columns \"ab\" and \"AB\" are two: %v, want %v", got, q.columns)
			}
			if got := d.TableKey("ab", true) != d.TableKey("AB", true); got != q.tables {
				t.Errorf("tables \"ab\" and \"AB\" are two: %v, want %v", got, q.tables)
			}
			if d.Names.LateralAlias != q.lateral || d.Names.WhereAlias != q.where || d.Names.GroupAlias != q.group {
				t.Errorf("alias rules %v, want %v %v %v", d.Names, q.lateral, q.where, q.group)
			}
			if got := d.Naming.ValuesColumn(1); got != q.values {
				t.Errorf("the second column of VALUES is %s, want %s", got, q.values)
			}
			if q.unit != "" && (!d.IsUnit(q.unit, q.position, q.of) || d.IsUnit(q.unit, q.position+1, q.of)) {
				t.Errorf("argument %d of %s with %d arguments, and it alone, is no unit", q.position, q.unit, q.of)
			}
		})
	}
	if !slices.Equal(tested, dialect.Names()) {
		t.Errorf("tested are %v, there are %v", tested, dialect.Names())
	}
}

// TestTablesMakeSense holds what the readers of the tables take for granted. A
// reserved word that is no keyword would be passed over without a word.
func TestTablesMakeSense(t *testing.T) {
	for _, name := range dialect.Names() {
		d, _ := dialect.ByName(name)
		if _, err := os.Stat(name + ".go"); err != nil {
			t.Errorf("%s is not described in a file of its name", name)
		}
		for _, w := range append(slices.Clone(d.Grammar.Reserved), d.Grammar.Unreserved...) {
			if token.Lookup(w) == token.NotKeyword {
				t.Errorf("%s: %s is no keyword; add it to package token", name, w)
			}
		}
		for _, w := range d.Grammar.Reserved {
			if slices.Contains(d.Grammar.Unreserved, w) {
				t.Errorf("%s: %s is both reserved and not", name, w)
			}
		}
		if strings.ContainsAny(d.Lexing.IdentQuotes, d.Lexing.StringQuotes) || d.Lexing.StringQuotes == "" {
			t.Errorf("%s: quotes of names %s and of strings %s", name, d.Lexing.IdentQuotes, d.Lexing.StringQuotes)
		}
		if d.Lexing.IdentQuotes == "" || strings.Trim(d.Lexing.IdentQuotes, "\"`[") != "" || strings.Trim(d.Lexing.StringQuotes, `'"`) != "" {
			t.Errorf("%s: the lexer has no such quotes: %s %s", name, d.Lexing.IdentQuotes, d.Lexing.StringQuotes)
		}
		for f := range d.Units {
			if f != strings.ToLower(f) {
				t.Errorf("%s: the function %s of units is not in lower case", name, f)
			}
		}
		for f, columns := range d.TableFunctions {
			if f != strings.ToLower(f) || columns == nil {
				t.Errorf("%s: the table function %s: %v", name, f, columns)
			}
		}
	}
}

func TestByName(t *testing.T) {
	for alias, name := range map[string]string{
		"postgresql": "postgres", "presto": "trino", "sqlserver": "tsql", "fabric": "tsql", "synapse": "tsql", " Snowflake ": "snowflake",
	} {
		if d, ok := dialect.ByName(alias); !ok || d.Name != name {
			t.Errorf("%q is not %s", alias, name)
		}
	}
	if d, ok := dialect.ByName("cobol"); ok || d != nil {
		t.Error("there is a dialect cobol")
	}
	if dialect.Default.Name != "ansi" {
		t.Errorf("the default is %s", dialect.Default.Name)
	}
}

func TestUnits(t *testing.T) {
	snowflake, _ := dialect.ByName("snowflake")
	mysql, _ := dialect.ByName("mysql")
	for _, test := range []struct {
		d               *dialect.Dialect
		function        string
		position, count int
		want            bool
	}{
		{snowflake, "datediff", 0, 3, true},
		{snowflake, "datediff", 1, 3, false},
		{snowflake, "date_trunc", 0, 2, true},
		{snowflake, "trunc", 1, 1, false},
		{mysql, "datediff", 0, 2, false},
		{mysql, "timestampdiff", 0, 3, true},
		{mysql, "unheard", 0, 3, false},
	} {
		if got := test.d.IsUnit(test.function, test.position, test.count); got != test.want {
			t.Errorf("%s: argument %d of %s/%d is a unit: %v", test.d.Name, test.position, test.function, test.count, got)
		}
	}
	if !dialect.IsUnitWord("isoweek") || dialect.IsUnitWord("customer_id") {
		t.Error("isoweek is a unit word and customer_id is none")
	}
}
