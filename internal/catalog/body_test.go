package catalog

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestNormalizeBody(t *testing.T) {
	got := NormalizeBody(Body{
		Owners: []string{"b", "a", "b", ""}, Tags: []string{},
		Meta:    json.RawMessage(` { "b" : 1.50, "a":[ {"y":"<é>", "x":null} ] } `),
		Config:  json.RawMessage(`{}`),
		Extra:   json.RawMessage(`not json`),
		Columns: []BodyColumn{{Name: "c", Tags: []string{"y", "x"}, Meta: json.RawMessage(`null`)}},
		Stats:   map[string]Stat{},
		DBT:     &DBT{Freshness: json.RawMessage(`{"b":1,"a":2}`)},
	})
	want := Body{
		Owners:  []string{"a", "b"},
		Meta:    json.RawMessage(`{"a":[{"x":null,"y":"<é>"}],"b":1.50}`),
		Extra:   json.RawMessage(`"not json"`),
		Columns: []BodyColumn{{Name: "c", Tags: []string{"x", "y"}}},
		DBT:     &DBT{Freshness: json.RawMessage(`{"a":2,"b":1}`)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

// genJSON draws JSON with blanks at random places and keys in random order.
func genJSON(t *rapid.T, depth int) string {
	blank := rapid.SampledFrom([]string{"", " ", "\n\t"})
	kind := rapid.IntRange(0, 7).Draw(t, "kind")
	if depth == 0 {
		kind %= 6
	}
	word := func() string {
		b, _ := json.Marshal(rapid.String().Draw(t, "text"))
		return string(b)
	}
	b := blank.Draw(t, "blank")
	switch kind {
	case 0:
		return b + "null"
	case 1:
		return b + "true" + b
	case 2:
		return b + "-12.50e+3" + b
	case 3:
		return b + `"\u00e9\/\n"`
	case 4, 5:
		return b + word() + b
	case 6:
		var parts []string
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			parts = append(parts, genJSON(t, depth-1))
		}
		return b + "[" + b + strings.Join(parts, ",") + "]" + b
	}
	var parts []string
	for range rapid.IntRange(0, 3).Draw(t, "size") {
		parts = append(parts, b+word()+b+":"+genJSON(t, depth-1))
	}
	return b + "{" + b + strings.Join(parts, ",") + "}" + b
}

func TestCompactJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := genJSON(t, 3)
		got := compactJSON(json.RawMessage(raw))
		if again := compactJSON(got); string(again) != string(got) {
			t.Fatalf("not stable: %s, then %s", got, again)
		}
		var want, have any
		if err := json.Unmarshal([]byte(raw), &want); err != nil {
			t.Fatal(err)
		}
		if len(got) == 0 {
			if b, _ := json.Marshal(want); len(b) > 4 {
				t.Fatalf("%s became nothing", raw)
			}
			return
		}
		if err := json.Unmarshal(got, &have); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Fatalf("another value:\n%s", diff)
		}
	})
}

func TestCompactJSONKeepsTheLastOfRepeatedKeys(t *testing.T) {
	got := compactJSON(json.RawMessage(`{"b":1,"a":2,"\u0062":{"x":1},"a":[3]}`))
	if want := `{"a":[3],"b":{"x":1}}`; string(got) != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func FuzzCompactJSON(f *testing.F) {
	for _, s := range []string{`{"b":1,"a":{"c":[1, 2 ]}}`, `{"a":1,"a":2}`, `"\ud800"`, `"\u0000"`, "\xff", `{"é":1,"\u00e9":2}`, ` -1e5 `} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := compactJSON(raw)
		if len(got) > 0 && !json.Valid(got) {
			t.Fatalf("%q became %q", raw, got)
		}
		if again := compactJSON(got); string(again) != string(got) {
			t.Fatalf("%q became %q, then %q", raw, got, again)
		}
		var want, have any
		if utf8.Valid(raw) && json.Unmarshal(raw, &want) == nil && len(got) > 0 && json.Unmarshal(got, &have) == nil && !cmp.Equal(want, have) {
			t.Fatalf("%q became another value: %q", raw, got)
		}
	})
}

// TestHashBodySeesEveryField sets each field of a body in turn, in lists too.
func TestHashBodySeesEveryField(t *testing.T) {
	full := func() Body {
		return Body{
			Kept: &Kept{}, DBT: &DBT{Constraints: []Constraint{{}}}, Code: &Code{}, Edits: []Edit{{}},
			Columns: []BodyColumn{{Kept: &Kept{}, Constraints: []Constraint{{}}}}, Stats: map[string]Stat{"k": {}},
		}
	}
	check := func(path string, change func(*Body)) {
		t.Helper()
		b := full()
		change(&b)
		if HashBody(b) == HashBody(full()) {
			t.Errorf("the hash does not see %s", path)
		}
	}
	each := func(of reflect.Type, prefix string, at func(*Body) reflect.Value) {
		for _, path := range fieldPaths(of, "") {
			check(prefix+path, func(b *Body) { setField(t, at(b), path) })
		}
	}
	each(reflect.TypeFor[Body](), "", func(b *Body) reflect.Value { return reflect.ValueOf(b).Elem() })
	each(reflect.TypeFor[BodyColumn](), "column ", func(b *Body) reflect.Value { return reflect.ValueOf(&b.Columns[0]).Elem() })
	each(reflect.TypeFor[Constraint](), "constraint ", func(b *Body) reflect.Value { return reflect.ValueOf(&b.DBT.Constraints[0]).Elem() })
	each(reflect.TypeFor[Edit](), "edit ", func(b *Body) reflect.Value { return reflect.ValueOf(&b.Edits[0]).Elem() })
	for _, path := range fieldPaths(reflect.TypeFor[Stat](), "") {
		var s Stat
		setField(t, reflect.ValueOf(&s).Elem(), path)
		check("stat "+path, func(b *Body) { b.Stats["k"] = s })
	}
}

// benchBody is a body of about 2 kB.
func benchBody(i int) Body {
	b := Body{
		Kind: KindModel, Name: fmt.Sprintf("model_%d", i), Relation: ordersRelation, Materialized: "table",
		Description: strings.Repeat("words ", 20), Tags: []string{"daily", "pii"},
		Config: json.RawMessage(`{"enabled":true,"materialized":"table","tags":["daily","pii"],"meta":{"owner":"ana"},"schema":"main","quoting":{},"persist_docs":{},"full_refresh":null,"on_schema_change":"ignore"}`),
		DBT: &DBT{
			UniqueID: fmt.Sprintf("model.shop.model_%d", i), ResourceType: "model", PackageName: "shop", Path: "m.sql",
			FQN: []string{"shop", "m"},
		},
		Code: &Code{Checksum: strings.Repeat("a", 64), Raw: HashOfText("x")},
	}
	for c := range 14 {
		b.Columns = append(b.Columns, BodyColumn{Name: fmt.Sprintf("column_%d", c), Ordinal: c, NativeType: "varchar", Description: "what the column is"})
	}
	return b
}

func BenchmarkHashBody(b *testing.B) {
	bodies := make([]Body, 24_000)
	for i := range bodies {
		bodies[i] = benchBody(i)
	}
	for b.Loop() {
		for i := range bodies {
			HashBody(bodies[i])
		}
	}
}

func BenchmarkNormalizeBody(b *testing.B) {
	body := benchBody(1)
	for b.Loop() {
		NormalizeBody(body)
	}
}

func BenchmarkMerge(b *testing.B) {
	var columns []BodyColumn
	for c := range 20 {
		columns = append(columns, column(fmt.Sprintf("column_%d", c), "character varying(256)"))
	}
	facets := []Facet{{Origin: "dbt:a", Source: FromManifest, UniqueID: "model.shop.m", Cause: ImportCause(1), Body: benchBody(1)}, catalogFacet(columns...)}
	facets[1].Origin, facets[1].UniqueID = "dbt:a", "model.shop.m"
	for b.Loop() {
		Merge(1, facets, Policy{})
	}
}
