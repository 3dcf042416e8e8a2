package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Neighbours counts the direct parents and children of an asset that are present.
type Neighbours struct{ Upstream, Downstream int }

// NeighboursOf counts the neighbours of the assets at a version. A neighbour
// that two projects report counts once. A removed asset has none.
func (s *Store) NeighboursOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) (map[catalog.AssetID]Neighbours, error) {
	d := s.reader(ws)
	ends := map[edgeEnds]bool{}
	for _, near := range []string{"to_asset", "from_asset"} {
		if err := d.edgesAt(ctx, ws, schema, at, near, ids, ends); err != nil {
			return nil, fmt.Errorf("edges of %d assets of %s: %w", len(ids), schema, err)
		}
	}
	all := slices.Clone(ids)
	for e := range ends {
		all = append(all, e.from, e.to)
	}
	present, err := d.present(ctx, ws, schema, at, all)
	if err != nil {
		return nil, fmt.Errorf("neighbours of %d assets of %s: %w", len(ids), schema, err)
	}
	counts := make(map[catalog.AssetID]Neighbours, len(ids))
	for e := range ends {
		above, below := present[e.from], present[e.to]
		if above == "" || below == "" {
			continue
		}
		if below != catalog.KindOperation { // the hooks of a run are not counted as downstream of a table
			from := counts[e.from]
			from.Downstream++
			counts[e.from] = from
		}
		if above != catalog.KindOperation {
			to := counts[e.to]
			to.Upstream++
			counts[e.to] = to
		}
	}
	out := make(map[catalog.AssetID]Neighbours, len(ids))
	for _, id := range ids {
		if n := counts[id]; n != (Neighbours{}) {
			out[id] = n
		}
	}
	return out, nil
}

// edgeEnds is an edge without regard to who reports it.
type edgeEnds struct{ from, to catalog.AssetID }

// edgesAt adds the edges that begin or end at the assets. Ids of assets are of the
// whole installation, and so are the indexes of edges by them.
func (d db) edgesAt(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, near string, ids []catalog.AssetID, ends map[edgeEnds]bool) error {
	scan := func(row scanner) (none struct{}, err error) {
		var e edgeEnds
		err = row.Scan((*int64)(&e.from), (*int64)(&e.to))
		ends[e] = true
		return none, err
	}
	return inBatches(int64s(ids), func(ids []int64) error {
		marks, args := in([]any{ws, int64(schema), at, at}, ids)
		_, err := list(ctx, d, scan, `SELECT from_asset, to_asset FROM edges
			WHERE +ws = ? AND +schema_id = ? AND +valid_from <= ? AND valid_to > ? AND `+near+` IN `+marks, args...)
		return err
	})
}

// present returns the kinds of those of the assets that are present at a version.
func (d db) present(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) (map[catalog.AssetID]catalog.Kind, error) {
	present := make(map[catalog.AssetID]catalog.Kind, len(ids))
	scan := func(row scanner) (none struct{}, err error) {
		var id int64
		var kind catalog.Kind
		err = row.Scan(&id, &kind)
		present[catalog.AssetID(id)] = kind
		return none, err
	}
	err := inBatches(int64s(ids), func(ids []int64) error {
		marks, args := in([]any{ws, int64(schema), at, at}, ids)
		_, err := list(ctx, d, scan, `SELECT id, kind FROM assets
			WHERE ws = ? AND +schema_id = ? AND valid_from <= ? AND +valid_to > ? AND present = 1 AND id IN `+marks, args...)
		return err
	})
	return present, err
}

// EdgesInto returns the edges of all projects into the assets (nil = all) at a
// version, by To, From, Project, Type and FromNode. It takes the version in the
// making as well.
func (s *Store) EdgesInto(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Edge, error) {
	d := s.reader(ws)
	const edgeColumns = `SELECT project_id, from_asset, to_asset, type, from_node, confidence, source FROM edges`
	var edges []catalog.Edge
	var err error
	if ids == nil {
		edges, err = list(ctx, d, scanEdge, edgeColumns+` WHERE ws = ? AND schema_id = ? AND valid_from <= ? AND valid_to > ?`, ws, int64(schema), at, at)
	} else {
		err = inBatches(int64s(ids), func(ids []int64) error {
			marks, args := in([]any{ws, int64(schema), at, at}, ids)
			some, err := list(ctx, d, scanEdge, edgeColumns+` WHERE +ws = ? AND +schema_id = ? AND +valid_from <= ? AND valid_to > ? AND to_asset IN `+marks, args...)
			edges = append(edges, some...)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("edges of %s: %w", schema, err)
	}
	slices.SortFunc(edges, catalog.CompareEdges)
	return edges, nil
}
