package inspect_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/dbt/inspect"
)

// countAll lets the other program count every folder of artifacts as a project and every file by itself.
const countAll = `
import json, os, sys
sys.path.insert(0, os.path.join(sys.argv[1], "tools"))
import artifact_stats as a
files, projects = {}, {}
for folder, _, names in sorted(os.walk(sys.argv[1])):
    paths = [os.path.join(folder, n) for n in sorted(names) if n.endswith((".json", ".json.gz")) and n != "counts.json"]
    if paths:
        projects[folder] = a.project(paths)
    for p in paths:
        try:
            files[p] = a.stats(p)
        except ValueError as e:
            files[p] = None
json.dump({"files": files, "projects": projects}, sys.stdout, default=str)
`

// TestInspectAgainstScript compares all keys, and the joined counts of projects, with the script that
// defines them.
func TestInspectAgainstScript(t *testing.T) {
	if testing.Short() {
		t.Skip("counting everything twice takes seconds")
	}
	dir := artifactsDir(t)
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("NOT RUN: python3 is absent")
	}
	out, err := exec.CommandContext(context.Background(), python, "-B", "-c", countAll, dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Files    map[string]map[string]any
		Projects map[string]map[string]any
	}
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	for path, counts := range want.Files {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		stats, err := inspect.Artifact(context.Background(), f)
		f.Close()
		if counts == nil {
			if err == nil {
				t.Errorf("%s: want an error", path)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if diff := cmp.Diff(counts, generic(t, stats)); diff != "" {
			t.Errorf("%s: -want +got\n%s", path, diff)
		}
	}
	for folder, counts := range want.Projects {
		var files []inspect.File
		names, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			if ext := filepath.Ext(n.Name()); (ext == ".json" || ext == ".gz") && n.Name() != "counts.json" {
				files = append(files, projectFile(filepath.Join(folder, n.Name())))
			}
		}
		stats, err := inspect.Project(context.Background(), files)
		if err != nil {
			t.Errorf("%s: %v", folder, err)
			continue
		}
		got := generic(t, stats)
		if u, ok := counts["unreadable"].(map[string]any); ok { // the reasons are in our own words
			for name := range u {
				u[name] = stats.Unreadable[name]
			}
		}
		if diff := cmp.Diff(counts, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", folder, diff)
		}
	}
}
