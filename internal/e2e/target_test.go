package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/apitest"
)

// inTarget generates a manifest of a project that builds some of eight models in a target, each layer in a custom
// schema of its own as dbt names it by default, or by a rule of the project's own.
func inTarget(t *testing.T, target string, hour int, verbatim bool, models ...int) artifacts {
	g := &reports{t: t}
	nodes, parents := doc{}, doc{}
	for _, i := range models {
		custom := []string{"staging", "marts"}[i%2]
		schema := target + "_" + custom
		if verbatim && target == "prod" {
			schema = custom
		} else if verbatim {
			schema = target
		}
		name := fmt.Sprintf("m%d", i)
		id := "model.shop." + name
		nodes[id] = doc{
			"unique_id": id, "resource_type": "model", "name": name, "alias": name, "database": "db", "schema": schema, "package_name": "shop",
			"path": name + ".sql", "original_file_path": "models/" + name + ".sql", "fqn": []string{"shop", name}, "description": fmt.Sprint(name, " in ", target, " at ", hour),
			"config": doc{"materialized": "table", "schema": custom}, "relation_name": `"db"."` + schema + `"."` + name + `"`,
			"raw_code": "select 1", "compiled_code": fmt.Sprintf("select %d as c", hour), "checksum": doc{"name": "sha256", "checksum": name}, "columns": doc{},
			"depends_on": doc{"nodes": []string{}},
		}
		parents[id] = []string{}
	}
	at := fmt.Sprintf("2026-11-02T%02d:00:00Z", hour)
	return artifacts{manifest: g.encode(doc{
		"metadata": doc{
			"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": "1.10.0", "generated_at": at,
			"project_name": "shop", "project_id": "id-shop", "adapter_type": "duckdb", "invocation_id": fmt.Sprint("i-", target, hour),
		},
		"nodes": nodes, "sources": doc{}, "parent_map": parents, "child_map": doc{},
	})}
}

// Manifests of the target that feeds a schema and of another one, in any order after the first, end in one state: those
// of the other target wait, whether they are older or newer.
func TestManifestsOfAnotherTargetInAnyOrder(t *testing.T) {
	// The first manifest's models, and those that the others have besides. A project of two models waits as well.
	for _, c := range []struct {
		name         string
		verbatim     bool
		first        []int
		more, latest int
	}{
		{"suffixed", false, []int{0, 1, 2, 3, 4, 5}, 6, 7},
		{"verbatim", true, []int{0, 1, 2, 3, 4, 5}, 6, 7},
		{"small", false, []int{0, 1}, 2, 3},
	} {
		more, latest := append(slices.Clone(c.first), c.more), append(slices.Clone(c.first), c.latest)
		pieces := map[string]artifacts{
			"prod at 1": inTarget(t, "prod", 1, c.verbatim, more...),
			"prod at 4": inTarget(t, "prod", 4, c.verbatim, latest...),
			"bob at 2":  inTarget(t, "dbt_bob", 2, c.verbatim, more...),
			"bob at 5":  inTarget(t, "dbt_bob", 5, c.verbatim, latest...),
		}
		first := inTarget(t, "prod", 3, c.verbatim, c.first...)
		state := func(t *testing.T, open apitest.OpenStore, order []string) map[string]any {
			r := newRig(t, open)
			imports := map[string]string{r.send(t, first): "import of the first"}
			for _, name := range order {
				imports[r.send(t, pieces[name])] = "import of " + name
			}
			if list := r.list(t, "/api/v1/schemas/"+r.schema+"/removals?limit=200", "attributes.reason"); len(list) != len(latest) || slices.Contains(list, "removed") {
				t.Errorf("pending: %v", list)
			}
			return r.state(t, imports)
		}
		orders := permutations(pieces, 6)
		want := state(t, nil, orders[0])
		for i, order := range orders[1:] {
			open := apitest.OpenStore(nil)
			if i == 0 {
				open = apitest.OnPostgres
			}
			t.Run(fmt.Sprint(c.name, order), func(t *testing.T) { sameState(t, want, state(t, open, order)) })
		}
	}
}

// The states of real projects, each after the one before: one that is built elsewhere waits, and no other does. A copy
// in a developer's schema always waits.
func TestTargetsOfRealProjects(t *testing.T) {
	for _, history := range []struct {
		folder string
		states []string
		moves  int // the state that is built elsewhere; -1: none
	}{
		{"coderxio__sagerx", []string{"2023-12-21-v9", "2024-01-01-v8", "2024-11-21-v12", "2025-head"}, 2},
		{"coderxio__sagerx", []string{"2025-head", "2024-11-21-v12", "2024-01-01-v8", "2023-12-21-v9"}, 2},
		{"DataRecce__recce", []string{"base", "pr2"}, 1},
		{"docglow__docglow", []string{"dbt-1.8", "dbt-1.9", "jaffle-1.11"}, -1},
	} {
		t.Run(history.folder+" "+history.states[0], func(t *testing.T) {
			t.Parallel()
			r := newRig(t, nil)
			for i, state := range history.states {
				imp := r.send(t, realAt(t, history.folder+"/"+state))
				report := string(r.Get(t, "/api/v1/dbt_imports/"+imp+"/report", r.key).Body)
				moved := strings.Contains(report, `"target-moved"`)
				if want := history.moves >= 0 && i >= history.moves; moved != want {
					t.Errorf("%s waits: %v; targets %s", state, moved, r.Get(t, "/api/v1/schemas/"+r.schema, r.key).Body)
				}
			}
		})
	}
}
