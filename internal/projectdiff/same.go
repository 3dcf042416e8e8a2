package projectdiff

import (
	"slices"

	"github.com/thalweg-data/thalweg/internal/lineage"
)

// sameColumns reports whether the code of both states makes the same columns from the same ones by the same
// expressions, so that nothing needs to be compared in detail. That they are the same may show only in detail.
func (c *comparer) sameColumns(was, now int32) bool {
	if !c.oneAdapter() {
		return false
	}
	a, b := c.before.block(was), c.after.block(now)
	if a == nil || b == nil || a.Status == lineage.NotSQL || b.Status == lineage.NotSQL || len(a.Outputs) != len(b.Outputs) ||
		!c.sameTypes(was, now) || !a.Columns().Full || !b.Columns().Full {
		return false
	}
	x, y := c.before.code(c.before.Nodes[was].Compiled), c.after.code(c.after.Nodes[now].Compiled)
	for i := range a.Outputs {
		o, p := &a.Outputs[i], &b.Outputs[i]
		if o.Name != p.Name || len(o.Edges) != len(p.Edges) || o.Span.Text(x) != p.Span.Text(y) {
			return false
		}
		for k, e := range o.Edges {
			f := p.Edges[k]
			if e.Column != f.Column || e.Kinds != f.Kinds || !sameRef(a.Refs[e.Ref], b.Refs[f.Ref]) {
				return false
			}
		}
	}
	return true
}

// oneAdapter reports whether both states have the same rules for names.
func (c *comparer) oneAdapter() bool { return c.before.Head.AdapterType == c.after.Head.AdapterType }

func sameRef(a, b lineage.Ref) bool { return a.Table == b.Table && a.Name == b.Name }

// sameTypes reports whether both states have the same list of a table's columns and types.
func (c *comparer) sameTypes(was, now int32) bool {
	x, y := c.before.table(was), c.after.table(now)
	if x == nil && y == nil {
		return c.before.Nodes[was].SameYAML(c.after.Nodes[now])
	}
	return x != nil && y != nil && x.Columns == y.Columns && !x.Columns.IsEmpty()
}

// sameRows reports whether the same columns decide the rows of a table in both states.
func sameRows(a, b *lineage.Block) bool {
	return slices.EqualFunc(a.Rows, b.Rows, func(u, v lineage.Use) bool {
		return u.Column == v.Column && u.Kinds == v.Kinds && sameRef(a.Refs[u.Ref], b.Refs[v.Ref])
	})
}
