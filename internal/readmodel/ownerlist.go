package readmodel

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/near"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Owner is who owns assets, with the figures of these together.
type Owner struct {
	Name   string
	Emails []string // as groups and exposures state them, sorted
	Groups []string // dbt groups of the owner, sorted
	Assets int64
	Kinds  map[catalog.Kind]int64
	Tests  TestCounts // of the data tests of all assets
	Health catalog.HealthMean
}

// OwnerSort is an order of owners. Of equal numbers the name decides.
type OwnerSort string

// The orders of owners.
const (
	OwnersByName   OwnerSort = "name"
	OwnersByAssets OwnerSort = "-assets" // who owns most comes first
)

// Owners lists the owners of the assets that lists show.
func (v *View) Owners(ctx context.Context, sort OwnerSort, p store.Page) (store.Paged[Owner], error) {
	assets, err := v.m.assets(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return store.Paged[Owner]{}, err
	}
	owned := assets.index.breakdown(store.ByOwner)
	names := slices.SortedFunc(maps.Keys(owned), func(a, b string) int {
		most := 0
		if sort == OwnersByAssets {
			most = cmp.Compare(owned[b], owned[a])
		}
		return cmp.Or(most, strings.Compare(strings.ToLower(a), strings.ToLower(b)), strings.Compare(a, b))
	})
	page, err := slicePage(names, p)
	if err != nil {
		return store.Paged[Owner]{}, err
	}
	out := store.Paged[Owner]{Next: page.Next, Total: page.Total}
	out.Rows, err = v.owners(ctx, assets, page.Rows)
	return out, err
}

// Owner returns an owner; catalog.ErrNotFound and names that are near if no asset has one of that name.
func (v *View) Owner(ctx context.Context, name string) (Owner, []string, error) {
	assets, err := v.m.assets(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return Owner{}, nil, err
	}
	owned := assets.index.breakdown(store.ByOwner)
	if owned[name] == 0 {
		return Owner{}, near.Names(name, maps.Keys(owned), maxNearNames), catalog.ErrNotFound
	}
	rows, err := v.owners(ctx, assets, []string{name})
	if err != nil {
		return Owner{}, nil, err
	}
	return rows[0], nil, nil
}

// owners returns owners by their names.
func (v *View) owners(ctx context.Context, assets *Assets, names []string) ([]Owner, error) {
	tests, err := v.testStates(ctx)
	if err != nil {
		return nil, err
	}
	health, err := v.health(ctx)
	if err != nil {
		return nil, err
	}
	part, err := v.m.part(ctx, v.schemaKey(), contactsPart, v.Version)
	if err != nil {
		return nil, err
	}
	rows := make([]Owner, len(names))
	err = computeAll(ctx, len(assets.all)+len(health.tables), func() error {
		listed := assets.index.listed(true, false)
		of := make(map[string]*Owner, len(names))
		for i, name := range names {
			rows[i] = ownerOf(name, assets, listed, tests)
			rows[i].Emails = part.(*Contacts).emails(name)
			of[name] = &rows[i]
		}
		for _, t := range health.tables {
			eachOnce(t.Table.Owners, func(name string) {
				if o := of[name]; o != nil {
					o.Health.Add(t.Health, v.Schema.Health)
				}
			})
		}
		return nil
	})
	return rows, err
}

// ownerOf adds up what an owner's assets are.
func ownerOf(name string, assets *Assets, listed bitset, tests *testStates) Owner {
	o := Owner{Name: name, Kinds: map[catalog.Kind]int64{}}
	for _, i := range assets.index.with(owner, name) {
		if !listed.has(i) {
			continue
		}
		a := assets.all[i]
		o.Assets++
		o.Kinds[a.Kind]++
		o.Tests.join(tests.tables[a.ID])
		if a.Kind == catalog.KindGroup {
			o.Groups = append(o.Groups, a.Name)
		}
	}
	slices.Sort(o.Groups)
	o.Groups = slices.Compact(o.Groups)
	return o
}
