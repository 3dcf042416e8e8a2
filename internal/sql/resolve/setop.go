package resolve

import (
	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// setOperation returns the rows of UNION, EXCEPT and INTERSECT. Columns match by
// position unless the text says BY NAME.
func (r *resolver) setOperation(op *ast.SetOperation, outer view, ctes *frame) *relation {
	first, _ := r.body(op.First, outer, ctes)
	byName := false
	branches := make([]*relation, 1, len(op.Arms)+1)
	branches[0] = first
	for i := range op.Arms {
		arm, _ := r.body(op.Arms[i].Right, outer, ctes)
		branches = append(branches, arm)
		byName = byName || op.Arms[i].ByName || len(op.Arms[i].On) > 0
	}
	var rel *relation
	if !byName {
		rel = r.byPosition(op, branches)
	} else {
		rel = branches[0]
		for i, arm := range op.Arms {
			if !r.spend(len(rel.columns)) {
				break
			}
			if arm.ByName || len(arm.On) > 0 {
				rel = r.unitedByName(rel, branches[i+1], arm)
			} else {
				rel = r.byPosition(op, []*relation{rel, branches[i+1]})
			}
		}
	}
	r.setClauses(op, rel)
	return rel
}

// byPosition unites branches column by column. Where a branch holds a star that
// cannot be expanded, its columns are taken by the first branch's names.
func (r *resolver) byPosition(op *ast.SetOperation, branches []*relation) *relation {
	first := branches[0]
	if !r.room(len(branches) * len(first.columns) * 2 * pointerBytes) {
		return first
	}
	lists := make([][]*column, len(branches))
	closed := true
	firstComplete := false
	for i, b := range branches {
		var complete bool
		lists[i], complete = r.listed(b)
		closed = closed && complete
		firstComplete = firstComplete || i == 0 && complete
	}
	if closed {
		for i := 1; i < len(lists); i++ {
			if len(lists[i]) != len(lists[0]) {
				r.report(op.Arms[min(i, len(op.Arms))-1].Span, BranchWidth, "the branch has %d columns, the first one %d", len(lists[i]), len(lists[0]))
			}
		}
	}
	columns := r.columns.List(len(lists[0]) + 1)[:0]
	for i, c := range lists[0] {
		if !r.spend(1) {
			break
		}
		columns = append(columns, r.united(c, i, branches, lists))
	}
	if firstComplete {
		return r.newRelation(columns)
	}
	union := &relation{branches: branches}
	columns = append(columns, column{key: r.names.id("*"), text: "*", star: &star{rel: union, except: keysOf(columns)}})
	for i := range first.columns {
		if c := &first.columns[i]; len(columns) > len(lists[0]) && c.star == nil && !c.hidden && i >= len(lists[0]) {
			columns = append(columns, r.united(c, len(first.columns)+i, branches, lists))
		}
	}
	return r.newRelation(columns)
}

func keysOf(columns []column) []name {
	keys := make([]name, len(columns))
	for i := range columns {
		keys[i] = columns[i].key
	}
	return keys
}

// united is column i of a union.
func (r *resolver) united(c *column, i int, branches []*relation, lists [][]*column) column {
	all := sameColumn(c)
	from := r.pointers.List(len(branches) - 1)[:0]
	id := ast.Ident{Text: c.text, Quoted: true}
	for b := 1; b < len(branches); b++ {
		if i < len(lists[b]) {
			from = append(from, lists[b][i])
			continue
		}
		if m := branches[b].lookup(r, c.key, id); m.column != nil {
			from = append(from, m.column)
			all.confidence = max(all.confidence, m.confidence)
		}
	}
	if len(from) > 0 {
		all.details().from = from
	}
	return all
}

// unitedByName unites two branches by their columns' names.
func (r *resolver) unitedByName(left, right *relation, arm ast.SetArm) *relation {
	outer := arm.Outer
	if outer == "" {
		outer = "FULL"
		if r.dialect.Names.ByNameInner {
			outer = "INNER"
		}
	}
	on := make([]name, len(arm.On))
	for i, id := range arm.On {
		on[i] = r.names.id(id.Text)
	}
	if !r.room((len(left.columns) + len(right.columns)) * 2 * columnBytes) {
		return left
	}
	r.use((len(left.columns) + len(right.columns)) * columnBytes)
	leftList, leftComplete := r.listed(left)
	rightList, rightComplete := r.listed(right)
	var columns []column
	for _, c := range leftList {
		if !r.spend(1) {
			break
		}
		if m := right.lookup(r, c.key, ast.Ident{Text: c.text, Quoted: true}); m.column != nil {
			both := sameColumn(c)
			both.addFrom(m.column)
			columns = append(columns, both)
		} else if outer != "INNER" {
			columns = append(columns, sameColumn(c))
		}
	}
	if outer == "FULL" {
		for _, c := range rightList {
			if !r.spend(1) {
				break
			}
			if left.position(r, c.key) < 0 {
				columns = append(columns, sameColumn(c))
			}
		}
	}
	columns = r.only(columns, on)
	if len(on) == 0 && (!leftComplete || !rightComplete) {
		union := &relation{branches: []*relation{left, right}}
		columns = append(columns, column{key: r.names.id("*"), text: "*", star: &star{rel: union, except: keysOf(columns)}})
	}
	return r.newRelation(columns)
}

// only keeps the columns of a list, in its order.
func (r *resolver) only(columns []column, on []name) []column {
	if len(on) == 0 {
		return columns
	}
	kept := make([]column, 0, len(on))
	for _, key := range on {
		for i := range columns {
			if columns[i].key == key {
				kept = append(kept, columns[i])
			}
		}
	}
	return kept
}

// lookupBranches asks every branch of a union for a column by name.
func (rel *relation) lookupBranches(r *resolver, key name, id ast.Ident) match {
	best := absent
	var from []*column
	for _, b := range rel.branches {
		m := b.lookup(r, key, id)
		if m.certainty == absent {
			continue
		}
		best = max(best, m.certainty)
		from = append(from, m.column)
	}
	if best == absent {
		return match{}
	}
	return match{column: r.unionColumn(key, id, from), certainty: min(best, possible), confidence: Inferred}
}
