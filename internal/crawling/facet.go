package crawling

import (
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// Bounds of what is kept of a warehouse's texts, in bytes.
const (
	maxComment    = 64 << 10
	maxExpression = 4 << 10
	maxDefinition = 4 << 20 // longer ones are not read as SQL
	maxName       = 2 << 10
)

// facet is what a crawl reports about one table.
type facet struct {
	key  string
	body catalog.Body
	code string // SQL of a view
}

// facetOf returns what a table reports.
func facetOf(platform string, t *warehouse.Table) facet {
	b := catalog.Body{
		Kind: catalog.KindTable, Name: plain(t.Name, maxName), Materialized: "table", Description: plain(t.Comment, maxComment),
		Relation: catalog.WarehouseRelation(platform, plain(t.Schema.Database, maxName), plain(t.Schema.Name, maxName), plain(t.Name, maxName)),
		Stats:    statsOf(t),
	}
	switch t.Kind {
	case warehouse.View:
		b.Kind, b.Materialized = catalog.KindView, "view"
	case warehouse.MaterializedView:
		b.Kind, b.Materialized = catalog.KindView, "materialized_view"
	case warehouse.ForeignTable:
		b.Materialized = "foreign_table"
	}
	for i := range t.Columns {
		b.Columns = append(b.Columns, columnOf(t, &t.Columns[i]))
	}
	f := facet{key: b.Relation.Key()}
	if code := strings.ToValidUTF8(t.Definition, "\uFFFD"); strings.TrimSpace(code) != "" && len(code) <= maxDefinition {
		f.code = strings.ReplaceAll(code, "\x00", "")
		b.Code = &catalog.Code{Compiled: catalog.HashOfText(f.code)}
	}
	f.body = catalog.NormalizeBody(b)
	return f
}

// plain is a text of the warehouse as it is stored.
func plain(text string, most int) string {
	return catalog.CutText(strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", ""), most)
}

func statsOf(t *warehouse.Table) map[string]catalog.Stat {
	stats := map[string]catalog.Stat{}
	for _, s := range []struct {
		name, label string
		value       *int64
	}{{"row_count", "Row Count", t.Rows}, {"bytes", "Approximate Size", t.Bytes}} {
		if s.value != nil {
			value := float64(*s.value)
			stats[s.name] = catalog.Stat{Label: s.label, Value: &value}
		}
	}
	return stats
}

func columnOf(t *warehouse.Table, c *warehouse.Column) catalog.BodyColumn {
	out := catalog.BodyColumn{
		Name: plain(c.Name, maxName), Ordinal: c.Ordinal, NativeType: plain(c.Type, maxExpression), BaseType: plain(c.Base, maxExpression),
		Nullable: c.Nullable, Description: plain(c.Comment, maxComment),
	}
	switch {
	case c.Identity:
		out.Constraints = append(out.Constraints, catalog.Constraint{Type: "identity"})
	case c.Generated != "":
		out.Constraints = append(out.Constraints, catalog.Constraint{Type: "generated", Expression: plain(c.Generated, maxExpression)})
	case c.Default != "":
		out.Constraints = append(out.Constraints, catalog.Constraint{Type: "default", Expression: plain(c.Default, maxExpression)})
	}
	for _, k := range t.Constraints {
		if slices.Contains(k.Columns, c.Name) {
			out.Constraints = append(out.Constraints, constraintOf(t, &k))
		}
	}
	return out
}

// constraintOf returns a constraint as one of its columns has it: with all columns, if there are several.
func constraintOf(t *warehouse.Table, k *warehouse.Constraint) catalog.Constraint {
	out := catalog.Constraint{Type: string(k.Type), Name: plain(k.Name, maxName), Expression: plain(k.Expression, maxExpression)}
	if len(k.Columns) > 1 {
		for _, c := range k.Columns {
			out.Columns = append(out.Columns, plain(c, maxName))
		}
	}
	if k.ToTable != "" {
		out.To = catalog.Relation{Database: t.Schema.Database, Schema: plain(k.ToSchema, maxName), Identifier: plain(k.ToTable, maxName)}.Display()
		for _, c := range k.ToColumns {
			out.ToColumns = append(out.ToColumns, plain(c, maxName))
		}
	}
	return out
}
