package resolve

import "github.com/thalweg-data/thalweg/internal/sql/ast"

// manyColumns makes the columns of a projection that gives several without
// saying so: COLUMNS(...) inside an expression, and generators of rows. It is nil
// for all others.
func (r *resolver) manyColumns(item *ast.SelectItem, v view) []column {
	if many := r.perColumn(item, v); many != nil {
		return many
	}
	call, ok := item.Expr.(*ast.Call)
	if !ok || !item.Alias.IsZero() || len(item.Aliases) > 0 || len(call.Args) == 0 {
		return nil
	}
	function := r.functionName(call)
	if function == "inline" || function == "inline_outer" {
		if parts := r.partsOfExpr(call.Args[0].Expr, v); parts != nil {
			return r.relationColumns(parts)
		}
	}
	listed := r.dialect.TableFunctions[function]
	if len(listed) < 2 {
		return nil
	}
	columns := make([]column, len(listed))
	for i, text := range listed {
		columns[i] = r.literalColumn(text)
		columns[i].expr, columns[i].view = call, v
	}
	return columns
}

// perColumn handles min(COLUMNS(*)): one output for each column of the star
// within. It is nil where the expression holds no such star.
func (r *resolver) perColumn(item *ast.SelectItem, v view) []column {
	star := innerColumns(item.Expr, 4)
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
	return columns
}

// innerColumns finds COLUMNS(...) inside the usual wrappers.
func innerColumns(e ast.Expr, depth int) *ast.Star {
	if depth == 0 {
		return nil
	}
	switch e := e.(type) {
	case *ast.Star:
		if e.Columns {
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
	case *ast.Binary:
		for _, operand := range e.Operands {
			if s := innerColumns(operand, depth-1); s != nil {
				return s
			}
		}
	}
	return nil
}
