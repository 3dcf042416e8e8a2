package resolve

import (
	"strconv"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
)

// clause is an expression, or a column, that controls rows in one way. Clauses are
// kept until the outputs are known: only then is it certain that the query they
// belong to is read at all.
type clause struct {
	expr   ast.Expr
	column *column
	view   view
	kinds  KindSet
}

func (r *resolver) control(e ast.Expr, v view, kinds KindSet) {
	if e != nil {
		r.clauses = append(r.clauses, clause{expr: e, view: v, kinds: kinds})
	}
}

func (r *resolver) controlColumn(col *column, kinds KindSet) {
	if !r.spend(1) {
		return
	}
	r.use(2 * clauseBytes)
	r.clauses = append(r.clauses, clause{column: col, kinds: kinds})
}

// selectClauses notes what controls the rows of a SELECT.
func (r *resolver) selectClauses(sel *ast.Select, s *scope) {
	rules := r.dialect.Names
	r.control(sel.Prewhere, s.withAliases(rules.WhereAlias), Filter)
	r.control(sel.Where, s.withAliases(rules.WhereAlias), Filter)
	if sel.Connect != nil {
		r.control(sel.Connect.StartWith, s.full(), Filter)
		r.control(sel.Connect.Condition, s.full(), Join)
	}
	if g := sel.GroupBy; g != nil {
		r.groupClauses(g, s, sel.Items)
	}
	r.control(sel.Having, s.withAliases(rules.HavingAlias), Having)
	r.control(sel.Qualify, s.withAliases(rules.QualifyAlias), Qualify)
	for _, e := range sel.DistinctOn {
		r.positioned(e, s, s.withAliases(dialect.AliasFirst), Distinct)
	}
	if sel.Distinct && len(sel.DistinctOn) == 0 && s.rel != nil {
		r.controlOutputs(s.rel, Distinct)
	}
	for i := range sel.SortBy {
		r.control(sel.SortBy[i].Expr, s.withAliases(dialect.AliasFirst), Sort)
	}
}

func (r *resolver) controlOutputs(rel *relation, kinds KindSet) {
	for i := range rel.columns {
		if !rel.columns[i].hidden {
			r.controlColumn(&rel.columns[i], kinds)
		}
	}
}

// groupClauses notes GROUP BY. GROUP BY ALL means every projection that is not
// an aggregate.
func (r *resolver) groupClauses(g *ast.GroupBy, s *scope, items []ast.SelectItem) {
	for i := range g.Items {
		r.positioned(g.Items[i].Expr, s, s.withAliases(r.dialect.Names.GroupAlias), Group)
	}
	if !g.All {
		return
	}
	for i := range items {
		if i < len(s.items) && s.items[i] != nil && !r.aggregates(items[i].Expr) {
			r.controlColumn(s.items[i], Group)
		}
	}
}

// positioned notes an expression, or the projection that a bare number means.
func (r *resolver) positioned(e ast.Expr, s *scope, v view, kinds KindSet) {
	literal, ok := e.(*ast.Literal)
	if !ok || literal.Kind != ast.NumberLiteral || s.rel == nil {
		r.control(e, v, kinds)
		return
	}
	if n, err := strconv.Atoi(literal.Text); err == nil {
		if col := s.rel.at(n - 1); col != nil {
			r.controlColumn(col, kinds)
		}
	}
}

// aggregates reports whether an expression holds an aggregate.
func (r *resolver) aggregates(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Call:
		if e.Over == nil && r.callKind(e, r.functionName(e)) == Aggregate {
			return true
		}
		for i := range e.Args {
			if r.aggregates(e.Args[i].Expr) {
				return true
			}
		}
	case *ast.Binary:
		for _, o := range e.Operands {
			if r.aggregates(o) {
				return true
			}
		}
	case *ast.Unary:
		return r.aggregates(e.Operand)
	case *ast.Cast:
		return r.aggregates(e.Operand)
	case *ast.Case:
		for i := range e.Whens {
			if r.aggregates(e.Whens[i].Condition) || r.aggregates(e.Whens[i].Result) {
				return true
			}
		}
		return e.Else != nil && r.aggregates(e.Else)
	}
	return false
}

// queryClauses notes ORDER BY and LIMIT BY of a query.
func (r *resolver) queryClauses(q *ast.Query, s *scope, rel *relation) {
	if len(q.OrderBy) == 0 && len(q.LimitBy) == 0 {
		return
	}
	if s == nil {
		s = r.outputScope(rel)
	}
	if s.rel == nil {
		s.rel = rel
	}
	v := s.withAliases(dialect.AliasFirst)
	for i := range q.OrderBy {
		if q.OrderBy[i].All {
			r.controlOutputs(rel, Sort)
			continue
		}
		r.positioned(q.OrderBy[i].Expr, s, v, Sort)
	}
	for _, e := range q.LimitBy {
		r.control(e, v, Filter)
	}
}

// outputScope is what ORDER BY of a set operation sees: the outputs.
func (r *resolver) outputScope(rel *relation) *scope {
	return &scope{rel: rel, from: []fromItem{{rel: rel}}, shape: []member{{}}}
}

// joinClause notes the conditions of a join.
func (r *resolver) joinClause(s *scope, j *ast.Join, merged []int) {
	r.control(j.On, s.withAliases(r.dialect.Names.WhereAlias), Join)
	r.control(j.Match, s.full(), Join)
	for _, i := range merged {
		r.controlColumn(s.merged[i].column, Join)
	}
}

// setClauses notes the columns that a set operation compares.
func (r *resolver) setClauses(op *ast.SetOperation, rel *relation) {
	for i := range op.Arms {
		if op.Arms[i].Op != ast.Union || !op.Arms[i].All {
			r.controlOutputs(rel, SetOperation)
			return
		}
	}
}

// indirect computes what controls the rows of all SELECTs seen. Subqueries in the
// conditions add conditions of their own while this goes on.
func (r *resolver) indirect() []edge {
	set := r.edgeSet()
	for i := 0; i < len(r.clauses) && r.spend(1); i++ {
		c := r.clauses[i]
		if c.column != nil {
			r.addColumn(&set, match{column: r.throughStar(c.column)}, 0, use{kinds: c.kinds})
			continue
		}
		r.walk(&set, c.expr, c.view, use{kinds: c.kinds})
	}
	return set.edges
}
