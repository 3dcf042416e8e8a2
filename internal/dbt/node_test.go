package dbt_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
)

// only reads a manifest of one entry and returns it without its hash.
func only(t *testing.T, section, id, members string) *dbt.Node {
	t.Helper()
	text := `{` + metadataV12 + `,"nodes":{},"` + section + `":{"` + id + `":{` + members + `}}}`
	if section == "nodes" {
		text = strings.Replace(text, `"nodes":{},`, "", 1)
	}
	r := &recorder{}
	_, issues, err := dbt.ReadManifest(context.Background(), strings.NewReader(text), dbt.ManifestOptions{}, r)
	if err != nil || len(issues) > 0 {
		t.Fatalf("%v, issues %+v", err, issues)
	}
	if len(r.nodes) != 1 {
		t.Fatalf("got %d nodes", len(r.nodes))
	}
	return r.nodes[0]
}

// TestNode reads every shape of every field that some dbt has written.
func TestNode(t *testing.T) {
	for name, c := range map[string]struct {
		section, id, members string
		want                 dbt.Node
	}{
		"model of dbt 1.10": {
			"nodes", "model.shop.customers.v2",
			`"resource_type":"model","name":"customers","alias":"customers_v2","database":"db","schema":"s","relation_name":"\"db\".\"s\".\"customers_v2\"",
			"package_name":"shop","path":"marts\\customers.sql","original_file_path":"models\\marts\\customers.sql","patch_path":"shop://models\\schema.yml",
			"description":"who buys","version":2,"latest_version":"2.0","access":"public","group":"sales","deprecation_date":"2027-01-01T00:00:00",
			"language":"sql","raw_code":"select 1","compiled_code":"select 1 -- c","checksum":{"name":"sha256","checksum":"abc"},
			"tags":["a"],"meta":{"x":1,"y":2},"docs":{"show":false,"node_color":"gold"},"contract":{"enforced":true},
			"config":{"materialized":"incremental","incremental_strategy":"merge","unique_key":"id","tags":["b","a"],"meta":{"y":3,"z":4},"post-hook":[{"sql":"grant"}],"pre-hook":[],"sql_header":"set x","vars":{"token":"s3cret"},"enabled":true,"alias":null},
			"depends_on":{"macros":["macro.m"],"nodes":["model.b","model.a","model.b"]},"refs":[{"name":"b","package":"other","version":1}],"sources":[["raw","t"]],
			"extra_ctes":[{"id":"model.eph","sql":"x"}],"primary_key":["id"],"constraints":[{"type":"foreign_key","columns":["id"],"to":"db.s.t","to_columns":["id"]}],
			"columns":{"ID":{"name":"id","description":"key","data_type":"int","quote":true,"meta":{"a":1},"tags":["pii"],"config":{"meta":{"a":2},"tags":["pii","key"]},"constraints":[{"type":"not_null"}],"granularity":null},"b":{}}`,
			dbt.Node{
				Name: "customers", Alias: "customers_v2", Database: "db", Schema: "s", RelationName: `"db"."s"."customers_v2"`,
				Package: "shop", Path: "marts/customers.sql", OriginalFilePath: "models/marts/customers.sql", PatchPath: "models/schema.yml",
				Description: "who buys", Version: "2", LatestVersion: "2", Access: "public", Group: "sales", DeprecationDate: "2027-01-01T00:00:00",
				Language: "sql", RawCode: "select 1", CompiledCode: "select 1 -- c", Checksum: dbt.Checksum{Name: "sha256", Value: "abc"},
				Tags: []string{"a", "b"}, Meta: []byte(`{"x":1,"y":3,"z":4}`), Hidden: true, Color: "gold", Contract: true,
				Materialized: "incremental", Incremental: "merge", UniqueKey: []string{"id"},
				Config:    []byte(`{"materialized":"incremental","incremental_strategy":"merge","unique_key":"id","tags":["b","a"],"enabled":true}`),
				DependsOn: []string{"model.b", "model.a"}, DependsMacros: []string{"macro.m"}, Refs: []dbt.Ref{{Package: "other", Name: "b", Version: "1"}},
				SourceRefs: []dbt.SourceRef{{Source: "raw", Table: "t"}}, ExtraCTEs: []string{"model.eph"}, PrimaryKey: []string{"id"},
				Constraints: []dbt.Constraint{{Type: "foreign_key", Columns: []string{"id"}, To: "db.s.t", ToColumns: []string{"id"}}},
				Columns: []dbt.Column{
					{Key: "ID", Name: "id", Description: "key", DataType: "int", Quote: true, Meta: []byte(`{"a":2}`), Tags: []string{"pii", "key"}, Constraints: []dbt.Constraint{{Type: "not_null"}}},
					{Key: "b", Name: "b"},
				},
			},
		},
		"model of dbt 0.18": {
			"nodes", "model.shop.a",
			`"resource_type":"model","name":"a","compiled_sql":"select * from __dbt__CTE__e","injected_sql":"with __dbt__CTE__e as (select 1) select * from __dbt__CTE__e"`,
			dbt.Node{Name: "a", CompiledCode: "with __dbt__CTE__e as (select 1) select * from __dbt__CTE__e"},
		},
		"model of dbt 0.19": {
			"nodes", "model.shop.a",
			`"resource_type":"model","name":"a","raw_sql":"select 1","compiled_sql":"select 2","refs":[["b"],["pkg","c"]],"config":{"unique_key":["x","y"],"tags":"one"},"tags":"one","columns":[{"name":"x"}]`,
			dbt.Node{
				Name: "a", RawCode: "select 1", CompiledCode: "select 2", Refs: []dbt.Ref{{Name: "b"}, {Package: "pkg", Name: "c"}},
				UniqueKey: []string{"x", "y"}, Tags: []string{"one"}, Config: []byte(`{"unique_key":["x","y"],"tags":"one"}`), Columns: []dbt.Column{{Key: "x", Name: "x"}},
			},
		},
		"source": {
			"sources", "source.shop.raw.t",
			`"resource_type":"source","name":"t","identifier":"t_2026","source_name":"raw","source_description":"the raw data","loader":"fivetran","loaded_at_field":"at",
			"freshness":{"warn_after":{"count":12,"period":"hour"},"error_after":{"count":null,"period":null},"filter":"x > 1"},"external":{"location":"s3://b"}`,
			dbt.Node{Name: "t", Identifier: "t_2026", Source: &dbt.Source{
				SourceName: "raw", SourceDescription: "the raw data", Loader: "fivetran", LoadedAtField: "at",
				Freshness: &catalog.Criteria{WarnAfter: &catalog.Age{Count: 12, Period: "hour"}, Filter: "x > 1"}, External: []byte(`{"location":"s3://b"}`),
			}},
		},
		"source whose freshness is in its config": {
			"sources", "source.shop.raw.t", `"name":"t","freshness":null,"config":{"freshness":{"error_after":{"count":1,"period":"day"}},"loaded_at_query":"select 1"}`,
			dbt.Node{
				ResourceType: "source", Name: "t", Config: []byte(`{"freshness":{"error_after":{"count":1,"period":"day"}},"loaded_at_query":"select 1"}`),
				Source: &dbt.Source{LoadedAtQuery: "select 1", Freshness: &catalog.Criteria{ErrorAfter: &catalog.Age{Count: 1, Period: "day"}}},
			},
		},
		"exposure": {
			"exposures", "exposure.shop.board",
			`"resource_type":"exposure","name":"board","label":"Board","type":"dashboard","url":"https://x","maturity":"high","owner":{"name":"Ana","email":["a@x","b@x"],"slack":"#d"},"depends_on":{"nodes":["model.a"]}`,
			dbt.Node{
				Name: "board", Label: "Board", DependsOn: []string{"model.a"},
				Owner:    &dbt.Owner{Name: "Ana", Emails: []string{"a@x", "b@x"}, Extra: []byte(`{"slack":"#d"}`)},
				Exposure: &dbt.Exposure{Type: "dashboard", URL: "https://x", Maturity: "high"},
			},
		},
		"group": {
			"groups", "group.shop.sales", `"name":"sales","resource_type":"group","package_name":"shop","owner":{"email":"s@x","name":null}`,
			dbt.Node{Name: "sales", Package: "shop", Owner: &dbt.Owner{Emails: []string{"s@x"}}},
		},
		"metric before v10": {
			"metrics", "metric.shop.revenue", `"name":"revenue","calculation_method":"sum","expression":"amount","model":"ref('orders')","timestamp":"at","time_grains":["day"],"dimensions":["city"],"filters":[{"field":"a"}]`,
			dbt.Node{Name: "revenue", Metric: &dbt.Metric{
				Type: "sum", Expression: "amount", Model: "ref('orders')", Timestamp: "at", TimeGrains: []string{"day"}, Dimensions: []string{"city"}, Filter: []byte(`[{"field":"a"}]`),
			}},
		},
		"metric from v10 on": {
			"metrics", "metric.shop.revenue", `"name":"revenue","type":"simple","type_params":{"measure":{"name":"amount"}},"filter":{"where_filters":[]},"time_granularity":"day"`,
			dbt.Node{Name: "revenue", Metric: &dbt.Metric{Type: "simple", TypeParams: []byte(`{"measure":{"name":"amount"}}`), Filter: []byte(`{"where_filters":[]}`), Granularity: "day"}},
		},
		"semantic model": {
			"semantic_models", "semantic_model.shop.orders",
			`"name":"orders","model":"ref('orders')","node_relation":{"relation_name":"db.s.orders"},"primary_entity":"o","entities":[{"name":"o","type":"primary","expr":"id"}],"dimensions":[{"name":"at","type":"time"}],"measures":[{"name":"amount","agg":"sum","description":"d"}]`,
			dbt.Node{Name: "orders", SemanticModel: &dbt.SemanticModel{
				Model: "ref('orders')", RelationName: "db.s.orders", PrimaryEntity: "o", Entities: []dbt.SemanticPart{{Name: "o", Type: "primary", Expression: "id"}},
				Dimensions: []dbt.SemanticPart{{Name: "at", Type: "time"}}, Measures: []dbt.SemanticPart{{Name: "amount", Type: "sum", Description: "d"}},
			}},
		},
		"saved query": {
			"saved_queries", "saved_query.shop.q", `"name":"q","query_params":{"metrics":["m"],"group_by":["g"]},"exports":[{"name":"e"}]`,
			dbt.Node{Name: "q", SavedQuery: &dbt.SavedQuery{Metrics: []string{"m"}, GroupBy: []string{"g"}, Params: []byte(`{"metrics":["m"],"group_by":["g"]}`), Exports: []byte(`[{"name":"e"}]`)}},
		},
		"unit test": {
			"unit_tests", "unit_test.shop.a.t", `"name":"t","model":"a","given":[{"input":"ref('b')"}],"expect":{"rows":[]},"depends_on":{"nodes":["model.shop.b","model.shop.a"]}`,
			dbt.Node{Name: "t", DependsOn: []string{"model.shop.b", "model.shop.a"}, UnitTest: &dbt.UnitTest{Model: "a", Tested: "model.shop.a", Given: []byte(`[{"input":"ref('b')"}]`), Expect: []byte(`{"rows":[]}`)}},
		},
		"function": {
			"functions", "function.shop.f", `"name":"f","returns":{"data_type":"int"},"arguments":[{"name":"x"}]`,
			dbt.Node{Name: "f", Function: &dbt.Function{Returns: []byte(`{"data_type":"int"}`), Arguments: []byte(`[{"name":"x"}]`)}},
		},
		"macro": {
			"macros", "macro.shop.m", `"name":"m","macro_sql":"secret","arguments":[],"supported_languages":["sql","python"],"depends_on":{"macros":["macro.dbt.n"]}`,
			dbt.Node{Name: "m", DependsMacros: []string{"macro.dbt.n"}, Macro: &dbt.Macro{SupportedLanguages: []string{"sql", "python"}}},
		},
		"docs block": {
			"docs", "doc.shop.status", `"name":"status","resource_type":"doc","block_contents":"long"`, dbt.Node{Name: "status", Doc: &dbt.Doc{}},
		},
		"docs blocks of a model": {
			"nodes", "model.shop.m", `"doc_blocks":["doc.shop.m"],"columns":{"status":{"name":"status","doc_blocks":["doc.shop.status"]}}`,
			dbt.Node{
				Columns:   []dbt.Column{{Key: "status", Name: "status", DocBlocks: []string{"doc.shop.status"}}},
				DocBlocks: []dbt.DocRef{{Doc: "doc.shop.m"}, {Doc: "doc.shop.status", Column: "status"}},
			},
		},
		"operation of dbt 1.0": {
			"nodes", "sql operation.shop.o", `"resource_type":"sql operation","name":"o"`, dbt.Node{ResourceType: "sql_operation", Name: "o"},
		},
		"node without a type": {"nodes", "seed.shop.s", `"name":"s","unique_id":"seed.shop.s"`, dbt.Node{ResourceType: "seed", Name: "s"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := only(t, c.section, c.id, c.members)
			c.want.Section, c.want.UniqueID = c.section, c.id
			if c.want.ResourceType == "" {
				c.want.ResourceType, _, _ = strings.Cut(c.id, ".")
			}
			if diff := cmp.Diff(&c.want, got, cmpopts.IgnoreFields(dbt.Node{}, "Hash"), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestTextsOfMacrosAndDocs: they are read where asked for. Up to dbt 1.3 the ids of docs blocks lacked their type.
func TestTextsOfMacrosAndDocs(t *testing.T) {
	raw := []byte(`{"metadata":{"generated_at":"2026-01-01T00:00:00Z","dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v12.json"},"nodes":{},"sources":{},"macros":{"macro.shop.m":{"name":"m","macro_sql":"{% macro m() %}"}},
		"docs":{"shop.status":{"unique_id":"shop.status","resource_type":"docs block","name":"status","block_contents":"# Status"}}}`)
	r := read(t, raw, dbt.ManifestOptions{Texts: true})
	if len(r.nodes) != 2 || r.nodes[1].Macro == nil || r.nodes[1].Macro.Text != "{% macro m() %}" {
		t.Fatalf("macro: %+v", r.nodes)
	}
	if doc := r.nodes[0]; doc.UniqueID != "doc.shop.status" || doc.ResourceType != "doc" || doc.Doc.Contents != "# Status" {
		t.Errorf("docs block: %+v", doc)
	}
}

// TestAttachedNode: which node a test is about, in the order in which the answer is looked for.
func TestAttachedNode(t *testing.T) {
	const parents = `"depends_on":{"nodes":["model.p.customers","model.p.orders"]}`
	for name, c := range map[string]struct{ members, attached, column string }{
		"told by dbt":               {`"attached_node":"model.p.customers","column_name":"id","test_metadata":{"name":"x"},` + parents, "model.p.customers", "id"},
		"only parent":               {`"test_metadata":{"name":"not_null","kwargs":{"column_name":"id"}},"depends_on":{"nodes":["model.p.a"]}`, "model.p.a", "id"},
		"source of a relationship":  {`"attached_node":null,"test_metadata":{"name":"relationships","kwargs":{}},"depends_on":{"nodes":["source.p.raw.t","model.p.a"]}`, "source.p.raw.t", ""},
		"named by the argument":     {`"test_metadata":{"name":"relationships","kwargs":{"model":"{{ get_where_subquery(ref('customers')) }}"}},` + parents, "model.p.customers", ""},
		"source named by argument":  {`"test_metadata":{"name":"r","kwargs":{"model":"{{ get_where_subquery(source('raw', 't')) }}"}},"depends_on":{"nodes":["source.p.raw.t","source.p.raw.u"]}`, "source.p.raw.t", ""},
		"model beside a source":     {`"test_metadata":{"name":"r","kwargs":{"model":"{{ get_where_subquery(ref('a')) }}"}},"depends_on":{"nodes":["source.p.raw.t","model.p.a"]}`, "model.p.a", ""},
		"version by argument":       {`"test_metadata":{"name":"r","kwargs":{"model":"{{ get_where_subquery(ref('a', v=1)) }}"}},"depends_on":{"nodes":["model.p.a.v1","model.p.a.v2"]}`, "model.p.a.v1", ""},
		"version by its text":       {`"test_metadata":{"name":"r","kwargs":{"model":"{{ get_where_subquery(ref('p', 'a', version='2')) }}"}},"depends_on":{"nodes":["model.p.a.v2","model.p.a.v1"]}`, "model.p.a.v2", ""},
		"the latest version":        {`"test_metadata":{"name":"r","kwargs":{"model":"{{ get_where_subquery(ref('a')) }}"}},"depends_on":{"nodes":["model.p.a.v2","model.p.b"]}`, "model.p.a.v2", ""},
		"column among arguments":    {`"test_metadata":{"name":"x","kwargs":{"arguments":{"column_name":"id"}}},"depends_on":{"nodes":["model.p.a"]}`, "model.p.a", "id"},
		"last parent":               {`"test_metadata":{"name":"relationships","kwargs":{}},` + parents, "model.p.orders", ""},
		"query over two models":     {parents, "", ""},
		"query over one model":      {`"depends_on":{"nodes":["model.p.a"]}`, "model.p.a", ""},
		"generic test of dbt 0.19":  {`"tags":["schema"],` + parents, "model.p.orders", ""},
		"nothing to be attached to": {`"test_metadata":{"name":"x"}`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			n := only(t, "nodes", "test.p.t", `"resource_type":"test",`+c.members)
			if n.Test == nil || n.Test.Attached != c.attached || n.Test.ColumnName != c.column {
				t.Errorf("got %+v, want %s and column %q", n.Test, c.attached, c.column)
			}
		})
	}
}

// TestDisabled reads both shapes of the section.
func TestDisabled(t *testing.T) {
	for name, text := range map[string]string{
		"list": `[{"unique_id":"model.p.a","resource_type":"model"},{"unique_id":"model.p.a","resource_type":"model"}]`,
		"map":  `{"model.p.a":[{"resource_type":"model"},{"resource_type":"model"}]}`,
	} {
		r := &recorder{}
		_, issues, err := dbt.ReadManifest(context.Background(), strings.NewReader(`{`+metadataV12+`,"nodes":{},"disabled":`+text+`}`), dbt.ManifestOptions{}, r)
		if err != nil || len(issues) > 0 {
			t.Fatalf("%s: %v, issues %+v", name, err, issues)
		}
		if len(r.nodes) != 2 || !r.nodes[0].Disabled || r.nodes[1].UniqueID != "model.p.a" {
			t.Errorf("%s: got %+v", name, r.nodes)
		}
	}
}

func TestOwnersOf(t *testing.T) {
	var groups dbt.Groups
	group := func(pkg, name string, o *dbt.Owner) {
		groups.Add(&dbt.Node{ResourceType: "group", Package: pkg, Name: name, Owner: o})
	}
	group("p", "finance", &dbt.Owner{Name: "Fin", Emails: []string{"fin@example.com"}})
	group("q", "finance", &dbt.Owner{Name: "Others"})
	group("p", "mail", &dbt.Owner{Emails: []string{"m@example.com"}})
	group("p", "nobody", nil)
	for _, tt := range []struct {
		node dbt.Node
		want []string
	}{
		{dbt.Node{}, nil},
		{dbt.Node{Owner: &dbt.Owner{Name: "Ana", Emails: []string{"ana@example.com"}}}, []string{"Ana"}},
		{dbt.Node{Owner: &dbt.Owner{Emails: []string{"ana@example.com"}}}, []string{"ana@example.com"}},
		{dbt.Node{Meta: []byte(`{"owner":"@ana, @ben","owners":["cho"," ",7]}`)}, []string{"@ana", "@ben", "cho"}},
		{dbt.Node{Meta: []byte(`{"owner":{"name":"x"},"owners":[{"email":"y@example.com"},{}]}`)}, []string{"x", "y@example.com"}},
		{dbt.Node{Owner: &dbt.Owner{Name: "Ana"}, Meta: []byte(`{"owner":"@ben"}`)}, []string{"Ana"}},
		{dbt.Node{Package: "p", Group: "finance"}, []string{"Fin"}},
		{dbt.Node{Package: "p", Group: "finance", Meta: []byte(`{"owner":"Fin, ana"}`)}, []string{"Fin", "ana"}},
		{dbt.Node{Package: "q", Group: "finance"}, []string{"Others"}},
		{dbt.Node{Package: "r", Group: "mail"}, []string{"m@example.com"}},
		{dbt.Node{Package: "p", Group: "nobody"}, nil},
		{dbt.Node{Package: "p", Group: "unknown"}, nil},
	} {
		var got []string
		for _, o := range groups.OwnersOf(&tt.node) {
			got = append(got, o.Label())
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("owner %v, meta %s, group %s: %q, want %q", tt.node.Owner, tt.node.Meta, tt.node.Group, got, tt.want)
		}
	}
}
