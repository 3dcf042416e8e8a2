package catalog

import (
	"maps"
	"slices"
)

// UnclearReferences returns the assets, by id, where it matters whether nodes of another project
// are mere references: a claim leaves the asset that it shares with them, or comes to
// their relation. MarkReferences takes the facets of these assets.
func (ids *Identities) UnclearReferences(claims []Claim) []AssetID {
	left, reached := ids.moves(claims)
	if len(left) == 0 {
		return nil
	}
	found := map[AssetID]bool{}
	for key, n := range ids.nodes {
		at := ids.byID[n.Asset]
		if n.Withdrawn || key.origin.ByRelation() || KindOfNode(key.uniqueID, at.Kind).rank() >= KindSource.rank() {
			continue
		}
		_, bare := cutKey(at.RelationKey)
		if left.by(n.Asset, key.origin) || reached.by(bare, key.origin) {
			found[n.Asset] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// movers are the origins of the claims that leave an asset or come to a relation; ""
// where there are several.
type movers[K comparable] map[K]Origin

func (m movers[K]) add(at K, o Origin) {
	if old, ok := m[at]; ok && old != o {
		o = ""
	}
	m[at] = o
}

// by reports whether a node of another origin moves.
func (m movers[K]) by(at K, other Origin) bool {
	o, ok := m[at]
	return ok && o != other
}

// moves returns the assets that claims leave, and the relations without database that they come to.
func (ids *Identities) moves(claims []Claim) (left movers[AssetID], reached movers[string]) {
	left, reached = movers[AssetID]{}, movers[string]{}
	for i := range claims {
		c := &claims[i]
		n := ids.nodes[nodeKey{c.Origin, c.UniqueID}]
		if c.Same || n == nil || !c.Kind.IsTable() {
			continue
		}
		key := c.RelationKey
		if key == "" {
			key = c.Relation.Key()
		}
		if key == ids.byID[n.Asset].RelationKey {
			continue
		}
		left.add(n.Asset, c.Origin)
		if _, bare := cutKey(key); bare != "" {
			reached.add(bare, c.Origin)
		}
	}
	return left, reached
}

// MarkReferences notes which nodes of some assets, with all their facets, are mere references.
func (ids *Identities) MarkReferences(facets []Facet) {
	for i := range facets {
		f := &facets[i]
		if n := ids.nodes[nodeKey{f.Origin, f.UniqueID}]; n != nil && f.Source == FromManifest {
			n.Reference = f.isExternal()
		}
	}
}
