package readmodel

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// ColumnTags are the tags of the present columns of a version's assets. They are a
// part of their own: one filter asks for them, and they are in the columns' blocks.
type ColumnTags struct {
	of    map[catalog.AssetID][]string // sorted, without duplicates
	bytes int64
}

func (c *ColumnTags) size() int64 { return c.bytes }

func loadColumnTags(ctx context.Context, m *Model, s schemaKey, version int64) (part sized, err error) {
	assets, err := m.assets(ctx, s, version)
	if err != nil {
		return nil, err
	}
	err = m.cache.work(ctx, func() error {
		c := &ColumnTags{of: map[catalog.AssetID][]string{}}
		part = c
		return c.read(ctx, m, s, version, assets.ids)
	})
	if err != nil {
		return nil, err
	}
	return part, nil
}

func nextColumnTags(ctx context.Context, m *Model, s schemaKey, old sized, d catalog.VersionDelta, assets assetsOf) (sized, error) {
	before := old.(*ColumnTags)
	if len(d.Columns) == 0 {
		return before, nil
	}
	all, err := assets(ctx)
	if err != nil {
		return nil, err
	}
	if len(d.Columns) > len(all.ids)/worthLoading+64 {
		return nil, nil //nolint:nilnil // asks for a load
	}
	c := &ColumnTags{of: maps.Clone(before.of), bytes: before.bytes}
	return c, c.read(ctx, m, s, d.Version, d.Columns)
}

// read takes in the tags of the columns of some assets.
func (c *ColumnTags) read(ctx context.Context, m *Model, s schemaKey, version int64, ids []catalog.AssetID) error {
	for some := range slices.Chunk(ids, configBatch) {
		if err := ctx.Err(); err != nil {
			return err
		}
		columns, err := m.store.ColumnsAt(ctx, s.ws, s.schema, version, some)
		if err != nil {
			return err
		}
		for _, id := range some {
			c.set(id, columns[id])
		}
	}
	return nil
}

func (c *ColumnTags) set(id catalog.AssetID, columns []catalog.Column) {
	c.bytes -= tagsSize(c.of[id])
	delete(c.of, id)
	var tags []string
	for i := range columns {
		if columns[i].Present {
			tags = append(tags, columns[i].Tags...)
		}
	}
	if len(tags) == 0 {
		return
	}
	slices.Sort(tags)
	c.of[id] = slices.Compact(tags)
	c.bytes += tagsSize(c.of[id])
}

func tagsSize(tags []string) int64 {
	if tags == nil {
		return 0
	}
	size := int64(64)
	for _, tag := range tags {
		size += int64(len(tag)) + 16
	}
	return size
}

// assets returns the assets that have a column with a tag.
func (c *ColumnTags) assets(tag string) map[catalog.AssetID]bool {
	out := map[catalog.AssetID]bool{}
	for id, tags := range c.of {
		if _, ok := slices.BinarySearch(tags, tag); ok {
			out[id] = true
		}
	}
	return out
}

// columnTagWarning returns the warning about a tag that no column has, with the tags that are near it.
func (v *View) columnTagWarning(ctx context.Context, tag string) ([]catalog.Warning, error) {
	part, err := v.m.part(ctx, v.schemaKey(), columnTagsPart, v.Version)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, tags := range part.(*ColumnTags).of {
		for _, t := range tags {
			known[t] = true
		}
	}
	if known[tag] {
		return nil, nil
	}
	message := withNear(fmt.Sprintf("column_tag: no column has %q", tag), tag, maps.Keys(known))
	return []catalog.Warning{{Code: catalog.WarningNoMatch, Field: "column_tag", Message: message}}, nil
}
