package lexer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/lexer"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// tokens writes the tokens of a text as "kind:text", words bare.
func tokens(t testing.TB, name, sql string) []string {
	t.Helper()
	d, ok := dialect.ByName(name)
	if !ok {
		t.Fatalf("no dialect %s", name)
	}
	var list []string
	l := lexer.New(sql, 0, len(sql), d)
	for {
		tok := l.Next()
		if tok.Kind == token.EOF {
			if tok.Unclosed {
				list = append(list, "unclosed comment")
			}
			return list
		}
		text := tok.Text(sql)
		if tok.Unclosed {
			text += " (unclosed)"
		}
		switch tok.Kind {
		case token.Word:
			list = append(list, text)
		case token.String, token.QuotedIdent, token.Number, token.Parameter, token.Template, token.Conflict:
			list = append(list, fmt.Sprintf("%s:%s", tok.Kind, text))
		default:
			list = append(list, tok.Kind.String())
		}
	}
}

func TestTokens(t *testing.T) {
	cases := []struct {
		name, dialect, sql string
		want               []string
	}{
		{"words and numbers", "ansi", "a _b1 c$d 1 1.5 .5 1e10 1.5E-3 0x1F 1_000", []string{"a", "_b1", "c$d", "number:1", "number:1.5", "number:.5", "number:1e10", "number:1.5E-3", "number:0x1F", "number:1_000"}},
		{"dots and digits", "postgres", "t.1 t . a 1.a", []string{"t", ".", "number:1", "t", ".", "a", "number:1.", "a"}},
		{"names that begin with digits", "spark", "3rd_party 10L 1.5BD t.2020_x", []string{"3rd_party", "number:10L", "number:1.5BD", "t", ".", "2020_x"}},
		{"double quotes are names", "postgres", `"a ""b" 'it''s'`, []string{`quoted name:"a ""b"`, "string:'it''s'"}},
		{"double quotes are strings", "bigquery", "\"a\" `b.c`", []string{`string:"a"`, "quoted name:`b.c`"}},
		{"brackets are names", "tsql", "[a b] #t ##g @v @@x", []string{"quoted name:[a b]", "#t", "##g", "parameter:@v", "parameter:@@x"}},
		{"brackets are brackets", "duckdb", "[1]", []string{"[", "number:1", "]"}},
		{"backslashes escape", "snowflake", `'a\'b' 'c'`, []string{`string:'a\'b'`, "string:'c'"}},
		{"backslashes are plain", "postgres", `'a\' || 'b'`, []string{`string:'a\'`, "||", "string:'b'"}},
		{"backslash that would swallow the rest", "redshift", `'b' || '\'`, []string{"string:'b'", "||", `string:'\'`}},
		{"prefixes", "postgres", `e'a\'b' n'x' b'01' U&'d' a'x'`, []string{`string:e'a\'b'`, "string:n'x'", "string:b'01'", "string:U&'d'", "a", "string:'x'"}},
		{"raw and triple", "bigquery", `r'\d' """a "b" c""" rb"x"`, []string{`string:r'\d'`, `string:"""a "b" c"""`, `string:rb"x"`}},
		{"oracle quotes", "oracle", "q'[it's]' nq'!x!' q'(a)'", []string{"string:q'[it's]'", "string:nq'!x!'", "string:q'(a)'"}},
		{"dollar quotes", "postgres", "$$a'b$$ $x$ $$ $x$ $1", []string{"string:$$a'b$$", "string:$x$ $$ $x$", "parameter:$1"}},
		{"comments", "postgres", "a -- x\nb /* /* */ */ c # d", []string{"a", "b", "c", "#", "d"}},
		{"flat comments", "snowflake", "a /* /* */ b // c", []string{"a", "b"}},
		{"hash comments", "mysql", "a # x\nb --c\nd -- e", []string{"a", "b", "-", "-", "c", "d"}},
		{"unclosed comment", "ansi", "a /* b", []string{"a", "unclosed comment"}},
		{"unclosed string", "ansi", "a 'b", []string{"a", "string:'b (unclosed)"}},
		{"operators", "postgres", "a->>b #>> c::d <=> e != f |> g ?| h @> i", []string{"a", "->>", "b", "#>>", "c", "::", "d", "<=>", "e", "<>", "f", "|>", "g", "contains operator", "h", "contains operator", "i"}},
		{"unicode", "ansi", "\ufeffsélect\u00a0名前\u3000x", []string{"sélect", "名前", "x"}},
		{"templates", "ansi", "{{ a }} {% if %} {# c #} {{ d", []string{"template:{{ a }}", "template:{% if %}", "template:{# c #}", "template:{{ (unclosed)", "d"}},
		{"conflict markers", "ansi", "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n", []string{"a", "conflict marker:<<<<<<< HEAD\n", "b", "conflict marker:=======\n", "c", "conflict marker:>>>>>>> x\n"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, tokens(t, c.dialect, c.sql)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzLexer holds that tokens follow each other within the text and that every
// text ends.
func FuzzLexer(f *testing.F) {
	for i, s := range []string{"select 'a' \"b\" `c` [d]", "$$ $a$ 1e5 0x {{ -- /* # // \\", "q'[", "r'''", "e'\\", "\xff\xc2\xa0", "@a @@ @> ?| #>> |> :: :="} {
		f.Add(s, uint8(i))
	}
	names := dialect.Names()
	f.Fuzz(func(t *testing.T, sql string, which uint8) {
		d, _ := dialect.ByName(names[int(which)%len(names)])
		l := lexer.New(sql, 0, len(sql), d)
		end := int32(0)
		for n := 0; ; n++ {
			tok := l.Next()
			if tok.Kind == token.EOF {
				return
			}
			if tok.Start < end || tok.End <= tok.Start || int(tok.End) > len(sql) || n > len(sql) {
				t.Fatalf("token %v behind %d in a text of %d bytes", tok, end, len(sql))
			}
			end = tok.End
		}
	})
}

// TestPart holds that a part of a text gives the tokens with places in the whole.
func TestPart(t *testing.T) {
	sql := "xxx select 1 yyy"
	l := lexer.New(sql, 4, 12, dialect.Default)
	var words []string
	for tok := l.Next(); tok.Kind != token.EOF; tok = l.Next() {
		words = append(words, tok.Text(sql))
	}
	if got := strings.Join(words, " "); got != "select 1" {
		t.Errorf("got %q", got)
	}
}
