package shop_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/examples/shop"
)

var states = []string{"before", "after"}

type resource struct {
	ResourceType string `json:"resource_type"`
	CompiledCode string `json:"compiled_code"`
	RelationName string `json:"relation_name"`
}

type manifest struct {
	Metadata struct {
		GeneratedAt time.Time         `json:"generated_at"`
		Env         map[string]string `json:"env"`
		UserID      *string           `json:"user_id"`
	} `json:"metadata"`
	Nodes         map[string]resource        `json:"nodes"`
	Sources       map[string]resource        `json:"sources"`
	Exposures     map[string]json.RawMessage `json:"exposures"`
	Metrics       map[string]json.RawMessage `json:"metrics"`
	SemanticModel map[string]json.RawMessage `json:"semantic_models"`
	SavedQueries  map[string]json.RawMessage `json:"saved_queries"`
	UnitTests     map[string]json.RawMessage `json:"unit_tests"`
	Groups        map[string]json.RawMessage `json:"groups"`
	Disabled      map[string]json.RawMessage `json:"disabled"`
}

type catalog struct {
	Nodes, Sources map[string]struct {
		Columns map[string]json.RawMessage `json:"columns"`
	}
}

type results struct {
	Args struct {
		Which string `json:"which"`
	} `json:"args"`
	Results []struct {
		UniqueID string `json:"unique_id"`
		Status   string `json:"status"`
	} `json:"results"`
}

func TestCountsAreTheReadmes(t *testing.T) {
	want := readmeCounts(t)
	for _, version := range dbtVersions(t) {
		for _, state := range states {
			t.Run(version+"/"+state, func(t *testing.T) {
				dir := filepath.Join("artifacts", version, state)
				var m manifest
				var c catalog
				var build, freshness results
				decode(t, readFile(t, filepath.Join(dir, "manifest.json.gz")), &m)
				decode(t, readFile(t, filepath.Join(dir, "catalog.json.gz")), &c)
				decode(t, readFile(t, filepath.Join(dir, "run_results.json.gz")), &build)
				decode(t, readFile(t, filepath.Join(dir, "sources.json.gz")), &freshness)

				if diff := cmp.Diff(want[state], counts(m, c, build, freshness)); diff != "" {
					t.Errorf("README's counts (-) and the artifacts' (+) differ:\n%s", diff)
				}
				if build.Args.Which != "build" {
					t.Errorf("run results are of %q, want those of build", build.Args.Which)
				}
			})
		}
	}
}

// counts has the keys of the README's table.
func counts(m manifest, c catalog, build, freshness results) map[string]int {
	got := map[string]int{
		"sources":                 len(m.Sources),
		"exposures":               len(m.Exposures),
		"metrics":                 len(m.Metrics),
		"semantic models":         len(m.SemanticModel),
		"saved queries":           len(m.SavedQueries),
		"unit tests":              len(m.UnitTests),
		"groups":                  len(m.Groups),
		"disabled":                len(m.Disabled),
		"tables in the catalog":   len(c.Nodes) + len(c.Sources),
		"columns in the catalog":  0,
		"tests that failed":       0,
		"tests that warned":       0,
		"nodes that had an error": 0,
		"fresh sources":           0,
		"late sources":            0,
		"stale sources":           0,
	}
	kinds := map[string]string{
		"model": "models", "seed": "seeds", "snapshot": "snapshots",
		"test": "data tests", "analysis": "analyses", "operation": "hooks",
	}
	for _, node := range m.Nodes {
		got[kinds[node.ResourceType]]++
	}
	for _, table := range c.Nodes {
		got["columns in the catalog"] += len(table.Columns)
	}
	for _, table := range c.Sources {
		got["columns in the catalog"] += len(table.Columns)
	}
	for _, result := range build.Results {
		switch result.Status {
		case "fail":
			got["tests that failed"]++
		case "warn":
			got["tests that warned"]++
		case "error", "skipped":
			got["nodes that had an error"]++
		}
	}
	words := map[string]string{"pass": "fresh sources", "warn": "late sources", "error": "stale sources"}
	for _, result := range freshness.Results {
		got[words[result.Status]]++
	}
	return got
}

func TestStates(t *testing.T) {
	all := shop.States()
	if len(all) != 2 {
		t.Fatalf("%d states, want 2", len(all))
	}
	newest := dbtVersions(t)[0]
	for i, state := range all {
		if state.Name != states[i] {
			t.Errorf("state %d is %q, want %q", i, state.Name, states[i])
		}
		for name, embedded := range map[string][]byte{
			"manifest": state.Manifest, "catalog": state.Catalog,
			"run_results": state.RunResults, "sources": state.Sources,
		} {
			path := filepath.Join("artifacts", newest, state.Name, name+".json.gz")
			if !bytes.Equal(embedded, readFile(t, path)) {
				t.Errorf("%s of %s is not %s", name, state.Name, path)
			}
		}
		var m manifest
		decode(t, state.Manifest, &m)
		if age := m.Metadata.GeneratedAt.Sub(state.Date); age < 0 || age > 10*time.Minute {
			t.Errorf("manifest of %s is of %s, want minutes after %s", state.Name, m.Metadata.GeneratedAt, state.Date)
		}
		if m.Metadata.UserID != nil || len(m.Metadata.Env) > 0 {
			t.Errorf("manifest of %s still tells who made it: %v %v", state.Name, m.Metadata.UserID, m.Metadata.Env)
		}
	}
}

func TestManifestsHoldCompiledCode(t *testing.T) {
	for _, state := range shop.States() {
		var m manifest
		decode(t, state.Manifest, &m)
		for id, node := range m.Nodes {
			if node.ResourceType == "model" && node.CompiledCode == "" {
				t.Errorf("%s: %s has no compiled code", state.Name, id)
			}
		}
		seed := m.Nodes["seed.shop.country_codes"].RelationName
		source := m.Sources["source.shop.reference.country_codes"].RelationName
		if seed == "" || seed != source {
			t.Errorf("%s: seed is %s, source is %s; want one relation", state.Name, seed, source)
		}
	}
}

// Paths of a machine: a home folder, a temporary one, a drive.
var machinePath = regexp.MustCompile(`/(?:home|root|tmp|Users|var/folders|work)/[\w.-]+|[A-Z]:\\\\Users`)

func TestNoMachinePaths(t *testing.T) {
	paths, err := filepath.Glob("artifacts/*/*/*.gz")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no artifacts: %v", err)
	}
	for _, path := range paths {
		if found := machinePath.Find(unzip(t, readFile(t, path))); found != nil {
			t.Errorf("%s holds %q", path, found)
		}
	}
}

// dbtVersions returns the folders of artifacts, the newest version first.
func dbtVersions(t *testing.T) []string {
	t.Helper()
	dirs, err := os.ReadDir("artifacts")
	if err != nil {
		t.Fatal(err)
	}
	var versions []string
	for _, dir := range dirs {
		versions = append(versions, dir.Name())
	}
	// "1.12.6" sorts before "1.8.10" as text, which is newest first.
	if len(versions) < 2 || versions[0] != "1.12.6" {
		t.Fatalf("dbt versions are %v, want 1.12.6 and an older one", versions)
	}
	return versions
}

var countRow = regexp.MustCompile(`(?m)^\| ([a-z ]+) \| (\d+) \| (\d+) \|$`)

func readmeCounts(t *testing.T) map[string]map[string]int {
	t.Helper()
	rows := countRow.FindAllSubmatch(readFile(t, "README.md"), -1)
	want := map[string]map[string]int{"before": {}, "after": {}}
	for _, row := range rows {
		for i, state := range states {
			n, err := strconv.Atoi(string(row[2+i]))
			if err != nil {
				t.Fatal(err)
			}
			want[state][string(row[1])] = n
		}
	}
	return want
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func unzip(t *testing.T, zipped []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func decode(t *testing.T, zipped []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(unzip(t, zipped), into); err != nil {
		t.Fatal(err)
	}
}
