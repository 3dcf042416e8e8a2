package catalog

import (
	"encoding/json"
	"strings"
)

// UnquoteColumn takes the quotes off a column's name that is written as in SQL, as
// in YAML's '"ColumnName"', and reports whether it had some. Anything else, such as
// an expression, is returned unchanged.
func UnquoteColumn(platform, name string) (bare string, quoted bool) {
	if len(name) < 3 {
		return name, false
	}
	end := name[0]
	switch end {
	case '"', '`':
	case '[':
		if end = ']'; !quotesByBrackets(platform) {
			return name, false
		}
	default:
		return name, false
	}
	part, rest, ok := cutQuoted(name, end)
	if !ok || rest != "" || part.name == "" {
		return name, false
	}
	return part.name, true
}

func quotesByBrackets(platform string) bool {
	switch platform {
	case "sqlserver", "fabric", "synapse", "sqlite":
		return true
	}
	return false
}

// FindColumn returns the position of the column that a name means, among n columns
// with these names: the same name, with or without quotes, else the only one that the
// platform does not distinguish from it; -1 if there is none.
func FindColumn(platform, name string, n int, names func(int) string) int {
	bare, _ := UnquoteColumn(platform, name)
	folded, found, many := FoldColumn(platform, bare), -1, false
	exact := -1
	for i := range n {
		switch at := names(i); {
		case at == name:
			return i
		case at == bare && exact < 0:
			exact = i
		case FoldColumn(platform, at) == folded:
			many = found >= 0
			found = i
		}
	}
	if exact >= 0 {
		return exact
	}
	if many {
		return -1
	}
	return found
}

// columnArgs are the arguments of well-known generic tests that name columns of the
// tested table: dbt_utils' unique_combination_of_columns, dbt_expectations' tests of
// several columns and of pairs.
var columnArgs = []string{"combination_of_columns", "column_list", "columns", "column_names", "compare_columns", "column_A", "column_B", "column_a", "column_b"}

// ColumnNames returns the names of the columns that a test is about, as it names them:
// one for a test of a column, several for one of a combination, none for a test of the
// table.
func (b *TestBody) ColumnNames() []string {
	if b.Column != "" {
		return []string{b.Column}
	}
	var names []string
	for _, arg := range columnArgs {
		text, ok := b.Args[arg]
		if !ok {
			continue
		}
		var list []string
		var one string
		if json.Unmarshal([]byte(text), &list) == nil {
			names = append(names, list...)
		} else if json.Unmarshal([]byte(text), &one) == nil && strings.TrimSpace(one) != "" {
			names = append(names, one)
		}
	}
	return names
}
