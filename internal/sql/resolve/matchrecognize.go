package resolve

import "github.com/thalweg-data/thalweg/internal/sql/ast"

func (r *resolver) addMatchRecognize(s *scope, m *ast.MatchRecognize) member {
	inner := r.innerScope(s, m.Input)
	return r.addReshaped(s, inner, r.matched(inner, m), m.Alias)
}

// matched returns the rows of MATCH_RECOGNIZE: what it divides by and its measures,
// with ALL ROWS PER MATCH the input's columns too.
func (r *resolver) matched(inner *scope, m *ast.MatchRecognize) *relation {
	inner.pattern = true
	v := inner.full()
	unnamed := 0
	var columns []column
	if m.AllRows {
		columns = r.list(v)
	} else {
		columns = r.itemColumns(columns, m.PartitionBy, v, &unnamed)
	}
	columns = r.itemColumns(columns, m.Measures, v, &unnamed)
	for i := range m.PartitionBy {
		r.control(m.PartitionBy[i].Expr, v, Group)
	}
	for i := range m.OrderBy {
		r.control(m.OrderBy[i].Expr, v, Sort)
	}
	for _, e := range m.Define {
		r.control(e, v, Filter)
	}
	return r.newRelation(columns)
}

// itemColumns makes a column of each expression of a list.
func (r *resolver) itemColumns(columns []column, items []ast.SelectItem, v view, unnamed *int) []column {
	for i := range items {
		c := r.itemColumn(&items[i], unnamed, len(columns))
		c.expr, c.view = items[i].Expr, v
		columns = append(columns, c)
	}
	return columns
}
