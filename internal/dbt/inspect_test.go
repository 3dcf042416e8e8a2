package dbt_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

var update = flag.Bool("update", false, "write the golden files anew")

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
var shop = filepath.Join("..", "..", "examples", "shop", "artifacts")

// TestInspectShop counts the artifacts of the example project, each state as one project.
func TestInspectShop(t *testing.T) {
	versions, err := os.ReadDir(shop)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range versions {
		for _, state := range []string{"before", "after"} {
			var files []dbt.ProjectFile
			err := fs.WalkDir(os.DirFS(shop), v.Name()+"/"+state, func(name string, e fs.DirEntry, err error) error {
				if err == nil && !e.IsDir() {
					files = append(files, projectFile(filepath.Join(shop, name)))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			stats, err := dbt.InspectProject(context.Background(), files)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "inspect/shop-"+v.Name()+"-"+state+".json", stats)
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
		stats, err := dbt.Inspect(context.Background(), strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		golden(t, "inspect/"+name+".json", stats)
	}
}

// TestInspectAnyPacking: compression, and in what pieces the bytes arrive, change no count.
func TestInspectAnyPacking(t *testing.T) {
	raw := small.manifest(t)
	want, err := dbt.Inspect(context.Background(), bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	got, err := dbt.Inspect(context.Background(), &chunked{[]byte(zipped(t, string(raw))), 3})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(generic(t, want), generic(t, got)); diff != "" {
		t.Errorf("-plain +gzip\n%s", diff)
	}
}
