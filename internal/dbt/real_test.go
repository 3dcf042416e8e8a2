package dbt_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// TestRealArtifacts reads every real artifact with its reader and compares with what was counted elsewhere.
func TestRealArtifacts(t *testing.T) {
	dir := artifactsDir(t)
	for path, want := range realCounts(t, dir) {
		t.Run(path, func(t *testing.T) {
			f, err := os.Open(filepath.Join(dir, path))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			got := map[string]int{}
			var head dbt.Head
			var issues []dbt.Issue
			switch want["kind"] {
			case "manifest":
				r := &recorder{}
				head, issues, err = dbt.ReadManifest(context.Background(), f, dbt.ManifestOptions{}, r)
				countManifest(got, r)
				sameByRange(t, contentOf(t, f.Name()), dbt.Limits{})
			case "catalog":
				r := &recorder{}
				head, _, issues, err = dbt.ReadCatalog(context.Background(), f, dbt.CatalogOptions{}, r)
				sameTablesByRange(t, contentOf(t, f.Name()), dbt.Limits{})
				for _, table := range r.tables {
					got["tables_"+table.Section]++
					got["columns_catalog"] += len(table.Columns)
				}
			case "run_results":
				head, issues, err = dbt.ReadRunResults(context.Background(), f, dbt.ResultOptions{}, func(r *dbt.Result) error {
					if r.Status == dbt.StatusUnknown {
						t.Errorf("result %s: unknown status %q", r.UniqueID, r.StatusText)
					}
					got["results"]++
					return nil
				})
			case "sources":
				head, issues, err = dbt.ReadSources(context.Background(), f, dbt.ResultOptions{}, func(*dbt.Freshness) error {
					got["results"]++
					return nil
				})
			default:
				t.Skip("another kind")
			}
			if err != nil {
				t.Fatal(err)
			}
			for name, n := range got {
				w, ok := want[name].(float64)
				if !ok && n != 0 || int(w) != n {
					t.Errorf("%s: got %d, want %v", name, n, want[name])
				}
			}
			checkHead(t, head, want)
			for _, is := range issues {
				switch is.Code {
				case dbt.IssueVersionMissing, dbt.IssueGeneratedAt, dbt.IssueDuplicateKey:
				case dbt.IssueFieldType, dbt.IssueUniqueIDMissing: // one file that was made by hand
					if filepath.Base(filepath.Dir(path)) != "no_test_metadata" {
						t.Errorf("unexpected issue: %+v", is)
					}
				default:
					t.Errorf("unexpected issue: %+v", is)
				}
			}
		})
	}
}

func checkHead(t *testing.T, head dbt.Head, want map[string]any) {
	t.Helper()
	for name, got := range map[string]string{
		"schema_version": head.SchemaVersion, "dbt_version": head.DBTVersion,
		"adapter_type": head.AdapterType, "root_package": head.ProjectName, "command": head.Command,
	} {
		w, ok := want[name]
		if s, _ := w.(string); ok && s != got {
			t.Errorf("head %s: got %q, want %v", name, got, w)
		}
	}
	if s, _ := want["generated_at"].(string); s != "" {
		w, err := time.Parse(time.RFC3339, s)
		if err != nil || !head.GeneratedAt.Equal(w) {
			t.Errorf("generated at: got %v, want %s", head.GeneratedAt, s)
		}
	}
}

func countManifest(got map[string]int, r *recorder) {
	for name, rt := range map[string]string{
		"models": "model", "seeds": "seed", "snapshots": "snapshot", "tests": "test", "analyses": "analysis",
		"operations": "operation", "sql_operations": "sql_operation", "sources": "source", "exposures": "exposure",
		"metrics": "metric", "semantic_models": "semantic_model", "saved_queries": "saved_query",
		"unit_tests": "unit_test", "functions": "function", "groups": "group", "macros": "macro",
	} {
		got[name] = r.count(rt)
	}
	got["docs"] = r.count("doc")
	if len(r.parents) > 0 {
		got["edges_data_parent_map"] = countDataEdges(r)
	}
	for _, n := range r.nodes {
		if n.Disabled {
			got["disabled"]++
			continue
		}
		switch n.ResourceType {
		case "model", "seed", "snapshot", "source", "function":
			got["columns_manifest"] += len(n.Columns)
			for _, c := range n.Columns {
				if c.Description != "" {
					got["columns_with_description"]++
				}
				if c.DataType != "" {
					got["columns_with_data_type"]++
				}
			}
		}
		if n.Section != "groups" && n.Section != "macros" {
			got["edges_depends_on"] += len(n.DependsOn)
		}
		if n.Section != "nodes" {
			continue
		}
		if n.CompiledCode != "" {
			got["compiled"]++
		}
		if n.Contract {
			got["contracts_enforced"]++
		}
		got["constraints"] += len(n.Constraints)
		for _, c := range n.Columns {
			got["constraints"] += len(c.Constraints)
		}
		if n.ResourceType == "model" && n.Version != "" {
			got["versioned_models"]++
		}
		if n.ResourceType == "model" && n.Language == "python" {
			got["python_models"]++
		}
	}
}

// countDataEdges counts the entries of parent_map between tables and functions.
func countDataEdges(r *recorder) int {
	tables := map[string]bool{}
	for _, n := range r.nodes {
		switch n.ResourceType {
		case "model", "seed", "snapshot", "source", "function":
			tables[n.UniqueID] = tables[n.UniqueID] || !n.Disabled
		}
	}
	edges := 0
	for child, parents := range r.parents {
		for _, p := range parents {
			if tables[child] && tables[p] {
				edges++
			}
		}
	}
	return edges
}
