package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// written collects the keys of what a save wrote or ended, in the order of the
// calls and with repeats.
type written struct {
	save        int64 // VersionDelta.Save
	assets      []catalog.AssetID
	columns     []catalog.AssetID
	edgesInto   []catalog.AssetID
	columnEdges []catalog.AssetID
	tests       []catalog.TestID
}

func (d *written) note(t versionedTable, ids []any) {
	switch t.name {
	case assetTable.name:
		d.assets = appendIDs(d.assets, ids)
	case columnTable.name:
		d.columns = appendIDs(d.columns, ids)
	case columnEdgesTable.name:
		d.columnEdges = appendIDs(d.columnEdges, ids)
	case testTable.name:
		d.tests = appendIDs(d.tests, ids)
	}
}

func appendIDs[T ~int64](to []T, ids []any) []T {
	to = slices.Grow(to, len(ids))
	for _, id := range ids {
		if n, ok := id.(int64); ok {
			to = append(to, T(n))
		}
	}
	return to
}

// Delta returns what the save has written and ended so far. Flip stores it with
// the version. A caller that prepares readers for the version asks for it after
// its last write.
func (w *Write) Delta() catalog.VersionDelta {
	d := &w.wrote
	d.assets, d.columns = catalog.SortedIDs(d.assets), catalog.SortedIDs(d.columns)
	d.edgesInto, d.columnEdges = catalog.SortedIDs(d.edgesInto), catalog.SortedIDs(d.columnEdges)
	d.tests = catalog.SortedIDs(d.tests)
	return catalog.VersionDelta{
		Version: w.next, Save: d.save, Changes: w.changes(),
		Assets: slices.Clone(d.assets), Columns: slices.Clone(d.columns), EdgesInto: slices.Clone(d.edgesInto),
		ColumnEdges: slices.Clone(d.columnEdges), Tests: slices.Clone(d.tests),
	}
}

// changes counts what the change feed will list of the version: its rows of
// assets and those of column edges, by asset.
func (w *Write) changes() int64 {
	return w.putKeys(assetTable).unionSize(w.putKeys(columnEdgesTable))
}

// Deltas returns the deltas of the versions after from up to to, oldest first;
// catalog.ErrNotFound if one of them has none, as versions of older programs.
func (s *Store) Deltas(ctx context.Context, ws int64, schema catalog.SchemaID, from, to int64) ([]catalog.VersionDelta, error) {
	bodies, err := list(ctx, s.reader(ws), scalar[[]byte], `SELECT delta FROM versions
		WHERE ws = ? AND schema_id = ? AND number > ? AND number <= ? ORDER BY number`, ws, int64(schema), from, to)
	if err != nil {
		return nil, fmt.Errorf("deltas of %s: %w", schema, err)
	}
	deltas := make([]catalog.VersionDelta, 0, len(bodies))
	for _, body := range bodies {
		d, err := catalog.DecodeVersionDelta(body)
		if errors.Is(err, catalog.ErrUnsupported) {
			break // from another version of the program, as the missing ones
		}
		if err != nil {
			return nil, fmt.Errorf("deltas of %s: %w", schema, err)
		}
		deltas = append(deltas, d)
	}
	if int64(len(deltas)) != to-from {
		return nil, fmt.Errorf("deltas of %s after version %d: %w", schema, from, catalog.ErrNotFound)
	}
	return deltas, nil
}
