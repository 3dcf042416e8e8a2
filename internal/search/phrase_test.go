package search

import (
	"strings"
	"testing"
)

func TestHasPhrase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, phrase string
		field        Field
		want         bool
	}{
		{"the net revenue of a day", "net revenue", Description, true},
		{"Net-Revenue", "net revenue", Description, true},
		{"net_revenue_eur", "net revenue", Column, true},
		{"netRevenue", "net revenue", Column, true},
		{"net revenues", "net revenue", Description, true}, // the last word may be a beginning
		{"nets revenue", "net revenue", Description, false},
		{"revenue net", "net revenue", Description, false},
		{"net of tax revenue", "net revenue", Description, false},
		{"net net revenue", "net revenue", Description, true},
		{"select a from b", "from b", Code, true},
		{"select a from bc", "from b", Code, false}, // one letter has to be a whole word
		{"select a\n  from fct_orders as o", "from fct_orders", Code, true},
		{"fct_orders_daily", "fct_orders daily", Name, true},
		{"fct_ordersx daily", "fct_orders daily", Name, false},
		{"Crème brûlée", "creme brulee", Description, true},
		{"net rev enue", "net revenue", Description, false},
		{"net", "net revenue", Description, false},
		{"", "net revenue", Description, false},
	} {
		q := Parse(`"` + c.phrase + `"`)
		if len(q.Terms) != 1 || !q.Terms[0].Phrase {
			t.Fatalf("%q: %+v", c.phrase, q)
		}
		texts := []Text{{Field: c.field, Text: c.text}}
		if got := HasPhrase(texts, c.field, q.Terms[0].Words); got != c.want {
			t.Errorf("%q in %q: %v", c.phrase, c.text, got)
		}
		if m, ok := Locate(texts, q.Terms[0], ByWords, Code); ok != c.want || ok && !strings.Contains(c.text, strings.Trim(m.Fragment, "…")) && !strings.Contains(c.text, "\n") {
			t.Errorf("%q in %q is at %+v, %v", c.phrase, c.text, m, ok)
		}
	}
	apart := []Text{{Field: Tag, Text: "net"}, {Field: Tag, Text: "revenue"}, {Field: Relation, Text: "marts"}, {Field: Relation, Text: "fct_orders"}}
	if HasPhrase(apart, Tag, []string{"net", "revenue"}) || !HasPhrase(apart, Relation, []string{"marts", "fctorders"}) {
		t.Error("two tags are one text, or an address is not")
	}
	for query, want := range map[string]bool{`"one"`: false, `one two`: false, `column:"one two"`: true, `a.b`: false, `-"one two"`: true} {
		if got := Parse(query).HasPhrase(); got != want {
			t.Errorf("%s: %v", query, got)
		}
	}
}
