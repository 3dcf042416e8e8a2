package lineage

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// deferring is a model that reads another state's stg, with another table beside it.
func deferring(sql string) *world {
	w := newWorld("postgres")
	w.source("raw", "id", "amt")
	w.model("stg", "select id, amt from db.s.raw", "raw")
	w.model("other", "select 1 as id")
	w.model("fct", sql, "stg", "other")
	return w
}

// The relation that the manifest names as deferred is the parent's.
func TestDeferredRelation(t *testing.T) {
	w := deferring("select id, sum(amt) as total from wh.prod.staging group by 1")
	w.table("stg").Deferred = keyOf("postgres", "wh", "prod", "staging")
	b := w.trace(t)["fct"]
	w.check(t, b, "id < stg.id identity\ntotal < stg.amt aggregate")
	if b.Status != Read || len(b.Issues) > 0 {
		t.Errorf("%s, issues %v", b.Status, b.Issues)
	}
}

// The code of an ephemeral model reads the deferred relations of its parents.
func TestDeferredRelationOfAnEphemeralModel(t *testing.T) {
	w := newWorld("postgres")
	w.source("raw", "id")
	w.model("stg", "select id from db.s.raw", "raw").Deferred = keyOf("postgres", "wh", "prod", "staging")
	w.cte("e", "select id from wh.prod.staging", "stg")
	w.model("m", "with __dbt__cte__e as (select id from wh.prod.staging) select id from __dbt__cte__e", "e")
	w.check(t, w.trace(t)["e"], "id < stg.id identity")
}

// Without it the only parent of that name is meant, if the code leaves no doubt.
func TestRelationWithTheNameOfAParent(t *testing.T) {
	for _, tt := range []struct{ name, sql, want string }{
		{"another schema", "select amt from db.prod.stg", "amt < stg.amt identity"},
		{"another database", "select amt from wh.s.stg", "amt < stg.amt identity"},
		{"no database", "select amt from prod.stg", "amt < stg.amt identity"},
		{"twice", "select a.amt from db.prod.stg a join db.prod.stg b on a.id = b.id", "amt < stg.amt identity"},
		{"another name", "select amt from db.prod.stage", "amt < (db.prod.stage).amt identity?single_source"},
		{"the parent is read, too", "select a.id as amt from db.s.stg join db.raw.stg a on true", "amt < (db.raw.stg).id rename?single_source"},
		{"two relations of that name", "select a.amt from db.raw.stg a, db.prod.stg b", "amt < (db.raw.stg).amt identity?single_source"},
		{"a CTE of that name", "with stg as (select amt from db.prod.stg) select amt from stg", "amt < stg.amt identity"},
	} {
		w := deferring(tt.sql)
		t.Run(tt.name, func(t *testing.T) { w.check(t, w.trace(t)["fct"], tt.want) })
	}
	w := deferring("select amt from db.prod.stg")
	w.add(Table{Name: "prod", Key: keyOf("postgres", "db", "prod", "stg"), Stated: full("amt")}, nil)
	b := w.trace(t)["fct"]
	w.check(t, b, "amt < prod.amt identity")
	if diff := cmp.Diff(IssueUndeclared, b.Issues[0].Code); diff != "" {
		t.Error(diff)
	}
}
