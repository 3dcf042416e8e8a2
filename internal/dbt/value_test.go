package dbt

import (
	"bytes"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// FuzzText: the text of a JSON string is what jsontext takes it for.
func FuzzText(f *testing.F) {
	for _, s := range []string{
		`"plain"`, `""`, `"\\"`, `"a\nb\tc\"d\\e\/f\b\f\r"`, `"\u00e4\u20AC\u0000 \ud83d\ude00"`, `"\ud800"`, `"\ud800\n"`,
		"\"\xff\\n\"", "\"ä\\n😀\"", `"\u0041\\u0041"`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !decoderSays(raw) || raw[0] != '"' || bytes.IndexByte(raw, '\\') < 0 {
			return
		}
		want, _ := jsontext.AppendUnquote(nil, raw)
		if got := value(raw).str(); got != string(want) {
			t.Errorf("%q is %q, want %q", raw, got, want)
		}
	})
}

// Objects are merged in the order in which their names appear, also those with many.
func TestMergeObjects(t *testing.T) {
	many := []byte(`{`)
	for i := range 3 * longMemberList {
		many = append(many, (`"n` + itoa(int64(i)) + `":` + itoa(int64(i)) + `,`)...)
	}
	many = append(many[:len(many)-1], '}')
	changed := bytes.Replace(many, []byte(`"n40":40`), []byte(`"n40":"x"`), 1)
	for _, c := range []struct{ a, b, want string }{
		{`{"a":1,"b":2}`, `{"b":3,"c":4}`, `{"a":1,"b":3,"c":4}`},
		{`{"a":1}`, `{}`, `{"a":1}`},
		{`{}`, `{"\u00e4":1}`, `{"ä":1}`},
		{string(many), `{"n40":"x"}`, string(changed)},
		{`{"x":0}`, string(many), `{"x":0,` + string(many[1:])},
	} {
		if got := mergeObjects([]value{value(c.a), value(c.b)}); string(got) != c.want {
			t.Errorf("%s and %s: got %s, want %s", c.a, c.b, got, c.want)
		}
	}
}
