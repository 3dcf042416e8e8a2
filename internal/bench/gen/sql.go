package gen

import "strconv"

// sqlWriter writes a model's SQL: as compiled, or as typed with ref and source.
type sqlWriter struct {
	plan  *Plan
	model *model
	raw   bool
	b     []byte
}

// appendSQL appends the SQL of model i: raw code or compiled code.
func (p *Plan) appendSQL(b []byte, i int, raw bool) []byte {
	m := &p.models[i]
	w := &sqlWriter{plan: p, model: m, raw: raw, b: b}
	if raw {
		w.text("{{ config(materialized=\"", m.materialized(), "\") }}")
	}
	w.text("\n\n")
	w.comments()
	switch {
	case m.shape.hasStar():
		w.withImports()
	case len(m.steps) > 0:
		w.text("with base_columns as (\n\n")
		w.body()
		w.text("\n\n)")
		last := w.passOn("base_columns")
		w.text("\n\nselect\n    ")
		w.columnNames("    ")
		w.text("\nfrom ", last)
	default:
		w.body()
	}
	return w.b
}

// body writes the statement of a shape without a star.
func (w *sqlWriter) body() {
	if w.model.shape == shapeUnion {
		w.unionAll()
		return
	}
	w.selectColumns("", w.model.expressions)
	w.fromRelations()
}

func (w *sqlWriter) text(parts ...string) {
	for _, part := range parts {
		w.b = append(w.b, part...)
	}
}

// withImports writes a CTE per parent, one that joins them, perhaps one that adds
// columns to that, the model's steps, and "select *" from the last.
func (w *sqlWriter) withImports() {
	w.text("with ")
	for slot, from := range w.model.parents {
		w.text(w.alias(slot), " as (\n\n    select * from ")
		w.relation(from)
		w.text("\n\n),\n\n")
	}
	last := "joined"
	if len(w.model.parents) == 1 {
		last = "renamed"
	}
	first := len(w.model.expressions) - int(w.model.staged)
	w.text(last, " as (\n\n")
	w.selectColumns("    ", w.model.expressions[:first])
	w.fromImports()
	w.text("\n\n)")
	if w.model.staged > 0 {
		w.text(",\n\nfinal as (\n\n    select\n        *")
		for _, e := range w.model.expressions[first:] {
			w.text(",\n        ")
			w.expression(e)
		}
		w.text("\n    from ", last, "\n\n)")
		last = "final"
	}
	w.text("\n\nselect * from ", w.passOn(last))
}

func (w *sqlWriter) selectColumns(indent string, columns []expression) {
	w.text(indent, "select")
	separator := "\n"
	if n := int(w.model.passed); n > 0 {
		w.text("\n", indent, "    ", w.alias(0), ".*")
		columns, separator = columns[n:], ",\n"
	}
	for _, e := range columns {
		w.text(separator, indent, "    ")
		w.expression(e)
		separator = ",\n"
	}
}

func (w *sqlWriter) fromImports() {
	w.text("\n    from ", w.alias(0))
	for slot := 1; slot < len(w.model.parents); slot++ {
		w.text("\n    left join ", w.alias(slot), "\n        on ")
		w.joinOn(slot)
	}
	w.text("\n    where ")
	w.filter(0)
}

func (w *sqlWriter) fromRelations() {
	for slot, from := range w.model.parents {
		if slot == 0 {
			w.text("\nfrom ")
		} else {
			w.text("\nleft join ")
		}
		w.relation(from)
		w.text(" as ", w.alias(slot))
		if slot > 0 {
			w.text("\n    on ")
			w.joinOn(slot)
		}
	}
	w.text("\nwhere ")
	w.filter(0)
	if w.model.shape == shapeAggregate {
		w.groupBy()
	}
}

func (w *sqlWriter) groupBy() {
	separator := "\ngroup by "
	for _, e := range w.model.expressions {
		if e.form == formPass {
			w.text(separator)
			w.operand(e.a)
			separator = ", "
		}
	}
}

func (w *sqlWriter) unionAll() {
	for branch := range max(len(w.model.parents), int(w.model.branches)) {
		slot := branch % len(w.model.parents)
		from := w.model.parents[slot]
		if branch > 0 {
			w.text("\n\nunion all\n\n")
		}
		w.text("select")
		separator := "\n    "
		for _, e := range w.model.expressions {
			w.text(separator)
			w.branch(slot, e)
			w.text(" as ")
			w.b = e.name.appendTo(w.b)
			separator = ",\n    "
		}
		w.text("\nfrom ")
		w.relation(from)
		w.text(" as ", w.alias(slot), "\nwhere ")
		w.filter(slot)
	}
}

func (w *sqlWriter) branch(slot int, e expression) {
	switch o := [...]operand{e.a, e.b, e.k}[slot]; {
	case e.form == formAdded:
		w.text(strconv.Itoa(slot))
	case o == noOperand:
		w.text("cast(null as ", e.name.typ().String(), ")")
	default:
		w.operand(o)
	}
}

func (w *sqlWriter) joinOn(slot int) {
	w.operand(operand{})
	w.text(" = ")
	w.operand(operand{slot: uint8(slot)})
}

// filter writes the condition that Churn.Change changes.
func (w *sqlWriter) filter(slot int) {
	w.operand(operand{slot: uint8(slot)})
	w.text(" >= ", strconv.Itoa(int(w.model.revision)))
}

var sourceAliases = [maxParents]string{
	"source", "source_2", "source_3", "source_4", "source_5", "source_6", "source_7", "source_8",
}

var plainAliases = [maxParents]string{"base", "other", "third", "t4", "t5", "t6", "t7", "t8"}

// alias is the model's name for a parent: import CTEs have the parent's name.
func (w *sqlWriter) alias(slot int) string {
	switch from := w.model.parents[slot]; {
	case !w.model.shape.hasStar():
		return plainAliases[slot]
	case from.isSource():
		return sourceAliases[slot]
	default:
		return w.plan.names[from]
	}
}

func (w *sqlWriter) relation(from parent) {
	switch {
	case w.raw && from.isSource():
		group, table := w.plan.sourceName(from.source())
		w.text("{{ source(\"", group, "\", \"", table, "\") }}")
	case w.raw:
		w.text("{{ ref(\"", w.plan.names[from], "\") }}")
	default:
		w.text(w.plan.relationName(from))
	}
}
