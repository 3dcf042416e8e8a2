package inspect_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/dbt/inspect"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares v, as JSON, with testdata/name.
func golden(t *testing.T, name string, v any) {
	t.Helper()
	got, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: -want +got\n%s", name, diff)
	}
}

// shop is the example project of this repository.
var shop = filepath.Join("..", "..", "..", "examples", "shop", "artifacts")

// TestInspectShop counts the artifacts of the example project, each state as one project.
func TestInspectShop(t *testing.T) {
	versions, err := os.ReadDir(shop)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range versions {
		for _, state := range []string{"before", "after"} {
			var files []inspect.File
			err := fs.WalkDir(os.DirFS(shop), v.Name()+"/"+state, func(name string, e fs.DirEntry, err error) error {
				if err == nil && !e.IsDir() {
					files = append(files, projectFile(filepath.Join(shop, name)))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			stats, err := inspect.Project(context.Background(), files)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "shop-"+v.Name()+"-"+state+".json", stats)
		}
	}
}

// TestInspectOddities counts files of our own that hold what real ones seldom do.
func TestInspectOddities(t *testing.T) {
	for name, text := range map[string]string{
		"manifest-v0": `{"generated_at":"2020-01-02T03:04:05Z","macros":{},"docs":{},"disabled":[{"unique_id":"model.p.gone"}],"nodes":{
			"source.p.raw.t":{"resource_type":"source","package_name":"p","name":"t","identifier":"T","database":null,"schema":"s","columns":{}},
			"model.p.a":{"resource_type":"model","package_name":"p","name":"a","schema":"S","alias":"t","raw_sql":"x","depends_on":{"nodes":["source.p.raw.t","source.p.raw.t","model.p.gone","model.p.never"]},"config":{"materialized":"view"}},
			"test.p.t":{"resource_type":"test","package_name":"p","column_name":"a","depends_on":{"nodes":["source.p.raw.t"]}},
			"rpc.p.r":{"resource_type":"rpc","package_name":"p"}},"parent_map":{"model.p.a":["source.p.raw.t"]},"child_map":null,"extra":1}`,
		"manifest-duplicates": `{"nodes":{"model.p.a":{"resource_type":"model","name":"a","name":"b","columns":{"x":{},"x":{"description":"d"}}},"model.p.a":{"resource_type":"seed","name":"c"}},"macros":{},"docs":{},"docs":{"d":{}}}`,
		"catalog-nan":         "\xef\xbb\xbf" + `{"nodes":{"model.p.a":{"metadata":{"type":"VIEW","database":null},"columns":{"ID":{"type":null,"name":"id"},"ß":{"type":"int","name":"ß"}},"stats":{"num_rows":{"value":NaN},"x":{"value":[-Infinity,Infinity,NaN]}}}},"sources":{},"errors":["a","b"]}`,
		"run-results-v0":      `{"results":[{"node":{"unique_id":"model.p.a"},"status":null,"timing":[],"execution_time":0.1},{"node":{"unique_id":"model.p.a"},"status":"OK","timing":[{}],"execution_time":0.2,"failures":true}],"elapsed_time":1.5}`,
		"sources-v0":          `{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/sources/v1.json"},"sources":{"source.p.r.t":{"max_loaded_at":"x"},"source.p.r.u":{"error":"e"}}}`,
		"semantic":            `{"semantic_models":[{"measures":[1,2],"dimensions":[3],"entities":[]}],"metrics":[1],"saved_queries":[]}`,
	} {
		stats, err := inspect.Artifact(context.Background(), strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		golden(t, name+".json", stats)
	}
}

// TestInspectAnyPacking: compression, and in what pieces the bytes arrive, change no count.
func TestInspectAnyPacking(t *testing.T) {
	packed, raw := shopManifest(t)
	want, err := inspect.Artifact(context.Background(), bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]io.Reader{"gzip": bytes.NewReader(packed), "byte by byte": iotest.OneByteReader(bytes.NewReader(packed))} {
		got, err := inspect.Artifact(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(generic(t, want), generic(t, got)); diff != "" {
			t.Errorf("%s: -plain +packed\n%s", name, diff)
		}
	}
}

// shopManifest returns a manifest of the example project, as gzip and plain.
func shopManifest(t testing.TB) (packed, raw []byte) {
	t.Helper()
	packed, err := os.ReadFile(filepath.Join(shop, "1.12.6", "after", "manifest.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	if raw, err = io.ReadAll(r); err != nil {
		t.Fatal(err)
	}
	return packed, raw
}

func BenchmarkArtifact(b *testing.B) {
	_, raw := shopManifest(b)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := inspect.Artifact(context.Background(), bytes.NewReader(raw)); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzArtifact: no file crashes the counting, and its report is JSON.
func FuzzArtifact(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"metadata":{}}`, "\xef\xbb\xbf{\"nodes\":{\"a\":{\"description\":\"\xff\\u0000\\ud800\\\\\"}},\"docs\":{}}",
		`{"nodes":{"a":{"resource_type":"model","columns":{"x":{"meta":{"a":NaN}}}}},"parent_map":{"a":["b","b"]},"disabled":[{"unique_id":"c"}],"macros":{}}`,
		`{"nodes":{"a":{"metadata":{"type":"view"},"columns":{"X":{"type":"int","index":1}},"stats":{"rows":{"value":1e400}}}},"sources":{},"errors":["x"]}`,
		`{"results":[{"status":"success","unique_id":"a","timing":[],"execution_time":-1}],"args":{"which":"run"},"elapsed_time":Infinity}`,
		`{"semantic_models":[{"measures":[1],"entities":[],"dimensions":[{}]}],"metrics":[]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		stats, err := inspect.Artifact(context.Background(), bytes.NewReader(raw))
		var bad *dbt.Error
		switch {
		case err == nil:
			generic(t, stats)
		case !errors.As(err, &bad):
			t.Fatalf("not an error of the artifact: %v", err)
		}
	})
}
