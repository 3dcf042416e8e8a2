package readmodel

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"unsafe"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// SourceFreshness is the freshness of a source with its table.
type SourceFreshness struct {
	store.SourceFreshness
	Table *Asset
}

// FreshnessFilter narrows a list of freshness; zero fields let everything through.
type FreshnessFilter struct {
	Status  string
	Project catalog.ProjectID
	Asset   catalog.AssetID
}

// freshness is the newest freshness of the sources of a version, by unique id and
// project, after some number of runs.
type freshness struct{ rows []SourceFreshness }

func (f *freshness) size() int64 {
	n := int64(0)
	for i := range f.rows {
		n += int64(unsafe.Sizeof(f.rows[i])) + int64(len(f.rows[i].UniqueID)+len(f.rows[i].Message)+len(f.rows[i].Status)) + 64
	}
	return n
}

// Freshness lists the newest freshness of the schema's sources, by unique id.
func (v *View) Freshness(ctx context.Context, f FreshnessFilter, p store.Page) (store.Paged[SourceFreshness], error) {
	out := store.Paged[SourceFreshness]{}
	var afterID string
	var afterProject int64
	if _, err := p.Position(&afterID, &afterProject); err != nil {
		return out, err
	}
	all, err := v.freshness(ctx)
	if err != nil {
		return out, err
	}
	for i := range all.rows {
		row := &all.rows[i]
		if f.Status != "" && row.Status != f.Status || f.Project != 0 && row.Project != f.Project || f.Asset != 0 && row.Table.ID != f.Asset {
			continue
		}
		out.Total++
		if c := strings.Compare(row.UniqueID, afterID); c < 0 || c == 0 && int64(row.Project) <= afterProject {
			continue
		}
		if len(out.Rows) < p.Size() {
			out.Rows = append(out.Rows, *row)
		} else if out.Next == "" {
			last := out.Rows[len(out.Rows)-1]
			if out.Next, err = store.NewPosition(last.UniqueID, int64(last.Project)); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

// freshness returns that of all sources. The newest state is kept; an older one is
// read for each request.
func (v *View) freshness(ctx context.Context) (*freshness, error) {
	if !v.asOf.IsNow() {
		return v.loadFreshness(ctx)
	}
	stored, err := v.m.store.ResultsStored(ctx, v.ws(), v.Schema.ID)
	if err != nil {
		return nil, err
	}
	part, err := v.m.cache.get(ctx, v.resultsKey(freshnessPart, stored), func(ctx context.Context) (sized, error) { return v.loadFreshness(ctx) })
	if err != nil {
		return nil, err
	}
	return part.(*freshness), nil
}

func (v *View) loadFreshness(ctx context.Context) (*freshness, error) {
	out := &freshness{}
	err := v.m.cache.work(ctx, func() error {
		rows, err := v.m.store.LatestFreshness(ctx, v.ws(), v.Schema.ID, nil, v.asOf)
		if err != nil || len(rows) == 0 {
			return err
		}
		rows = addFormerFreshness(rows, v.Schema.Renames)
		slices.SortFunc(rows, func(a, b store.SourceFreshness) int {
			return cmp.Or(strings.Compare(a.UniqueID, b.UniqueID), cmp.Compare(a.Project, b.Project))
		})
		tables, err := v.tablesOf(ctx, rows)
		for _, row := range rows {
			if table := tables[row.Node()]; table != nil {
				out.rows = append(out.rows, SourceFreshness{row, table})
			}
		}
		return err
	})
	return out, err
}

// tablesOf returns the present tables of sources.
func (v *View) tablesOf(ctx context.Context, rows []store.SourceFreshness) (map[catalog.NodeRef]*Asset, error) {
	nodes := make([]catalog.NodeRef, len(rows))
	for i := range rows {
		nodes[i] = rows[i].Node()
	}
	assets, err := v.m.store.AssetsOfNodes(ctx, v.ws(), v.Schema.ID, v.Version, nodes)
	if err != nil {
		return nil, err
	}
	cards, err := v.m.store.AssetCards(ctx, v.ws(), v.Schema.ID, v.Version, catalog.SortedIDs(slices.Collect(maps.Values(assets))))
	if err != nil {
		return nil, err
	}
	byID := make(map[catalog.AssetID]*Asset, len(cards))
	for _, a := range assetsFrom(cards) {
		if a.Present {
			byID[a.ID] = a
		}
	}
	out := make(map[catalog.NodeRef]*Asset, len(assets))
	for n, id := range assets {
		out[n] = byID[id]
	}
	return out, nil
}

// FreshnessHistory lists the results of dbt source freshness of the source that an asset is, newest first; none of
// another asset. Of several sources it is the first.
func (v *View) FreshnessHistory(ctx context.Context, asset *catalog.Asset, p store.Page) (store.Paged[catalog.Freshness], error) {
	for _, n := range asset.Nodes {
		if catalog.KindOfNode(n.UniqueID, catalog.KindTable) == catalog.KindSource {
			return v.m.store.FreshnessHistory(ctx, v.ws(), v.Schema.ID, v.Schema.Renames.Nodes([]catalog.NodeRef{n}), v.asOf, p)
		}
	}
	return store.Paged[catalog.Freshness]{}, nil
}

// freshnessOf returns the newest freshness of those of the nodes that are sources
// and have one.
func (v *View) freshnessOf(ctx context.Context, nodes []catalog.NodeRef) (map[catalog.NodeRef]store.SourceFreshness, error) {
	sources := slices.DeleteFunc(slices.Clone(nodes), func(n catalog.NodeRef) bool {
		return catalog.KindOfNode(n.UniqueID, catalog.KindTable) != catalog.KindSource
	})
	if len(sources) == 0 {
		return nil, nil //nolint:nilnil // nothing is looked up in it
	}
	rows, err := v.m.store.LatestFreshness(ctx, v.ws(), v.Schema.ID, v.Schema.Renames.Nodes(sources), v.asOf)
	out := make(map[catalog.NodeRef]store.SourceFreshness, len(rows))
	for _, row := range addFormerFreshness(rows, v.Schema.Renames) {
		out[row.Node()] = row
	}
	return out, err
}
