package dbt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// sameCondensed checks that condensing changes nothing but texts that are too long, however the file is read.
func sameCondensed(t *testing.T, raw []byte) {
	t.Helper()
	read := func(limits dbt.Limits, r io.Reader) ([]*dbt.Node, error) {
		got := &recorder{}
		_, _, err := dbt.ReadManifest(context.Background(), r, dbt.ManifestOptions{Limits: limits, Decoders: 1}, got)
		return got.nodes, err
	}
	whole := condensing
	whole.Code = whole.Value
	want, err := read(whole, bytes.NewReader(raw))
	if err != nil {
		return
	}
	got, err := read(condensing, bytes.NewReader(raw))
	if err != nil || len(got) != len(want) {
		t.Fatalf("condensed: %v, %d nodes, want %d", err, len(got), len(want))
	}
	bytewise, err := read(condensing, iotest.OneByteReader(bytes.NewReader(raw)))
	if err != nil || !reflect.DeepEqual(got, bytewise) {
		t.Fatalf("condensed byte by byte: %v", err)
	}
	for i := range got {
		if got[i].Description != want[i].Description && !strings.ContainsRune(got[i].Description, utf8.RuneError) {
			t.Errorf("%s is described by %q, want %q", got[i].UniqueID, got[i].Description, want[i].Description)
		}
		if g, w := len(got[i].Columns), len(want[i].Columns); g != w {
			t.Errorf("%s has %d columns, want %d", got[i].UniqueID, g, w)
		}
	}
}

func TestCondensed(t *testing.T) {
	for name, value := range map[string]string{
		"ASCII":      strings.Repeat("x", 100),
		"runes":      strings.Repeat("xé中😀", 20),
		"escapes":    strings.Repeat(`\n`, 100),
		"unicode":    strings.Repeat(`\u4e2d`, 100),
		"pairs":      strings.Repeat(`\ud83d\ude00`, 100),
		"quotes":     strings.Repeat(`\"`, 100),
		"backslash":  strings.Repeat(`\\`, 101),
		"up to it":   strings.Repeat("x", 32),
		"one more":   strings.Repeat("x", 33),
		"ends in a…": strings.Repeat("x", 39) + "é",
	} {
		t.Run(name, func(t *testing.T) {
			raw := `{` + metadataV12 + `,"nodes":{"model.p.a":{"resource_type":"model", "name" : "a","raw_code":"` + value + `","description":"` + value + `",
				"columns":{"c":{"description":"` + value + `"}}, "meta": {"n": [1, 2 ,NaN]}}}}`
			sameByRange(t, []byte(raw), condensing)
			sameCondensed(t, []byte(raw))
			got := &recorder{}
			_, issues, err := dbt.ReadManifest(context.Background(), strings.NewReader(raw), dbt.ManifestOptions{Limits: condensing}, got)
			if err != nil || len(got.nodes) != 1 {
				t.Fatalf("%d nodes, %v", len(got.nodes), err)
			}
			n := got.nodes[0]
			if n.Name != "a" || string(n.Meta) != `{"n":[1,2,null]}` || len(n.Columns) != 1 || len(n.Description) > condensing.Text {
				t.Errorf("got %+v", n)
			}
			isCut := func(is dbt.Issue) bool {
				return is.Code == dbt.IssueTextCut && is.Pointer == "/nodes/model.p.a" && is.UniqueID == "model.p.a"
			}
			if name == "up to it" || name == "one more" {
				if len(n.RawCode) != len(value) || slices.ContainsFunc(issues, isCut) {
					t.Errorf("the code has %d bytes, issues %v", len(n.RawCode), issues)
				}
				return
			}
			if n.RawCode == "" || !slices.ContainsFunc(issues, isCut) {
				t.Errorf("the code is %q, issues %v", n.RawCode, issues)
			}
		})
	}
}

// Code that was cut is longer than the limit, so that it is not taken for all of the code.
func TestCutCodeIsTooLong(t *testing.T) {
	limits := dbt.Limits{Text: 100, Code: 100}
	for _, unit := range []string{"x", "é", "中", "😀", `\n`, `\u0041`} {
		got := &recorder{}
		raw := `{` + metadataV12 + `,"nodes":{"model.p.a":{"resource_type":"model","compiled_code":"` + strings.Repeat(unit, 1000) + `"}}}`
		if _, _, err := dbt.ReadManifest(context.Background(), strings.NewReader(raw), dbt.ManifestOptions{Limits: limits}, got); err != nil {
			t.Fatal(err)
		}
		if n := len(got.nodes[0].CompiledCode); n <= limits.Code || n > limits.Code+8 {
			t.Errorf("%d bytes of %s", n, unit)
		}
	}
}

// zeros generates members of an object.
func zeros(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`"%d":0`, i)
	}
	return strings.Join(list, ",")
}

func TestLongValuesThatAreBroken(t *testing.T) {
	long := strings.Repeat("x", 100)
	for name, c := range map[string]struct{ nodes, code, limit string }{
		"truncated in a text":  {nodes: `{"model.p.a":{"description":"` + long, code: dbt.CodeMalformed},
		"truncated in a value": {nodes: `{"model.p.a":{"description":"` + long + `"`, code: dbt.CodeMalformed},
		"no colon":             {nodes: `{"model.p.a":{"description" "` + long + `"}}}`, code: dbt.CodeMalformed},
		"two words":            {nodes: `{"model.p.a":{"description":"` + long + `","x":1 2}}}`, code: dbt.CodeMalformed},
		"a control character":  {nodes: `{"model.p.a":{"resource_type":"model","description":"` + long + "\n" + `"}}}`},
		"depth":                {nodes: `{"model.p.a":{"description":"` + long + `","x":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}}}`, code: dbt.CodeLimit, limit: "depth"},
		"size":                 {nodes: `{"model.p.a":{"x":["` + strings.Repeat(`","`, 1<<18) + `"]}}}`, code: dbt.CodeLimit, limit: "value"},
		"members":              {nodes: `{"model.p.a":{` + zeros(20_001) + `}}}`, code: dbt.CodeLimit, limit: "members"},
	} {
		raw := `{` + metadataV12 + `,"nodes":` + c.nodes
		_, _, err := dbt.ReadManifest(context.Background(), strings.NewReader(raw), dbt.ManifestOptions{Limits: condensing}, &recorder{})
		var got *dbt.Error
		switch {
		case c.code == "":
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case !errors.As(err, &got) || got.Code != c.code || got.Limit != c.limit:
			t.Errorf("%s: %v", name, err)
		case got.Offset >= 0 && got.Offset > int64(len(raw)):
			t.Errorf("%s at byte %d of %d", name, got.Offset, len(raw))
		}
	}
}

// A list holds no more than a node may have, whatever comes in it.
func TestLongListsAreCut(t *testing.T) {
	raw := `{` + metadataV12 + `,"nodes":{"model.p.a":{"resource_type":"model","refs":[` + strings.Repeat(`["a"],`, 200) + `["b"]],"tags":["x"` +
		strings.Repeat(`,""`, 500) + `],"fqn":["p"` + strings.Repeat(`,"a"`, 500) + `],"depends_on":{"nodes":["model.p.b"` + strings.Repeat(`,"model.p.c"`, 500) + `]}}}}`
	got := &recorder{}
	_, issues, err := dbt.ReadManifest(context.Background(), strings.NewReader(raw), dbt.ManifestOptions{Limits: tight}, got)
	if err != nil {
		t.Fatal(err)
	}
	n := got.nodes[0]
	if len(n.Refs) != tight.Columns || len(n.FQN) != tight.Columns || !slices.Equal(n.Tags, []string{"x"}) || len(n.DependsOn) != 2 {
		t.Errorf("%d refs, %d names, tags %q, parents %q", len(n.Refs), len(n.FQN), n.Tags, n.DependsOn)
	}
	var cut []string
	for _, is := range issues {
		if is.Code == dbt.IssueListCut {
			cut = append(cut, is.Pointer)
		}
	}
	slices.Sort(cut)
	if want := []string{"/nodes/model.p.a/depends_on/nodes", "/nodes/model.p.a/fqn", "/nodes/model.p.a/refs"}; !slices.Equal(cut, want) {
		t.Errorf("cut %q, want %q", cut, want)
	}
}
