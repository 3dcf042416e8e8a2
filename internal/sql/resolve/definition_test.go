package resolve_test

import (
	"context"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// The definition of an output is found through whatever only passes it on.
func TestDefinition(t *testing.T) {
	for _, c := range []struct{ sql, want string }{
		{"select a + 1 as b from t", "a + 1"},
		{"select a from t", "a"},
		{"with x as (select a + 1 as b, a from t) select * from x", "a + 1 | a"},
		{"with x as (select sum(a) as s from t), y as (select x.s as z from x), final as (select * from y) select final.* from final", "sum(a)"},
		{"with x as (select a + 1 as b from t) select b * 2 as c, b as d from x", "b * 2 | a + 1"},
		{"with x as (select * from t) select * from x", " | "},
		{"select * from (select case when a > 0 then b end as c from t) s", "case when a > 0 then b end"},
		{"with x as (select a as k from t), y as (select a as k, b + 1 as n from t) select x.k, y.n from x join y on x.k = y.k", "a | b + 1"},
		{"with recursive r as (select 1 as n union all select n + 1 from r) select n from r", "1"},
		{"select a from t union all select b + 1 from t", ""}, // two of them; Span is that of the first,
		{"with a as (select a from a) select a from a", "a"},
	} {
		d, _ := dialect.ByName("postgres")
		script, problems := parser.Parse(c.sql, d, parser.Options{})
		if len(problems) > 0 {
			t.Fatalf("%s: %v", c.sql, problems)
		}
		result := resolve.Query(context.Background(), script, d, twoColumns{}, resolve.Options{})
		var got []string
		for _, o := range result.Outputs {
			got = append(got, o.Definition.Text(c.sql))
		}
		if text := strings.Join(got, " | "); text != c.want {
			t.Errorf("%s: %q, want %q", c.sql, text, c.want)
		}
	}
}

// twoColumns is a schema of which every table has the columns a and b.
type twoColumns struct{}

func (twoColumns) Columns([]resolve.Name) ([]resolve.Column, bool) {
	return []resolve.Column{{Name: "a"}, {Name: "b"}}, true
}
