package lineage

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// Table is what a Tracer knows about one table of the graph. Tables are
// numbered by their place in the tracer's list.
type Table struct {
	ID       int64  // the caller's own number, not 0; blocks name tables by it
	Name     string // for messages
	Platform string // dbt's adapter type
	Key      string // folded relation, catalog.Relation.Key; "" without an address
	Deferred string // key of the relation that dbt's --defer has children read instead; "" without one
	// Ephemeral models have no relation: they are pasted into their children as
	// a CTE with one of CTENames.
	Ephemeral bool
	CTENames  []string
	// Stated are the columns that the warehouse or a YAML file lists.
	Stated Columns
	// Code is nil for tables that no code makes: sources, seeds, crawled tables.
	Code *Code
}

// Code is what makes a model.
type Code struct {
	Language string       // "sql", "python" …; "" is sql
	Compiled catalog.Hash // of the compiled code; zero: not compiled
	Snapshot *Snapshot    // nil for models
	// Contract are the columns of an enforced contract where dbt puts the
	// model's columns into the contract's order, see contractOrders.
	Contract []string
}

// contractOrders reports whether an enforced contract decides the order of the
// columns. dbt selects them in the contract's order into a table; a view is made
// of the query as it is, and the contract only checks it.
func contractOrders(materialized string) bool {
	return materialized != "view" && materialized != "materialized_view"
}

func (c *Code) isSQL() bool { return c.Language == "" || c.Language == "sql" }

// hasText reports whether there is a text to be read.
func (c *Code) hasText() bool {
	return c != nil && (c.isSQL() || c.Language == StatedLanguage) && !c.Compiled.IsZero()
}

// SchemaColumn is a column in the form that the resolver needs. Of types it
// needs only those with fields; the rest would only make keys change.
func SchemaColumn(name, nativeType string) resolve.Column {
	if !strings.ContainsAny(nativeType, "<(") || !structured(nativeType) {
		nativeType = ""
	}
	return resolve.Column{Name: name, Type: nativeType}
}

func structured(nativeType string) bool {
	lower := strings.ToLower(nativeType)
	for _, word := range []string{"struct", "row(", "record", "tuple(", "object(", "nested("} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// statedColumns turns the columns that a warehouse or a YAML file lists into a
// Columns. BigQuery's catalog lists the fields of structures next to their
// column; those are left out.
func statedColumns(platform string, list []resolve.Column, full bool) Columns {
	if platform == "bigquery" {
		list = withoutFields(list)
	}
	return NewColumns(list, full)
}

func withoutFields(list []resolve.Column) []resolve.Column {
	dotted := false
	for _, c := range list {
		dotted = dotted || strings.Contains(c.Name, ".")
	}
	if !dotted {
		return list
	}
	out := make([]resolve.Column, 0, len(list))
	for _, c := range list {
		if !strings.Contains(c.Name, ".") {
			out = append(out, c)
		}
	}
	return out
}
