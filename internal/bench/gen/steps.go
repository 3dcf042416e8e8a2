package gen

import "strconv"

// step is a CTE of a model that passes every column on under its name, as real
// models have them between their joins and their last select.
type step uint8

const (
	stepFields step = iota // every column by name
	stepMacro              // every column by name, with the white space that macros leave
	stepFilter             // a condition with a subquery
	stepDedupe             // row_number() and a condition on it, two CTEs
	stepUnion              // two halves and "union all"
	stepCount              // a join with a grouped subquery
	stepKinds  = int(stepCount) + 1
)

// maxDoubled bounds the steps that read the step before them twice: an engine that
// expands CTEs, as SQLite does, has twice the work after each of them.
const maxDoubled = 2

func (s step) readsTwice() bool { return s == stepFilter || s == stepUnion || s == stepCount }

// weigh sets the model's steps, comments and branches, so that lengths of compiled SQL
// are spread as those of public projects: most models are short, one in twenty has 7
// kB, one in a hundred 15 kB.
func (c *composer) weigh(i int) {
	r := newRandom(c.plan.project.Seed, "weight", i)
	steps := 0
	switch w := r.below(1000); {
	case w < 830:
	case w < 890:
		steps = 1 + r.below(2)
	case w < 940:
		steps = 2 + r.below(2)
	case w < 988:
		steps = 3 + r.below(4)
	default:
		steps = 9 + r.below(30)
	}
	for doubled := 0; len(c.model.steps) < steps; {
		s := step(r.below(stepKinds))
		if s.readsTwice() {
			if doubled == maxDoubled {
				continue
			}
			doubled++
		}
		c.model.steps = append(c.model.steps, s)
	}
	if r.percent(40) {
		c.model.comments = uint8(1 + r.below(3+steps))
	}
	if c.model.shape == shapeUnion && r.percent(20) {
		c.model.branches = uint8(4 + r.below(9))
	}
}

// passOn writes the model's steps, each after a comma, and returns the name of the last.
func (w *sqlWriter) passOn(last string) string {
	for n, s := range w.model.steps {
		name := [stepKinds]string{"fields_", "filled_", "filtered_", "deduplicated_", "split_", "counted_"}[s] + strconv.Itoa(n+1)
		w.text(",\n\n")
		w.step(s, name, last)
		last = name
	}
	return last
}

func (w *sqlWriter) step(s step, name, from string) {
	switch s {
	case stepMacro:
		w.open(name)
		w.filledColumns(from)
		w.text("\n    from ", from)
	case stepFilter:
		w.open(name)
		w.columnNames("        ")
		w.text("\n    from ", from, "\n    where ", w.key(), " in (select ", w.key(), " from ", from, " where ", w.key(), " is not null)")
	case stepDedupe:
		w.dedupe(name, from)
	case stepUnion:
		w.open(name)
		w.columnNames("        ")
		w.text("\n    from ", from, "\n    where ", w.key(), " < 1000\n\n    union all\n\n    select\n        ")
		w.columnNames("        ")
		w.text("\n    from ", from, "\n    where ", w.key(), " >= 1000")
	case stepCount:
		w.open(name)
		w.prefixedNames("        ", from+".")
		w.text("\n    from ", from, "\n    inner join (\n        select ", w.key(), " as counted_key, count(*) as counted_rows from ", from,
			" group by 1\n    ) as counts\n        on ", from, ".", w.key(), " = counts.counted_key\n    where counts.counted_rows > 0")
	default:
		w.open(name)
		w.columnNames("        ")
		w.text("\n    from ", from)
	}
	w.text("\n\n)")
}

func (w *sqlWriter) open(name string) { w.text(name, " as (\n\n    select\n        ") }

// key is the name of the model's first column, which no churn changes.
func (w *sqlWriter) key() string { return w.model.expressions[0].name.String() }

func (w *sqlWriter) columnNames(indent string) { w.prefixedNames(indent, "") }

func (w *sqlWriter) prefixedNames(indent, prefix string) {
	for n, e := range w.model.expressions {
		if n > 0 {
			w.text(",\n", indent)
		}
		w.text(prefix)
		w.b = e.name.appendTo(w.b)
	}
}

// filledColumns writes what a macro that fills up missing columns compiles to.
func (w *sqlWriter) filledColumns(from string) {
	if w.raw {
		w.text("{{ fill_columns(relation='", from, "') }}")
		return
	}
	for n, e := range w.model.expressions {
		if n > 0 {
			w.text("\n    \n, ")
		}
		w.text("\n    \n    ")
		w.b = e.name.appendTo(w.b)
		w.text("\n    \n as \n    \n    ")
		w.b = e.name.appendTo(w.b)
	}
}

// dedupe writes two CTEs in full except for the closing bracket of the second.
func (w *sqlWriter) dedupe(name, from string) {
	if w.raw {
		w.text(name, " as (\n\n    {{ dbt_utils.deduplicate(relation='", from, "', partition_by='", w.key(), "', order_by='", w.key(), " desc') }}")
		return
	}
	w.open(name + "_ranked")
	w.columnNames("        ")
	w.text(",\n        row_number() over (partition by ", w.key(), " order by ", w.key(), " desc) as row_rank\n    from ", from, "\n\n),\n\n")
	w.open(name)
	w.columnNames("        ")
	w.text("\n    from ", name, "_ranked\n    where row_rank = 1")
}

// remarks are lines of comment; quotes and brackets in them must not confuse a reader.
var remarks = [...]string{
	"-- One row per key; see the team's notes before changing the grain (it isn't obvious).",
	"-- The old \"code\" columns go once finance has moved: they're kept for the yearly report.",
	"/* Late rows arrive up to three days after the event, so the window is wider than it looks;\n   don't filter here. */",
	"-- The source sends 'N/A', '' and null for the same thing.",
	"-- select id from the_old_table where it = 'still there'",
}

func (w *sqlWriter) comments() {
	for n := range int(w.model.comments) {
		w.text(remarks[n%len(remarks)], "\n")
	}
}
