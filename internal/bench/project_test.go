package bench

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/thalweg-data/thalweg/internal/bench/gen"
)

// projectDir is where `make bench` put the generated project: folders first,
// again (other ids and times) and changed (one model).
func projectDir(b *testing.B) string {
	dir := os.Getenv("THALWEG_BENCH_PROJECT")
	if dir == "" {
		b.Skip("SKIPPED: set THALWEG_BENCH_PROJECT, or run make bench")
	}
	return dir
}

// setting is a number from the environment, such as the uploads of one benchmark.
func setting(b *testing.B, name string, otherwise int) int {
	text := os.Getenv("THALWEG_BENCH_" + name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatalf("THALWEG_BENCH_%s: %v", name, err)
	}
	return n
}

// artifact is one file of an upload: on disk, or generated and held in memory.
type artifact struct {
	name string // of the form's field: manifest, catalog, run_results
	path string
	text []byte
}

func (a artifact) copyTo(w io.Writer) error {
	if a.path == "" {
		_, err := w.Write(a.text)
		return err
	}
	f, err := os.Open(a.path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	_, err = io.Copy(w, f)
	return err
}

// files are artifacts of a folder, by the names of their form fields.
func files(dir string, names ...string) []artifact {
	out := make([]artifact, len(names))
	for i, name := range names {
		out[i] = artifact{name: name, path: filepath.Join(dir, name+".json")}
	}
	return out
}

// generated writes a project's manifest and catalog into memory, and its run results if asked.
func generated(b *testing.B, p gen.Project, results ...string) []artifact {
	plan, err := p.Plan()
	if err != nil {
		b.Fatal(err)
	}
	out := []artifact{{name: "manifest"}, {name: "catalog"}}
	writers := []func(io.Writer) error{plan.WriteManifest, plan.WriteCatalog}
	for _, name := range results {
		out, writers = append(out, artifact{name: name}), append(writers, plan.WriteRunResults)
	}
	for n, write := range writers {
		var text bytes.Buffer
		if err := write(&text); err != nil {
			b.Fatal(err)
		}
		out[n].text = text.Bytes()
	}
	return out
}

// churned is the standard project some runs later.
func churned(b *testing.B, c gen.Churn) gen.Project {
	p := gen.Standard(setting(b, "MODELS", 10_000))
	p.Churn = c
	return p
}

// days writes the manifests of the project's next runs, each with one model changed
// more than the one before, and returns their paths. They are numbered from 10, after the
// states that `make bench` wrote.
func days(b *testing.B, count int) []string {
	dir := b.TempDir()
	paths := make([]string, count)
	for n := range paths {
		plan, err := churned(b, gen.Churn{Run: 10 + n, Change: 2 + n}).Plan()
		if err != nil {
			b.Fatal(err)
		}
		paths[n] = filepath.Join(dir, fmt.Sprintf("manifest-%d.json", n))
		f, err := os.Create(paths[n])
		if err != nil {
			b.Fatal(err)
		}
		if err := plan.WriteManifest(f); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
	return paths
}
