package resolve_test

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// hugeText is a text made of very many small parts.
type hugeText struct {
	name, front string
	part        func(i int) string
	back        string
}

func same(text string) func(int) string { return func(int) string { return text } }

var hugeTexts = []hugeText{
	{"unions", "", same("select a.id, a.name, 'x' as kind from one.two as a where a.id > 10\nunion all\n"), "select 1, 2, 3"},
	{"items", "select ", same("a, "), "b from t"},
	{"items without table", "select ", func(i int) string { return "c" + strconv.Itoa(i) + ", " }, "b"},
	{"names over aliases", "select ", func(i int) string { return "f(x" + strconv.Itoa(i) + ") as y" + strconv.Itoa(i) + ", " }, "1 from t"},
	{"comma joins", "select a, b, c from t0", func(i int) string { return ", t" + strconv.Itoa(i) }, " where a = b"},
	{"names over comma joins", "select * from (select 1 as one) t0, (select a, b, c", func(i int) string { return ", x" + strconv.Itoa(i) }, " from u, v, w) x"},
	{"joins", "select * from t0", func(i int) string { return " join t" + strconv.Itoa(i) + " using (a)" }, ""},
	{"CTEs", "with ", func(i int) string { return "x" + strconv.Itoa(i) + " as (select * from t), " }, "y as (select * from x1) select * from y"},
	{"CTEs that read each other", "with x0 as (select a from t)", func(i int) string {
		return fmt.Sprintf(", x%d as (select a from x%d join u on true)", i+1, i)
	}, " select a from x9"},
	{"USING", "select * from t join u using (a", func(i int) string { return ", a" + strconv.Itoa(i) }, ")"},
	{"statements", "", same("select a from t;\n"), ""},
	{"views", "", func(i int) string {
		return fmt.Sprintf("create view v%d as select a from v%d;\n", i+1, i)
	}, "select a from v7"},
	{"operators", "select ", same("a + "), "a from t"},
	{"strings", "select ", same("'x' "), "from t"},
	{"words", "select ", same("word "), ""},
	{"cases", "select ", same("case when a then b else "), ""},
	{"parentheses", "select ", same("("), ""},
	{"brackets", "select a", same("[1]"), " from t"},
	{"comments", "select a /* ", same("/* -- "), ""},
	{"conflict markers", "select a from t\n", same("<<<<<<< HEAD\n, b\n=======\n, c\n>>>>>>> x\n"), ""},
	{"templates", "select ", same("{{ x }}, "), "a from t"},
	{"windows", "select ", same("sum(a) over (partition by b), "), "1 from t"},
	{"values", "select * from (values ", same("(1, 2), "), "(3, 4)) v"},
	{"in list", "select a from t where a in (", same("1, "), "2)"},
	{"subqueries", "select ", same("(select max(a) from u where u.b = t.b), "), "1 from t"},
	{"paths", "select a", same(".b"), " from t"},
	{"unpivot", "select * from t unpivot (v for k in (", func(i int) string { return "c" + strconv.Itoa(i) + ", " }, "z))"},
	{"pivot", "select * from t pivot (sum(v) for k in (", func(i int) string { return "'c" + strconv.Itoa(i) + "', " }, "'z'))"},
	{"stars", "with w as (select " + strings.TrimSuffix(strings.Repeat("a, ", 300), ", ") + " from t) select ", same("*, "), "1 from w"},
}

// Of one token the tree and all that is worked out over it may take so many bytes,
// garbage included.
const bytesPerToken = 6000

// TestHugeTexts holds that work grows with the length of a text. A text that takes
// the square of it would need minutes and many gigabytes.
func TestHugeTexts(t *testing.T) {
	size := 120_000
	if raced {
		size = 12_000
	}
	for _, text := range hugeTexts {
		t.Run(strings.ReplaceAll(text.name, " ", "_"), func(t *testing.T) {
			var b strings.Builder
			b.WriteString(text.front)
			for i := 0; b.Len() < size; i++ {
				b.WriteString(text.part(i))
			}
			b.WriteString(text.back)
			for _, dialectName := range []string{"ansi", "clickhouse"} {
				d, _ := dialect.ByName(dialectName)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				end := time.AfterFunc(time.Minute, func() { panic(text.name + " in " + dialectName + " takes a minute") })
				result := resolveText(b.String(), d, resolve.NoSchema{})
				end.Stop()
				checkResult(t, result, b.String())
				runtime.ReadMemStats(&after)
				if used := (after.TotalAlloc - before.TotalAlloc) / uint64(size); used > bytesPerToken/4 && !raced {
					t.Errorf("%s: %d bytes of memory for each byte of text", dialectName, used)
				}
			}
		})
	}
}

// TestTooLongTextReportsWhere: of 50 MB only the front is read, and that is said
// with the place.
func TestTooLongTextReportsWhere(t *testing.T) {
	lines := 2_000_000
	if raced {
		lines /= 8
	}
	sql := "select 1 as one\n" + strings.Repeat("union all select a from t\n", lines)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	script, problems := parser.Parse(sql, dialect.Default, parser.Options{})
	result := resolve.Query(context.Background(), script, dialect.Default, resolve.NoSchema{}, resolve.Options{})
	runtime.ReadMemStats(&after)
	if len(problems) != 1 || problems[0].Code != parser.TooLong || problems[0].Position.Line < 1000 {
		t.Errorf("problems %v, want one that tells where the text is too long", problems)
	}
	if len(result.Outputs) != 1 || result.Outputs[0].Name != "one" {
		t.Errorf("outputs %v, want those of the part that was read", result.Outputs)
	}
	if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 500 {
		t.Errorf("%d MB of memory, garbage included, want at most 500", used)
	}
}
