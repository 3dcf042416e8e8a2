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
	if star.Argument != nil {
		columns = r.matching(columns, r.argumentFilter(star.Argument))
	}
	for i := range star.Modifiers {
		columns = r.modified(columns, &star.Modifiers[i], v)
	}
	return columns
}

// starColumns returns the columns of a star without regard to its modifiers.
func (r *resolver) starColumns(star *ast.Star, v view) []column {
	switch q := star.Qualifier.(type) {
	case nil:
		return r.list(v)
	case *ast.ColumnRef:
		if src, used := r.qualifiedStar(q, v); src != nil && used == len(q.Parts) {
			return r.fromItemColumns(src, v)
		}
		return r.fieldColumns(q, v)
	default:
		return r.fieldColumns(q, v)
	}
}

// list returns the columns of all members of FROM.
func (r *resolver) list(v view) []column {
	width := 0
	for i := range v.scope.from {
		width += len(v.scope.from[i].rel.columns) + 1
	}
	if !r.room(width * (2*pointerBytes + columnBytes)) {
		return []column{*r.unknownStar()}
	}
	listed := r.pointers.List(width)[:0]
	for _, m := range v.scope.shape {
		listed = r.listMember(listed, v.scope, m)
	}
	r.elementsInPlace(listed, v.scope)
	columns := r.copies(listed)
	r.markOwners(columns, listed, v.scope)
	if r.dialect.Naming.QualifyDuplicates {
		for i, c := range listed {
			r.qualifyDuplicate(&columns[i], c, v.scope, int(columns[i].owner)-1)
		}
	}
	return columns
}

// mostOwners bounds the members of FROM that a column's owner can be among.
const mostOwners = 200

// joinsItself reports whether two members of FROM have the same rows.
func (s *scope) joinsItself() bool {
	for ; s.compared < min(len(s.from), mostOwners); s.compared++ {
		for j := range s.compared {
			s.selfJoin = s.selfJoin || s.from[s.compared].rel == s.from[j].rel
		}
	}
	return s.selfJoin
}

// markOwners notes the member of FROM of each column where a table is joined with
// itself: the first time that a column is listed it is of the first such member.
func (r *resolver) markOwners(columns []column, listed []*column, s *scope) {
	if !s.joinsItself() || !r.spend(len(listed)) {
		return
	}
	seen := make(map[any]int, len(listed))
	for i, c := range listed {
		var key any = c
		if c.star != nil {
			key = c.star.rel
		}
		seen[key]++
		nth := seen[key]
		for j := range s.from[:min(len(s.from), mostOwners)] {
			if src := &s.from[j]; !src.hidden && src.rel.holds(c) {
				if nth--; nth == 0 {
					columns[i].owner = uint8(j + 1)
					break
				}
			}
		}
	}
}

// holds reports whether a column is one of a relation's own.
func (rel *relation) holds(c *column) bool {
	if c.star != nil {
		return c.star.rel == rel
	}
	for i := range rel.columns {
		if &rel.columns[i] == c {
			return true
		}
	}
	return false
}

// elementsInPlace puts the elements of ARRAY JOIN a in the place of the array.
func (r *resolver) elementsInPlace(listed []*column, s *scope) {
	for i := range s.from {
		if !s.from[i].wins {
			continue
		}
		elements := s.from[i].rel
		for j, c := range listed {
			if c.star == nil {
				if at := elements.position(r, c.key); at >= 0 {
					listed[j] = &elements.columns[at]
				}
			}
		}
	}
}

// qualifyDuplicate calls a column t.a where an earlier member of FROM has an a too,
// or, of three and more members, any other one.
func (r *resolver) qualifyDuplicate(c, from *column, s *scope, owner int) {
	if len(s.from) < 2 || c.star != nil || merged(from, s) {
		return
	}
	others, members := false, 0
	decided := owner >= 0
	for i := range s.from {
		src := &s.from[i]
		if src.wins {
			continue
		}
		members++
		switch at := src.rel.position(r, from.key); {
		case at < 0 || decided && i == owner:
		case !decided && owner < 0 && src.rel.gives(from, &scope{}):
			owner = i
		case owner < 0 || decided && i < owner || len(s.from) > 2:
			others = true
		}
	}
	if owner < 0 || !others || owner == 0 && members < 3 || s.from[owner].text == "" {
		return
	}
	c.details().choice = from
	c.text = s.from[owner].text + "." + r.stored(c)
	c.key, c.literal, c.quoted = r.names.id(c.text), true, true
}

func merged(c *column, s *scope) bool {
	for i := range s.merged {
		if s.merged[i].column == c {
			return true
		}
	}
	return false
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
		return r.listFromItem(list, &s.from[m.from])
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
	inPlace := r.dialect.Names.UsingInPlace
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

// listFromItem appends the columns of one table.
func (r *resolver) listFromItem(list []*column, src *fromItem) []*column {
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

// fromItemColumns returns the columns of t.*; of a value that is a structure, its fields.
func (r *resolver) fromItemColumns(src *fromItem, v view) []column {
	if src.value != nil && (src.alias == src.value.key || src.alias == 0) {
		if parts := r.partsOf(src.value); parts != nil {
			return r.relationColumns(parts)
		}
	}
	if !r.room(len(src.rel.columns) * (pointerBytes + columnBytes)) {
		return []column{*r.unknownStar()}
	}
	hidden := src.hidden
	src.hidden = false
	listed := r.listFromItem(r.pointers.List(len(src.rel.columns) + 1)[:0], src)
	src.hidden = hidden
	columns := r.copies(listed)
	if r.dialect.Naming.QualifyDuplicates && v.scope != nil {
		for i, c := range listed {
			r.qualifyDuplicate(&columns[i], c, v.scope, v.scope.indexOf(src))
		}
	}
	return columns
}

// indexOf is the place of a member of FROM, or -1.
func (s *scope) indexOf(src *fromItem) int {
	for i := range s.from {
		if &s.from[i] == src {
			return i
		}
	}
	return -1
}

func (r *resolver) relationColumns(rel *relation) []column {
	return r.fromItemColumns(&fromItem{rel: rel}, view{})
}

// fieldColumns returns the fields of a structured value, or a star where they are
// not known.
func (r *resolver) fieldColumns(e ast.Expr, v view) []column {
	if parts := r.partsOfExpr(e, v); parts != nil {
		columns := r.relationColumns(parts)
		if r.dialect.Names.DottedColumns { // t.* of a tuple gives t.a, t.b
			for i := range columns {
				columns[i].text = r.written(e) + "." + r.stored(&columns[i])
				columns[i].key, columns[i].literal, columns[i].quoted = r.names.id(columns[i].text), true, true
			}
		}
		return columns
	}
	whole := &column{expr: e, view: v, kinds: Field}
	return []column{*r.openStar(&relation{catchAll: whole})}
}

// qualifiedStar finds the table that the qualifier of a star means.
func (r *resolver) qualifiedStar(ref *ast.ColumnRef, v view) (*fromItem, int) {
	parts := append(ref.Parts[:len(ref.Parts):len(ref.Parts)], ast.Ident{})
	for level := v; level.scope != nil; level = level.outward() {
		if src, used := r.qualified(parts, level); src != nil {
			return src, used
		}
	}
	for level := v; level.scope != nil && len(ref.Parts) == 1; level = level.outward() {
		if src := level.scope.hiddenName(r.names.id(ref.Parts[0].Text), level.from); src != nil {
			return src, 1
		}
	}
	return nil, 0
}

// nameTest compiles a pattern over names; nil where it cannot.
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
		return nil
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
