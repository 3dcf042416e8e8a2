package dbt

import (
	"regexp"
	"slices"
	"strings"
)

// limitMacro is the end of the name of the macro by which dbt show limits the rows that
// it prints. A model has it among its macros only in the manifest that dbt show writes; data tests of some adapters
// always have it.
const limitMacro = "get_limit_subquery_sql"

// emptied is what --empty makes of the relation in a ref() or source().
var emptied = regexp.MustCompile("\\(select \\* from ((?:[^\\s()\"`\\[\\]]|\"[^\"]*\"|`[^`]*`|\\[[^\\]]*\\])+) where false limit 0\\)(?: _dbt_limit_subq_[^\\s(),;]+)?")

// asRun makes the compiled code of a node what dbt run compiles. That of dbt show has a
// limit around it that depends on the adapter: it is left out. --empty reads no rows of
// what a ref() or source() names: the relation itself takes its place.
func (n *Node) asRun() {
	isLimit := func(macro string) bool { return strings.HasSuffix(macro, limitMacro) }
	if n.ResourceType != "test" && slices.ContainsFunc(n.DependsMacros, isLimit) && !strings.Contains(n.RawCode, limitMacro) {
		n.DependsMacros = slices.DeleteFunc(n.DependsMacros, isLimit)
		n.CompiledCode = ""
	}
	const mark = " where false limit 0)"
	if strings.Contains(n.CompiledCode, mark) && !strings.Contains(n.RawCode, mark) {
		n.CompiledCode = emptied.ReplaceAllString(n.CompiledCode, "$1")
	}
}
