package resolve

import (
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
				r.addSource(s, r.newRelation(r.relationColumns(parts)), t.Alias)
				return s.lastMember()
			}
		case call.Query != nil && len(call.Args) == 0:
			r.addSource(s, r.query(call.Query, s.full(), s.ctes), t.Alias)
			return s.lastMember()
		case fileFunctions[function] || function == "semantic_view":
			if rel := r.outside(call); rel != nil {
				r.addSource(s, rel, t.Alias)
				return s.lastMember()
			}
		}
	}
	var columns []column
	var catchAll *column
	for _, call := range t.Calls {
		columns, catchAll = r.functionColumns(s, t, call, columns)
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
	src := r.addSource(s, rel, t.Alias)
	if !src.aliased && len(t.Calls) > 0 {
		id := t.Calls[0].Name.Last()
		src.alias, src.text = r.names.id(id.Text), id.Text
	}
}

// functionColumns returns the columns of one function.
func (r *resolver) functionColumns(s *scope, t *ast.TableFunction, call *ast.Call, columns []column) ([]column, *column) {
	args := r.argumentsColumn(s, call)
	if len(t.Columns) > 0 {
		return r.declaredColumns(columns, t.Columns, args), nil
	}
	listed := r.dialect.TableFunctions[r.functionName(call)]
	for _, text := range listed {
		columns = append(columns, r.generated(r.literalColumn(text), args))
	}
	if len(listed) > 0 {
		for len(t.Calls) == 1 && t.Alias != nil && len(columns) < len(t.Alias.Columns) {
			columns = append(columns, r.generated(r.namedColumn(t.Alias.Columns[len(columns)].Name), args))
		}
		if len(listed) == 1 && t.Alias != nil && len(t.Alias.Columns) == 0 && r.dialect.Scope.FunctionAliasIsColumn {
			own := &columns[len(columns)-1]
			own.hidden = true
			columns = append(columns, r.generated(r.namedColumn(t.Alias.Name), args))
		}
		return columns, nil
	}
	// Nothing is known of the function: whatever name is asked for is made of its
	// arguments, and it has one column called like its alias if it is a scalar.
	id := call.Name.Last()
	if t.Alias != nil && !t.Alias.Name.IsZero() {
		id = t.Alias.Name
	}
	if t.Alias != nil && len(t.Calls) == 1 {
		for _, def := range t.Alias.Columns {
			columns = append(columns, r.generated(r.namedColumn(def.Name), args))
		}
	}
	if len(columns) == 0 || len(t.Calls) > 1 {
		columns = append(columns, r.generated(r.namedColumn(id), args))
	}
	return columns, args
}

// argumentsColumn stands for all that a function is given. Of FLATTEN that is
// its input.
func (r *resolver) argumentsColumn(s *scope, call *ast.Call) *column {
	var args []ast.Expr
	for _, arg := range call.Args {
		if !arg.Name.IsZero() && !strings.EqualFold(arg.Name.Text, "input") && r.functionName(call) == "flatten" {
			continue
		}
		args = append(args, arg.Expr)
	}
	if call.Receiver != nil {
		args = append(args, call.Receiver)
	}
	if call.Query != nil {
		args = append(args, &ast.Subquery{Span: call.Span, Kind: ast.MultisetSubquery, Query: call.Query})
	}
	return &column{view: s.full(), kinds: Transform, detail: &detail{more: args}}
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
	s3cluster deltalake iceberg st_read openrowset external_query cloud_files`)

// outside returns the rows of a file or of a semantic view. Nothing is known of
// its columns.
func (r *resolver) outside(call *ast.Call) *relation {
	if len(call.Args) == 0 {
		return nil
	}
	var n *ast.ObjectName
	switch arg := call.Args[0].Expr.(type) {
	case *ast.Literal:
		n = &ast.ObjectName{Span: arg.Span, Parts: []ast.Ident{{Span: arg.Span, Text: arg.Text, Quoted: true}}, File: true}
	case *ast.ColumnRef:
		n = &ast.ObjectName{Span: arg.Span, Parts: arg.Parts}
	default:
		return nil
	}
	return r.table(n, r.tableKey(n)).rel
}
