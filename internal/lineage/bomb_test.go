package lineage

import (
	"fmt"
	"strings"
)

// bomb is a text that is cheap to send and dear to read: what it asks for grows
// faster than its length.
type bomb struct {
	name string
	// text makes one of about so many bytes.
	text func(size int) string
}

// repeat joins parts up to a size.
func repeat(size int, front, separator, back string, part func(i int) string) string {
	var b strings.Builder
	b.WriteString(front)
	for i := 0; i == 0 || b.Len() < size-len(back); i++ {
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(part(i))
	}
	b.WriteString(back)
	return b.String()
}

// chain makes CTEs c1, c2, ... each of which reads the one before it.
func chain(size int, first, edge, last string) string {
	n := 0
	text := repeat(size, "with c0 as ("+first+"), ", ", ", "", func(i int) string {
		n = i + 1
		return strings.NewReplacer("NEXT", fmt.Sprint("c", i+1), "PREV", fmt.Sprint("c", i)).Replace(edge)
	})
	return text + " " + strings.ReplaceAll(last, "PREV", fmt.Sprint("c", n))
}

func fill(size int, front, part, separator, back string) string {
	return repeat(size, front, separator, back, func(i int) string { return strings.ReplaceAll(part, "#", fmt.Sprint(i)) })
}

// half is two lists of the same length in one text.
func half(size int, front, a, middle, b, back string) string {
	return fill(size/2, front, a, ", ", middle) + fill(size/2, "", b, ", ", back)
}

var bombs = []bomb{
	{"qualified stars", func(n int) string {
		return chain(n, "select 1 as a, 2 as b", "NEXT as (select x.*, y.* from PREV x cross join PREV y)", "select * from PREV")
	}},
	{"bare stars", func(n int) string {
		return chain(n, "select a, b from t", "NEXT as (select * from PREV x cross join PREV y)", "select * from PREV")
	}},
	{"repeated stars", func(n int) string {
		return chain(n, "select a, b from t", "NEXT as (select *, * from PREV)", "select * from PREV")
	}},
	{"open stars", func(n int) string {
		return chain(n, "select * from t", "NEXT as (select x.*, y.*, x.* from PREV x, PREV y)", "select * from PREV")
	}},
	{"many stars", func(n int) string { return half(n, "with w as (select ", "1 as a#", ") select ", "*", " from w") }},
	{"many qualified stars", func(n int) string { return half(n, "with w as (select ", "1 as a#", ") select ", "w.*", " from w") }},
	{"stars with modifiers", func(n int) string {
		return half(n, "with w as (select ", "1 as a#", ") select ", "* exclude (a1) replace (a2 as a3) rename (a4 as b4)", " from w")
	}},
	{"using", func(n int) string {
		return half(n, "with w as (select ", "1 as a#", ") select * from w x", " join w y# using (a1, a2)", "")
	}},
	{"natural joins", func(n int) string {
		return fill(n/2, "with w as (select ", "1 as a#", ", ", ") select * from w x") + fill(n/2, "", " natural join w y#", "", "")
	}},
	{"unions", func(n int) string {
		return chain(n, "select a, b, c from t", "NEXT as (select * from PREV union all select * from PREV union all select b, a, c from PREV)", "select * from PREV")
	}},
	{"wide unions", func(n int) string {
		return fill(n/2, "with w as (select ", "a#", ", ", " from t)") + fill(n/2, " ", "select * from w", " union all ", "")
	}},
	{"unions by name", func(n int) string {
		return fill(n/2, "with w as (select ", "a#", ", ", " from t)") + fill(n/2, " ", "select * from w", " union all by name ", "")
	}},
	{"distinct unions", func(n int) string {
		return fill(n/2, "with w as (select ", "a#", ", ", " from t)") + fill(n/2, " ", "select distinct * from w", " union ", "")
	}},
	{"distinct chain", func(n int) string {
		return fill(n/2, "with c0 as (select ", "a#", ", ", " from t), ") +
			repeat(n/2, "", ", ", " select * from c1", func(i int) string { return fmt.Sprintf("c%d as (select distinct * from c%d)", i+1, i) })
	}},
	{"nested CTEs", func(n int) string {
		depth := min(n/60, 200)
		text := "select 1 as a, 2 as b"
		for range depth {
			text = "with w as (" + text + ") select x.*, y.* from w x, w y"
		}
		return text
	}},
	{"recursive", func(n int) string {
		return fill(n/2, "with recursive r as (select ", "a#", ", ", " from t union all select ") + fill(n/2, "", "a# + a1", ", ", " from r) select * from r")
	}},
	{"pivots", func(n int) string {
		return chain(n, "select a, b, c from t", "NEXT as (select * from PREV pivot (sum(a), min(b), max(c) for c in (1, 2, 3, 4, 5, 6, 7, 8)))", "select * from PREV")
	}},
	{"pivot products", func(n int) string {
		return fill(n/2, "select * from t pivot (sum(v) for a in (", "'x#'", ", ", ") for b in (") + fill(n/2, "", "'y#'", ", ", "))")
	}},
	{"pivot aggregates", func(n int) string {
		return fill(n/2, "select * from t pivot (", "sum(v#) as s#", ", ", " for a in (") + fill(n/2, "", "'y#'", ", ", "))")
	}},
	{"pivot of long labels", func(n int) string {
		return "select * from t pivot (sum(v) for a in ('" + strings.Repeat("x", n/2) + "') for b in (" + fill(n/2, "", "'y#'", ", ", "))")
	}},
	{"unpivots", func(n int) string {
		return half(n, "select * from t unpivot ((", "v#", ") for (", "k#", ") in ((a, b), (c, d), (e, f)))")
	}},
	{"unqualified names over cross joins", func(n int) string {
		return half(n, "select ", "a#", " from ", "t#", "")
	}},
	{"sums over cross joins", func(n int) string {
		return fill(n/2, "select ", "a# + b#", ", ", " from ") + fill(n/2, "", "t#", " cross join ", "")
	}},
	{"aliases over aliases", func(n int) string {
		return fill(n, "select a as x0, b as y0, ", "x# + y# as x", ", ", " 1 as z from t")
	}},
	{"lateral aliases", func(n int) string {
		return repeat(n, "select a as x0", "", " from t", func(i int) string { return fmt.Sprintf(", x%d + a%d as x%d", i, i, i+1) })
	}},
	{"growing edges", func(n int) string {
		return repeat(n, "with c0 as (select a0 as s from t), ", ", ", " select s from c1", func(i int) string {
			return fmt.Sprintf("c%d as (select s + t.a%d as s, s as s2, t.* from c%d, t)", i+1, i, i)
		})
	}},
	{"everything of everything", func(n int) string {
		return fill(n/2, "with w as (select ", "a#", ", ", " from t) select ") + fill(n/2, "", "hash(*) as h#", ", ", " from w")
	}},
	{"rows as values", func(n int) string {
		return fill(n/2, "with w as (select ", "a#", ", ", " from t) select ") + fill(n/2, "", "to_json(w) as h#", ", ", " from w")
	}},
	{"columns of columns", func(n int) string {
		return fill(n/2, "with w as (select ", "a#", ", ", " from t) select ") + fill(n/2, "", "max(columns(*))", ", ", " from w")
	}},
	{"long names", func(n int) string {
		return "with w as (select 1 as " + strings.Repeat("x", n/2) + ") select " + fill(n/2, "", "*", ", ", " from w")
	}},
	{"long unnamed expressions", func(n int) string {
		return "with w as (select f('" + strings.Repeat("x ", n/4) + "') from t) select " + fill(n/2, "", "*", ", ", " from w")
	}},
	{"long unknown names", func(n int) string {
		return "with w as (select 1 as a) select " + fill(n, "", "w."+strings.Repeat("x", n/200)+"#", ", ", " from w")
	}},
	{"windows", func(n int) string {
		return half(n, "select ", "sum(a#) over w", " from t window w as (order by ", "b#", ")")
	}},
	{"subqueries", func(n int) string {
		return half(n, "with w as (select ", "a#", " from t) select ", "(select x.* from w x, w y limit 1)", "")
	}},
	{"structures", func(n int) string {
		return chain(n, "select 1 as a, 2 as b", "NEXT as (select struct(a, b) as a, struct(b, a) as b from PREV)", "select a.*, b.*, a.a.*, b.b.* from PREV")
	}},
	{"array elements", func(n int) string {
		return half(n, "select * from t, unnest(", "a#", ") as u(", "b#", ")")
	}},
	{"group by all", func(n int) string {
		return chain(n, "select a, b from t", "NEXT as (select *, count(*) as n from PREV x natural join PREV y group by all)", "select * from PREV")
	}},
	{"pipes", func(n int) string {
		return "from (select a, b from t)" + strings.Repeat(" |> select *, *", min(n/16, 2000)) + " |> aggregate count(*) group by a"
	}},
	{"statements", func(n int) string {
		return repeat(n, "create view v0 as select a, b from t;", "", "select * from v9", func(i int) string {
			return fmt.Sprintf("create view v%d as select x.*, y.* from v%d x, v%d y;", i+1, i, i)
		})
	}},
	{"chained windows", func(n int) string {
		n = min(n, 60_000) // which is within the limit of tokens
		return fill(n/2, "select ", "sum(a)over w#", ",", " from t window ") +
			repeat(n/2, "", ",", "", func(i int) string { return fmt.Sprintf("w%d as(w%d)", i, max(i-1, 0)) })
	}},
	{"pivot statements", func(n int) string {
		return fill(min(n, 120_000), "pivot (from t) on ", "c# in ('x','y','z')", ", ", " using sum(v), max(w), min(u) group by g")
	}},
	{"plain items", func(n int) string { return fill(n, "select ", "a", ",", " from t") }},
	{"calls", func(n int) string { return fill(n, "select ", "f()", ",", " from t") }},
	{"tables", func(n int) string { return fill(n, "select 1 from ", "t#", ",", "") }},
	{"stars alone", func(n int) string { return fill(n, "select ", "*", ",", " from t") }},
	{"brackets", func(n int) string { return "select " + strings.Repeat("(", n/2) + strings.Repeat(")", n/2) }},
}
