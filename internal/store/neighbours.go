package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Neighbours counts the direct parents and children of an asset that are present.
type Neighbours struct{ Upstream, Downstream int }

// NeighboursOf counts the neighbours of the assets at a version. An asset that
// two projects connect with the same neighbour has it once. A removed asset has
// none.
func (s *Store) NeighboursOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) (map[catalog.AssetID]Neighbours, error) {
	d := s.reader(ws)
	counts := make(map[catalog.AssetID]Neighbours, len(ids))
	count := func(near, far string, set func(*Neighbours, int)) error {
		scan := func(row scanner) (none struct{}, err error) {
			var id catalog.AssetID
			var n int
			err = row.Scan((*int64)(&id), &n)
			c := counts[id]
			set(&c, n)
			counts[id] = c
			return none, err
		}
		return inBatches(int64s(ids), func(ids []int64) error {
			marks, args := in([]any{at, at, at, at, ws, int64(schema), at, at}, ids)
			_, err := list(ctx, d, scan, `SELECT e.`+near+`, count(DISTINCT e.`+far+`) FROM edges e
				JOIN assets f ON f.ws = e.ws AND f.id = e.`+far+` AND f.valid_from <= ? AND f.valid_to > ? AND f.present = 1
				JOIN assets n ON n.ws = e.ws AND n.id = e.`+near+` AND n.valid_from <= ? AND n.valid_to > ? AND n.present = 1
				WHERE e.ws = ? AND e.schema_id = ? AND e.valid_from <= ? AND e.valid_to > ? AND e.`+near+` IN `+marks+` GROUP BY e.`+near, args...)
			return err
		})
	}
	err := count("to_asset", "from_asset", func(n *Neighbours, c int) { n.Upstream = c })
	if err == nil {
		err = count("from_asset", "to_asset", func(n *Neighbours, c int) { n.Downstream = c })
	}
	if err != nil {
		return nil, fmt.Errorf("neighbours of %d assets of %s: %w", len(ids), schema, err)
	}
	return counts, nil
}

// EdgesInto returns the edges of all projects into the assets (nil = all) at a
// version, by To, From, Project, Type and FromNode. It takes the version in the
// making as well.
func (s *Store) EdgesInto(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]catalog.Edge, error) {
	d := s.reader(ws)
	const query = `SELECT project_id, from_asset, to_asset, type, from_node, confidence, source FROM edges
		WHERE ws = ? AND schema_id = ? AND valid_from <= ? AND valid_to > ?`
	var edges []catalog.Edge
	var err error
	if ids == nil {
		edges, err = list(ctx, d, scanEdge, query, ws, int64(schema), at, at)
	} else {
		err = inBatches(int64s(ids), func(ids []int64) error {
			marks, args := in([]any{ws, int64(schema), at, at}, ids)
			some, err := list(ctx, d, scanEdge, query+` AND to_asset IN `+marks, args...)
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
