package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// ColumnLineage is the part of the graph of columns around one column.
type ColumnLineage struct {
	Data ColumnLineageData `json:"data"`
	Meta LineageMeta       `json:"meta"`
}

// ColumnLineageData holds columns, the nearest first, the edges between them,
// and what decides rows.
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
	Incomplete bool                      `json:"incomplete" doc:"Something in its expression could not be resolved"`
	Span       httpserver.Nullable[Span] `json:"span" doc:"Its expression in the compiled code; null if no code produces it"`
	Expression *string                   `json:"expression" doc:"The expression itself, with expressions=true"`
}

// Span is a range of bytes in compiled code.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// ColumnEdge says that one column depends on another.
type ColumnEdge struct {
	From       string   `json:"from"`
	To         string   `json:"to"`
	Kinds      []string `json:"kinds" nullable:"false" doc:"identity, rename, cast, transform, aggregate, window, field: how the value is computed; conditional, window_key: what it depends on"`
	Confidence string   `json:"confidence" enum:"schema,single_source,inferred,ambiguous"`
	Masked     bool     `json:"masked"`
}

// RowEdge says that a column decides which rows a table has.
type RowEdge struct {
	Column     string   `json:"column"`
	Asset      string   `json:"asset"`
	AssetName  string   `json:"asset_name"`
	Kinds      []string `json:"kinds" nullable:"false" doc:"join, filter, group, having, qualify, sort, distinct, set_operation"`
	Confidence string   `json:"confidence"`
}

// EdgeParams choose column edges.
type EdgeParams struct {
	Kinds      string `query:"kinds" maxLength:"256" doc:"Edges of at least one of these kinds, separated by commas; value and indirect select all of their group; default: all"`
	Confidence string `query:"confidence" maxLength:"32" doc:"Edges of at least this confidence: schema, single_source, inferred or ambiguous (the default)"`
}

type columnLineageInput struct {
	IDParam
	AtParam
	EdgeParams
	Name        string `path:"name" maxLength:"4096"`
	Direction   string `query:"direction" enum:"upstream,downstream,both" default:"both"`
	Depth       int    `query:"depth" minimum:"0" maximum:"1000000" default:"1000000" doc:"Maximum number of steps; unlimited by default"`
	Limit       int    `query:"limit" minimum:"1" maximum:"2000" default:"200" doc:"Maximum number of columns in each direction, nearest first"`
	Expressions bool   `query:"expressions" doc:"Include the SQL expression of every column"`
}

func (a *API) registerColumnLineage(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/columns/{name}/lineage", Scope: access.ReadCatalog, ID: "get-column-lineage", Tag: "lineage",
		Summary: "Upstream and downstream of a column, to any depth",
	}, a.getColumnLineage)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/column_lineage", Scope: access.ReadCatalog, ID: "get-model-column-lineage", Tag: "lineage",
		Summary:     "Column lineage of a model and how completely its code was read",
		Description: "Status, every column with its origins, and what could not be read, with its position in the compiled code.",
	}, a.getModelLineage)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/schemas/{id}/column_lineage", Scope: access.ReadCatalog, ID: "get-schema-column-lineage", Tag: "lineage",
		Summary: "How completely the code of a schema's models was read",
	}, a.getSchemaLineage)
}

// walkOf reads which edges to follow.
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
	f, err := a.asset(ctx, p, in.ID, in.At)
	if err != nil {
		return nil, err
	}
	st, err := a.columns.of(ctx, p.WS, f.schema.ID, f.version)
	if err != nil {
		return nil, err
	}
	out := &columnPicture{columnState: st, out: ColumnLineage{
		Data: ColumnLineageData{Nodes: []httpserver.Resource[ColumnNode]{}, Edges: []ColumnEdge{}, Rows: []RowEdge{}},
		Meta: LineageMeta{Version: f.version},
	}}
	start, traced := st.find(f.asset.ID, in.Name)
	if !traced {
		column, err := a.columnOf(ctx, p, f, in.Name)
		if err != nil {
			return nil, err
		}
		out.alone(f.asset, column.Attributes.Name)
		return httpserver.Reply(out.out), nil
	}
	walk.Depth, walk.Limit = in.Depth, in.Limit
	if in.Direction != "downstream" {
		walk.Direction = lineage.Upstream
		out.walk(start, walk, "upstream")
		out.steersOf(f.asset, walk)
	}
	if in.Direction != "upstream" {
		walk.Direction = lineage.Downstream
		out.walk(start, walk, "downstream")
		out.steeredBy(start, walk)
	}
	if in.Expressions {
		if err := a.expressions(ctx, p, f, out); err != nil {
			return nil, err
		}
	}
	return httpserver.Reply(out.out), nil
}

// columnPicture draws a part of the graph of columns.
type columnPicture struct {
	*columnState
	numbers []int32 // of the nodes
	out     ColumnLineage
}

// alone shows a column that takes part in no lineage.
func (d *columnPicture) alone(asset catalog.Asset, name string) {
	label, kind := asset.ID.Label(asset.Kind), string(asset.Kind)
	node := ColumnNode{Asset: &label, AssetName: asset.Name, Kind: &kind, Column: name, Direction: "self"}
	d.out.Data.Nodes = append(d.out.Data.Nodes, httpserver.Resource[ColumnNode]{ID: label + "." + name, Type: "column", Attributes: node})
	d.out.Meta.Nodes, d.out.Meta.TotalNodes = 1, 1
}

func (d *columnPicture) walk(start int32, o lineage.WalkOptions, direction string) {
	w := d.columns.Walk([]int32{start}, o)
	first := len(d.numbers) == 0
	for i, n := range w.Columns {
		way := direction
		if w.Depths[i] == 0 {
			if way = "self"; !first {
				continue
			}
		}
		d.numbers = append(d.numbers, n)
		d.out.Data.Nodes = append(d.out.Data.Nodes, d.node(n, way, int(w.Depths[i])))
	}
	for _, l := range w.Links {
		edge := ColumnEdge{
			From: d.columnLabel(l.From), To: d.columnLabel(l.To), Kinds: orEmpty(l.Kinds.Names()),
			Confidence: l.Confidence.String(), Masked: l.Masked,
		}
		if l.From == start && l.To == start && !first {
			continue // told already
		}
		d.out.Data.Edges = append(d.out.Data.Edges, edge)
	}
	total := w.Total
	if !first {
		total--
	}
	m := &d.out.Meta
	m.Nodes, m.Edges = len(d.numbers), len(d.out.Data.Edges)
	m.TotalNodes += total
	m.Truncated = m.Truncated || w.Total > len(w.Columns)
}

// columnLabel names a column: TBL-12.email, or the relation of a foreign one.
func (d *columnState) columnLabel(n int32) string {
	c := d.columns.Column(n)
	if at, ok := d.table(c.Table); ok {
		return d.label(at) + "." + c.Name
	}
	return c.Relation + "." + c.Name
}

func (d *columnState) node(n int32, direction string, depth int) httpserver.Resource[ColumnNode] {
	c := d.columns.Column(n)
	node := ColumnNode{
		AssetName: c.Relation, Column: c.Name, Direction: direction, Depth: depth, Masked: c.Masked, Incomplete: c.Gap, Span: httpserver.NullableOf(spanOf(c.Span)),
	}
	if at, ok := d.table(c.Table); ok {
		asset := &d.nodes[at]
		label, kind := d.label(at), string(asset.Kind)
		node.Asset, node.AssetName, node.Kind = &label, asset.Name, &kind
	}
	return httpserver.Resource[ColumnNode]{ID: d.columnLabel(n), Type: "column", Attributes: node}
}

func spanOf(s token.Span) *Span {
	if s.Len() <= 0 {
		return nil
	}
	return &Span{Start: int(s.Start), End: int(s.End)}
}

// steersOf lists what decides the rows of the table.
func (d *columnPicture) steersOf(asset catalog.Asset, o lineage.WalkOptions) {
	for _, s := range d.columns.Controls(int64(asset.ID)) {
		d.control(s, o)
	}
}

// steeredBy lists the tables whose rows the column decides.
func (d *columnPicture) steeredBy(column int32, o lineage.WalkOptions) {
	for _, s := range d.columns.ControlledBy(column) {
		d.control(s, o)
	}
}

func (d *columnPicture) control(s lineage.Control, o lineage.WalkOptions) {
	at, ok := d.table(s.Table)
	if !ok || o.Kinds != 0 && s.Kinds&o.Kinds == 0 || s.Confidence > o.Least {
		return
	}
	if len(d.out.Data.Rows) >= o.Limit {
		d.out.Meta.Truncated = true
		return
	}
	d.out.Data.Rows = append(d.out.Data.Rows, RowEdge{
		Column: d.columnLabel(s.From), Asset: d.label(at), AssetName: d.nodes[at].Name, Kinds: orEmpty(s.Kinds.Names()), Confidence: s.Confidence.String(),
	})
}

// maxExpression bounds one expression, in bytes; the code has it whole.
const maxExpression = 4096

// expressions cuts the expression of every column out of the compiled code of
// its table.
func (a *API) expressions(ctx context.Context, p access.Principal, f found, d *columnPicture) error {
	tables := map[catalog.AssetID]bool{}
	for _, n := range d.numbers {
		if c := d.columns.Column(n); c.Span.Len() > 0 {
			tables[catalog.AssetID(c.Table)] = true
		}
	}
	texts, err := a.compiled(ctx, p, f, tables)
	if err != nil {
		return err
	}
	for i, n := range d.numbers {
		c := d.columns.Column(n)
		if text := c.Span.Text(texts[catalog.AssetID(c.Table)]); text != "" {
			d.out.Data.Nodes[i].Attributes.Expression = optional(cutText(text, maxExpression))
		}
	}
	return nil
}

// compiled gives the compiled code of tables.
func (a *API) compiled(ctx context.Context, p access.Principal, f found, tables map[catalog.AssetID]bool) (map[catalog.AssetID]string, error) {
	ids := make([]catalog.AssetID, 0, len(tables))
	for id := range tables {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	assets, err := a.store.AssetsOf(ctx, p.WS, f.schema.ID, f.version, ids)
	if err != nil {
		return nil, err
	}
	var hashes []catalog.Hash
	for i := range assets {
		if assets[i].Code != nil {
			hashes = append(hashes, assets[i].Code.Compiled)
		}
	}
	texts, err := a.store.Texts(ctx, p.WS, hashes)
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

// cutText keeps at most n bytes of a text, and no half character.
func cutText(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}
