package lineage

import (
	"slices"
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// The columns behind the only star over an unknown table are those that the catalog lists of the model, less the ones
// that its code names.
func TestStarIsNamedByTheOwnCatalog(t *testing.T) {
	tests := []struct {
		name, sql string
		stated    Columns
		want      string
		status    Status
	}{
		{"a star alone", "select * from db.s.raw", full("id", "x"), "id < raw.id identity?inferred\nx < raw.x identity?inferred", Read},
		{"through a CTE", "with r as (select * from db.s.raw) select * from r", full("id", "x"), "id < raw.id identity?inferred\nx < raw.x identity?inferred", Read},
		{"beside others", "select *, a + 1 as b from db.s.raw", full("id", "a", "b"), "id < raw.id identity?inferred\na < raw.a identity?inferred\nb < raw.a transform?single_source", Read},
		{"before and behind others", "select 1 as one, r.*, x.two from db.s.raw r cross join (select 2 as two) x", full("one", "a", "two"), "one\na < raw.a identity?inferred\ntwo", Read},
		{"a column that the catalog lacks", "select *, 1 as new from db.s.raw", full("id"), "id < raw.id identity?inferred\nnew", Read},
		{"another case", `select *, id as "Key" from db.s.raw`, full("key", "Key"), "key < raw.key identity?inferred\nKey < raw.id rename?single_source", Read},
		{"an unknown relation", "select * from other.elsewhere", full("id"), "id < (other.elsewhere).id identity?inferred", Read},
		{"a union of unknown tables", "select * from db.s.raw union all select * from elsewhere", full("id"), "id < (elsewhere).id identity?inferred, raw.id identity?inferred", Read},
		{"a structure's fields", "select raw.s.* from db.s.raw", full("id"), "* < raw.s field?inferred", Partial},
		{"two stars", "select * from db.s.raw a cross join elsewhere b", full("id"), "* < raw.* identity?inferred\n* < (elsewhere).* identity?inferred", Partial},
		{"a YAML file that may leave some out", "select * from db.s.raw", part("id"), "* < raw.* identity?inferred", Partial},
		{"nothing", "select * from db.s.raw", Columns{}, "* < raw.* identity?inferred", Partial},
		{
			"the values of a pivot", "pivot db.s.raw on k using sum(v) as t, max(v) as m group by id", full("id", "a_t", "a_m"),
			"id < raw.id identity?single_source\na_t < raw.k conditional?inferred, raw.v aggregate?inferred\na_m < raw.k conditional?inferred, raw.v aggregate?inferred", Read,
		},
		{"a pivot of an unknown table without groups", "pivot db.s.raw on k using sum(v)", full("id", "a"), "* < raw.* identity?inferred\n* < raw.k conditional?inferred, raw.v aggregate?inferred", Partial},
		{"something else that is unknown", "select r.*, f.z from db.s.raw r cross join no_such_function(1) f", full("id", "z"), "id < raw.id identity?inferred\nz", Partial},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld("postgres")
			w.source("raw")
			w.model("m", tt.sql, "raw").Stated = tt.stated
			b := w.trace(t)["m"]
			w.check(t, b, tt.want)
			if b.Status != tt.status {
				t.Errorf("%s, %v; want %s", b.Status, b.Issues, tt.status)
			}
			if found := slices.DeleteFunc(b.Issues, func(i Issue) bool { return i.Code == IssueDiffers }); tt.status == Read && len(found) > 0 {
				t.Errorf("read, and issues %v", found)
			}
		})
	}
}

// What dbt adds to a snapshot is not behind the star of its query.
func TestStarOfASnapshotIsNamed(t *testing.T) {
	w := newWorld("postgres")
	w.source("raw")
	m := w.model("m", "select * from db.s.raw", "raw")
	m.Code.Snapshot = ParseSnapshot("postgres", []byte(`{"strategy":"timestamp","updated_at":"at","unique_key":"id"}`))
	m.Stated = full("id", "at", "dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to")
	b := w.trace(t)["m"]
	want := []string{"id", "at", "dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to"}
	if got := names(b); !slices.Equal(got, want) || b.Status != Read {
		t.Errorf("%s, %v; want %v", b.Status, got, want)
	}
	for _, o := range b.Outputs[2:] {
		if len(o.Edges) == 0 || o.Edges[0].Column == o.Name {
			t.Errorf("%s comes from %v", o.Name, o.Edges)
		}
	}
}

// An enforced contract names all columns as well.
func TestStarIsNamedByTheContract(t *testing.T) {
	w := newWorld("postgres")
	w.source("raw")
	w.model("m", "select *, 1 as one from db.s.raw", "raw").Code.Contract = []string{"one", "id"}
	w.check(t, w.trace(t)["m"], "one\nid < raw.id identity?inferred")
}

// A column that only a star brings is part of the graph, upstream and downstream.
func TestNamedStarInTheGraph(t *testing.T) {
	w := newWorld("snowflake")
	w.source("raw")
	w.model("m", "select * from db.s.raw", "raw").Stated = full("ID")
	b := w.trace(t)["m"]
	g := NewColumnGraph(slices.Values([]TableBlock{{Table: 2, Block: b}}), GraphOptions{})
	n, ok := g.Find(1, "ID", nil)
	if !ok {
		t.Fatal("the source has no column ID in the graph")
	}
	if down := g.Walk([]int32{n}, WalkOptions{Direction: Downstream, Depth: -1, Limit: -1, Least: resolve.Ambiguous}); down.Total != 2 {
		t.Errorf("%d columns depend on it, itself included; want 2", down.Total)
	}
}
