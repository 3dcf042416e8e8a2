package inspect_test

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/dbt/inspect"
)

// provenance are the keys of counts.json that say where a file is from, not what is in it.
var provenance = []string{"repository", "commit", "path", "sha256", "redacted"}

// lateKeys are published by the script, but counts.json was written before it knew them.
var lateKeys = map[string]bool{"materialized": true, "column_types": true, "owners": true}

// TestInspectRealArtifacts compares every number with those counted by another program.
func TestInspectRealArtifacts(t *testing.T) {
	dir := artifactsDir(t)
	for path, want := range realCounts(t, dir) {
		t.Run(path, func(t *testing.T) {
			f, err := os.Open(filepath.Join(dir, path))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			stats, err := inspect.Artifact(context.Background(), f)
			if want["kind"] == "broken" {
				if err == nil {
					t.Fatal("want an error")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range provenance {
				delete(want, key)
			}
			got := generic(t, stats)
			for key := range got {
				if _, ok := want[key]; !ok && !lateKeys[key] {
					t.Errorf("the key %s is not among the published ones", key)
				}
			}
			for key, w := range want {
				if diff := cmp.Diff(w, got[key]); diff != "" {
					t.Errorf("%s: -want +got\n%s", key, diff)
				}
			}
		})
	}
}

// generic turns v into maps and numbers by way of JSON.
func generic(t testing.TB, v any) map[string]any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// projectFile makes a ProjectFile of a path.
func projectFile(path string) inspect.File {
	return inspect.File{Name: filepath.Base(path), Open: func() (io.ReadCloser, error) { return os.Open(path) }}
}
