package resolve

import (
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
)

// resolve finds what a name means. It pushes the columns onto r.matches and
// returns the path to the field within them that is meant, 0 for the whole.
func (r *resolver) resolve(ref *ast.ColumnRef, v view) int32 {
	if ref.Position > 0 {
		r.resolvePosition(ref, v)
		return 0
	}
	if len(ref.Parts) == 0 {
		return 0
	}
	key := r.names.id(ref.Parts[0].Text)
	if scan(r.bound, key) >= 0 {
		return 0
	}
	if len(ref.Parts) == 1 {
		r.resolveName(ref, key, v)
		return 0
	}
	return r.resolveDotted(ref, key, v)
}

func (r *resolver) push(m match) { r.matches = append(r.matches, m) }

// resolveName resolves an unqualified name: in the scope itself, then outwards.
func (r *resolver) resolveName(ref *ast.ColumnRef, key name, v view) {
	id := ref.Parts[0]
	var fallback match
	for level := v; level.scope != nil; level = level.outward() {
		start := len(r.matches)
		switch found := r.lookupName(ref, key, level); found {
		case certain:
			return
		case possible:
			if fallback.column == nil {
				return
			}
		case conceivable:
			if fallback.column == nil {
				fallback = r.matches[start]
			}
		}
		r.matches = r.matches[:start]
	}
	if fallback.column != nil {
		r.push(fallback)
		return
	}
	r.resolveLeftover(ref, key, id, v)
}

// lookupName looks in one scope and pushes what it finds.
func (r *resolver) lookupName(ref *ast.ColumnRef, key name, v view) certainty {
	id := ref.Parts[0]
	if !id.Quoted && slices.Contains(r.dialect.Names.Pseudo, r.names.text(key)) {
		return certain // of no column
	}
	if v.rule == dialect.AliasFirst {
		if c := r.alias(key, v); c != nil {
			r.push(match{column: c, certainty: certain})
			return certain
		}
	}
	r.look(len(v.scope.merged))
	if c := v.scope.mergedColumn(key); c != nil {
		r.push(match{column: c, certainty: certain})
		return certain
	}
	start := len(r.matches)
	best := r.lookupFrom(key, id, v)
	count := len(r.matches) - start
	if best == certain {
		if count > 1 {
			r.ambiguous(ref, start)
		}
		return certain
	}
	if c := r.groupWindow(key, v); c != nil {
		r.matches = append(r.matches[:start], match{column: c, certainty: certain})
		return certain
	}
	if best < possible && r.isPseudo(key, id) || best == possible && r.isReserved(key, id) || r.variables[key] {
		r.matches = r.matches[:start]
		return certain // of no column
	}
	if v.rule == dialect.ColumnFirst {
		if c := r.alias(key, v); c != nil && (best != possible || count > 1 || !r.mentions(c, key)) {
			r.matches = append(r.matches[:start], match{column: c, certainty: certain})
			return certain
		}
	}
	if src := r.rowAlias(key, v); src != nil && (best < possible || src.aliased) {
		r.matches = r.matches[:start]
		r.pushRow(src)
		return certain
	}
	if r.dialect.Grammar.ExpressionCTE {
		r.look(v.scope.ctes.count())
		if t := v.scope.ctes.value(key); t != nil {
			r.matches = append(r.matches[:start], match{column: r.valueColumn(t, v), certainty: certain})
			return certain
		}
	}
	if best == possible && count > 1 {
		r.ambiguous(ref, start)
	}
	return best
}

// groupWindow is the column that GROUP BY window(ts, '1 hour') makes, called after its function; nil where there is
// none of that name.
func (r *resolver) groupWindow(key name, v view) *column {
	if !r.dialect.Names.GroupWindows || v.scope.query == nil || v.scope.query.GroupBy == nil {
		return nil
	}
	if text := r.names.text(key); text != "window" && text != "session_window" {
		return nil
	}
	for i := range v.scope.query.GroupBy.Items {
		call, ok := v.scope.query.GroupBy.Items[i].Expr.(*ast.Call)
		if ok && len(call.Name.Parts) == 1 && r.names.id(call.Name.Parts[0].Text) == key {
			return &column{key: key, expr: call, view: v.scope.full(), kinds: Transform}
		}
	}
	return nil
}

// valueColumn is what WITH expression AS name means in a scope.
func (r *resolver) valueColumn(t *cte, v view) *column {
	return &column{key: t.key, expr: t.node.Value, view: v, kinds: Identity}
}

// lookupFrom pushes the columns of the members of FROM that answer best.
func (r *resolver) lookupFrom(key name, id ast.Ident, v view) certainty {
	r.look(int(v.from))
	if r.over {
		return absent
	}
	start := len(r.matches)
	best := absent
	for i := range v.scope.from[:v.from] {
		src := &v.scope.from[i]
		if src.hidden {
			continue
		}
		m := src.rel.lookup(r, key, id)
		if m.certainty == absent || m.certainty < best {
			continue
		}
		if m.certainty > best || src.wins {
			best = m.certainty
			r.matches = r.matches[:start]
		}
		r.push(m)
		if src.value != nil && src.alias == key && m.certainty == certain {
			// The element of an array hides a column that is called like it.
			r.matches = append(r.matches[:start], m)
			return certain
		}
	}
	if best > absent {
		return best
	}
	for i := range v.scope.from[:v.from] {
		if src := &v.scope.from[i]; src.hidden {
			if m := src.rel.lookup(r, key, id); m.certainty > absent {
				r.push(m)
				return m.certainty
			}
		}
	}
	return absent
}

// ambiguous marks the candidates from start on.
func (r *resolver) ambiguous(ref *ast.ColumnRef, start int) {
	for i := start; i < len(r.matches); i++ {
		r.matches[i].confidence = Ambiguous
	}
	r.report(ref.Span, AmbiguousColumn, "column %s may belong to %d tables", shown(ref), len(r.matches)-start)
}

// alias finds a projection by its alias, the last of several.
func (r *resolver) alias(key name, v view) *column {
	r.look(int(v.aliases))
	if r.over {
		return nil
	}
	for i := v.aliases - 1; i >= 0; i-- {
		if v.scope.aliases[i] != key || i+1 == v.avoid {
			continue
		}
		if c := v.scope.items[i]; c != nil && c.state != working {
			return c
		}
	}
	return nil
}

// mentions reports whether a column is made of a base column with this name: then
// the tables in scope do have such a column, even if their schema is unknown.
func (r *resolver) mentions(c *column, key name) bool {
	for _, e := range r.edgesOf(c) {
		if e.table >= 0 && r.names.id(r.tables[e.table].columns[e.column]) == key {
			return true
		}
	}
	return false
}

// rowAlias finds the member of FROM whose whole row a name means.
func (r *resolver) rowAlias(key name, v view) *fromItem {
	if !r.dialect.Names.TableAsStruct {
		return nil
	}
	return v.scope.named(key, v)
}

func (s *scope) named(key name, v view) *fromItem {
	for i := range s.from[:v.from] {
		if s.from[i].alias == key {
			return &s.from[i]
		}
	}
	return nil
}

func (s *scope) mergedColumn(key name) *column {
	for i := len(s.merged) - 1; i >= 0; i-- {
		if s.merged[i].key == key {
			return s.merged[i].column
		}
	}
	return nil
}

// pushRow pushes a whole row.
func (r *resolver) pushRow(src *fromItem) {
	r.push(match{column: r.rowOf(src.rel), certainty: certain})
}

// resolveLeftover is for names that no scope knows.
func (r *resolver) resolveLeftover(ref *ast.ColumnRef, key name, id ast.Ident, v view) {
	if c := r.anyAlias(key, v); c != nil {
		r.push(match{column: c, confidence: Inferred, certainty: conceivable})
		return
	}
	for level := v; level.scope != nil; level = level.outward() {
		if src := level.scope.named(key, level); src != nil {
			r.pushRow(src)
			return
		}
	}
	if !id.Quoted && dialect.IsUnitWord(r.names.text(key)) {
		return
	}
	if c := r.inferredColumn(key, id, v); c != nil {
		r.push(match{column: c, confidence: Inferred, certainty: conceivable})
		return
	}
	r.pushFailed(ref)
}

// anyAlias finds an alias whatever the dialect's rule is.
func (r *resolver) anyAlias(key name, v view) *column {
	for level := v; level.scope != nil; level = level.outward() {
		level.aliases = int32(len(level.scope.aliases))
		if c := r.alias(key, level); c != nil {
			return c
		}
	}
	return nil
}

// inferredColumn takes a name for a column that the only table in scope has
// gained since its schema was read.
func (r *resolver) inferredColumn(key name, id ast.Ident, v view) *column {
	for level := v; level.scope != nil; level = level.outward() {
		switch level.from {
		case 0:
		case 1:
			return level.scope.from[0].rel.inferred(r, key, id)
		default:
			return nil
		}
	}
	return nil
}

// pushFailed pushes a column that has no table.
func (r *resolver) pushFailed(ref *ast.ColumnRef) {
	r.report(ref.Span, UnknownColumn, "no table in scope has a column %s", shown(ref))
	text := shown(ref)
	i, ok := r.failedAt[text]
	if !ok {
		if r.failedAt == nil {
			r.failedAt = map[string]int{}
		}
		i = len(r.failed)
		r.failed = append(r.failed, text)
		r.failedAt[text] = i
	}
	r.push(match{column: &column{
		state: done,
		edges: []edge{{table: -1, column: int32(i), kinds: Identity, confidence: Failed}},
	}})
}

// longestShown bounds a name in a message, in bytes.
const longestShown = 120

// shown is a name as messages have it.
func shown(ref *ast.ColumnRef) string {
	text := written(ref)
	if len(text) <= longestShown {
		return text
	}
	return strings.ToValidUTF8(text[:longestShown], "") + "…"
}

// written is a name as the text has it.
func written(ref *ast.ColumnRef) string {
	var b strings.Builder
	for i, p := range ref.Parts {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(p.Text)
	}
	return b.String()
}
