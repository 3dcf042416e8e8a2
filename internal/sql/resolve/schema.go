package resolve

// Schema answers which columns a table has.
type Schema interface {
	// Columns returns the columns of a table in its order. The name is as in the
	// text, outermost part first; the implementation folds it by the dialect's
	// rules. complete is false for a table whose columns are not, or
	// not fully, known: then any name may be one of its columns.
	//
	// It is called once per table and statement and must be fast and without
	// side effects.
	Columns(table []Name) (columns []Column, complete bool)
}

// Column is a column of a table in the schema.
type Column struct {
	// Name is the stored name.
	Name string
	// Type is the type as the warehouse writes it, or "". The fields of
	// STRUCT<...> and ROW(...) types are read from it.
	Type string
}

// NoSchema knows no table.
type NoSchema struct{}

// Columns knows nothing.
func (NoSchema) Columns([]Name) ([]Column, bool) { return nil, false }
