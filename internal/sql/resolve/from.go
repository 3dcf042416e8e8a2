package resolve

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// addFrom puts a member of FROM in scope, and in the order of a star.
func (r *resolver) addFrom(s *scope, t ast.TableExpr) {
	if m, ok := r.addMember(s, t); ok {
		s.shape = append(s.shape, m)
	}
}

// addMember puts a member of FROM in scope.
func (r *resolver) addMember(s *scope, t ast.TableExpr) (member, bool) {
	if t == nil || !r.enter() {
		return member{}, false
	}
	defer r.leave()
	switch t := t.(type) {
	case *ast.TableRef:
		return r.addTableRef(s, t), true
	case *ast.Derived:
		return r.addDerived(s, t), true
	case *ast.TableFunction:
		return r.addFunction(s, t), true
	case *ast.Join:
		return r.addJoin(s, t)
	case *ast.ArrayJoin:
		return r.addArrayJoin(s, t), true
	case *ast.Pivot:
		return r.addPivot(s, t), true
	case *ast.Unpivot:
		return r.addUnpivot(s, t), true
	case *ast.MatchRecognize:
		return r.addMatchRecognize(s, t), true
	case *ast.BadTable:
		return r.addBadTable(s, t), true
	default:
		return member{}, false
	}
}

// addFromItem adds rows under an alias.
func (r *resolver) addFromItem(s *scope, rel *relation, alias *ast.Alias) *fromItem {
	src := fromItem{rel: rel}
	if alias != nil {
		if !alias.Name.IsZero() {
			src.alias, src.aliased = r.names.id(alias.Name.Text), true
			src.text, src.quoted = alias.Name.Text, alias.Name.Quoted
		}
		if len(alias.Columns) > 0 {
			src.rel = r.renamed(rel, columnNames(alias.Columns))
		}
	}
	r.addTo(s, src)
	return &s.from[len(s.from)-1]
}

func (r *resolver) addTo(s *scope, src fromItem) {
	if len(s.from) == cap(s.from) {
		s.from = r.fromItems.Grown(s.from)
	}
	s.from = append(s.from, src)
}

func columnNames(defs []ast.ColumnDef) []ast.Ident {
	names := make([]ast.Ident, len(defs))
	for i := range defs {
		names[i] = defs[i].Name
	}
	return names
}

// lastMember is the member for the item of FROM that was added last.
func (s *scope) lastMember() member { return member{from: len(s.from) - 1} }

// addTableRef adds a table, a CTE, or an array of an earlier member.
func (r *resolver) addTableRef(s *scope, t *ast.TableRef) member {
	parts := t.Name.Parts
	if len(parts) == 0 {
		r.addFromItem(s, r.newRelation(nil), t.Alias)
		return s.lastMember()
	}
	if m, ok := r.addCorrelated(s, t); ok {
		return m
	}
	src := r.addFromItem(s, r.namedRows(s, t.Name), t.Alias)
	if src.aliased {
		src.parts = r.keys.List(1)
		src.parts[0] = r.names.id(parts[len(parts)-1].Text)
		return s.lastMember()
	}
	src.parts = r.keys.List(len(parts))
	for i, p := range parts {
		src.parts[i] = r.names.id(p.Text)
	}
	last := parts[len(parts)-1]
	src.alias, src.text, src.quoted = src.parts[len(parts)-1], last.Text, last.Quoted
	return s.lastMember()
}

// namedRows returns the rows of a table name.
func (r *resolver) namedRows(s *scope, n *ast.ObjectName) *relation {
	if len(n.Parts) == 1 && !n.File && !r.over {
		r.look(s.ctes.count())
		if t := s.ctes.lookup(r.names.id(n.Parts[0].Text), n.Parts[0]); t != nil {
			return r.cteRelation(t)
		}
	}
	key := r.tableKey(n)
	if made, ok := r.created[string(key)]; ok {
		return r.createdRows(made)
	}
	return r.table(n, key).rel
}

// tableKey is equal for two names of one table. It is valid until the next one
// is asked for.
func (r *resolver) tableKey(n *ast.ObjectName) []byte {
	r.key = r.key[:0]
	for i, p := range n.Parts {
		if i > 0 {
			r.key = append(r.key, '\n')
		}
		r.key = append(r.key, r.dialect.TableKey(p.Text, p.Quoted)...)
	}
	return r.key
}

// table finds or adds a base table.
func (r *resolver) table(n *ast.ObjectName, key []byte) *table {
	if t := r.cachedTable(key); t != nil {
		t.read = t.read || r.behind == 0
		return t
	}
	r.use(tableBytes)
	ref := &Table{Parts: make([]Name, len(n.Parts)), File: n.File}
	for i, p := range n.Parts {
		ref.Parts[i] = Name{Text: p.Text, Quoted: p.Quoted}
	}
	t := r.addTable(ref)
	t.key = string(key)
	columns, ok := r.schema.Columns(ref.Parts)
	if !ok || len(columns) == 0 {
		t.rel = r.openRelation(t)
		return t
	}
	ref.InSchema = true
	t.rel = r.tableColumns(t, columns)
	return t
}

// manyTables is the number of tables from which on a map is faster than looking through
// the list.
const manyTables = 24

func (r *resolver) cachedTable(key []byte) *table {
	if len(r.tables) < manyTables {
		for _, t := range r.tables {
			if t.key == string(key) && !t.ref.Boundary {
				return t
			}
		}
		return nil
	}
	if r.byName == nil {
		r.byName = make(map[string]*table, 2*manyTables)
	}
	for ; r.inByName < len(r.tables); r.inByName++ {
		if t := r.tables[r.inByName]; !t.ref.Boundary {
			r.byName[t.key] = t
		}
	}
	return r.byName[string(key)]
}

// openRelation is a table whose columns are not known.
func (r *resolver) openRelation(t *table) *relation {
	rel := r.relations.New()
	rel.table, rel.open = t, true
	return rel
}

// addTable numbers a base table.
func (r *resolver) addTable(ref *Table) *table {
	t := r.base.New()
	t.ref, t.id, t.read = ref, int32(len(r.tables)), r.behind == 0
	r.tables = append(r.tables, t)
	return t
}

// tableColumns makes the columns of a table that the schema knows.
func (r *resolver) tableColumns(t *table, columns []Column) *relation {
	if !r.room(len(columns) * (columnBytes + edgeBytes)) {
		return r.openRelation(t)
	}
	made := r.columns.List(len(columns))
	edges := r.edges.List(len(columns))
	t.columns = r.texts.List(len(columns) + 2)[:len(columns)]
	for i, c := range columns {
		t.columns[i] = c.Name
		edges[i] = edge{table: t.id, column: int32(i), kinds: Identity}
		made[i] = r.literalColumn(c.Name)
		made[i].state, made[i].edges = done, edges[i:i+1:i+1]
		if strings.ContainsAny(c.Type, "<(") {
			made[i].details().typ = c.Type
		} else {
			made[i].partsState = done
		}
	}
	rel := r.newRelation(made)
	rel.table = t
	return rel
}

// addDerived adds a subquery. Only a lateral one sees its neighbours.
func (r *resolver) addDerived(s *scope, t *ast.Derived) member {
	outer := s.outer
	if t.Lateral {
		outer = s.full()
	}
	r.addFromItem(s, r.query(t.Query, outer, s.ctes), t.Alias)
	return s.lastMember()
}

// addCorrelated adds FROM t, t.arr: the elements of an array of an earlier member.
func (r *resolver) addCorrelated(s *scope, t *ast.TableRef) (member, bool) {
	parts := t.Name.Parts
	if len(parts) < 2 || !r.dialect.Names.CorrelatedPaths || t.Name.File {
		return member{}, false
	}
	key := r.names.id(parts[0].Text)
	for level := s.full(); level.scope != nil; level = level.outward() {
		if level.scope.named(key, level) != nil {
			array := &ast.ColumnRef{Span: t.Span, Parts: parts}
			r.addElements(s, []ast.Expr{array}, t.Alias, parts[len(parts)-1], t.WithOffset)
			return s.lastMember(), true
		}
	}
	return member{}, false
}

// addBadTable adds what could be saved of an unreadable member.
func (r *resolver) addBadTable(s *scope, t *ast.BadTable) member {
	r.report(t.Span, Unreadable, "the member of FROM could not be read")
	if t.Input != nil {
		if m, ok := r.addMember(s, t.Input); ok {
			if t.Alias != nil && m.left == nil {
				src := &s.from[m.from]
				src.alias, src.aliased = r.names.id(t.Alias.Name.Text), true
			}
			return m
		}
	}
	any := &column{detail: &detail{more: t.Children}, view: s.full(), kinds: Transform, confidence: Inferred}
	r.addFromItem(s, &relation{catchAll: any}, t.Alias)
	return s.lastMember()
}

// joins counts the joins in a FROM, each of which adds a member.
func joins(list []ast.TableExpr) int {
	n := 0
	for _, t := range list {
		for j, ok := t.(*ast.Join); ok; j, ok = t.(*ast.Join) {
			n++
			t = j.Left
		}
	}
	return n
}
