package readmodel

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// index answers filters, sorts and counts over the assets of a version without
// going through them: for each property it has the positions (in Assets.all) of the
// assets with each value, and for each sort all positions in order. Each of these is
// made when first asked for, and shared with the next version if that changed none
// of the values.
type index struct {
	all []*Asset

	mu       sync.Mutex
	lists    [properties]postings
	orders   map[string][]int32 // by order.by
	counts   map[store.Breakdown]map[string]int64
	nodes    []store.NodeKey
	statuses postings // by class of the latest result in statusOf
	statusOf *Classes

	popularity *popularity // of the graph and the results that were last asked with
}

// postings are ascending positions by value.
type postings map[string][]int32

// property is what assets are found by.
type property uint8

const (
	presence property = iota
	kind
	project
	pkg
	group
	materialized
	described
	tag
	owner
	properties
)

// indexBytes is what an index takes for each asset, and for each tag and owner of
// it, once everything in it was asked for.
const (
	indexBytes = 4*int64(properties) + 4*4 + 40 + 4 + popularityBytes
	labelBytes = 4
)

// each calls f for the values of an asset's property.
func (p property) each(a *Asset, f func(string)) {
	switch p {
	case presence:
		if !a.vacated() {
			f(boolean(a.Present))
		}
	case kind: // of all its dbt nodes: a table that a seed fills and a source names is both
		if len(a.Others) == 0 {
			f(string(a.Kind))
			return
		}
		eachOnce(a.kinds(), f)
	case project:
		f(a.Project.String())
	case pkg:
		f(a.Package)
	case group:
		f(a.Group)
	case materialized:
		if as := a.Kind.Materialization(a.Materialized); as != "" {
			f(as)
		}
	case described:
		f(boolean(a.Described))
	case tag:
		eachOnce(a.Tags, f)
	case owner:
		eachOnce(a.Owners, f)
	}
}

// kinds are those of all dbt nodes of the asset, its own first.
func (a *Asset) kinds() []string {
	kinds := make([]string, 1, 1+len(a.Others))
	kinds[0] = string(a.Kind)
	for _, n := range a.Others {
		kinds = append(kinds, string(n.Kind))
	}
	return kinds
}

func eachOnce(values []string, f func(string)) {
	for i, value := range values {
		if !slices.Contains(values[:i], value) {
			f(value)
		}
	}
}

func boolean(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// same reports whether two states of an asset have the same values.
func (p property) same(a, b *Asset) bool {
	var before, after []string
	p.each(a, func(value string) { before = append(before, value) })
	p.each(b, func(value string) { after = append(after, value) })
	return slices.Equal(before, after)
}

// with returns the positions of the assets with a value.
func (x *index) with(p property, value string) []int32 { return x.property(p)[value] }

func (x *index) property(p property) postings {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.lists[p] == nil {
		x.lists[p] = x.post(p.each)
	}
	return x.lists[p]
}

// post lists the positions of all assets by some values of theirs.
func (x *index) post(each func(*Asset, func(string))) postings {
	lists := postings{}
	for i, a := range x.all {
		each(a, func(value string) { lists[value] = append(lists[value], int32(i)) })
	}
	for value, list := range lists {
		lists[value] = slices.Clip(list)
	}
	return lists
}

// nodeKeys returns the keys of the assets' nodes, by position.
func (x *index) nodeKeys() []store.NodeKey {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.keyed()
	return x.nodes
}

// keyed makes the keys of the assets' nodes; mu is held.
func (x *index) keyed() {
	if x.nodes != nil {
		return
	}
	x.nodes = make([]store.NodeKey, len(x.all))
	for i, a := range x.all {
		x.nodes[i] = store.NodeKeyOf(a.Project, a.UniqueID)
	}
}

// status returns the positions of the assets whose latest result is of a class.
func (x *index) status(classes *Classes, class string) []int32 {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.keyed()
	if x.statusOf != classes {
		x.statusOf, x.statuses = classes, postings{}
		for i, node := range x.nodes {
			if class := classes.class(node); class != "" {
				x.statuses[class] = append(x.statuses[class], int32(i))
			}
		}
	}
	return x.statuses[class]
}

// among counts the assets of a set by a property; those without a value are left
// out.
func (x *index) among(set bitset, p property) map[string]int64 {
	counts := map[string]int64{}
	for value, list := range x.property(p) {
		n := int64(0)
		for _, i := range list {
			if set.has(i) {
				n++
			}
		}
		if n > 0 && value != "" {
			counts[value] = n
		}
	}
	return counts
}

// listed returns the assets that a list is made of: present ones or removed ones,
// those of kinds that are listed on request only with all.
func (x *index) listed(present, all bool) bitset {
	set := x.set(x.with(presence, boolean(present)))
	if all {
		return set
	}
	for value, list := range x.property(kind) {
		if !catalog.Kind(value).OnRequest() {
			continue
		}
		for _, i := range list {
			set.remove(i)
		}
	}
	return set
}

// breakdown counts all present assets, once for all requests. The map is not to be
// changed.
func (x *index) breakdown(by store.Breakdown) map[string]int64 {
	x.mu.Lock()
	counts, ok := x.counts[by]
	x.mu.Unlock()
	if ok {
		return counts
	}
	counts = x.among(x.listed(true, false), brokenDown[by])
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.counts == nil {
		x.counts = map[store.Breakdown]map[string]int64{}
	}
	x.counts[by] = counts
	return counts
}

var brokenDown = map[store.Breakdown]property{
	store.ByKind: kind, store.ByTag: tag, store.ByOwner: owner, store.ByGroup: group, store.ByPackage: pkg, store.ByMaterialized: materialized,
}

// set returns the positions of some lists as one set.
func (x *index) set(lists ...[]int32) bitset {
	out := newBitset(len(x.all))
	for _, list := range lists {
		for _, i := range list {
			out.add(i)
		}
	}
	return out
}

// order returns all positions, ascending by what an order sorts by; nil means that
// they are in order.
func (x *index) order(o order) []int32 {
	if o.by == "id" {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if ranks, ok := x.orders[o.by]; ok {
		return ranks
	}
	type ranked struct {
		key      sortKey
		position int32
	}
	keys := make([]ranked, len(x.all))
	for i, a := range x.all {
		keys[i] = ranked{o.key(a), int32(i)}
	}
	slices.SortFunc(keys, func(a, b ranked) int {
		return cmp.Or(strings.Compare(a.key.text, b.key.text), cmp.Compare(a.key.number, b.key.number), cmp.Compare(a.position, b.position))
	})
	ranks := make([]int32, len(keys))
	for i, k := range keys {
		ranks[i] = k.position
	}
	if x.orders == nil {
		x.orders = map[string][]int32{}
	}
	x.orders[o.by] = ranks
	return ranks
}

// page returns the first assets of a set behind a key, in order; at most so many.
func (x *index) page(o order, set bitset, after *sortKey, most int) []*Asset {
	ranks, n := x.order(o), len(x.all)
	position := func(i int) int32 { // of the asset at the i-th place of the list
		if o.down {
			i = n - 1 - i
		}
		if ranks == nil {
			return int32(i)
		}
		return ranks[i]
	}
	first := 0
	if after != nil {
		first = sort.Search(n, func(i int) bool { return o.compare(o.key(x.all[position(i)]), *after) > 0 })
	}
	var out []*Asset
	for i := first; i < n && len(out) < most; i++ {
		if at := position(i); set.has(at) {
			out = append(out, x.all[at])
		}
	}
	return out
}

// next returns the index of the next version, in which some assets have another
// state; what all of these have as before is shared.
func (x *index) next(all []*Asset, changed []*Asset, before func(catalog.AssetID) *Asset) *index {
	out := &index{all: all}
	if len(all) != len(x.all) {
		return out
	}
	same := func(equal func(a, b *Asset) bool) bool {
		return !slices.ContainsFunc(changed, func(a *Asset) bool { return !equal(before(a.ID), a) })
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for p := range properties {
		if x.lists[p] != nil && same(p.same) {
			out.lists[p] = x.lists[p]
		}
	}
	for by, ranks := range x.orders {
		o, err := orderOf(by)
		if err == nil && by != byDownstream && same(func(a, b *Asset) bool { return o.key(a) == o.key(b) }) {
			if out.orders == nil {
				out.orders = map[string][]int32{}
			}
			out.orders[by] = ranks
		}
	}
	if x.nodes != nil && same(func(a, b *Asset) bool { return a.Project == b.Project && a.UniqueID == b.UniqueID }) {
		out.nodes, out.statuses, out.statusOf = x.nodes, x.statuses, x.statusOf
	}
	return out
}
