package revision

import (
	"maps"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
)

// linkFound writes the edges that the code of undeclared tables shows, and ends
// those that it no longer does. It returns the tables whose edges changed.
func (t *tracing) linkFound() (relinked []int32) {
	looked := map[catalog.AssetID]bool{}
	now := map[catalog.Edge]bool{}
	for n, refs := range t.found {
		looked[t.ids[n]] = true
		for _, ref := range refs {
			if e, ok := t.foundEdge(n, ref); ok {
				now[e] = true
			}
		}
	}
	for _, id := range t.untraced {
		looked[id] = true
	}
	for n, m := range t.merged {
		if isDeclared(m.kind) { // it may have been a view until now
			looked[t.ids[n]] = true
		}
	}
	if len(looked) == 0 {
		return nil
	}
	change := t.relink(now, func(e catalog.Edge) bool {
		return e.Traced() && looked[e.To] && e.Type != catalog.EdgeRead
	})
	changed := map[catalog.AssetID]bool{}
	for _, e := range change.drop {
		changed[e.To] = true
	}
	for _, e := range change.add {
		changed[e.To] = true
		if e.From != 0 {
			t.edges.created++
		}
	}
	for id := range changed {
		if n, ok := t.number[id]; ok {
			relinked = append(relinked, n)
		}
	}
	slices.Sort(relinked)
	return relinked
}

// relink replaces the current edges that are of a kind by those of now, which it
// takes over.
func (t *tracing) relink(now map[catalog.Edge]bool, isOfKind func(catalog.Edge) bool) (change edgeChange) {
	for _, e := range t.current {
		switch {
		case !isOfKind(e):
		case now[e]:
			delete(now, e)
		default:
			change.drop = append(change.drop, e)
		}
	}
	change.add = slices.SortedFunc(maps.Keys(now), catalog.CompareEdges)
	t.edges.add, t.edges.drop = append(t.edges.add, change.add...), append(t.edges.drop, change.drop...)
	t.writeEdges(change)
	return change
}

// sqlEdge is the edge from a table to one whose code reads it.
func sqlEdge(as catalog.EdgeType, from, to catalog.AssetID) catalog.Edge {
	return catalog.Edge{From: from, To: to, Type: as, Confidence: catalog.ConfidenceMedium, Source: catalog.SourceSQL}
}

// foundEdge is the edge from a table that the code of another reads; false if
// the code reads its own table, or names one that nothing is known about.
func (t *tracing) foundEdge(n int32, ref lineage.Ref) (catalog.Edge, bool) {
	e := sqlEdge(catalog.EdgeDerived, catalog.AssetID(ref.Table), t.ids[n])
	if code := t.tables[n].Code; code != nil && code.Language == lineage.StatedLanguage {
		e.Source = catalog.SourceEvents
	}
	if e.From == 0 {
		e.FromNode = inDatabaseOf(t.tables[n].Key, ref.Key)
	}
	return e, e.From != e.To && (e.From != 0 || e.FromNode != "")
}

// inDatabaseOf completes the key of a relation that code names without its
// database: it is in that of the table that the code makes.
func inDatabaseOf(table, relation string) string {
	if !strings.HasPrefix(relation, ".") {
		return relation
	}
	return strings.TrimSuffix(table, "."+catalog.BareKeyOf(table)) + relation
}
