package export

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// ProjectRecord returns the record of a dbt project.
func ProjectRecord(p catalog.Project) Record {
	return Record{
		Record: Project, ID: p.ID.String(), Name: p.Name, Key: p.Key, DBTVersion: p.DBTVersion, Adapter: p.Adapter,
		CreatedAt: timeOf(p.CreatedAt), UpdatedAt: timeOf(p.UpdatedAt),
	}
}

// TestRecords returns the records of tests.
func TestRecords(tests []readmodel.Test) []Record {
	out := make([]Record, len(tests))
	for i := range tests {
		out[i] = testRecord(&tests[i])
	}
	return out
}

// Records returns the wanted records of some assets, those of each asset together. It clears what it has taken, so that
// the code of the assets is not in memory twice.
func (s Select) Records(e *readmodel.Exported) []Record {
	tests, edges := map[catalog.AssetID][]Record{}, map[catalog.AssetID][]Record{}
	if s.Has(Test) {
		for i := range e.Tests {
			tests[e.Tests[i].Asset] = append(tests[e.Tests[i].Asset], testRecord(&e.Tests[i]))
		}
	}
	for i := range e.Edges {
		edges[e.Edges[i].To] = append(edges[e.Edges[i].To], edgeRecord(e, &e.Edges[i]))
	}
	for _, b := range e.Blocks {
		id := catalog.AssetID(b.Table)
		edges[id] = append(edges[id], s.columnEdges(e, id, b.Block)...)
	}
	var out []Record
	for i := range e.Assets {
		a := &e.Assets[i]
		if s.Has(Asset) {
			out = append(out, assetRecord(a, e.Texts))
		}
		for _, c := range e.Columns[a.ID] {
			out = append(out, columnRecord(&a.Asset, &c))
		}
		out = append(append(out, tests[a.ID]...), edges[a.ID]...)
	}
	return out
}

func assetRecord(a *readmodel.Summary, texts map[catalog.Hash]string) Record {
	r := Record{
		Record: Asset, ID: a.ID.Label(a.Kind), Kind: string(a.Kind), Name: a.Name, Present: &a.Present,
		Description: a.Description.Value, DescriptionOrigin: originOf(a.Description), Tags: a.Tags, Owners: a.Owners,
		Meta: jsonOf(a.Meta), Config: jsonOf(a.Config), Details: jsonOf(a.Extra), Materialized: a.Kind.Materialization(a.Materialized),
		Columns: number(a.ColumnCount), Upstream: number(a.Neighbours.Upstream), Downstream: number(a.Neighbours.Downstream),
		RowCount: a.RowCount(), CreatedAt: timeOf(a.CreatedAt), UpdatedAt: timeOf(a.UpdatedAt), Version: &a.Version,
	}
	if a.RelationKey != "" {
		r.Platform, r.Database, r.Schema, r.Identifier = a.Relation.Platform, a.Relation.Database, a.Relation.Schema, a.Relation.Identifier
	}
	if a.Asset.Project != 0 {
		r.Project = a.Asset.Project.String()
	}
	if d := a.DBT; d != nil {
		r.UniqueID, r.Package, r.Path, r.Access, r.Group = d.UniqueID, d.PackageName, d.OriginalFilePath, d.Access, d.Group
		r.Contract, r.ModelVersion, r.SourceName, r.Language = &d.Contract, d.Version, d.SourceName, d.Language
	}
	if a.Freshness != nil {
		r.Freshness = a.Freshness.Status
	}
	if a.Code != nil {
		r.RawCode, r.CompiledCode = texts[a.Code.Raw], texts[a.Code.Compiled]
	}
	r.result(a.LastRun)
	return r
}

// result adds the newest result.
func (r *Record) result(n *catalog.NodeResult) {
	if n != nil {
		r.Status, r.CompletedAt, r.ExecutionTime = n.Status, timeOf(n.CompletedAt), &n.ExecutionTime
	}
}

func columnRecord(a *catalog.Asset, c *catalog.Column) Record {
	id := a.ID.Label(a.Kind)
	r := Record{
		Record: Column, ID: id + "." + c.Name, Asset: id, Name: c.Name, Ordinal: number(c.Ordinal), Present: &c.Present,
		DataType: c.Type.Canonical, NativeType: c.Type.Native, Nullable: c.Nullable, Tags: c.Tags, Meta: jsonOf(c.Meta),
		Description: c.Description.Value, DescriptionOrigin: originOf(c.Description), DocumentedOnly: &c.DocumentedOnly,
		Origin: a.ColumnOrigin(c),
	}
	if len(c.Constraints) > 0 {
		r.Constraints = jsonText(c.Constraints)
	}
	return r
}

func testRecord(t *readmodel.Test) Record {
	r := Record{
		Record: Test, ID: t.ID.String(), Name: t.Body.Name, Kind: t.Body.Kind, Test: t.Body.Test, Project: t.Project.String(),
		UniqueID: t.UniqueID, Column: t.Body.Column, Severity: t.Body.Severity, Description: t.Body.Description, Tags: t.Body.Tags,
		Parents: t.Body.Parents, Package: t.Body.Package, Path: t.Body.Path, Enabled: &t.Body.Enabled,
	}
	if t.Table != nil {
		r.Asset = t.Table.Label()
	}
	if len(t.Body.Args) > 0 {
		r.Args = argsOf(t.Body.Args)
	}
	r.result(t.Latest)
	return r
}

func edgeRecord(e *readmodel.Exported, edge *catalog.Edge) Record {
	r := Record{
		Record: Edge, To: labelIn(e, edge.To), Type: string(edge.Type), Confidence: edge.Confidence, Source: edge.Source,
		Project: edge.Project.String(), FromRelation: edge.FromNode,
	}
	if edge.From != 0 {
		r.From, r.FromRelation = labelIn(e, edge.From), ""
	}
	return r
}

// columnEdges returns the edges of a block. An end that is not one of the tables has the name that the SQL gives it.
func (s Select) columnEdges(e *readmodel.Exported, to catalog.AssetID, b *lineage.Block) []Record {
	var out []Record
	if s.Has(ColumnEdge) {
		for i := range b.Outputs {
			o := &b.Outputs[i]
			for _, edge := range o.Edges {
				r := Record{
					Record: ColumnEdge, To: labelIn(e, to), ToColumn: o.Name, FromColumn: edge.Column, FromPath: edge.Path, Kinds: edge.Kinds.Names(),
					Confidence: edge.Confidence.String(), Masked: &edge.Masked,
				}
				r.from(e, &b.Refs[edge.Ref])
				out = append(out, r)
			}
		}
	}
	if s.Has(RowEdge) {
		for _, use := range b.Rows {
			r := Record{Record: RowEdge, To: labelIn(e, to), FromColumn: use.Column, Kinds: use.Kinds.Names(), Confidence: use.Confidence.String()}
			r.from(e, &b.Refs[use.Ref])
			out = append(out, r)
		}
	}
	return out
}

// from sets the table that an edge begins at.
func (r *Record) from(e *readmodel.Exported, ref *lineage.Ref) {
	if id := catalog.AssetID(ref.Table); e.Kinds[id] != "" {
		r.From = labelIn(e, id)
		return
	}
	r.FromRelation = ref.Name
}

func labelIn(e *readmodel.Exported, id catalog.AssetID) string { return id.Label(e.Kinds[id]) }

func originOf(t catalog.Text) string { return t.Origin.Label(t.By) }

func number(n int) *int64 {
	wide := int64(n)
	return &wide
}

// timeOf returns a time as the API shows it, in whole seconds; nil for the zero time.
func timeOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

func jsonOf(raw json.RawMessage) JSON { return JSON(raw) }

func jsonText(v any) JSON {
	text, err := json.Marshal(v)
	if err != nil { // cannot happen: the values are our own types
		return ""
	}
	return JSON(text)
}

// argsOf joins the arguments of a test, each of which is JSON.
func argsOf(args map[string]string) JSON {
	var b strings.Builder
	sep := "{"
	for _, name := range slices.Sorted(maps.Keys(args)) {
		b.WriteString(sep)
		b.WriteString(string(jsonText(name)))
		b.WriteString(":")
		if value := args[name]; json.Valid([]byte(value)) {
			b.WriteString(value)
		} else {
			b.WriteString(string(jsonText(value)))
		}
		sep = ","
	}
	b.WriteString("}")
	return JSON(b.String())
}
