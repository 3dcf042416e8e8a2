package resolve

import (
	"strconv"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// query returns the rows of a query. outer is what its correlated names see, ctes
// are the CTEs in scope.
func (r *resolver) query(q *ast.Query, outer view, ctes *frame) *relation {
	if q == nil || !r.enter() {
		return r.newRelation(nil)
	}
	defer r.leave()
	ctes = r.with(q.With, outer, ctes)
	if len(q.Pipes) > 0 {
		return r.piped(q, outer, ctes)
	}
	rel, s := r.body(q.Body, outer, ctes)
	r.queryClauses(q, s, rel)
	if q.Document {
		return r.document(rel)
	}
	return r.deduplicated(rel)
}

// document is what FOR JSON and FOR XML make of rows: one column of all.
func (r *resolver) document(rel *relation) *relation {
	columns := r.columns.List(1)
	columns[0] = r.literalColumn("")
	columns[0].unnamed, columns[0].kinds = true, Transform
	for i := range rel.columns {
		if c := &rel.columns[i]; !c.hidden {
			columns[0].addFrom(r.throughStar(c))
		}
	}
	return r.newRelation(columns)
}

// deduplicated renames columns of equal names where the dialect does: DuckDB
// makes a, a_1, a_2 of a, a, a.
func (r *resolver) deduplicated(rel *relation) *relation {
	if !r.dialect.Naming.NumberDuplicates || rel.open || rel.table != nil || !r.hasDuplicates(rel) {
		return rel
	}
	if !r.room(len(rel.columns) * (columnBytes + mapEntry)) {
		return rel
	}
	r.use(len(rel.columns) * mapEntry)
	columns := r.columns.List(len(rel.columns))
	used := make(map[name]int, len(rel.columns))
	for i := range rel.columns {
		c := &rel.columns[i]
		columns[i] = starOrSame(c)
		columns[i].hidden = c.hidden
		n, twice := used[c.key]
		if used[c.key] = n + 1; c.hidden || c.star != nil || !twice {
			continue
		}
		for ; ; n++ {
			if r.use(len(c.text)); !r.spend(1+len(c.text)>>4) || !r.room(0) {
				return rel
			}
			named := r.literalColumn(r.stored(c) + "_" + strconv.Itoa(n))
			if _, taken := used[named.key]; !taken {
				columns[i].key, columns[i].text, columns[i].literal, columns[i].quoted = named.key, named.text, true, true
				used[named.key] = 1
				used[c.key] = n + 1
				break
			}
		}
	}
	made := r.newRelation(columns)
	made.catchAll, made.branches, made.through = rel.catchAll, rel.branches, rel.through
	return made
}

func (r *resolver) hasDuplicates(rel *relation) bool {
	for i := range rel.keys {
		if rel.columns[i].star == nil && !rel.columns[i].hidden && rel.position(r, rel.keys[i]) != i {
			return true
		}
	}
	return false
}

// subquery is query for a query inside an expression, which may be asked for
// more than once.
func (r *resolver) subquery(q *ast.Query, v view) *relation {
	if resolved, ok := r.subqueries[q]; ok && resolved.scope == v.scope {
		return resolved.rel
	}
	rel := r.query(q, v, v.scope.frame())
	if r.subqueries == nil {
		r.subqueries = map[*ast.Query]resolvedQuery{}
	}
	r.subqueries[q] = resolvedQuery{scope: v.scope, rel: rel}
	return rel
}

// resolvedQuery is a subquery's rows and the scope that they were resolved in.
type resolvedQuery struct {
	scope *scope
	rel   *relation
}

// body returns the rows of a query's body and, for a SELECT, its scope.
func (r *resolver) body(b ast.QueryBody, outer view, ctes *frame) (*relation, *scope) {
	if !r.spend(1) {
		return r.newRelation(nil), nil
	}
	switch b := b.(type) {
	case *ast.Select:
		return r.selectRows(b, outer, ctes)
	case *ast.SetOperation:
		return r.setOperation(b, outer, ctes), nil
	case *ast.Query:
		return r.query(b, outer, ctes), nil
	case *ast.Values:
		return r.values(b, outer, ctes), nil
	case *ast.TableRef:
		s := &scope{outer: outer, ctes: ctes}
		r.addFrom(s, b)
		return r.listing(s), s
	case *ast.Insert:
		target := &ast.TableRef{Span: b.Span, Name: b.Target}
		return r.selectRows(&ast.Select{Items: b.Returning, From: []ast.TableExpr{target}}, outer, ctes)
	case *ast.Update:
		return r.selectRows(&ast.Select{Items: b.Returning, From: append([]ast.TableExpr{b.Target}, b.From...), Where: b.Where}, outer, ctes)
	case *ast.Delete:
		return r.selectRows(&ast.Select{Items: b.Returning, From: append([]ast.TableExpr{b.Target}, b.From...), Where: b.Where}, outer, ctes)
	case *ast.Merge:
		return r.selectRows(&ast.Select{Items: b.Returning, From: []ast.TableExpr{b.Target, b.Using}, Where: b.On}, outer, ctes)
	default:
		return r.newRelation(nil), nil
	}
}

// values returns the rows of VALUES.
func (r *resolver) values(b *ast.Values, outer view, ctes *frame) *relation {
	if len(b.Rows) == 0 {
		return r.newRelation(nil)
	}
	s := &scope{outer: outer, ctes: ctes}
	columns := r.columns.List(len(b.Rows[0]))
	for i := range columns {
		if i < len(b.Columns) {
			columns[i] = r.namedColumn(b.Columns[i])
		} else {
			columns[i] = r.literalColumn(r.dialect.Naming.ValuesColumn(i))
			columns[i].unnamed = r.dialect.Naming.Anonymous
			columns[i].unnamed = true
		}
		columns[i].view = s.full()
		columns[i].expr = b.Rows[0][i]
		for _, row := range b.Rows[1:] {
			if i < len(row) {
				if _, constant := row[i].(*ast.Literal); !constant {
					r.use(2 * pointerBytes)
					columns[i].details().more = append(columns[i].details().more, row[i])
				}
			}
		}
	}
	return r.newRelation(columns)
}

// renamed gives a relation other column names, by position.
func (r *resolver) renamed(rel *relation, names []ast.Ident) *relation {
	if len(names) == 0 {
		return rel
	}
	if !r.room(len(rel.columns) * (pointerBytes + columnBytes)) {
		return r.newRelation(nil)
	}
	listed, complete := r.listed(rel)
	columns := r.columns.List(max(len(listed), len(names)))[:0]
	for i, id := range names {
		c := r.namedColumn(id)
		switch {
		case i < len(listed):
			c.same = listed[i]
		case !complete:
			m := rel.lookup(r, c.key, id)
			if m.column != nil {
				c.same, c.confidence = m.column, max(m.confidence, Inferred)
			}
		case rel.catchAll != nil:
			c.same = rel.catchAll
		}
		columns = append(columns, c)
	}
	for i := len(names); i < len(listed); i++ {
		columns = append(columns, sameColumn(listed[i]))
	}
	return r.newRelation(columns)
}

// listed are the columns that a star over the relation would give, as far as
// they are known; complete reports whether there are no more.
func (r *resolver) listed(rel *relation) (columns []*column, complete bool) {
	columns = r.pointers.List(len(rel.columns))[:0]
	for i := range rel.columns {
		c := &rel.columns[i]
		if c.star != nil {
			return columns, false
		}
		if !c.hidden {
			columns = append(columns, c)
		}
	}
	return columns, !rel.open && (rel.catchAll == nil || len(columns) > 0)
}
