package dbt_test

import (
	"encoding/json"
	"slices"
	"testing"
)

// dbt show and --empty compile other code than dbt run does. The texts are those of dbt 1.12 with DuckDB.
func TestCodeAsRun(t *testing.T) {
	const limit = "macro.dbt.get_limit_subquery_sql"
	for name, tt := range map[string]struct {
		raw, compiled string
		macros        []string
		want          string
	}{
		"dbt show":                     {"select 1 as a", "\n  \n  select 1 as a\n  \n  limit 5\n", []string{limit}, ""},
		"dbt show of an adapter":       {"select 1 as a", "select top 5 * from (select 1 as a) x", []string{"macro.p.m", "macro.dbt_sqlserver.sqlserver__get_limit_subquery_sql"}, ""},
		"a model that calls the macro": {"{{ get_limit_subquery_sql('select 1', 2) }}", "select 1 limit 2", []string{limit}, "select 1 limit 2"},
		"--empty": {
			"select * from {{ ref('a') }} a join {{ ref('b') }} using (id)",
			`select * from (select * from "wh"."main"."a" where false limit 0) a join (select * from wh.main.b where false limit 0) using (id)`, nil,
			`select * from "wh"."main"."a" a join wh.main.b using (id)`,
		},
		"--empty with aliases": {
			"select * from {{ ref('a') }}", "select * from (select * from `p q`.`s`.`a (1)` where false limit 0) _dbt_limit_subq_a, x", nil,
			"select * from `p q`.`s`.`a (1)`, x",
		},
		"the model's own": {
			"select * from (select * from a where false limit 0)", "select * from (select * from a where false limit 0)", nil,
			"select * from (select * from a where false limit 0)",
		},
	} {
		b, err := json.Marshal(map[string]any{
			"resource_type": "model", "raw_code": tt.raw, "compiled_code": tt.compiled, "depends_on": map[string]any{"macros": tt.macros},
		})
		if err != nil {
			t.Fatal(err)
		}
		n := only(t, "nodes", "model.p.m", string(b[1:len(b)-1]))
		if n.CompiledCode != tt.want {
			t.Errorf("%s: %q, want %q", name, n.CompiledCode, tt.want)
		}
		if left := slices.Contains(n.DependsMacros, limit); left != (tt.want != "" && tt.macros != nil) {
			t.Errorf("%s: macros %v", name, n.DependsMacros)
		}
	}
}

// The data tests of some adapters call the macro whatever dbt does.
func TestCodeOfATestWithALimit(t *testing.T) {
	n := only(t, "nodes", "test.p.t.1", `"resource_type":"test","raw_code":"{{ test_unique() }}","compiled_code":"select 1",
		"depends_on":{"macros":["macro.dbt.test_unique","macro.dbt.get_limit_subquery_sql"]}`)
	if n.CompiledCode != "select 1" || len(n.DependsMacros) != 2 {
		t.Errorf("%q %v", n.CompiledCode, n.DependsMacros)
	}
}
