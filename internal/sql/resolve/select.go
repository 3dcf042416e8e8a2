package resolve

import (
	"strconv"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
)

// selectRows returns the rows of a SELECT and its scope.
func (r *resolver) selectRows(sel *ast.Select, outer view, ctes *frame) (*relation, *scope) {
	s := r.scopes.New()
	s.outer, s.ctes, s.query = outer, ctes, sel
	s.from = r.fromItems.List(len(sel.From) + joins(sel.From))[:0]
	for _, member := range sel.From {
		r.addFrom(s, member)
	}
	if sel.Model != nil {
		s = r.modelScope(s, sel.Model)
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

// modelScope is what the projections see behind MODEL: its columns. A rule makes
// one of them out of others.
func (r *resolver) modelScope(s *scope, m *ast.Model) *scope {
	inner := r.scopes.New()
	*inner = *s
	columns := r.columns.List(len(m.Columns))
	unnamed := 0
	for i := range m.Columns {
		columns[i] = r.itemColumn(&m.Columns[i], &unnamed, i)
		columns[i].expr, columns[i].view = m.Columns[i].Expr, inner.full()
	}
	rel := r.newRelation(columns)
	outer := r.overRows(rel, s.outer, s.ctes)
	outer.query = s.query
	for _, rule := range m.Rules {
		if b, ok := rule.(*ast.Binary); ok && len(b.Operands) == 2 {
			if c := r.ruleTarget(rel, b.Operands[0]); c != nil {
				value := r.columns.New()
				*value = column{expr: b.Operands[1], view: outer.full(), kinds: Transform}
				c.details().from = append(c.details().from, value)
			}
		}
	}
	return outer
}

// ruleTarget is the measure m of m[x] = value.
func (r *resolver) ruleTarget(rel *relation, e ast.Expr) *column {
	access, ok := e.(*ast.Access)
	if !ok {
		return nil
	}
	ref, ok := access.Operand.(*ast.ColumnRef)
	if !ok || len(ref.Parts) != 1 {
		return nil
	}
	return rel.find(r, r.names.id(ref.Parts[0].Text), ref.Parts[0])
}

// project makes the output columns of a list of projections.
func (r *resolver) project(s *scope, items []ast.SelectItem) *relation {
	if rel := r.soleStar(s, items); rel != nil && len(items[0].Aliases) == 0 {
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
		v := view{scope: s, from: int32(len(s.from)), aliases: int32(i), avoid: int32(i) + 1, rule: r.dialect.Names.LateralAlias}
		if v.rule == dialect.AliasFirst {
			v.aliases = int32(len(items))
		}
		if star, ok := item.Expr.(*ast.Star); ok && (item.Alias.IsZero() || star.Columns) {
			expanded := r.namedStar(r.templated(r.expand(star, v), star, item.Alias), item.Aliases)
			r.use(len(expanded) * columnBytes)
			from := len(columns)
			if columns = append(columns, expanded...); len(item.Aliases) == 0 {
				r.placed(columns, from)
			}
			stars = stars || len(item.Aliases) == 0
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
	if stars && len(s.from) == 1 {
		rel.through = s.from[0].rel
	}
	s.rel = rel
	return rel
}

// placed calls columns without name, from an index on, after their places.
func (r *resolver) placed(columns []column, from int) {
	if !r.dialect.Naming.Anonymous {
		return
	}
	for i := from; i < len(columns); i++ {
		if c := &columns[i]; c.unnamed && c.star == nil {
			c.text = r.dialect.Naming.Prefix + strconv.Itoa(i)
			c.key = r.names.id(c.text)
		}
	}
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
			for j := range s.from {
				n += len(s.from[j].rel.columns)
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
		if r.dialect.Naming.Rule == dialect.NameDuckDB && item.Alias.IsZero() && !c.unnamed {
			r.nameAsInTable(&c, item.Expr, v)
		}
		if c.unnamed && r.dialect.Naming.Rule == dialect.NameClickHouse {
			c.text = r.clickName(item.Expr, v)
			c.key = r.names.id(c.text)
			r.use(len(c.text))
		}
		if ref, ok := item.Expr.(*ast.ColumnRef); ok && item.Alias.IsZero() && ref.Position > 0 && r.sql[ref.Start] == '#' {
			if from := r.newRelation(r.list(v)).at(ref.Position - 1); from != nil {
				c.key, c.text, c.quoted, c.literal, c.unnamed = from.key, from.text, from.quoted, from.literal, false
			}
		}
		if ref, ok := item.Expr.(*ast.ColumnRef); ok && item.Alias.IsZero() && len(ref.Parts) > 1 && r.dialect.Names.DottedColumns {
			r.dottedItem(&c, ref, v)
		}
		return append(columns, c)
	}
	call, _ := item.Expr.(*ast.Call)
	for i, id := range item.Aliases {
		c := r.namedColumn(id)
		if call != nil {
			c = r.generatorColumn(c, call, i, len(item.Aliases), v, nil)
		} else {
			c.expr, c.view = item.Expr, v
		}
		columns = append(columns, c)
	}
	return columns
}

// nameAsInTable calls a plain column as its table does: A of a column a is a.
func (r *resolver) nameAsInTable(c *column, e ast.Expr, v view) {
	ref, ok := e.(*ast.ColumnRef)
	if !ok || ref.Position > 0 {
		return
	}
	var from *column
	if len(ref.Parts) == 1 {
		for i := range v.scope.from {
			if from = v.scope.from[i].rel.find(r, c.key, ref.Parts[0]); from != nil {
				break
			}
		}
	} else if src, used := r.qualified(ref.Parts, v); src != nil && used == len(ref.Parts)-1 {
		from = src.rel.find(r, c.key, ref.Parts[used])
	}
	if from != nil && from.star == nil {
		c.text, c.quoted, c.literal = from.text, from.quoted, from.literal
	}
}

// dottedItem names a.b as ClickHouse does: b where a is a table, unless an earlier
// table has a b too; a.b where that is a column or a part of one.
func (r *resolver) dottedItem(c *column, ref *ast.ColumnRef, v view) {
	src, used := r.qualified(ref.Parts, v)
	if src == nil {
		src, used = r.fullerName(ref.Parts, v)
	}
	if parts := ref.Parts[used:]; len(parts) > 1 {
		if last := parts[len(parts)-1].Text; last != "" && last[0] >= '0' && last[0] <= '9' {
			c.text = "tupleElement(" + written(&ast.ColumnRef{Parts: parts[:len(parts)-1]}) + ", " + last + ")"
			c.key, c.literal, c.quoted = r.names.id(c.text), true, true
			return
		}
		c.text = written(&ast.ColumnRef{Parts: parts})
		c.key, c.literal, c.quoted = r.names.id(c.text), true, true
		return
	}
	if src != nil {
		if from := src.rel.find(r, c.key, ref.Parts[used]); from != nil {
			r.qualifyDuplicate(c, from, v.scope, v.scope.indexOf(src))
		}
	}
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
	if len(items) != 1 || len(s.from) != 1 || len(s.merged) > 0 {
		return nil
	}
	star, ok := items[0].Expr.(*ast.Star)
	if !ok || !plain(star) || s.from[0].hidden {
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
	rel := s.from[0].rel
	if rel.open || rel.stars || rel.branches != nil || rel.catchAll != nil || s.from[0].value != nil {
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
	return len(star.Modifiers) == 0 && star.Argument == nil && !star.Columns
}
