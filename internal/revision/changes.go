package revision

import (
	"cmp"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// changes are what the observations change, by asset: facets that have to be
// read and merged, facets that are withdrawn, restored or get another time, and
// facets that move from one asset to another.
type changes struct {
	reported  []reportedClaim                     // by asset once assets was called
	added     map[catalog.AssetID][]catalog.Facet // facets in memory: moved, or until now without an asset
	withdrawn map[catalog.AssetID]map[store.FacetKey]catalog.Withdrawal
	restored  map[catalog.AssetID][]store.FacetKey
	moved     map[catalog.AssetID][]store.FacetKey // that leave this asset
	before    map[store.FacetKey]catalog.Facet     // the moved facets on their old asset
	forced    map[catalog.Origin]bool              // whose reports replace newer ones
	exact     map[catalog.Origin]bool              // whose reports replace the stored ones as they are
	closed    map[catalog.AssetID][]store.FacetKey // that end as if they had never been
	fresh     map[catalog.AssetID]bool             // assets that did not exist before
	touched   map[catalog.AssetID]bool             // assets that are merged again
	rewritten map[catalog.AssetID][]store.FacetKey // written again with another time
}

// reportedClaim is a claim about an asset.
type reportedClaim struct {
	asset catalog.AssetID
	claimRef
}

func newChanges() *changes {
	return &changes{
		added:     map[catalog.AssetID][]catalog.Facet{},
		withdrawn: map[catalog.AssetID]map[store.FacetKey]catalog.Withdrawal{}, restored: map[catalog.AssetID][]store.FacetKey{},
		moved: map[catalog.AssetID][]store.FacetKey{}, before: map[store.FacetKey]catalog.Facet{},
		forced: map[catalog.Origin]bool{}, exact: map[catalog.Origin]bool{},
		closed: map[catalog.AssetID][]store.FacetKey{}, fresh: map[catalog.AssetID]bool{},
		touched: map[catalog.AssetID]bool{}, rewritten: map[catalog.AssetID][]store.FacetKey{},
	}
}

func (c *changes) report(id catalog.AssetID, ref claimRef) {
	c.reported = append(c.reported, reportedClaim{id, ref})
}

// reportsOf returns what was reported about an asset, in the order of the reports.
func (c *changes) reportsOf(id catalog.AssetID) []reportedClaim {
	first, _ := slices.BinarySearchFunc(c.reported, id, func(r reportedClaim, id catalog.AssetID) int { return cmp.Compare(r.asset, id) })
	last := first
	for last < len(c.reported) && c.reported[last].asset == id {
		last++
	}
	return c.reported[first:last]
}

func (c *changes) add(f catalog.Facet) { c.added[f.Asset] = append(c.added[f.Asset], f) }

func (c *changes) withdraw(f store.FacetRef, since catalog.Withdrawal) {
	c.withdrawKey(f.Asset, Node{f.Origin, f.UniqueID}, f.Source, since)
}

func (c *changes) withdrawKey(id catalog.AssetID, n Node, s catalog.Source, since catalog.Withdrawal) {
	if c.withdrawn[id] == nil {
		c.withdrawn[id] = map[store.FacetKey]catalog.Withdrawal{}
	}
	c.withdrawn[id][store.FacetKey{Origin: n.Origin, Source: s, UniqueID: n.ID}] = since
}

// close ends facets as if nothing had reported them.
func (c *changes) close(list []ClosedFacet) {
	for _, f := range list {
		c.closed[f.Asset] = append(c.closed[f.Asset], f.Key)
	}
}

// rewrite writes a facet again, with the time of the last report that had it.
func (c *changes) rewrite(f store.FacetRef) {
	c.rewritten[f.Asset] = append(c.rewritten[f.Asset], store.FacetKey{Origin: f.Origin, Source: f.Source, UniqueID: f.UniqueID})
}

// restore makes a withdrawn facet valid again.
func (c *changes) restore(f store.FacetRef) {
	c.restored[f.Asset] = append(c.restored[f.Asset], store.FacetKey{Origin: f.Origin, Source: f.Source, UniqueID: f.UniqueID})
}

// move takes a facet from its asset to another one. What its node reports now is
// merged after it, and so replaces it.
func (c *changes) move(f catalog.Facet, to catalog.AssetID) {
	key := keyOf(f)
	c.moved[f.Asset] = append(c.moved[f.Asset], key)
	c.before[key] = f
	f.Asset = to
	c.add(f)
}

// forget drops what is kept about assets that are merged.
func (c *changes) forget(ids []catalog.AssetID) {
	for _, id := range ids {
		delete(c.added, id)
		delete(c.withdrawn, id)
		delete(c.restored, id)
		delete(c.moved, id)
		delete(c.touched, id)
		delete(c.rewritten, id)
		delete(c.closed, id)
	}
}

// assets returns every asset that something changes, ascending.
func (c *changes) assets() []catalog.AssetID {
	all := maps.Clone(c.fresh)
	maps.Copy(all, c.touched)
	slices.SortStableFunc(c.reported, func(a, b reportedClaim) int { return cmp.Compare(a.asset, b.asset) })
	for _, r := range c.reported {
		all[r.asset] = true
	}
	for id := range c.added {
		all[id] = true
	}
	for id := range c.withdrawn {
		all[id] = true
	}
	for _, keyed := range []map[catalog.AssetID][]store.FacetKey{c.restored, c.moved, c.rewritten, c.closed} {
		for id := range keyed {
			all[id] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// facets returns all facets of an asset after the changes, and those of them
// that have to be written because they are new or different. stored are those
// that the store holds, reported those that were read from the observations.
func (c *changes) facets(id catalog.AssetID, stored, reported []catalog.Facet) (all, changed []catalog.Facet) {
	if len(stored)+len(c.added[id])+len(c.withdrawn[id]) == 0 && len(reported) <= few {
		all = firstFacets(reported)
		return all, all
	}
	byKey := make(map[store.FacetKey]catalog.Facet, len(stored)+len(reported))
	for _, f := range stored {
		byKey[keyOf(f)] = f
	}
	for _, k := range slices.Concat(c.moved[id], c.closed[id]) {
		delete(byKey, k)
	}
	written := map[store.FacetKey]bool{}
	put := func(f catalog.Facet) {
		key := keyOf(f)
		byKey[key], written[key] = f, true
	}
	for _, f := range slices.Concat(c.added[id], reported) {
		if since, ok := c.withdrawn[id][keyOf(f)]; ok {
			f.Withdrawn = since // of an older report: its node is gone since
		}
		if next, ok := c.replace(byKey, f); ok {
			put(next)
		}
	}
	for _, key := range c.rewritten[id] {
		if f, ok := byKey[key]; ok {
			put(f)
		}
	}
	mark := func(key store.FacetKey, since catalog.Withdrawal) {
		if f, ok := byKey[key]; ok && f.Withdrawn != since {
			f.Withdrawn = since
			put(f)
		}
	}
	for key, since := range c.withdrawn[id] {
		mark(key, since)
	}
	for _, key := range c.restored[id] {
		mark(key, catalog.Withdrawal{})
	}
	for key, f := range byKey {
		// What describes a node goes with it and comes back with it.
		m, ok := byKey[store.FacetKey{Origin: key.Origin, Source: catalog.FromManifest, UniqueID: key.UniqueID}]
		if ok && key.Source == catalog.FromCatalog && m.Withdrawn != f.Withdrawn {
			f.Withdrawn = m.Withdrawn
			put(f)
		}
	}
	for key, f := range byKey {
		all = append(all, f)
		if written[key] {
			changed = append(changed, f)
		}
	}
	return all, changed
}

// few is the number of facets up to which a list is faster than a map.
const few = 8

// firstFacets completes the facets of an asset that had none. Of several reports
// of one node the last counts.
func firstFacets(reported []catalog.Facet) []catalog.Facet {
	out := make([]catalog.Facet, 0, len(reported))
	for i := range reported {
		same := func(f catalog.Facet) bool { return keyOf(f) == keyOf(reported[i]) }
		if slices.ContainsFunc(reported[i+1:], same) {
			continue
		}
		f := reported[i]
		f.Body = catalog.NormalizeBody(f.Body)
		f.Hash = catalog.HashBody(f.Body)
		out = append(out, f)
	}
	return out
}

// replace joins a facet with the one of the same key, by their times; false if
// nothing is different.
func (c *changes) replace(byKey map[store.FacetKey]catalog.Facet, f catalog.Facet) (catalog.Facet, bool) {
	key := keyOf(f)
	old, stored := byKey[key]
	before, moved := c.before[key]
	f.Body = catalog.NormalizeBody(f.Body)
	switch {
	case f.Source == catalog.FromUser:
		f.Body.Edits, _ = catalog.JoinEdits(old.Body.Edits, f.Body.Edits)
		f.Hash = catalog.HashBody(f.Body)
	case c.exact[f.Origin] || !stored && !moved:
		f.Hash = catalog.HashBody(f.Body)
	case stored && c.forced[f.Origin]:
		f = catalog.Carry(old, f)
	case stored:
		f = join(old, f)
	default:
		f = join(before, f)
	}
	same := old.Hash == f.Hash || !c.forced[f.Origin] && catalog.OnlyUsesAreNew(old, f)
	changed := !stored || !same || old.Withdrawn.IsZero() != f.Withdrawn.IsZero()
	return f, changed
}

// join joins a stored facet with one of an observation. Of two of one report the
// latter counts.
func join(stored, f catalog.Facet) catalog.Facet {
	if f.Stamp().Compare(stored.Stamp()) < 0 {
		return catalog.Carry(f, stored)
	}
	return catalog.Carry(stored, f)
}

func keyOf(f catalog.Facet) store.FacetKey {
	k := store.FacetKey{Origin: f.Origin, Source: f.Source, UniqueID: f.UniqueID}
	if f.UniqueID == "" {
		k.Asset = f.Asset
	}
	return k
}
