package readmodel

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sync/errgroup"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Columns is the column lineage of a version.
type Columns struct {
	assets   *Assets
	graph    *lineage.ColumnGraph
	readings map[catalog.AssetID]Reading
	issues   map[catalog.AssetID][]lineage.Issue // of models whose code has some
}

// Reading sums up how the code of a model was read.
type Reading struct {
	Status                           lineage.Status
	Outputs, Resolved, Edges, Issues int
}

func readingOf(b *lineage.Block) Reading {
	return Reading{b.Status, b.Named(), b.Resolved(), b.EdgeCount(), len(b.Issues)}
}

// Bytes that a column, an edge and a reading take, with the indexes by them.
const (
	columnBytes  = int64(unsafe.Sizeof(lineage.GraphColumn{})) + 16 + 8
	edgeBytes    = int64(unsafe.Sizeof(lineage.ColumnEdge{})) + 4
	readingBytes = 96
	issueBytes   = int64(unsafe.Sizeof(lineage.Issue{})) + 80 // with its texts
)

func (c *Columns) size() int64 {
	n := int64(c.graph.Len())*columnBytes + int64(c.graph.Edges())*edgeBytes + int64(len(c.readings))*readingBytes
	for _, issues := range c.issues {
		n += int64(len(issues))*issueBytes + readingBytes
	}
	return n
}

func (m *Model) columns(ctx context.Context, s schemaKey, version int64) (*Columns, error) {
	part, err := m.part(ctx, s, columnsPart, version)
	if err != nil {
		return nil, err
	}
	return part.(*Columns), nil
}

func loadColumns(ctx context.Context, m *Model, s schemaKey, version int64) (part sized, err error) {
	assets, err := m.assets(ctx, s, version)
	if err != nil {
		return nil, err
	}
	err = m.cache.work(ctx, func() error {
		var rows []store.ColumnEdgeBlock
		if version > 0 {
			if rows, err = m.store.ColumnBlocks(ctx, s.ws, s.schema, version, nil); err != nil {
				return err
			}
		}
		part, err = newColumns(ctx, assets, rows)
		return err
	})
	if err != nil {
		return nil, err
	}
	return part, nil
}

// decodeBatch is how many blocks are decoded at a time: all of them would take more
// room than the graph.
const decodeBatch = 256

// bytesPerColumn is somewhat less than what a column takes in a block.
const bytesPerColumn = 28

// newColumns decodes the blocks as the graph goes through them: first for their
// outputs, then in full.
func newColumns(ctx context.Context, assets *Assets, rows []store.ColumnEdgeBlock) (*Columns, error) {
	c := &Columns{assets: assets, readings: make(map[catalog.AssetID]Reading, len(rows)), issues: map[catalog.AssetID][]lineage.Issue{}}
	var fault error
	decoded := func(decode func([]byte) (*lineage.Block, error), take func(lineage.TableBlock)) iter.Seq[lineage.TableBlock] {
		return func(yield func(lineage.TableBlock) bool) {
			if fault != nil {
				return
			}
			for batch := range slices.Chunk(rows, decodeBatch) {
				blocks, err := decodeBlocks(ctx, batch, decode)
				if err != nil {
					fault = err
					return
				}
				for _, block := range blocks {
					take(block)
					if !yield(block) {
						return
					}
				}
			}
		}
	}
	options := assets.graphOptions()
	for _, row := range rows {
		options.Columns += len(row.Block) / bytesPerColumn
	}
	c.graph = lineage.JoinColumnGraph(decoded(lineage.DecodeOutputs, func(lineage.TableBlock) {}), decoded(lineage.Decode, c.take), options)
	return c, fault
}

// take notes how the code of a model was read.
func (c *Columns) take(b lineage.TableBlock) {
	c.readings[catalog.AssetID(b.Table)] = readingOf(b.Block)
	if len(b.Block.Issues) > 0 {
		c.issues[catalog.AssetID(b.Table)] = b.Block.Issues
	}
}

// decodeBlocks decodes blocks on all processors.
func decodeBlocks(ctx context.Context, rows []store.ColumnEdgeBlock, decode func([]byte) (*lineage.Block, error)) ([]lineage.TableBlock, error) {
	out := make([]lineage.TableBlock, len(rows))
	var group errgroup.Group
	workers := min(runtime.GOMAXPROCS(0), 1+len(rows)/64)
	for k := range workers {
		group.Go(func() error {
			for i := k; i < len(rows); i += workers {
				block, err := decode(rows[i].Block)
				if err != nil {
					return fmt.Errorf("asset %d: %w", rows[i].Asset, err)
				}
				out[i] = lineage.TableBlock{Table: int64(rows[i].Asset), Block: block}
			}
			return ctx.Err()
		})
	}
	return out, group.Wait()
}

func nextColumns(ctx context.Context, m *Model, s schemaKey, old sized, d catalog.VersionDelta, assetsOf assetsOf) (sized, error) {
	before := old.(*Columns)
	assets, err := assetsOf(ctx)
	if err != nil {
		return nil, err
	}
	changed := before.changed(d, assets)
	if len(changed) == 0 && maps.Equal(assets.relation, before.assets.relation) {
		return &Columns{assets: assets, graph: before.graph, readings: before.readings, issues: before.issues}, nil
	}
	c := &Columns{assets: assets, readings: maps.Clone(before.readings), issues: maps.Clone(before.issues)}
	for _, id := range d.ColumnEdges {
		delete(c.readings, id)
		delete(c.issues, id)
	}
	blocks := func(tables []int64) ([]lineage.TableBlock, error) {
		ids := make([]catalog.AssetID, len(tables))
		for i, table := range tables {
			ids[i] = catalog.AssetID(table)
		}
		rows, err := m.store.ColumnBlocks(ctx, s.ws, s.schema, d.Version, ids)
		if err != nil {
			return nil, err
		}
		out, err := decodeBlocks(ctx, rows, lineage.Decode)
		if err != nil {
			return nil, err
		}
		for _, block := range out {
			c.take(block)
		}
		return out, nil
	}
	if c.graph, err = before.graph.Next(changed, blocks, assets.graphOptions()); err != nil {
		return nil, err
	}
	if c.graph != nil {
		return c, nil
	}
	rows, err := m.store.ColumnBlocks(ctx, s.ws, s.schema, d.Version, nil)
	if err != nil {
		return nil, err
	}
	return newColumns(ctx, assets, rows)
}

// changed lists the tables that have another block, and those whose columns fold
// another way: they came, went or moved to another platform.
func (c *Columns) changed(d catalog.VersionDelta, assets *Assets) []int64 {
	var changed []int64
	for _, id := range d.ColumnEdges {
		changed = append(changed, int64(id))
	}
	for _, id := range d.Assets {
		if c.assets.platform(id) != assets.platform(id) {
			changed = append(changed, int64(id))
		}
	}
	slices.Sort(changed)
	return slices.Compact(changed)
}

// platform is that of a present table; "-" where names are not folded.
func (a *Assets) platform(id catalog.AssetID) string {
	n, ok := a.number(id)
	if !ok {
		return "-"
	}
	return a.present[n].Relation.Platform
}

func (a *Assets) graphOptions() lineage.GraphOptions {
	return lineage.GraphOptions{
		// Tables that came after the code that reads them.
		Find: func(key string) int64 { return int64(a.relation[key]) },
		Fold: a.foldColumn,
	}
}

func (a *Assets) foldColumn(table int64, name string) string {
	n, ok := a.number(catalog.AssetID(table))
	if !ok {
		return name
	}
	return catalog.FoldColumn(a.present[n].Relation.Platform, name)
}

// find returns the number of a table's column; false if lineage has none of that
// name.
func (c *Columns) find(id catalog.AssetID, name string) (int32, bool) {
	return c.graph.Find(int64(id), name, func(n string) string { return c.assets.foldColumn(int64(id), n) })
}
