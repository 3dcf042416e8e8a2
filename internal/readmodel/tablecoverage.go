package readmodel

import (
	"cmp"
	"context"
	"slices"
	"unsafe"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// tablesCoverage is the coverage of each table of a version.
type tablesCoverage struct {
	version int64
	tables  []tableCoverage // by id
}

// tableCoverage is as much of a table's coverage as its health is made of.
type tableCoverage struct {
	id                        catalog.AssetID
	columns, describedColumns int32
	described, owned, tested  bool
}

func (t *tablesCoverage) size() int64 {
	return int64(len(t.tables)) * int64(unsafe.Sizeof(tableCoverage{}))
}

// of returns the coverage of a table; nil of what is none.
func (t *tablesCoverage) of(id catalog.AssetID) *tableCoverage {
	if n, ok := slices.BinarySearchFunc(t.tables, id, func(c tableCoverage, id catalog.AssetID) int { return cmp.Compare(c.id, id) }); ok {
		return &t.tables[n]
	}
	return nil
}

func (c *tableCoverage) coverage() catalog.Coverage {
	out := catalog.Coverage{Tables: 1, Columns: int64(c.columns), ColumnsDescribed: int64(c.describedColumns)}
	for _, yes := range []struct {
		is bool
		n  *int64
	}{{c.described, &out.TablesDescribed}, {c.owned, &out.TablesOwned}, {c.tested, &out.TablesTested}} {
		if yes.is {
			*yes.n = 1
		}
	}
	return out
}

func loadTablesCoverage(ctx context.Context, m *Model, s schemaKey, version int64) (part sized, err error) {
	assets, err := m.assets(ctx, s, version)
	if err != nil {
		return nil, err
	}
	var ids []catalog.AssetID
	for _, a := range assets.present {
		if a.Kind.IsTable() {
			ids = append(ids, a.ID)
		}
	}
	out := &tablesCoverage{version: version}
	err = m.cache.work(ctx, func() error {
		out.tables, err = m.tableCoverages(ctx, s, version, ids)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func nextTablesCoverage(ctx context.Context, m *Model, s schemaKey, old sized, d catalog.VersionDelta, _ assetsOf) (sized, error) {
	before := old.(*tablesCoverage)
	ids := slices.Concat(d.Assets, d.Columns)
	if len(d.Tests) > 0 {
		for _, at := range []int64{before.version, d.Version} {
			refs, err := m.store.TestRefs(ctx, s.ws, s.schema, at, d.Tests)
			if err != nil {
				return nil, err
			}
			for i := range refs {
				ids = append(ids, refs[i].Asset)
			}
		}
	}
	ids = catalog.SortedIDs(ids)
	if len(ids) > len(before.tables)/worthLoading+coverageBatch {
		return nil, nil //nolint:nilnil // asks for a load
	}
	changed, err := m.tableCoverages(ctx, s, d.Version, ids)
	if err != nil {
		return nil, err
	}
	out := &tablesCoverage{version: d.Version, tables: make([]tableCoverage, 0, len(before.tables)+len(changed))}
	for _, c := range before.tables {
		if _, again := slices.BinarySearch(ids, c.id); !again {
			out.tables = append(out.tables, c)
		}
	}
	out.tables = append(out.tables, changed...)
	slices.SortFunc(out.tables, func(a, b tableCoverage) int { return cmp.Compare(a.id, b.id) })
	return out, nil
}

// tableCoverages returns the coverage of those of the assets that are tables, by id.
func (m *Model) tableCoverages(ctx context.Context, s schemaKey, at int64, ids []catalog.AssetID) (out []tableCoverage, err error) {
	err = m.eachCoverage(ctx, s, at, ids, func(id catalog.AssetID, c catalog.Coverage) {
		if c.Tables == 0 {
			return
		}
		out = append(out, tableCoverage{
			id: id, columns: int32(c.Columns), describedColumns: int32(c.ColumnsDescribed),
			described: c.TablesDescribed > 0, owned: c.TablesOwned > 0, tested: c.TablesTested > 0,
		})
	})
	slices.SortFunc(out, func(a, b tableCoverage) int { return cmp.Compare(a.id, b.id) })
	return out, err
}

// coverageBatch is how many assets are read at a time.
const coverageBatch = 500

// eachCoverage counts assets at a version, one by one.
func (m *Model) eachCoverage(ctx context.Context, s schemaKey, at int64, ids []catalog.AssetID, each func(catalog.AssetID, catalog.Coverage)) error {
	for some := range slices.Chunk(ids, coverageBatch) {
		if err := ctx.Err(); err != nil {
			return err
		}
		assets, err := m.store.AssetsAt(ctx, s.ws, s.schema, at, some)
		if err != nil {
			return err
		}
		columns, err := m.store.ColumnsAt(ctx, s.ws, s.schema, at, some)
		if err != nil {
			return err
		}
		tests, err := m.store.TestBodiesOfAssets(ctx, s.ws, s.schema, at, some)
		if err != nil {
			return err
		}
		of := make(map[catalog.AssetID][]catalog.Test, len(some))
		for _, t := range tests {
			of[t.Asset] = append(of[t.Asset], t)
		}
		for i := range assets {
			a := &assets[i]
			each(a.ID, catalog.CoverageOf(a, columns[a.ID], of[a.ID]))
		}
	}
	return nil
}
