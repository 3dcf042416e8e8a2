package projectdiff

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/impact"
	"github.com/thalweg-data/thalweg/internal/lineage"
)

// hits follows the differences downstream: removed things in the state that had
// them, everything else in the state that has it.
func (c *comparer) hits() {
	changed := map[string]*TableChange{}
	for i := range c.out.Tables {
		changed[c.out.Tables[i].UniqueID] = &c.out.Tables[i]
	}
	found := map[string]*Hit{}
	surest := map[string]impact.Reason{}
	columns := map[string]map[string]bool{}
	collect := func(s *projectState, differences []difference) {
		if len(differences) == 0 {
			return
		}
		reached := s.follow(differences)
		for _, r := range slices.Concat(reached.Assets, reached.Changed) {
			n := s.Nodes[r.Asset]
			id := c.canonical(n.UniqueID)
			if _, still := c.after.number[id]; !still || changed[id] != nil && r.Reason != impact.Column || !isHit(n) {
				continue
			}
			h := found[id]
			if h == nil {
				h = &Hit{UniqueID: id, Kind: n.ResourceType, Path: n.Path, Reason: r.Reason.String(), Depth: r.Depth, Columns: []string{}}
				found[id], surest[id] = h, r.Reason
			}
			if h.Depth = min(h.Depth, r.Depth); r.Reason < surest[id] {
				h.Reason, surest[id] = r.Reason.String(), r.Reason
			}
		}
		for i, n := range reached.Columns.Columns {
			if col := s.Columns.Column(n); col.Table > 0 {
				id := c.canonical(s.RefName(lineage.Ref{Table: col.Table}))
				if t := changed[id]; t != nil && (reached.Columns.Depths[i] == 0 || c.differs(t, col.Name)) {
					continue
				}
				if columns[id] == nil {
					columns[id] = map[string]bool{}
				}
				columns[id][col.Name] = true
			}
		}
	}
	collect(c.before, c.ofBefore)
	collect(c.after, c.ofAfter)
	for id, h := range found {
		if changed[id] != nil && len(columns[id]) == 0 {
			continue
		}
		h.Columns = append(h.Columns, slices.Sorted(maps.Keys(columns[id]))...)
		c.out.Hits = append(c.out.Hits, *h)
	}
	slices.SortFunc(c.out.Hits, func(a, b Hit) int { return cmp.Or(cmp.Compare(a.Depth, b.Depth), cmp.Compare(a.UniqueID, b.UniqueID)) })
}

// differs reports whether a column is among those of a table that differ.
func (c *comparer) differs(t *TableChange, name string) bool {
	name = c.after.fold(name)
	return slices.ContainsFunc(t.Columns, func(col ColumnChange) bool {
		return c.after.fold(col.Name) == name || col.RenamedFrom != "" && c.after.fold(col.RenamedFrom) == name
	})
}

// isHit leaves out what nobody consumes: analyses, unit tests, operations.
func isHit(n *lineage.Node) bool {
	switch n.ResourceType {
	case "exposure", "metric", "semantic_model", "saved_query":
		return true
	}
	return lineage.IsTable(n)
}

// owners collects who is responsible for what changed and for what is hit.
func (c *comparer) owners() {
	type key struct{ name, emails string }
	found := map[key]*Owner{}
	note := func(id string) {
		s := c.after
		n, ok := s.number[id]
		if !ok {
			s = c.before
			n = s.number[id]
		}
		for _, o := range s.groups.OwnersOf(s.Nodes[n].Owned()) {
			k := key{o.Label(), strings.Join(o.Emails, " ")}
			if found[k] == nil {
				found[k] = &Owner{Name: o.Label(), Emails: orEmpty(o.Emails)}
			}
			found[k].Owns = append(found[k].Owns, id)
		}
	}
	for _, t := range c.out.Tables {
		note(t.UniqueID)
	}
	for _, h := range c.out.Hits {
		note(h.UniqueID)
	}
	for _, o := range found {
		slices.Sort(o.Owns)
		c.out.Owners = append(c.out.Owners, *o)
	}
	slices.SortFunc(c.out.Owners, func(a, b Owner) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), slices.Compare(a.Emails, b.Emails))
	})
}

// summary counts, and replaces nil lists by empty ones.
func (c *comparer) summary() {
	s := &c.out.Summary
	count := func(change string, added, removed, changed, retyped, renamed *int) {
		switch change {
		case Added:
			*added++
		case Removed:
			*removed++
		case Changed:
			*changed++
		case Retyped:
			*retyped++
		case Renamed:
			*renamed++
		}
	}
	for _, t := range c.out.Tests {
		count(t.Change, nil, &s.TestsRemoved, nil, nil, nil)
		if t.Change == Orphaned {
			s.TestsOrphaned++
		}
	}
	for _, k := range c.out.Constraints {
		if k.Change == Orphaned {
			s.ConstraintsOrphaned++
		} else {
			s.ConstraintsRemoved++
		}
	}
	for _, t := range c.out.Tables {
		if t.ContractBroken {
			s.ContractsBroken++
		}
		count(t.Change, &s.TablesAdded, &s.TablesRemoved, &s.TablesChanged, nil, &s.TablesRenamed)
		if t.Breaking && !slices.ContainsFunc(t.Columns, func(col ColumnChange) bool { return col.Breaking }) {
			s.Breaking++
		}
		for _, col := range t.Columns {
			count(col.Change, &s.ColumnsAdded, &s.ColumnsRemoved, &s.ColumnsChanged, &s.ColumnsRetyped, &s.ColumnsRenamed)
			if col.Breaking {
				s.Breaking++
			}
		}
		for _, e := range slices.Concat(t.Edges, t.Rows) {
			count(e.Change, &s.EdgesAdded, &s.EdgesRemoved, &s.EdgesChanged, nil, nil)
		}
	}
	s.Breaking += len(c.out.Broken)
	for _, h := range c.out.Hits {
		s.HitColumns += len(h.Columns)
		switch h.Kind {
		case "exposure":
			s.HitExposures++
		case "metric":
			s.HitMetrics++
		case "semantic_model", "saved_query":
		default:
			s.HitTables++
		}
	}
	c.out.Tables, c.out.Broken = orEmpty(c.out.Tables), orEmpty(c.out.Broken)
	c.out.Hits, c.out.Owners = orEmpty(c.out.Hits), orEmpty(c.out.Owners)
}

// orEmpty replaces nil by an empty list, which JSON writes as [] and not as null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
