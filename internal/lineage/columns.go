package lineage

import (
	"encoding/binary"
	"iter"
	"strconv"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// Columns are the columns of a table, in its order. Equal lists are equal by ==.
// The names are held as one text without pointers: while a schema is traced, the
// columns of all its tables are in memory.
type Columns struct {
	packed string // name and type of each column, with its length before each
	// Full reports whether these are all: according to the warehouse, or the table's own
	// SQL was read completely. Otherwise any other name may be a column too.
	Full bool
}

// NewColumns makes Columns of a list, which it does not keep.
func NewColumns(list []resolve.Column, full bool) Columns {
	size := 0
	for i := range list {
		size += len(list[i].Name) + len(list[i].Type) + 2
	}
	b := make([]byte, 0, size+size/8)
	for i := range list {
		b = appendText(appendText(b, list[i].Name), list[i].Type)
	}
	return Columns{packed: string(b), Full: full && len(b) > 0}
}

// appendText appends a text behind its length.
func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// IsEmpty reports whether no column is known.
func (c Columns) IsEmpty() bool { return c.packed == "" }

// All returns the columns in their order.
func (c Columns) All() iter.Seq[resolve.Column] {
	return func(yield func(resolve.Column) bool) {
		rest := c.packed
		for rest != "" {
			var col resolve.Column
			col.Name, rest = cutText(rest)
			col.Type, rest = cutText(rest)
			if !yield(col) {
				return
			}
		}
	}
}

// cutText returns what appendText wrote, and the rest.
func cutText(s string) (text, rest string) {
	n, at := 0, 0
	for shift := 0; ; shift += 7 {
		b := s[at]
		at++
		n |= int(b&0x7f) << shift
		if b < 0x80 {
			return s[at : at+n], s[at+n:]
		}
	}
}

// List returns the columns as a new list.
func (c Columns) List() []resolve.Column {
	n := 0
	for range c.All() {
		n++
	}
	if n == 0 {
		return nil
	}
	list := make([]resolve.Column, 0, n)
	for col := range c.All() {
		list = append(list, col)
	}
	return list
}

// hash is equal for equal lists.
func (c Columns) hash() catalog.Hash {
	if c.IsEmpty() {
		return catalog.Hash{}
	}
	b := strconv.AppendBool(make([]byte, 0, len(c.packed)+len("false")), c.Full)
	return catalog.HashOf(append(b, c.packed...))
}
