package readmodel

import (
	"cmp"
	"slices"

	"github.com/thalweg-data/thalweg/internal/store"
)

// popularity orders hits of the same rank: those with most direct children first, then those that ran, then as lists
// are sorted.
type popularity struct {
	tables     *TableGraph
	classes    *Classes
	downstream []int32 // by position in Assets.all
	ran        bitset
	order      []int32 // positions, the most popular first
	places     []int32 // by position: its place in order
}

// popularityBytes is what it takes for each asset.
const popularityBytes = 13

// popular returns the popularity of the assets, once for all requests.
func (x *index) popular(tables *TableGraph, classes *Classes) *popularity {
	order, _ := orderOf("") // which is an order
	listed := x.order(order)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.popularity != nil && x.popularity.tables == tables && x.popularity.classes == classes {
		return x.popularity
	}
	p := &popularity{tables: tables, classes: classes, downstream: make([]int32, len(x.all)), ran: newBitset(len(x.all))}
	number := int32(0)
	for i, a := range x.all {
		if a.UniqueID != "" && classes.class(store.NodeKeyOf(a.Project, a.UniqueID)) != "" {
			p.ran.add(int32(i))
		}
		if a.inGraph() {
			p.downstream[i] = int32(tables.count(tables.graph.Children(number)))
			number++
		}
	}
	p.order = slices.Clone(listed)
	slices.SortStableFunc(p.order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(p.downstream[b], p.downstream[a]), cmp.Compare(p.runs(b), p.runs(a)))
	})
	p.places = make([]int32, len(p.order))
	for place, i := range p.order {
		p.places[i] = int32(place)
	}
	x.popularity = p
	return p
}

func (p *popularity) runs(i int32) int64 {
	if p.ran.has(i) {
		return 1
	}
	return 0
}

// hitKey is what hits are sorted by: smaller ones precede.
type hitKey struct {
	rank       int64
	downstream int64
	runs       int64
	sortKey
}

func (p *popularity) key(rank searchRank, i int32, a *Asset) hitKey {
	return hitKey{
		rank: int64(rank), downstream: int64(p.downstream[i]), runs: p.runs(i),
		sortKey: sortKey{text: store.TablesFirst(a.Kind, a.Name), id: a.ID},
	}
}

func (k hitKey) compare(o hitKey) int {
	return cmp.Or(
		cmp.Compare(k.rank, o.rank), cmp.Compare(o.downstream, k.downstream), cmp.Compare(o.runs, k.runs),
		cmp.Compare(k.text, o.text), cmp.Compare(k.id, o.id),
	)
}

// hitAfter reads the key after which a page begins; nil for the first page.
func hitAfter(p store.Page) (*hitKey, error) {
	var k hitKey
	given, err := p.Position(&k.rank, &k.downstream, &k.runs, &k.text, (*int64)(&k.id))
	if err != nil || !given {
		return nil, err
	}
	return &k, nil
}

func (k hitKey) position() (string, error) {
	return store.NewPosition(k.rank, k.downstream, k.runs, k.text, int64(k.id))
}

// first returns the first positions of a set behind a key, in order of popularity, at most so many.
func (p *popularity) first(set bitset, rank searchRank, all []*Asset, after *hitKey, most int) []int32 {
	var out []int32
	take := func(i int32) bool {
		if set.has(i) && (after == nil || p.key(rank, i, all[i]).compare(*after) > 0) {
			out = append(out, i)
		}
		return len(out) < most
	}
	const sparse = 16
	if set.count() > len(all)/sparse {
		for _, i := range p.order {
			if !take(i) {
				break
			}
		}
		return out
	}
	var few []int32
	set.each(func(i int32) bool {
		few = append(few, i)
		return true
	})
	slices.SortFunc(few, func(a, b int32) int { return cmp.Compare(p.places[a], p.places[b]) })
	for _, i := range few {
		if !take(i) {
			break
		}
	}
	return out
}
