// Package dbttest finds real artifacts for the tests of the readers.
package dbttest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

var reportAbsent sync.Once

// Artifacts returns the folder of real artifacts of other projects, which are not
// ours to copy: THALWEG_ARTIFACTS, else the one next to the checkout, which root
// leads to. The test is skipped if there is none; a process says so once.
func Artifacts(t testing.TB, root string) string {
	t.Helper()
	dir := os.Getenv("THALWEG_ARTIFACTS")
	if dir == "" {
		dir = filepath.Join(root, "..", "shared", "artifacts")
	}
	counts := filepath.Join(dir, "counts.json")
	if _, err := os.Stat(counts); err != nil { //nolint:gosec // in the folder that the developer named
		reportAbsent.Do(func() { t.Logf("NOT RUN: real artifacts are absent, set THALWEG_ARTIFACTS to their folder (%v)", err) })
		t.SkipNow()
	}
	return dir
}

// Read returns a file of a folder of artifacts, unpacked.
func Read(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil && filepath.Ext(path) == ".gz" {
		text, err = unpacked(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Counts returns the counts of every real artifact, by path below the folder.
func Counts(t testing.TB, dir string) map[string]map[string]any {
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
