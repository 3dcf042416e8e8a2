package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	one := func(name, value string, line int) entry {
		return entry{name: name, values: []string{value}, number: line}
	}
	tests := []struct {
		name, text string
		want       []entry
	}{
		{"empty", "", nil},
		{"comments alone", "# nothing\n", nil},
		{"comments", "---\n# all of it\n\nlisten: a:1 # here too\n", []entry{one("listen", "a:1", 4)}},
		{"no space in a comment", "data: a#b\n", []entry{one("data", "a#b", 1)}},
		{"quotes", "a: \"x: y # z\"\nb: 'it \"is\"'  # why\nc: ''\n", []entry{one("a", "x: y # z", 1), one("b", `it "is"`, 2), one("c", "", 3)}},
		{"escapes", `a: "b\tc"`, []entry{one("a", "b\tc", 1)}},
		{"sections", "limits:\n  parts: 1\n\n  # more\n  depth: 2\ndata: d", []entry{one("limits.parts", "1", 2), one("limits.depth", "2", 5), one("data", "d", 6)}},
		{"dotted", "limits.parts: 1\n", []entry{one("limits.parts", "1", 1)}},
		{"Windows", "\ufeffa: 1\r\nb:\r\n  c: 2\r\n", []entry{one("a", "1", 1), one("b.c", "2", 3)}},
		{"address", "database_url: postgres://u:p@h:5432/d?x=y\n", []entry{one("database_url", "postgres://u:p@h:5432/d?x=y", 1)}},
		{"list", "a: [x, 'y']\nb:\n- 1\n- 2\n", []entry{
			{name: "a", values: []string{"x", "y"}, list: true, number: 1}, {name: "b", values: []string{"1", "2"}, list: true, number: 2},
		}},
		{"texts of many lines", "a: >-\n  b\n  c\nd: 1\n", []entry{one("a", "b c", 1), one("d", "1", 4)}},
		{"alias", "a: &x 1\nb: *x\n", []entry{one("a", "1", 1), one("b", "1", 2)}},
		{"JSON", "{\n  \"a\": \"x\",\n  \"b\": {\"c\": 12,\n   \"d\": true}\n}\n", []entry{one("a", "x", 2), one("b.c", "12", 3), one("b.d", "true", 4)}},
		{"empty JSON", " {} ", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parse([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(entry{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no colon", "a: 1\nlisten\n", "line 2"},
		{"no space", "listen:1\n", "line 1: want settings"},
		{"a list of settings", "- a: 1\n", "line 1: want settings"},
		{"a list of lists", "a:\n  - [b]\n", "line 1: a: want a list of strings"},
		{"indented without a section", "a: 1\n  b: 2\n", "line 2"},
		{"a section in a section", "a:\n  b:\n    c: 1\n", "line 2: a.b: want a text"},
		{"a name without a value", "a: 1\nb:\nc: 2\n", "line 2: b: it has no value"},
		{"a name without a value at the end", "a:\n", "line 1: a: it has no value"},
		{"an open quote", "a: 'b\n", "line 1"},
		{"text after a quote", "a: 'b' c\n", "line 1"},
		{"unknown alias", "b: 1\na: *x\n", "line 2"},
		{"twice", "a: 1\nb: 2\na: 3\n", "line 3: a is set twice, first in line 1"},
		{"twice, once with a dot", "a:\n  b: 1\na.b: 3\n", "line 3: a.b is set twice, first in line 2"},
		{"twice in JSON", "{\"a\": 1,\n\"a\": 2}", "line 2: a is set twice"},
		{"JSON null", "{\"a\": null}", "a: it has no value"},
		{"broken JSON", "{\n\"a\": 1,\n", "line 3"},
		{"JSON and more", "{}\n{}", "line 2"},
		{"two documents", "a: 1\n---\nb: 1\n", "document"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse([]byte(tt.text))
			wantError(t, err, tt.want)
		})
	}
}

func TestUnknownNamesAreRefused(t *testing.T) {
	tests := []struct{ text, want string }{
		{"listen: 127.0.0.1:1\ncolour: x\n", `thalweg.yaml:2: unknown setting "colour"; `},
		{"{\"listen\": \"127.0.0.1:1\",\n\"colour\": \"x\"}", `thalweg.yaml:2: unknown setting "colour"; `},
		{"limits:\n  part: 7\n", `thalweg.yaml:2: unknown setting "limits.part"; did you mean "limits.parts"?`},
		{"data: d\nlisten_on: a:1\n", `thalweg.yaml:2: unknown setting "listen_on"; did you mean "listen"?`},
		{"databse_url: x\n", `thalweg.yaml:1: unknown setting "databse_url"; did you mean "database_url"?`},
		{"request: 1GiB\n", `thalweg.yaml:1: unknown setting "request"; did you mean "limits.request"?`},
		{"limits:\n  sql: 4MiB\n", `thalweg.yaml:2: unknown setting "limits.sql"; `},
		{"\nlisten: [a, b]\n", "thalweg.yaml:2: listen takes one value, not a list"},
		{"limits:\n  parts: many\n", `thalweg.yaml:2: limits.parts "many": want a number`},
		{"hosts: ['https://x.example']\n", "thalweg.yaml:1: hosts"},
	}
	for _, tt := range tests {
		_, err := Load(Inputs{File: file(t, tt.text), Lookup: lookup(nil)})
		wantError(t, err, tt.want)
	}
}

func TestNearest(t *testing.T) {
	for name, want := range map[string]string{
		"listne": "listen", "log-level": "log_level", "log_fromat": "log_format", "trustedproxies": "trusted_proxies", "host": "hosts",
		"limit.parts": "limits.parts", "limits.colums": "limits.columns", "x": "", "favourite": "", "": "",
	} {
		if got := nearest(name); got != want {
			t.Errorf("nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a: 1", "a:\n  b: 'c'\n", `{"a": {"b": 1}}`, "a: \"", "{", ":", "\ufeff{", "a: &a [*a]", "<<: 1", "? a\n: b", "- ", "a: !!binary x"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		entries, err := parse(text)
		if err != nil {
			return
		}
		for _, e := range entries {
			if e.number < 1 || !e.list && len(e.values) != 1 {
				t.Errorf("%+v has no line or no value", e)
			}
		}
		_ = err
	})
}

func TestSizeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := Size(rapid.Int64Min(1).Draw(t, "bytes"))
		got, err := ParseSize(size.String())
		if err != nil || got != size {
			t.Fatalf("ParseSize(%q) = %d, %v, want %d", size, got, err, size)
		}
	})
}
