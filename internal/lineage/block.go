package lineage

import (
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// Status sums up how well the code of a model was read.
type Status uint8

// The statuses.
const (
	// Read: every output column is known and every edge was found.
	Read Status = iota
	// Partial: some columns or edges are missing; the issues list which.
	Partial
	// Failed: nothing could be read.
	Failed
	// NotCompiled: dbt left no compiled code, after dbt parse or dbt ls.
	NotCompiled
	// NotSQL: the code is of another language; edges are by equal names.
	NotSQL

	// Statuses is how many there are.
	Statuses = iota
)

var statusNames = [...]string{"read", "partial", "failed", "not_compiled", "not_sql"}

func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return "unknown"
}

// Block is the column lineage of one model.
type Block struct {
	Status  Status
	Dialect string
	// Refs are the tables read; edges point into the list.
	Refs    []Ref
	Outputs []Output
	// Rows are the columns that decide which rows the model has.
	Rows   []Use
	Issues []Issue
}

// Ref is a table that a model reads.
type Ref struct {
	// Table is the caller's number of it; 0 for a table outside the catalog.
	Table int64
	// Name and Key are the relation as the SQL names it and its folded key, where
	// Table is 0. Of a table that was found by its identifier alone Key is the relation
	// in the SQL until the block is encoded.
	Name, Key string
}

// Output is one column of the model.
type Output struct {
	Name string
	// Star marks columns of an unknown number.
	Star bool
	// Masked reports whether every value went through a hash or mask.
	Masked bool
	// Gap reports whether something in its expression could not be resolved.
	Gap   bool
	Edges []Edge
	// Span is the expression in the compiled code that makes its values, seen
	// through stars and plain names; empty for columns that dbt adds and for those
	// that stars alone bring.
	Span token.Span
}

// Edge means that an output depends on a column.
type Edge struct {
	Ref        int32 // index into Block.Refs
	Column     string
	Path       string // field within the column
	Kinds      resolve.KindSet
	Confidence resolve.Confidence
	Masked     bool
}

// Use is a column that controls the rows of the whole model.
type Use struct {
	Ref        int32
	Column     string
	Kinds      resolve.KindSet
	Confidence resolve.Confidence
}

// Issue is what could not be read, with its position in the compiled code.
type Issue struct {
	Code    string
	Message string
	Line    int // from 1; 0: no position
	Column  int
}

// Named counts the columns: the outputs without those that represent columns of an unknown number.
func (b *Block) Named() int {
	n := 0
	for i := range b.Outputs {
		if !b.Outputs[i].Star {
			n++
		}
	}
	return n
}

// Resolved counts the outputs whose origins are all known.
func (b *Block) Resolved() int {
	n := 0
	for i := range b.Outputs {
		if !b.Outputs[i].Star && !b.Outputs[i].Gap {
			n++
		}
	}
	return n
}

// EdgeCount is the number of column edges.
func (b *Block) EdgeCount() int {
	n := 0
	for i := range b.Outputs {
		n += len(b.Outputs[i].Edges)
	}
	return n
}

// columns are the outputs as a schema for the readers of the model.
func (b *Block) columns() Columns {
	if b.Status == Failed || b.Status == NotCompiled {
		return Columns{}
	}
	full := len(b.Outputs) > 0 && b.Status != NotSQL
	list := make([]resolve.Column, 0, len(b.Outputs))
	for i := range b.Outputs {
		if b.Outputs[i].Star {
			full = false
			continue
		}
		list = append(list, resolve.Column{Name: b.Outputs[i].Name})
	}
	return NewColumns(list, full)
}

// Columns are the model's columns according to its code.
func (b *Block) Columns() Columns { return b.columns() }
