package readmodel

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/store"
)

// ColumnNode is a column in a graph.
type ColumnNode struct {
	lineage.GraphColumn
	Asset     *Asset // nil for a relation outside the schema
	Direction string // self, upstream or downstream
	Depth     int
	// Expression is its SQL, where it was asked for.
	Expression string
	// Open columns take part in lineage that is not known, by a star that was not expanded.
	Open bool
}

// Incomplete reports whether something around the column is not known.
func (n *ColumnNode) Incomplete() bool { return n.Gap || n.Star || n.Open }

// Label names a column: TBL-12.email, or the relation of one outside the schema.
func (n *ColumnNode) Label() string {
	if n.Asset != nil {
		return n.Asset.Label() + "." + n.Name
	}
	return n.Relation + "." + n.Name
}

// ColumnEdge is an edge between two columns, by their labels.
type ColumnEdge struct {
	lineage.ColumnEdge
	From, To string
}

// RowControl is a column that decides which rows a table has.
type RowControl struct {
	lineage.Control
	Node   ColumnNode // the column
	Column string     // its label
	Asset  *Asset     // whose rows
}

// ColumnLineage is the part of the graph of columns around one column: nodes, the
// nearest first, the edges between them, and what decides rows.
type ColumnLineage struct {
	Nodes     []ColumnNode
	Edges     []ColumnEdge
	Rows      []RowControl
	Total     int // nodes that there are
	Truncated bool

	columns *Columns
	numbers []int32 // of Nodes
}

// ColumnQuery bounds the lineage of a column; of Walk the kinds and the least
// confidence count.
type ColumnQuery struct {
	Walk                 lineage.WalkOptions
	Upstream, Downstream bool
	Depth, Limit         int // of each direction
	Expressions          bool
}

// ColumnLineage walks from a column of an asset in one or both directions. A
// column that takes part in no lineage is alone; catalog.ErrNotFound if the asset
// has no such column.
func (v *View) ColumnLineage(ctx context.Context, asset *catalog.Asset, name string, q ColumnQuery) (*ColumnLineage, error) {
	columns, err := v.m.columns(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return nil, err
	}
	out := &ColumnLineage{columns: columns}
	start, traced := columns.find(asset.ID, name)
	if !traced {
		column, err := v.Column(ctx, asset, name)
		if err != nil {
			return nil, err
		}
		own := Asset{AssetCard: &store.AssetCard{ID: asset.ID, Kind: asset.Kind, Name: asset.Name}}
		open := columns.graph.HasOpenReaders(int64(asset.ID))
		out.Nodes = []ColumnNode{{GraphColumn: lineage.GraphColumn{Name: column.Name}, Asset: &own, Direction: "self", Open: open}}
		out.Total = 1
		return out, nil
	}
	err = compute(ctx, 0, func(ctx context.Context) error {
		walk := &walker{ctx: ctx}
		out.walkFrom(start, asset.ID, q, walk.stops)
		return walk.err
	})
	if err == nil && q.Expressions {
		err = v.Expressions(ctx, out.Nodes)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// walkFrom walks the graph from a column of an asset.
func (l *ColumnLineage) walkFrom(start int32, asset catalog.AssetID, q ColumnQuery, stop func(steps int) bool) {
	walk := q.Walk
	walk.Depth, walk.Limit, walk.Stop = q.Depth, q.Limit, stop
	if q.Upstream {
		walk.Direction = lineage.Upstream
		l.walk(start, walk, "upstream")
		l.decide(l.columns.graph.Controls(int64(asset)), walk)
	}
	if q.Downstream {
		walk.Direction = lineage.Downstream
		l.walk(start, walk, "downstream")
		l.decide(l.columns.graph.ControlledBy(start), walk)
	}
}

// Column finds a column of an asset by its name, as catalog.FindColumn does; catalog.ErrNotFound
// if there is none.
func (v *View) Column(ctx context.Context, asset *catalog.Asset, name string) (catalog.Column, error) {
	columns, err := v.Columns(ctx, asset.ID)
	if err != nil {
		return catalog.Column{}, err
	}
	at := catalog.FindColumn(asset.Relation.Platform, name, len(columns), func(i int) string { return columns[i].Name })
	if at < 0 {
		return catalog.Column{}, fmt.Errorf("column %q of asset %d: %w", name, asset.ID, catalog.ErrNotFound)
	}
	return columns[at], nil
}

// walk adds what a walk in one direction meets. The column itself, which both
// walks begin with, counts once.
func (l *ColumnLineage) walk(start int32, o lineage.WalkOptions, direction string) {
	g := l.columns.graph
	w := g.Walk([]int32{start}, o)
	first := len(l.numbers) == 0
	for i, n := range w.Columns {
		way := direction
		if w.Depths[i] == 0 {
			if way = "self"; !first {
				continue
			}
		}
		l.numbers = append(l.numbers, n)
		l.Nodes = append(l.Nodes, l.columns.node(n, way, int(w.Depths[i])))
	}
	for _, edge := range w.Edges {
		if edge.From == start && edge.To == start && !first {
			continue // is there already
		}
		l.Edges = append(l.Edges, ColumnEdge{ColumnEdge: edge, From: l.columns.label(edge.From), To: l.columns.label(edge.To)})
	}
	l.Total += w.Total
	if !first {
		l.Total--
	}
	l.Truncated = l.Truncated || w.Total > len(w.Columns)
}

// decide adds columns that decide rows.
func (l *ColumnLineage) decide(controls []lineage.Control, o lineage.WalkOptions) {
	for _, s := range controls {
		at, ok := l.columns.assets.number(catalog.AssetID(s.Table))
		if !ok || o.Kinds != 0 && s.Kinds&o.Kinds == 0 || s.Confidence > o.Least {
			continue
		}
		if len(l.Rows) >= o.Limit {
			l.Truncated = true
			return
		}
		node := l.columns.node(s.From, "", 0)
		l.Rows = append(l.Rows, RowControl{Control: s, Node: node, Column: node.Label(), Asset: l.columns.assets.present[at]})
	}
}

// node describes a column by its number.
func (c *Columns) node(n int32, direction string, depth int) ColumnNode {
	node := ColumnNode{GraphColumn: c.graph.Column(n), Direction: direction, Depth: depth, Open: c.graph.IsOpen(n)}
	if at, ok := c.assets.number(catalog.AssetID(node.Table)); ok {
		node.Asset = c.assets.present[at]
	}
	return node
}

func (c *Columns) label(n int32) string {
	node := c.node(n, "", 0)
	return node.Label()
}

// maxExpression bounds one expression, in bytes; the code has it whole.
const maxExpression = 4096

// codesAtOnce is how many tables' code is in memory for the expressions of a graph.
const codesAtOnce = 32

// Expressions cuts the expression of every column out of the compiled code of its
// table.
func (v *View) Expressions(ctx context.Context, of []ColumnNode) error {
	nodes := map[catalog.AssetID][]*ColumnNode{}
	for i := range of {
		if n := &of[i]; n.Span.Len() > 0 {
			nodes[catalog.AssetID(n.Table)] = append(nodes[catalog.AssetID(n.Table)], n)
		}
	}
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(nodes)), codesAtOnce) {
		texts, err := v.compiled(ctx, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			for _, n := range nodes[id] {
				// A copy, so that it does not hold the whole code.
				n.Expression = strings.Clone(catalog.CutText(n.Span.Text(texts[id]), maxExpression))
			}
		}
	}
	return nil
}

// compiled reads the compiled code of tables.
func (v *View) compiled(ctx context.Context, ids []catalog.AssetID) (map[catalog.AssetID]string, error) {
	assets, err := v.m.store.AssetsAt(ctx, v.ws(), v.Schema.ID, v.Version, ids)
	if err != nil {
		return nil, err
	}
	var hashes []catalog.Hash
	for i := range assets {
		if assets[i].Code != nil {
			hashes = append(hashes, assets[i].Code.Compiled)
		}
	}
	texts, err := v.m.store.Texts(ctx, v.ws(), hashes)
	if err != nil {
		return nil, fmt.Errorf("code of %d tables: %w", len(hashes), err)
	}
	out := make(map[catalog.AssetID]string, len(assets))
	for i := range assets {
		if assets[i].Code != nil {
			out[assets[i].ID] = texts[assets[i].Code.Compiled]
		}
	}
	return out, nil
}

// ModelLineage is how the code of one model was read.
type ModelLineage struct {
	Block *lineage.Block // nil: no code makes it
	// Tables are the present tables that its Refs name, by Ref.Table.
	Tables map[int64]*Asset
	// Listed are the columns that the warehouse lists, Matching those of them that
	// the code makes as well; nil if it does not list them.
	Listed, Matching *int
	// Documented are the present columns that are neither listed nor made.
	Documented int
}

// ModelLineage reads the block of one model; it needs no graph.
func (v *View) ModelLineage(ctx context.Context, asset *catalog.Asset) (ModelLineage, error) {
	rows, err := v.m.store.ColumnBlocks(ctx, v.ws(), v.Schema.ID, v.Version, []catalog.AssetID{asset.ID})
	if err != nil {
		return ModelLineage{}, err
	}
	out := ModelLineage{Tables: map[int64]*Asset{}}
	if len(rows) == 0 {
		columns, err := v.Columns(ctx, asset.ID)
		out.compare(asset, columns)
		return out, err
	}
	if out.Block, err = lineage.Decode(rows[0].Block); err != nil {
		return out, err
	}
	ids := make([]catalog.AssetID, 0, len(out.Block.Refs)) // never nil, which means all
	for _, r := range out.Block.Refs {
		if r.Table != 0 {
			ids = append(ids, catalog.AssetID(r.Table))
		}
	}
	cards, err := v.m.store.AssetCards(ctx, v.ws(), v.Schema.ID, v.Version, ids)
	if err != nil {
		return out, err
	}
	for _, a := range assetsFrom(cards) {
		if a.Present {
			out.Tables[int64(a.ID)] = a
		}
	}
	columns, err := v.Columns(ctx, asset.ID)
	out.compare(asset, columns)
	return out, err
}

// ColumnUses lists the columns of a table that something uses directly.
func (v *View) ColumnUses(ctx context.Context, table catalog.AssetID) ([]lineage.ColumnUse, error) {
	columns, err := v.m.columns(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return nil, err
	}
	return columns.graph.Uses(int64(table)), nil
}

// compare counts how far the code's columns are those that the warehouse lists.
func (l *ModelLineage) compare(asset *catalog.Asset, columns []catalog.Column) {
	fold := func(name string) string { return catalog.FoldColumn(asset.Relation.Platform, name) }
	made := map[string]bool{}
	if l.Block != nil {
		for i := range l.Block.Outputs {
			made[fold(l.Block.Outputs[i].Name)] = true
		}
	}
	listed, matching := 0, 0
	for i := range columns {
		switch c := &columns[i]; {
		case !c.Present:
		case asset.Listed && !c.DocumentedOnly:
			listed++
			if made[fold(c.Name)] {
				matching++
			}
		case asset.Listed || !made[fold(c.Name)]:
			l.Documented++
		}
	}
	if asset.Listed {
		l.Listed, l.Matching = &listed, &matching
	}
}

// Readings lists how the code of every model was read, in no order.
func (v *View) Readings(ctx context.Context) ([]Reading, error) {
	columns, err := v.m.columns(ctx, v.schemaKey(), v.Version)
	if err != nil {
		return nil, err
	}
	return slices.Collect(maps.Values(columns.readings)), nil
}
