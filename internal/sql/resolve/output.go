package resolve

import (
	"cmp"
	"slices"
	"unsafe"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// result turns rows into the result of a statement.
func (r *resolver) result(rel *relation, target *ast.ObjectName, spans []token.Span) Result {
	var result Result
	outputs := r.outputColumns(rel)
	if r.over && len(outputs) == 0 {
		outputs = append(outputs, r.unknownStar())
	}
	if len(outputs) > r.budget.Outputs {
		r.exceed("outputs", r.budget.Outputs)
		outputs = append(outputs[:r.budget.Outputs:r.budget.Outputs], r.unknownStar())
	}
	r.use(len(outputs) * int(unsafe.Sizeof(Output{})))
	result.Outputs = make([]Output, 0, len(outputs))
	made := madeEdges{left: r.budget.Edges}
	var starred map[*column]*column
	for _, c := range outputs {
		if c.star != nil {
			if starred == nil {
				starred = map[*column]*column{}
			}
			starred[c] = r.throughStar(c)
			made.expected += len(r.edgesOf(starred[c]))
		} else {
			made.expected += len(r.edgesOf(c))
		}
	}
	if made.expected > r.budget.Edges {
		r.exceed("edges", r.budget.Edges)
		made.expected = r.budget.Edges
	}
	names := 0
	for i, c := range outputs {
		if names += len(c.text); names > r.budget.Bytes/4 {
			r.exceed("bytes of names", r.budget.Bytes/4)
			outputs = append(outputs[:i:i], r.unknownStar())
			result.Outputs = append(result.Outputs, r.output(outputs[i], outputs[i], &made))
			break
		}
		out := r.output(c, starred[c], &made)
		if i < len(spans) {
			out.Span = spans[i]
		}
		if c.star == nil {
			out.Definition = r.definition(c)
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
	return r.listFromItem(r.pointers.List(len(rel.columns) + 1)[:0], &fromItem{rel: rel})
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
func (r *resolver) output(c, all *column, made *madeEdges) Output {
	if c.star != nil {
		r.report(token.Span{}, UnknownStar, "the columns of a star are not known")
		return Output{Name: "*", Star: true, Edges: r.finished(r.edgesOf(all), all.key, made)}
	}
	out := Output{Name: r.stored(c), Unnamed: c.unnamed}
	out.Edges = r.finished(r.edgesOf(c), c.key, made)
	out.Masked = masked(out.Edges)
	return out
}

// masked reports whether there are values and all of them are hidden.
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

// madeEdges is where the edges of all outputs of a result lie, one after the other.
type madeEdges struct {
	free []Edge
	// left is how many more edges the result may have.
	left int
	// expected is how many edges the outputs that are still to come have.
	expected int
}

func (m *madeEdges) list(n int) []Edge {
	if n > len(m.free) {
		m.free = make([]Edge, max(n, m.expected))
	}
	m.expected -= n
	list := m.free[:n:n]
	m.free = m.free[n:]
	return list
}

// finished turns edges into those of the result, sorted by table, column, path.
func (r *resolver) finished(edges []edge, key name, memory *madeEdges) []Edge {
	if len(edges) == 0 {
		return nil
	}
	if len(edges) > memory.left {
		r.exceed("edges", r.budget.Edges)
		return nil
	}
	memory.left -= len(edges)
	if len(edges) > 1 {
		edges = r.sorted(edges)
	}
	made := memory.list(len(edges))
	for i, e := range edges {
		out := &made[i]
		out.Path, out.Confidence, out.Masked = r.paths[e.path], e.confidence, e.masked && e.kinds.IsValue()
		if e.table < 0 {
			out.Column = r.failed[e.column]
			out.Kinds = e.kinds.normal(true)
			continue
		}
		t := r.tables[e.table]
		out.Table, out.Column = t.ref, t.columns[e.column]
		out.Kinds = e.kinds.normal(e.kinds&Identity == 0 || r.names.id(out.Column) == key)
	}
	return made
}

// sorted returns edges in the order of their tables, columns and paths.
func (r *resolver) sorted(edges []edge) []edge {
	list := r.edges.List(len(edges))
	copy(list, edges)
	slices.SortStableFunc(list, func(a, b edge) int {
		if a.table != b.table {
			return cmp.Compare(a.table, b.table)
		}
		return cmp.Or(cmp.Compare(r.columnText(a), r.columnText(b)), cmp.Compare(r.paths[a.path], r.paths[b.path]))
	})
	return list
}

// columnText is the name of the base column of an edge.
func (r *resolver) columnText(e edge) string {
	if e.table < 0 {
		return r.failed[e.column]
	}
	return r.tables[e.table].columns[e.column]
}

// columnUses unites the edges to the fields of one column.
func (r *resolver) columnUses(edges []edge) []ColumnUse {
	set := r.edgeSet()
	for _, e := range edges {
		if len(set.edges) >= r.budget.Edges {
			r.exceed("edges", r.budget.Edges)
			break
		}
		if e.table >= 0 {
			e.path, e.masked = 0, false
			set.add(e)
		}
	}
	uses := make([]ColumnUse, len(set.edges))
	for i, e := range set.edges {
		t := r.tables[e.table]
		uses[i] = ColumnUse{Table: t.ref, Column: t.columns[e.column], Kinds: e.kinds, Confidence: e.confidence}
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
