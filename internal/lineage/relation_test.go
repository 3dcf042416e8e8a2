package lineage

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// parts reads a name as SQL has it, quoted parts in double quotes.
func parts(names ...string) []resolve.Name {
	out := make([]resolve.Name, len(names))
	for i, n := range names {
		out[i] = resolve.Name{Text: n}
		if len(n) > 1 && n[0] == '"' {
			out[i] = resolve.Name{Text: n[1 : len(n)-1], Quoted: true}
		}
	}
	return out
}

func TestFindRelation(t *testing.T) {
	type at struct{ name, database, schema, identifier string }
	self := at{"self", "db", "s", "self"}
	tests := []struct {
		name, platform string
		parents        []at // tables of the catalog that self reads
		others         []at // further ones
		sql            []string
		want           string // "" is none
	}{
		{"three parts", "postgres", []at{{"p", "db", "s", "t"}}, nil, []string{"db", "s", "t"}, "p"},
		{"folded", "postgres", []at{{"p", "db", "s", "t"}}, nil, []string{"DB", "S", "T"}, "p"},
		{"folded upwards", "snowflake", []at{{"p", "DB", "S", "T"}}, nil, []string{"db", "s", "t"}, "p"},
		{"quoted is exact", "postgres", []at{{"p", "db", "s", "t"}}, nil, []string{"db", "s", `"T"`}, ""},
		{"quoted is exact on snowflake", "snowflake", []at{{"p", "DB", "S", "T"}}, nil, []string{"db", "s", `"t"`}, ""},
		{"quoted folds all the same", "databricks", []at{{"p", "db", "s", "t"}}, nil, []string{"db", "s", `"T"`}, "p"},
		{"case matters", "bigquery", []at{{"p", "db", "s", "t"}}, nil, []string{"db", "s", "T"}, ""},
		{"case tells apart", "bigquery", []at{{"p", "db", "s", "t"}, {"q", "db", "s", "T"}}, nil, []string{"db", "s", "T"}, "q"},
		{"one pair of backticks", "bigquery", []at{{"p", "my-project", "s", "t"}}, nil, []string{`"my-project.s.t"`}, "p"},
		{"backticks around two parts", "bigquery", []at{{"p", "db", "s", "t"}}, nil, []string{`"db.s"`, "t"}, "p"},
		{"a domain-scoped project", "bigquery", []at{{"p", "example.com:db", "s", "t"}}, nil, []string{`"example.com:db"`, "s", "t"}, "p"},
		{"a dot in a name", "postgres", []at{{"p", "db", "s", "a.b"}, {"q", "db", "s", "b"}}, nil, []string{"db", "s", `"a.b"`}, "p"},

		{"two parts, a parent", "postgres", []at{{"p", "db", "s", "t"}}, nil, []string{"s", "t"}, "p"},
		{"one part, a parent", "postgres", []at{{"p", "db", "s", "t"}}, nil, []string{"t"}, "p"},
		{"one part, two parents", "postgres", []at{{"p", "db", "s", "t"}, {"q", "db", "s2", "t"}}, nil, []string{"t"}, ""},
		{"one part, the end of another name", "postgres", []at{{"p", "db", "s", "my_t"}}, nil, []string{"t"}, ""},
		{"two parts, the same name in two databases", "postgres", []at{{"p", "db", "s", "t"}, {"q", "db2", "s", "t"}}, nil, []string{"s", "t"}, ""},
		{"three parts, the same name in two databases", "postgres", []at{{"p", "db", "s", "t"}, {"q", "db2", "s", "t"}}, nil, []string{"db2", "s", "t"}, "q"},
		{"another database than any", "postgres", []at{{"p", "db", "s", "t"}}, nil, []string{"db3", "s", "t"}, ""},
		{"the catalog knows no database", "spark", []at{{"p", "", "s", "t"}}, nil, []string{"db", "s", "t"}, "p"},
		{"the catalog and the SQL know none", "spark", []at{{"p", "", "s", "t"}}, nil, []string{"s", "t"}, "p"},
		{"a seed and a source on one relation", "postgres", []at{{"p", "db", "s", "t"}, {"q", "db", "s", "t"}}, nil, []string{"db", "s", "t"}, "p"},
		{"a seed and a source on one relation, two parts", "postgres", []at{{"p", "db", "s", "t"}, {"q", "db", "s", "t"}}, nil, []string{"s", "t"}, "p"},
		{"a seed and a source on one relation, one part", "postgres", []at{{"p", "db", "s", "t"}, {"q", "db", "s", "t"}}, nil, []string{"t"}, "p"},

		{"not declared", "postgres", nil, []at{{"p", "db", "s", "t"}}, []string{"db", "s", "t"}, "p"},
		{"not declared, two parts", "postgres", nil, []at{{"p", "db", "s", "t"}}, []string{"s", "t"}, "p"},
		{"not declared, two parts in two databases", "postgres", nil, []at{{"p", "db", "s", "t"}, {"q", "db2", "s", "t"}}, []string{"s", "t"}, ""},
		{"not declared, one part", "postgres", nil, []at{{"p", "db", "s", "t"}}, []string{"t"}, ""},
		{"not declared, two on one relation", "postgres", nil, []at{{"p", "db", "s", "t"}, {"q", "db", "s", "t"}}, []string{"db", "s", "t"}, ""},
		{"a parent before others", "postgres", []at{{"p", "db", "s", "t"}}, []at{{"q", "db2", "s", "t"}}, []string{"s", "t"}, "p"},

		{"itself", "postgres", nil, nil, []string{"db", "s", "self"}, "self"},
		{"itself, two parts", "postgres", nil, nil, []string{"s", "self"}, "self"},
		{"itself before a parent of the same bare name", "postgres", []at{{"p", "db2", "s", "self"}}, nil, []string{"db", "s", "self"}, "self"},
		{"itself, though another has its relation", "postgres", nil, []at{{"p", "db", "s", "self"}}, []string{"db", "s", "self"}, "self"},
		{"four parts", "sqlserver", []at{{"p", "db", "s", "t"}}, nil, []string{"server", "db", "s", "t"}, ""},
		{"nothing", "postgres", []at{{"p", "db", "s", "t"}}, nil, nil, ""},
	}
	for _, tt := range tests {
		w := newWorld(tt.platform)
		table := func(a at) {
			w.source(a.name).Key = catalog.WarehouseRelation(tt.platform, a.database, a.schema, a.identifier).Key()
		}
		var declared []string
		for _, a := range tt.parents {
			table(a)
			declared = append(declared, a.name)
		}
		for _, a := range tt.others {
			table(a)
		}
		w.add(Table{Name: "self", Key: keyOf(tt.platform, self.database, self.schema, self.identifier), Code: &Code{}}, declared)
		tracer := w.tracer(t, newMemory(w), Options{})
		got := ""
		if rel, ok := relationOf(tt.platform, parts(tt.sql...)); ok {
			if n := tracer.find(w.at["self"], rel); n != none {
				got = w.tables[n].Name
			}
		}
		if got != tt.want {
			t.Errorf("%s: %v on %s is %q, want %q", tt.name, tt.sql, tt.platform, got, tt.want)
		}
	}
}

// A table without an address is found by nothing.
func TestRelationsWithoutKey(t *testing.T) {
	w := newWorld("postgres")
	w.cte("e", "select 1 as x")
	w.model("m", "select x from e", "e")
	w.check(t, w.trace(t)["m"], "x < (e).x identity?single_source")
}

// Names outside the catalog are kept with their folded key, so that they are
// found once the catalog has them.
func TestExternalRefs(t *testing.T) {
	w := newWorld("snowflake")
	w.model("m", `select a.x, b.y, c.z from raw.pub.events a, pub."Events" b, 'stage/files.csv' c`)
	b := w.trace(t)["m"]
	want := []Ref{{Name: "raw.pub.events", Key: "RAW.PUB.EVENTS"}, {Name: "pub.Events", Key: ".PUB.Events"}, {Name: "stage/files.csv"}}
	if diff := cmp.Diff(want, b.Refs); diff != "" {
		t.Errorf("refs (-want +got):\n%s", diff)
	}
}

func TestUndeclaredParentIsReported(t *testing.T) {
	w := newWorld("postgres")
	w.source("declared", "x")
	w.source("hidden", "y")
	w.model("m", "select x, y from db.s.declared, db.s.hidden", "declared")
	b := w.trace(t)["m"]
	w.check(t, b, "x < declared.x identity\ny < hidden.y identity")
	if diff := cmp.Diff([]Issue{{Code: IssueUndeclared, Message: "hidden is read, but no ref() or source() names it"}}, b.Issues); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
}

func TestDialectOf(t *testing.T) {
	for adapter, want := range map[string]string{
		"postgres": "postgres", " Snowflake ": "snowflake", "sqlserver": "tsql", "fabric": "tsql", "synapse": "tsql", "materialize": "postgres",
		"databricks": "databricks", "glue": "spark", "singlestore": "mysql", "starburst": "trino", "chdb": "clickhouse",
	} {
		if got := DialectOf(adapter).Name; got != want {
			t.Errorf("adapter %q speaks %q, want %q", adapter, got, want)
		}
	}
	for _, adapter := range []string{"", "somethingnew"} {
		if d := DialectOf(adapter); d == nil || d != DialectOf("another unknown one") {
			t.Errorf("adapter %q does not get the default", adapter)
		}
	}
}
