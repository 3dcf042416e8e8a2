package gen

import "slices"

// shape is how a model's SQL is built.
type shape uint8

const (
	shapeJoin      shape = iota // import CTEs that select *, then a CTE that joins them
	shapePass                   // an import CTE, then parent.* and a few columns more
	shapePlain                  // joined relations, every column named, no star
	shapeAggregate              // group by, no star
	shapeUnion                  // union all, no star
)

// hasStar reports whether "select *" or "parent.*" is in the SQL.
func (s shape) hasStar() bool { return s == shapeJoin || s == shapePass }

// starPercent of models select * somewhere: as measured over 2,674 public ones.
const starPercent = 66

// form is how a column is computed.
type form uint8

const (
	formPass     form = iota // a
	formFilled               // coalesce(a, b)
	formBand                 // case when a > … then … end
	formRank                 // row_number() over (partition by k order by a)
	formRunning              // sum(a) over (partition by k order by a rows …)
	formDay                  // cast(a as date)
	formNet                  // cast(a * 0.8 - coalesce(b, 0) as numeric(18,2))
	formClean                // lower(trim(a))
	formKnown                // a is not null
	formFlag                 // case when a then 1 else 0 end
	formTotal                // sum(a), in shapeAggregate
	formLast                 // max(a), in shapeAggregate
	formUnion                // a in the first branch, b in the second, k in the third
	formAdded                // case when a is null then 0 else 1 end
	formChain                // case a when … then … (size times) end
	formKey                  // md5(a || b), as dbt_utils writes a surrogate key
	formPrevious             // lag(a) over (partition by k order by a)
	formMonth                // date_trunc('month', a)
	formPivot                // sum(case when b = … then a else 0 end), in shapeAggregate
)

// suffixOf is the suffix that a form gives to its column's name.
var suffixOf = [...]suffix{
	formFilled: suffixFilled, formBand: suffixBand, formRank: suffixRank, formRunning: suffixRunning,
	formDay: suffixDay, formNet: suffixNet, formClean: suffixClean, formKnown: suffixKnown, formFlag: suffixFlag,
	formTotal: suffixTotal, formLast: suffixLast, formAdded: suffixAdded,
	formChain: suffixLabel, formKey: suffixKey, formPrevious: suffixPrevious, formMonth: suffixMonth,
}

// operand is a column that an expression reads: of the parent in that slot, or
// of the model itself (its first step) for slotOwn.
type operand struct {
	slot   uint8
	column uint16
}

const (
	slotOwn  = 255
	slotNone = 254
)

var noOperand = operand{slot: slotNone}

type expression struct {
	form    form
	size    uint8 // of formChain: branches
	name    columnName
	a, b, k operand
}

// composer collects the columns of one model.
type composer struct {
	plan  *Plan
	model *model
	r     *random
	taken map[columnName]bool
}

func (p *Plan) compose(i int) {
	m := &p.models[i]
	c := &composer{plan: p, model: m, r: newRandom(p.project.Seed, "columns", i), taken: map[columnName]bool{}}
	want := max(3, p.project.Columns*(60+c.r.below(81))/100)
	m.shape = c.pickShape()
	m.expressions = make([]expression, 0, want+1)
	switch m.shape {
	case shapePass:
		c.passAll()
		c.deriveSome(want)
	case shapeAggregate:
		c.aggregate(want)
	case shapeUnion:
		c.union(want)
	default:
		c.passKey()
		c.passSome(1 + want*6/10)
		c.deriveSome(want)
		c.passSome(want)
	}
	if m.shape == shapeJoin && c.r.percent(50) {
		c.stage(1 + c.r.below(2))
	}
	c.weigh(i)
	if m.grows {
		c.grow()
	}
}

func (c *composer) pickShape() shape {
	parents := len(c.model.parents)
	small := c.plan.originalCount(c.model.parents[0]) <= c.plan.project.Columns*11/10
	star, variant := c.r.percent(starPercent), c.r.below(100)
	switch {
	case star && parents == 1 && small && variant < 35:
		return shapePass
	case star:
		return shapeJoin
	case parents > 1 && parents <= 3 && variant < 30:
		return shapeUnion
	case parents == 1 && variant < 35:
		return shapeAggregate
	default:
		return shapePlain
	}
}

// add appends a column, unless the model has one of that name.
func (c *composer) add(e expression) bool {
	if c.taken[e.name] {
		return false
	}
	c.taken[e.name] = true
	if e.name.suffix == suffixAdded {
		c.model.extra++
	}
	c.model.expressions = append(c.model.expressions, e)
	return true
}

// pick returns a random column of a parent that has been there from the start:
// a column added later must not change what its readers chose.
func (c *composer) pick() (operand, columnName) {
	slot := c.r.below(len(c.model.parents))
	from := c.model.parents[slot]
	at := c.plan.original(from, c.r.below(c.plan.originalCount(from)))
	return operand{uint8(slot), at}, c.plan.column(from, at)
}

func (c *composer) pass(o operand, name columnName) bool {
	return c.add(expression{form: formPass, name: name, a: o, b: noOperand, k: noOperand})
}

// passKey makes the first parent's first column the model's: a key always.
func (c *composer) passKey() {
	c.pass(operand{}, c.plan.column(c.model.parents[0], 0))
}

func (c *composer) passAll() {
	from := c.model.parents[0]
	for at := range c.plan.columnCount(from) {
		c.pass(operand{0, uint16(at)}, c.plan.column(from, uint16(at)))
	}
	c.model.passed = uint16(len(c.model.expressions))
}

func (c *composer) passSome(want int) {
	for tries := 4 * want; tries > 0 && c.model.originals() < want; tries-- {
		c.pass(c.pick())
	}
}

// deriveSome adds computed columns until the model has as many as wanted, two at least.
func (c *composer) deriveSome(want int) {
	want = max(want, c.model.originals()+2)
	for tries := 4 * want; tries > 0 && c.model.originals() < want; tries-- {
		o, name := c.pick()
		c.add(c.derive(o, name))
	}
}

// derive picks a computation that the column's type allows.
func (c *composer) derive(o operand, name columnName) expression {
	var choices []form
	switch typ := name.typ(); {
	case typ.isMeasure():
		choices = []form{formBand, formNet, formRunning, formChain, formFilled}
	case typ == typeText:
		choices = []form{formClean, formKnown, formChain, formKey, formFilled}
	case typ == typeTimestamp:
		choices = []form{formDay, formRank, formMonth, formPrevious, formFilled}
	case typ == typeBoolean:
		choices = []form{formFlag, formFilled}
	default:
		choices = []form{formKnown, formRank, formKey, formFilled}
	}
	if !keepsType(name, suffixFilled) { // formFilled is last everywhere
		choices = slices.DeleteFunc(choices, func(f form) bool { return f == formFilled || f == formPrevious })
	}
	e := expression{form: choices[c.r.below(len(choices))], a: o, b: noOperand, k: noOperand}
	if (e.form == formChain || e.form == formKey) && c.r.percent(70) {
		e.form = choices[0]
	}
	e.name = name.with(suffixOf[e.form])
	switch e.form {
	case formFilled, formNet:
		if other, otherName := c.pick(); other != o && otherName.typ() == name.typ() {
			e.b = other
		}
	case formKey:
		if other, _ := c.pick(); other != o {
			e.b = other
		}
	case formRank, formRunning, formPrevious:
		e.k = operand{slot: o.slot}
	case formChain:
		e.size = uint8(2 + c.r.below(7))
		if c.r.percent(4) {
			e.size = uint8(20 + c.r.below(60))
		}
	}
	return e
}

// keepsType reports whether a suffix that leaves the type alone may replace the one
// that the name has: "a_is_known" is a boolean, but "a_filled" would be what a is.
func keepsType(name columnName, s suffix) bool { return name.with(s).typ() == name.typ() }

func (c *composer) aggregate(want int) {
	c.passKey()
	c.passSome(1 + want*3/10)
	for tries := 4 * want; tries > 0 && c.model.originals() < want; tries-- {
		o, name := c.pick()
		e := expression{form: formLast, a: o, b: noOperand, k: noOperand}
		if name.typ().isMeasure() && c.pivot(o, name) {
			continue
		}
		if name.typ().isMeasure() {
			e.form = formTotal
		} else if name.typ() == typeBoolean || !keepsType(name, suffixLast) {
			continue // PostgreSQL has no max(boolean)
		}
		e.name = name.with(suffixOf[e.form])
		c.add(e)
	}
}

// pivot adds a sum per value of a text column in half of the cases, and reports whether it did.
func (c *composer) pivot(o operand, name columnName) bool {
	by, byName := c.pick()
	if byName.typ() != typeText || c.r.percent(50) {
		return false
	}
	for n := range 2 + c.r.below(len(pivotSuffixes)-1) {
		c.add(expression{form: formPivot, name: name.with(pivotSuffixes[n]), a: o, b: by, k: noOperand})
	}
	return true
}

// union lines up columns of one type; a branch that has none gives null.
func (c *composer) union(want int) {
	parents := c.model.parents
	for at := range c.plan.columnCount(parents[0]) {
		name := c.plan.column(parents[0], uint16(at))
		if c.model.originals() >= want {
			return
		}
		if name.suffix == suffixAdded {
			continue
		}
		e := expression{form: formUnion, name: name, a: operand{0, uint16(at)}, b: noOperand, k: noOperand}
		e.b = c.sameType(1, name)
		if len(parents) > 2 {
			e.k = c.sameType(2, name)
		}
		c.add(e)
	}
}

// sameType finds a column of a parent by name, else by type.
func (c *composer) sameType(slot int, name columnName) operand {
	from := c.model.parents[slot]
	found := noOperand
	for at := range c.plan.columnCount(from) {
		other := c.plan.column(from, uint16(at))
		if other == name {
			return operand{uint8(slot), uint16(at)}
		}
		if found == noOperand && other.typ() == name.typ() && other.suffix != suffixAdded {
			found = operand{uint8(slot), uint16(at)}
		}
	}
	return found
}

// stage adds columns that are computed from the model's own, in a second step.
func (c *composer) stage(count int) {
	first := len(c.model.expressions)
	for tries := 20; tries > 0 && int(c.model.staged) < count; tries-- {
		at := c.r.below(first)
		e := c.derive(operand{slotOwn, uint16(at)}, c.model.expressions[at].name)
		e.b = noOperand
		if c.add(e) {
			c.model.staged++
		}
	}
}

// grow adds the column that Churn.AddColumns asks for to the model, computed from its key.
func (c *composer) grow() {
	m := c.model
	e := expression{form: formAdded, a: operand{}, b: noOperand, k: noOperand}
	if m.staged > 0 {
		e.a.slot = slotOwn
		m.staged++
	}
	e.name = c.plan.column(m.parents[0], 0).with(suffixAdded)
	// A parent's added column may have come along by a star under that name.
	for c.taken[e.name] {
		e.name.attribute = (e.name.attribute + 1) % uint8(len(attributes))
	}
	c.add(e)
}
