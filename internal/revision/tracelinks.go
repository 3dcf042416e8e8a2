package revision

import (
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
	if len(looked) == 0 {
		return nil
	}
	changed := map[catalog.AssetID]bool{}
	var change edgeChange
	for _, e := range t.current {
		if e.Source != catalog.SourceSQL || !looked[e.To] {
			continue
		}
		if now[e] {
			delete(now, e)
			continue
		}
		change.drop = append(change.drop, e)
		changed[e.To] = true
	}
	for e := range now {
		change.add = append(change.add, e)
		changed[e.To] = true
		if e.From != 0 {
			change.created++
		}
	}
	slices.SortFunc(change.add, catalog.CompareEdges)
	for id := range changed {
		if n, ok := t.number[id]; ok {
			relinked = append(relinked, n)
		}
	}
	slices.Sort(relinked)
	t.edges.created += change.created
	t.edges.add, t.edges.drop = append(t.edges.add, change.add...), append(t.edges.drop, change.drop...)
	t.writeEdges(change)
	return relinked
}

// foundEdge is the edge from a table that the code of another reads; false if
// the code reads its own table, or names one that nothing is known about.
func (t *tracing) foundEdge(n int32, ref lineage.Ref) (catalog.Edge, bool) {
	e := catalog.Edge{
		From: catalog.AssetID(ref.Table), To: t.ids[n], Type: catalog.EdgeDerived,
		Confidence: catalog.ConfidenceMedium, Source: catalog.SourceSQL,
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
