package dbttest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

var reportNoCases sync.Once

// FieldCase returns the artifacts of a situation that users of other catalogs
// reported, by name. They are not ours to copy and lie next to the checkout, which
// root leads to. The test is skipped if there are none; a process says so once.
func FieldCase(t testing.TB, root, name string) map[string]json.RawMessage {
	t.Helper()
	file := filepath.Join(root, "..", "shared", "field-cases", name+".json")
	b, err := os.ReadFile(file)
	if err != nil {
		reportNoCases.Do(func() { t.Logf("NOT RUN: field cases are absent (%v)", err) })
		t.SkipNow()
	}
	var artifacts map[string]json.RawMessage
	if err := json.Unmarshal(b, &artifacts); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return artifacts
}
