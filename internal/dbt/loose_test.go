package dbt_test

import (
	"testing"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// Blanks, nulls and escapes, wherever they are, make no difference to what is decoded by ranges.
func TestByRangeAsWritten(t *testing.T) {
	const manifest = ` { "metadata" : { "dbt_schema_version" : "https://schemas.getdbt.com/dbt/manifest/v12.json" } ,
  "nodes" : {
    "model.p.a" : {
      "resource_type" : "model" , "name" : "a" , "database" : null , "tags" : [ "x" , null , "x" ] ,
      "config" : { "materialized" : "table" , "meta" : { "a" : null , "b" : [ 1 , null ] } , "pre-hook" : [ ] , "k" : { "n" : null } } ,
      "meta" : { "a" : 1 , "\u00e4" : { "c" : null } } , "description" : "one\n\"two\" \u00e4" ,
      "columns" : {
        "id" : { "name" : "id" , "description" : "d\n" , "meta" : { "m" : null } , "config" : { "meta" : { "n" : 1 , "o" : null } , "tags" : [ "t" ] } ,
                 "constraints" : [ { "type" : "check" , "name" : null , "columns" : [ "id" ] } ] , "quote" : null , "tags" : null } ,
        "gone" : null ,
        "b\u0061" : { "name" : "other" , "data_type" : "int" , "meta" : { "x" : { "y" : [ { } , null ] , "z" : null } } , "config" : { "meta" : { "x" : null } } } ,
        "odd" : 5
      } ,
      "depends_on" : { "nodes" : [ "source.p.s.t" ] , "macros" : null } , "refs" : [ [ "p" , "b" ] , { "name" : "c" , "version" : 2 , "package" : null } ] ,
      "checksum" : { "name" : "sha256" , "checksum" : "00" } , "raw_code" : "select\n1" , "created_at" : 1.5 , "extra_ctes" : [ ]
    } ,
    "test.p.t" : { "resource_type" : "test" , "test_metadata" : { "name" : "unique" , "kwargs" : { "column_name" : "id" , "where" : null , "list" : [ 1 , 2 ] } } ,
      "config" : { "severity" : "warn" , "limit" : null } , "columns" : { } }
  } ,
  "sources" : { "source.p.s.t" : { "resource_type" : "source" , "external" : { "a" : null , "b" : 1 } ,
    "freshness" : { "warn_after" : { "count" : 1 , "period" : "day" } , "error_after" : null } , "columns" : [ { "name" : "x" , "meta" : { "k" : null } } , null ] } } ,
  "macros" : { } , "parent_map" : { } }
`
	sameByRange(t, []byte(manifest), dbt.Limits{})
	const catalog = `{ "nodes" : { "model.p.a" : { "metadata" : { "type" : "view" , "comment" : null , "owner" : null } ,
  "columns" : { "B" : { "type" : "int" , "index" : 2 , "comment" : null } , "gone" : null , "A" : { "index" : 1 , "name" : "A" } } ,
  "stats" : { "gone" : null , "rows" : { "label" : null , "value" : 5 , "include" : true } , "o" : { "value" : { "a" : null , "b" : [ 1 , 2 ] } } , "last_modified" : { "value" : null } } } } ,
  "sources" : { } }`
	sameTablesByRange(t, []byte(catalog), dbt.Limits{})
}
