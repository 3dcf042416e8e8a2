package resolve

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
)

// piped returns the rows of a query in pipe syntax: each operator works on the
// rows of the one in front of it.
func (r *resolver) piped(q *ast.Query, outer view, ctes *frame) *relation {
	rel, s := r.body(q.Body, outer, ctes)
	if sel, ok := q.Body.(*ast.Select); !ok || !sel.FromFirst || s == nil {
		s = r.overRows(rel, outer, ctes)
	} else {
		// A copy: the clauses of the SELECT go on seeing its aliases.
		behind := *s
		behind.items, behind.aliases, behind.query = nil, nil, nil
		s = &behind
	}
	r.queryClauses(&ast.Query{OrderBy: q.OrderBy, LimitBy: q.LimitBy}, s, rel)
	for _, op := range q.Pipes {
		s = r.pipe(s, op)
	}
	return r.listing(s)
}

// overRows is a scope whose only member is some rows.
func (r *resolver) overRows(rel *relation, outer view, ctes *frame) *scope {
	return &scope{outer: outer, ctes: ctes, from: []fromItem{{rel: rel}}, shape: []member{{}}}
}

// pipe applies one operator.
func (r *resolver) pipe(s *scope, op *ast.PipeOp) *scope {
	if !r.enter() {
		return s
	}
	defer r.leave()
	switch op.Kind {
	case ast.PipeSelect:
		return r.pipeSelect(s, op)
	case ast.PipeExtend, ast.PipeWindow:
		columns := append(r.list(s.full()), r.pipeItems(s, op.Items)...)
		return r.keepAliases(s, r.newRelation(columns))
	case ast.PipeSet:
		columns := r.replaced(r.list(s.full()), op.Items, s.full())
		return r.keepAliases(s, r.newRelation(columns))
	case ast.PipeDrop:
		return r.keepAliases(s, r.newRelation(r.dropped(s, op.Columns)))
	case ast.PipeRename:
		columns := r.renamedItems(r.list(s.full()), op.Items, s.full())
		return r.keepAliases(s, r.newRelation(columns))
	case ast.PipeAs:
		next := &scope{outer: s.outer, ctes: s.ctes, shape: []member{{}}}
		r.addFromItem(next, r.listing(s), op.Alias)
		return next
	case ast.PipeAggregate:
		return r.pipeAggregate(s, op)
	case ast.PipeSetOperation:
		return r.pipeSetOperation(s, op)
	case ast.PipeWith:
		s.ctes = r.with(op.With, s.outer, s.ctes)
		return s
	case ast.PipeJoin, ast.PipePivot, ast.PipeUnpivot, ast.PipeMatchRecognize, ast.PipeCall:
		return r.pipeTable(s, op)
	}
	r.pipeClauses(s, op)
	return s
}

// pipeItems makes the columns of EXTEND. They see each other from left to right.
func (r *resolver) pipeItems(s *scope, items []ast.SelectItem) []column {
	inner := *s
	rel := r.project(&inner, items)
	columns := make([]column, len(rel.columns))
	for i := range rel.columns {
		columns[i] = starOrSame(&rel.columns[i])
	}
	return columns
}

func (r *resolver) pipeSelect(s *scope, op *ast.PipeOp) *scope {
	inner := *s
	rel := r.project(&inner, op.Items)
	if op.Distinct {
		r.controlOutputs(rel, Distinct)
	}
	return r.overRows(rel, s.outer, s.ctes)
}

// keepAliases puts new rows in the place of the members of FROM, whose names
// still qualify their own columns.
func (r *resolver) keepAliases(s *scope, rel *relation) *scope {
	next := &scope{outer: s.outer, ctes: s.ctes}
	for _, src := range s.from {
		src.hidden = true
		next.from = append(next.from, src)
	}
	next.from = append(next.from, fromItem{rel: rel})
	next.shape = []member{next.lastMember()}
	return next
}

func (r *resolver) dropped(s *scope, ids []ast.Ident) []column {
	keys := make([]name, len(ids))
	for i, id := range ids {
		keys[i] = r.names.id(id.Text)
	}
	var kept []column
	for _, c := range r.list(s.full()) {
		if c.star != nil {
			c.star = &star{rel: c.star.rel, except: append(keys[:len(keys):len(keys)], c.star.except...)}
			kept = append(kept, c)
		} else if scan(keys, c.key) < 0 {
			kept = append(kept, c)
		}
	}
	return kept
}

// pipeAggregate returns the groups and after them the aggregates.
func (r *resolver) pipeAggregate(s *scope, op *ast.PipeOp) *scope {
	var items []ast.SelectItem
	if op.GroupBy != nil {
		items = append(items, op.GroupBy.Items...)
		for i := range op.GroupBy.Items {
			r.control(op.GroupBy.Items[i].Expr, s.full(), Group)
		}
	}
	items = append(items, op.Items...)
	inner := *s
	rel := r.project(&inner, items)
	next := r.overRows(rel, s.outer, s.ctes)
	r.queryClauses(&ast.Query{OrderBy: op.OrderBy}, next, rel)
	return next
}

func (r *resolver) pipeSetOperation(s *scope, op *ast.PipeOp) *scope {
	rel := r.listing(s)
	for i := range op.Arms {
		arm, _ := r.body(op.Arms[i].Right, s.outer, s.ctes)
		set := &ast.SetOperation{Span: op.Span, Arms: op.Arms[i : i+1]}
		if op.Arms[i].ByName || len(op.Arms[i].On) > 0 {
			rel = r.unitedByName(rel, arm, op.Arms[i])
		} else {
			rel = r.byPosition(set, []*relation{rel, arm})
		}
		r.setClauses(set, rel)
	}
	return r.overRows(rel, s.outer, s.ctes)
}

// pipeTable applies the operators that work as they do in FROM.
func (r *resolver) pipeTable(s *scope, op *ast.PipeOp) *scope {
	switch t := op.Table.(type) {
	case *ast.Join:
		left := member{}
		for i := range s.shape {
			if i == 0 {
				left = s.shape[0]
				continue
			}
			l, m := left, s.shape[i]
			left = member{left: &l, right: &m}
		}
		m, _ := r.joinTo(s, left, 0, 0, t)
		s.shape = []member{m}
		return s
	case *ast.Pivot:
		return r.reshaped(s, r.pivoted(s, t), t.Alias)
	case *ast.Unpivot:
		return r.reshaped(s, r.unpivoted(s, t), t.Alias)
	case *ast.MatchRecognize:
		return r.reshaped(s, r.matched(s, t), t.Alias)
	case *ast.TableFunction:
		return r.reshaped(s, r.called(s, t), t.Alias)
	}
	return s
}

// called returns what a function makes of the rows in front of CALL and of its own arguments.
func (r *resolver) called(s *scope, t *ast.TableFunction) *relation {
	call := t.Calls[0]
	args := r.argumentsColumn(s, call)
	input := r.listing(s)
	args.addFrom(r.throughStar(r.openStar(input)))
	columns, catchAll := r.inputColumns(nil, call, append([]*relation{input}, r.tableArguments(s, call)...), args)
	rel := r.newRelation(columns)
	rel.catchAll = catchAll
	return rel
}

func (r *resolver) reshaped(s *scope, rel *relation, alias *ast.Alias) *scope {
	next := &scope{outer: s.outer, ctes: s.ctes, shape: []member{{}}}
	r.addFromItem(next, rel, alias)
	return next
}

// pipeClauses notes the operators that only choose rows.
func (r *resolver) pipeClauses(s *scope, op *ast.PipeOp) {
	r.control(op.Condition, s.full(), Filter)
	for i := range op.OrderBy {
		r.control(op.OrderBy[i].Expr, s.withAliases(dialect.NoAlias), Sort)
	}
	if op.Kind == ast.PipeDistinct {
		r.controlOutputs(r.listing(s), Distinct)
	}
}
