package resolve

import (
	"strconv"
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// addFunction adds the rows of functions in FROM.
func (r *resolver) addFunction(s *scope, t *ast.TableFunction) member {
	if len(t.Calls) == 1 {
		call := t.Calls[0]
		function := r.functionName(call)
		switch {
		case function == "unnest":
			r.addUnnest(s, t, call)
			return s.lastMember()
		case (function == "inline" || function == "inline_outer") && len(call.Args) == 1:
			if parts := r.partsOfExpr(call.Args[0].Expr, s.full()); parts != nil {
				r.addFromItem(s, r.newRelation(r.relationColumns(parts)), t.Alias)
				return s.lastMember()
			}
		case call.Query != nil && len(call.Args) == 0:
			r.addFromItem(s, r.query(call.Query, s.full(), s.ctes), t.Alias)
			return s.lastMember()
		case r.readsNamed(function):
			if rel := r.outside(s, call); rel != nil {
				r.addFromItem(s, r.declaredIn(rel, t.Columns), t.Alias)
				return s.lastMember()
			}
		}
	}
	var columns []column
	var catchAll *column
	for i, call := range t.Calls {
		columns, catchAll = r.functionColumns(s, t, i, call, columns)
	}
	r.addFunctionRows(s, t, columns, catchAll)
	return s.lastMember()
}

// addFunctionRows adds the columns of a function under its alias.
func (r *resolver) addFunctionRows(s *scope, t *ast.TableFunction, columns []column, catchAll *column) {
	if t.Ordinality {
		columns = append(columns, r.generated(r.namedColumn(ast.Ident{Text: "ordinality"}), r.allArguments(s, t)))
	}
	if !t.WithOffset.IsZero() {
		columns = append(columns, r.generated(r.namedColumn(t.WithOffset), r.allArguments(s, t)))
	}
	rel := r.newRelation(columns)
	rel.catchAll = catchAll
	src := r.addFromItem(s, rel, t.Alias)
	if !src.aliased && len(t.Calls) > 0 {
		id := t.Calls[0].Name.Last()
		src.alias, src.text = r.names.id(id.Text), id.Text
	}
}

// functionColumns returns the columns of one function. catchAll stands for those that
// are not known.
func (r *resolver) functionColumns(s *scope, t *ast.TableFunction, i int, call *ast.Call, columns []column) (made []column, catchAll *column) {
	args := r.argumentsColumn(s, call)
	if len(t.Columns) > 0 && i == t.ColumnsOf {
		return r.declaredColumns(columns, t.Columns, args), nil
	}
	if inputs := r.tableArguments(s, call); len(inputs) > 0 {
		return r.inputColumns(columns, call, inputs, args)
	}
	function := r.functionName(call)
	if rel := r.recordType(s, function, call); rel != nil {
		return append(columns, r.fromItemColumns(&fromItem{rel: rel}, view{})...), nil
	}
	if _, ok := r.dialect.TableFunctions[function]; ok {
		columns = r.listedColumns(columns, r.generatorNames(call, s.full()), s, t, call, args)
		for _, text := range r.dialect.HiddenColumns[function] {
			c := r.generated(r.literalColumn(text), args)
			c.hidden = true
			columns = append(columns, c)
		}
		return columns, nil
	}
	if function == "identifier" {
		r.report(call.Span, UnknownStar, "the table is named when the statement runs")
	}
	if names := r.structureOf(call); names != nil {
		for _, id := range names {
			columns = append(columns, r.namedColumn(id))
		}
		return columns, nil
	}
	// Nothing is known of the function. Whatever name is asked for is made of its
	// arguments; its only column, if it is a scalar, is called like its alias.
	if len(t.Calls) > 1 {
		return append(columns, r.generated(r.namedColumn(call.Name.Last()), args)), args
	}
	if t.Alias != nil && len(t.Alias.Columns) > 0 {
		for _, def := range t.Alias.Columns {
			columns = append(columns, r.generated(r.namedColumn(def.Name), args))
		}
		return columns, args
	}
	if function != "identifier" {
		r.unknownFunction(call)
	}
	id := call.Name.Last()
	if t.Alias != nil && !t.Alias.Name.IsZero() {
		id = t.Alias.Name
	}
	own := r.generated(r.namedColumn(id), args)
	own.hidden, own.confidence = true, Inferred
	return append(columns, own), args
}

// recordType returns the rows of json_populate_record(NULL::t, document): those of the table that the type is named
// after. It is nil for other functions and types.
func (r *resolver) recordType(s *scope, function string, call *ast.Call) *relation {
	switch function {
	case "json_populate_record", "jsonb_populate_record", "json_populate_recordset", "jsonb_populate_recordset":
	default:
		return nil
	}
	if len(call.Args) == 0 {
		return nil
	}
	cast, ok := call.Args[0].Expr.(*ast.Cast)
	if !ok || cast.Type == nil || len(cast.Type.Fields) > 0 || strings.ContainsAny(cast.Type.Name, `"( `) {
		return nil
	}
	name := &ast.ObjectName{Span: cast.Type.Span}
	for part := range strings.SplitSeq(cast.Type.Name, ".") {
		name.Parts = append(name.Parts, ast.Ident{Span: cast.Type.Span, Text: part})
	}
	shape := r.namedRows(s, name)
	if shape == nil || shape.open {
		return nil
	}
	args := r.argumentsColumn(s, call)
	columns := make([]column, 0, len(shape.columns))
	for i := range shape.columns {
		if c := &shape.columns[i]; !c.hidden {
			columns = append(columns, r.generated(r.literalColumn(r.stored(c)), args))
		}
	}
	return r.newRelation(columns)
}

// unknownFunction reports a function in FROM whose columns are not known.
func (r *resolver) unknownFunction(call *ast.Call) {
	r.report(call.Span, UnknownStar, "the columns of %s are not known", shown(&ast.ColumnRef{Parts: call.Name.Parts}))
}

// listedColumns returns the columns of a function that the dialect lists. An alias is
// the name of the only column where the function has no name for it itself.
func (r *resolver) listedColumns(columns []column, listed []string, s *scope, t *ast.TableFunction, call *ast.Call, args *column) []column {
	function := r.functionName(call)
	count := max(len(listed), r.tupleWidth(call))
	if t.Alias != nil && len(t.Calls) == 1 {
		named := len(t.Alias.Columns)
		if t.Ordinality {
			named-- // the last name is that of the number
		}
		count = max(count, named)
	}
	for i := range count {
		var c column
		if i < len(listed) {
			c = r.literalColumn(listed[i])
		} else if t.Alias != nil && i < len(t.Alias.Columns) {
			c = r.namedColumn(t.Alias.Columns[i].Name)
		} else {
			c = r.literalColumn(numbered(listed[0], i))
		}
		columns = append(columns, r.generatorColumn(c, call, i, count, s.full(), args))
	}
	if len(listed) == 1 && len(t.Calls) == 1 && t.Alias != nil && len(t.Alias.Columns) == 0 && r.dialect.Names.FunctionAliasIsColumn && strings.EqualFold(listed[0], function) {
		own := &columns[len(columns)-1]
		own.hidden = true
		columns = append(columns, r.generated(r.namedColumn(t.Alias.Name), args))
	}
	return columns
}

// generatorColumn makes column i of count of a generator: of the arguments that it is
// made of where their places tell, else of all.
func (r *resolver) generatorColumn(c column, call *ast.Call, i, count int, v view, args *column) column {
	switch r.functionName(call) {
	case "stack":
		c.view, c.kinds = v, Transform
		for at := 1 + i; at < len(call.Args); at += max(r.stackWidth(call), 1) {
			c.details().more = append(c.details().more, call.Args[at].Expr)
		}
		return c
	case "explode", "explode_outer":
		if len(call.Args) == 1 && count == 1 {
			c.expr, c.view, c.kinds = call.Args[0].Expr, v, Transform
			return c
		}
	case "posexplode", "posexplode_outer":
		if len(call.Args) == 1 && count == 2 && i == 1 {
			c.expr, c.view, c.kinds = call.Args[0].Expr, v, Transform
			return c
		}
	case "inline", "inline_outer":
		if len(call.Args) == 1 {
			if parts := r.partsOfExpr(call.Args[0].Expr, v); parts != nil && i < len(parts.columns) {
				c.same = &parts.columns[i]
				return c
			}
		}
	}
	if args != nil {
		return r.generated(c, args)
	}
	c.expr, c.view = call, v
	return c
}

// tupleWidth is the number of columns of stack and json_tuple; 0 for other functions.
func (r *resolver) tupleWidth(call *ast.Call) int {
	switch r.functionName(call) {
	case "stack":
		return r.stackWidth(call)
	case "json_tuple", "parse_url_tuple":
		return len(call.Args) - 1
	}
	return 0
}

// numbered is column i of those called like the first: col0, col1.
func numbered(first string, i int) string {
	return strings.TrimRight(first, "0123456789") + strconv.Itoa(i)
}

// stackWidth is the number of columns of stack(rows, ...); 0 where it is not known.
func (r *resolver) stackWidth(call *ast.Call) int {
	if len(call.Args) < 2 {
		return 0
	}
	literal, ok := call.Args[0].Expr.(*ast.Literal)
	if !ok {
		return 0
	}
	rows, err := strconv.Atoi(literal.Text)
	if err != nil || rows < 1 {
		return 0
	}
	return (len(call.Args) - 1 + rows - 1) / rows
}

// argumentsColumn stands for all that a function is given. Of FLATTEN that is
// its input.
func (r *resolver) argumentsColumn(s *scope, call *ast.Call) *column {
	named := r.namesTable(call)
	if named && r.dialect.TableFunctions[r.functionName(call)] != nil {
		return r.searchedColumns(s, call)
	}
	var args []ast.Expr
	for _, arg := range call.Args {
		if named || r.functionName(call) == "openquery" { // the others are versions and keys
			break
		}
		if !arg.Name.IsZero() && !strings.EqualFold(arg.Name.Text, "input") && r.functionName(call) == "flatten" {
			continue
		}
		if inner, ok := arg.Expr.(*ast.Call); ok && r.functionName(inner) == "descriptor" || r.functionName(call) == "getnextval" {
			continue // names of columns or of sequences, no values
		}
		if r.isTableArgument(arg.Expr) {
			continue
		}
		args = append(args, arg.Expr)
	}
	if call.Receiver != nil {
		args = append(args, call.Receiver)
	}
	if parts := call.Name.Parts; len(parts) > 1 && r.functionName(call) == "nodes" { // T-SQL: t.doc.nodes('/r')
		args = append(args, &ast.ColumnRef{Span: call.Name.Span, Parts: parts[:len(parts)-1]})
	}
	if call.Query != nil {
		args = append(args, &ast.Subquery{Span: call.Span, Kind: ast.MultisetSubquery, Query: call.Query})
	}
	all := &column{view: s.full(), kinds: Transform, detail: &detail{more: args}}
	for _, rel := range r.tableArguments(s, call) {
		all.addFrom(r.throughStar(r.openStar(rel)))
	}
	return all
}

// allArguments stands for what all functions of a member are given: the number
// of rows, and so the ordinality of each, depends on it.
func (r *resolver) allArguments(s *scope, t *ast.TableFunction) *column {
	all := &column{kinds: Identity}
	for _, call := range t.Calls {
		all.addFrom(r.argumentsColumn(s, call))
	}
	return all
}

// generated makes a column out of a function's arguments.
func (r *resolver) generated(c column, args *column) column {
	c.same = args
	return c
}

// declaredColumns are those of JSON_TABLE, XMLTABLE and OPENJSON.
func (r *resolver) declaredColumns(columns []column, defs []ast.ColumnDef, args *column) []column {
	for _, def := range defs {
		if len(def.Nested) > 0 {
			columns = r.declaredColumns(columns, def.Nested, args)
		}
		switch {
		case def.Name.IsZero():
		default:
			columns = append(columns, r.generated(r.namedColumn(def.Name), args))
		}
	}
	return columns
}

// fileFunctions read files or other servers: what they are given names a table.
var fileFunctions = words(`
	read_csv read_csv_auto read_parquet parquet_scan read_json read_json_auto read_json_objects read_ndjson read_ndjson_auto read_text
	read_xlsx iceberg_scan delta_scan sqlite_scan postgres_scan mysql_scan read_files csv_scan s3 gcs url file hdfs azureblobstorage
	s3cluster deltalake iceberg st_read openrowset cloud_files`)

// readsNamed reports whether a function reads the table or file that its arguments name.
func (r *resolver) readsNamed(function string) bool {
	switch function {
	case "semantic_view", "table_changes", "query_table":
		return true
	case "loop":
		return r.dialect.Grammar.ValuesStructure
	}
	return fileFunctions[function] || remoteFunctions[function] && r.dialect.Grammar.ValuesStructure
}

// outside returns the rows of a file or of a semantic view. Nothing is known of
// its columns.
func (r *resolver) outside(s *scope, call *ast.Call) *relation {
	if len(call.Args) == 0 {
		return nil
	}
	if remoteFunctions[r.functionName(call)] {
		return r.remote(s, call)
	}
	var n *ast.ObjectName
	first := call.Args[0].Expr
	if list, ok := first.(*ast.Collection); ok && list.Kind == ast.Array && len(list.Members) == 1 {
		// query_table(['t'])
		first = list.Members[0].Expr
	}
	switch arg := first.(type) {
	case *ast.Literal:
		n = &ast.ObjectName{Span: arg.Span, Parts: []ast.Ident{{Span: arg.Span, Text: arg.Text, Quoted: true}}, File: true}
	case *ast.ColumnRef:
		n = &ast.ObjectName{Span: arg.Span, Parts: arg.Parts}
	default:
		return nil
	}
	if len(n.Parts) == 1 && n.File && (r.functionName(call) == "table_changes" || r.functionName(call) == "query_table") {
		n.File, n.Parts = false, dottedParts(n.Parts[0])
	}
	rel := r.table(n, r.tableKey(n)).rel
	if r.functionName(call) == "table_changes" {
		return r.changesOf(rel)
	}
	return r.structured(rel, call)
}

// dottedParts cuts a name in a string at its dots.
func dottedParts(id ast.Ident) []ast.Ident {
	var parts []ast.Ident
	for text := range strings.SplitSeq(id.Text, ".") {
		parts = append(parts, ast.Ident{Span: id.Span, Text: text})
	}
	return parts
}

// changesOf adds the columns of Delta's change data feed to those of the table.
func (r *resolver) changesOf(rel *relation) *relation {
	columns := r.relationColumns(rel)
	for _, text := range []string{"_change_type", "_commit_version", "_commit_timestamp"} {
		columns = append(columns, r.literalColumn(text))
	}
	return r.newRelation(columns)
}

// declaredIn lists the columns that OPENROWSET(...) WITH (columns) declares of a file.
func (r *resolver) declaredIn(rel *relation, defs []ast.ColumnDef) *relation {
	if !rel.open || len(defs) == 0 {
		return rel
	}
	columns := make([]column, len(defs))
	for i := range defs {
		columns[i] = *sameCopy(r.extraColumn(rel.table, r.names.id(defs[i].Name.Text), defs[i].Name))
	}
	return r.newRelation(columns)
}

// structured lists the columns that a structure among the arguments names, as
// ClickHouse's file('x.csv', 'CSV', 'a Int8, b String') has one.
func (r *resolver) structured(rel *relation, call *ast.Call) *relation {
	names := r.structureOf(call)
	if !rel.open || names == nil {
		return rel
	}
	columns := make([]column, len(names))
	for i, id := range names {
		columns[i] = *sameCopy(r.extraColumn(rel.table, r.names.id(id.Text), id))
	}
	return r.newRelation(columns)
}

// structureOf reads the names in a structure among the arguments of a function of
// ClickHouse; nil where there is none.
func (r *resolver) structureOf(call *ast.Call) []ast.Ident {
	for _, arg := range call.Args {
		if !r.dialect.Grammar.ValuesStructure && !strings.EqualFold(arg.Name.Text, "schema") {
			// Databricks: read_files(..., schema => 'a INT')
			continue
		}
		literal, ok := arg.Expr.(*ast.Literal)
		if !ok || !strings.Contains(literal.Text, " ") {
			continue
		}
		var names []ast.Ident
		for part := range strings.SplitSeq(literal.Text, ",") {
			fields := strings.Fields(part)
			if len(fields) < 2 || !r.spend(1) || strings.ContainsAny(fields[0], "()/") {
				continue // a part of a type with commas
			}
			names = append(names, ast.Ident{Text: strings.Trim(fields[0], "`\""), Quoted: true})
		}
		if len(names) > 0 {
			return names
		}
	}
	return nil
}

func sameCopy(c *column) *column {
	copied := sameColumn(c)
	return &copied
}

// remoteFunctions read a table that their second argument names.
var remoteFunctions = words("remote remotesecure cluster clusterallreplicas")

// remote returns the rows of remote('host', db.t) and remote('host', 'db', 't').
func (r *resolver) remote(s *scope, call *ast.Call) *relation {
	var parts []ast.Ident
	for _, arg := range call.Args[1:] {
		switch e := arg.Expr.(type) {
		case *ast.ColumnRef:
			parts = append(parts, e.Parts...)
		case *ast.Literal:
			parts = append(parts, dottedParts(ast.Ident{Span: e.Span, Text: e.Text})...)
		}
		if len(parts) > 1 {
			break
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return r.namedRows(s, &ast.ObjectName{Span: call.Span, Parts: parts[:min(len(parts), 2)]})
}
