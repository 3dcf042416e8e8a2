package resolve

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// isTableArgument reports whether an argument of a function in FROM is a whole
// table: TABLE t, TABLE(t), TABLE(SELECT ...), CURSOR(SELECT ...).
func (r *resolver) isTableArgument(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Subquery:
		return true
	case *ast.Call:
		return r.functionName(e) == "table" && (e.Query != nil || len(e.Args) == 1)
	}
	return false
}

// tableArguments returns the rows of the tables that a function is given.
func (r *resolver) tableArguments(s *scope, call *ast.Call) []*relation {
	if r.dialect.TableFunctions[r.functionName(call)] != nil {
		return nil
	}
	var inputs []*relation
	if call.Query != nil {
		inputs = append(inputs, r.subquery(call.Query, s.full()))
	}
	named := r.namesTable(call)
	for i := range call.Args {
		switch e := call.Args[i].Expr.(type) {
		case *ast.ColumnRef:
			if i == 0 && named {
				inputs = append(inputs, r.namedRows(s, &ast.ObjectName{Span: e.Span, Parts: e.Parts}))
			}
		case *ast.Subquery:
			inputs = append(inputs, r.subquery(e.Query, s.full()))
		case *ast.Call:
			if r.functionName(e) != "table" {
				continue
			}
			if e.Query != nil {
				inputs = append(inputs, r.subquery(e.Query, s.full()))
			} else if len(e.Args) == 1 {
				if ref, ok := e.Args[0].Expr.(*ast.ColumnRef); ok {
					inputs = append(inputs, r.namedRows(s, &ast.ObjectName{Span: ref.Span, Parts: ref.Parts}))
				}
			}
		}
	}
	return inputs
}

// namesTable reports whether the first argument of a function is the bare name of a table.
func (r *resolver) namesTable(call *ast.Call) bool {
	if len(call.Args) == 0 || !r.dialect.NamedTables[r.functionName(call)] {
		return false
	}
	_, ok := call.Args[0].Expr.(*ast.ColumnRef)
	return ok
}

// searchedColumns stands for the columns that CONTAINSTABLE(t, a, ...) and the like search.
func (r *resolver) searchedColumns(s *scope, call *ast.Call) *column {
	ref := call.Args[0].Expr.(*ast.ColumnRef)
	rows := r.namedRows(s, &ast.ObjectName{Span: ref.Span, Parts: ref.Parts})
	all := &column{kinds: Transform, confidence: Inferred}
	for _, arg := range call.Args[1:] {
		ast.Inspect(arg.Expr, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ColumnRef:
				if m := rows.lookup(r, r.names.id(n.Parts[len(n.Parts)-1].Text), n.Parts[len(n.Parts)-1]); m.column != nil {
					all.addFrom(m.column)
				}
			case *ast.Star:
				all.addFrom(r.throughStar(r.openStar(rows)))
			}
			return true
		})
	}
	return all
}

// Functions that give the rows of the table that they are given: sameColumns its
// columns and no others, moreColumns further ones as well.
var (
	sameColumns = words(`
		appends changes features_at_time entity_features_at_time gap_fill range_sessionize exclude_columns view loop
		containers shards sessionize antiselect`)
	moreColumns = words("predict explain_predict transform detect_anomalies recommend impute score annotate_image process_document understand_text translate")
)

// addedColumns are what some of them add at the end.
var addedColumns = map[string]string{"range_sessionize": "session_range", "sessionize": "SESSIONID", "containers": "CON_ID"}

// searchColumns are the rows of BigQuery's VECTOR_SEARCH: rows of both tables as one value each, and how far
// apart they are.
func (r *resolver) searchColumns(inputs []*relation, args *column) []column {
	query, base := r.literalColumn("query"), r.literalColumn("base")
	base.same, query.same = r.rowOf(inputs[0]), r.rowOf(inputs[len(inputs)-1])
	return []column{query, base, r.generated(r.literalColumn("distance"), args)}
}

// inputColumns returns the columns of a function over tables. Those of the tables can
// be named in any case; a star lists them where the function is known to keep them.
func (r *resolver) inputColumns(columns []column, call *ast.Call, inputs []*relation, args *column) (made []column, catchAll *column) {
	function := r.functionName(call)
	same := sameColumns[function]
	more := moreColumns[function] || strings.HasPrefix(function, "generate_")
	if more && !same {
		columns = append(columns, *r.openStar(&relation{catchAll: args}))
	}
	if function == "vector_search" && len(inputs) > 1 {
		return r.searchColumns(inputs, args), nil
	}
	dropped := r.describedColumns(call)
	kept := r.filledColumns(call)
	for _, rel := range inputs {
		for _, c := range r.relationColumns(rel) {
			if c.star == nil && (scan(dropped, c.key) >= 0 || kept != nil && scan(kept, c.key) < 0) {
				continue
			}
			c.hidden = !same && !more
			if c.hidden {
				c.confidence = Inferred
			}
			if c.star != nil && c.hidden {
				continue
			}
			columns = append(columns, c)
		}
	}
	if added := addedColumns[function]; added != "" {
		columns = append(columns, r.generated(r.literalColumn(added), args))
	}
	if same {
		return columns, nil
	}
	if !more {
		r.unknownFunction(call)
	}
	return columns, args
}

// filledColumns are the columns that BigQuery's GAP_FILL gives: those that its arguments name. It is nil for other
// functions.
func (r *resolver) filledColumns(call *ast.Call) []name {
	if r.functionName(call) != "gap_fill" {
		return nil
	}
	keys := []name{}
	for i := range call.Args {
		ast.Inspect(call.Args[i].Expr, func(n ast.Node) bool {
			if literal, ok := n.(*ast.Literal); ok && literal.Kind == ast.StringLiteral {
				keys = append(keys, r.names.id(literal.Text))
			}
			return true
		})
	}
	return keys
}

// describedColumns are the names in DESCRIPTOR(a, b), which exclude_columns drops.
func (r *resolver) describedColumns(call *ast.Call) []name {
	var keys []name
	for i := range call.Args {
		inner, ok := call.Args[i].Expr.(*ast.Call)
		if !ok || r.functionName(inner) != "descriptor" || r.functionName(call) != "exclude_columns" && r.functionName(call) != "antiselect" {
			continue
		}
		for j := range inner.Args {
			if ref, ok := inner.Args[j].Expr.(*ast.ColumnRef); ok {
				keys = append(keys, r.names.id(ref.Parts[len(ref.Parts)-1].Text))
			}
		}
	}
	return keys
}
