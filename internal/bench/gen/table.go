package gen

import "iter"

// Table is a source table or a model as it is in the artifacts: the truth
// that a reader's or a tracer's result can be held against.
type Table struct {
	UniqueID     string
	Relation     string // quoted, as in relation_name
	CompiledCode string // empty for a source
	DependsOn    []string
	HasStar      bool // the compiled code selects *
	Columns      []Column
}

// Column is a column as the catalog lists it.
type Column struct {
	Name, Type string
	// Inputs are the columns that its expression reads, in the order of reading:
	// values as well as what a window is partitioned and ordered by. Join and
	// filter conditions are left out.
	Inputs []ColumnRef
}

// ColumnRef names a column of another table.
type ColumnRef struct{ UniqueID, Column string }

// Tables returns all source tables, then all models, parents before children.
func (p *Plan) Tables() iter.Seq[Table] {
	return func(yield func(Table) bool) {
		for s := range p.sources {
			if !yield(p.sourceTable(s)) {
				return
			}
		}
		for i := range p.models {
			if !p.models[i].removed && !yield(p.modelTable(i)) {
				return
			}
		}
	}
}

func (p *Plan) sourceTable(s int) Table {
	t := Table{UniqueID: p.uniqueID(parent(^s)), Relation: p.relationName(parent(^s))}
	for _, name := range p.sources[s] {
		t.Columns = append(t.Columns, Column{Name: name.String(), Type: catalogType(name.typ())})
	}
	return t
}

func (p *Plan) modelTable(i int) Table {
	m := &p.models[i]
	t := Table{
		UniqueID:     p.uniqueID(parent(i)),
		Relation:     p.relationName(parent(i)),
		CompiledCode: string(p.appendSQL(nil, i, false)),
		DependsOn:    p.uniqueIDs(m.parents),
		HasStar:      m.shape.hasStar(),
	}
	for _, e := range m.expressions {
		column := Column{Name: e.name.String(), Type: catalogType(e.name.typ())}
		column.Inputs = p.inputs(column.Inputs, m, e)
		t.Columns = append(t.Columns, column)
	}
	return t
}

// inputs appends the columns of parents that an expression reads, each once.
func (p *Plan) inputs(found []ColumnRef, m *model, e expression) []ColumnRef {
	if e.form == formAdded && !m.readsRows() {
		return found // a count of rows or a literal
	}
	for _, o := range [...]operand{e.a, e.b, e.k} {
		switch o.slot {
		case slotNone:
		case slotOwn:
			found = p.inputs(found, m, m.expressions[o.column])
		default:
			from := m.parents[o.slot]
			ref := ColumnRef{p.uniqueID(from), p.column(from, o.column).String()}
			if !contains(found, ref) {
				found = append(found, ref)
			}
		}
	}
	return found
}

func contains(refs []ColumnRef, ref ColumnRef) bool {
	for _, other := range refs {
		if other == ref {
			return true
		}
	}
	return false
}

// readsRows is false where an added column cannot be computed from one row.
func (m *model) readsRows() bool { return m.shape != shapeAggregate && m.shape != shapeUnion }
