package lineage

import (
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// With --defer dbt compiles a ref() to a model that is not built into the relation that
// another state has of it: production's. Since 1.7 the manifest names that relation.

// visible returns the tables whose relations the code of a table may name: its
// parents, and those of the ephemeral ones among them.
func (t *Tracer) visible(self int32) []int32 {
	out := append([]int32{}, t.parents(self)...)
	seen := map[int32]bool{self: true}
	for i := 0; i < len(out); i++ {
		if p := out[i]; t.tables[p].Ephemeral && !seen[p] {
			seen[p] = true
			out = append(out, t.parents(p)...)
		}
	}
	return out
}

// amongDeferred looks for the parent whose deferred relation has the key.
func (t *Tracer) amongDeferred(self int32, key string) int32 {
	for _, p := range t.visible(self) {
		if t.tables[p].Deferred == key {
			return p
		}
	}
	return none
}

// namesake returns the only parent with the identifier of a relation that is not
// found otherwise, provided that the code names no other relation with it: dbt
// before 1.7 does not write which relation it deferred to.
func (m *model) namesake(rel catalog.Relation) int32 {
	key := rel.Key()
	if rel.Schema == "" || key == "" {
		return none
	}
	identifier := catalog.IdentifierKeyOf(key)
	for named := range m.named() {
		if named != key && catalog.IdentifierKeyOf(named) == identifier {
			return none
		}
	}
	found := none
	for _, p := range m.visible(m.self) {
		if have := m.tables[p].Key; p == m.self || have == "" || catalog.IdentifierKeyOf(have) != identifier {
			continue
		}
		if found != none && found != p {
			return none
		}
		found = p
	}
	return found
}

// named returns the keys of all relations in the code, without those that have an
// identifier alone, which may be CTEs.
func (m *model) named() map[string]bool {
	if m.relationsNamed != nil {
		return m.relationsNamed
	}
	m.relationsNamed = map[string]bool{}
	ast.Inspect(m.script, func(n ast.Node) bool {
		ref, ok := n.(*ast.TableRef)
		if !ok || ref.Name == nil {
			return true
		}
		parts := make([]resolve.Name, len(ref.Name.Parts))
		for i, p := range ref.Name.Parts {
			parts[i] = resolve.Name{Text: p.Text, Quoted: p.Quoted}
		}
		if rel, ok := relationOf(m.platform(), parts); ok && rel.Schema != "" {
			m.relationsNamed[rel.Key()] = true
		}
		return true
	})
	return m.relationsNamed
}
