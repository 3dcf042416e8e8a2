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
	switch m.shape {
	case shapeJoin, shapePass:
		w.withImports()
	case shapeUnion:
		w.unionAll()
	default:
		w.selectColumns("", m.expressions)
		w.fromRelations()
	}
	return w.b
}

func (w *sqlWriter) text(parts ...string) {
	for _, part := range parts {
		w.b = append(w.b, part...)
	}
}

// withImports writes one CTE a parent, one that joins them, perhaps one that adds
// columns to that, and "select *" from the last.
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
	w.text("\n\nselect * from ", last)
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
	for slot, from := range w.model.parents {
		if slot > 0 {
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

var sourceAliases = [...]string{"source", "source_2", "source_3"}

var plainAliases = [...]string{"base", "other", "third"}

// alias is what the model calls a parent: import CTEs bear the parent's name.
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

func (w *sqlWriter) operand(o operand) {
	if o.slot == slotOwn {
		w.b = w.model.expressions[o.column].name.appendTo(w.b)
		return
	}
	w.text(w.alias(int(o.slot)), ".")
	w.b = w.plan.column(w.model.parents[o.slot], o.column).appendTo(w.b)
}

// expression writes a column as "… as name", or bare where it keeps its name.
func (w *sqlWriter) expression(e expression) {
	w.value(e)
	if e.form != formPass {
		w.text(" as ")
		w.b = e.name.appendTo(w.b)
	}
}

func (w *sqlWriter) value(e expression) {
	switch e.form {
	case formPass, formUnion:
		w.operand(e.a)
	case formFilled:
		w.call("coalesce(", e.a, ", ", e.b, e.name.typ().zero())
		w.text(")")
	case formBand:
		w.text("case\n            when ")
		w.operand(e.a)
		w.text(" >= 1000 then 'high'\n            when ")
		w.operand(e.a)
		w.text(" >= 100 then 'medium'\n            else 'low'\n        end")
	case formRank:
		w.call("row_number() over (partition by ", e.k, " order by ", e.a, "")
		w.text(")")
	case formRunning:
		w.text("cast(sum(")
		w.operand(e.a)
		w.call(") over (partition by ", e.k, " order by ", e.a, "")
		w.text(" rows between unbounded preceding and current row) as numeric(18,2))")
	case formDay:
		w.call("cast(", e.a, " as date)", noOperand, "")
	case formNet:
		w.net(e)
	case formClean:
		w.call("lower(trim(", e.a, "))", noOperand, "")
	case formKnown:
		w.call("", e.a, " is not null", noOperand, "")
	case formFlag:
		w.call("case when ", e.a, " then 1 else 0 end", noOperand, "")
	case formTotal:
		w.call("cast(sum(", e.a, ") as numeric(18,2))", noOperand, "")
	case formLast:
		w.call("max(", e.a, ")", noOperand, "")
	case formAdded:
		w.added(e)
	}
}

func (w *sqlWriter) net(e expression) {
	w.text("cast(")
	w.operand(e.a)
	w.text(" * 0.8")
	if e.b != noOperand {
		w.text(" - coalesce(")
		w.operand(e.b)
		w.text(", 0)")
	}
	w.text(" as numeric(18,2))")
}

// added must be an aggregate where the model groups.
func (w *sqlWriter) added(e expression) {
	if w.model.shape == shapeAggregate {
		w.text("cast(count(*) as integer)")
		return
	}
	w.call("case when ", e.a, " is null then 0 else 1 end", noOperand, "")
}

// call writes before, a, between and b; without b, what stands for it.
func (w *sqlWriter) call(before string, a operand, between string, b operand, otherwise string) {
	w.text(before)
	w.operand(a)
	w.text(between)
	if b == noOperand {
		w.text(otherwise)
		return
	}
	w.operand(b)
}

// zero is a literal of the type.
func (t columnType) zero() string {
	switch t {
	case typeText:
		return "'unknown'"
	case typeDate:
		return "cast('1970-01-01' as date)"
	case typeTimestamp:
		return "cast('1970-01-01' as timestamp)"
	case typeBoolean:
		return "false"
	default:
		return "0"
	}
}
