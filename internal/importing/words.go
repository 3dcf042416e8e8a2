package importing

import (
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// words are what origins newly say about assets, what they no longer say, and
// which words go from one asset to another.
type words struct {
	said      map[catalog.AssetID][]catalog.Facet
	withdrawn map[catalog.AssetID][]store.FacetKey
	restored  map[catalog.AssetID][]store.FacetKey // withdrawn words that hold again
	moved     map[catalog.AssetID][]store.FacetKey // words that leave this asset
	before    map[store.FacetKey]catalog.Facet     // the moved words as they were
	fresh     map[catalog.AssetID]bool             // assets that did not exist before
}

func newWords() *words {
	return &words{
		said: map[catalog.AssetID][]catalog.Facet{}, withdrawn: map[catalog.AssetID][]store.FacetKey{}, restored: map[catalog.AssetID][]store.FacetKey{},
		moved: map[catalog.AssetID][]store.FacetKey{}, before: map[store.FacetKey]catalog.Facet{}, fresh: map[catalog.AssetID]bool{},
	}
}

func (w *words) say(f catalog.Facet) { w.said[f.Asset] = append(w.said[f.Asset], f) }

func (w *words) withdraw(f store.FacetRef) {
	w.withdrawn[f.Asset] = append(w.withdrawn[f.Asset], store.FacetKey{Origin: f.Origin, Source: f.Source, UniqueID: f.UniqueID})
}

// restore lets a withdrawn word hold again.
func (w *words) restore(f store.FacetRef) {
	w.restored[f.Asset] = append(w.restored[f.Asset], store.FacetKey{Origin: f.Origin, Source: f.Source, UniqueID: f.UniqueID})
}

// move takes a word from one asset to another, unless its node has said
// something new about the other one already.
func (w *words) move(old, now catalog.Facet) {
	key := keyOf(old)
	w.moved[old.Asset] = append(w.moved[old.Asset], key)
	w.before[key] = old
	for _, f := range w.said[now.Asset] {
		if keyOf(f) == key {
			return
		}
	}
	w.say(now)
}

// forget drops what was said about assets that are settled.
func (w *words) forget(ids []catalog.AssetID) {
	for _, id := range ids {
		delete(w.said, id)
		delete(w.withdrawn, id)
		delete(w.restored, id)
		delete(w.moved, id)
	}
}

// assets gives every asset that is spoken about, in the order of the ids.
func (w *words) assets() []catalog.AssetID {
	all := maps.Clone(w.fresh)
	for id := range w.said {
		all[id] = true
	}
	for id := range w.withdrawn {
		all[id] = true
	}
	for id := range w.restored {
		all[id] = true
	}
	for id := range w.moved {
		all[id] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// apply replaces what was said about an asset by what is said now. It gives
// all facets of the asset and those that have to be written, because they are
// new or different.
func (w *words) apply(id catalog.AssetID, stand []catalog.Facet, now catalog.Withdrawal) (all, changed []catalog.Facet) {
	byKey := make(map[store.FacetKey]catalog.Facet, len(stand)+len(w.said[id]))
	for _, f := range stand {
		byKey[keyOf(f)] = f
	}
	for _, k := range w.moved[id] {
		delete(byKey, k)
	}
	for _, f := range w.said[id] {
		key := keyOf(f)
		old, stood := byKey[key]
		was, moved := w.before[key]
		f.Body = catalog.NormalizeBody(f.Body)
		switch {
		case f.Origin == catalog.OriginUser || !stood && !moved:
			f.Hash = catalog.HashBody(f.Body)
		case stood:
			f = catalog.Carry(old, f)
		default:
			f = catalog.Carry(was, f)
		}
		if stood && old.Hash == f.Hash && old.Withdrawn.IsZero() == f.Withdrawn.IsZero() {
			continue
		}
		byKey[key] = f
		changed = append(changed, f)
	}
	mark := func(keys []store.FacetKey, since catalog.Withdrawal) {
		for _, key := range keys {
			f, ok := byKey[key]
			if !ok || f.Withdrawn.IsZero() == since.IsZero() {
				continue
			}
			f.Withdrawn = since
			byKey[key] = f
			changed = append(changed, f)
		}
	}
	mark(w.withdrawn[id], now)
	mark(w.restored[id], catalog.Withdrawal{})
	for _, f := range byKey {
		all = append(all, f)
	}
	return all, changed
}

func keyOf(f catalog.Facet) store.FacetKey {
	k := store.FacetKey{Origin: f.Origin, Source: f.Source, UniqueID: f.UniqueID}
	if f.Origin == catalog.OriginUser {
		k.Asset = f.Asset
	}
	return k
}
