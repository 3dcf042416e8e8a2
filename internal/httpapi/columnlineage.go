package httpapi

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// ColumnLineage is the part of the column graph around a column.
type ColumnLineage struct {
	Data ColumnLineageData `json:"data"`
	Meta LineageMeta       `json:"meta"`
}

// ColumnLineageData has columns, nearest first, the edges between them, and the columns that decide rows.
type ColumnLineageData struct {
	Nodes []httpserver.Resource[ColumnNode] `json:"nodes" nullable:"false"`
	Edges []ColumnEdge                      `json:"edges" nullable:"false"`
	Rows  []RowEdge                         `json:"rows" nullable:"false" doc:"Columns that decide which rows the table has (upstream), and tables whose rows depend on the column (downstream)"`
}

// ColumnNode is a column in a graph.
type ColumnNode struct {
	Asset      *string                   `json:"asset" doc:"null for a relation that is not one of the schema's tables"`
	AssetName  string                    `json:"asset_name" doc:"For a foreign relation, its name in the SQL"`
	Kind       *string                   `json:"kind" doc:"Of the asset"`
	Column     string                    `json:"column" doc:"* if the columns are unknown"`
	Direction  string                    `json:"direction" enum:"self,upstream,downstream"`
	Depth      int                       `json:"depth" doc:"Steps from the requested column"`
	Masked     bool                      `json:"masked" doc:"Every value passed through a hash or mask function"`
	Incomplete bool                      `json:"incomplete" doc:"Something in its expression could not be resolved, it represents columns whose names are not known, or it may be one of those"`
	Span       httpserver.Nullable[Span] `json:"span" doc:"Its expression in the compiled code; null if no code produces it"`
	Expression *string                   `json:"expression" doc:"The expression itself, with expressions=true"`
}

// Span is a range of bytes in compiled code.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// ColumnEdge means that one column depends on another.
type ColumnEdge struct {
	From       string   `json:"from"`
	To         string   `json:"to"`
	Kinds      []string `json:"kinds" nullable:"false" doc:"identity, rename, cast, transform, aggregate, window, field: how the value is computed; conditional, window_key: what it depends on"`
	Confidence string   `json:"confidence" enum:"schema,single_source,inferred,ambiguous"`
	Masked     bool     `json:"masked"`
}

// RowEdge means that a column decides which rows a table has.
type RowEdge struct {
	Column     string   `json:"column"`
	Asset      string   `json:"asset"`
	AssetName  string   `json:"asset_name"`
	Kinds      []string `json:"kinds" nullable:"false" doc:"join, filter, group, having, qualify, sort, distinct, set_operation"`
	Confidence string   `json:"confidence"`
}

// EdgeParams select column edges.
type EdgeParams struct {
	Kinds      string `query:"kinds" maxLength:"256" doc:"Edges of at least one of these kinds, separated by commas; value and indirect select all of their group; default: all"`
	Confidence string `query:"confidence" maxLength:"32" doc:"Edges of at least this confidence: schema, single_source, inferred or ambiguous (the default)"`
}

type columnLineageInput struct {
	AssetParam
	AtParam
	EdgeParams
	Name        string `path:"name" maxLength:"4096" example:"order_id"`
	Direction   string `query:"direction" enum:"upstream,downstream,both" default:"both"`
	Depth       int    `query:"depth" minimum:"0" maximum:"1000000" default:"1000000" doc:"Maximum number of steps; unlimited by default"`
	Limit       int    `query:"limit" minimum:"1" maximum:"2000" default:"200" doc:"Maximum number of columns in each direction, nearest first"`
	Expressions bool   `query:"expressions" doc:"Include the SQL expression of every column"`
}

func (a *API) registerColumnLineage(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/columns/{name}/lineage", Scope: access.ReadCatalog, ID: "get-column-lineage", Bulky: true, Tag: "lineage",
		Summary: "Upstream and downstream of a column, to any depth", Description: "Columns from which the column derives and those that derive from it, nearest first, with kinds and confidence of each edge, and the columns that decide which rows there are.",
	}, a.getColumnLineage)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/column_lineage", Scope: access.ReadCatalog, ID: "get-model-column-lineage", Bulky: true, Tag: "lineage",
		Summary:     "Column lineage of a model and how completely its code was read",
		Description: "Status, every column with its origins, and what could not be read, with its position in the compiled code.",
	}, a.getModelLineage)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/schemas/{id}/column_lineage", Scope: access.ReadCatalog, ID: "get-schema-column-lineage", Tag: "lineage",
		Summary: "How completely the code of a schema's models was read", Description: "Numbers of models by status of reading, and those that were not read completely.",
	}, a.getSchemaLineage)
}

// walkOf returns which edges to follow.
func (e EdgeParams) walkOf() (lineage.WalkOptions, error) {
	kinds, err := lineage.ParseKinds(e.Kinds)
	if err != nil {
		return lineage.WalkOptions{}, httpserver.InvalidParameter("kinds", "%v", err)
	}
	least, err := lineage.ParseConfidence(e.Confidence)
	if err != nil {
		return lineage.WalkOptions{}, httpserver.InvalidParameter("confidence", "%v", err)
	}
	return lineage.WalkOptions{Kinds: kinds, Least: least}, nil
}

func (a *API) getColumnLineage(ctx context.Context, p access.Principal, in *columnLineageInput) (*httpserver.Body[ColumnLineage], error) {
	walk, err := in.walkOf()
	if err != nil {
		return nil, err
	}
	f, err := a.asset(ctx, p, in.ref(), in.At)
	if err != nil {
		return nil, err
	}
	part, err := f.view.ColumnLineage(ctx, &f.asset, in.Name, readmodel.ColumnQuery{
		Walk: walk, Upstream: in.Direction != "downstream", Downstream: in.Direction != "upstream",
		Depth: in.Depth, Limit: in.Limit, Expressions: in.Expressions,
	})
	if err != nil {
		return nil, missingColumn(ctx, f, err, "name", in.Name)
	}
	return httpserver.Reply(columnLineageOf(part, f.version)), nil
}

func columnLineageOf(part *readmodel.ColumnLineage, version int64) ColumnLineage {
	out := ColumnLineage{
		Data: ColumnLineageData{Nodes: []httpserver.Resource[ColumnNode]{}, Edges: []ColumnEdge{}, Rows: []RowEdge{}},
		Meta: LineageMeta{
			Nodes: len(part.Nodes), TotalNodes: part.Total, Edges: len(part.Edges), Truncated: part.Truncated, Version: version,
		},
	}
	for i := range part.Nodes {
		out.Data.Nodes = append(out.Data.Nodes, columnNode(&part.Nodes[i]))
	}
	for _, l := range part.Edges {
		out.Data.Edges = append(out.Data.Edges, ColumnEdge{
			From: l.From, To: l.To, Kinds: orEmpty(l.Kinds.Names()), Confidence: l.Confidence.String(), Masked: l.Masked,
		})
	}
	for _, r := range part.Rows {
		out.Data.Rows = append(out.Data.Rows, RowEdge{
			Column: r.Column, Asset: r.Asset.Label(), AssetName: r.Asset.Name, Kinds: orEmpty(r.Kinds.Names()), Confidence: r.Confidence.String(),
		})
	}
	return out
}

func columnNode(n *readmodel.ColumnNode) httpserver.Resource[ColumnNode] {
	node := ColumnNode{
		AssetName: n.Relation, Column: n.Name, Direction: n.Direction, Depth: n.Depth, Masked: n.Masked, Incomplete: n.Incomplete(),
		Span: httpserver.NullableOf(spanOf(n.Span)), Expression: optional(n.Expression),
	}
	if n.Asset != nil {
		label, kind := n.Asset.Label(), string(n.Asset.Kind)
		node.Asset, node.AssetName, node.Kind = &label, n.Asset.Name, &kind
	}
	return httpserver.Resource[ColumnNode]{ID: n.Label(), Type: "column", Attributes: node}
}

func spanOf(s token.Span) *Span {
	if s.Len() <= 0 {
		return nil
	}
	return &Span{Start: int(s.Start), End: int(s.End)}
}
