package resolve

import (
	"strconv"
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// resolveDotted resolves a.b, a.b.c and so on: a table's column, perhaps a field
// of it, or a column's field.
func (r *resolver) resolveDotted(ref *ast.ColumnRef, key name, v view) int32 {
	for level := v; level.scope != nil; level = level.outward() {
		if src, used := r.qualified(ref.Parts, level); src != nil {
			return r.fromItemColumn(ref, src, used)
		}
		if level.scope.pattern {
			return r.resolve(&ast.ColumnRef{Span: ref.Span, Parts: ref.Parts[1:]}, level)
		}
		start := len(r.matches)
		if n := r.nestedName(ref.Parts, level); n > 0 {
			return r.fieldOf(start, ref.Parts[n:])
		}
		if r.lookupFrom(key, ref.Parts[0], level) == certain && len(r.matches) == start+1 {
			return r.fieldOf(start, ref.Parts[1:])
		}
		r.matches = r.matches[:start]
		if c := r.groupWindow(key, level); c != nil {
			r.push(match{column: c, certainty: certain})
			return r.fieldOf(start, ref.Parts[1:])
		}
		if c := level.scope.mergedColumn(key); c != nil {
			r.push(match{column: c, certainty: certain})
			return r.fieldOf(start, ref.Parts[1:])
		}
	}
	return r.resolveDottedLeftover(ref, key, v)
}

// resolveDottedLeftover is for dotted names whose front no scope knows.
func (r *resolver) resolveDottedLeftover(ref *ast.ColumnRef, key name, v view) int32 {
	for level := v; level.scope != nil; level = level.outward() {
		if src := level.scope.hiddenName(key, level.from); src != nil {
			return r.fromItemColumn(ref, src, 1)
		}
	}
	if src, used := r.fullerName(ref.Parts, v); src != nil {
		return r.fromItemColumn(ref, src, used)
	}
	start := len(r.matches)
	if c := r.anyAlias(key, v); c != nil {
		r.push(match{column: c, certainty: certain})
		return r.fieldOf(start, ref.Parts[1:])
	}
	// Exasol: local.alias
	if len(ref.Parts) == 2 && !ref.Parts[0].Quoted && strings.EqualFold(ref.Parts[0].Text, "local") {
		if c := r.anyAlias(r.names.id(ref.Parts[1].Text), v); c != nil {
			r.push(match{column: c, certainty: certain})
			return 0
		}
	}
	if r.isReserved(key, ref.Parts[0]) || len(ref.Parts) == 2 && r.variables[r.names.id(ref.Parts[1].Text)] {
		return 0 // also session.x of Databricks
	}
	for level := v; level.scope != nil; level = level.outward() {
		if r.lookupFrom(key, ref.Parts[0], level) > absent {
			if len(r.matches) > start+1 {
				r.ambiguous(ref, start)
			}
			return r.fieldOf(start, ref.Parts[1:])
		}
	}
	if r.isSequence(ref) {
		return 0
	}
	r.report(ref.Span, UnknownTable, "no table or alias in scope is named %s", shown(&ast.ColumnRef{Parts: ref.Parts[:1]}))
	r.pushFailed(ref)
	return 0
}

// qualified finds the member of FROM that the first parts of a name mean, and
// how many parts that are. The longest match wins.
func (r *resolver) qualified(parts []ast.Ident, v view) (*fromItem, int) {
	r.look(int(v.from))
	if r.over {
		return nil, 0
	}
	var buffer [6]name
	keys := buffer[:0]
	for _, p := range parts[:len(parts)-1] {
		keys = append(keys, r.names.id(p.Text))
	}
	for used := len(keys); used > 0; used-- {
		for i := range v.scope.from[:v.from] {
			if src := &v.scope.from[i]; src.answers(keys[:used]) {
				return r.exactFromItem(src, parts[used-1], v, keys[:used]), used
			}
		}
	}
	return nil, 0
}

// exactFromItem prefers, of members whose names differ in case alone, the one
// spelled alike.
func (r *resolver) exactFromItem(first *fromItem, id ast.Ident, v view, keys []name) *fromItem {
	if first.text == id.Text || !r.dialect.Identifiers.TablesExact {
		return first
	}
	stored := r.dialect.Stored(id.Text, id.Quoted)
	for i := range v.scope.from[:v.from] {
		src := &v.scope.from[i]
		if src.answers(keys) && r.dialect.Stored(src.text, src.quoted) == stored {
			return src
		}
	}
	return first
}

// answers reports whether a qualifier means this member.
func (s *fromItem) answers(keys []name) bool {
	if len(keys) == 1 && s.alias == keys[0] {
		return true
	}
	return !s.aliased && endsWith(s.parts, keys)
}

func endsWith(parts, tail []name) bool {
	if len(tail) > len(parts) || len(tail) == 0 {
		return false
	}
	parts = parts[len(parts)-len(tail):]
	for i := range tail {
		if parts[i] != tail[i] {
			return false
		}
	}
	return true
}

// hiddenName finds a member by the table name that its alias hides. Strictly
// that is an error; people and tools write it nonetheless.
func (s *scope) hiddenName(key name, limit int32) *fromItem {
	for i := range s.from[:limit] {
		if p := s.from[i].parts; len(p) > 0 && p[len(p)-1] == key {
			return &s.from[i]
		}
	}
	return nil
}

// fullerName finds a member whose own name has fewer parts than its qualifier: d.t.a where FROM has t.
func (r *resolver) fullerName(parts []ast.Ident, v view) (*fromItem, int) {
	if len(parts) < 3 {
		return nil, 0
	}
	keys := make([]name, 0, len(parts)-1)
	for _, p := range parts[:len(parts)-1] {
		keys = append(keys, r.names.id(p.Text))
	}
	for level := v; level.scope != nil; level = level.outward() {
		for i := range level.scope.from[:level.from] {
			src := &level.scope.from[i]
			if own := len(src.parts); !src.aliased && own > 0 && own < len(keys) && own+3 >= len(keys) && endsWith(keys, src.parts) {
				return src, len(keys)
			}
		}
	}
	return nil, 0
}

// fromItemColumn pushes the column of a member of FROM that follows the used
// parts of a name.
func (r *resolver) fromItemColumn(ref *ast.ColumnRef, src *fromItem, used int) int32 {
	start := len(r.matches)
	id := ref.Parts[used]
	key := r.names.id(id.Text)
	if n := positionIn(id); n > 0 && r.dialect.Grammar.PositionColumns {
		if c := src.rel.at(n - 1); c != nil {
			r.push(match{column: c, certainty: certain})
			return r.fieldOf(start, ref.Parts[used+1:])
		}
	}
	if r.dialect.Names.DottedColumns {
		if c, n := r.nestedColumn(src.rel, ref.Parts[used:]); c != nil {
			r.push(match{column: c, certainty: certain})
			return r.fieldOf(start, ref.Parts[used+n:])
		}
	}
	m := src.rel.lookup(r, key, id)
	if src.value != nil && m.certainty < certain {
		r.push(match{column: src.value, certainty: certain})
		return r.fieldOf(start, ref.Parts[used:])
	}
	if m.certainty == absent {
		if len(ref.Parts) > used+1 && r.isPseudo(key, id) { // t._metadata.file_path
			return 0
		}
		c := src.rel.inferred(r, key, id)
		if c == nil {
			r.pushFailed(ref)
			return 0
		}
		m = match{column: c, confidence: Inferred}
	}
	r.push(m)
	return r.fieldOf(start, ref.Parts[used+1:])
}

// nestedName pushes the column whose name is the first parts joined by dots, as
// those of ClickHouse's Nested are, and gives the number of these parts; 0 for none.
func (r *resolver) nestedName(parts []ast.Ident, v view) int {
	if !r.dialect.Names.DottedColumns {
		return 0
	}
	found, used, wins := (*column)(nil), 0, false
	for i := range v.scope.from[:v.from] {
		src := &v.scope.from[i]
		if c, n := r.nestedColumn(src.rel, parts); c != nil && (found == nil || src.wins && !wins) {
			found, used, wins = c, n, src.wins
		}
	}
	if found != nil {
		r.push(match{column: found, certainty: certain})
	}
	return used
}

// nestedColumn finds the column with the longest name that is made of the first
// parts, at least two.
func (r *resolver) nestedColumn(rel *relation, parts []ast.Ident) (*column, int) {
	for n := min(len(parts), 4); n > 1; n-- {
		texts := make([]string, n)
		for i := range texts {
			texts[i] = parts[i].Text
		}
		text := strings.Join(texts, ".")
		if c := rel.find(r, r.names.id(text), ast.Ident{Text: text, Quoted: true}); c != nil {
			return c, n
		}
	}
	return nil, 0
}

// fieldOf goes from the column at the top of the stack into its fields. Fields
// that are known replace it; the path is what remains.
func (r *resolver) fieldOf(start int, fields []ast.Ident) int32 {
	if len(r.matches) != start+1 {
		return r.pathOf(fields)
	}
	for len(fields) > 0 {
		parts := r.partsOf(r.matches[start].column)
		if parts == nil {
			break
		}
		m := parts.lookup(r, r.names.id(fields[0].Text), fields[0])
		if m.certainty < possible {
			break
		}
		m.confidence = max(m.confidence, r.matches[start].confidence)
		r.matches[start] = m
		fields = fields[1:]
	}
	return r.pathOf(fields)
}

// pathOf interns field names as a path.
func (r *resolver) pathOf(fields []ast.Ident) int32 {
	switch len(fields) {
	case 0:
		return 0
	case 1:
		return r.path(fields[0].Text)
	}
	texts := make([]string, len(fields))
	for i, f := range fields {
		texts[i] = f.Text
	}
	return r.path(strings.Join(texts, "."))
}

// resolvePosition resolves $2 and t.$2, the second column of a member of FROM,
// and #2, the second column of all members of FROM.
func (r *resolver) resolvePosition(ref *ast.ColumnRef, v view) {
	if v.scope == nil {
		return
	}
	qualifier := ref.Parts
	if n := len(qualifier); n > 0 && positionIn(qualifier[n-1]) > 0 {
		qualifier = qualifier[:n-1]
	}
	if len(qualifier) == 0 && r.sql[ref.Start] == '#' {
		listed := r.newRelation(r.list(v))
		if c := listed.at(ref.Position - 1); c != nil {
			r.push(match{column: c, certainty: certain})
		} else if len(v.scope.from) > 0 {
			r.pushFailed(ref)
		}
		return
	}
	var src *fromItem
	if len(qualifier) > 0 {
		src, _ = r.qualified(append(qualifier[:len(qualifier):len(qualifier)], ast.Ident{}), v)
	} else if v.from > 0 {
		src = &v.scope.from[0]
	}
	if src == nil {
		r.pushFailed(ref)
		return
	}
	if c := src.rel.at(ref.Position - 1); c != nil {
		r.push(match{column: c, certainty: certain})
		return
	}
	id := ast.Ident{Text: "$" + strconv.Itoa(ref.Position)}
	if m := src.rel.lookup(r, r.names.id(id.Text), id); m.column != nil {
		r.push(m)
	}
}

// positionIn is n of $n and #n, 0 for any other name.
func positionIn(id ast.Ident) int {
	if id.Quoted || len(id.Text) < 2 || id.Text[0] != '$' && id.Text[0] != '#' {
		return 0
	}
	n, err := strconv.Atoi(id.Text[1:])
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// at is the column at a position, or nil where the position cannot be known.
func (rel *relation) at(i int) *column {
	for j := range rel.columns {
		switch c := &rel.columns[j]; {
		case c.star != nil:
			return nil
		case c.hidden:
		case i == 0:
			return c
		default:
			i--
		}
	}
	return nil
}
