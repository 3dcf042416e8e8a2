package dbt_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"unicode/utf8"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// tight keeps a fuzzed file from being slow instead of wrong.
var tight = dbt.Limits{Bytes: 1 << 20, Value: 1 << 18, Nodes: 1000, Columns: 100, Text: 1 << 12}

// condensing has every value that is longer than a few bytes condensed.
var condensing = dbt.Limits{Bytes: 1 << 20, Value: 1 << 18, Nodes: 1000, Columns: 100, Text: 1 << 5, Code: 1 << 5}

// seeds are small files of every kind and age, and what has been wrong with files.
var seeds = []string{
	`{}`, `{"metadata":{}}`, oneModel, oneModel[:len(oneModel)-3], oneModel + oneModel,
	`{"nodes":{"a":{"resource_type":"model","columns":{"x":{"meta":{"a":NaN}}}}},"parent_map":{"a":["b","b"]},"disabled":[{"unique_id":"c"}],"macros":{}}`,
	`{"nodes":{"a":{"metadata":{"type":"view"},"columns":{"X":{"type":"int","index":1}},"stats":{"rows":{"value":1e400}}}},"sources":{},"errors":["x"]}`,
	`{"results":[{"status":"success","unique_id":"a","timing":[],"execution_time":-1,"adapter_response":{"rows_affected":1}}],"args":{"which":"run"},"elapsed_time":Infinity}`,
	`{"results":[{"unique_id":"source.a.b.c","status":"warn","max_loaded_at":"2026-01-01T00:00:00Z","criteria":{"warn_after":{"count":1,"period":"day"}}}]}`,
	`{"semantic_models":[{"measures":[1],"entities":[],"dimensions":[{}]}],"metrics":[]}`,
	"\xef\xbb\xbf{\"nodes\":{\"a\":{\"description\":\"\xff\\u0000\\ud800\\\\\"}},\"docs\":{}}",
}

// FuzzOpen: whatever the bytes are, the text is within the limits, and a file that encoding/json takes comes
// through unchanged.
func FuzzOpen(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
		f.Add([]byte(zipped(f, s)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := dbt.Open(bytes.NewReader(raw), tight)
		if err != nil {
			return
		}
		text, err := io.ReadAll(s)
		if int64(len(text)) > tight.Bytes+8 {
			t.Fatalf("%d bytes of text", len(text))
		}
		if err == nil && !isGzip(raw) && json.Valid(raw) && !bytes.Equal(text, raw) {
			t.Fatalf("the text of a valid file was changed: %q", text)
		}
	})
}

// checkError: an error about the file is one of ours, and its place lies within it.
func checkError(t *testing.T, err error, raw []byte, gzip bool) {
	t.Helper()
	if err == nil {
		return
	}
	var e *dbt.Error
	if !errors.As(err, &e) {
		t.Fatalf("not an *dbt.Error: %v", err)
	}
	if e.Detail == "" || e.Error() == "" || !gzip && e.Offset > int64(len(raw)) {
		t.Fatalf("incomplete error: %+v of %d bytes", e, len(raw))
	}
}

func isGzip(raw []byte) bool { return bytes.HasPrefix(raw, []byte("\x1f\x8b")) }

// FuzzReadManifest: no file crashes the reader, one or two decoders agree, and no text that is handed out is
// broken.
func FuzzReadManifest(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		one, two := &recorder{}, &recorder{}
		_, _, err := dbt.ReadManifest(context.Background(), bytes.NewReader(raw), dbt.ManifestOptions{Limits: tight, Decoders: 1, Texts: true}, one)
		checkError(t, err, raw, isGzip(raw))
		_, _, err2 := dbt.ReadManifest(context.Background(), bytes.NewReader(raw), dbt.ManifestOptions{Limits: tight, Decoders: 2}, two)
		if (err == nil) != (err2 == nil) || err == nil && len(one.nodes) != len(two.nodes) {
			t.Fatalf("%d nodes and %v, %d nodes and %v", len(one.nodes), err, len(two.nodes), err2)
		}
		if !isGzip(raw) {
			sameByRange(t, raw, tight)
			sameByRange(t, raw, condensing)
			sameCondensed(t, raw)
		}
		for _, n := range one.nodes {
			b, jerr := json.Marshal(n)
			if jerr != nil || !utf8.Valid(b) || bytes.Contains(b, []byte(`\u0000`)) {
				t.Fatalf("node %q: %v", b, jerr)
			}
		}
	})
}

// FuzzReadCatalog is FuzzReadManifest for catalogs.
func FuzzReadCatalog(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := &recorder{}
		_, _, _, err := dbt.ReadCatalog(context.Background(), bytes.NewReader(raw), dbt.CatalogOptions{Limits: tight}, r)
		checkError(t, err, raw, isGzip(raw))
		if !isGzip(raw) {
			sameTablesByRange(t, raw, tight)
			sameTablesByRange(t, raw, condensing)
		}
		for _, table := range r.tables {
			if _, err := json.Marshal(table); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// FuzzReadResults is FuzzReadManifest for run results and source freshness.
func FuzzReadResults(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, _, err := dbt.ReadRunResults(context.Background(), bytes.NewReader(raw), dbt.ResultOptions{Limits: tight}, func(r *dbt.Result) error {
			if r.ExecutionTime < 0 {
				t.Fatalf("negative time %v", r.ExecutionTime)
			}
			_, err := json.Marshal(r)
			return err
		})
		checkError(t, err, raw, isGzip(raw))
		_, _, err = dbt.ReadSources(context.Background(), bytes.NewReader(raw), dbt.ResultOptions{Limits: tight}, func(f *dbt.Freshness) error {
			_, err := json.Marshal(f)
			return err
		})
		checkError(t, err, raw, isGzip(raw))
	})
}

// FuzzDecode: bytes that are no longer those that were indexed are decoded into something, and nothing crashes.
func FuzzDecode(f *testing.F) {
	for _, s := range append(seeds, `"`, `{"`, `{"a`, `{"a":`, `{"name":"`, `{"name":"\`, `{"columns":{"a":{"name":"\u00`, `{"meta":{"a":1},"config":{"meta":`,
		`{"columns":{"a":{"name":"a","meta":{"b":1},"config":{"meta":{"c":2}}}},"depends_on":{"nodes":["`, `{"metadata":{"type":"view"},"stats":{"a":{"value":`) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		sound := dbt.Range{Length: int64(len(raw)), Sound: true}
		if n, _, err := dbt.NewNodeDecoder(tight, true).Decode("nodes", "model.a.b", dbt.Hash{}, sound, raw); err == nil && n.UniqueID == "" {
			t.Error("a node without an id")
		}
		if table, _, err := dbt.NewTableDecoder(tight).Decode("nodes", "model.a.b", dbt.Hash{}, sound, raw); err == nil && table.UniqueID == "" {
			t.Error("a table without an id")
		}
	})
}
