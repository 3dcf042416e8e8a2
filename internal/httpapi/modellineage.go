package httpapi

import (
	"context"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// ModelLineage is the column lineage of a model.
type ModelLineage struct {
	Status     string `json:"status" enum:"read,partial,failed,not_compiled,not_sql,no_code" doc:"read: every column and edge was found; no_code: no code produces it, such as sources and seeds"`
	Dialect    string `json:"dialect" doc:"SQL dialect in which it was read, or its language"`
	Columns    int    `json:"columns" doc:"Number of columns that its code produces"`
	Resolved   int    `json:"resolved" doc:"Those of the columns whose origins are all known"`
	Edges      int    `json:"edges"`
	Listed     *int   `json:"listed" doc:"Columns in the catalog; null if it is in no catalog"`
	Documented int    `json:"documented" doc:"Columns of the table that are neither listed nor produced, only documented or written about; columns of the asset are the listed ones, or else the produced ones, and these"`
	Matching   *int   `json:"matching" doc:"Those of the listed columns that the code also produces"`
	// Incomplete is that of any output.
	Incomplete bool           `json:"incomplete" doc:"Some columns, or origins of columns, are not known"`
	Outputs    []OutputColumn `json:"outputs" nullable:"false" doc:"In the order of the code"`
	// Unexpanded are the stars.
	Unexpanded []OutputColumn    `json:"unexpanded" nullable:"false" doc:"Stars over tables with unknown columns, each in place of an unknown number of columns"`
	Rows       []OriginColumn    `json:"rows" nullable:"false" doc:"Columns that decide which rows it has"`
	Issues     []LineageIssue    `json:"issues" nullable:"false"`
	Unknown    []ForeignRelation `json:"unknown_relations" nullable:"false" doc:"Tables that it reads and that the schema does not have"`
	// Uses are there where they were asked for.
	Uses []ColumnUse `json:"uses,omitempty" doc:"With uses=true: the columns of the table that others use, by name"`
}

// ColumnUse counts what uses a column directly.
type ColumnUse struct {
	Column  string `json:"column"`
	Columns int    `json:"columns" doc:"Columns of other tables that are made of it"`
	Tables  int    `json:"tables" doc:"Tables whose rows it decides, as by a filter or join"`
}

type modelLineageInput struct {
	AssetParam
	AtParam
	Uses bool `query:"uses" doc:"Include what uses the table's columns directly"`
}

// OutputColumn is a column that the code produces.
type OutputColumn struct {
	Name       string                    `json:"name" doc:"* for a star"`
	Masked     bool                      `json:"masked"`
	Incomplete bool                      `json:"incomplete" doc:"Something in its expression could not be resolved, or it represents columns whose names are not known"`
	Span       httpserver.Nullable[Span] `json:"span" doc:"Its expression in the compiled code"`
	From       []OriginColumn            `json:"from" nullable:"false"`
}

// OriginColumn is a column from which another one derives.
type OriginColumn struct {
	Asset      *string  `json:"asset" doc:"null if it is not one of the schema's tables"`
	AssetName  string   `json:"asset_name"`
	Column     string   `json:"column"`
	Path       *string  `json:"path" doc:"Field within the column"`
	Kinds      []string `json:"kinds" nullable:"false"`
	Confidence string   `json:"confidence"`
	Masked     bool     `json:"masked"`
}

// LineageIssue is a part of the code that could not be read.
type LineageIssue struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Line    *int   `json:"line" doc:"In the compiled code, from 1"`
	Column  *int   `json:"column" doc:"From 1"`
}

// ForeignRelation is a table outside the schema.
type ForeignRelation struct {
	Name string `json:"name" doc:"As written in the SQL"`
}

// SchemaLineage summarizes how completely the code of all models was read.
type SchemaLineage struct {
	Models   int            `json:"models" doc:"Models and snapshots"`
	Statuses map[string]int `json:"statuses" doc:"Models by status"`
	Columns  int            `json:"columns"`
	Resolved int            `json:"resolved" doc:"Columns whose origins are all known"`
	Edges    int            `json:"edges"`
	Version  int64          `json:"version"`
}

// statusNoCode is the status of tables that no code produces.
const statusNoCode = "no_code"

func (a *API) getModelLineage(ctx context.Context, p access.Principal, in *modelLineageInput) (*httpserver.Body[httpserver.Document[ModelLineage]], error) {
	f, err := a.asset(ctx, p, in.ref(), in.At)
	if err != nil {
		return nil, err
	}
	read, err := f.view.ModelLineage(ctx, &f.asset)
	if err != nil {
		return nil, err
	}
	out := modelLineage(read)
	if in.Uses {
		uses, err := f.view.ColumnUses(ctx, f.asset.ID)
		if err != nil {
			return nil, err
		}
		for _, use := range uses {
			out.Uses = append(out.Uses, ColumnUse(use))
		}
	}
	return httpserver.Reply(httpserver.DocumentOf(httpserver.Resource[ModelLineage]{
		ID: f.asset.ID.Label(f.asset.Kind), Type: "column_lineage", Attributes: out,
	})), nil
}

func modelLineage(read readmodel.ModelLineage) ModelLineage {
	b := read.Block
	if b == nil {
		read.Block = &lineage.Block{}
		out := modelLineage(read)
		out.Status = statusNoCode
		return out
	}
	out := ModelLineage{
		Status: b.Status.String(), Dialect: b.Dialect, Columns: b.Named(), Resolved: b.Resolved(), Edges: b.EdgeCount(),
		Listed: read.Listed, Matching: read.Matching,
		Documented: read.Documented, Outputs: []OutputColumn{}, Unexpanded: []OutputColumn{}, Rows: []OriginColumn{}, Issues: []LineageIssue{}, Unknown: []ForeignRelation{},
	}
	for _, r := range b.Refs {
		if r.Table == 0 {
			out.Unknown = append(out.Unknown, ForeignRelation{r.Name})
		}
	}
	for i := range b.Outputs {
		column := outputColumn(read, &b.Outputs[i])
		out.Incomplete = out.Incomplete || column.Incomplete
		if b.Outputs[i].Star {
			out.Unexpanded = append(out.Unexpanded, column)
		} else {
			out.Outputs = append(out.Outputs, column)
		}
	}
	for _, u := range b.Rows {
		origin := originOf(read, b.Refs[u.Ref])
		origin.Column, origin.Kinds, origin.Confidence = u.Column, orEmpty(u.Kinds.Names()), u.Confidence.String()
		out.Rows = append(out.Rows, origin)
	}
	for _, i := range b.Issues {
		out.Issues = append(out.Issues, LineageIssue{Code: i.Code, Message: i.Message, Line: lineNumber(i.Line), Column: lineNumber(i.Column)})
	}
	return out
}

func outputColumn(read readmodel.ModelLineage, o *lineage.Output) OutputColumn {
	column := OutputColumn{
		Name: o.Name, Masked: o.Masked, Incomplete: o.Gap || o.Star, Span: httpserver.NullableOf(spanOf(o.Span)), From: []OriginColumn{},
	}
	if o.Star {
		column.Name = "*"
	}
	for _, e := range o.Edges {
		origin := originOf(read, read.Block.Refs[e.Ref])
		origin.Column, origin.Path, origin.Masked = e.Column, optional(e.Path), e.Masked
		origin.Kinds, origin.Confidence = orEmpty(e.Kinds.Names()), e.Confidence.String()
		column.From = append(column.From, origin)
	}
	return column
}

// lineNumber returns nil for an unknown line.
func lineNumber(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

func originOf(read readmodel.ModelLineage, r lineage.Ref) OriginColumn {
	out := OriginColumn{AssetName: r.Name}
	if table := read.Tables[r.Table]; table != nil {
		label := table.Label()
		out.Asset, out.AssetName = &label, table.Name
	}
	return out
}

type schemaAtInput struct {
	SchemaPath
	AtParam
}

func (a *API) getSchemaLineage(ctx context.Context, p access.Principal, in *schemaAtInput) (*httpserver.Body[httpserver.Document[SchemaLineage]], error) {
	view, err := a.schema(ctx, p, "id", in.ID)
	if err != nil {
		return nil, err
	}
	if view, err = viewAt(ctx, view, "at", in.At); err != nil {
		return nil, err
	}
	readings, err := view.Readings(ctx)
	if err != nil {
		return nil, err
	}
	out := SchemaLineage{Statuses: map[string]int{}, Version: view.Version}
	for s := range lineage.Statuses {
		out.Statuses[lineage.Status(s).String()] = 0
	}
	for _, r := range readings {
		out.Models++
		out.Statuses[r.Status.String()]++
		out.Columns += r.Outputs
		out.Resolved += r.Resolved
		out.Edges += r.Edges
	}
	return httpserver.Reply(httpserver.DocumentOf(httpserver.Resource[SchemaLineage]{
		ID: view.Schema.ID.String(), Type: "column_lineage", Attributes: out,
	})), nil
}
