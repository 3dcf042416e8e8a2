package apitest

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/dbt/dbttest"
)

type object = map[string]any

// Everything that a manifest says about the kinds that are not tables is on their pages.
func TestKindsHaveTheirFields(t *testing.T) {
	t.Parallel()
	for run, artifacts := range dbttest.Projects(t) {
		t.Run(run, func(t *testing.T) {
			t.Parallel()
			comparePages(t, artifacts["manifest.json"])
		})
	}
	dir := dbttest.Artifacts(t, filepath.Join("..", ".."))
	for path, counts := range dbttest.Counts(t, dir) {
		if counts["kind"] != "manifest" || !hasKinds(counts) {
			continue
		}
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			comparePages(t, dbttest.Read(t, filepath.Join(dir, path)))
		})
	}
}

// hasKinds reports whether a real manifest has anything of the semantic layer or a unit test.
func hasKinds(counts map[string]any) bool {
	for _, name := range []string{"metrics", "semantic_models", "saved_queries", "unit_tests", "functions", "groups"} {
		if n, _ := counts[name].(float64); n > 0 {
			return true
		}
	}
	return false
}

func comparePages(t *testing.T, text []byte) {
	t.Helper()
	var manifest map[string]any
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	s := Start(t, Options{})
	key := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "Analytics Warehouse")
	s.Import(t, key, schema, File("manifest", "manifest.json", text))
	nodes := allNodes(manifest)
	for section, details := range detailsOf {
		for id, n := range sectionOf(manifest, section) {
			page := s.Get(t, "/api/v1/assets/"+url.PathEscape(id)+"?schema_id="+schema, key)
			if page.Status != 200 {
				t.Errorf("%s: %d %s", id, page.Status, page.Body)
				continue
			}
			has := page.At(t, "data.attributes").(object)
			if want, got := said(details(n)), said(has["details"]); !reflect.DeepEqual(got, want) {
				t.Errorf("%s:\n got %s\nwant %s", id, jsonText(got), jsonText(want))
			}
			compareCommon(t, id, n, has)
			if want := len(parentsOf(n, nodes)); section != "macros" && has["upstream"] != float64(want) {
				t.Errorf("%s has %v parents, want %d", id, has["upstream"], want)
			}
		}
	}
}

func compareCommon(t *testing.T, id string, n, has object) {
	t.Helper()
	meta := object{}
	for _, m := range []any{n["meta"], At(n, "config.meta")} {
		if m, ok := m.(object); ok {
			for k, v := range m {
				meta[k] = v
			}
		}
	}
	for name, pair := range map[string][2]any{
		"name":        {At(has, "dbt.unique_id"), n["unique_id"]},
		"path":        {At(has, "dbt.original_file_path"), strings.ReplaceAll(n["original_file_path"].(string), `\`, "/")},
		"description": {At(has, "description.value"), n["description"]},
		"meta":        {At(has, "dbt.meta"), meta},
	} {
		if got, want := said(pair[0]), said(pair[1]); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %s is %s, want %s", id, name, jsonText(got), jsonText(want))
		}
	}
}

// detailsOf are the details of each kind's page as a section of a manifest has them.
var detailsOf = map[string]func(n object) object{
	"unit_tests": func(n object) object {
		out := some(n, "model", "given", "expect", "overrides")
		out["versions"] = At(n, "versions")
		if v, ok := out["versions"].(object); ok {
			out["versions"] = object{"include": versionTexts(v["include"]), "exclude": versionTexts(v["exclude"])}
		}
		out["tested"] = n["tested_node_unique_id"]
		if out["tested"] == nil {
			out["tested"] = At(n, "depends_on.nodes.0")
		}
		return out
	},
	"metrics": func(n object) object {
		out := some(n, "label", "model", "timestamp", "time_grains", "dimensions", "window", "filter", "type_params")
		out["type"] = first(n["type"], n["calculation_method"])
		if n["sql"] != nil || n["calculation_method"] != nil {
			out["type"], out["expression"] = first(n["calculation_method"], n["type"]), first(n["expression"], n["sql"])
		}
		out["filter"], out["granularity"] = first(said(n["filter"]), n["filters"]), n["time_granularity"]
		out["metrics"] = flat(n["metrics"])
		return out
	},
	"semantic_models": func(n object) object {
		out := some(n, "label", "model", "primary_entity")
		out["agg_time_dimension"] = At(n, "defaults.agg_time_dimension")
		for _, list := range []string{"entities", "dimensions", "measures"} {
			var parts []any
			for _, p := range listOf(n[list]) {
				p := p.(object)
				part := some(p, "name", "expr", "label", "description", "role", "is_partition", "create_metric", "agg_params", "agg_time_dimension", "non_additive_dimension")
				part["type"] = first(p["type"], p["agg"])
				part["meta"] = At(p, "config.meta")
				part["time_granularity"], part["validity_params"] = At(p, "type_params.time_granularity"), At(p, "type_params.validity_params")
				parts = append(parts, part)
			}
			out[list] = parts
		}
		return out
	},
	"saved_queries": func(n object) object {
		out := some(n, "label", "query_params", "exports")
		out["metrics"], out["group_by"] = At(n, "query_params.metrics"), At(n, "query_params.group_by")
		return out
	},
	"functions": func(n object) object { return some(n, "returns", "arguments", "overloads") },
	"exposures": func(n object) object {
		out := some(n, "label", "type", "url", "maturity")
		out["owner"] = ownerOf(n["owner"])
		return out
	},
	"groups": func(n object) object { return object{"owner": ownerOf(n["owner"])} },
	"macros": func(n object) object {
		out := some(n, "supported_languages")
		out["arguments"], out["signature"] = first(said(n["arguments"]), n["args"]), n["funcsign"]
		return out
	},
}

func ownerOf(v any) any {
	owner, ok := v.(object)
	if !ok {
		return nil
	}
	out, extra := object{"name": owner["name"], "emails": listOf(owner["email"])}, object{}
	for k, v := range owner {
		if k != "name" && k != "email" {
			extra[k] = v
		}
	}
	out["extra"] = extra
	return out
}

func some(n object, names ...string) object {
	out := object{}
	for _, name := range names {
		out[name] = n[name]
	}
	return out
}

func first(a, b any) any {
	if a != nil {
		return a
	}
	return b
}

// listOf is a list as it is, and anything else a list of it.
func listOf(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// flat is a list of lists of one name as a list of names.
func flat(v any) []any {
	var out []any
	for _, e := range listOf(v) {
		out = append(out, listOf(e)...)
	}
	return out
}

func versionTexts(v any) []any {
	var out []any
	for _, e := range listOf(v) {
		out = append(out, jsonText(e))
	}
	return out
}

func jsonText(v any) string {
	b, _ := json.Marshal(v) // it came from JSON
	return string(b)
}

// said drops what says nothing: nulls, false, and what is empty.
func said(v any) any {
	switch v := v.(type) {
	case object:
		out := object{}
		for k, m := range v {
			if m = said(m); m != nil {
				out[k] = m
			}
		}
		if len(out) > 0 {
			return out
		}
		return nil
	case []any:
		var out []any
		for _, e := range v {
			out = append(out, said(e))
		}
		if len(out) > 0 {
			return out
		}
		return nil
	case string:
		if v != "" {
			return v
		}
		return nil
	case bool:
		if v {
			return v
		}
		return nil
	}
	return v
}

func sectionOf(manifest object, section string) map[string]object {
	out := map[string]object{}
	members, _ := manifest[section].(object)
	for id, n := range members {
		if n, ok := n.(object); ok {
			out[id] = n
		}
	}
	return out
}

func allNodes(manifest object) map[string]bool {
	all := map[string]bool{}
	for section := range manifest {
		for id := range sectionOf(manifest, section) {
			all[id] = true
		}
	}
	return all
}

func parentsOf(n object, nodes map[string]bool) map[string]bool {
	parents := map[string]bool{}
	for _, p := range listOf(At(n, "depends_on.nodes")) {
		if id := p.(string); nodes[id] {
			parents[id] = true
		}
	}
	return parents
}
