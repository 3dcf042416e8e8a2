package catalog

// Bounds of the removals guard: a manifest that drops more than this share of
// its project's nodes that are tables, and at least this many, is more likely
// broken or partial than intended.
const (
	guardShare = 30 // percent
	guardTotal = 5  // table nodes
)

// GuardRemovals decides whether the removal of nodes that a manifest no longer
// has applies or becomes pending. kept are the project's nodes that it still
// has, missing those that it has not, nodes the number of nodes in the
// manifest, new ones included. Either all of missing applies or all becomes
// pending: when the manifest has no nodes at all, or when the tables among
// missing are more than 30 % of the project's and at least 5. Everything but
// the removals applies either way.
func GuardRemovals(kept, missing []NodeRef, nodes int) (apply, withhold []NodeRef) {
	lost := countTableNodes(missing)
	known := lost + countTableNodes(kept)
	if nodes == 0 || lost >= guardTotal && lost*100 > known*guardShare {
		return nil, missing
	}
	return missing, nil
}

func countTableNodes(nodes []NodeRef) int {
	n := 0
	for _, node := range nodes {
		if KindOfNode(node.UniqueID, "").IsTable() {
			n++
		}
	}
	return n
}
