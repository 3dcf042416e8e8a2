package resolve

import (
	"slices"
	"strconv"
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// addUnnest adds the elements of arrays.
func (r *resolver) addUnnest(s *scope, t *ast.TableFunction, call *ast.Call) {
	r.addUnnested(s, t, call)
	if !r.dialect.Naming.Anonymous || t.Alias != nil && len(t.Alias.Columns) > 0 {
		return
	}
	key := r.names.id(call.Name.Last().Text)
	if t.Alias != nil && !t.Alias.Name.IsZero() {
		key = r.names.id(t.Alias.Name.Text)
	}
	columns := s.from[len(s.from)-1].rel.columns
	for i := range columns {
		if columns[i].key == key || columns[i].key == r.names.id("ordinality") {
			columns[i].text, columns[i].unnamed = r.dialect.Naming.Prefix+strconv.Itoa(i), true
			columns[i].key = r.names.id(columns[i].text)
		}
	}
}

func (r *resolver) addUnnested(s *scope, t *ast.TableFunction, call *ast.Call) {
	args := make([]ast.Expr, len(call.Args))
	for i, arg := range call.Args {
		args[i] = arg.Expr
	}
	if call.Query != nil {
		args = append(args, &ast.Subquery{Span: call.Span, Kind: ast.ArraySubquery, Query: call.Query})
	}
	if len(args) > 1 && (t.Alias == nil || len(t.Alias.Columns) == 0) {
		names := make([]ast.ColumnDef, len(args)) // one column for each array
		for i := range names {
			names[i].Name = call.Name.Last()
		}
		named := *t
		named.Alias = &ast.Alias{Columns: names}
		if t.Alias != nil {
			named.Alias.Name = t.Alias.Name
		}
		if t.Ordinality {
			named.Alias.Columns = append(names, ast.ColumnDef{Name: ast.Ident{Text: "ordinality"}})
		}
		r.addNamedElements(s, &named, args)
		return
	}
	if t.Alias == nil || len(t.Alias.Columns) == 0 {
		r.addElements(s, args, t.Alias, call.Name.Last(), t.WithOffset)
		if t.Ordinality {
			last := &s.from[len(s.from)-1]
			columns := append(last.rel.columns, elementColumn(r.namedColumn(ast.Ident{Text: "ordinality"}), args, last.value.view))
			last.rel = r.newRelation(columns)
		}
		return
	}
	if n := len(t.Alias.Columns); len(args) > 1 && n < len(args) {
		named, alias := *t, *t.Alias
		alias.Columns = alias.Columns[:n:n]
		for range len(args) - n {
			alias.Columns = append(alias.Columns, ast.ColumnDef{Name: call.Name.Last()})
		}
		named.Alias = &alias
		t = &named
	}
	r.addNamedElements(s, t, args)
}

// addNamedElements adds UNNEST(...) AS t(a, b). With as many names as arrays each
// has its own; else the array's elements are rows with the names as fields.
func (r *resolver) addNamedElements(s *scope, t *ast.TableFunction, args []ast.Expr) {
	names := t.Alias.Columns
	count := len(names)
	if t.Ordinality && count > len(args) {
		count--
	}
	var parts *relation
	if len(args) == 1 && count > 1 {
		parts = r.partsOfExpr(args[0], s.full())
	}
	origins := r.unnestOrigins(args, count, s)
	columns := make([]column, 0, len(names))
	for i := range names {
		if !r.spend(1) {
			break
		}
		if i >= count {
			columns = append(columns, elementColumn(r.namedColumn(names[i].Name), args, s.full()))
			continue
		}
		c := r.namedColumn(names[i].Name)
		c.view, c.kinds = s.full(), Transform
		switch {
		case origins != nil && origins[i].field != nil:
			c.same = origins[i].field
		case origins != nil:
			c.expr = origins[i].array
		case parts != nil && i < len(parts.columns):
			c.same = &parts.columns[i]
		default:
			c.details().more = args
		}
		columns = append(columns, c)
	}
	r.addFromItem(s, r.newRelation(columns), &ast.Alias{Name: t.Alias.Name})
	last := &s.from[len(s.from)-1]
	if len(names) == 1 {
		last.value = &last.rel.columns[0]
	}
}

// unnestOrigin is what one name of UNNEST(...) AS t(a, b) means: an array's
// elements or, where they are rows, a field of them.
type unnestOrigin struct {
	array ast.Expr
	field *column
}

// unnestOrigins assigns the names to arrays by position, to rows one name per field.
// It is nil where their numbers do not agree.
func (r *resolver) unnestOrigins(args []ast.Expr, count int, s *scope) []unnestOrigin {
	if count == len(args) {
		origins := make([]unnestOrigin, count)
		for i := range args {
			origins[i].array = args[i]
		}
		return origins
	}
	if len(args) < 2 {
		return nil
	}
	var origins []unnestOrigin
	open := -1 // the only array of unknown width takes what is left
	for _, arg := range args {
		parts := r.partsOfExpr(arg, s.full())
		if parts == nil {
			if open >= 0 {
				return nil
			}
			open = len(origins)
			origins = append(origins, unnestOrigin{array: arg})
			continue
		}
		for i := range parts.columns {
			origins = append(origins, unnestOrigin{array: arg, field: &parts.columns[i]})
		}
	}
	for open >= 0 && len(origins) < count {
		origins = slices.Insert(origins, open, origins[open])
	}
	if len(origins) != count {
		return nil
	}
	return origins
}

// addElements adds the elements of arrays without a list of names. The alias
// names the element; fields of it, where they are known, are columns.
func (r *resolver) addElements(s *scope, args []ast.Expr, alias *ast.Alias, fallback, offset ast.Ident) {
	id := fallback
	if alias != nil && !alias.Name.IsZero() {
		id = alias.Name
	}
	listed := r.dialect.TableFunctions["unnest"]
	value := r.namedColumn(id)
	if len(listed) > 0 {
		if value = r.literalColumn(listed[0]); alias != nil && !alias.Name.IsZero() && r.dialect.Names.FunctionAliasIsColumn {
			value = r.namedColumn(id)
		}
	}
	value.view, value.kinds = s.full(), Transform
	if len(args) == 1 {
		value.expr = args[0]
	} else {
		value.details().more = args
	}
	columns := []column{value}
	if len(listed) > 0 && value.text != listed[0] {
		own := r.literalColumn(listed[0])
		own.expr, own.view, own.kinds, own.hidden = value.expr, value.view, Transform, true
		columns = append(columns, own)
	}
	if parts := r.elementFields(args, s); parts != nil && len(listed) == 0 {
		columns[0].hidden = true
		for i := range parts.columns {
			columns = append(columns, starOrSame(&parts.columns[i]))
		}
	}
	if !offset.IsZero() {
		columns = append(columns, elementColumn(r.namedColumn(offset), args, s.full()))
	}
	rel := r.newRelation(columns)
	if len(listed) == 0 && !columns[0].hidden && !scalarElements(args) {
		// The fields of an element whose type is not known may be called anything.
		rel.element = &rel.columns[0]
	}
	src := r.addFromItem(s, rel, &ast.Alias{Name: id})
	src.value = &rel.columns[0]
}

// scalarElements reports whether the elements of arrays have no fields.
func scalarElements(args []ast.Expr) bool {
	if len(args) != 1 {
		return true
	}
	switch e := args[0].(type) {
	case *ast.Collection:
		for _, m := range e.Members {
			if _, ok := m.Expr.(*ast.Literal); !ok {
				return false
			}
		}
		return true
	case *ast.Call:
		last := strings.ToLower(e.Name.Last().Text)
		return strings.HasPrefix(last, "generate_") || strings.Contains(last, "split") || last == "sequence" || last == "regexp_extract_all"
	}
	return false
}

// elementColumn is a column that depends on all the arrays: the place of an
// element among the others.
func elementColumn(c column, arrays []ast.Expr, v view) column {
	c.details().more, c.view, c.kinds = arrays, v, Transform
	return c
}

func (r *resolver) elementFields(args []ast.Expr, s *scope) *relation {
	if len(args) != 1 {
		return nil
	}
	return r.partsOfExpr(args[0], s.full())
}

// addArrayJoin adds ClickHouse's ARRAY JOIN: elements under the names of their
// arrays, in place of the arrays, or under aliases. A star shows the former only.
func (r *resolver) addArrayJoin(s *scope, t *ast.ArrayJoin) member {
	columns := r.columns.List(len(t.Items))[:0]
	for i := range t.Items {
		item := &t.Items[i]
		if nested := r.nestedColumns(s, item); nested != nil {
			columns = append(columns, nested...)
			continue
		}
		unnamed := 0
		c := r.itemColumn(item, &unnamed, i)
		c.expr, c.view, c.kinds, c.hidden = item.Expr, s.full(), Transform, true
		columns = append(columns, c)
	}
	r.addTo(s, fromItem{rel: r.newRelation(columns), wins: true})
	return s.lastMember()
}

// nestedColumns are the columns n.a, n.b of ARRAY JOIN n, under their own names or
// those of an alias; nil where n is not a Nested.
func (r *resolver) nestedColumns(s *scope, item *ast.SelectItem) []column {
	ref, ok := item.Expr.(*ast.ColumnRef)
	if !ok || !r.dialect.Names.DottedColumns {
		return nil
	}
	prefix := r.names.text(r.names.id(ref.Parts[len(ref.Parts)-1].Text)) + "."
	alias := ref.Parts[len(ref.Parts)-1].Text
	if !item.Alias.IsZero() {
		alias = item.Alias.Text
	}
	var columns []column
	for i := range s.from {
		for j := range s.from[i].rel.columns {
			from := &s.from[i].rel.columns[j]
			if text := r.names.text(from.key); strings.HasPrefix(text, prefix) && r.spend(1) {
				c := r.literalColumn(alias + "." + from.text[len(prefix):])
				c.same, c.kinds, c.hidden = from, Transform, true
				columns = append(columns, c)
			}
		}
	}
	return columns
}
