package dbt_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// artifactsDir is the folder of real artifacts of other projects, which are not ours to copy.
func artifactsDir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("THALWEG_ARTIFACTS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "artifacts")
	}
	if _, err := os.Stat(filepath.Join(dir, "counts.json")); err != nil {
		reportAbsent.Do(func() { t.Logf("NOT RUN: real artifacts are absent, set THALWEG_ARTIFACTS to their folder (%v)", err) })
		t.SkipNow()
	}
	return dir
}

var reportAbsent sync.Once

// realCounts returns the counts of every real artifact, by path below the folder.
func realCounts(t testing.TB, dir string) map[string]map[string]any {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "counts.json"))
	if err != nil {
		t.Fatal(err)
	}
	var counts map[string]map[string]any
	if err := json.Unmarshal(b, &counts); err != nil {
		t.Fatal(err)
	}
	return counts
}
