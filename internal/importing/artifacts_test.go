package importing

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// realArtifacts finds the collection of real project snapshots, which is no
// part of the repository.
func realArtifacts(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("THALWEG_ARTIFACTS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "artifacts")
	}
	if _, err := os.Stat(filepath.Join(dir, "counts.json")); err != nil {
		t.Skip("SKIPPED: no collection of real artifacts; set THALWEG_ARTIFACTS to its folder")
	}
	return dir
}

// counted is what the collection knows of one file.
type counted struct {
	Kind              string `json:"kind"`
	Relations         int64  `json:"relations"`
	Shared            int64  `json:"relations_shared"`
	EdgesData         int64  `json:"edges_data"`
	EdgesParentMap    *int64 `json:"edges_data_parent_map"`
	Models            int64  `json:"models"`
	Seeds             int64  `json:"seeds"`
	Snapshots         int64  `json:"snapshots"`
	Sources           int64  `json:"sources"`
	Tests             int64  `json:"tests"`
	Functions         *int64 `json:"functions"`
	ColumnsManifest   int64  `json:"columns_manifest"`
	AllParentMapEdges *int64 `json:"edges_parent_map"`
}

// TestRealManifests imports every real manifest of the collection and compares
// tables and lineages with what was counted independently.
func TestRealManifests(t *testing.T) {
	dir := realArtifacts(t)
	raw, err := os.ReadFile(filepath.Join(dir, "counts.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]counted
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for path, c := range all {
		if c.Kind == "manifest" {
			paths = append(paths, path)
		}
	}
	sort.Strings(paths)
	if testing.Short() {
		paths = everyNth(paths, 16)
	}
	r := newRig(t)
	for _, path := range paths {
		t.Run(strings.ReplaceAll(path, "/", "_"), func(t *testing.T) {
			content, err := os.ReadFile(filepath.Join(dir, path))
			if err != nil {
				t.Fatal(err)
			}
			r.t = t
			s, err := r.store.CreateSchema(t.Context(), ws, path, "", store.By{})
			if err != nil {
				t.Fatal(err)
			}
			r.schema = s.ID
			checkReal(t, r, all[path], content)
		})
	}
}

// everyNth returns every nth of a list.
func everyNth(list []string, n int) (some []string) {
	for i := 0; i < len(list); i += n {
		some = append(some, list[i])
	}
	return some
}

// columnCounts counts the columns that a report names and those that only code shows.
func (r *rig) columnCounts() (reported, made int64) {
	r.t.Helper()
	index, err := r.store.Index(r.t.Context(), ws, r.schema)
	if err != nil {
		r.t.Fatal(err)
	}
	var ids []catalog.AssetID
	for _, a := range index.Assets {
		if a.Kind.IsTable() {
			ids = append(ids, a.ID)
		}
	}
	columns, err := r.store.ColumnsOf(r.t.Context(), ws, r.schema, 0, ids)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, list := range columns {
		for _, c := range list {
			if c.Origin == catalog.OriginSQL {
				made++
			} else {
				reported++
			}
		}
	}
	return reported, made
}

func checkReal(t *testing.T, r *rig, want counted, content []byte) {
	imp := r.send(part{partManifest, content})
	if imp.Status != catalog.Completed {
		t.Fatalf("%s: %s", imp.Status, imp.Error)
	}
	// Nodes on a shared relation are one table; in this collection they are
	// always two. Ephemeral models have no relation and are a table each.
	nodes := want.Models + want.Seeds + want.Snapshots + want.Sources
	if imp.Counters.TablesCreated != nodes-want.Shared {
		t.Errorf("%d tables, counted %d nodes on %d relations, %d shared", imp.Counters.TablesCreated, nodes, want.Relations, want.Shared)
	}
	ephemeral := nodes-want.Shared != want.Relations
	tests, err := r.store.TestsOf(t.Context(), ws, r.schema, r.version(), 0, false)
	if err != nil || int64(len(tests)) != want.Tests {
		t.Errorf("%d tests, counted %d, %v", len(tests), want.Tests, err)
	}
	edges := want.EdgesData
	if want.EdgesParentMap != nil && want.AllParentMapEdges != nil && *want.AllParentMapEdges > 0 {
		edges = *want.EdgesParentMap
	}
	if want.Shared == 0 && (want.Functions == nil || *want.Functions == 0) && imp.Counters.LineagesCreated != edges {
		t.Errorf("%d lineages, counted %d", imp.Counters.LineagesCreated, edges)
	}
	documented, made := r.columnCounts()
	if want.Shared == 0 && !ephemeral && documented != want.ColumnsManifest {
		t.Errorf("%d columns of the manifest, counted %d", documented, want.ColumnsManifest)
	}
	if imp.Counters.ColumnsCreated != documented+made {
		t.Errorf("%d columns created; the manifest names %d, the code makes %d more", imp.Counters.ColumnsCreated, documented, made)
	}
	r.clock = r.clock.Add(1)
	if again := r.send(part{partManifest, content}); counters(again) != [6]int64{} || again.Version != 0 {
		t.Errorf("sent again: %v, version %d", counters(again), again.Version)
	}
}
