package catalog

import (
	"cmp"
	"slices"
)

// StoredAsset is an asset of a schema before a report is applied, removed ones
// included.
type StoredAsset struct {
	ID          AssetID
	Kind        Kind
	Name        string
	RelationKey string // "" without a relation
	Present     bool
}

// StoredNode is one node that is stored: a dbt node (its manifest and catalog facets
// together; Withdrawn is the manifest's) or a crawled table (UniqueID is its
// relation key). Facets of people are not nodes.
type StoredNode struct {
	Asset    AssetID
	Origin   Origin
	UniqueID string
	// Kind may be left empty: it is then the type that leads the dbt unique_id.
	Kind Kind
	// RelationKey may be left empty: it is then that of the asset, because all nodes
	// of one table have one relation.
	RelationKey string
	Withdrawn   bool
	// Reference marks a node of another project that this one only refers to.
	// MarkReferences sets it where UnclearReferences asks for it.
	Reference bool
}

// Claim is one thing that an artifact or a crawl reports.
type Claim struct {
	Origin   Origin
	UniqueID string // dbt's id; for a crawl the relation key
	Kind     Kind
	Name     string
	// Relation is ignored for kinds that are not tables; leave it zero for
	// ephemeral models. ClaimOf does so.
	Relation Relation
	// RelationKey replaces Relation where only the key is available: a node that did
	// not change is at the relation of its asset.
	RelationKey string
	// Same marks a node that did not change.
	Same bool
	// Reference marks a node of another project that this one only refers to. It is
	// not set for nodes that did not change.
	Reference bool
	// Past marks a node that only an older report has, and that newer ones dropped.
	Past bool
}

// ClaimOf makes the claim of a manifest or crawl facet.
func ClaimOf(f Facet) Claim {
	c := Claim{Origin: f.Origin, UniqueID: f.UniqueID, Kind: f.Body.Kind, Name: f.Body.Name}
	if hasRelation(f.Body) {
		c.Relation = f.Body.Relation
	}
	return c
}

// hasRelation is false for ephemeral models, whose address in the manifest is
// where they would be, and for everything that is not a table.
func hasRelation(b Body) bool { return b.Kind.IsTable() && b.Materialized != "ephemeral" }

// Resolution is the asset of one node. Exactly one of Asset and New is set.
type Resolution struct {
	Origin   Origin
	UniqueID string
	Asset    AssetID
	New      int // 1, 2, …: number of a new asset within this answer; several nodes may share it
	// From is the asset whose facets of this (origin, unique id) move to Asset
	// or New; 0 where none moves. It holds for every source of the node.
	From AssetID
}

// Identities are the assets and nodes of a schema before a report is applied.
type Identities struct {
	assets []StoredAsset
	byID   map[AssetID]*StoredAsset
	nodes  map[nodeKey]*StoredNode
}

type nodeKey struct {
	origin   Origin
	uniqueID string
}

// NewIdentities takes every asset and node of one schema, in any order.
func NewIdentities(assets []StoredAsset, nodes []StoredNode) *Identities {
	ids := &Identities{
		assets: slices.Clone(assets),
		byID:   make(map[AssetID]*StoredAsset, len(assets)),
		nodes:  make(map[nodeKey]*StoredNode, len(nodes)),
	}
	slices.SortFunc(ids.assets, func(a, b StoredAsset) int { return cmp.Compare(a.ID, b.ID) })
	for i := range ids.assets {
		ids.byID[ids.assets[i].ID] = &ids.assets[i]
	}
	for _, n := range nodes {
		if ids.byID[n.Asset] == nil || n.Origin == OriginUser {
			continue
		}
		key := nodeKey{n.Origin, n.UniqueID}
		if old := ids.nodes[key]; old == nil || storedBefore(n, *old) {
			ids.nodes[key] = &n
		}
	}
	return ids
}

// Inherit makes an asset that of a node which has none: the node is a new name of one that the asset has.
func (ids *Identities) Inherit(origin Origin, uniqueID string, asset AssetID) {
	if key := (nodeKey{origin, uniqueID}); ids.byID[asset] != nil && (ids.nodes[key] == nil || ids.nodes[key].Withdrawn) {
		ids.nodes[key] = &StoredNode{Asset: asset, Origin: origin, UniqueID: uniqueID}
	}
}

// storedBefore orders two entries of one node: the live one, then the older asset.
func storedBefore(a, b StoredNode) bool {
	if a.Withdrawn != b.Withdrawn {
		return b.Withdrawn
	}
	return a.Asset < b.Asset
}

// Resolve finds the asset of every claim. The claims of a dbt project must be
// all its nodes (one whose removal is withheld is claimed unchanged): its stored
// nodes that are not claimed count as gone. Crawls may claim any part.
//
// The answer has one resolution per claim, in the order of the claims, and then
// one for each stored node without a claim that has to move, by origin and unique
// id. It does not depend on the order of claims, assets or nodes.
//
// The rules. One relation is one asset: nodes are grouped by their folded relation
// (a missing database means the only one that has the same schema and identifier); a
// node without a relation is a group of its own. Then each asset goes to one group,
// in this order:
//
//  1. The asset follows its nodes: to the group of the live node before that of
//     a withdrawn one, of the model before the snapshot, the seed, the source, the
//     mere reference and the crawled table; among equals the group at the asset's own relation; then the older asset.
//  2. Any group with a relation, still without asset, takes the asset that was
//     last at this relation, removed or not, if no node has led it elsewhere.
//  3. What is not a table, still without asset, takes the one that had its kind and
//     name in the same project and has lost its node; a node that was dropped before its report
//     came takes the asset of the one that has its kind and name now.
//  4. What is left is new.
//
// What people wrote stays on the asset. So, with A at r1 known by model m:
//
//	case                                       | outcome
//	rename: n at r1, m gone                    | n is A: edits stay
//	move: m at r2                              | A moves to r2 with its edits
//	move, and a new n at r1                    | m is A; n is new
//	swap: m at r2, n (B) at r1                 | m is A, n is B; each keeps its edits
//	split: m and source s on A; m moves to r2  | A goes with m; s is new, or the asset that was at its relation
//	split: s moves to r2                       | A stays with m; s is new, or the asset at r2
//	split by crawl: A crawled at r1, m moves   | A goes with m; the crawled table at r1 is new
//	join: m moves to r2 where s (B) is         | both are A; B has no facet left, is flagged removed, keeps its edits
//	join: m moves to r2 where a crawl (B) is   | the same
//	join: two models on one relation           | the asset that was there, else the older
//	delete m, later n at r1                    | A is restored as n, with its edits
//	delete m, later m anywhere                 | A is restored, with its edits, unless another live node has it
//	m moves, its reference in another project  | A goes with m, and the unchanged reference too
//	m's reference moves (B), later m           | A stays with m, then both are A
//	versioned models m.v1, m.v2                | an asset each: unique id and relation both differ
//	m of project 1, source s of project 2, r1  | one asset, whichever came first
//	m materialized as ephemeral                | still A, without a relation
//	spelling differs only by case              | one asset where the platform folds, two where it does not
//	database missing on one side               | one asset if only one database has that schema and identifier
func (ids *Identities) Resolve(claims []Claim) []Resolution {
	r := resolver{ids: ids, asset: map[string]AssetID{}, taken: map[AssetID]bool{}}
	r.gather(claims)
	r.group()
	r.followNodes()
	r.takeRelations()
	r.takeNames()
	return r.answer(len(claims))
}

// member is one node that takes part: a claim, or a stored node without one.
type member struct {
	node    nodeKey
	kind    Kind
	name    string
	key     string // folded relation, "" without
	claim   int    // index, or -1
	stored  *StoredNode
	group   string // key of its group
	isCrawl bool
	// isReference is set for a mere reference, unchanged for a node whose claim is that
	// which is stored.
	isReference, unchanged bool
	// isPast is set for a node that newer reports of its project dropped.
	isPast bool
}

// rank orders the members of a group by who leads their asset.
func (m *member) rank() int {
	if m.isReference {
		return referenceRank
	}
	return m.kind.rank()
}

type resolver struct {
	ids     *Identities
	members []member
	// where unifies relation keys: a key without a database means the only one that
	// has one.
	where map[string]string
	asset map[string]AssetID // by group
	taken map[AssetID]bool
}

func (r *resolver) gather(claims []Claim) {
	claimed := make(map[nodeKey]bool, len(claims))
	whole := map[Origin]bool{}
	for i, c := range claims {
		m := member{
			node: nodeKey{c.Origin, c.UniqueID}, kind: c.Kind, name: c.Name,
			claim: i, isCrawl: c.Origin.ByRelation(), unchanged: c.Same, isPast: c.Past,
		}
		if c.Kind.IsTable() {
			m.key = cmp.Or(c.RelationKey, c.Relation.Key())
		}
		m.stored = r.ids.nodes[m.node]
		m.isReference = c.Reference || c.Same && m.stored != nil && m.stored.Reference
		claimed[m.node] = true
		whole[c.Origin] = !m.isCrawl
		r.members = append(r.members, m)
	}
	for key, n := range r.ids.nodes {
		if n.Withdrawn || whole[key.origin] || claimed[key] {
			continue
		}
		r.members = append(r.members, r.unclaimed(key, n))
	}
	// One order for all that follows, whatever the order of claims.
	slices.SortFunc(r.members, func(a, b member) int {
		return cmp.Or(
			cmp.Compare(a.node.origin, b.node.origin), cmp.Compare(a.node.uniqueID, b.node.uniqueID),
			cmp.Compare(a.key, b.key), cmp.Compare(a.name, b.name), cmp.Compare(a.kind, b.kind),
		)
	})
}

// unclaimed returns the member for a stored node that was not claimed.
func (r *resolver) unclaimed(key nodeKey, n *StoredNode) member {
	m := member{node: key, kind: n.Kind, claim: -1, stored: n, isCrawl: key.origin.ByRelation(), key: n.RelationKey, unchanged: true, isReference: n.Reference}
	at := r.ids.byID[n.Asset]
	if m.isCrawl {
		m.kind, m.key = KindTable, cmp.Or(m.key, key.uniqueID)
		return m
	}
	m.kind = cmp.Or(m.kind, KindOfNode(key.uniqueID, at.Kind))
	m.key = cmp.Or(m.key, at.RelationKey)
	return m
}

// group assigns every member its group.
func (r *resolver) group() {
	r.unifyDatabases()
	for i := range r.members {
		m := &r.members[i]
		if m.key == "" {
			m.group = "\x00" + string(m.node.origin) + "\x00" + m.node.uniqueID
			continue
		}
		m.group = r.unified(m.key)
		if database, bare := cutKey(m.key); database == "" && m.stored != nil {
			// The asset once found stays found, even when a second database
			// makes the bare name ambiguous later.
			at := r.ids.byID[m.stored.Asset].RelationKey
			if d, b := cutKey(at); d != "" && b == bare {
				m.group = at
			}
		}
	}
	r.followOwners()
}

// followOwners keeps unchanged references with the nodes that they refer to: only the
// project that owns a node decides where it is now.
func (r *resolver) followOwners() {
	type nodeOf struct {
		asset    AssetID
		uniqueID string
	}
	references := map[nodeOf][]*member{}
	for i := range r.members {
		if m := &r.members[i]; m.isReference && m.unchanged && m.stored != nil {
			of := nodeOf{m.stored.Asset, m.node.uniqueID}
			references[of] = append(references[of], m)
		}
	}
	if len(references) == 0 {
		return
	}
	for i := range r.members {
		owner := &r.members[i]
		if owner.isReference || owner.stored == nil {
			continue
		}
		for _, m := range references[nodeOf{owner.stored.Asset, owner.node.uniqueID}] {
			m.group = owner.group
		}
	}
}

// unifyDatabases finds for each bare key the database that a missing one means:
// the only one among the present assets, else the only one among the past ones.
func (r *resolver) unifyDatabases() {
	present, past := map[string]string{}, map[string]string{}
	for _, m := range r.members {
		addDatabase(present, m.key)
	}
	for _, a := range r.ids.assets {
		if a.Present {
			addDatabase(present, a.RelationKey)
		}
		addDatabase(past, a.RelationKey)
	}
	r.where = present
	for bare, key := range past {
		if _, ok := present[bare]; !ok {
			present[bare] = key
		}
	}
}

// addDatabase notes a key with a database under its bare key; "" = several.
func addDatabase(byBare map[string]string, key string) {
	database, bare := cutKey(key)
	if database == "" {
		return
	}
	if old, ok := byBare[bare]; ok && old != key {
		key = ""
	}
	byBare[bare] = key
}

func (r *resolver) unified(key string) string {
	database, bare := cutKey(key)
	if database == "" {
		if full := r.where[bare]; full != "" {
			return full
		}
	}
	return key
}

// vote is one node's wish that its group keep its asset.
type vote struct {
	withdrawn bool
	rank      int
	moved     bool
	asset     AssetID
	group     string
}

func (r *resolver) followNodes() {
	votes := make([]vote, 0, len(r.members))
	for _, m := range r.members {
		if m.stored == nil {
			continue
		}
		a := r.ids.byID[m.stored.Asset]
		votes = append(votes, vote{
			withdrawn: m.stored.Withdrawn, rank: m.rank(),
			moved: r.unified(a.RelationKey) != m.group, asset: a.ID, group: m.group,
		})
	}
	slices.SortFunc(votes, func(a, b vote) int {
		return cmp.Or(
			compareBool(a.withdrawn, b.withdrawn), cmp.Compare(a.rank, b.rank), compareBool(a.moved, b.moved),
			cmp.Compare(a.asset, b.asset), cmp.Compare(a.group, b.group),
		)
	})
	for _, v := range votes {
		r.assign(v.group, v.asset)
	}
}

// assign gives an asset to a group if both are free.
func (r *resolver) assign(group string, asset AssetID) {
	if r.asset[group] == 0 && !r.taken[asset] {
		r.asset[group], r.taken[asset] = asset, true
	}
}

func (r *resolver) takeRelations() {
	last := map[string]*StoredAsset{} // by unified key, the present one or else the newest
	for i := range r.ids.assets {
		a := &r.ids.assets[i]
		if a.RelationKey == "" || r.taken[a.ID] || !a.Kind.IsTable() {
			continue
		}
		key := r.unified(a.RelationKey)
		if old := last[key]; old == nil || a.Present || !old.Present {
			last[key] = a
		}
	}
	for _, m := range r.members {
		if a := last[m.group]; a != nil {
			r.assign(m.group, a.ID)
		}
	}
}

// nameKey identifies things without a relation whose id changed.
type nameKey struct {
	origin Origin
	kind   Kind
	name   string
}

func (r *resolver) takeNames() {
	free := map[nameKey][]AssetID{}
	for key, n := range r.ids.nodes {
		a := r.ids.byID[n.Asset]
		name := nameKey{key.origin, a.Kind, a.Name}
		if !a.Kind.IsTable() && !r.taken[a.ID] && !slices.Contains(free[name], a.ID) {
			free[name] = append(free[name], a.ID)
		}
	}
	wanted := map[nameKey]int{}
	lacking := func(m member) bool { return !m.kind.IsTable() && m.claim >= 0 && r.asset[m.group] == 0 }
	for _, m := range r.members {
		if lacking(m) {
			wanted[nameKey{m.node.origin, m.kind, m.name}]++
		}
	}
	current := r.currentNames()
	for _, m := range r.members {
		key := nameKey{m.node.origin, m.kind, m.name}
		if !lacking(m) || wanted[key] != 1 {
			continue
		}
		if len(free[key]) == 1 {
			r.assign(m.group, free[key][0])
		} else if m.isPast && len(free[key]) == 0 && len(current[key]) == 1 {
			r.asset[m.group] = current[key][0]
		}
	}
}

// currentNames returns the assets of things without a relation that are reported now.
func (r *resolver) currentNames() map[nameKey][]AssetID {
	current := map[nameKey][]AssetID{}
	for _, m := range r.members {
		asset := r.asset[m.group]
		if m.kind.IsTable() || m.isPast || m.stored == nil || asset == 0 {
			continue
		}
		name := nameKey{m.node.origin, m.kind, r.ids.byID[m.stored.Asset].Name}
		if !slices.Contains(current[name], asset) {
			current[name] = append(current[name], asset)
		}
	}
	return current
}

func (r *resolver) answer(claims int) []Resolution {
	fresh := map[string]int{}
	var groups []string
	for _, m := range r.members {
		if r.asset[m.group] == 0 {
			groups = append(groups, m.group)
		}
	}
	slices.Sort(groups)
	for _, g := range slices.Compact(groups) {
		fresh[g] = len(fresh) + 1
	}
	out := make([]Resolution, claims)
	for _, m := range r.members {
		res := Resolution{Origin: m.node.origin, UniqueID: m.node.uniqueID, Asset: r.asset[m.group], New: fresh[m.group]}
		if m.stored != nil && m.stored.Asset != res.Asset {
			res.From = m.stored.Asset
		}
		switch {
		case m.claim >= 0:
			out[m.claim] = res
		case res.From != 0:
			out = append(out, res)
		}
	}
	return out
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
