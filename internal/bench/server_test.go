package bench

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/bench/gen"
)

// plainCopy is the baseline of an upload: read, sha256, write, fsync.
func plainCopy(b *testing.B, dir string) time.Duration {
	before := cpu()
	for _, name := range []string{"manifest", "catalog"} {
		in, err := os.Open(filepath.Join(dir, name+".json"))
		if err != nil {
			b.Fatal(err)
		}
		out, err := os.Create(filepath.Join(b.TempDir(), name))
		if err != nil {
			b.Fatal(err)
		}
		h := sha256.New()
		if _, err := io.Copy(io.MultiWriter(out, h), in); err != nil {
			b.Fatal(err)
		}
		if err := out.Sync(); err != nil {
			b.Fatal(err)
		}
		_, _ = out.Close(), in.Close()
	}
	return cpu() - before
}

// BenchmarkServerImports sends the project's states to a real server: first, the same
// bytes again, regenerated, with new run results, with one model changed. The baseline
// of an upload is a plain copy of the same bytes.
func BenchmarkServerImports(b *testing.B) {
	dir := projectDir(b)
	first, again, changed := filepath.Join(dir, "first"), filepath.Join(dir, "again"), filepath.Join(dir, "changed")
	binary, data := serverBinary(b), b.TempDir()
	s := start(b, binary, data)
	fmt.Printf("baseline of an upload, sha256 + copy + fsync: cpu %.0f ms\n", ms(plainCopy(b, first)))
	schema := s.newSchema("Imports")
	s.imported("first import", schema, files(first, "manifest", "catalog"))
	s.imported("same bytes", schema, files(first, "manifest", "catalog"))
	s.imported("regenerated, unchanged", schema, files(again, "manifest", "catalog"))
	s.imported("one model changed", schema, files(changed, "manifest", "catalog"))
	s.imported("regenerated, new run results", schema, generated(b, churned(b, gen.Churn{Run: 3, Change: 1}), "run_results"))
	s.imported("first import with run results", s.newSchema("Results"), files(first, "manifest", "catalog", "run_results"))

	pages := s.pages(schema)
	began := time.Now()
	s.stop()
	stopped := time.Since(began)
	began = time.Now()
	next := start(b, binary, data)
	next.key = s.key
	fmt.Printf("start on this catalog: %.0f ms (stop %.0f ms)\n", ms(time.Since(began)), ms(stopped))
	for _, page := range []string{"/api/v1/assets?limit=1&schema_id=" + schema, pages.asset[0], pages.columnLineage[0]} {
		began = time.Now()
		status := next.call("GET", page, "", nil, nil)
		fmt.Printf("first %s after the start: %.0f ms, status %d\n", page, ms(time.Since(began)), status)
	}
}
