// Package warehouse describes what a warehouse has: its schemas, tables, views and columns, by the names that it stores
// itself. It reads structure and figures that cost nothing, never a row of a table.
//
// An implementation makes one query for each schema, never one for each table, and reports what it could not read: a
// schema that is missing from a reply because a permission is missing is not an empty one.
package warehouse

import (
	"context"
	"iter"
)

// Warehouse is a connection to a warehouse. It is for one goroutine.
type Warehouse interface {
	// Platform is the warehouse as dbt names its adapter, such as postgres.
	Platform() string
	// Version is the product with its version, for people.
	Version() string
	// Schemas lists the schemas that there are, those of the system left out.
	Schemas(ctx context.Context) (Listing, error)
	// Tables returns the tables and views of a schema, in any order.
	Tables(ctx context.Context, of Schema) iter.Seq2[Table, error]
	Close(ctx context.Context) error
}

// Listing are the schemas of a warehouse.
type Listing struct {
	Schemas []Schema
	// Complete: the list has every schema, readable or not. One that is missing from it is gone.
	Complete bool
}

// Schema is a physical schema.
type Schema struct {
	Database, Name string
	// Unreadable is why its tables cannot be read, as part of a sentence; "" if they can.
	Unreadable string
}

// Kind classifies tables.
type Kind uint8

// The kinds.
const (
	BaseTable Kind = iota
	View
	MaterializedView
	ForeignTable // whose rows are elsewhere
)

// Table is a table or a view.
type Table struct {
	Schema      Schema
	Name        string
	Kind        Kind
	Comment     string
	Definition  string // the query of a view; "" where it cannot be read
	Columns     []Column
	Constraints []Constraint
	Rows        *int64 // by the warehouse's own statistics; nil if it has none
	Bytes       *int64
}

// Column is a column of a table.
type Column struct {
	Name    string
	Ordinal int    // position; only the order counts
	Type    string // as the warehouse spells it
	// Base is a type that says more about the values where Type is only a name: that of which a domain is, or "enum".
	Base     string
	Nullable *bool // nil where the warehouse does not say, as for views
	Default  string
	// Generated is the expression that the column is computed by.
	Generated string
	Identity  bool // numbered by the warehouse
	Comment   string
}

// ConstraintType is what a constraint demands.
type ConstraintType string

// The types of constraints, as dbt names them.
const (
	PrimaryKey ConstraintType = "primary_key"
	ForeignKey ConstraintType = "foreign_key"
	Unique     ConstraintType = "unique"
	Check      ConstraintType = "check"
)

// Constraint is a constraint of a table.
type Constraint struct {
	Type       ConstraintType
	Name       string
	Columns    []string
	Expression string // of a check
	// ToSchema, ToTable and ToColumns are what a foreign key names.
	ToSchema, ToTable string
	ToColumns         []string
}
