package resolve

import "github.com/thalweg-data/thalweg/internal/sql/ast"

// walkCall adds the columns of a call: arguments, tests, and what it sorts by.
func (r *resolver) walkCall(set *edgeSet, c *ast.Call, v view, u use) {
	function := r.functionName(c)
	inner := u.with(r.callKind(c, function))
	if maskingFunctions[function] {
		inner.masked = true
	}
	r.walkReceiver(set, c, v, inner)
	if c.Query != nil {
		r.walkQuery(set, c.Query, v, inner)
	}
	skip := notColumns(function)
	for i := range c.Args {
		arg := c.Args[i].Expr
		if i < skip || r.isUnitArgument(function, arg, i, len(c.Args)) || countsRows(function, arg) {
			continue
		}
		r.walk(set, arg, v, r.argumentUse(function, i, len(c.Args), u, inner))
	}
	r.walkAll(set, c.Params, v, inner)
	sortUse := u.with(WindowKey)
	if c.WithinGroup && len(c.Args) <= 1 && orderedSetFunctions[function] {
		sortUse = inner
	}
	for i := range c.OrderBy {
		r.walk(set, c.OrderBy[i].Expr, v, sortUse)
	}
	r.walk(set, c.Having, v, u.with(Conditional))
	r.walk(set, c.Where, v, u.with(Conditional))
	r.walk(set, c.Filter, v, u.with(Conditional))
	if c.Over != nil {
		if c.NoParens {
			r.walkMeasure(set, c.Over, r.names.id(c.Name.Last().Text), v, u)
		}
		r.walkWindow(set, c.Over, v, u)
	}
}

// walkMeasure adds what a measure of a window's pattern is made of. Variables of the pattern qualify columns there.
func (r *resolver) walkMeasure(set *edgeSet, w *ast.Window, key name, v view, u use) {
	if v.scope == nil {
		return
	}
	for i := range w.Measures {
		if m := &w.Measures[i]; r.names.id(m.Alias.Text) == key {
			pattern := v.scope.pattern
			v.scope.pattern = true
			r.walk(set, m.Expr, v, u.with(Window))
			v.scope.pattern = pattern
			return
		}
	}
	if base := r.baseWindow(w, v); base != nil && r.enter() {
		r.walkMeasure(set, base, key, v, u)
		r.leave()
	}
}

// walkReceiver handles f(x).g(y) and, where a name in front of the function is a
// column, x.g(y).
func (r *resolver) walkReceiver(set *edgeSet, c *ast.Call, v view, u use) {
	if c.Receiver != nil {
		r.walk(set, c.Receiver, v, u)
		return
	}
	if c.Name == nil || len(c.Name.Parts) < 2 || v.scope == nil {
		return
	}
	front := c.Name.Parts[:len(c.Name.Parts)-1]
	key := r.names.id(front[0].Text)
	start := len(r.matches)
	for level := v; level.scope != nil; level = level.outward() {
		if src, used := r.qualified(append(front[:len(front):len(front)], ast.Ident{}), level); src != nil && used < len(front) {
			path := r.fromItemColumn(&ast.ColumnRef{Span: c.Span, Parts: front}, src, used)
			r.addMatches(set, start, path, u)
			break
		}
		if r.lookupFrom(key, front[0], level) == certain {
			r.addMatches(set, start, r.fieldOf(start, front[1:]), u)
			break
		}
		r.matches = r.matches[:start]
	}
	r.matches = r.matches[:start]
}

// callKind is what a call does to its arguments.
func (r *resolver) callKind(c *ast.Call, function string) KindSet {
	switch {
	case c.Over != nil:
		return Window
	case aggregateFunctions[function] || c.Distinct || c.WithinGroup || c.Filter != nil || isAggregateCombinator(function):
		return Aggregate
	case castFunctions[function]:
		return Cast
	default:
		return Transform
	}
}

// argumentUse distinguishes tests among the arguments from values.
func (r *resolver) argumentUse(function string, i, count int, outer, inner use) use {
	test := false
	switch function {
	case "if", "iff", "nvl2":
		test = i == 0 && count > 1
	case "multiif":
		test = i%2 == 0 && i < count-1
	case "decode":
		test = count > 2 && (i == 0 || i%2 == 1 && i < count-1)
	case "sumif", "avgif", "minif", "maxif", "uniqif", "anyif", "grouparrayif", "argmaxif", "argminif", "uniqexactif":
		test = i == count-1 && count > 1
	}
	if test {
		return outer.with(Conditional)
	}
	return inner
}

// countsRows reports whether a call is count(*) or count(t.*), which read no column.
func countsRows(function string, arg ast.Expr) bool {
	star, ok := arg.(*ast.Star)
	return ok && !star.Columns && (function == "count" || function == "approx_count_distinct" || function == "count_star" || function == "count_big")
}
