package oracle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/lineagecase"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// generatedTables are what drawn queries read; all columns are integers.
var generatedTables = lineagecase.Tables{
	{Name: "t0", Columns: integers("a", "b", "c")},
	{Name: "t1", Columns: integers("b", "d")},
	{Name: "t2", Columns: integers("e", "f", "a", "g")},
}

func integers(names ...string) []resolve.Column {
	columns := make([]resolve.Column, len(names))
	for i, n := range names {
		columns[i] = resolve.Column{Name: n, Type: "integer"}
	}
	return columns
}

// drawing writes random queries that PostgreSQL and SQLite take alike. One seed
// gives one query.
type drawing struct {
	random *rand.Rand
	count  int
	ctes   []string
	// named are the CTEs so far with their columns.
	named []drawnRows
}

type drawnRows struct {
	name    string
	columns []string
}

// drawn gives a query of some depth and the number of its outputs.
func drawn(seed uint64, depth int) (sql string, width int) {
	d := &drawing{random: rand.New(rand.NewPCG(seed, 7))}
	text, columns := d.query(depth)
	if len(d.ctes) > 0 {
		text = "with " + strings.Join(d.ctes, ",\n") + "\n" + text
	}
	return text, len(columns)
}

func (d *drawing) one(n int) bool { return d.random.IntN(n) == 0 }

func (d *drawing) name(prefix string) string {
	d.count++
	return fmt.Sprintf("%s%d", prefix, d.count)
}

// query gives a SELECT or a UNION and the names of its columns.
func (d *drawing) query(depth int) (string, []string) {
	text, columns := d.selection(depth, 0)
	if depth > 0 && d.one(5) {
		arm, _ := d.selection(depth-1, len(columns))
		op := []string{"union all", "union", "except", "intersect"}[d.random.IntN(4)]
		text += "\n" + op + " " + arm
	}
	return text, columns
}

// selection gives a SELECT of a number of columns, 0 for any.
func (d *drawing) selection(depth, width int) (string, []string) {
	members, sources := d.from(depth)
	s := drawnScope{d, sources}
	if width == 0 && d.one(5) && unique(sources) {
		columns := s.all()
		return "select * from " + members + s.where(depth), columns
	}
	if width == 0 {
		width = 1 + d.random.IntN(4)
	}
	if d.one(4) {
		return s.grouped(depth, width, members)
	}
	items, columns := make([]string, width), make([]string, width)
	for i := range width {
		columns[i] = d.name("c")
		items[i] = s.item(depth) + " as " + columns[i]
	}
	distinct := ""
	if d.one(8) {
		distinct = "distinct "
	}
	return "select " + distinct + strings.Join(items, ", ") + " from " + members + s.where(depth), columns
}

// from gives the members of FROM.
func (d *drawing) from(depth int) (string, []drawnRows) {
	text, first := d.member(depth)
	sources := []drawnRows{first}
	for range d.random.IntN(3) {
		member, rows := d.member(depth - 1)
		s := drawnScope{d, append(slices.Clone(sources), rows)}
		shared := common(sources, rows)
		switch n := d.random.IntN(6); {
		case n == 0 && len(sources) == 1 && shared != "":
			text += " join " + member + " using (" + shared + ")"
		case n == 1 && len(sources) == 1 && shared != "":
			text += " left join " + member + " using (" + shared + ")"
		case n <= 2:
			text += " cross join " + member
		case n == 3:
			text += " left join " + member + " on " + s.condition(0)
		default:
			text += " join " + member + " on " + s.condition(0)
		}
		sources = append(sources, rows)
	}
	return text, sources
}

// common is a column that both sides have, once each.
func common(left []drawnRows, right drawnRows) string {
	for _, c := range right.columns {
		if slices.Contains(left[0].columns, c) {
			return c
		}
	}
	return ""
}

// member gives a table, a subquery or a CTE under an alias.
func (d *drawing) member(depth int) (string, drawnRows) {
	alias := d.name("q")
	switch {
	case depth > 0 && d.one(3):
		text, columns := d.query(depth - 1)
		return "(" + text + ") as " + alias, drawnRows{alias, columns}
	case depth > 0 && d.one(3):
		text, columns := d.query(depth - 1)
		cte := drawnRows{d.name("w"), columns}
		d.ctes = append(d.ctes, cte.name+" as ("+text+")")
		d.named = append(d.named, cte)
		return cte.name + " as " + alias, drawnRows{alias, columns}
	case len(d.named) > 0 && d.one(4):
		cte := d.named[d.random.IntN(len(d.named))]
		return cte.name + " as " + alias, drawnRows{alias, cte.columns}
	}
	t := generatedTables[d.random.IntN(len(generatedTables))]
	rows := drawnRows{name: alias}
	for _, c := range t.Columns {
		rows.columns = append(rows.columns, c.Name)
	}
	return t.Name + " as " + alias, rows
}

// unique tells that no two sources share a column's name.
func unique(sources []drawnRows) bool {
	seen := map[string]bool{}
	for _, s := range sources {
		for _, c := range s.columns {
			if seen[c] {
				return false
			}
			seen[c] = true
		}
	}
	return true
}

// drawnScope is what an expression sees.
type drawnScope struct {
	*drawing
	sources []drawnRows
}

func (s drawnScope) all() []string {
	var columns []string
	for _, src := range s.sources {
		columns = append(columns, src.columns...)
	}
	return columns
}

// column is a column's name, without qualifier where only one source has it.
func (s drawnScope) column() string {
	src := s.sources[s.random.IntN(len(s.sources))]
	name := src.columns[s.random.IntN(len(src.columns))]
	owners := 0
	for _, other := range s.sources {
		if slices.Contains(other.columns, name) {
			owners++
		}
	}
	if owners == 1 && s.one(2) {
		return name
	}
	return src.name + "." + name
}

// item is an expression of a SELECT list; windows may stand in it.
func (s drawnScope) item(depth int) string {
	if s.one(8) {
		function := []string{"sum(%s)", "max(%s)", "count(%s)", "min(%s)"}[s.random.IntN(4)]
		window := "partition by " + s.column()
		if s.one(2) {
			window += " order by " + s.column()
		}
		return fmt.Sprintf(function, s.value(1)) + " over (" + window + ")"
	}
	return s.value(depth)
}

// value is an expression, deeper ones made of others.
func (s drawnScope) value(depth int) string {
	if depth <= 0 || s.one(3) {
		if s.one(9) {
			return fmt.Sprint(s.random.IntN(5))
		}
		return s.column()
	}
	inner := func() string { return s.value(depth - 1) }
	switch s.random.IntN(8) {
	case 0:
		return "(" + inner() + " + " + inner() + ")"
	case 1:
		return "(" + inner() + " * 2 - " + inner() + ")"
	case 2:
		return "case when " + s.condition(depth-1) + " then " + inner() + " else " + inner() + " end"
	case 3:
		return "coalesce(" + inner() + ", " + inner() + ")"
	case 4:
		return "cast(" + inner() + " as integer)"
	case 5:
		return "abs(" + inner() + ")"
	case 6:
		return s.scalar()
	default:
		return "nullif(" + inner() + ", " + inner() + ")"
	}
}

// scalar is a subquery that gives one value and looks at the query around it.
func (s drawnScope) scalar() string {
	t := generatedTables[s.random.IntN(len(generatedTables))]
	alias := s.name("x")
	own := func() string { return alias + "." + t.Columns[s.random.IntN(len(t.Columns))].Name }
	text := "(select max(" + own() + " + " + s.column() + ") from " + t.Name + " as " + alias
	if s.one(2) {
		text += " where " + own() + " <= " + s.column()
	}
	return text + ")"
}

func (s drawnScope) condition(depth int) string {
	switch s.random.IntN(8) {
	case 0:
		return s.value(depth) + " is not null"
	case 1:
		return s.value(depth) + " between " + s.value(0) + " and " + s.value(0)
	case 2:
		if depth > 0 {
			return "(" + s.condition(depth-1) + " or not " + s.condition(depth-1) + ")"
		}
	case 3:
		t := generatedTables[s.random.IntN(len(generatedTables))]
		return s.value(depth) + " in (select " + t.Columns[0].Name + " from " + t.Name + ")"
	case 4:
		t := generatedTables[s.random.IntN(len(generatedTables))]
		alias := s.name("x")
		return "exists (select 1 from " + t.Name + " as " + alias + " where " + alias + "." + t.Columns[1].Name + " >= " + s.column() + ")"
	}
	return s.value(depth) + []string{" < ", " >= ", " = ", " <> "}[s.random.IntN(4)] + s.value(0)
}

func (s drawnScope) where(depth int) string {
	if !s.one(3) {
		return ""
	}
	return " where " + s.condition(min(depth, 1))
}

// grouped gives a SELECT with GROUP BY.
func (s drawnScope) grouped(depth, width int, members string) (string, []string) {
	keys := []string{s.column()}
	if s.one(2) {
		keys = append(keys, s.column())
	}
	items, columns := make([]string, width), make([]string, width)
	for i := range width {
		columns[i] = s.name("c")
		items[i] = s.aggregate(depth, keys) + " as " + columns[i]
	}
	text := "select " + strings.Join(items, ", ") + " from " + members + s.where(depth) + " group by " + strings.Join(keys, ", ")
	if s.one(4) {
		text += " having count(" + s.column() + ") > " + fmt.Sprint(s.random.IntN(2))
	}
	return text, columns
}

func (s drawnScope) aggregate(depth int, keys []string) string {
	switch s.random.IntN(7) {
	case 0:
		return keys[s.random.IntN(len(keys))]
	case 1:
		return "count(*)"
	case 2:
		return "count(distinct " + s.column() + ")"
	case 3:
		return "sum(" + s.value(depth-1) + ") filter (where " + s.condition(0) + ")"
	case 4:
		return "max(" + s.column() + ") + " + keys[0]
	default:
		return []string{"sum(", "min(", "max("}[s.random.IntN(3)] + s.value(depth-1) + ")"
	}
}
