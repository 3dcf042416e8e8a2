package resolve

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
)

// scope is what one SELECT can see: the members of its FROM, its own aliases,
// the CTEs and, through outer, the query around it.
type scope struct {
	outer  view
	ctes   *frame
	from   []fromItem
	merged []mergedColumn
	// shape is how the members were joined; it gives the order of a star.
	shape []member
	// query is the SELECT, nil for scopes that have no projections of their own.
	query *ast.Select
	// windows are those that query names, once one is asked for.
	windows map[name]*ast.Window
	// items are the output columns by projection; nil for a star.
	items   []*column
	aliases []name
	rel     *relation
	// pattern marks the scope of MATCH_RECOGNIZE, where pattern variables qualify
	// the columns of the only item of FROM.
	pattern bool
	// compared members of FROM were looked at for the same rows; selfJoin is set if two have them.
	compared int
	selfJoin bool
}

// fromItem is one item of FROM under its name.
type fromItem struct {
	alias  name
	text   string
	quoted bool
	// parts is the name of a table, outermost first, under which it is known too.
	parts []name
	// aliased reports whether an alias hides the table's own name.
	aliased bool
	rel     *relation
	// value is set where the alias means a value: an element of an array.
	value *column
	// hidden items are not part of a star and provide no unqualified names: the
	// right side of a semi-join.
	hidden bool
	// wins marks columns that take the place of those of the same name in front.
	wins bool
}

// mergedColumn is a column of USING or NATURAL: one name for both sides.
type mergedColumn struct {
	key    name
	column *column
	// sides are the columns that it replaces.
	sides []*column
}

// member is one member of FROM as a star lists it: a table, or a join.
type member struct {
	from        int
	left, right *member
	// merged are the columns of USING, as indexes into scope.merged.
	merged []int
	// leftOnly marks semi-joins and anti-joins.
	leftOnly bool
}

// view is a scope as an expression sees it.
type view struct {
	scope *scope
	// from is the number of items of FROM in scope; a lateral item sees
	// those in front of it.
	from int32
	// aliases is the number of projections whose alias is in scope, rule how an
	// alias and a column of FROM compete. avoid is the projection that the
	// expression belongs to, counted from 1: it cannot mean itself.
	aliases int32
	avoid   int32
	rule    dialect.AliasRule
}

// full is the view of a whole scope without its aliases.
func (s *scope) full() view { return view{scope: s, from: int32(len(s.from))} }

// withAliases is the view of a clause that sees the aliases by a rule.
func (s *scope) withAliases(rule dialect.AliasRule) view {
	return view{scope: s, from: int32(len(s.from)), aliases: int32(len(s.aliases)), rule: rule}
}

// outward is the view of the query around.
func (v view) outward() view { return v.scope.outer }

// frame is a list of CTEs in scope, innermost first.
type frame struct {
	cte  *cte
	next *frame
	// depth counts the CTEs in scope, this one included.
	depth int
}

func (f *frame) count() int {
	if f == nil {
		return 0
	}
	return f.depth
}

// lookup finds a CTE by name; of two that differ in case alone the exact one.
func (f *frame) lookup(key name, id ast.Ident) *cte {
	var first *cte
	for ; f != nil; f = f.next {
		if f.cte.key != key || !f.cte.readable() {
			continue
		}
		if f.cte.node.Name.Text == id.Text {
			return f.cte
		}
		if first == nil {
			first = f.cte
		}
	}
	return first
}

// value finds a member of WITH that is an expression: WITH x + 1 AS y.
func (f *frame) value(key name) *cte {
	for ; f != nil; f = f.next {
		if f.cte.key == key && f.cte.node.Value != nil {
			return f.cte
		}
	}
	return nil
}
