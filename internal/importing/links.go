package importing

import (
	"cmp"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// place says where a dbt node stands in the catalog.
type place struct {
	asset catalog.AssetID
	kind  catalog.Kind
}

// links is the parent map of one project: child → parents, by unique_id.
type links map[string][]string

// edges turns the links of a project into edges between assets. Children that
// are no assets (data tests) are left out; a parent that nobody knows becomes
// an unresolved edge. Several nodes on one table give one edge, and none to
// the table itself. The result is sorted.
func (l links) edges(project catalog.ProjectID, at map[string]place) []catalog.Edge {
	seen := map[catalog.Edge]struct{}{}
	for child, parents := range l {
		to, ok := at[child]
		if !ok {
			continue
		}
		for _, parent := range parents {
			from, known := at[parent]
			if known && from.asset == to.asset {
				continue
			}
			e := catalog.Edge{
				Project: project, To: to.asset, Type: edgeType(from.kind, to.kind, known),
				Confidence: catalog.ConfidenceMedium, Source: catalog.SourceDBTImport,
			}
			if known {
				e.From = from.asset
			} else {
				e.FromNode = parent
			}
			seen[e] = struct{}{}
		}
	}
	out := make([]catalog.Edge, 0, len(seen))
	for e := range seen {
		out = append(out, e)
	}
	slices.SortFunc(out, compareEdges)
	return out
}

func compareEdges(a, b catalog.Edge) int {
	return cmp.Or(cmp.Compare(a.To, b.To), cmp.Compare(a.From, b.From), cmp.Compare(a.FromNode, b.FromNode), cmp.Compare(a.Type, b.Type))
}

// edgeType tells what an edge means from what stands at its ends. An
// unresolved parent of a table is taken for a table.
func edgeType(from, to catalog.Kind, known bool) catalog.EdgeType {
	switch to {
	case catalog.KindExposure:
		return catalog.EdgeExposure
	case catalog.KindMetric, catalog.KindSemanticModel, catalog.KindSavedQuery:
		return catalog.EdgeMetric
	case catalog.KindUnitTest:
		return catalog.EdgeUnitTest
	}
	if to.IsTable() && (!known || from.IsTable()) {
		return catalog.EdgeDerived
	}
	return catalog.EdgeOther
}

// edgeChange is what an import does to the edges.
type edgeChange struct {
	add, drop []catalog.Edge
	created   int64 // distinct new (table, table) pairs
	total     int64 // distinct (table, table) pairs of the project
	dangling  int64 // unresolved parents
}

// diffEdges compares the edges that stand, of all projects, with those that
// one project now states. keep tells edges that stay although the project no
// longer states them (their child waits for a confirmation of its removal).
func diffEdges(project catalog.ProjectID, stand, now []catalog.Edge, keep func(catalog.Edge) bool) edgeChange {
	var c edgeChange
	type pair struct{ from, to catalog.AssetID }
	pairs := map[pair]bool{}
	mine := map[catalog.Edge]bool{}
	for _, e := range stand {
		if e.Type == catalog.EdgeDerived && e.From != 0 {
			pairs[pair{e.From, e.To}] = true
		}
		if e.Project == project {
			mine[e] = true
		}
	}
	total := map[pair]bool{}
	for _, e := range now {
		if e.From == 0 {
			c.dangling++
		} else if e.Type == catalog.EdgeDerived {
			p := pair{e.From, e.To}
			total[p] = true
			if !pairs[p] {
				pairs[p] = true
				c.created++
			}
		}
		if mine[e] {
			delete(mine, e)
			continue
		}
		c.add = append(c.add, e)
	}
	c.total = int64(len(total))
	for e := range mine {
		if keep == nil || !keep(e) {
			c.drop = append(c.drop, e)
		}
	}
	slices.SortFunc(c.drop, compareEdges)
	return c
}

// resolve joins edges of other projects whose parent was unknown until now.
func (c *edgeChange) resolve(project catalog.ProjectID, stand []catalog.Edge, at map[string]place) {
	for _, e := range stand {
		from, known := at[e.FromNode]
		if e.Project == project || e.From != 0 || !known {
			continue
		}
		c.drop = append(c.drop, e)
		if from.asset == e.To {
			continue
		}
		e.From, e.FromNode = from.asset, ""
		c.add = append(c.add, e)
		if e.Type == catalog.EdgeDerived {
			c.created++
		}
	}
}
