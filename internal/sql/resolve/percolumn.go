package resolve

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// manyColumns makes the columns of a projection that gives several without
// saying so: COLUMNS(...) inside an expression, and generators of rows. It is nil
// for all others.
func (r *resolver) manyColumns(item *ast.SelectItem, v view) []column {
	if many := r.perColumn(item, v); many != nil {
		return many
	}
	call, ok := item.Expr.(*ast.Call)
	if ok && len(call.Args) > 0 && len(item.Aliases) == 0 {
		switch r.functionName(call) {
		case "unnest":
			return r.unnestedFields(call, v)
		case "untuple":
			return r.untupled(call, item.Alias, v)
		}
	}
	if !ok || !item.Alias.IsZero() || len(item.Aliases) > 0 || len(call.Args) == 0 || r.dialect.Names.FunctionAliasIsColumn {
		return nil
	}
	function := r.functionName(call)
	if function == "inline" || function == "inline_outer" {
		if parts := r.partsOfExpr(call.Args[0].Expr, v); parts != nil {
			return r.relationColumns(parts)
		}
		r.unknownFunction(call)
		all := r.generated(r.literalColumn("*"), &column{expr: call, view: v, kinds: Transform})
		return []column{*r.openStar(&relation{catchAll: &all})}
	}
	listed := r.generatorNames(call, v)
	if function == "flatten" { // of Dremio: one column; Snowflake's is in FROM only
		return nil
	}
	for i := len(listed); i > 0 && i < r.tupleWidth(call); i++ {
		listed = append(listed[:i:i], numbered(listed[0], i))
	}
	if len(listed) == 0 || len(listed) == 1 && !namesItsColumn[function] {
		return nil
	}
	columns := make([]column, len(listed))
	for i, text := range listed {
		columns[i] = r.generatorColumn(r.literalColumn(text), call, i, len(listed), v, nil)
	}
	return columns
}

// namesItsColumn are the generators whose column, even if it is the only one, is not called like other expressions.
var namesItsColumn = words("explode explode_outer stack json_tuple parse_url_tuple")

// mapCalls make maps.
var mapCalls = words("map map_from_arrays map_from_entries map_concat map_filter map_zip_with str_to_map transform_keys transform_values")

// generatorNames returns the columns that the dialect lists for a generator: explode and posexplode make a key and a
// value of each entry of a map.
func (r *resolver) generatorNames(call *ast.Call, v view) []string {
	function := r.functionName(call)
	listed := r.dialect.TableFunctions[function]
	if len(listed) == 0 || len(call.Args) != 1 {
		return listed
	}
	switch function {
	case "explode", "explode_outer", "posexplode", "posexplode_outer":
		if r.isMap(call.Args[0].Expr, v) {
			return append(listed[:len(listed)-1:len(listed)-1], "key", "value")
		}
	}
	return listed
}

// isMap reports whether an expression is known to be a map.
func (r *resolver) isMap(e ast.Expr, v view) bool {
	switch e := e.(type) {
	case *ast.Cast:
		return e.Type != nil && strings.HasPrefix(strings.ToLower(e.Type.Name), "map")
	case *ast.Call:
		function := r.functionName(e)
		if function == "from_json" && len(e.Args) > 1 {
			schema, ok := e.Args[1].Expr.(*ast.Literal)
			return ok && strings.HasPrefix(strings.ToLower(strings.Trim(schema.Text, `'" `)), "map")
		}
		return mapCalls[function]
	case *ast.ColumnRef:
		c := r.onlyColumn(e, v)
		switch {
		case c == nil:
			return false
		case c.expr != nil:
			return r.spend(1) && r.isMap(c.expr, c.view)
		}
		return strings.HasPrefix(strings.ToLower(strings.TrimSpace(c.made().typ)), "map")
	}
	return false
}

// onlyColumn returns the column that a name means, where it was made; nil if that is not clear.
func (r *resolver) onlyColumn(e *ast.ColumnRef, v view) *column {
	start := len(r.matches)
	path := r.resolve(e, v)
	defer func() { r.matches = r.matches[:start] }()
	if len(r.matches) != start+1 || path != 0 {
		return nil
	}
	c := r.matches[start].column
	for c.same != nil && c.made().typ == "" && c.expr == nil {
		c = c.same
	}
	return c
}

// unnestedFields are the fields that DuckDB's unnest makes columns of: those of a
// structure, and with recursive or max_depth those of a list's elements. It is nil
// where unnest gives one column.
func (r *resolver) unnestedFields(call *ast.Call, v view) []column {
	if !r.dialect.Naming.NumberDuplicates {
		return nil
	}
	deep := len(call.Args) > 1
	parts := r.partsOfExpr(call.Args[0].Expr, v)
	if parts == nil || !deep && r.isList(call.Args[0].Expr, v) {
		return nil
	}
	if !deep {
		return r.relationColumns(parts)
	}
	return r.leaves(nil, parts, 0)
}

// untupled are the columns of ClickHouse's untuple(t): its elements, named after an
// alias or after the access that gives them.
func (r *resolver) untupled(call *ast.Call, alias ast.Ident, v view) []column {
	if !r.dialect.Names.DottedColumns {
		return nil
	}
	operand := call.Args[0].Expr
	parts := r.partsOfExpr(operand, v)
	if tuple, ok := operand.(*ast.Collection); parts == nil && ok && tuple.Kind == ast.Tuple {
		columns := make([]column, len(tuple.Members))
		for i := range tuple.Members {
			columns[i] = r.literalColumn(strconv.Itoa(i + 1))
			columns[i].expr, columns[i].view = tuple.Members[i].Expr, v
		}
		parts = r.newRelation(columns)
	}
	if parts == nil {
		return nil
	}
	columns := r.relationColumns(parts)
	for i := range columns {
		text := "tupleElement(" + r.clickName(operand, v) + ", '" + r.stored(&columns[i]) + "')"
		if !alias.IsZero() {
			text = alias.Text + "." + r.stored(&columns[i])
		}
		columns[i].key, columns[i].text, columns[i].literal, columns[i].quoted = r.names.id(text), text, true, true
	}
	return columns
}

// leaves are the fields of a structure, those of structures in it opened up.
func (r *resolver) leaves(columns []column, parts *relation, depth int) []column {
	for i := range parts.columns {
		c := &parts.columns[i]
		if inner := r.partsOf(c); inner != nil && depth < maxTypeDepth && r.spend(1) {
			columns = r.leaves(columns, inner, depth+1)
			continue
		}
		columns = append(columns, starOrSame(c))
	}
	return columns
}

// isList reports whether a value of known fields is a list of structures.
func (r *resolver) isList(e ast.Expr, v view) bool {
	switch e := e.(type) {
	case *ast.Collection:
		return e.Kind != ast.Struct
	case *ast.ColumnRef:
		c := r.onlyColumn(e, v)
		if c == nil {
			return true
		}
		if c.expr != nil {
			return r.isList(c.expr, c.view)
		}
		typ := strings.TrimSpace(c.made().typ)
		lower := strings.ToLower(typ)
		return strings.HasSuffix(typ, "]") || strings.HasPrefix(lower, "list") || strings.HasPrefix(lower, "array") || strings.HasPrefix(lower, "map")
	case *ast.Call:
		return r.functionName(e) != "struct_pack" && r.functionName(e) != "row"
	}
	return false
}

// perColumn handles min(COLUMNS(*)): one output for each column of the star
// within. It is nil where the expression holds no such star.
func (r *resolver) perColumn(item *ast.SelectItem, v view) []column {
	star := innerColumns(item.Expr, 8)
	if star == nil {
		return nil
	}
	inner := r.expand(star, v)
	if !r.room(len(inner) * (columnBytes + detailBytes)) {
		return []column{*r.unknownStar()}
	}
	r.use(len(inner) * (columnBytes + detailBytes))
	columns := make([]column, len(inner))
	for i := range inner {
		columns[i] = sameColumn(&inner[i])
		columns[i].same = nil
		columns[i].unnamed = true
		columns[i].expr, columns[i].view = item.Expr, v
		columns[i].details().choice = &inner[i]
	}
	return r.templated(columns, star, item.Alias)
}

// templated returns the columns of COLUMNS(...) an alias, in which \0 is the name of
// the column and \1 the first group of the pattern.
func (r *resolver) templated(columns []column, star *ast.Star, alias ast.Ident) []column {
	if alias.IsZero() {
		return columns
	}
	var pattern *regexp.Regexp
	for i := range star.Modifiers {
		if literal, ok := star.Modifiers[i].Pattern.(*ast.Literal); ok && star.Modifiers[i].Op == "REGEXP" {
			pattern, _ = regexp.Compile("(?s)" + literal.Text) // matching reports one that does not compile
		}
	}
	for i := range columns {
		if columns[i].star != nil || !r.room(len(alias.Text)) {
			continue
		}
		groups := []string{r.stored(&columns[i])}
		if pattern != nil {
			if found := pattern.FindStringSubmatch(groups[0]); found != nil {
				groups = append(groups, found[1:]...)
			}
		}
		named := r.namedColumn(ast.Ident{Text: withGroups(alias.Text, groups), Quoted: alias.Quoted})
		columns[i].key, columns[i].text, columns[i].quoted, columns[i].literal = named.key, named.text, named.quoted, false
		columns[i].unnamed = false
		r.use(len(named.text))
	}
	return columns
}

// namedStar gives the columns of a star the names of Trino's t.* AS (a, b).
func (r *resolver) namedStar(columns []column, names []ast.Ident) []column {
	if len(names) == 0 {
		return columns
	}
	if len(columns) == 1 && columns[0].star != nil {
		if !r.room(len(names) * columnBytes) {
			return columns
		}
		all := r.throughStar(&columns[0])
		columns = make([]column, len(names))
		for i := range columns {
			columns[i] = sameColumn(all)
			columns[i].confidence = Inferred
		}
	}
	for i := range columns {
		if i < len(names) && columns[i].star == nil {
			named := r.namedColumn(names[i])
			columns[i].key, columns[i].text, columns[i].quoted, columns[i].literal = named.key, named.text, named.quoted, false
		}
	}
	return columns
}

// withGroups puts groups of a match in the place of \0, \1 and so on.
func withGroups(template string, groups []string) string {
	if !strings.Contains(template, `\`) {
		return template
	}
	var b strings.Builder
	for i := 0; i < len(template); i++ {
		if c := template[i]; c != '\\' || i+1 == len(template) || template[i+1] < '0' || template[i+1] > '9' {
			b.WriteByte(c)
			continue
		}
		i++
		if n := int(template[i] - '0'); n < len(groups) {
			b.WriteString(groups[n])
		}
	}
	return b.String()
}

// innerColumns finds COLUMNS(...) inside the usual wrappers.
func innerColumns(e ast.Expr, depth int) *ast.Star {
	if depth == 0 {
		return nil
	}
	switch e := e.(type) {
	case *ast.Star:
		if e.Columns && !e.Unpack {
			return e
		}
	case *ast.Call:
		for i := range e.Args {
			if s := innerColumns(e.Args[i].Expr, depth-1); s != nil {
				return s
			}
		}
	case *ast.Cast:
		return innerColumns(e.Operand, depth-1)
	case *ast.Unary:
		return innerColumns(e.Operand, depth-1)
	case *ast.Access:
		return innerColumns(e.Operand, depth-1)
	case *ast.Case, *ast.Between, *ast.In, *ast.Like, *ast.Collection:
		var found *ast.Star
		ast.Children(e, func(n ast.Node) {
			if child, ok := n.(ast.Expr); ok && found == nil {
				found = innerColumns(child, depth-1)
			}
		})
		return found
	case *ast.Binary:
		for _, operand := range e.Operands {
			if s := innerColumns(operand, depth-1); s != nil {
				return s
			}
		}
	}
	return nil
}
