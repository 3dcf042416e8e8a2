package warehouse

import "iter"

// ColumnOf is a column with the name of its table.
type ColumnOf struct {
	Table  string
	Column Column
}

// WithColumns yields tables with their columns, which come table by table: so that only the names and definitions of a
// schema are in memory. A column of no table is of one that was made meanwhile, and left out.
func WithColumns(tables map[string]*Table, columns iter.Seq2[ColumnOf, error]) iter.Seq2[Table, error] {
	return func(yield func(Table, error) bool) {
		var current *Table
		flush := func() bool {
			if current == nil {
				return true
			}
			delete(tables, current.Name)
			t := *current
			current = nil
			return yield(t, nil)
		}
		for c, err := range columns {
			if err != nil {
				yield(Table{}, err)
				return
			}
			if current != nil && current.Name != c.Table && !flush() {
				return
			}
			if current == nil {
				current = tables[c.Table]
			}
			if current != nil {
				current.Columns = append(current.Columns, c.Column)
			}
		}
		if !flush() {
			return
		}
		for _, t := range tables {
			if !yield(*t, nil) {
				return
			}
		}
	}
}
