package resolve

import (
	"strconv"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// partsOf returns the fields of a structured value, or nil where they are not
// known. An array of structures has the fields of its elements.
func (r *resolver) partsOf(c *column) *relation {
	switch c.partsState {
	case done:
		return c.made().parts
	case working:
		return nil
	}
	if !r.enter() {
		return nil
	}
	defer r.leave()
	c.partsState = working
	parts := r.findParts(c)
	if parts != nil {
		c.details().parts = parts
	}
	c.partsState = done
	return parts
}

func (r *resolver) findParts(c *column) *relation {
	d := c.made()
	switch {
	case d.typ != "":
		return r.fieldsOfType(c, parseType(d.typ))
	case c.expr != nil && len(d.more) == 0:
		return r.partsOfExpr(c.expr, c.view)
	case c.same != nil && len(d.from) == 0 && d.path == 0:
		return r.partsOf(c.same)
	default:
		return nil
	}
}

// rowOf is a whole row as one value.
func (r *resolver) rowOf(rel *relation) *column {
	r.use(columnBytes + len(rel.columns)*2*pointerBytes)
	row := &column{kinds: Transform, detail: &detail{parts: rel}, partsState: done}
	if rel.open {
		row.addFrom(r.extraColumn(rel.table, r.names.id("*"), ast.Ident{Text: "*"}))
		return row
	}
	for i := range rel.columns {
		if c := &rel.columns[i]; !c.hidden {
			row.addFrom(r.throughStar(c))
		}
	}
	if rel.catchAll != nil && row.same == nil {
		row.addFrom(rel.catchAll)
	}
	return row
}

// throughStar is the column that stands for all of a star, or c itself.
func (r *resolver) throughStar(c *column) *column {
	if c.star == nil {
		return c
	}
	return r.starColumn(c.star)
}

// starColumn stands for all that an unexpanded star may bring.
func (r *resolver) starColumn(s *star) *column {
	r.use(columnBytes)
	all := &column{key: r.names.id("*"), text: "*", kinds: Identity, confidence: Inferred}
	if !r.room(len(s.rel.columns)*2*pointerBytes) || !r.enter() {
		return all
	}
	defer r.leave()
	r.use(len(s.rel.columns) * 2 * pointerBytes)
	if s.rel.open {
		all.addFrom(r.extraColumn(s.rel.table, all.key, ast.Ident{Text: "*"}))
		return all
	}
	for i := range s.rel.columns {
		if c := &s.rel.columns[i]; !c.hidden && !s.excludes(c.key) {
			all.addFrom(r.throughStar(c))
		}
	}
	for _, b := range s.rel.branches {
		all.addFrom(r.starColumn(&star{rel: b, except: s.except}))
	}
	if s.rel.catchAll != nil {
		all.addFrom(s.rel.catchAll)
	}
	return all
}

// elementCalls are functions that give their first argument, an element of it
// or an array of it: the fields stay the same.
var elementCalls = map[string]bool{
	"array_agg": true, "any_value": true, "first_value": true, "last_value": true, "first": true, "last": true,
	"min_by": true, "max_by": true, "arg_min": true, "arg_max": true, "coalesce": true, "ifnull": true, "nullif": true,
	"array_concat": true, "array_reverse": true, "array_distinct": true, "element_at": true, "collect_list": true, "collect_set": true,
	"unnest": true, "explode": true, "array": true, "lag": true, "lead": true, "nth_value": true, "list": true, "array_filter": true, "filter": true,
}

// partsOfExpr finds the fields of an expression's value.
func (r *resolver) partsOfExpr(e ast.Expr, v view) *relation {
	if !r.spend(1) {
		return nil
	}
	switch e := e.(type) {
	case *ast.ColumnRef:
		return r.partsOfRef(e, v)
	case *ast.Collection:
		return r.partsOfCollection(e, v)
	case *ast.Access:
		return r.partsOfAccess(e, v)
	case *ast.Call:
		if function := r.functionName(e); len(e.Args) > 0 && elementCalls[function] {
			return r.partsOfCall(e, r.callKind(e, function), v)
		}
		if r.functionName(e) == "tuple" && r.dialect.Names.DottedColumns { // ClickHouse
			return r.partsOfCollection(&ast.Collection{Span: e.Span, Kind: ast.Tuple, Members: e.Args}, v)
		}
		if structCalls[r.functionName(e)] {
			return r.partsOfPairs(e, v)
		}
		if v.scope != nil {
			if rel := r.recordType(v.scope, r.functionName(e), e); rel != nil {
				return rel
			}
		}
		return r.partsOfGenerator(e, v)
	case *ast.Subquery:
		return r.partsOfSubquery(e, v)
	case *ast.Cast:
		if e.Type != nil && len(e.Type.Fields) > 0 {
			whole := &column{expr: e, view: v, kinds: Identity}
			return r.fieldsOfType(whole, typeOfNode(e.Type))
		}
	case *ast.Case:
		if len(e.Whens) > 0 {
			return r.partsOfExpr(e.Whens[0].Result, v)
		}
	}
	return nil
}

// structCalls make a structure of names and values in turns.
var structCalls = words("named_struct object_construct object_construct_keep_null")

// partsOfPairs returns the fields of NAMED_STRUCT('x', a, 'y', b); nil where a name is not a constant.
func (r *resolver) partsOfPairs(e *ast.Call, v view) *relation {
	columns := make([]column, 0, len(e.Args)/2)
	for i := 0; i+1 < len(e.Args); i += 2 {
		key, ok := e.Args[i].Expr.(*ast.Literal)
		if !ok || key.Kind != ast.StringLiteral {
			return nil
		}
		c := r.namedColumn(ast.Ident{Span: key.Span, Text: key.Text, Quoted: true})
		c.expr, c.view = e.Args[i+1].Expr, v
		columns = append(columns, c)
	}
	if len(columns) == 0 {
		return nil
	}
	return r.newRelation(columns)
}

// partsOfGenerator returns the fields of the record that a function of rows gives, as in (jsonb_each(x)).key.
func (r *resolver) partsOfGenerator(e *ast.Call, v view) *relation {
	listed := r.dialect.TableFunctions[r.functionName(e)]
	if len(listed) < 2 || !r.dialect.Names.FunctionAliasIsColumn {
		return nil
	}
	columns := make([]column, len(listed))
	for i, text := range listed {
		columns[i] = r.literalColumn(text)
		columns[i].expr, columns[i].view, columns[i].kinds = e, v, Transform
	}
	return r.newRelation(columns)
}

// partsOfCall returns the fields of the element that a function picks. What it
// picks by decides the value of each field.
func (r *resolver) partsOfCall(e *ast.Call, kind KindSet, v view) *relation {
	parts := r.partsOfExpr(e.Args[0].Expr, v)
	if parts == nil || kind != Aggregate && kind != Window {
		return parts
	}
	var keys []ast.Expr
	for i := range e.OrderBy {
		keys = append(keys, e.OrderBy[i].Expr)
	}
	columns := r.relationColumns(parts)
	for i := range columns {
		if columns[i].star != nil {
			for _, key := range keys {
				r.control(key, v, Sort)
			}
			return parts
		}
		columns[i].kinds = kind
		if len(keys) > 0 {
			columns[i].view, columns[i].details().keys = v, keys
		}
	}
	return r.newRelation(columns)
}

func (r *resolver) partsOfRef(ref *ast.ColumnRef, v view) *relation {
	start := len(r.matches)
	defer func() { r.matches = r.matches[:start] }()
	path := r.resolve(ref, v)
	if len(r.matches) != start+1 || path != 0 {
		return nil
	}
	return r.partsOf(r.matches[start].column)
}

// partsOfCollection names the members of a structure. Without a name for each
// member the fields are not known.
func (r *resolver) partsOfCollection(e *ast.Collection, v view) *relation {
	if e.Type != nil && e.Kind != ast.Struct {
		whole := &column{expr: e, view: v, kinds: Identity}
		return r.fieldsOfType(whole, typeOfNode(e.Type))
	}
	if e.Kind == ast.Array && len(e.Members) > 0 {
		return r.partsOfExpr(e.Members[0].Expr, v)
	}
	if e.Kind == ast.Tuple && r.dialect.Names.DottedColumns {
		columns := make([]column, len(e.Members)) // ClickHouse: t.1, t.2
		for i := range e.Members {
			columns[i] = r.literalColumn(strconv.Itoa(i + 1))
			columns[i].expr, columns[i].view = e.Members[i].Expr, v
		}
		return r.newRelation(columns)
	}
	if e.Kind == ast.Tuple && r.dialect.Naming.Anonymous {
		columns := make([]column, len(e.Members)) // Trino: ROW(a, b).*
		for i := range e.Members {
			columns[i] = r.literalColumn("field" + strconv.Itoa(i))
			columns[i].expr, columns[i].view, columns[i].unnamed = e.Members[i].Expr, v, true
		}
		return r.newRelation(columns)
	}
	if e.Kind != ast.Struct {
		return nil
	}
	columns := make([]column, 0, len(e.Members))
	seen := map[name]bool{}
	for i, m := range e.Members {
		id := m.Name
		if id.IsZero() && e.Type != nil && i < len(e.Type.Fields) {
			id = e.Type.Fields[i].Name
		}
		if ref, ok := m.Expr.(*ast.ColumnRef); ok && id.IsZero() && len(ref.Parts) > 0 {
			id = ref.Parts[len(ref.Parts)-1]
		}
		c := r.namedColumn(id)
		if id.IsZero() || seen[c.key] {
			return nil
		}
		seen[c.key] = true
		c.expr, c.view = m.Expr, v
		columns = append(columns, c)
	}
	return r.newRelation(columns)
}

func (r *resolver) partsOfAccess(e *ast.Access, v view) *relation {
	parts := r.partsOfExpr(e.Operand, v)
	for _, s := range e.Steps {
		if parts == nil {
			return nil
		}
		if s = fieldStep(s); s.Kind != ast.FieldStep && s.Kind != ast.PathStep {
			continue
		}
		m := parts.lookup(r, r.names.id(s.Name.Text), s.Name)
		if m.certainty < possible {
			return nil
		}
		parts = r.partsOf(m.column)
	}
	return parts
}

// partsOfSubquery returns the columns of ARRAY(SELECT AS STRUCT ...), else the
// fields of the only column.
func (r *resolver) partsOfSubquery(e *ast.Subquery, v view) *relation {
	rel := r.subquery(e.Query, v)
	if sel, ok := e.Query.Body.(*ast.Select); ok && sel.Mode == ast.AsStruct {
		return rel
	}
	if len(rel.columns) == 1 && rel.columns[0].star == nil {
		return r.partsOf(&rel.columns[0])
	}
	return nil
}

// fieldsOfType makes the fields of a column out of its type.
func (r *resolver) fieldsOfType(whole *column, t *structType) *relation {
	if t == nil || len(t.fields) == 0 {
		return nil
	}
	columns := make([]column, 0, len(t.fields))
	for _, f := range t.fields {
		c := r.literalColumn(f.name)
		c.kinds = Field
		c.same = whole
		c.details().path = r.path(f.name)
		c.partsState = done
		columns = append(columns, c)
	}
	rel := r.newRelation(columns)
	for i, f := range t.fields {
		c := &rel.columns[i]
		c.details().parts = r.fieldsOfType(c, f.typ)
	}
	return rel
}

func (s *scope) frame() *frame {
	if s == nil {
		return nil
	}
	return s.ctes
}
