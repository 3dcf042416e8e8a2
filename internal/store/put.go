package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// PutFacets writes facets under their keys (FacetKey).
func (w *Write) PutFacets(ctx context.Context, facets []catalog.Facet) error {
	facets = last(facets, func(f catalog.Facet) FacetKey { return keyOf(f).identity() })
	return chunks(facets, chunkRows, func(facets []catalog.Facet) error {
		bodies, err := splitBodies(ctx, w, facets, func(f *catalog.Facet) any { return &f.Body })
		if err != nil {
			return fmt.Errorf("facets: %w", err)
		}
		keys, rows := make([]any, len(facets)), make([][]any, len(facets))
		for i := range facets {
			f := &facets[i]
			key := keyOf(*f).hash()
			keys[i] = key
			rows[i] = w.row(key, int64(f.Asset), string(f.Origin), string(f.Source), f.UniqueID, int64(f.Project), f.Hash[:],
				string(f.Cause.Kind), f.Cause.ID, micros(f.At), f.Tie[:],
				string(f.Withdrawn.Cause.Kind), f.Withdrawn.Cause.ID, micros(f.Withdrawn.At), bodies[i])
		}
		return w.replace(ctx, facetTable, keys, rows)
	})
}

// PutTests writes tests under their ids.
func (w *Write) PutTests(ctx context.Context, tests []catalog.Test) error {
	tests = last(tests, func(t catalog.Test) catalog.TestID { return t.ID })
	return chunks(tests, chunkRows, func(tests []catalog.Test) error {
		bodies, err := encodeAll(ctx, tests, func(e *encoder, t catalog.Test) ([]byte, error) { return e.body(t.Body) })
		if err != nil {
			return fmt.Errorf("tests: %w", err)
		}
		keys, rows := make([]any, len(tests)), make([][]any, len(tests))
		for i := range tests {
			t := &tests[i]
			keys[i] = int64(t.ID)
			rows[i] = w.row(int64(t.ID), int64(t.Project), int64(t.Asset), t.UniqueID, t.Hash[:], bodies[i])
		}
		return w.replace(ctx, testTable, keys, rows)
	})
}

// CloseTests ends tests.
func (w *Write) CloseTests(ctx context.Context, ids []catalog.TestID) error {
	return chunks(ids, chunkRows, func(ids []catalog.TestID) error {
		return w.replace(ctx, testTable, anys(int64s(ids)), nil)
	})
}

func anys(ids []int64) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}

// edgeKey is the identity of an edge: all but confidence and source.
func edgeKey(e catalog.Edge) catalog.Hash {
	b := make([]byte, 0, 64+len(e.FromNode))
	for _, n := range []int64{int64(e.Project), int64(e.From), int64(e.To)} {
		b = binary.AppendVarint(b, n)
	}
	b = append(append(append(b, e.Type...), 0), e.FromNode...)
	return catalog.HashOf(b)
}

// keyedEdge is an edge with its key, sorted by it: rows are then added at the
// end of the index.
type keyedEdge struct {
	key  catalog.Hash
	edge *catalog.Edge
}

func keyedEdges(edges []catalog.Edge) []keyedEdge {
	out := make([]keyedEdge, len(edges))
	for i := range edges {
		out[i] = keyedEdge{edgeKey(edges[i]), &edges[i]}
	}
	slices.SortFunc(out, func(a, b keyedEdge) int { return bytes.Compare(a.key[:], b.key[:]) })
	return slices.CompactFunc(out, func(a, b keyedEdge) bool { return a.key == b.key })
}

// edgeChunk edges go in one transaction: another writer then waits for some
// hundredths of a second.
const edgeChunk = 4096

// PutEdges writes edges; their identity is all but Confidence and Source.
func (w *Write) PutEdges(ctx context.Context, edges []catalog.Edge) error {
	return chunks(keyedEdges(edges), edgeChunk, func(edges []keyedEdge) error {
		keys, rows := make([]any, len(edges)), make([][]any, len(edges))
		for i, k := range edges {
			e := k.edge
			keys[i] = k.key
			rows[i] = w.row(k.key, int64(e.Project), int64(e.From), int64(e.To), string(e.Type), e.FromNode, e.Confidence, e.Source)
			w.wrote.edgesInto = append(w.wrote.edgesInto, e.To)
		}
		return w.replace(ctx, edgeTable, keys, rows)
	})
}

// CloseEdges ends edges.
func (w *Write) CloseEdges(ctx context.Context, edges []catalog.Edge) error {
	return chunks(keyedEdges(edges), edgeChunk, func(edges []keyedEdge) error {
		keys := make([]any, len(edges))
		for i, k := range edges {
			keys[i] = k.key
			w.wrote.edgesInto = append(w.wrote.edgesInto, k.edge.To)
		}
		return w.replace(ctx, edgeTable, keys, nil)
	})
}

// PutColumnEdges writes the blocks under their assets.
func (w *Write) PutColumnEdges(ctx context.Context, blocks []ColumnEdgeBlock) error {
	blocks = last(blocks, func(b ColumnEdgeBlock) catalog.AssetID { return b.Asset })
	return chunks(blocks, chunkRows, func(blocks []ColumnEdgeBlock) error {
		bodies, err := encodeAll(ctx, blocks, func(e *encoder, b ColumnEdgeBlock) ([]byte, error) { return e.text(string(b.Block)), nil })
		if err != nil {
			return fmt.Errorf("column edges: %w", err)
		}
		keys, rows := make([]any, len(blocks)), make([][]any, len(blocks))
		for i := range blocks {
			b := &blocks[i]
			keys[i] = int64(b.Asset)
			rows[i] = w.row(int64(b.Asset), b.Hash[:], bodies[i])
		}
		return w.replace(ctx, columnEdgesTable, keys, rows)
	})
}

// KeyColumnEdges sets another hash on current blocks. The hash is only of what a
// block was made of, so this makes no version; Block is ignored.
func (w *Write) KeyColumnEdges(ctx context.Context, blocks []ColumnEdgeBlock) error {
	return chunks(blocks, chunkRows, func(blocks []ColumnEdgeBlock) error {
		return w.s.tx(ctx, func(tx Tx) error {
			if err := tx.fence(ctx, w.lease); err != nil {
				return err
			}
			for _, b := range blocks {
				if _, err := tx.exec(ctx, `UPDATE column_edges SET hash = ? WHERE ws = ? AND schema_id = ? AND asset = ? AND valid_to = ?`,
					b.Hash[:], w.lease.WS, int64(w.lease.Schema), int64(b.Asset), catalog.Open); err != nil {
					return fmt.Errorf("keys of column edges: %w", err)
				}
			}
			return nil
		})
	})
}

// CloseColumnEdges ends the blocks of the assets.
func (w *Write) CloseColumnEdges(ctx context.Context, ids []catalog.AssetID) error {
	return chunks(ids, chunkRows, func(ids []catalog.AssetID) error {
		return w.replace(ctx, columnEdgesTable, anys(int64s(ids)), nil)
	})
}

// last drops all but the last value of each key and keeps the order: a
// statement may write a row only once.
func last[T any, K comparable](values []T, key func(T) K) []T {
	at := make(map[K]int, len(values))
	for i, v := range values {
		at[key(v)] = i
	}
	if len(at) == len(values) {
		return values
	}
	out := make([]T, 0, len(at))
	for i, v := range values {
		if at[key(v)] == i {
			out = append(out, v)
		}
	}
	return out
}
