package lineage

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// artifactsDir is where the real artifacts lie; they are not part of the
// project.
func artifactsDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("THALWEG_ARTIFACTS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "artifacts")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("SKIPPED: no real artifacts; set THALWEG_ARTIFACTS to the folder that holds them")
	}
	return dir
}

// traceFiles reads and traces a manifest with the catalog beside it.
func traceFiles(t *testing.T, manifest string) *ProjectLineage {
	t.Helper()
	data, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	beside := filepath.Join(filepath.Dir(manifest), strings.Replace(filepath.Base(manifest), "manifest", "catalog", 1))
	var tables *os.File
	for _, path := range []string{beside, strings.TrimSuffix(beside, ".gz"), strings.TrimSuffix(beside, ".gz") + ".gz"} {
		if f, err := os.Open(path); err == nil {
			tables = f
			t.Cleanup(func() { _ = f.Close() })
			break
		}
	}
	var p *Project
	if tables != nil {
		p, err = ReadProject(t.Context(), bytes.NewReader(data), tables)
	} else {
		p, err = ReadProject(t.Context(), bytes.NewReader(data), nil)
	}
	if err != nil {
		t.Skipf("%s is no manifest that can be read: %v", manifest, err)
	}
	l, err := p.Trace(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func manifests(t *testing.T) []string {
	var paths []string
	err := filepath.WalkDir(artifactsDir(t), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(d.Name(), "manifest") && !strings.Contains(d.Name(), "semantic") &&
			(strings.HasSuffix(path, ".json") || strings.HasSuffix(path, ".json.gz")) {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(paths)
	return paths
}

// sameColumns compares an output list with the columns of the warehouse: names
// and order, case as the warehouse folds it.
func sameColumns(platform string, outputs []Output, listed []string) bool {
	if len(outputs) != len(listed) {
		return false
	}
	for i, o := range outputs {
		if catalog.FoldColumn(platform, o.Name) != catalog.FoldColumn(platform, listed[i]) {
			return false
		}
	}
	return true
}

func TestCorpus(t *testing.T) {
	var traced, failedModels, listed, equal int
	status := map[Status]int{}
	for _, path := range manifests(t) {
		t.Run(strings.ReplaceAll(strings.TrimPrefix(path, artifactsDir(t)), "/", "_"), func(t *testing.T) {
			l := traceFiles(t, path)
			for i, n := range l.Nodes {
				b := l.Blocks[i]
				if b == nil {
					continue
				}
				traced++
				status[b.Status]++
				if b.Status == Failed {
					failedModels++
					t.Logf("failed: %s: %v", n.UniqueID, b.Issues)
				}
				table := l.Catalog[n.UniqueID]
				if table == nil || len(table.Columns) == 0 || b.Status == NotCompiled || b.Status == NotSQL {
					continue
				}
				stated := l.stated(n).List
				var names []string
				for _, c := range stated {
					names = append(names, c.Name)
				}
				listed++
				if sameColumns(l.Head.AdapterType, b.Outputs, names) {
					equal++
				} else if testing.Verbose() {
					var have []string
					for _, o := range b.Outputs {
						have = append(have, o.Name)
					}
					t.Logf("columns differ: %s %s\n have %v\n want %v", l.Head.AdapterType, n.UniqueID, have, names)
				}
			}
		})
	}
	t.Logf("%d models traced, %v, of %d with a catalog entry %d have its columns", traced, status, listed, equal)
}
