package mcp

import (
	"context"
	"errors"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

type columnLineageInput struct {
	assetArg
	Column     string `json:"column"`
	Direction  string `json:"direction,omitempty" jsonschema:"upstream, downstream or both (default)"`
	Depth      int    `json:"depth,omitempty" jsonschema:"steps at most; default: all"`
	Kinds      string `json:"kinds,omitempty" jsonschema:"follow only edges of these kinds, separated by commas; value: how values are made, indirect: what they depend on"`
	Confidence string `json:"confidence,omitempty" jsonschema:"least confidence: schema, single_source, inferred or ambiguous (default)"`
	atArg
	paged
}

type columnNodeRow struct {
	Asset      string          `json:"asset"`
	Column     string          `json:"column"`
	Direction  string          `json:"direction"`
	Depth      int             `json:"depth"`
	From       []columnEdgeRow `json:"from,omitempty"`
	Expression *foreign        `json:"expression,omitempty"`
	Masked     bool            `json:"masked,omitempty"`
	Incomplete bool            `json:"incomplete,omitempty"` // something in the expression could not be resolved
}

type columnEdgeRow struct {
	Asset      string   `json:"asset"`
	Column     string   `json:"column"`
	Kinds      []string `json:"kinds"`
	Confidence string   `json:"confidence"`
}

// conditionRow is a column that decides which rows a table has.
type conditionRow struct {
	Asset      string   `json:"asset"`
	Column     string   `json:"column"`
	Kinds      []string `json:"kinds"` // join, filter, group …
	Confidence string   `json:"confidence"`
	RowsOf     string   `json:"rows_of"`
}

// columnsList is the list of columns in an answer.
const columnsList = "columns"

func getColumnLineage(ctx context.Context, c *caller, in *columnLineageInput, from *positions) (*answer, error) {
	walk, err := walkOf(in.Kinds, in.Confidence)
	if err != nil {
		return nil, err
	}
	if err := oneOf("direction", in.Direction, "upstream", "downstream", "both"); err != nil {
		return nil, err
	}
	depth, err := depthOf(in.Depth)
	if err != nil {
		return nil, err
	}
	f, err := c.asset(ctx, in.assetArg, in.At, from)
	if err != nil {
		return nil, err
	}
	part, err := f.view.ColumnLineage(ctx, &f.Asset, in.Column, readmodel.ColumnQuery{
		Walk: walk, Upstream: in.Direction != "downstream", Downstream: in.Direction != "upstream", Depth: depth, Limit: mostColumns,
	})
	if err != nil {
		return nil, missingColumn(ctx, f, err, in.Column)
	}
	a := answerAbout(f)
	a.set("column", short(part.Nodes[0].Name))
	if part.Truncated {
		a.note("Only the nearest %d of %d columns can be paged through; depth, direction and kinds ask for less.", len(part.Nodes), part.Total)
	}
	if err := f.view.Expressions(ctx, pageOf(from, part.Nodes)); err != nil {
		return nil, err
	}
	if err := a.columnNodes(from, part); err != nil {
		return nil, err
	}
	return a, a.memory(from, "row_conditions", len(part.Rows), func(i int) any {
		r := part.Rows[i]
		return conditionRow{Asset: nodeName(&r.Node), Column: short(r.Node.Name), Kinds: r.Kinds.Names(), Confidence: r.Confidence.String(), RowsOf: cardName(r.Asset)}
	})
}

// pageOf returns the columns that an answer has room for: only their expressions are read.
func pageOf(from *positions, nodes []readmodel.ColumnNode) []readmodel.ColumnNode {
	const most = 400
	start, ok, err := from.numbered(columnsList)
	if err != nil || !ok {
		return nil
	}
	start = min(start, len(nodes))
	return nodes[start:min(start+most, len(nodes))]
}

// mostColumns is how many columns in each direction are paged through.
const mostColumns = 2000

// columnNodes adds the columns of a graph with what they are made of.
func (a *answer) columnNodes(from *positions, part *readmodel.ColumnLineage) error {
	nodes := make(map[string]*readmodel.ColumnNode, len(part.Nodes))
	for i := range part.Nodes {
		nodes[part.Nodes[i].Label()] = &part.Nodes[i]
	}
	edges := map[string][]columnEdgeRow{}
	for _, e := range part.Edges {
		if n := nodes[e.From]; n != nil {
			edges[e.To] = append(edges[e.To], columnEdgeRow{Asset: nodeName(n), Column: short(n.Name), Kinds: e.Kinds.Names(), Confidence: e.Confidence.String()})
		}
	}
	return a.memory(from, columnsList, len(part.Nodes), func(i int) any {
		n := &part.Nodes[i]
		const most = 20
		into := edges[n.Label()]
		return columnNodeRow{
			Asset: nodeName(n), Column: short(n.Name), Direction: n.Direction, Depth: n.Depth, From: into[:min(len(into), most)],
			Expression: foreignText(n.Expression, "compiled SQL", shortText), Masked: n.Masked, Incomplete: n.Incomplete(),
		}
	})
}

// nodeName is what the asset of a column is called; a relation outside the schema has the name that the SQL gives it.
func nodeName(n *readmodel.ColumnNode) string {
	if n.Asset == nil {
		return short(n.Relation)
	}
	return cardName(n.Asset)
}

// walkOf reads which column edges to follow.
func walkOf(kinds, confidence string) (lineage.WalkOptions, error) {
	k, err := lineage.ParseKinds(kinds)
	if err != nil {
		return lineage.WalkOptions{}, httpserver.InvalidParameter("kinds", "%v", err)
	}
	least, err := lineage.ParseConfidence(confidence)
	if err != nil {
		return lineage.WalkOptions{}, httpserver.InvalidParameter("confidence", "%v", err)
	}
	return lineage.WalkOptions{Kinds: k, Least: least}, nil
}

// missingColumn names the column, and similar ones, in the error that means that an asset has none of that name.
func missingColumn(ctx context.Context, f found, err error, name string) error {
	if !errors.Is(err, catalog.ErrNotFound) {
		return err
	}
	columns, listErr := f.view.Columns(ctx, f.ID)
	if listErr != nil {
		return listErr
	}
	names := make([]string, len(columns))
	for i := range columns {
		names[i] = columns[i].Name
	}
	return httpserver.MissingOf(err, "column", name, slices.Values(names))
}
