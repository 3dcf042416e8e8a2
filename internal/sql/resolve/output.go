package resolve

import (
	"cmp"
	"slices"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// result turns rows into the result of a statement.
func (r *resolver) result(rel *relation, target *ast.ObjectName, spans []token.Span) Result {
	var result Result
	outputs := r.outputColumns(rel)
	result.Outputs = make([]Output, 0, len(outputs))
	for i, c := range outputs {
		out := r.output(c)
		if i < len(spans) {
			out.Span = spans[i]
		}
		result.Outputs = append(result.Outputs, out)
	}
	if !r.options.Values {
		result.Indirect = r.columnUses(r.indirect())
	}
	r.finish(&result, target)
	return result
}

// outputColumns are the columns of the result, unexpanded stars among them.
func (r *resolver) outputColumns(rel *relation) []*column {
	return r.listSource(nil, &source{rel: rel})
}

func (r *resolver) finish(result *Result, target *ast.ObjectName) {
	for _, t := range r.tables {
		if t.read {
			result.Tables = append(result.Tables, t.ref)
		}
	}
	if target != nil && len(target.Parts) > 0 {
		result.Target = &Table{}
		for _, p := range target.Parts {
			result.Target.Parts = append(result.Target.Parts, Name{Text: p.Text, Quoted: p.Quoted})
		}
	}
	result.Diagnostics = r.diagnostics
	if r.incomplete {
		result.Status = Partial
	}
}

// output finishes one column.
func (r *resolver) output(c *column) Output {
	if c.star != nil {
		all := r.starColumn(c.star)
		r.report(token.Span{}, UnknownStar, "the columns of a star are not known")
		return Output{Name: "*", Star: true, Edges: r.finished(r.edgesOf(all), all.key)}
	}
	out := Output{Name: r.stored(c), Unnamed: c.unnamed}
	out.Edges = r.finished(r.edgesOf(c), c.key)
	out.Masked = masked(out.Edges)
	return out
}

// masked tells whether there are values and all of them are hidden.
func masked(edges []Edge) bool {
	values := 0
	for i := range edges {
		if edges[i].Kinds.IsValue() {
			if !edges[i].Masked {
				return false
			}
			values++
		}
	}
	return values > 0
}

// finished turns edges into those of the result, sorted by table, column, path.
func (r *resolver) finished(edges []edge, key name) []Edge {
	if len(edges) == 0 {
		return nil
	}
	made := make([]Edge, len(edges))
	for i, e := range edges {
		made[i] = Edge{Path: r.paths[e.path], Confidence: e.confidence, Masked: e.masked && e.kinds.IsValue()}
		if e.table < 0 {
			made[i].Column = r.failed[e.column]
			made[i].Kinds = e.kinds.normal(true)
			continue
		}
		t := r.tables[e.table]
		made[i].Table, made[i].Column = t.ref, t.columns[e.column]
		made[i].Kinds = e.kinds.normal(e.kinds&Identity == 0 || r.names.id(made[i].Column) == key)
	}
	order := func(t *Table) int {
		return slices.IndexFunc(r.tables, func(known *table) bool { return known.ref == t })
	}
	slices.SortStableFunc(made, func(a, b Edge) int {
		if a.Table != b.Table {
			return cmp.Compare(order(a.Table), order(b.Table))
		}
		return cmp.Or(cmp.Compare(a.Column, b.Column), cmp.Compare(a.Path, b.Path))
	})
	return made
}

func (r *resolver) columnUses(edges []edge) []ColumnUse {
	uses := make([]ColumnUse, 0, len(edges))
	seen := map[[2]int32]int{}
	for _, e := range edges {
		if e.table < 0 {
			continue
		}
		at := [2]int32{e.table, e.column}
		if i, ok := seen[at]; ok {
			uses[i].Kinds |= e.kinds
			uses[i].Confidence = min(uses[i].Confidence, e.confidence)
			continue
		}
		seen[at] = len(uses)
		t := r.tables[e.table]
		uses = append(uses, ColumnUse{Table: t.ref, Column: t.columns[e.column], Kinds: e.kinds, Confidence: e.confidence})
	}
	return uses
}

// spans are the places of the projections of a query's outermost SELECT, as long
// as there is one output for each.
func (r *resolver) spans(b ast.QueryBody) []token.Span {
	switch b := b.(type) {
	case *ast.Query:
		return r.spans(b.Body)
	case *ast.SetOperation:
		return r.spans(b.First)
	case *ast.Select:
		spans := make([]token.Span, 0, len(b.Items))
		for i := range b.Items {
			if _, star := b.Items[i].Expr.(*ast.Star); star || len(b.Items[i].Aliases) > 0 || b.Items[i].Variable {
				return spans
			}
			spans = append(spans, b.Items[i].Span)
		}
		return spans
	}
	return nil
}
