package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name, text string
		want       []entry
	}{
		{"empty", "", nil},
		{"comments", "---\n# all of it\n\nlisten: a:1 # here too\n", []entry{{"listen", "a:1", 4}}},
		{"no space in a comment", "data: a#b\n", []entry{{"data", "a#b", 1}}},
		{"quotes", "a: \"x: y # z\"\nb: 'it \"is\"'  # why\nc: ''\n", []entry{{"a", "x: y # z", 1}, {"b", `it "is"`, 2}, {"c", "", 3}}},
		{"sections", "limits:\n  parts: 1\n\n  # more\n  depth: 2\ndata: d", []entry{{"limits.parts", "1", 2}, {"limits.depth", "2", 5}, {"data", "d", 6}}},
		{"dotted", "limits.parts: 1\n", []entry{{"limits.parts", "1", 1}}},
		{"Windows", "\ufeffa: 1\r\nb:\r\n  c: 2\r\n", []entry{{"a", "1", 1}, {"b.c", "2", 3}}},
		{"URL", "database_url: postgres://u:p@h:5432/d?x=y\n", []entry{{"database_url", "postgres://u:p@h:5432/d?x=y", 1}}},
		{"JSON", "{\n  \"a\": \"x\",\n  \"b\": {\"c\": 12,\n   \"d\": true}\n}\n", []entry{{"a", "x", 2}, {"b.c", "12", 3}, {"b.d", "true", 4}}},
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
		{"no space", "listen:1\n", "line 1"},
		{"a list", "a:\n  - b\n", "line 2"},
		{"a flow list", "a: [1, 2]\n", "line 1"},
		{"a block", "a: |\n  text\n", "line 1"},
		{"an anchor", "a: &x 1\n", "line 1"},
		{"indented without a section", "a: 1\n  b: 2\n", "line 2: b is indented"},
		{"a section in a section", "a:\n  b:\n    c: 1\n", "line 2: b is indented"},
		{"a name without a value", "a: 1\nb:\nc: 2\n", "line 2: b has no value"},
		{"a name without a value at the end", "a:\n", "line 1: a has no value"},
		{"an open quote", "a: 'b\n", "line 1"},
		{"text after a quote", "a: 'b' c\n", "line 1"},
		{"escapes", `a: "b\n"`, "line 1"},
		{"twice", "a: 1\nb: 2\na: 3\n", "line 3: a is set twice, first in line 1"},
		{"twice in JSON", "{\"a\": 1,\n\"a\": 2}", "line 2: a is set twice"},
		{"JSON list", "{\n\"a\": [1]}", "line 2: a: want a text"},
		{"JSON null", "{\"a\": null}", "a is null"},
		{"JSON too deep", "{\"a\": {\"b\": {\"c\": 1}}}", "a.b: want a text"},
		{"broken JSON", "{\n\"a\": 1,\n", "line 2: the object is not closed"},
		{"JSON and more", "{}\n{}", "line 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse([]byte(tt.text))
			wantError(t, err, tt.want)
		})
	}
}

func TestUnknownNamesAreRefused(t *testing.T) {
	for _, text := range []string{"listen: 127.0.0.1:1\ncolour: x\n", "{\"listen\": \"127.0.0.1:1\",\n\"colour\": \"x\"}"} {
		_, err := Load(Sources{File: file(t, text), Lookup: lookup(nil)})
		wantError(t, err, `thalweg.yaml:2: unknown setting "colour"`)
	}
	_, err := Load(Sources{File: file(t, "limits:\n  part: 7\n"), Lookup: lookup(nil)})
	wantError(t, err, `thalweg.yaml:2: unknown setting "limits.part"`)
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a: 1", "a:\n  b: 'c'\n", `{"a": {"b": 1}}`, "a: \"", "{", ":", "\ufeff{"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		entries, err := parse(text)
		for _, e := range entries {
			if e.number < 1 {
				t.Errorf("%+v has no line", e)
			}
		}
		if err != nil && entries != nil {
			t.Errorf("both %v and an error", entries)
		}
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
