package resolve

import "strings"

// KindSet is how one column contributes to another, or to the choice of rows.
// One edge may carry several kinds: in CASE WHEN a > 0 THEN a END column a is
// both the test and, transformed, the value.
type KindSet uint32

// The kinds. Value kinds describe how the value is made, control kinds what controls
// it; both sit on the edge of an output column. Row kinds sit on the whole
// result only: they describe which rows there are and in which order.
const (
	// Identity is an unchanged value under the same name.
	Identity KindSet = 1 << iota
	// Rename is an unchanged value under another name.
	Rename
	// Cast is a value of another type.
	Cast
	// Transform is any other computation.
	Transform
	// Aggregate is an argument of an aggregate function.
	Aggregate
	// Window is an argument of a window function.
	Window
	// Field is a part of a structured value: a struct's field, a JSON path.
	Field

	// Conditional is the test of CASE, IF, FILTER and the like.
	Conditional
	// WindowKey is PARTITION BY and ORDER BY of a window or within an aggregate.
	WindowKey

	// Join is a join condition, USING and NATURAL included.
	Join
	// Filter is WHERE, PREWHERE and the like.
	Filter
	// Group is GROUP BY.
	Group
	// Having is HAVING.
	Having
	// Qualify is QUALIFY.
	Qualify
	// Sort is ORDER BY of a query.
	Sort
	// Distinct is SELECT DISTINCT and DISTINCT ON.
	Distinct
	// SetOperation is a column compared by UNION, EXCEPT or INTERSECT.
	SetOperation

	valueKinds   = Identity | Rename | Cast | Transform | Aggregate | Window | Field
	controlKinds = Conditional | WindowKey
)

var kindNames = [...]string{
	"identity", "rename", "cast", "transform", "aggregate", "window", "field", "conditional", "window_key",
	"join", "filter", "group", "having", "qualify", "sort", "distinct", "set_operation",
}

// Has reports whether all the given kinds are in the set.
func (k KindSet) Has(kinds KindSet) bool { return k&kinds == kinds }

// IsValue reports whether the column's value, or something made of it, ends up in
// the output. An edge without it only controls the output.
func (k KindSet) IsValue() bool { return k&valueKinds != 0 }

// Names lists the kinds, in a fixed order.
func (k KindSet) Names() []string {
	var names []string
	for i, name := range kindNames {
		if k&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

func (k KindSet) String() string { return strings.Join(k.Names(), "+") }

// then is the kind of a column that is used in kind use by something that
// itself has kind k: the value of a controlling column only controls, and a value
// that was controlled remains so however it is changed later on.
func (k KindSet) then(use KindSet) KindSet {
	switch {
	case !use.IsValue():
		return use
	case !k.IsValue():
		return k
	default:
		return k | use
	}
}

// normal drops Identity where the value was changed and distinguishes a rename
// from an unchanged name.
func (k KindSet) normal(sameName bool) KindSet {
	k &^= Rename
	if k&(valueKinds&^Identity) != 0 {
		return k &^ Identity
	}
	if k&Identity != 0 && !sameName {
		return k&^Identity | Rename
	}
	return k
}
