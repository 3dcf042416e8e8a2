package resolve

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
)

// selectRows returns the rows of a SELECT and its scope.
func (r *resolver) selectRows(sel *ast.Select, outer view, ctes *frame) (*relation, *scope) {
	s := r.scopes.New()
	s.outer, s.ctes, s.query = outer, ctes, sel
	s.sources = r.sources.List(len(sel.From) + joins(sel.From))[:0]
	for _, member := range sel.From {
		r.addFrom(s, member)
	}
	rel := r.project(s, sel.Items)
	if sel.Mode == ast.AsValue && len(rel.columns) == 1 && rel.columns[0].star == nil {
		if parts := r.partsOf(&rel.columns[0]); parts != nil {
			rel = parts
		}
	}
	r.selectClauses(sel, s)
	return rel, s
}

// project makes the output columns of a list of projections.
func (r *resolver) project(s *scope, items []ast.SelectItem) *relation {
	if rel := r.soleStar(s, items); rel != nil {
		s.items, s.aliases, s.rel = r.pointers.List(1), r.keys.List(1), rel
		return rel
	}
	columns := r.columns.List(s.width(items))[:0]
	s.items = r.pointers.List(len(items))
	s.aliases = r.keys.List(len(items))
	at := r.places.List(len(items)) // where the item's column is, counted from 1
	stars := false
	unnamed := 0
	for i := range items {
		if !r.spend(1) {
			break
		}
		item := &items[i]
		v := view{scope: s, sources: int32(len(s.sources)), aliases: int32(i), avoid: int32(i) + 1, rule: r.dialect.Scope.LateralAlias}
		if v.rule == dialect.AliasFirst {
			v.aliases = int32(len(items))
		}
		if star, ok := item.Expr.(*ast.Star); ok && (item.Alias.IsZero() || star.Columns) {
			expanded := r.expand(star, v)
			r.use(len(expanded) * columnBytes)
			columns = append(columns, expanded...)
			stars = true
			continue
		}
		if item.Variable {
			continue
		}
		if many := r.manyColumns(item, v); many != nil {
			r.use(len(many) * columnBytes)
			columns = append(columns, many...)
			continue
		}
		at[i] = int32(len(columns)) + 1
		columns = r.projected(columns, item, v, &unnamed)
		s.aliases[i] = r.aliasOf(item, &columns[at[i]-1])
	}
	rel := r.newRelation(columns)
	for i, n := range at {
		if n > 0 {
			s.items[i] = &rel.columns[n-1]
		}
	}
	if stars && len(s.sources) == 1 {
		rel.through = s.sources[0].rel
	}
	s.rel = rel
	return rel
}

// aliasOf is the name by which other projections may mean a projection.
func (r *resolver) aliasOf(item *ast.SelectItem, c *column) name {
	switch {
	case !item.Alias.IsZero():
		return r.names.id(item.Alias.Text)
	case c.unnamed:
		return 0
	default:
		return c.key
	}
}

// width is about how many columns projections give.
func (s *scope) width(items []ast.SelectItem) int {
	n := len(items)
	for i := range items {
		if _, star := items[i].Expr.(*ast.Star); star {
			for j := range s.sources {
				n += len(s.sources[j].rel.columns)
			}
			break
		}
	}
	return n
}

// projected appends the column of one projection, several of a generator with a
// list of names.
func (r *resolver) projected(columns []column, item *ast.SelectItem, v view, unnamed *int) []column {
	if len(item.Aliases) == 0 {
		c := r.itemColumn(item, unnamed, len(columns))
		c.expr, c.view = item.Expr, v
		return append(columns, c)
	}
	for _, id := range item.Aliases {
		c := r.namedColumn(id)
		c.expr, c.view = item.Expr, v
		columns = append(columns, c)
	}
	return columns
}

// itemColumn names the column of a projection.
func (r *resolver) itemColumn(item *ast.SelectItem, unnamed *int, place int) column {
	if !item.Alias.IsZero() {
		return r.namedColumn(item.Alias)
	}
	if id, ok := r.impliedName(item.Expr); ok {
		return r.namedColumn(id)
	}
	c := r.literalColumn(r.generatedName(item, *unnamed, place))
	c.unnamed = true
	*unnamed++
	return c
}

// soleStar answers SELECT * FROM t without a copy where t's columns are known.
func (r *resolver) soleStar(s *scope, items []ast.SelectItem) *relation {
	if len(items) != 1 || len(s.sources) != 1 || len(s.merged) > 0 {
		return nil
	}
	star, ok := items[0].Expr.(*ast.Star)
	if !ok || !plain(star) || s.sources[0].hidden {
		return nil
	}
	if star.Qualifier != nil {
		ref, ok := star.Qualifier.(*ast.ColumnRef)
		if !ok {
			return nil
		}
		if src, used := r.qualifiedStar(ref, s.full()); src == nil || used != len(ref.Parts) {
			return nil
		}
	}
	rel := s.sources[0].rel
	if rel.open || rel.stars || rel.branches != nil || rel.catchAll != nil || s.sources[0].value != nil {
		return nil
	}
	for i := range rel.columns {
		if rel.columns[i].hidden {
			return nil
		}
	}
	return rel
}

// plain reports whether a star has no modifiers.
func plain(star *ast.Star) bool {
	return len(star.Except) == 0 && len(star.Replace) == 0 && len(star.Rename) == 0 && star.Pattern == nil && !star.Columns
}
