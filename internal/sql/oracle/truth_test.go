package oracle

import (
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTruth holds what is read off PostgreSQL's trees against lineage that was
// written by hand: an oracle that is wrong in the engine's way would prove nothing.
func TestTruth(t *testing.T) {
	s := startServer(t)
	for _, test := range []struct {
		name, sql string
		// want has a line for each output, the other sides of merged columns behind
		// a bar; the last line is what decides the rows.
		want string
	}{
		{"column and expression", "select b, a + c as s from t0 where a > 0", "b: t0.b\ns: t0.a t0.c\nrows: t0.a"},
		{"subquery and CTE", "with w as (select a as x, b as y from t0 where c = 1) select s.x from (select x, y from w) s join t1 on t1.d = s.y", "x: t0.a\nrows: t0.b t0.c t1.d"},
		{"union", "select a, b from t0 union all select d, b from t1", "a: t0.a t1.d\nb: t0.b t1.b\nrows:"},
		{"union that compares", "select a from t0 union select d from t1", "a: t0.a t1.d\nrows: t0.a t1.d"},
		{"merged", "select b, d from t0 join t1 using (b)", "b: t0.b | t0.b t1.b\nd: t1.d\nrows: t0.b t1.b | t0.b t1.b"},
		{"window", "select sum(e) over (partition by f order by g) as s from t2", "s: t2.e t2.f t2.g\nrows:"},
		{"aggregate", "select a, sum(b) filter (where c > 1) as s, count(*) as n from t0 group by a having max(c) > 2", "a: t0.a\ns: t0.b t0.c\nn:\nrows: t0.a t0.c"},
		{"scalar subquery", "select (select max(d) from t1 where t1.b = t0.b) as m from t0", "m: t1.d\nrows: t0.b t1.b"},
		{"exists", "select a from t0 where exists (select 1 from t1 where t1.b = t0.b)", "a: t0.a\nrows: t0.b t1.b"},
		{"in", "select a in (select d from t1) as i from t0", "i: t0.a t1.d\nrows:"},
		{"recursive", "with recursive r(x, y) as (select a, b from t0 union all select y, x from r where x > 1) select x from r", "x: t0.a t0.b\nrows: t0.a t0.b"},
		{"whole row", "select to_json(t1) as j from t1", "j: t1.b t1.d\nrows:"},
		{"values and functions", "select v.y, g from (values (1, 2)) v(x, y), t1, generate_series(1, t1.d) g", "y:\ng: t1.d\nrows:"},
		{"distinct on and order", "select distinct on (a) b from t0 order by a, c", "b: t0.b\nrows: t0.a t0.c"},
	} {
		t.Run(test.name, func(t *testing.T) {
			found, err := s.truthOf(t.Context(), generatedTables, "", test.sql)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, found.printed()); diff != "" {
				t.Errorf("%s (-want +read):\n%s", test.sql, diff)
			}
			if differences := compare(found, generatedTables, "", test.sql); len(differences) > 0 {
				t.Errorf("the engine differs: %v", differences)
			}
		})
	}
}

// printed is the truth, a line a column.
func (f *truth) printed() string {
	var lines []string
	for _, o := range f.outputs {
		lines = append(lines, f.line(o.name, o.origin))
	}
	return strings.Join(append(lines, f.line("rows", f.rows)), "\n")
}

func (f *truth) line(name string, o origin) string {
	text := name + ":" + f.names(o.from)
	if len(o.partners) > 0 {
		text += " |" + f.names(o.partners)
	}
	return text
}

func (f *truth) names(set map[base]bool) string {
	var names []string
	for b := range set {
		names = append(names, tail(f.columns[b]))
	}
	sort.Strings(names)
	text := ""
	for _, n := range names {
		text += " " + n
	}
	return text
}

// TestComparisonFindsFaults: a truth that was changed by one column is no longer
// the engine's.
func TestComparisonFindsFaults(t *testing.T) {
	s := startServer(t)
	sql := "select a, b + c as s from t0 where c > 1"
	for _, test := range []struct {
		name   string
		change func(*truth)
	}{
		{"a name", func(f *truth) { f.outputs[0].name = "z" }},
		{"an edge more", func(f *truth) { f.outputs[0].add(f.outputs[1].origin) }},
		{"an edge less", func(f *truth) { f.outputs[1].from = f.outputs[0].from }},
		{"an output less", func(f *truth) { f.outputs = f.outputs[:1] }},
		{"rows", func(f *truth) { f.rows = newOrigin() }},
	} {
		found, err := s.truthOf(t.Context(), generatedTables, "", sql)
		if err != nil {
			t.Fatal(err)
		}
		if d := compare(found, generatedTables, "", sql); len(d) != 0 {
			t.Fatalf("the engine differs: %v", d)
		}
		test.change(found)
		if d := compare(found, generatedTables, "", sql); len(d) == 0 {
			t.Errorf("%s: nobody notices", test.name)
		}
	}
}
