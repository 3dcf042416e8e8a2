package catalog

// Bounds of the removals guard: a manifest that drops more than this share of
// its project's nodes that are tables, and at least this many, is more likely
// broken or partial than intended.
const (
	guardShare = 30 // percent
	guardTotal = 5  // table nodes
)

// SuspectRemovals reports whether the removal of the nodes that a manifest no
// longer has should wait for a person: the manifest has no nodes at all, or it
// lacks more than 30 % of the project's tables and at least 5. kept and missing
// count the project's table nodes that the manifest still has and that it has
// not, nodes all nodes in the manifest, new ones included.
func SuspectRemovals(kept, missing, nodes int) bool {
	return nodes == 0 || missing >= guardTotal && missing*100 > (kept+missing)*guardShare
}
