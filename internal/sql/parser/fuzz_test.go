package parser_test

import (
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
)

var fuzzSeeds = []string{
	"select a, b as c from t where x = 1",
	"with x as (select * from t) select x.*, count(*) over (partition by a order by b rows between 1 preceding and current row) from x",
	"select a:b.c[0]::int, case when x then y end from t pivot (sum(v) for k in ('a','b')) p qualify row_number() over (order by 1) = 1",
	"merge into t using s on t.a = s.a when matched and s.x then update set a = s.b when not matched then insert (a) values (s.a)",
	"from t |> where x > 1 |> aggregate sum(y) as s group by k |> join u using (k)",
	"create procedure p() as begin if x then insert into t select 1; end if; end",
	"select [x for x in l if x > 1], {'a': 1}, map {1: 2}, array[1,2][1:2], t.* exclude (a) from 'f.parquet'",
	"select $$ body $$, E'\\'', r\"raw\", q'[x]', {{ jinja }} -- comment\n/* /* */",
	"select ((((1))))", "select (", "select * from (", "case when", "a b c d", ")))", "select '", "select 1 +",
	"select from a a(a00(000for", "update t set () = a", "at epoch", "from where a |> 0",
}

// FuzzParse holds that no text makes the parser panic, hang or give spans
// outside of it, in any dialect.
func FuzzParse(f *testing.F) {
	for i, s := range fuzzSeeds {
		f.Add(s, uint8(i))
	}
	names := dialect.Names()
	f.Fuzz(func(t *testing.T, sql string, which uint8) {
		d, _ := dialect.ByName(names[int(which)%len(names)])
		script, diagnostics := parser.Parse(sql, d, parser.Options{MaxDepth: 60})
		checkSpans(t, script)
		for _, diagnostic := range diagnostics {
			if diagnostic.Start < 0 || int(diagnostic.End) > len(sql) || diagnostic.Position.Line < 1 {
				t.Fatalf("diagnostic %v outside of the text", diagnostic)
			}
		}
	})
}

// TestHostile parses texts made to exhaust time, memory or stack.
func TestHostile(t *testing.T) {
	const n = 10000
	cases := map[string]string{
		"parentheses":       "select " + strings.Repeat("(", n) + "1" + strings.Repeat(")", n),
		"open parentheses":  "select " + strings.Repeat("(", n),
		"open subqueries":   strings.Repeat("select * from (", n),
		"subqueries":        strings.Repeat("select * from (", n) + "select 1" + strings.Repeat(") x", n),
		"in lists":          "select " + strings.Repeat("a in (", n),
		"brackets":          "select " + strings.Repeat("[", n),
		"braces":            "select " + strings.Repeat("{a:", n),
		"calls":             "select " + strings.Repeat("f(", n) + strings.Repeat(")", n),
		"case":              "select " + strings.Repeat("case when ", n),
		"case else":         "select " + strings.Repeat("case when a then b else ", n) + "c" + strings.Repeat(" end", n),
		"not":               "select " + strings.Repeat("not ", n) + "a",
		"minus":             "select " + strings.Repeat("- ", n) + "a",
		"and":               "select " + strings.Repeat("a and ", n) + "a",
		"concat":            "select " + strings.Repeat("a || ", n) + "a",
		"between":           "select " + strings.Repeat("a between ", n) + "a",
		"casts":             "select a" + strings.Repeat("::int", n),
		"paths":             "select a" + strings.Repeat(".b", n) + strings.Repeat("[0]", n),
		"unions":            strings.Repeat("select a from t union all ", n) + "select a from t",
		"nested unions":     strings.Repeat("(select a union ", n) + "select 1" + strings.Repeat(")", n),
		"joins":             "select * from t" + strings.Repeat(" join t on a = b", n),
		"joins without on":  "select * from t" + strings.Repeat(" join t", n),
		"join parentheses":  "select * from " + strings.Repeat("(", n) + "t" + strings.Repeat(" join t on true)", n),
		"types":             "select cast(a as " + strings.Repeat("array<", n) + "int" + strings.Repeat(">", n) + ")",
		"blocks":            strings.Repeat("begin ", n),
		"ifs":               strings.Repeat("if a then ", n),
		"with":              strings.Repeat("with a as (", n),
		"explain":           strings.Repeat("explain ", n) + "select 1",
		"lambdas":           "select f(" + strings.Repeat("x -> ", n) + "x)",
		"pivots":            "select * from t" + strings.Repeat(" pivot (sum(a) for b in (c))", n),
		"commas":            "select " + strings.Repeat(",", n),
		"quotes":            strings.Repeat("'", n) + strings.Repeat("\"", n) + strings.Repeat("\\'", n),
		"escapes":           strings.Repeat("E'\\' ", n),
		"comments":          strings.Repeat("/*", n),
		"dollar":            strings.Repeat("$a$ $b", n),
		"templates":         strings.Repeat("{{", n) + strings.Repeat("{% if %}", n),
		"conflict":          strings.Repeat("<<<<<<< HEAD\nselect 1\n=======\nselect 2\n>>>>>>> x\n", n/10),
		"pipes":             "from t" + strings.Repeat(" |> where a", n),
		"over":              "select " + strings.Repeat("f() over (order by ", n),
		"grouping sets":     "select 1 from t group by grouping sets " + strings.Repeat("(", n) + "a" + strings.Repeat(")", n),
		"statements":        strings.Repeat("select 1;", n),
		"words":             strings.Repeat("word ", n),
		"interval":          "select " + strings.Repeat("interval (", n),
		"lateral views":     "select * from t" + strings.Repeat(" lateral view explode(a) x as y", n),
		"unclosed brackets": strings.Repeat("([{", n) + strings.Repeat(")", n),
		"quoted bodies":     "create function f() as $$ begin create function g() as $x$ begin select 1; end $x$; end $$",
		"nested paths":      "select * from json_table(a, '$' columns (" + strings.Repeat("nested path '$' columns (", n),
		"structs":           "select " + strings.Repeat("struct(", n),
		"ternaries":         "select " + strings.Repeat("a ? ", n),
		"updates":           "update t set " + strings.Repeat("a = (select ", n),
		"match recognize":   "select * from t" + strings.Repeat(" match_recognize (partition by a", n),
	}
	for name, sql := range cases {
		t.Run(name, func(t *testing.T) {
			for _, d := range []string{"ansi", "snowflake", "clickhouse", "tsql"} {
				dial, _ := dialect.ByName(d)
				script, _ := parser.Parse(sql, dial, parser.Options{})
				checkSpans(t, script)
			}
		})
	}
}

// TestDepthOfTree holds that a text which nests no deeper than the budget makes
// a tree that is not much deeper either.
func TestDepthOfTree(t *testing.T) {
	sql := strings.Repeat("select a from t union all ", 5000) + "select " + strings.Repeat("a and b or ", 5000) + "c"
	script, diagnostics := parser.Parse(sql, dialect.Default, parser.Options{})
	if len(diagnostics) > 0 {
		t.Fatal(diagnostics[0])
	}
	if depth := depthOf(script); depth > 20 {
		t.Errorf("the tree is %d deep", depth)
	}
}

func depthOf(n ast.Node) int {
	deepest := 0
	ast.Children(n, func(child ast.Node) { deepest = max(deepest, depthOf(child)) })
	return deepest + 1
}
