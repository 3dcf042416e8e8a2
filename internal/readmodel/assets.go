package readmodel

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Asset is an asset as a state holds it. It never changes.
type Asset struct{ *store.AssetCard }

// Label is the asset's id as users see it.
func (a *Asset) Label() string { return a.ID.Label(a.Kind) }

// vacated reports whether nothing is left of the asset: its nodes belong to other assets now, such as those of a
// source after a model began to make its table, and nobody edited it. It is read by its id, but listed nowhere.
func (a *Asset) vacated() bool {
	return !a.Present && a.UniqueID == "" && a.RelationKey == "" && a.Relation.Identifier == ""
}

// inGraph reports whether the asset is present, and of a kind that graphs have.
func (a *Asset) inGraph() bool { return a.Present && a.Kind.InGraph() }

// Assets are the assets of a version: the part that all others are numbered by.
type Assets struct {
	all      []*Asset          // by id, removed ones too
	present  []*Asset          // present and of dbt's graph, by id; the position is the asset's number in graphs
	ids      []catalog.AssetID // of present
	relation map[string]catalog.AssetID
	index    *index
	names    *names
	bytes    int64
	rows     *recent[*Asset, catalog.Asset] // an asset of another state is another *Asset
	pages    atomic.Int64                   // pages of several of them that were completed
}

func (a *Assets) size() int64 { return a.bytes }

// number returns the number of an asset in graphs; false if it is in none.
func (a *Assets) number(id catalog.AssetID) (int32, bool) {
	n, ok := slices.BinarySearch(a.ids, id)
	return int32(n), ok
}

// find returns an asset, present or not; nil if there is none.
func (a *Assets) find(id catalog.AssetID) *Asset {
	n, ok := slices.BinarySearchFunc(a.all, id, compareID)
	if !ok {
		return nil
	}
	return a.all[n]
}

func compareID(a *Asset, id catalog.AssetID) int { return cmp.Compare(a.ID, id) }

func (m *Model) assets(ctx context.Context, s schemaKey, version int64) (*Assets, error) {
	part, err := m.part(ctx, s, assetsPart, version)
	if err != nil {
		return nil, err
	}
	return part.(*Assets), nil
}

func loadAssets(ctx context.Context, m *Model, s schemaKey, version int64) (part sized, err error) {
	if version == 0 {
		return newAssets(nil), nil
	}
	err = m.cache.work(ctx, func() error {
		cards, err := m.store.AssetCards(ctx, s.ws, s.schema, version, nil)
		part = newAssets(assetsFrom(cards))
		return err
	})
	if err != nil {
		return nil, err
	}
	return part, nil
}

// worthLoading is the share of the assets from which on a changed state is loaded
// in full: many single rows cost more than all of them in order.
const worthLoading = 3

func nextAssets(ctx context.Context, m *Model, s schemaKey, old sized, d catalog.VersionDelta, _ assetsOf) (sized, error) {
	before := old.(*Assets)
	if len(d.Assets) == 0 {
		return before, nil
	}
	var changed []catalog.AssetID
	if len(d.Assets) < len(before.all)/worthLoading+64 {
		changed = d.Assets
	}
	cards, err := m.store.AssetCards(ctx, s.ws, s.schema, d.Version, changed)
	if err != nil {
		return nil, err
	}
	if changed == nil {
		return newAssets(assetsFrom(cards)), nil
	}
	return before.with(assetsFrom(cards)), nil
}

func assetsFrom(cards []*store.AssetCard) []*Asset {
	assets := make([]Asset, len(cards))
	out := make([]*Asset, len(cards))
	for i, card := range cards {
		assets[i] = Asset{AssetCard: card}
		out[i] = &assets[i]
	}
	return out
}

// newAssets takes all assets of a version by id.
func newAssets(all []*Asset) *Assets {
	a := &Assets{all: all, relation: make(map[string]catalog.AssetID, len(all)), index: &index{all: all}, names: &names{}}
	for _, asset := range all {
		if !asset.inGraph() {
			continue
		}
		a.present = append(a.present, asset)
		a.ids = append(a.ids, asset.ID)
		if asset.RelationKey != "" {
			a.relation[asset.RelationKey] = asset.ID
		}
	}
	a.rows = &recent[*Asset, catalog.Asset]{limit: min(mostRowBytes, int64(len(all))*rowBytes), weigh: rowSize}
	a.bytes = int64(len(all))*assetSlot + a.rows.limit
	for _, asset := range all {
		a.bytes += asset.size()
	}
	return a
}

// size counts what one asset holds: its texts share one copy.
func (a *Asset) size() int64 {
	n := int64(unsafe.Sizeof(*a)) + int64(unsafe.Sizeof(*a.AssetCard)) + 96
	n += int64(len(a.Name) + len(a.RelationKey) + len(a.UniqueID) + len(a.Path) + len(a.Relation.Text))
	for _, list := range [][]string{a.Owners, a.Tags, a.FQN} {
		for _, s := range list {
			n += int64(unsafe.Sizeof(s)) + int64(len(s)) + labelBytes
		}
	}
	n += int64(len(a.PatchPath)) + int64(len(a.Others))*int64(unsafe.Sizeof(catalog.OtherNode{})+300)
	return n
}

// with returns the assets with some of them replaced or added, by id. What did
// not change is shared.
func (a *Assets) with(changed []*Asset) *Assets {
	out := &Assets{bytes: a.bytes, relation: a.relation, rows: a.rows}
	out.all = merged(a.all, changed)
	numbers := true
	for _, asset := range changed {
		old := a.find(asset.ID)
		out.bytes += asset.size()
		if old != nil {
			out.bytes -= old.size()
		} else {
			out.bytes += assetSlot
		}
		numbers = numbers && old != nil && old.inGraph() == asset.inGraph() && old.RelationKey == asset.RelationKey
	}
	if !numbers {
		return newAssets(out.all)
	}
	present := make([]*Asset, 0, len(changed))
	for _, asset := range changed {
		if asset.inGraph() {
			present = append(present, asset)
		}
	}
	out.present, out.ids = merged(a.present, present), a.ids
	out.index, out.names = a.index.next(out.all, changed, a.find), a.names
	if slices.ContainsFunc(changed, func(asset *Asset) bool { return asset.inGraph() && !sameNames(a.find(asset.ID), asset) }) {
		out.names = &names{}
	}
	return out
}

// rowBytes for each asset are kept for the rows of pages, and mostRowBytes at most.
const (
	rowBytes     = 1 << 10
	mostRowBytes = 4 << 20
)

// rowSize is about what a row of a page takes in memory.
func rowSize(a catalog.Asset) int64 {
	const perValue = 96 // a text with what refers to it
	n := int64(unsafe.Sizeof(a)) + int64(len(a.Name)+len(a.Relation.Text)+len(a.RelationKey))
	n += int64(len(a.Description.Value) + len(a.Config) + len(a.Meta) + len(a.Extra))
	for _, hidden := range a.Description.Hidden {
		n += perValue + int64(len(hidden.Value))
	}
	if a.DBT != nil {
		n += int64(unsafe.Sizeof(*a.DBT)) + 4*perValue
	}
	return n + perValue*int64(len(a.Owners)+len(a.Tags)+2*len(a.Nodes)+4*len(a.Others)+2*len(a.Stats))
}

// assetSlot is what an asset takes in the lists, the map and the indexes of Assets.
const assetSlot = 112 + indexBytes + namesBytes

// namesBytes is about what the names of an asset take in the index by their beginnings.
const namesBytes = 96

// merged returns assets by id, those of changed in place of those of old.
func merged(old, changed []*Asset) []*Asset {
	out := make([]*Asset, 0, len(old)+len(changed))
	for _, c := range changed {
		n, found := slices.BinarySearchFunc(old, c.ID, compareID)
		out = append(append(out, old[:n]...), c)
		if found {
			n++
		}
		old = old[n:]
	}
	return append(out, old...)
}

// sameNumbers reports whether two versions number the same assets alike.
func (a *Assets) sameNumbers(b *Assets) bool { return slices.Equal(a.ids, b.ids) }
