package resolve_test

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/lineagecase"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// The generator makes queries together with their lineage: it knows where each
// output comes from because it put it there. One query is then written in many
// ways, and all must give that lineage.

var generatedTables = lineagecase.Tables{
	{Name: "t0", Columns: []resolve.Column{{Name: "a"}, {Name: "b"}, {Name: "c"}}},
	{Name: "t1", Columns: []resolve.Column{{Name: "b"}, {Name: "d"}}},
	{Name: "t2", Columns: []resolve.Column{{Name: "e"}, {Name: "f"}, {Name: "a"}, {Name: "g"}}},
}

// genQuery is a query whose outputs have unique names.
type genQuery struct {
	table   string // a base table; then there is nothing else
	sources []*genQuery
	outputs []genOutput
	union   *genQuery
	filter  int // index of the item of FROM whose first column is tested, or -1
}

type genOutput struct {
	name  string
	terms []genTerm
	form  int
	from  map[string]bool
}

// genTerm is a column of an item of FROM.
type genTerm struct{ source, output int }

func (q *genQuery) columns() []genOutput { return q.outputs }

func baseQuery(i int) *genQuery {
	t := generatedTables[i]
	q := &genQuery{table: t.Name, filter: -1}
	for _, c := range t.Columns {
		q.outputs = append(q.outputs, genOutput{name: c.Name, from: map[string]bool{t.Name + "." + c.Name: true}})
	}
	return q
}

func drawQuery(t *rapid.T, depth int, label string) *genQuery {
	if depth == 0 || rapid.IntRange(0, 9).Draw(t, label+"base") == 0 {
		return baseQuery(rapid.IntRange(0, len(generatedTables)-1).Draw(t, label+"table"))
	}
	q := &genQuery{filter: -1}
	for i := range rapid.IntRange(1, 3).Draw(t, label+"sources") {
		q.sources = append(q.sources, drawQuery(t, depth-1, fmt.Sprintf("%ss%d", label, i)))
	}
	count := rapid.IntRange(1, 4).Draw(t, label+"outputs")
	if rapid.IntRange(0, 4).Draw(t, label+"all") == 0 && len(q.sources) == 1 {
		for i, out := range q.sources[0].columns() {
			q.outputs = append(q.outputs, genOutput{name: out.name, terms: []genTerm{{0, i}}, from: out.from})
		}
	} else {
		for i := range count {
			q.outputs = append(q.outputs, drawOutput(t, q, fmt.Sprintf("%so%d", label, i), i))
		}
	}
	if rapid.IntRange(0, 2).Draw(t, label+"where") == 0 {
		q.filter = rapid.IntRange(0, len(q.sources)-1).Draw(t, label+"filter")
	}
	if rapid.IntRange(0, 5).Draw(t, label+"union") == 0 {
		q.union = unionWith(t, q, depth, label)
	}
	return q
}

// unionWith makes a second branch of the same width and unites the lineage.
func unionWith(t *rapid.T, q *genQuery, depth int, label string) *genQuery {
	arm := &genQuery{filter: -1, sources: []*genQuery{drawQuery(t, depth-1, label+"u")}}
	for i := range q.outputs {
		out := drawOutput(t, arm, fmt.Sprintf("%su%d", label, i), i)
		arm.outputs = append(arm.outputs, out)
		all := map[string]bool{}
		for _, from := range []map[string]bool{q.outputs[i].from, out.from} {
			for e := range from {
				all[e] = true
			}
		}
		q.outputs[i].from = all
	}
	return arm
}

func drawOutput(t *rapid.T, q *genQuery, label string, i int) genOutput {
	out := genOutput{name: fmt.Sprintf("x%d", i), from: map[string]bool{}, form: rapid.IntRange(0, 6).Draw(t, label+"form")}
	terms := 1
	if out.form > 0 {
		terms = rapid.IntRange(1, 3).Draw(t, label+"terms")
	}
	for j := range terms {
		s := rapid.IntRange(0, len(q.sources)-1).Draw(t, fmt.Sprintf("%st%d", label, j))
		c := rapid.IntRange(0, len(q.sources[s].columns())-1).Draw(t, fmt.Sprintf("%sc%d", label, j))
		out.terms = append(out.terms, genTerm{s, c})
		for e := range q.sources[s].columns()[c].from {
			out.from[e] = true
		}
	}
	return out
}

// style is one way of writing a query.
type style struct {
	alias    string
	ctes     bool
	stars    bool
	capitals bool
	bare     bool // columns without qualifier where that is clear
}

type writer struct {
	style
	ctes  []string
	count int
}

func (w *writer) name() string {
	w.count++
	return fmt.Sprintf("%s%d", w.alias, w.count)
}

func (w *writer) text(q *genQuery) string {
	body := w.query(q)
	if len(w.ctes) > 0 {
		body = "with " + strings.Join(w.ctes, ",\n") + "\n" + body
	}
	if w.capitals {
		body = strings.ToUpper(body)
	}
	return body
}

// query writes a query as a SELECT.
func (w *writer) query(q *genQuery) string {
	if q.table != "" {
		return "select * from " + q.table
	}
	aliases := make([]string, len(q.sources))
	members := make([]string, len(q.sources))
	for i, s := range q.sources {
		aliases[i] = w.name()
		members[i] = w.source(s) + " as " + aliases[i]
	}
	text := "select " + w.outputs(q, aliases) + " from " + strings.Join(members, " cross join ")
	if q.filter >= 0 {
		text += " where " + aliases[q.filter] + "." + q.sources[q.filter].columns()[0].name + " is not null"
	}
	if q.union != nil {
		text += " union all " + w.query(q.union)
	}
	return text
}

func (w *writer) source(q *genQuery) string {
	if q.table != "" {
		return q.table
	}
	text := w.query(q)
	if !w.style.ctes {
		return "(" + text + ")"
	}
	name := "cte_" + w.name()
	w.ctes = append(w.ctes, name+" as ("+text+")")
	return name
}

func (w *writer) outputs(q *genQuery, aliases []string) string {
	if w.stars && w.isAll(q) {
		return "*"
	}
	items := make([]string, len(q.outputs))
	for i, out := range q.outputs {
		items[i] = w.expression(q, out, aliases) + " as " + out.name
	}
	return strings.Join(items, ", ")
}

// isAll reports whether the outputs are those of the only item of FROM.
func (w *writer) isAll(q *genQuery) bool {
	if len(q.sources) != 1 || len(q.outputs) != len(q.sources[0].columns()) {
		return false
	}
	for i, out := range q.outputs {
		if out.form != 0 || len(out.terms) != 1 || out.terms[0].output != i || out.name != q.sources[0].columns()[i].name {
			return false
		}
	}
	return true
}

func (w *writer) expression(q *genQuery, out genOutput, aliases []string) string {
	terms := make([]string, len(out.terms))
	for i, t := range out.terms {
		name := q.sources[t.source].columns()[t.output].name
		terms[i] = aliases[t.source] + "." + name
		if w.bare && len(q.sources) == 1 {
			terms[i] = name
		}
	}
	list := strings.Join(terms, ", ")
	switch out.form {
	case 0, 1:
		return strings.Join(terms, " + ")
	case 2:
		return "coalesce(" + list + ", 0)"
	case 3:
		return "case when " + terms[0] + " > 1 then " + terms[len(terms)-1] + " else coalesce(" + list + ") end"
	case 4:
		return "max(" + terms[0] + ") over (partition by " + list + ")"
	case 5:
		return "(select greatest(" + list + "))"
	default:
		return "cast(concat(" + list + ") as varchar(10))"
	}
}

func TestGeneratedLineage(t *testing.T) {
	catalog := lineagecase.NewCatalog(generatedTables, "", "")
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuery(t, 3, "")
		d, _ := dialect.ByName(rapid.SampledFrom([]string{
			"ansi", "postgres", "snowflake", "bigquery", "duckdb", "redshift", "databricks", "trino", "tsql", "mysql", "oracle", "starrocks",
		}).Draw(t, "dialect"))
		want := make([]string, len(q.outputs))
		for i, out := range q.outputs {
			want[i] = out.name + ": " + strings.Join(sortedKeys(out.from), ", ")
		}
		for _, s := range []style{
			{alias: "q"},
			{alias: "zz_", ctes: true},
			{alias: "q", stars: true},
			{alias: "q", ctes: true, stars: true, bare: true},
			{alias: "q", capitals: true},
			{alias: "a", bare: true},
		} {
			w := writer{style: s}
			sql := w.text(q)
			if diff := cmp.Diff(want, lineageOf(sql, d, catalog)); diff != "" {
				t.Fatalf("%s, style %+v (-made +found):\n%s\n%s", d.Name, s, diff, sql)
			}
		}
	})
}

func sortedKeys(m map[string]bool) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func lineageOf(sql string, d *dialect.Dialect, schema resolve.Schema) []string {
	result := resolveText(sql, d, schema)
	list := make([]string, len(result.Outputs))
	for i := range result.Outputs {
		from := map[string]bool{}
		for _, e := range result.Outputs[i].Edges {
			table := "?"
			if e.Table != nil {
				table = e.Table.String()
			}
			from[strings.ToLower(table+"."+e.Column)] = true
		}
		list[i] = strings.ToLower(result.Outputs[i].Name) + ": " + strings.Join(sortedKeys(from), ", ")
	}
	return list
}
