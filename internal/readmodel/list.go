package readmodel

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Filter narrows a list of assets; zero fields let everything through, except
// that removed assets are left out unless Removed asks for them. Sort is name,
// kind, created_at, updated_at or id, with "-" in front for the other way; "" =
// name.
type Filter struct {
	Kinds          []catalog.Kind
	Project        catalog.ProjectID
	Package        string
	Tag            string
	Owner          string
	Group          string
	Status         string // class of the latest result
	Materialized   string
	Removed        bool
	HasDescription *bool
	Query          string // part of the name or relation, ASCII letters of either case
	Sort           string
}

// AssetList is one page of a list of assets, with counts over the whole list.
type AssetList struct {
	store.Paged[catalog.Asset]
	Breakdown map[store.Breakdown]map[string]int64
}

// Assets lists assets. Matching, sorting and counting go over the cards in memory,
// 0.1 ms for 10,000 of them; only the rows of the page are read.
func (v *View) Assets(ctx context.Context, f Filter, p store.Page, by []store.Breakdown) (AssetList, error) {
	order, err := orderOf(f.Sort)
	if err != nil {
		return AssetList{}, err
	}
	after, err := order.after(p)
	if err != nil {
		return AssetList{}, err
	}
	assets, err := v.m.assets(ctx, v.scope(), v.Version)
	if err != nil {
		return AssetList{}, err
	}
	match, err := v.matcher(ctx, f, assets)
	if err != nil {
		return AssetList{}, err
	}
	best := &topAssets{order: order, most: p.Size() + 1, after: after}
	counts := newBreakdowns(by)
	if f.everything() {
		counts = newBreakdowns(nil)
		for _, b := range by {
			counts.counts[b] = assets.breakdown(b)
		}
	}
	total := int64(0)
	for i, a := range assets.all {
		if match(i, a) {
			total++
			best.offer(a)
			counts.add(a)
		}
	}
	out := AssetList{Breakdown: counts.counts}
	out.Paged, err = v.readPage(ctx, best, total, p)
	return out, err
}

// everything reports whether the filter lets all present assets through.
func (f Filter) everything() bool {
	f.Sort = ""
	return reflect.DeepEqual(f, Filter{})
}

// Counts counts the present assets of a project (0 = of all) by kind.
func (v *View) Counts(ctx context.Context, project catalog.ProjectID) (map[string]int64, error) {
	assets, err := v.m.assets(ctx, v.scope(), v.Version)
	if err != nil {
		return nil, err
	}
	counts := map[string]int64{}
	for _, a := range assets.present {
		if project == 0 || a.Project == project {
			counts[string(a.Kind)]++
		}
	}
	return counts, nil
}

// readPage reads the rows of a page and keeps their order.
func (v *View) readPage(ctx context.Context, best *topAssets, total int64, p store.Page) (store.Paged[catalog.Asset], error) {
	out := store.Paged[catalog.Asset]{Total: total}
	chosen := best.chosen
	if len(chosen) > p.Size() {
		chosen = chosen[:p.Size()]
		next, err := best.order.position(chosen[len(chosen)-1])
		if err != nil {
			return out, err
		}
		out.Next = next
	}
	ids := make([]catalog.AssetID, len(chosen))
	for i, a := range chosen {
		ids[i] = a.ID
	}
	rows, err := v.m.store.AssetsAt(ctx, v.ws(), v.Schema.ID, v.Version, ids)
	if err != nil {
		return out, err
	}
	for _, a := range chosen {
		n, ok := slices.BinarySearchFunc(rows, a.ID, func(row catalog.Asset, id catalog.AssetID) int { return cmp.Compare(row.ID, id) })
		if !ok {
			return out, fmt.Errorf("asset %d of version %d is gone: %w", a.ID, v.Version, catalog.ErrConflict)
		}
		out.Rows = append(out.Rows, rows[n])
	}
	return out, nil
}

// matcher makes the test of a filter: of an asset at its position.
func (v *View) matcher(ctx context.Context, f Filter, assets *Assets) (func(int, *Asset) bool, error) {
	var classes *Classes
	var nodes []store.NodeKey
	if f.Status != "" {
		var err error
		nodes = assets.nodeKeys()
		if classes, _, err = v.m.classes(ctx, v.scope()); err != nil {
			return nil, err
		}
	}
	query := lowerASCII(f.Query)
	return func(i int, a *Asset) bool {
		switch {
		case a.Present == f.Removed,
			len(f.Kinds) > 0 && !slices.Contains(f.Kinds, a.Kind),
			f.Project != 0 && a.Project != f.Project,
			f.Package != "" && a.Package != f.Package,
			f.Group != "" && a.Group != f.Group,
			f.Materialized != "" && a.Materialized != f.Materialized,
			f.HasDescription != nil && a.Described != *f.HasDescription,
			f.Tag != "" && !slices.Contains(a.Tags, f.Tag),
			f.Owner != "" && !slices.Contains(a.Owners, f.Owner),
			query != "" && !a.contains(query),
			classes != nil && classes.class(nodes[i]) != f.Status:
			return false
		}
		return true
	}, nil
}

// contains reports whether the name or the relation has a text in it.
func (a *Asset) contains(lower string) bool {
	if strings.Contains(lower, "\n") { // which divides the two
		return strings.Contains(lowerASCII(a.Name), lower) || strings.Contains(lowerASCII(a.RelationKey), lower)
	}
	return strings.Contains(a.search, lower)
}

// breakdowns counts by several properties at once.
type breakdowns struct {
	by     []store.Breakdown
	counts map[store.Breakdown]map[string]int64
}

func newBreakdowns(by []store.Breakdown) *breakdowns {
	b := &breakdowns{by: by, counts: map[store.Breakdown]map[string]int64{}}
	for _, each := range by {
		b.counts[each] = map[string]int64{}
	}
	return b
}

// add counts an asset; one without a value is left out.
func (b *breakdowns) add(a *Asset) {
	for _, by := range b.by {
		counts := b.counts[by]
		switch by {
		case store.ByTag:
			countAll(counts, a.Tags)
		case store.ByOwner:
			countAll(counts, a.Owners)
		default:
			if value := breakdownValue(a, by); value != "" {
				counts[value]++
			}
		}
	}
}

// countAll counts each of a set once.
func countAll(counts map[string]int64, values []string) {
	for i, value := range values {
		if value != "" && !slices.Contains(values[:i], value) {
			counts[value]++
		}
	}
}

func breakdownValue(a *Asset, by store.Breakdown) string {
	switch by {
	case store.ByKind:
		return string(a.Kind)
	case store.ByGroup:
		return a.Group
	case store.ByPackage:
		return a.Package
	case store.ByMaterialized:
		return a.Materialized
	}
	return ""
}
