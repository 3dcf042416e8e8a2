package resolve

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
)

// walk adds the columns that an expression uses, seen from v, to the set.
func (r *resolver) walk(set *edgeSet, e ast.Expr, v view, u use) {
	if e == nil || !r.spend(1) {
		return
	}
	switch e := e.(type) {
	case *ast.ColumnRef:
		r.walkRef(set, e, v, u)
	case *ast.Literal, *ast.Keyword, *ast.Parameter:
	case *ast.Call:
		r.walkCall(set, e, v, u)
	case *ast.Binary:
		for _, operand := range e.Operands {
			r.walk(set, operand, v, u.with(Transform))
		}
	case *ast.Unary:
		r.walk(set, e.Operand, v, u.with(Transform))
	case *ast.Cast:
		r.walk(set, e.Operand, v, u.with(Cast))
		r.walk(set, e.Format, v, u.with(Transform))
	case *ast.Case:
		r.walkCase(set, e, v, u)
	case *ast.Access:
		r.walkAccess(set, e, v, u)
	case *ast.Subquery:
		r.walkSubquery(set, e, v, u)
	case *ast.Star:
		r.walkStar(set, e, v, u)
	default:
		r.walkPredicate(set, e, v, u.with(Transform))
	}
}

// walkPredicate handles the rarer nodes, all of which work on their operands.
func (r *resolver) walkPredicate(set *edgeSet, e ast.Expr, v view, u use) {
	switch e := e.(type) {
	case *ast.Like:
		r.walk(set, e.Operand, v, u)
		r.walk(set, e.Pattern, v, u)
		r.walk(set, e.Escape, v, u)
	case *ast.Between:
		r.walk(set, e.Operand, v, u)
		r.walk(set, e.Low, v, u)
		r.walk(set, e.High, v, u)
	case *ast.In:
		r.walk(set, e.Operand, v, u)
		r.walkAll(set, e.List, v, u)
		r.walkQuery(set, e.Query, v, u)
		r.walkInSet(set, e.Set, v, u)
	case *ast.Quantified:
		r.walkAll(set, e.List, v, u)
		r.walkQuery(set, e.Query, v, u)
	case *ast.Interval:
		r.walk(set, e.Value, v, u)
	case *ast.Collection:
		for i := range e.Members {
			r.walk(set, e.Members[i].Expr, v, u)
		}
	case *ast.Lambda:
		r.walkLambda(set, e, v, u)
	case *ast.BadExpr:
		r.report(e.Span, Unreadable, "the expression could not be read")
		r.walkAll(set, e.Children, v, u)
	}
}

func (r *resolver) walkAll(set *edgeSet, list []ast.Expr, v view, u use) {
	for _, e := range list {
		r.walk(set, e, v, u)
	}
}

func (r *resolver) walkRef(set *edgeSet, ref *ast.ColumnRef, v view, u use) {
	start := len(r.matches)
	path := r.resolve(ref, v)
	r.addMatches(set, start, path, u)
	r.matches = r.matches[:start]
}

// walkCase keeps tests and results apart. The operand of a simple CASE is a test.
func (r *resolver) walkCase(set *edgeSet, e *ast.Case, v view, u use) {
	test, result := u.with(Conditional), u.with(Transform)
	r.walk(set, e.Operand, v, test)
	for i := range e.Whens {
		r.walk(set, e.Whens[i].Condition, v, test)
		r.walk(set, e.Whens[i].Result, v, result)
	}
	r.walk(set, e.Else, v, result)
}

func (r *resolver) walkLambda(set *edgeSet, e *ast.Lambda, v view, u use) {
	count := len(r.bound)
	for _, p := range e.Params {
		r.bound = append(r.bound, r.names.id(p.Text))
	}
	r.walk(set, e.Body, v, u)
	r.bound = r.bound[:count]
}

// walkAccess handles x[i], (x).f and v:path. Fields of a value whose shape is
// known are followed; elsewhere the steps become the path.
func (r *resolver) walkAccess(set *edgeSet, e *ast.Access, v view, u use) {
	kind := Transform
	fields := e.Steps[:0:0]
	for _, s := range e.Steps {
		r.walkAll(set, s.Index, v, u.with(Transform))
		if s = fieldStep(s); s.Kind != ast.IndexStep && s.Kind != ast.SliceStep {
			kind = Field
			fields = append(fields, s)
		}
	}
	if ref, ok := e.Operand.(*ast.ColumnRef); ok {
		r.walkAccessRef(set, ref, fields, v, u.with(kind))
		return
	}
	if len(fields) > 0 {
		if c := r.fieldOfExpr(e.Operand, fields, v); c != nil {
			r.addColumn(set, match{column: c}, 0, u.with(Field))
			return
		}
	}
	r.walk(set, e.Operand, v, u.with(kind))
}

// fieldStep reads s['a'] as s.a.
func fieldStep(s ast.Step) ast.Step {
	if s.Kind != ast.IndexStep || len(s.Index) != 1 {
		return s
	}
	if key, ok := s.Index[0].(*ast.Literal); ok && key.Kind == ast.StringLiteral {
		return ast.Step{Span: s.Span, Kind: ast.FieldStep, Name: ast.Ident{Span: key.Span, Text: key.Text, Quoted: true}}
	}
	return s
}

func (r *resolver) walkAccessRef(set *edgeSet, ref *ast.ColumnRef, steps []ast.Step, v view, u use) {
	start := len(r.matches)
	path := r.resolve(ref, v)
	fields := make([]ast.Ident, len(steps))
	for i, s := range steps {
		fields[i] = s.Name
	}
	if path == 0 && len(r.matches) > start {
		path = r.fieldOf(start, fields)
	} else {
		path = r.joinPaths(path, r.pathOf(fields))
	}
	r.addMatches(set, start, path, u)
	r.matches = r.matches[:start]
}

// fieldOfExpr follows fields into a value whose shape is known.
func (r *resolver) fieldOfExpr(operand ast.Expr, steps []ast.Step, v view) *column {
	parts := r.partsOfExpr(operand, v)
	var c *column
	for _, s := range steps {
		if parts == nil {
			return nil
		}
		m := parts.lookup(r, r.names.id(s.Name.Text), s.Name)
		if m.certainty < possible {
			return nil
		}
		c = m.column
		parts = r.partsOf(c)
	}
	return c
}

// walkSubquery adds what a subquery gives. Of EXISTS only the rows matter: its
// conditions are among the result's.
func (r *resolver) walkSubquery(set *edgeSet, e *ast.Subquery, v view, u use) {
	if e.Kind == ast.ExistsSubquery {
		r.subquery(e.Query, v)
		return
	}
	if e.Kind != ast.ScalarSubquery {
		u = u.with(Transform)
	}
	r.walkQuery(set, e.Query, v, u)
}

func (r *resolver) walkQuery(set *edgeSet, q *ast.Query, v view, u use) {
	if q == nil {
		return
	}
	rel := r.subquery(q, v)
	for i := range rel.columns {
		if c := &rel.columns[i]; !c.hidden {
			r.addColumn(set, match{column: r.throughStar(c)}, 0, u)
		}
	}
}

// walkInSet handles IN without parentheses: an array, or a table or CTE by name.
func (r *resolver) walkInSet(set *edgeSet, e ast.Expr, v view, u use) {
	ref, ok := e.(*ast.ColumnRef)
	if !ok || len(ref.Parts) != 1 {
		r.walk(set, e, v, u)
		return
	}
	if t := v.scope.frame().lookup(r.names.id(ref.Parts[0].Text), ref.Parts[0]); t != nil {
		rel := r.cteRelation(t)
		for i := range rel.columns {
			r.addColumn(set, match{column: r.throughStar(&rel.columns[i])}, 0, u)
		}
		return
	}
	r.walk(set, e, v, u)
}

// walkStar handles a star inside an expression: hash(*), struct(t.*), COLUMNS(...).
func (r *resolver) walkStar(set *edgeSet, e *ast.Star, v view, u use) {
	if v.scope == nil {
		return
	}
	if e.Columns && !e.Unpack && r.choice != nil {
		r.addColumn(set, match{column: r.throughStar(r.choice)}, 0, u)
		return
	}
	for _, c := range r.expand(e, v) {
		r.addColumn(set, match{column: r.throughStar(&c)}, 0, u)
	}
}

// walkWindow adds what a window sorts and divides by.
func (r *resolver) walkWindow(set *edgeSet, w *ast.Window, v view, u use) {
	u = u.with(WindowKey)
	if base := r.baseWindow(w, v); base != nil && r.enter() {
		r.walkWindow(set, base, v, u)
		r.leave()
	}
	r.walkAll(set, w.PartitionBy, v, u)
	for i := range w.OrderBy {
		r.walk(set, w.OrderBy[i].Expr, v, u)
	}
}

// functionName is the last part of a call's name in lower case, "" without one.
func (r *resolver) functionName(c *ast.Call) string {
	if c.Name == nil || len(c.Name.Parts) == 0 {
		return ""
	}
	return r.names.text(r.names.id(c.Name.Last().Text))
}

// notColumns returns the number of leading arguments of a function that name other
// things than columns: dictionaries, sequences, models.
func notColumns(function string) int {
	if strings.HasPrefix(function, "dictget") || strings.HasPrefix(function, "dicthas") || function == "joinget" {
		return 1
	}
	switch function {
	case "xmlelement", "xmlpi", "raise": // XMLELEMENT("x", a), RAISE(IGNORE)
		return 1
	}
	return 0
}

// isUnitArgument reports whether an argument is a date part and no column.
func (r *resolver) isUnitArgument(function string, e ast.Expr, position, count int) bool {
	ref, ok := e.(*ast.ColumnRef)
	return ok && len(ref.Parts) == 1 && !ref.Parts[0].Quoted && r.dialect.IsUnit(function, position, count) &&
		dialect.IsUnitWord(r.names.text(r.names.id(ref.Parts[0].Text)))
}
