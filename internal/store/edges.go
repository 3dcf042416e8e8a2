package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

func scanEdge(row scanner) (e catalog.Edge, err error) {
	err = row.Scan((*int64)(&e.Project), (*int64)(&e.From), (*int64)(&e.To), (*string)(&e.Type), &e.FromNode, &e.Confidence, &e.Source)
	return e, err
}

// EndedEdges returns the edges that a project had and has no longer at the served
// version, as far as versions are kept.
func (s *Store) EndedEdges(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID) ([]catalog.Edge, error) {
	d := s.reader(ws)
	at, err := d.served(ctx, ws, schema, 0)
	if err != nil {
		return nil, err
	}
	edges, err := list(ctx, d, scanEdge, `SELECT project_id, from_asset, to_asset, type, from_node, confidence, source FROM edges
		WHERE ws = ? AND schema_id = ? AND valid_to <= ? AND project_id = ?`, ws, int64(schema), at, int64(project))
	if err != nil {
		return nil, fmt.Errorf("edges that %s had: %w", project, err)
	}
	return edges, nil
}

// EdgesOf returns the edges that a project has (0 = all projects) at a
// version (0 = served), by To, From, Project, Type and FromNode.
func (s *Store) EdgesOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, project catalog.ProjectID) ([]catalog.Edge, error) {
	d := s.reader(ws)
	at, err := d.served(ctx, ws, schema, at)
	if err != nil {
		return nil, err
	}
	edges, err := list(ctx, d, scanEdge, `SELECT project_id, from_asset, to_asset, type, from_node, confidence, source FROM edges
		WHERE ws = ? AND schema_id = ? AND valid_from <= ? AND valid_to > ? AND (CAST(? AS bigint) = 0 OR project_id = ?)`,
		ws, int64(schema), at, at, int64(project), int64(project))
	if err != nil {
		return nil, fmt.Errorf("edges of %s: %w", schema, err)
	}
	slices.SortFunc(edges, catalog.CompareEdges)
	return edges, nil
}

// ColumnEdgeBlock holds the column edges into one downstream asset, in an
// encoding that only its writer and reader know.
type ColumnEdgeBlock struct {
	Asset catalog.AssetID
	Hash  catalog.Hash // of what the block was made of
	Block []byte
}

func scanColumnEdges(row scanner) (ColumnEdgeBlock, error) { return scanColumnEdgesAnd(row) }

// scanColumnEdgesAnd scans a block and more columns behind it.
func scanColumnEdgesAnd(row scanner, more ...any) (b ColumnEdgeBlock, err error) {
	var hash, body sql.RawBytes // both are copied
	if err := row.Scan(append([]any{(*int64)(&b.Asset), &hash, &body}, more...)...); err != nil {
		return b, err
	}
	b.Hash = hashOf(hash)
	b.Block, err = decodeBytes(body)
	return b, err
}

// ColumnEdgesOf returns the blocks of the assets (nil = all) at a version (0 =
// served), by asset.
func (s *Store) ColumnEdgesOf(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]ColumnEdgeBlock, error) {
	at, err := s.reader(ws).served(ctx, ws, schema, at)
	if err != nil {
		return nil, err
	}
	return s.ColumnBlocks(ctx, ws, schema, at, ids)
}

// ColumnBlocks is ColumnEdgesOf at a version that may be the one in the making.
func (s *Store) ColumnBlocks(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]ColumnEdgeBlock, error) {
	d := s.reader(ws)
	const query = `SELECT asset, hash, body FROM column_edges WHERE ws = ? AND schema_id = ? AND +valid_from <= ? AND valid_to > ?`
	var blocks []ColumnEdgeBlock
	var err error
	if ids == nil {
		blocks, err = list(ctx, d, scanColumnEdges, query, ws, int64(schema), at, at)
	} else {
		err = inBatches(int64s(ids), func(ids []int64) error {
			marks, args := in([]any{ws, int64(schema), at, at}, ids)
			some, err := list(ctx, d, scanColumnEdges, query+` AND asset IN `+marks, args...)
			blocks = append(blocks, some...)
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("column edges of %s: %w", schema, err)
	}
	slices.SortFunc(blocks, func(a, b ColumnEdgeBlock) int { return cmp.Compare(a.Asset, b.Asset) })
	return blocks, nil
}
