package dbt_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// project is the size of a made-up dbt project.
type project struct{ models, columns, tests, macros int }

// small is enough for tests, large is what design.md calls a large project (about 170 MB).
var (
	small = project{models: 20, columns: 4, tests: 30, macros: 10}
	large = project{models: 10_000, columns: 20, tests: 30_000, macros: 1_200}
)

// manifest writes the manifest of a made-up project as dbt 1.x would.
func (p project) manifest(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(`{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "dbt_version": "1.10.1", "generated_at": "2026-01-02T03:04:05.678901Z", "invocation_id": "0b1c7a62-5f0e-4d0e-9d39-c28a5a2b4a51", "env": {}, "project_name": "shop", "project_id": "06e5b98c2db46f8a72cc4f66410e9b3b", "user_id": null, "adapter_type": "postgres"}, "nodes": {`)
	enc := func(sep, key string, v any) {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s%q: %s", sep, key, raw)
	}
	sep := ""
	for i := range p.models {
		enc(sep, fmt.Sprintf("model.shop.model_%d", i), p.model(i))
		sep = ", "
	}
	for i := range p.tests {
		enc(sep, fmt.Sprintf("test.shop.not_null_model_%d_column_%d.%010x", i%p.models, i%p.columns, i), p.test(i))
	}
	b.WriteString(`}, "sources": {`)
	sep = ""
	for i := range p.models / 5 {
		enc(sep, fmt.Sprintf("source.shop.raw.table_%d", i), p.source(i))
		sep = ", "
	}
	b.WriteString(`}, "macros": {`)
	sep = ""
	for i := range p.macros {
		enc(sep, fmt.Sprintf("macro.dbt.macro_%d", i), p.macro(i))
		sep = ", "
	}
	b.WriteString(`}, "docs": {"doc.shop.intro": {"unique_id": "doc.shop.intro", "name": "intro", "package_name": "shop", "block_contents": "# Intro"}}, "exposures": {}, "metrics": {}, "groups": {}, "selectors": {}, "disabled": {}, "parent_map": {`)
	sep = ""
	for i := range p.models {
		enc(sep, fmt.Sprintf("model.shop.model_%d", i), p.parents(i))
		sep = ", "
	}
	b.WriteString(`}, "child_map": {}}`)
	return b.Bytes()
}

func (p project) parents(i int) []string {
	if i < 10 {
		return []string{fmt.Sprintf("source.shop.raw.table_%d", i%max(p.models/5, 1))}
	}
	return []string{fmt.Sprintf("model.shop.model_%d", i/2), fmt.Sprintf("model.shop.model_%d", i/3)}
}

func (p project) model(i int) map[string]any {
	columns := map[string]any{}
	var names []string
	for c := range p.columns {
		name := fmt.Sprintf("column_%d", c)
		names = append(names, name)
		columns[name] = map[string]any{
			"name": name, "description": fmt.Sprintf("The %d. column of model %d, described as people do.", c, i), "meta": map[string]any{},
			"data_type": nil, "constraints": []any{}, "quote": nil, "tags": []any{}, "config": map[string]any{"meta": map[string]any{}, "tags": []any{}}, "doc_blocks": []any{}, "granularity": nil,
		}
	}
	sql := "select\n    " + strings.Join(names, ",\n    ") + fmt.Sprintf("\nfrom \"db\".\"analytics\".\"model_%d\"\nwhere column_0 > %d\n", i/2, i)
	return map[string]any{
		"database": "db", "schema": "analytics", "name": fmt.Sprintf("model_%d", i), "resource_type": "model", "package_name": "shop",
		"path": fmt.Sprintf("marts/model_%d.sql", i), "original_file_path": fmt.Sprintf("models/marts/model_%d.sql", i),
		"unique_id": fmt.Sprintf("model.shop.model_%d", i), "fqn": []string{"shop", "marts", fmt.Sprintf("model_%d", i)}, "alias": fmt.Sprintf("model_%d", i),
		"checksum": map[string]any{"name": "sha256", "checksum": fmt.Sprintf("%064x", i)},
		"config":   map[string]any{"enabled": true, "alias": nil, "schema": nil, "database": nil, "tags": []string{"nightly"}, "meta": map[string]any{"owner": "data"}, "group": nil, "materialized": "table", "incremental_strategy": nil, "persist_docs": map[string]any{}, "post-hook": []any{map[string]any{"sql": "grant select on x to y", "transaction": true}}, "pre-hook": []any{}, "quoting": map[string]any{}, "column_types": map[string]any{}, "full_refresh": nil, "unique_key": nil, "on_schema_change": "ignore", "contract": map[string]any{"enforced": false, "alias_types": true}, "access": "protected"},
		"tags":     []string{"nightly", "core"}, "description": fmt.Sprintf("Model %d of the shop.\n\nIt says \"what\" was sold — and when.", i), "columns": columns,
		"meta": map[string]any{"owner": "data"}, "group": nil, "docs": map[string]any{"show": true, "node_color": nil}, "patch_path": "shop://models/marts/schema.yml",
		"build_path": nil, "unrendered_config": map[string]any{"materialized": "table"}, "created_at": 1767323045.123 + float64(i), "relation_name": fmt.Sprintf("\"db\".\"analytics\".\"model_%d\"", i),
		"raw_code": "{{ config(materialized='table') }}\n" + sql, "compiled_code": sql, "language": "sql", "refs": []any{map[string]any{"name": fmt.Sprintf("model_%d", i/2), "package": nil, "version": nil}},
		"sources": []any{}, "metrics": []any{}, "depends_on": map[string]any{"macros": []string{"macro.dbt.is_incremental"}, "nodes": p.parents(i)},
		"compiled_path": "target/compiled/x.sql", "compiled": true, "extra_ctes_injected": true, "extra_ctes": []any{}, "contract": map[string]any{"enforced": false, "alias_types": true, "checksum": nil},
		"access": "protected", "constraints": []any{}, "version": nil, "latest_version": nil, "deprecation_date": nil, "primary_key": []any{},
	}
}

func (p project) test(i int) map[string]any {
	model := fmt.Sprintf("model.shop.model_%d", i%p.models)
	name := fmt.Sprintf("not_null_model_%d_column_%d", i%p.models, i%p.columns)
	return map[string]any{
		"test_metadata": map[string]any{"name": "not_null", "kwargs": map[string]any{"column_name": fmt.Sprintf("column_%d", i%p.columns), "model": "{{ get_where_subquery(ref('x')) }}"}, "namespace": nil},
		"database":      "db", "schema": "dbt_test__audit", "name": name, "resource_type": "test", "package_name": "shop", "path": name + ".sql", "original_file_path": "models/marts/schema.yml",
		"unique_id": fmt.Sprintf("test.shop.%s.%010x", name, i), "fqn": []string{"shop", "marts", name}, "alias": name, "checksum": map[string]any{"name": "none", "checksum": ""},
		"config": map[string]any{"enabled": true, "severity": "ERROR", "store_failures": nil, "where": nil, "limit": nil, "fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "!= 0"},
		"tags":   []any{}, "description": "", "columns": map[string]any{}, "meta": map[string]any{}, "created_at": 1767323045.5, "relation_name": nil,
		"raw_code": "{{ test_not_null(**_dbt_generic_test_kwargs) }}", "language": "sql", "refs": []any{}, "sources": []any{}, "depends_on": map[string]any{"macros": []string{"macro.dbt.test_not_null"}, "nodes": []string{model}},
		"compiled_code": "\n    \n    \n\n\n\nselect column_0\nfrom \"db\".\"analytics\".\"x\"\nwhere column_0 is null\n\n\n", "compiled": true, "column_name": fmt.Sprintf("column_%d", i%p.columns), "file_key_name": "models.x", "attached_node": model,
	}
}

func (p project) source(i int) map[string]any {
	return map[string]any{
		"database": "db", "schema": "raw", "name": fmt.Sprintf("table_%d", i), "resource_type": "source", "package_name": "shop", "unique_id": fmt.Sprintf("source.shop.raw.table_%d", i),
		"source_name": "raw", "source_description": "", "loader": "fivetran", "identifier": fmt.Sprintf("table_%d", i), "loaded_at_field": "_loaded_at",
		"freshness": map[string]any{"warn_after": map[string]any{"count": 12, "period": "hour"}, "error_after": map[string]any{"count": nil, "period": nil}, "filter": nil},
		"columns":   map[string]any{"id": map[string]any{"name": "id", "description": "key", "tags": []any{}}}, "meta": map[string]any{}, "tags": []any{}, "config": map[string]any{"enabled": true}, "relation_name": fmt.Sprintf("\"db\".\"raw\".\"table_%d\"", i), "created_at": 1767323045.5,
	}
}

func (p project) macro(i int) map[string]any {
	return map[string]any{
		"name": fmt.Sprintf("macro_%d", i), "resource_type": "macro", "package_name": "dbt", "path": "macros/x.sql", "original_file_path": "macros/x.sql", "unique_id": fmt.Sprintf("macro.dbt.macro_%d", i),
		"macro_sql": strings.Repeat("{% macro x(y) %}\n  select 1 -- \"text\"\n{% endmacro %}\n", 60), "depends_on": map[string]any{"macros": []any{}}, "description": "", "meta": map[string]any{}, "docs": map[string]any{"show": true}, "arguments": []any{}, "created_at": 1767323045.5,
	}
}
