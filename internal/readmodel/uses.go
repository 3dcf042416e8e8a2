package readmodel

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Uses are which assets and data tests of a version use which macros and docs blocks. They are a part of their own:
// only the pages of macros and docs blocks need them.
type Uses struct {
	of    map[catalog.NodeRef][]use // by what is used
	by    map[catalog.AssetID][]catalog.NodeRef
	bytes int64
}

// use is one asset or data test.
type use struct {
	asset  catalog.AssetID // 0 = a test
	test   catalog.TestID
	column string // of a docs block: whose description has it; "" = the asset's
}

func compareUses(a, b use) int {
	return cmp.Or(cmp.Compare(a.test, b.test), cmp.Compare(a.asset, b.asset), cmp.Compare(a.column, b.column))
}

// useBytes is about what a use takes, with the reference back.
const useBytes = 120

func (u *Uses) size() int64 { return u.bytes }

func loadUses(ctx context.Context, m *Model, s schemaKey, version int64) (part sized, err error) {
	assets, err := m.assets(ctx, s, version)
	if err != nil {
		return nil, err
	}
	err = m.cache.work(ctx, func() error {
		u := &Uses{of: map[catalog.NodeRef][]use{}, by: map[catalog.AssetID][]catalog.NodeRef{}}
		part = u
		ids := make([]catalog.AssetID, 0, len(assets.all))
		for _, a := range assets.all {
			if a.Present && a.UniqueID != "" {
				ids = append(ids, a.ID)
			}
		}
		if err := u.readAssets(ctx, m, s, version, ids); err != nil {
			return err
		}
		return u.readTests(ctx, m, s, version)
	})
	if err != nil {
		return nil, err
	}
	return part, nil
}

// nextUses derives the uses of a version that changes few assets and no tests; everything else asks for a load.
func nextUses(ctx context.Context, m *Model, s schemaKey, old sized, d catalog.VersionDelta, _ assetsOf) (sized, error) {
	before := old.(*Uses)
	switch {
	case len(d.Tests) > 0 || len(d.Assets) > len(before.by)/worthLoading+64:
		return nil, nil //nolint:nilnil // asks for a load
	case len(d.Assets) == 0:
		return before, nil
	}
	u := &Uses{of: maps.Clone(before.of), by: maps.Clone(before.by), bytes: before.bytes}
	for node, list := range u.of {
		u.of[node] = slices.Clip(list) // shared with the version before: an added use has to go elsewhere
	}
	for _, id := range d.Assets {
		u.drop(id)
	}
	return u, u.readAssets(ctx, m, s, d.Version, d.Assets)
}

// drop removes what an asset uses.
func (u *Uses) drop(id catalog.AssetID) {
	for _, node := range u.by[id] {
		kept := make([]use, 0, len(u.of[node]))
		for _, each := range u.of[node] {
			if each.asset != id {
				kept = append(kept, each)
			}
		}
		u.bytes -= int64(len(u.of[node])-len(kept)) * useBytes
		if u.of[node] = kept; len(kept) == 0 {
			delete(u.of, node)
		}
	}
	delete(u.by, id)
}

// readAssets takes in what some assets use; removed ones use nothing.
func (u *Uses) readAssets(ctx context.Context, m *Model, s schemaKey, version int64, ids []catalog.AssetID) error {
	for some := range slices.Chunk(ids, configBatch) {
		rows, err := m.store.AssetsAt(ctx, s.ws, s.schema, version, some)
		if err != nil {
			return err
		}
		for i := range rows {
			if a := &rows[i]; a.Present && a.DBT != nil {
				u.addAsset(a)
			}
		}
	}
	return nil
}

func (u *Uses) addAsset(a *catalog.Asset) {
	add := func(id string, by use) {
		node := catalog.NodeRef{Project: a.Project, UniqueID: id}
		if !slices.Contains(u.by[a.ID], node) {
			u.by[a.ID] = append(u.by[a.ID], node)
		}
		u.add(node, by)
	}
	for _, id := range a.DBT.Macros {
		add(id, use{asset: a.ID})
	}
	for _, ref := range a.DBT.DocBlocks {
		add(ref.Doc, use{asset: a.ID, column: ref.Column})
	}
}

func (u *Uses) add(node catalog.NodeRef, by use) {
	u.of[node] = append(u.of[node], by)
	u.bytes += useBytes
}

func (u *Uses) readTests(ctx context.Context, m *Model, s schemaKey, version int64) error {
	return m.eachTest(ctx, s, version, func(test *catalog.Test) {
		for _, id := range test.Body.Macros {
			u.add(catalog.NodeRef{Project: test.Project, UniqueID: id}, use{test: test.ID})
		}
	})
}

// Use is an asset or data test that uses a macro or docs block.
type Use struct {
	Asset  *Asset        // nil = a data test
	Test   *catalog.Test // nil = an asset
	Column string        // of a docs block: the column whose description has it; "" = the asset itself
}

// UsesOf lists what uses a macro or docs block: assets by name, then data tests by id. Within the page that begins at
// offset only the tests are read.
func (v *View) UsesOf(ctx context.Context, a *catalog.Asset, offset, limit int) (page []Use, total int, err error) {
	part, err := v.m.part(ctx, v.schemaKey(), usesPart, v.Version)
	if err != nil {
		return nil, 0, err
	}
	assets, err := v.m.assets(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return nil, 0, err
	}
	var found []use
	for _, node := range a.Nodes {
		found = append(found, part.(*Uses).of[node]...)
	}
	name := func(u use) string {
		if asset := assets.find(u.asset); asset != nil {
			return asset.Name
		}
		return ""
	}
	slices.SortFunc(found, func(a, b use) int {
		return cmp.Or(cmp.Compare(a.test, b.test), cmp.Compare(name(a), name(b)), compareUses(a, b))
	})
	found = slices.Compact(found)
	total = len(found)
	found = found[min(offset, total):min(offset+limit, total)]
	return v.usesOf(ctx, assets, found, total)
}

// usesOf completes a page of uses.
func (v *View) usesOf(ctx context.Context, assets *Assets, found []use, total int) ([]Use, int, error) {
	var ids []catalog.TestID
	for _, each := range found {
		if each.asset == 0 {
			ids = append(ids, each.test)
		}
	}
	tests := map[catalog.TestID]*catalog.Test{}
	if len(ids) > 0 {
		rows, err := v.m.store.TestsByID(ctx, v.ws(), v.Schema.ID, v.Version, ids)
		if err != nil {
			return nil, 0, err
		}
		for i := range rows {
			tests[rows[i].ID] = &rows[i]
		}
	}
	page := make([]Use, 0, len(found))
	for _, each := range found {
		if each.asset != 0 {
			page = append(page, Use{Asset: assets.find(each.asset), Column: each.column})
		} else if t := tests[each.test]; t != nil {
			page = append(page, Use{Test: t})
		}
	}
	return page, total, nil
}
