package resolve

import (
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// maxBlocks bounds the nesting of procedural blocks.
const maxBlocks = 200

// statements resolves a list of statements, blocks opened up.
func (r *resolver) statements(results []Result, list []ast.Statement, depth int) []Result {
	if depth > maxBlocks {
		return results
	}
	for _, statement := range list {
		switch st := statement.(type) {
		case *ast.Block:
			results = r.statements(results, st.Statements, depth+1)
		case *ast.Create:
			if len(st.Body) > 0 {
				results = r.statements(results, st.Body, depth+1)
				continue
			}
		}
		if result, ok := r.statement(statement); ok {
			results = append(results, result)
		}
	}
	return results
}

// statement resolves one statement; ok is false for those without columns.
func (r *resolver) statement(statement ast.Statement) (Result, bool) {
	r.start()
	switch st := statement.(type) {
	case *ast.SetVariable:
		r.declareVariables(st)
	case *ast.QueryStatement:
		rel := r.query(st.Query, view{}, nil)
		target := intoTarget(st.Query)
		result := r.result(rel, target, r.spans(st.Query.Body))
		r.keepCreated(target, result)
		return result, true
	case *ast.Create:
		return r.create(st)
	case *ast.Insert:
		result := r.insert(st)
		r.insertCreated(st, result)
		return result, true
	case *ast.MultiInsert:
		return r.multiInsert(st)
	case *ast.Update:
		return r.update(st), true
	case *ast.Merge:
		return r.mergeStatement(st), true
	case *ast.BadStatement:
		if len(st.Children) > 0 {
			r.report(st.Span, Unreadable, "the statement could not be read")
			rel := r.query(st.Children[0], view{}, nil)
			return r.result(rel, nil, r.spans(st.Children[0].Body)), true
		}
	}
	return Result{}, false
}

// declareVariables remembers the names of DECLARE, which later statements use like columns.
func (r *resolver) declareVariables(st *ast.SetVariable) {
	if !st.Declared {
		return
	}
	for _, id := range st.Names {
		if r.variables == nil {
			r.variables = map[name]bool{}
		}
		r.variables[r.names.id(id.Text)] = true
	}
}

// start clears what belongs to one statement.
func (r *resolver) start() {
	r.tables, r.clauses, r.matches, r.bound = r.tables[:0], r.clauses[:0], r.matches[:0], r.bound[:0]
	r.byName, r.inByName, r.subqueries = nil, 0, nil
	r.diagnostics, r.reported, r.failed, r.failedAt = nil, nil, nil, nil
	r.incomplete, r.over, r.checkAt = false, false, 0
	r.depth, r.behind = 0, 0
}

// create resolves CREATE ... AS and keeps the rows for later statements.
func (r *resolver) create(st *ast.Create) (Result, bool) {
	if st.Query == nil {
		r.declare(st)
		return Result{}, false
	}
	rel := r.query(st.Query, view{}, nil)
	rel = r.renamed(rel, columnNames(st.Columns))
	target := st.Name
	if st.To != nil {
		target = st.To
	}
	result := r.result(rel, target, r.spans(st.Query.Body))
	r.keepCreated(st.Name, result)
	return result, true
}

// keepCreated remembers what a statement made, by its result, so that later
// statements see through it to the base tables.
func (r *resolver) keepCreated(n *ast.ObjectName, result Result) {
	if n == nil {
		return
	}
	if r.created == nil {
		r.created = map[string]Result{}
	}
	r.created[string(r.tableKey(n))] = result
}

// declare remembers a temporary table that has no rows yet.
func (r *resolver) declare(st *ast.Create) {
	if st.Name == nil || len(st.Columns) == 0 || !st.Temporary && !strings.HasPrefix(st.Name.Last().Text, "#") {
		return
	}
	var empty Result
	for _, def := range st.Columns {
		empty.Outputs = append(empty.Outputs, Output{Name: r.dialect.Stored(def.Name.Text, def.Name.Quoted)})
	}
	r.keepCreated(st.Name, empty)
}

// insertCreated adds what INSERT writes to a table that an earlier statement made.
func (r *resolver) insertCreated(st *ast.Insert, result Result) {
	if st.Target == nil {
		return
	}
	key := string(r.tableKey(st.Target))
	made, ok := r.created[key]
	if !ok {
		return
	}
	outputs := slices.Clone(made.Outputs)
	for i := range result.Outputs {
		to := i
		if len(st.Columns) > 0 || st.ByName {
			to = slices.IndexFunc(outputs, func(o Output) bool { return strings.EqualFold(o.Name, result.Outputs[i].Name) })
		}
		if to >= 0 && to < len(outputs) {
			outputs[to].Edges = slices.Concat(outputs[to].Edges, result.Outputs[i].Edges)
		}
	}
	made.Outputs = outputs
	r.created[key] = made
}

// createdRows turns the result of an earlier statement into rows.
func (r *resolver) createdRows(result Result) *relation {
	columns := r.columns.List(len(result.Outputs))[:0]
	for _, out := range result.Outputs {
		c := r.literalColumn(out.Name)
		c.state, c.partsState = done, done
		set := r.edgeSet()
		for _, e := range out.Edges {
			if e.Table != nil {
				set.add(r.readdEdge(e))
			}
		}
		c.edges = set.edges
		if out.Star && len(c.edges) == 1 {
			t := r.tables[c.edges[0].table]
			c.star = &star{rel: t.rel}
		}
		columns = append(columns, c)
	}
	return r.newRelation(columns)
}

// readdEdge makes an edge of an earlier result one of this statement.
func (r *resolver) readdEdge(e Edge) edge {
	n := &ast.ObjectName{File: e.Table.File}
	for _, p := range e.Table.Parts {
		n.Parts = append(n.Parts, ast.Ident{Text: p.Text, Quoted: p.Quoted})
	}
	t := r.table(n, r.tableKey(n))
	id := ast.Ident{Text: e.Column, Quoted: true}
	c := t.rel.lookup(r, r.names.id(e.Column), id).column
	if c == nil {
		c = r.extraColumn(t, r.names.id(e.Column), id)
	}
	made := r.edgesOf(c)[0]
	made.kinds, made.confidence, made.masked = e.Kinds, e.Confidence, e.Masked
	if made.kinds&Rename != 0 { // the value is unchanged; normal compares the names again
		made.kinds = made.kinds&^Rename | Identity
	}
	made.path = r.path(e.Path)
	return made
}

// intoTarget is the table of SELECT ... INTO.
func intoTarget(q *ast.Query) *ast.ObjectName {
	switch b := q.Body.(type) {
	case *ast.Select:
		return b.Into
	case *ast.SetOperation:
		if first, ok := b.First.(*ast.Select); ok {
			return first.Into
		}
	case *ast.Query:
		return intoTarget(b)
	}
	return nil
}
