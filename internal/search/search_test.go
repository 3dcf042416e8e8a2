package search

import (
	"slices"
	"strings"
	"testing"
)

func tokensOf(text string) (out []string) {
	var t tokenizer
	t.each(text, func(token []byte, _ int) bool {
		out = append(out, string(token))
		return true
	})
	return out
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"customer_id":            "customerid id",
		"customerId":             "customerid id",
		"CUSTOMER_ID":            "customerid id",
		"HTTPServer":             "httpserver server",
		"one, two":               "one two",
		"__dbt__cte":             "dbtcte cte",
		"dim_customers.v2":       "dimcustomers customers v2",
		"ｍｕｌｔｉｂｙｔｅ":              "multibyte",
		"Crème_Brûlée":           "cremebrulee brulee",
		"cre\u0300me":            "creme",
		"売上":                     "売上 上",
		"":                       "",
		"--":                     "",
		strings.Repeat("x", 100): strings.Repeat("x", longestToken),
	} {
		if got := strings.Join(tokensOf(text), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	q := Parse(`fct_Orders kind:model,seed -tag:"two words" Column:email -draft nokey:x owner: "a b"`)
	var got []string
	for _, term := range q.Terms {
		text := strings.Join(term.Words, "+")
		if term.Field != nil {
			text = term.Field.String() + ":" + text
		}
		if term.Not {
			text = "-" + text
		}
		got = append(got, text)
	}
	for _, f := range q.Filters {
		text := f.Key + ":" + strings.Join(f.Values, "|")
		if f.Not {
			text = "-" + text
		}
		got = append(got, text)
	}
	want := []string{"fctorders", "column:email", "-draft", "nokey", "x", "owner", "a+b", "kind:model|seed", "-tag:two words"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if !slices.Equal(q.Unknown, []string{"nokey"}) {
		t.Errorf("unknown %q", q.Unknown)
	}
}

func indexOf(documents ...[]Text) *Segment {
	b := &Builder{}
	for _, d := range documents {
		b.Add(d)
	}
	return b.Segment()
}

func found(find func(Field, string, func(int32)), field Field, word string) (docs []int32) {
	find(field, word, func(doc int32) { docs = append(docs, doc) })
	slices.Sort(docs)
	return slices.Compact(docs)
}

func TestSegment(t *testing.T) {
	t.Parallel()
	s := indexOf(
		[]Text{{Field: Name, Text: "stg_orders"}, {Field: Whole, Text: "stg_orders"}, {Field: Code, Text: "select id from raw.orders"}},
		[]Text{{Field: Name, Text: "customers"}, {Field: Column, Column: "CustomerID", Text: "CustomerID"}},
		[]Text{{Field: Name, Text: "idea"}},
	)
	for _, c := range []struct {
		find  func(Field, string, func(int32))
		field Field
		word  string
		want  []int32
	}{
		{s.Find, Name, "orders", []int32{0}},
		{s.Find, Name, "stgor", []int32{0}},
		{s.Find, Name, "id", []int32{2}},
		{s.Find, Name, "rders", nil},
		{s.Find, Column, "id", []int32{1}},
		{s.Find, Code, "id", []int32{0}},
		{s.Find, Code, "se", nil},
		{s.Find, Code, "sel", []int32{0}},
		{s.FindInside, Name, "tomer", []int32{1}},
		{s.FindInside, Name, "to", nil},
		{s.FindNear, Name, "custmer", []int32{1}},
		{s.FindNear, Name, "ordesr", []int32{0}},
		{s.FindNear, Name, "rodres", nil},
		{s.FindNear, Name, "iaed", nil},
		{s.FindWhole, Whole, "stgorders", []int32{0}},
		{s.FindWhole, Whole, "stg", nil},
		{s.FindWhole, Column, "", []int32{1}},
	} {
		if got := found(c.find, c.field, c.word); !slices.Equal(got, c.want) {
			t.Errorf("%s %q: %v, want %v", c.field, c.word, got, c.want)
		}
	}
}

func TestLocate(t *testing.T) {
	t.Parallel()
	texts := []Text{
		{Field: Name, Text: "stg_orders"},
		{Field: Column, Column: "email_hash", Text: "email_hash"},
		{Field: Column, Column: "email", Text: "email"},
		{Field: Description, Column: "email", Text: "Where\nwe  write to."},
		{Field: Code, Text: strings.Repeat("padding ", 40) + "needle " + strings.Repeat("more ", 60)},
	}
	for query, want := range map[string]Match{
		"email":       {Column, "email", "email"},
		"email_h":     {Column, "email_hash", "email_hash"},
		"write":       {Description, "email", "Where we write to."},
		"code:needle": {Code, "", "…" + strings.Repeat(" padding", 4) + " needle " + strings.Repeat("more ", 23) + "…"},
	} {
		m, ok := Locate(texts, Parse(query).Terms[0], ByWords, Code)
		m.Fragment = strings.ReplaceAll(m.Fragment, "… ", "…")
		want.Fragment = strings.ReplaceAll(want.Fragment, "… ", "…")
		if !ok || m.Field != want.Field || m.Column != want.Column || want.Field != Code && m.Fragment != want.Fragment {
			t.Errorf("%s: %+v, want %+v", query, m, want)
		}
		if n := len([]rune(m.Fragment)); n > longestFragment+3 || !strings.Contains(m.Fragment, Parse(query).Terms[0].Words[0][:5]) {
			t.Errorf("%s: fragment of %d letters: %s", query, n, m.Fragment)
		}
	}
	if m, ok := Locate(texts, Parse("emial").Terms[0], Near, Column); !ok || m.Column != "email_hash" && m.Column != "email" {
		t.Errorf("%+v, %v", m, ok)
	}
}

// FuzzQuery parses what people may type and looks for it in a document that has all of it: every query is understood,
// within bounds, and a term that the index finds has a place in the document.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		`orders`, `kind:model tag:pii owner:finance column:email package:shop has:description`, `-tag:"a b",c "quo`, `"net revenue" from`, `"net_rev enue"`, `a:b:c`, `:x`, `é_É 売上`, "\x00\xff", `--x - "" ,,`,
	} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, query, text string) {
		q := Parse(query)
		if len(q.Terms) > mostTerms || len(q.Filters) > mostTerms {
			t.Errorf("%d terms", len(q.Terms))
		}
		document := []Text{{Field: Name, Text: text}, {Field: Column, Column: "c", Text: text}, {Field: Code, Text: text}}
		s := indexOf(document)
		for _, term := range q.Terms {
			if len(term.Words) == 0 {
				t.Errorf("a term without words")
			}
			for _, field := range []Field{Name, Column, Code} {
				all := true
				for _, word := range term.Words {
					if word == "" || len(word) > longestToken {
						t.Errorf("word %q", word)
					}
					all = all && len(found(s.Find, field, word)) > 0
				}
				if term.Phrase && HasPhrase(document, field, term.Words) != all {
					if !all {
						t.Errorf("%q is a phrase of %q without its words", term.Words, text)
					}
					continue
				}
				if term.Field = &field; !all {
					continue
				}
				if m, ok := Locate(document, term, ByWords, Code); !ok || m.Field != field {
					t.Errorf("%q is found in %q, but has no place", term.Words, text)
				}
			}
		}
	})
}
