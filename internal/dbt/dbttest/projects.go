package dbttest

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io"
	"io/fs"
	"path"
	"strings"
	"testing"
)

//go:embed testdata
var projects embed.FS

// folders returns where the artifacts of each run lie, by the run's name.
func folders(t testing.TB) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(projects, "testdata", func(name string, _ fs.DirEntry, err error) error {
		if dir, file := path.Split(name); file == "manifest.json.gz" {
			run := strings.Replace(strings.TrimPrefix(dir, "testdata/"), "artifacts/", "", 1)
			found[path.Clean(run)] = path.Clean(dir)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Projects returns the artifacts of our own dbt projects by the name of the run, such as "pair/upstream", and the
// name of the artifact, such as "manifest.json".
func Projects(t testing.TB) map[string]map[string][]byte {
	t.Helper()
	runs := map[string]map[string][]byte{}
	for run := range folders(t) {
		runs[run] = Project(t, run)
	}
	return runs
}

// Project returns the artifacts of one run, by name.
func Project(t testing.TB, run string) map[string][]byte {
	t.Helper()
	dir := folders(t)[run]
	entries, err := projects.ReadDir(dir)
	if err != nil || dir == "" {
		t.Fatalf("run %s: %v", run, err)
	}
	artifacts := map[string][]byte{}
	for _, e := range entries {
		if e.IsDir() { // the index of dbt 2
			continue
		}
		packed, err := projects.ReadFile(path.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		text, err := unpacked(packed)
		if err != nil {
			t.Fatalf("run %s, %s: %v", run, e.Name(), err)
		}
		artifacts[strings.TrimSuffix(e.Name(), ".gz")] = text
	}
	return artifacts
}

func unpacked(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
