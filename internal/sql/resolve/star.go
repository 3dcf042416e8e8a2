package resolve

import (
	"regexp"
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// expand returns the columns of a star. A table whose columns are not known gives
// one column that is a star itself.
func (r *resolver) expand(star *ast.Star, v view) []column {
	if v.scope == nil || !r.spend(1) {
		return nil
	}
	columns := r.starColumns(star, v)
	if plain(star) {
		return columns
	}
	columns = r.without(columns, star)
	columns = r.replaced(columns, star.Replace, v)
	return r.renamedItems(columns, star.Rename)
}

// starColumns returns the columns of a star without regard to its modifiers.
func (r *resolver) starColumns(star *ast.Star, v view) []column {
	switch q := star.Qualifier.(type) {
	case nil:
		return r.list(v)
	case *ast.ColumnRef:
		if src, used := r.qualifiedStar(q, v); src != nil && used == len(q.Parts) {
			return r.sourceColumns(src)
		}
		return r.fieldColumns(q, v)
	default:
		return r.fieldColumns(q, v)
	}
}

// list returns the columns of all members of FROM.
func (r *resolver) list(v view) []column {
	width := 0
	for i := range v.scope.sources {
		width += len(v.scope.sources[i].rel.columns) + 1
	}
	if !r.room(width * (2*pointerBytes + columnBytes)) {
		return []column{*r.unknownStar()}
	}
	listed := r.pointers.List(width)[:0]
	for _, m := range v.scope.shape {
		listed = r.listMember(listed, v.scope, m)
	}
	return r.copies(listed)
}

// copies returns the columns that a star makes of those it stands for.
func (r *resolver) copies(listed []*column) []column {
	r.look(len(listed))
	columns := r.columns.List(len(listed))
	for i, c := range listed {
		columns[i] = starOrSame(c)
	}
	return columns
}

func starOrSame(c *column) column {
	if c.star != nil {
		return *c
	}
	return sameColumn(c)
}

// listMember appends the columns of one member of FROM, joins opened up.
func (r *resolver) listMember(list []*column, s *scope, m member) []*column {
	if m.left == nil {
		return r.listSource(list, &s.sources[m.source])
	}
	start := len(list)
	list = r.listMember(list, s, *m.left)
	middle := len(list)
	if !m.leftOnly {
		list = r.listMember(list, s, *m.right)
	}
	if len(m.merged) == 0 {
		return list
	}
	return r.mergeListed(list, start, middle, s, m)
}

// mergeListed puts the columns of USING in the place that the dialect gives them.
func (r *resolver) mergeListed(list []*column, start, middle int, s *scope, m member) []*column {
	var first, kept []*column
	for _, i := range m.merged {
		first = append(first, s.merged[i].column)
	}
	inPlace := r.dialect.Scope.UsingInPlace
	for i, c := range list[start:] {
		r.look(len(m.merged))
		if r.over {
			break
		}
		n := mergedInto(s, m, c)
		switch {
		case n < 0:
			kept = append(kept, c)
		case inPlace && i < middle-start:
			kept = append(kept, s.merged[n].column)
		}
	}
	if inPlace {
		return append(list[:start], kept...)
	}
	return append(append(list[:start], first...), kept...)
}

// mergedInto finds the column of USING that replaces c, or -1.
func mergedInto(s *scope, m member, c *column) int {
	for _, i := range m.merged {
		for _, side := range s.merged[i].sides {
			if side == c {
				return i
			}
		}
	}
	return -1
}

// listSource appends the columns of one table.
func (r *resolver) listSource(list []*column, src *source) []*column {
	if src.hidden {
		return list
	}
	rel := src.rel
	if rel.open || rel.branches != nil {
		return append(list, r.openStar(rel))
	}
	before := len(list)
	for i := range rel.columns {
		if c := &rel.columns[i]; !c.hidden {
			list = append(list, c)
		}
	}
	if rel.catchAll != nil && len(list) == before {
		list = append(list, r.openStar(rel))
	}
	return list
}

func (r *resolver) openStar(rel *relation) *column {
	return &column{key: r.names.id("*"), text: "*", star: &star{rel: rel}}
}

// unknownStar is a star of which nothing is known, not even where it comes from.
func (r *resolver) unknownStar() *column { return r.openStar(&relation{}) }

// sourceColumns returns the columns of t.*; of a value that is a structure, its fields.
func (r *resolver) sourceColumns(src *source) []column {
	if src.value != nil {
		if parts := r.partsOf(src.value); parts != nil {
			return r.relationColumns(parts)
		}
	}
	if !r.room(len(src.rel.columns) * (pointerBytes + columnBytes)) {
		return []column{*r.unknownStar()}
	}
	hidden := src.hidden
	src.hidden = false
	listed := r.listSource(r.pointers.List(len(src.rel.columns) + 1)[:0], src)
	src.hidden = hidden
	return r.copies(listed)
}

func (r *resolver) relationColumns(rel *relation) []column {
	return r.sourceColumns(&source{rel: rel})
}

// fieldColumns returns the fields of a structured value, or a star where they are
// not known.
func (r *resolver) fieldColumns(e ast.Expr, v view) []column {
	if parts := r.partsOfExpr(e, v); parts != nil {
		return r.relationColumns(parts)
	}
	whole := &column{expr: e, view: v, kinds: Field}
	return []column{*r.openStar(&relation{catchAll: whole})}
}

// qualifiedStar finds the table that the qualifier of a star means.
func (r *resolver) qualifiedStar(ref *ast.ColumnRef, v view) (*source, int) {
	parts := append(ref.Parts[:len(ref.Parts):len(ref.Parts)], ast.Ident{})
	for level := v; level.scope != nil; level = level.outward() {
		if src, used := r.qualified(parts, level); src != nil {
			return src, used
		}
	}
	for level := v; level.scope != nil && len(ref.Parts) == 1; level = level.outward() {
		if src := level.scope.hiddenName(r.names.id(ref.Parts[0].Text), level.sources); src != nil {
			return src, 1
		}
	}
	return nil, 0
}

// without drops what EXCEPT names and what a pattern does not match.
func (r *resolver) without(columns []column, star *ast.Star) []column {
	except := make([]name, 0, len(star.Except)+len(star.Replace)+len(star.Rename))
	for _, ref := range star.Except {
		except = append(except, r.names.id(ref.Parts[len(ref.Parts)-1].Text))
	}
	listed := len(except)
	for _, item := range star.Replace {
		except = append(except, r.names.id(item.Alias.Text))
	}
	for _, item := range star.Rename {
		if ref, ok := item.Expr.(*ast.ColumnRef); ok && len(ref.Parts) > 0 {
			except = append(except, r.names.id(ref.Parts[len(ref.Parts)-1].Text))
		}
	}
	matches := r.columnFilter(star)
	kept := columns[:0]
	for _, c := range columns {
		if c.star != nil {
			s := *c.star
			s.except = append(except, s.except...)
			c.star = &s
			kept = append(kept, c)
			continue
		}
		if scan(except[:listed], c.key) < 0 && matches(r.stored(&c)) {
			kept = append(kept, c)
		}
	}
	return kept
}

// replaced puts the expressions of REPLACE in the place of their columns.
func (r *resolver) replaced(columns []column, items []ast.SelectItem, v view) []column {
	for _, item := range items {
		c := r.namedColumn(item.Alias)
		c.expr, c.view = item.Expr, v
		c.view.aliases = 0
		columns = r.put(columns, c.key, c)
	}
	return columns
}

// put replaces a column, or adds it where a star may hide it.
func (r *resolver) put(columns []column, key name, c column) []column {
	open := false
	for i := range columns {
		if columns[i].star != nil {
			open = true
		} else if columns[i].key == key {
			columns[i] = c
			return columns
		}
	}
	if open {
		columns = append(columns, c)
	}
	return columns
}

// renamedItems returns columns the names of RENAME.
func (r *resolver) renamedItems(columns []column, items []ast.SelectItem) []column {
	for _, item := range items {
		ref, ok := item.Expr.(*ast.ColumnRef)
		if !ok || len(ref.Parts) == 0 {
			continue
		}
		id := ref.Parts[len(ref.Parts)-1]
		key := r.names.id(id.Text)
		for i := range columns {
			c := &columns[i]
			if c.star != nil {
				if m := c.star.rel.lookup(r, key, id); m.column != nil {
					renamed := r.namedColumn(item.Alias)
					renamed.same, renamed.confidence = m.column, max(m.confidence, Inferred)
					columns = append(columns, renamed)
					break
				}
			} else if c.key == key {
				c.key, c.text, c.quoted, c.literal = r.names.id(item.Alias.Text), item.Alias.Text, item.Alias.Quoted, false
				break
			}
		}
	}
	return columns
}

// columnFilter is the test that ILIKE, COLUMNS('regexp') and COLUMNS(list) put
// to names. What cannot be read lets every name pass.
func (r *resolver) columnFilter(star *ast.Star) func(string) bool {
	if list, ok := star.Argument.(*ast.Collection); ok {
		var keys []name
		for _, m := range list.Members {
			switch e := m.Expr.(type) {
			case *ast.Literal:
				keys = append(keys, r.names.id(e.Text))
			case *ast.ColumnRef:
				keys = append(keys, r.names.id(e.Parts[len(e.Parts)-1].Text))
			}
		}
		return func(text string) bool { return scan(keys, r.names.id(text)) >= 0 }
	}
	op, pattern := star.PatternOp, star.Pattern
	if lambda, ok := star.Argument.(*ast.Lambda); ok {
		if like, ok := lambda.Body.(*ast.Like); ok {
			op, pattern = like.Op, like.Pattern
			if like.Not {
				op = "NOT " + op
			}
		}
	}
	literal, ok := pattern.(*ast.Literal)
	if !ok {
		return func(string) bool { return true }
	}
	return nameTest(op, literal.Text)
}

// nameTest compiles a pattern over names.
func nameTest(op, pattern string) func(string) bool {
	base, negated := strings.CutPrefix(op, "NOT ")
	expression := pattern
	switch base {
	case "LIKE", "ILIKE":
		expression = "^" + likeExpression(pattern) + "$"
	case "GLOB":
		expression = "^" + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern)) + "$"
	case "SIMILAR TO":
		expression = "^(?:" + pattern + ")$"
	}
	if base == "ILIKE" {
		expression = "(?i)" + expression
	}
	compiled, err := regexp.Compile("(?s)" + expression)
	if err != nil {
		return func(string) bool { return true }
	}
	return func(text string) bool { return compiled.MatchString(text) != negated }
}

func likeExpression(pattern string) string {
	var b strings.Builder
	for _, c := range pattern {
		switch c {
		case '%':
			b.WriteString(".*")
		case '_':
			b.WriteByte('.')
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	return b.String()
}
