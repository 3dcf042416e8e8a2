package projectdiff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
)

// ConstraintChange is a constraint that lost a column or table that it names, or is lost.
type ConstraintChange struct {
	Table   string   `json:"table"` // that has the constraint
	Change  string   `json:"change"`
	Type    string   `json:"type"` // as dbt names it: primary_key, foreign_key, not_null …
	Columns []string `json:"columns"`
	// To is the unique id of the table that a foreign key points to, else the relation.
	To        string   `json:"to,omitempty"`
	ToColumns []string `json:"to_columns,omitempty"`
}

// constraints finds those of head that name a column or table that is gone, and those of base that are gone although
// what they name is not.
func (c *comparer) constraints() {
	c.out.Constraints = []ConstraintChange{}
	still := map[string]bool{}
	for i, n := range c.after.Nodes {
		for _, k := range n.Constraints {
			found := c.constraint(c.after, int32(i), k, Orphaned)
			still[c.constraintKey(found)] = true
			if c.isOrphaned(found) {
				c.out.Constraints = append(c.out.Constraints, found)
			}
		}
	}
	for i, n := range c.before.Nodes {
		for _, k := range n.Constraints {
			found := c.constraint(c.before, int32(i), k, Removed)
			if _, has := c.after.number[found.Table]; has && !c.isOrphaned(found) && !still[c.constraintKey(found)] {
				c.out.Constraints = append(c.out.Constraints, found)
			}
		}
	}
	slices.SortFunc(c.out.Constraints, func(a, b ConstraintChange) int {
		return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.Change, b.Change), cmp.Compare(a.Type, b.Type), slices.Compare(a.Columns, b.Columns))
	})
}

// constraint is one of a state by the names that tables and columns have now.
func (c *comparer) constraint(s *projectState, n int32, k lineage.Constraint, change string) ConstraintChange {
	out := ConstraintChange{Table: c.canonical(s.Nodes[n].UniqueID), Change: change, Type: k.Type, To: k.To, Columns: orEmpty(k.Columns), ToColumns: k.ToColumns}
	out.Columns, out.ToColumns = s.bare(out.Columns), s.bare(out.ToColumns)
	if k.To != "" {
		if id, ok := c.namesOf(s).find(k.To); ok {
			out.To = c.canonical(id)
		}
	}
	if s == c.before {
		out.Columns, out.ToColumns = c.currentNames(out.Table, out.Columns), c.currentNames(out.To, out.ToColumns)
	}
	return out
}

// bare are the names of columns without the quotes that YAML gives them.
func (s *projectState) bare(columns []string) []string {
	out := slices.Clone(columns)
	for i := range out {
		out[i], _ = catalog.UnquoteColumn(s.Head.AdapterType, out[i])
	}
	return out
}

// currentNames are the names that columns of base have now.
func (c *comparer) currentNames(table string, columns []string) []string {
	renamed := c.columnNames[table]
	if len(renamed) == 0 {
		return columns
	}
	out := slices.Clone(columns)
	for i, name := range out {
		if now, ok := renamed[c.before.fold(name)]; ok {
			out[i] = now
		}
	}
	return out
}

// isOrphaned reports whether a constraint names a column or table that is gone.
func (c *comparer) isOrphaned(k ConstraintChange) bool {
	gone := func(table string, columns []string) bool {
		return slices.ContainsFunc(columns, func(name string) bool { return c.gone[table][c.after.fold(name)] })
	}
	if gone(k.Table, k.Columns) || gone(k.To, k.ToColumns) {
		return true
	}
	_, had := c.before.number[k.To]
	_, has := c.after.number[k.To]
	return had && !has
}

// constraintKey is what makes a constraint the same one in both states.
func (c *comparer) constraintKey(k ConstraintChange) string {
	folded := func(columns []string) string {
		out := make([]string, len(columns))
		for i, name := range columns {
			out[i] = c.after.fold(name)
		}
		slices.Sort(out)
		return strings.Join(out, "\x01")
	}
	to := k.To
	if _, is := c.after.number[to]; !is { // a relation, which another target has elsewhere
		to = strings.ToLower(to[strings.LastIndexByte(to, '.')+1:])
	}
	return strings.Join([]string{k.Table, k.Type, folded(k.Columns), to, folded(k.ToColumns)}, "\x00")
}
