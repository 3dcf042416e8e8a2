package resolve

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// insert resolves INSERT: the outputs are the columns written.
func (r *resolver) insert(st *ast.Insert) Result {
	ctes := r.with(st.With, view{}, nil)
	rel := r.newRelation(nil)
	var spans []token.Span
	if st.Query != nil {
		rel = r.query(st.Query, view{}, ctes)
		spans = r.spans(st.Query.Body)
	}
	switch {
	case len(st.Set) > 0:
		s := &scope{ctes: ctes}
		rel = r.assigned(s, st.Set)
	case len(st.Columns) > 0:
		rel = r.renamed(rel, st.Columns)
	case !st.ByName:
		rel = r.renamed(rel, r.targetColumns(st, rel))
	}
	return r.result(rel, st.Target, spans)
}

// targetColumns are the names of the columns that INSERT without a list writes,
// where the schema knows the table and the numbers agree.
func (r *resolver) targetColumns(st *ast.Insert, rel *relation) []ast.Ident {
	if st.Target == nil || len(st.Target.Parts) == 0 {
		return nil
	}
	parts := make([]Name, len(st.Target.Parts))
	for i, p := range st.Target.Parts {
		parts[i] = Name{Text: p.Text, Quoted: p.Quoted}
	}
	columns, ok := r.schema.Columns(parts)
	listed, complete := r.listed(rel)
	if !ok || !complete {
		return nil
	}
	fixed := map[name]bool{}
	for _, p := range st.Partition {
		if p.Value != nil && len(p.Columns) == 1 && len(p.Columns[0].Parts) > 0 {
			fixed[r.names.id(p.Columns[0].Parts[0].Text)] = true
		}
	}
	var ids []ast.Ident
	for _, c := range columns {
		if !fixed[r.names.id(c.Name)] {
			ids = append(ids, ast.Ident{Text: c.Name, Quoted: true})
		}
	}
	if len(listed) > len(ids) {
		return nil
	}
	return ids[:len(listed)]
}

// multiInsert resolves INSERT ALL: the result is that of the last branch.
func (r *resolver) multiInsert(st *ast.MultiInsert) (Result, bool) {
	if len(st.Branches) == 0 {
		return Result{}, false
	}
	branch := &st.Branches[len(st.Branches)-1]
	if branch.Insert.Query != nil {
		return r.insert(branch.Insert), true
	}
	rel := r.newRelation(nil)
	if st.Query != nil {
		rel = r.query(st.Query, view{}, nil)
	}
	if len(branch.Values) > 0 {
		s := &scope{from: []fromItem{{rel: rel}}, shape: []member{{}}}
		columns := make([]column, len(branch.Values))
		for i, e := range branch.Values {
			columns[i] = r.itemColumn(&ast.SelectItem{Expr: e}, new(int), i)
			columns[i].expr, columns[i].view = e, s.full()
		}
		rel = r.newRelation(columns)
	}
	return r.result(r.renamed(rel, branch.Insert.Columns), branch.Insert.Target, nil), true
}

// update resolves UPDATE: the outputs are the columns set.
func (r *resolver) update(st *ast.Update) Result {
	s := &scope{ctes: r.with(st.With, view{}, nil)}
	from := st.From
	target := updateTarget(st)
	if st.Target != nil && !r.aliasIn(st.Target, from) {
		r.addFrom(s, st.Target)
	}
	for _, member := range from {
		r.addFrom(s, member)
	}
	rel := r.assigned(s, st.Set)
	r.control(st.Where, s.withAliases(dialect.NoAlias), Filter)
	return r.result(rel, target, nil)
}

// updateTarget is the name of the table that UPDATE writes. T-SQL names it by
// an alias of FROM.
func updateTarget(st *ast.Update) *ast.ObjectName {
	t := firstTable(st.Target)
	if t == nil {
		return nil
	}
	if len(t.Name.Parts) == 1 {
		for _, member := range st.From {
			if named := tableByAlias(member, t.Name.Parts[0].Text); named != nil {
				return named.Name
			}
		}
	}
	return t.Name
}

// aliasIn reports whether the target is just an alias of a member of FROM.
func (r *resolver) aliasIn(target ast.TableExpr, from []ast.TableExpr) bool {
	t, ok := target.(*ast.TableRef)
	if !ok || len(t.Name.Parts) != 1 {
		return false
	}
	for _, member := range from {
		if tableByAlias(member, t.Name.Parts[0].Text) != nil {
			return true
		}
	}
	return false
}

func firstTable(t ast.TableExpr) *ast.TableRef {
	switch t := t.(type) {
	case *ast.TableRef:
		return t
	case *ast.Join:
		return firstTable(t.Left)
	}
	return nil
}

func tableByAlias(t ast.TableExpr, alias string) *ast.TableRef {
	switch t := t.(type) {
	case *ast.TableRef:
		if t.Alias != nil && strings.EqualFold(t.Alias.Name.Text, alias) {
			return t
		}
	case *ast.Join:
		if found := tableByAlias(t.Left, alias); found != nil {
			return found
		}
		return tableByAlias(t.Right, alias)
	}
	return nil
}

// assigned makes a column of each assignment; several to one column unite.
func (r *resolver) assigned(s *scope, list []ast.Assignment) *relation {
	var columns []column
	for i := range list {
		columns = r.assign(columns, s, &list[i])
	}
	return r.newRelation(columns)
}

func (r *resolver) assign(columns []column, s *scope, a *ast.Assignment) []column {
	for i, ref := range a.Columns {
		if len(ref.Parts) == 0 {
			continue
		}
		id := ref.Parts[len(ref.Parts)-1]
		if sub, ok := a.Value.(*ast.Subquery); ok && len(a.Columns) > 1 {
			columns = r.writeColumn(columns, id, r.subquery(sub.Query, s.full()).at(i))
			continue
		}
		columns = r.writeTo(columns, id, r.assignedValue(a, i), s.full())
	}
	return columns
}

// assignedValue is the value of column i of (a, b) = (x, y).
func (r *resolver) assignedValue(a *ast.Assignment, i int) ast.Expr {
	if tuple, ok := a.Value.(*ast.Collection); ok && len(a.Columns) > 1 && i < len(tuple.Members) {
		return tuple.Members[i].Expr
	}
	return a.Value
}

// writeColumn adds column i of a query to the column that it is written to.
func (r *resolver) writeColumn(columns []column, id ast.Ident, value *column) []column {
	if value == nil {
		r.incomplete = true
		return append(columns, r.namedColumn(id))
	}
	for i := range columns {
		if columns[i].key == r.names.id(id.Text) {
			columns[i].details().from = append(columns[i].details().from, value)
			return columns
		}
	}
	c := r.namedColumn(id)
	c.same = value
	return append(columns, c)
}

// writeTo adds an expression to the column that it is written to.
func (r *resolver) writeTo(columns []column, id ast.Ident, value ast.Expr, v view) []column {
	key := r.names.id(id.Text)
	for i := range columns {
		if columns[i].key == key {
			columns[i].details().more = append(columns[i].details().more, value)
			return columns
		}
	}
	c := r.namedColumn(id)
	c.expr, c.view = value, v
	return append(columns, c)
}

// mergeStatement resolves MERGE: the outputs are the columns set or inserted.
func (r *resolver) mergeStatement(st *ast.Merge) Result {
	s := &scope{ctes: r.with(st.With, view{}, nil)}
	r.addFrom(s, st.Target)
	targets := len(s.from)
	r.addFrom(s, st.Using)
	var columns []column
	r.control(st.On, s.full(), Join)
	for i := range st.Whens {
		w := &st.Whens[i]
		r.control(w.Condition, s.full(), Filter)
		r.control(w.Where, s.full(), Filter)
		for j := range w.Set {
			columns = r.assign(columns, s, &w.Set[j])
		}
		columns = r.mergeInsert(columns, s, targets, w)
	}
	return r.result(r.newRelation(columns), st.Target.Name, nil)
}

// mergeInsert adds the columns of WHEN NOT MATCHED THEN INSERT.
func (r *resolver) mergeInsert(columns []column, s *scope, targets int, w *ast.MergeWhen) []column {
	if w.All {
		for i := targets; i < len(s.from); i++ {
			for _, c := range r.fromItemColumns(&s.from[i], view{}) {
				if c.star != nil || scan(keysOf(columns), c.key) < 0 {
					columns = append(columns, c)
				}
			}
		}
		return columns
	}
	if w.Action != ast.MergeInsert {
		return columns
	}
	ids := make([]ast.Ident, 0, len(w.Values))
	for _, ref := range w.Columns {
		if len(ref.Parts) > 0 {
			ids = append(ids, ref.Parts[len(ref.Parts)-1])
		}
	}
	if len(ids) == 0 && targets > 0 {
		listed, _ := r.listed(s.from[0].rel)
		for _, c := range listed {
			ids = append(ids, ast.Ident{Text: c.text, Quoted: true})
		}
	}
	for i, value := range w.Values {
		if i < len(ids) {
			columns = r.writeTo(columns, ids[i], value, s.full())
		}
	}
	return columns
}
