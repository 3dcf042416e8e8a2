package lineage

import "strings"

// cteMark is what dbt puts into the name of the CTE that an ephemeral model
// becomes: __dbt__cte__orders; __dbt__CTE__orders before 0.20, dbt__cte__orders__
// on oracle, dbt__CTE__INTERNAL_orders on exasol.
const cteMark = "dbt__cte__"

// ephemeralName cuts the model's name out of the name of a CTE; false if it is
// an ordinary one.
func ephemeralName(cte string) (string, bool) {
	name := strings.TrimLeft(strings.ToLower(cte), "_")
	name, ok := strings.CutPrefix(name, cteMark)
	return name, ok && name != ""
}

// cteNames are the names by which an ephemeral model may be pasted into its
// children.
func cteNames(name, alias string) []string {
	names := []string{strings.ToLower(name)}
	if alias = strings.ToLower(alias); alias != "" && alias != names[0] {
		names = append(names, alias)
	}
	return names
}

// ephemeral finds the ephemeral model behind a CTE: a parent, or a parent of
// ephemeral parents, else the only one of that name.
func (t *Tracer) ephemeral(self int32, cte string) int32 {
	name, ok := ephemeralName(cte)
	if !ok {
		return none
	}
	if n := t.ephemeralAbove(self, name); n != none {
		return n
	}
	if all := t.byCTE(name); len(all) == 1 && all[0] != self {
		return all[0]
	}
	return none
}

// ephemeralAbove looks among the parents, then among those of ephemeral parents,
// level by level; each is looked at once.
func (t *Tracer) ephemeralAbove(self int32, name string) int32 {
	seen := map[int32]bool{self: true}
	for level := []int32{self}; len(level) > 0; {
		var above []int32
		for _, n := range level {
			for _, p := range t.parents(n) {
				if seen[p] || !t.tables[p].Ephemeral {
					continue
				}
				if t.tables[p].isCTE(name) {
					return p
				}
				seen[p] = true
				above = append(above, p)
			}
		}
		level = above
	}
	return none
}

// isCTE takes the name without its mark.
func (t *Table) isCTE(name string) bool {
	for _, own := range t.CTENames {
		if name == own || name == own+"__" || name == "internal_"+own {
			return true
		}
	}
	return false
}

func (t *Tracer) byCTE(name string) []int32 {
	var found []int32
	for _, n := range t.ephemerals {
		if t.tables[n].isCTE(name) {
			found = append(found, n)
		}
	}
	return found
}
