package dbt_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

func zipped(t testing.TB, parts ...string) string {
	t.Helper()
	var b bytes.Buffer
	for _, p := range parts {
		w := gzip.NewWriter(&b)
		if _, err := io.WriteString(w, p); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

const (
	metadataV12 = `"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v12.json","generated_at":"2026-01-02T03:04:05Z"}`
	oneModel    = `{` + metadataV12 + `,"nodes":{"model.p.a":{"resource_type":"model","name":"a"}}}`
)

// TestManifestErrors sends what ends the reading (the names are those of reliability's cases).
func TestManifestErrors(t *testing.T) {
	nested := strings.Repeat("[", 100_000)
	for name, c := range map[string]struct {
		text string
		want dbt.Error
	}{
		"B34 bomb":                              {text: zipped(t, oneModel[:len(oneModel)-1]+strings.Repeat(" ", 4<<20)+"}"), want: dbt.Error{Code: dbt.CodeLimit, Limit: "ratio"}},
		"B35 zip":                               {text: "PK\x03\x04rest", want: dbt.Error{Code: dbt.CodeMalformed}},
		"B35 tar":                               {text: "manifest.json" + strings.Repeat("\x00", 244) + "ustar\x0000", want: dbt.Error{Code: dbt.CodeMalformed}},
		"B35 double gzip":                       {text: zipped(t, zipped(t, oneModel)), want: dbt.Error{Code: dbt.CodeMalformed}},
		"B36 garbage behind gzip":               {text: zipped(t, oneModel) + "garbage", want: dbt.Error{Code: dbt.CodeMalformed}},
		"gzip cut short":                        {text: zipped(t, oneModel)[:60], want: dbt.Error{Code: dbt.CodeMalformed}},
		"B40 truncated":                         {text: oneModel[:len(oneModel)-8], want: dbt.Error{Code: dbt.CodeMalformed, Offset: int64(len(oneModel) - 8), Pointer: "/nodes/model.p.a"}},
		"B41 empty":                             {text: "", want: dbt.Error{Code: dbt.CodeMalformed}},
		"B41 null":                              {text: "null", want: dbt.Error{Code: dbt.CodeMalformed}},
		"B41 array":                             {text: "[]", want: dbt.Error{Code: dbt.CodeMalformed}},
		"B41 two documents":                     {text: oneModel + oneModel, want: dbt.Error{Code: dbt.CodeMalformed, Offset: int64(len(oneModel))}},
		"B42 deep":                              {text: `{"nodes":{"a":` + nested, want: dbt.Error{Code: dbt.CodeLimit, Limit: "depth"}},
		"B42 deep in a section that is skipped": {text: `{"child_map":{"a":` + nested, want: dbt.Error{Code: dbt.CodeLimit, Limit: "depth"}},
		"B46 UTF-16":                            {text: "\xff\xfe{\x00}\x00", want: dbt.Error{Code: dbt.CodeEncoding}},
		"B46 UTF-16 without mark":               {text: "{\x00}\x00", want: dbt.Error{Code: dbt.CodeEncoding}},
		"B47 NUL in key":                        {text: `{"nodes":{"model.p.a\u0000":{}}}`, want: dbt.Error{Code: dbt.CodeEncoding, Pointer: "/nodes/model.p.a\x00"}},
		"B47 NUL in depends_on":                 {text: `{"nodes":{"a":{"depends_on":{"nodes":["b","c\u0000"]}}}}`, want: dbt.Error{Code: dbt.CodeEncoding, Pointer: "/nodes/a/depends_on/nodes/1"}},
		"B47 NUL in parent_map":                 {text: `{"nodes":{},"parent_map":{"a":["b\u0000"]}}`, want: dbt.Error{Code: dbt.CodeEncoding, Pointer: "/parent_map/a/0"}},
		"B49 catalog":                           {text: `{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/catalog/v1.json"},"nodes":{}}`, want: dbt.Error{Code: dbt.CodeKindMismatch, Expected: "manifest", Found: "catalog"}},
		"B49 catalog by shape":                  {text: `{"nodes":{"a":{"metadata":{},"columns":{},"stats":{}}},"sources":{}}`, want: dbt.Error{Code: dbt.CodeKindMismatch, Expected: "manifest", Found: "catalog"}},
		"B49 run results by shape":              {text: `{"results":[],"elapsed_time":1,"args":{}}`, want: dbt.Error{Code: dbt.CodeKindMismatch, Found: "run_results"}},
		"B50 nothing":                           {text: `{}`, want: dbt.Error{Code: dbt.CodeKindUnknown, Expected: "manifest"}},
		"B50 something else":                    {text: `{"name":"package.json","version":"1.0.0"}`, want: dbt.Error{Code: dbt.CodeKindUnknown}},
		"B51 v99":                               {text: `{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v99.json"},"nodes":{}}`, want: dbt.Error{Code: dbt.CodeVersionUnsupported, Found: "v99", Supported: "v0 to v29"}},
		"B58 long column name":                  {text: `{"nodes":{"a":{"resource_type":"model","columns":{"` + strings.Repeat("x", 1<<20) + `":{}}}}}`, want: dbt.Error{Code: dbt.CodeLimit, Limit: "name", Pointer: "/nodes/a/columns"}},
		"B58 many columns":                      {text: `{"nodes":{"a":{"resource_type":"model","columns":{` + strings.TrimSuffix(manyColumns(20_001), ",") + `}}}}`, want: dbt.Error{Code: dbt.CodeLimit, Limit: "columns", Pointer: "/nodes/a/columns"}},
		"long id":                               {text: `{"nodes":{"` + strings.Repeat("x", 4097) + `":{}}}`, want: dbt.Error{Code: dbt.CodeLimit, Limit: "name"}},
		"HTML":                                  {text: "<!doctype html><title>Sign in</title>", want: dbt.Error{Code: dbt.CodeMalformed}},
		"broken in the middle":                  {text: `{"nodes":{"a":{"name":tru}}}`, want: dbt.Error{Code: dbt.CodeMalformed, Pointer: "/nodes/a/name"}},
		"broken in a section that is skipped":   {text: `{"nodes":{},"child_map":{"a":[1,,2]}}`, want: dbt.Error{Code: dbt.CodeMalformed, Pointer: "/child_map/a/1"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := dbt.ReadManifest(context.Background(), strings.NewReader(c.text), dbt.ManifestOptions{}, &recorder{})
			var got *dbt.Error
			if !errors.As(err, &got) {
				t.Fatalf("got %v, want an *dbt.Error", err)
			}
			if got.Code != c.want.Code || got.Part != "manifest" {
				t.Errorf("got %s of part %s: %v", got.Code, got.Part, err)
			}
			for _, f := range [][3]string{
				{"limit", got.Limit, c.want.Limit},
				{"expected", got.Expected, c.want.Expected},
				{"found", got.Found, c.want.Found},
				{"supported", got.Supported, c.want.Supported},
				{"pointer", got.Pointer, c.want.Pointer},
			} {
				if f[2] != "" && f[1] != f[2] {
					t.Errorf("%s: got %q, want %q (%v)", f[0], f[1], f[2], err)
				}
			}
			if c.want.Offset > 0 && got.Offset != c.want.Offset {
				t.Errorf("offset: got %d, want %d", got.Offset, c.want.Offset)
			}
			if !strings.HasPrefix(err.Error(), got.Code+": manifest: ") {
				t.Errorf("the message does not start with code and part: %s", err)
			}
		})
	}
}

func manyColumns(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`"c`)
		b.WriteString(strings.Repeat("i", i%7))
		b.WriteString(string(rune('a' + i%26)))
		b.WriteString(strconv.Itoa(i))
		b.WriteString(`":{},`)
	}
	return b.String()
}

// TestLimits lowers each limit until a file of one model passes it.
func TestLimits(t *testing.T) {
	raw := string(small.manifest(t))
	for name, l := range map[string]dbt.Limits{
		"bytes": {Bytes: 1000}, "depth": {Depth: 3}, "value": {Value: 200}, "nodes": {Nodes: 10}, "columns": {Columns: 3}, "name": {Name: 5},
	} {
		_, _, err := dbt.ReadManifest(context.Background(), strings.NewReader(raw), dbt.ManifestOptions{Limits: l}, &recorder{})
		var got *dbt.Error
		if !errors.As(err, &got) || got.Code != dbt.CodeLimit {
			t.Errorf("%s: got %v", name, err)
			continue
		}
		if name != "columns" && got.Limit != name {
			t.Errorf("%s: got the limit %s", name, got.Limit)
		}
	}
}

// TestHugeStringIsCutOff proves that one endless value does not fill the memory: the reader stops asking.
func TestHugeStringIsCutOff(t *testing.T) {
	endless := &endlessReader{head: `{"child_map": {"a": "`}
	_, _, err := dbt.ReadManifest(context.Background(), endless, dbt.ManifestOptions{Limits: dbt.Limits{Value: 1 << 20}}, &recorder{})
	var got *dbt.Error
	if !errors.As(err, &got) || got.Limit != "value" {
		t.Fatalf("got %v", err)
	}
	if endless.n > 2<<20 {
		t.Errorf("%d bytes were read", endless.n)
	}
}

// TestBlanksTakeNoMemory sends more blanks than one value may have bytes: they do not count, wherever they are.
func TestBlanksTakeNoMemory(t *testing.T) {
	blanks := strings.Repeat(" ", 1<<20)
	text := blanks + "{" + blanks + metadataV12 + blanks + "," + `"nodes":{` + blanks + `}` + blanks + "}" + blanks
	_, _, err := dbt.ReadManifest(context.Background(), strings.NewReader(text), dbt.ManifestOptions{Limits: dbt.Limits{Value: 1 << 18}}, &recorder{})
	if err != nil {
		t.Errorf("between values: %v", err)
	}
	text = strings.Replace(text, `{"dbt`, "{"+blanks+`"dbt`, 1)
	_, _, err = dbt.ReadManifest(context.Background(), strings.NewReader(text), dbt.ManifestOptions{Limits: dbt.Limits{Value: 1 << 18}}, &recorder{})
	if err != nil {
		t.Errorf("in a value: %v", err)
	}
}

type endlessReader struct {
	head string
	n    int
}

func (r *endlessReader) Read(p []byte) (int, error) {
	n := copy(p, r.head)
	r.head = r.head[n:]
	for i := n; i < len(p); i++ {
		p[i] = 'x'
	}
	r.n += len(p)
	return len(p), nil
}

// TestReaderAndSinkErrors: an error that is not the file's comes back as it is.
func TestReaderAndSinkErrors(t *testing.T) {
	broken := errors.New("disk is gone")
	_, _, err := dbt.ReadManifest(context.Background(), io.MultiReader(strings.NewReader(oneModel[:60]), failing{broken}), dbt.ManifestOptions{}, &recorder{})
	if !errors.Is(err, broken) {
		t.Errorf("reader: got %v", err)
	}
	raw := small.manifest(t)
	_, _, err = dbt.ReadManifest(context.Background(), bytes.NewReader(raw), dbt.ManifestOptions{}, refusing{err: broken})
	if !errors.Is(err, broken) {
		t.Errorf("sink: got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err = dbt.ReadManifest(ctx, bytes.NewReader(raw), dbt.ManifestOptions{}, &recorder{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

type refusing struct {
	nothing
	err error
}

func (r refusing) Node(*dbt.Node) error { return r.err }
