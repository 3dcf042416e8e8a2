package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSummaryNamesWhatFailed imports a project whose last run went wrong and whose manifest has no compiled code, as
// dbt source freshness leaves it behind.
func TestSummaryNamesWhatFailed(t *testing.T) {
	data, target := shortDir(t), shortDir(t)
	write := func(name string, content any) {
		b, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(target, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	type object = map[string]any
	metadata := func(kind string) object {
		return object{
			"dbt_schema_version": "https://schemas.getdbt.com/dbt/" + kind + ".json", "dbt_version": "1.10.0", "project_name": "bakery",
			"adapter_type": "duckdb", "generated_at": "2026-01-10T18:00:00Z", "invocation_id": kind,
		}
	}
	node := func(kind, name string) object {
		return object{
			"unique_id": kind + ".bakery." + name, "resource_type": kind, "name": name, "package_name": "bakery", "database": "db", "schema": "main",
			"alias": name, "identifier": name, "relation_name": "db.main." + name, "raw_code": "select 1 as id", "language": "sql",
			"config": object{"materialized": "table"}, "columns": object{}, "path": name + ".sql", "original_file_path": "models/" + name + ".sql",
		}
	}
	source := node("source", "pos.sales")
	source["name"], source["source_name"], source["identifier"], source["relation_name"] = "sales", "pos", "sales", "db.main.sales"
	write("manifest.json", object{
		"metadata": metadata("manifest/v12"),
		"nodes":    object{"model.bakery.a": node("model", "a"), "model.bakery.b": node("model", "b"), "test.bakery.positive": node("test", "positive")},
		"sources":  object{"source.bakery.pos.sales": source}, "parent_map": object{},
	})
	write("run_results.json", object{
		"metadata": metadata("run-results/v6"), "args": object{"which": "build"}, "elapsed_time": 1,
		"results": []object{
			{"unique_id": "model.bakery.a", "status": "error", "timing": []any{}, "message": "no"},
			{"unique_id": "model.bakery.b", "status": "skipped", "timing": []any{}},
			{"unique_id": "test.bakery.positive", "status": "fail", "failures": 1, "timing": []any{}},
		},
	})
	write("sources.json", object{
		"metadata": metadata("sources/v3"), "elapsed_time": 1,
		"results": []object{{
			"unique_id": "source.bakery.pos.sales", "status": "error", "max_loaded_at": "2026-01-01T00:00:00Z", "snapshotted_at": "2026-01-10T18:00:00Z",
			"max_loaded_at_time_ago_in_s": 864000, "criteria": object{"error_after": object{"count": 1, "period": "day"}}, "adapter_response": object{}, "timing": []any{},
		}},
	})
	ok(t, "schemas", "create", "--name", "Bakery", "--data", data)
	out := ok(t, "import", "--data", data, "--target", target)
	for _, want := range []string{
		"warning: lineage-not-compiled: models without compiled code; their columns cannot be traced (2 in all); send the manifest of dbt build",
		"\n1 test failed: positive\n",
		"\n1 table failed in its last run: a\n",
		"\n1 table was skipped in its last run: b\n",
		"\n1 source is too old: sales\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the summary does not have %q:\n%s", want, out)
		}
	}
}
