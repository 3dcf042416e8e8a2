package resolve

import "github.com/thalweg-data/thalweg/internal/sql/ast"

// addJoin puts both sides of a join in scope.
func (r *resolver) addJoin(s *scope, j *ast.Join) (member, bool) {
	if j.Alias != nil {
		return r.addAliasedJoin(s, j), true
	}
	first := len(s.from)
	mergedFrom := len(s.merged)
	left, ok := r.addMember(s, j.Left)
	if !ok {
		return member{}, false
	}
	return r.joinTo(s, left, first, mergedFrom, j)
}

// joinTo joins the right side of j to what is in scope from item first on.
func (r *resolver) joinTo(s *scope, left member, first, mergedFrom int, j *ast.Join) (member, bool) {
	middle := len(s.from)
	mergedMiddle := len(s.merged)
	right, ok := r.addMember(s, lateralSide(j))
	if !ok {
		return left, true
	}
	m := member{left: &left, right: &right}
	switch j.Kind {
	case ast.SemiJoin, ast.AntiJoin:
		m.leftOnly = !r.dialect.Naming.QualifyDuplicates // ClickHouse lists both sides
	case ast.RightSemiJoin, ast.RightAntiJoin:
		m = member{left: &right, right: &left, leftOnly: true}
	}
	keys := j.Using
	if j.Natural {
		keys = r.naturalKeys(s, first, middle)
	}
	sides := joinSides{first: first, middle: middle, mergedFrom: mergedFrom, mergedMiddle: mergedMiddle}
	for _, id := range keys {
		if r.merge(s, id, sides, m.leftOnly) {
			m.merged = append(m.merged, len(s.merged)-1)
		}
	}
	r.joinClause(s, j, m.merged)
	if !j.UsingAlias.IsZero() {
		r.addMerged(s, j.UsingAlias, m.merged)
	}
	hide := s.from[middle:]
	if j.Kind == ast.RightSemiJoin || j.Kind == ast.RightAntiJoin {
		hide = s.from[first:middle]
	}
	for i := range hide {
		hide[i].hidden = hide[i].hidden || m.leftOnly
	}
	return m, true
}

// addMerged puts the columns of USING (a) AS x in scope under x; they are in the
// star already.
func (r *resolver) addMerged(s *scope, alias ast.Ident, merged []int) {
	columns := r.columns.List(len(merged))
	for i, at := range merged {
		columns[i] = sameColumn(s.merged[at].column)
	}
	r.addFromItem(s, r.newRelation(columns), &ast.Alias{Span: alias.Span, Name: alias}).hidden = true
}

// lateralSide is the right side of a join, lateral under APPLY.
func lateralSide(j *ast.Join) ast.TableExpr {
	if d, ok := j.Right.(*ast.Derived); ok && j.Lateral && !d.Lateral {
		lateral := *d
		lateral.Lateral = true
		return &lateral
	}
	return j.Right
}

// addAliasedJoin adds (a JOIN b) AS x: the members are in scope as x only.
func (r *resolver) addAliasedJoin(s *scope, j *ast.Join) member {
	inner := &scope{outer: s.outer, ctes: s.ctes}
	plain := *j
	plain.Alias = nil
	r.addFrom(inner, &plain)
	r.addFromItem(s, r.listing(inner), j.Alias)
	return s.lastMember()
}

// listing is all that a star over a scope gives, as rows.
func (r *resolver) listing(s *scope) *relation {
	rel := r.newRelation(r.list(s.full()))
	if len(s.from) == 1 {
		rel.through = s.from[0].rel
	}
	return rel
}

// joinSides are the ranges of items of FROM and merged columns that make up the sides.
type joinSides struct{ first, middle, mergedFrom, mergedMiddle int }

// merge makes one column out of the two that USING names. Of a semi-join only
// the left one counts.
func (r *resolver) merge(s *scope, id ast.Ident, j joinSides, leftOnly bool) bool {
	key := r.names.id(id.Text)
	r.look(len(s.merged) + len(s.from))
	if r.over {
		return false
	}
	left := r.side(s, key, id, s.merged[j.mergedFrom:j.mergedMiddle], s.from[j.first:j.middle])
	right := r.side(s, key, id, s.merged[j.mergedMiddle:], s.from[j.middle:])
	if left == nil && right == nil {
		return false
	}
	c := &column{key: key, text: id.Text, quoted: id.Quoted, kinds: Identity}
	m := mergedColumn{key: key, column: c}
	for i, side := range []*column{left, right} {
		if side == nil || i == 1 && leftOnly {
			continue
		}
		c.addFrom(side)
		m.sides = append(m.sides, side)
	}
	if right != nil && leftOnly {
		m.sides = append(m.sides, right)
	}
	if c.same == nil {
		return false
	}
	c.text, c.quoted, c.literal = c.same.text, c.same.quoted, c.same.literal
	s.merged = append(s.merged, m)
	return true
}

// side finds the column that USING means on one side: one merged before, else
// the first that is certain, else the first that is possible.
func (r *resolver) side(s *scope, key name, id ast.Ident, merged []mergedColumn, from []fromItem) *column {
	for i := len(merged) - 1; i >= 0; i-- {
		if merged[i].key == key {
			return merged[i].column
		}
	}
	var best match
	for i := range from {
		if from[i].hidden {
			continue
		}
		if m := from[i].rel.lookup(r, key, id); m.certainty > best.certainty {
			best = m
		}
	}
	if best.column == nil {
		for i := range from {
			if c := from[i].rel.inferred(r, key, id); c != nil {
				return c
			}
		}
	}
	return best.column
}

// naturalKeys are the names that both sides of a NATURAL join have.
func (r *resolver) naturalKeys(s *scope, first, middle int) []ast.Ident {
	var keys []ast.Ident
	for i := middle; i < len(s.from); i++ {
		columns, _ := r.listed(s.from[i].rel)
		for _, c := range columns {
			for j := first; j < middle; j++ {
				if left := &s.from[j]; !left.hidden && left.rel.position(r, c.key) >= 0 {
					keys = append(keys, ast.Ident{Text: c.text, Quoted: true})
					break
				}
			}
		}
	}
	return keys
}
