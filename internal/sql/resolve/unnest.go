package resolve

import "github.com/thalweg-data/thalweg/internal/sql/ast"

// addUnnest adds the elements of arrays.
func (r *resolver) addUnnest(s *scope, t *ast.TableFunction, call *ast.Call) {
	args := make([]ast.Expr, len(call.Args))
	for i, arg := range call.Args {
		args[i] = arg.Expr
	}
	if call.Query != nil {
		args = append(args, &ast.Subquery{Span: call.Span, Kind: ast.ArraySubquery, Query: call.Query})
	}
	if t.Alias == nil || len(t.Alias.Columns) == 0 {
		r.addElements(s, args, t.Alias, call.Name.Last(), t.WithOffset)
		if t.Ordinality {
			last := &s.sources[len(s.sources)-1]
			columns := append(last.rel.columns, elementColumn(r.namedColumn(ast.Ident{Text: "ordinality"}), args, last.value.view))
			last.rel = r.newRelation(columns)
		}
		return
	}
	r.addNamedElements(s, t, args)
}

// addNamedElements adds UNNEST(...) AS t(a, b). With as many names as arrays each
// has its own; else the array's elements are rows with the names as fields.
func (r *resolver) addNamedElements(s *scope, t *ast.TableFunction, args []ast.Expr) {
	names := t.Alias.Columns
	count := len(names)
	if t.Ordinality && count > len(args) {
		count--
	}
	var parts *relation
	if len(args) == 1 && count > 1 {
		parts = r.partsOfExpr(args[0], s.full())
	}
	columns := make([]column, 0, len(names))
	for i := range names {
		if !r.spend(1) {
			break
		}
		if i >= count {
			columns = append(columns, elementColumn(r.namedColumn(names[i].Name), args, s.full()))
			continue
		}
		c := r.namedColumn(names[i].Name)
		c.view, c.kinds = s.full(), Transform
		switch {
		case count == len(args):
			c.expr = args[i]
		case parts != nil && i < len(parts.columns):
			c.same = &parts.columns[i]
		default:
			c.details().more = args
		}
		columns = append(columns, c)
	}
	r.addSource(s, r.newRelation(columns), &ast.Alias{Name: t.Alias.Name})
	last := &s.sources[len(s.sources)-1]
	if len(names) == 1 {
		last.value = &last.rel.columns[0]
	}
}

// addElements adds the elements of arrays without a list of names. The alias
// names the element; fields of it, where they are known, are columns.
func (r *resolver) addElements(s *scope, args []ast.Expr, alias *ast.Alias, fallback, offset ast.Ident) {
	id := fallback
	if alias != nil && !alias.Name.IsZero() {
		id = alias.Name
	}
	listed := r.dialect.TableFunctions["unnest"]
	value := r.namedColumn(id)
	if len(listed) > 0 {
		value = r.literalColumn(listed[0])
	}
	value.view, value.kinds = s.full(), Transform
	if len(args) == 1 {
		value.expr = args[0]
	} else {
		value.details().more = args
	}
	columns := []column{value}
	if parts := r.elementFields(args, s); parts != nil && len(listed) == 0 {
		columns[0].hidden = true
		for i := range parts.columns {
			columns = append(columns, starOrSame(&parts.columns[i]))
		}
	}
	if !offset.IsZero() {
		columns = append(columns, elementColumn(r.namedColumn(offset), args, s.full()))
	}
	rel := r.newRelation(columns)
	src := r.addSource(s, rel, &ast.Alias{Name: id})
	src.value = &rel.columns[0]
}

// elementColumn is a column that depends on all the arrays: the place of an
// element among the others.
func elementColumn(c column, arrays []ast.Expr, v view) column {
	c.details().more, c.view, c.kinds = arrays, v, Transform
	return c
}

func (r *resolver) elementFields(args []ast.Expr, s *scope) *relation {
	if len(args) != 1 {
		return nil
	}
	return r.partsOfExpr(args[0], s.full())
}

// addArrayJoin adds ClickHouse's ARRAY JOIN: elements under the names of their
// arrays or under aliases, in place of the arrays.
func (r *resolver) addArrayJoin(s *scope, t *ast.ArrayJoin) member {
	columns := r.columns.List(len(t.Items))[:0]
	for i := range t.Items {
		item := &t.Items[i]
		unnamed := 0
		c := r.itemColumn(item, &unnamed, i)
		c.expr, c.view, c.kinds = item.Expr, s.full(), Transform
		columns = append(columns, c)
	}
	r.addTo(s, source{rel: r.newRelation(columns), wins: true})
	return s.lastMember()
}
