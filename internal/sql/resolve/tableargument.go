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
	for i := range call.Args {
		switch e := call.Args[i].Expr.(type) {
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

// Functions that give the rows of the table that they are given: sameColumns its
// columns and no others, moreColumns further ones as well.
var (
	sameColumns = words("appends changes features_at_time entity_features_at_time gap_fill exclude_columns view loop")
	moreColumns = words("predict explain_predict transform detect_anomalies recommend impute score annotate_image process_document understand_text translate")
)

// inputColumns returns the columns of a function over tables. Those of the tables can
// be named in any case; a star lists them where the function is known to keep them.
func (r *resolver) inputColumns(columns []column, call *ast.Call, inputs []*relation, args *column) (made []column, catchAll *column) {
	function := r.functionName(call)
	same := sameColumns[function]
	more := moreColumns[function] || strings.HasPrefix(function, "generate_")
	if more && !same {
		columns = append(columns, *r.openStar(&relation{catchAll: args}))
	}
	dropped := r.describedColumns(call)
	for _, rel := range inputs {
		for _, c := range r.relationColumns(rel) {
			if c.star == nil && scan(dropped, c.key) >= 0 {
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
	if same {
		return columns, nil
	}
	if !more {
		r.unknownFunction(call)
	}
	return columns, args
}

// describedColumns are the names in DESCRIPTOR(a, b), which exclude_columns drops.
func (r *resolver) describedColumns(call *ast.Call) []name {
	var keys []name
	for i := range call.Args {
		inner, ok := call.Args[i].Expr.(*ast.Call)
		if !ok || r.functionName(inner) != "descriptor" || r.functionName(call) != "exclude_columns" {
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
