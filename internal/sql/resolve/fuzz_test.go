package resolve_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

var allDialects = dialect.Names()

func resolveText(sql string, d *dialect.Dialect, schema resolve.Schema) resolve.Result {
	script, _ := parser.Parse(sql, d, parser.Options{})
	return resolve.Query(context.Background(), script, d, schema, resolve.Options{})
}

// FuzzResolve looks for panics, endless work and results that differ from one
// run to the next.
func FuzzResolve(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.sql"))
	if err != nil {
		f.Fatal(err)
	}
	for i, file := range files {
		if text, err := os.ReadFile(file); err == nil {
			f.Add(string(text), uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, sql string, n uint8) {
		d, _ := dialect.ByName(allDialects[int(n)%len(allDialects)])
		schema, _ := headOf(sql)
		script, _ := parser.Parse(sql, d, parser.Options{})
		options := resolve.Options{Budget: resolve.Budget{Steps: 200_000}}
		first := resolve.Script(context.Background(), script, d, schema, options)
		for _, result := range first {
			checkResult(t, result, sql)
		}
		if diff := cmp.Diff(first, resolve.Script(context.Background(), script, d, schema, options)); diff != "" {
			t.Errorf("two runs differ:\n%s", diff)
		}
	})
}

// checkResult checks what must hold for every result.
func checkResult(t *testing.T, result resolve.Result, sql string) {
	ok := map[*resolve.Table]bool{}
	for _, table := range result.Tables {
		ok[table] = true
	}
	for i := range result.Outputs {
		out := &result.Outputs[i]
		if out.Span.Start < 0 || int(out.Span.End) > len(sql) || out.Span.Start > out.Span.End {
			t.Errorf("output %s has the span %v in a text of %d bytes", out.Name, out.Span, len(sql))
		}
		for _, e := range out.Edges {
			if (e.Table == nil) != (e.Confidence == resolve.Failed) {
				t.Errorf("edge of %s: table %v with confidence %s", out.Name, e.Table, e.Confidence)
			}
			if e.Table != nil && !ok[e.Table] {
				t.Errorf("edge of %s: table %s is not in the list", out.Name, e.Table)
			}
			if e.Kinds == 0 {
				t.Errorf("edge of %s: no kind", out.Name)
			}
		}
	}
}

// TestHostileTexts resolves texts made to cost much; each has to end and say so.
func TestHostileTexts(t *testing.T) {
	wide := strings.Repeat("a, ", 3000) + "b"
	chain := "with c0 as (select a, b from t)"
	for i := 1; i < 400; i++ {
		chain += strings.ReplaceAll(", cX as (select p.a + q.b as a, q.a as b from cY p join cY q on p.a = q.b)", "X", strconv.Itoa(i))
		chain = strings.ReplaceAll(chain, "cY", "c"+strconv.Itoa(i-1))
	}
	texts := map[string]string{
		"nested":    "select a from " + strings.Repeat("(select * from ", 3000) + "t" + strings.Repeat(") x", 3000),
		"unions":    "select a from t" + strings.Repeat(" union all select a from u", 20_000),
		"wide":      "with x as (select " + wide + " from t), y as (select * from x), z as (select * from y) select * from z",
		"chain":     chain + " select a, b from c399",
		"self join": "with x as (select * from t) select * from " + strings.Repeat("x cross join ", 300) + "x",
		"ctes":      "with recursive " + strings.Repeat("a as (select * from a union all select * from a), ", 200) + "b as (select * from a) select * from b",
		"recursive": "with recursive r(a, b, c, d) as (select a, b, c, d from t union all select b, c, d, a from r union all select s.x, a, b, c from r) select * from r",
		"mutual":    "with recursive a as (select * from b), b as (select * from a union all select * from b) select * from a",
		"alias":     "select b as a, a as b, a.b.c.d as c, c.d as a from t",
		"pivot":     "select * from t pivot (sum(v) for a in (" + wide + ") for b in (" + wide + ") for c in (" + wide + "))",
		"window":    "select sum(a) over w1 from t window w1 as (w2), w2 as (w1)",
		"operators": "select a" + strings.Repeat(" + a", 50_000) + " from t",
		"paths":     "with recursive r as (select s from t union all select s.s from r) select * from r",
		"stars":     "select " + strings.Repeat("*, ", 500) + "* from (select " + wide + " from t) x",
	}
	for name, sql := range texts {
		t.Run(name, func(t *testing.T) {
			for _, dialectName := range []string{"ansi", "snowflake", "clickhouse", "bigquery"} {
				d, _ := dialect.ByName(dialectName)
				result := resolveText(sql, d, resolve.NoSchema{})
				checkResult(t, result, sql)
			}
		})
	}
}
