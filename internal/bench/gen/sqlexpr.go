package gen

import "strconv"

func (w *sqlWriter) typeOf(o operand) columnType {
	if o.slot == slotOwn {
		return w.model.expressions[o.column].name.typ()
	}
	return w.plan.column(w.model.parents[o.slot], o.column).typ()
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
	case formChain:
		w.chain(e)
	case formKey:
		w.surrogateKey(e)
	case formPrevious:
		w.call("lag(", e.a, ", 1) over (partition by ", e.k, "")
		w.call(" order by ", e.a, ")", noOperand, "")
	case formMonth:
		w.call("date_trunc('month', ", e.a, ")", noOperand, "")
	case formPivot:
		w.call("cast(sum(case when ", e.b, " = '"+suffixes[e.name.suffix].name[1:]+"' then ", e.a, "")
		w.text(" else 0 end) as numeric(18,2))")
	}
}

// chain writes a case expression of e.size branches: a mapping of values to labels, or
// bands of a measure.
func (w *sqlWriter) chain(e expression) {
	w.text("case")
	for n := range int(e.size) {
		w.text("\n            when ")
		w.operand(e.a)
		if number := strconv.Itoa(n + 1); w.typeOf(e.a) == typeText {
			w.text(" = 'code_", number, "' then 'Label of the code no. ", number, "'")
		} else {
			w.text(" between ", number, "00 and ", number, "99 then '", number, "00 to ", number, "99'")
		}
	}
	w.text("\n            else 'other'\n        end")
}

// surrogateKey writes what dbt_utils.generate_surrogate_key compiles to.
func (w *sqlWriter) surrogateKey(e expression) {
	if w.raw {
		w.call("{{ dbt_utils.generate_surrogate_key(['", e.a, "', '", e.b, "1")
		w.text("']) }}")
		return
	}
	const null = " as text), '_dbt_utils_surrogate_key_null_')"
	w.call("md5(cast(coalesce(cast(", e.a, null+" || '-' || coalesce(cast(", e.b, "'1'")
	w.text(null, " as text))")
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

// call writes before, a, between and b; without b, otherwise.
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
