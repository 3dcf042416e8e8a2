package resolve

import (
	"slices"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// cte is one member of WITH. Its rows are computed when they are first read.
type cte struct {
	key   name
	node  *ast.CTE
	outer view
	// env are the CTEs that its query sees.
	env   *frame
	state columnState
	rel   *relation
	// self is what a recursive member sees of itself; used reports whether it looked.
	self *relation
	used bool
}

// with puts the members of WITH in scope. Members see those in front of them,
// with RECURSIVE all of them.
func (r *resolver) with(w *ast.With, outer view, ctes *frame) *frame {
	if w == nil {
		return ctes
	}
	members := r.ctes.List(len(w.CTEs))
	for i, node := range w.CTEs {
		members[i] = cte{key: r.names.id(node.Name.Text), node: node, outer: outer, env: ctes}
		f := r.frames.New()
		f.cte, f.next, f.depth = &members[i], ctes, ctes.count()+1
		ctes = f
		if !w.Recursive && r.dialect.Names.ImplicitRecursion {
			members[i].env = ctes
		}
	}
	if w.Recursive {
		for i := range members {
			members[i].env = ctes
		}
	}
	return ctes
}

// readable reports whether a table's name can mean this CTE: it has rows, and it
// is not the very one whose anchor is being computed.
func (t *cte) readable() bool {
	return t.node.Query != nil && (t.state != working || t.self != nil)
}

// cteRelation returns the rows of a CTE.
func (r *resolver) cteRelation(t *cte) *relation {
	switch t.state {
	case done:
		return t.rel
	case working:
		t.used = true
		return t.self
	}
	if !r.enter() {
		return r.newRelation(nil)
	}
	defer r.leave()
	t.state = working
	if r.options.Boundary != nil && r.options.Boundary(t.node.Name.Text) {
		t.rel = r.boundary(t)
	} else {
		t.rel = r.memberRows(t)
	}
	if len(t.node.Added) > 0 {
		t.rel = r.withAdded(t.rel, t.node.Added)
	}
	t.state = done
	return t.rel
}

// withAdded adds the columns of SEARCH and CYCLE, which are made of those that
// they sort by.
func (r *resolver) withAdded(rel *relation, added []ast.AddedColumn) *relation {
	v := r.outputScope(rel).full()
	columns := r.list(v)
	for _, a := range added {
		c := r.namedColumn(a.Name)
		c.view, c.kinds = v, Transform
		for _, by := range a.By {
			c.details().more = append(c.details().more, &ast.ColumnRef{Span: by.Span, Parts: []ast.Ident{by}})
		}
		columns = append(columns, c)
	}
	return r.newRelation(columns)
}

// memberRows computes the rows of a member of WITH.
func (r *resolver) memberRows(t *cte) *relation {
	if op, ok := t.node.Query.Body.(*ast.SetOperation); ok && t.env.holds(t) && len(t.node.Query.Pipes) == 0 {
		return r.recursive(t, op)
	}
	return r.renamed(r.query(t.node.Query, t.outer, t.env), t.node.Columns)
}

func (f *frame) holds(t *cte) bool {
	for ; f != nil; f = f.next {
		if f.cte == t {
			return true
		}
	}
	return false
}

// boundary turns a CTE into a table with the same columns. What is inside counts
// for the names of the columns only.
func (r *resolver) boundary(t *cte) *relation {
	mark := len(r.clauses)
	r.behind++
	rows := r.memberRows(t)
	r.behind--
	r.clauses = r.clauses[:mark]
	id := t.node.Name
	made := r.addTable(&Table{Parts: []Name{{Text: id.Text, Quoted: id.Quoted}}, Boundary: true})
	listed, complete := r.listed(rows)
	if !complete {
		made.rel = r.openRelation(made)
		return made.rel
	}
	made.ref.InSchema = true
	columns := make([]Column, len(listed))
	for i, c := range listed {
		columns[i].Name = r.stored(c)
	}
	made.rel = r.tableColumns(made, columns)
	return made.rel
}

// maxRounds bounds the search for the fixpoint of a recursive CTE. Each round
// hands edges one column further, so only absurd queries need more.
const maxRounds = 24

// recursive returns the rows of a CTE that may read itself: the first branch, and
// whatever the others add to it until nothing changes any more.
func (r *resolver) recursive(t *cte, op *ast.SetOperation) *relation {
	q := t.node.Query
	ctes := r.with(q.With, t.outer, t.env)
	anchor, s := r.body(op.First, t.outer, ctes)
	anchor = r.renamed(anchor, t.node.Columns)
	r.queryClauses(q, s, anchor)
	self := r.frozen(anchor)
	t.self = self
	mark := len(r.clauses)
	for range maxRounds {
		r.clauses = r.clauses[:mark]
		r.subqueries = nil
		t.used = false
		changed := false
		for i := range op.Arms {
			arm, _ := r.body(op.Arms[i].Right, t.outer, ctes)
			changed = r.absorb(self, arm, op.Arms[i]) || changed
		}
		if !t.used || !changed || r.over {
			break
		}
	}
	return self
}

// frozen copies a relation, its edges computed.
func (r *resolver) frozen(rel *relation) *relation {
	columns := r.columns.List(len(rel.columns))
	for i := range rel.columns {
		c := &rel.columns[i]
		columns[i] = sameColumn(c)
		columns[i].hidden = c.hidden
		if c.star != nil {
			columns[i].star = c.star
			continue
		}
		if rel.open {
			continue
		}
		edges := r.edgesOf(c)
		r.use(len(edges) * edgeBytes)
		columns[i].edges = slices.Clone(edges)
		columns[i].state = done
	}
	copied := r.newRelation(columns)
	copied.table, copied.open, copied.catchAll = rel.table, rel.open, rel.catchAll
	return copied
}

// absorb adds the edges of a branch to a recursive CTE's columns.
func (r *resolver) absorb(self, arm *relation, how ast.SetArm) bool {
	changed := false
	listed, _ := r.listed(arm)
	for i := range self.columns {
		c := &self.columns[i]
		if c.star != nil {
			break
		}
		var from *column
		switch {
		case how.ByName:
			from = arm.find(r, c.key, ast.Ident{Text: c.text, Quoted: c.quoted})
		case i < len(listed):
			from = listed[i]
		default:
			from = arm.lookup(r, c.key, ast.Ident{Text: c.text, Quoted: c.quoted}).column
		}
		if from == nil {
			continue
		}
		set := r.edgeSet()
		r.use(len(c.edges) * edgeBytes)
		if !r.spend(len(c.edges)) {
			return false
		}
		set.edges = slices.Clone(c.edges)
		for _, e := range r.edgesOf(from) {
			set.add(e)
		}
		if !slices.Equal(set.edges, c.edges) {
			changed = true
			c.edges = set.edges
		}
	}
	return changed
}
