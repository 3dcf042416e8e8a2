package apitest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/dbt/dbttest"
)

// caseRig is a server with one schema, and the artifacts of a field case.
type caseRig struct {
	*Server
	t           *testing.T
	key, schema string
	artifacts   map[string]json.RawMessage
}

// onBothStores runs a field case on SQLite and on PostgreSQL.
func onBothStores(t *testing.T, name string, run func(r *caseRig)) {
	t.Helper()
	t.Parallel()
	artifacts := dbttest.FieldCase(t, "../..", name)
	onEachStore(t, func(t *testing.T, s *Server) {
		run(&caseRig{Server: s, t: t, key: s.Key(t, access.AdminWorkspace), schema: s.Schema(t, "Analytics Warehouse"), artifacts: artifacts})
	})
}

// onEachStore runs a test with a server on SQLite and with one on PostgreSQL.
func onEachStore(t *testing.T, run func(t *testing.T, s *Server)) {
	t.Helper()
	for engine, open := range map[string]OpenStore{"sqlite": nil, "postgres": OnPostgres} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			run(t, Start(t, Options{Store: open}))
		})
	}
}

// send imports artifacts of the case, given as part=artifact; it returns the import's id.
func (r *caseRig) send(parts ...string) string {
	r.t.Helper()
	var files []Part
	for _, p := range parts {
		field, name, _ := strings.Cut(p, "=")
		body, ok := r.artifacts[name]
		if !ok {
			r.t.Fatalf("the case has no %s", name)
		}
		files = append(files, File(field, name+".json", body))
	}
	return r.Import(r.t, r.key, r.schema, files...)
}

// get reads a value of a reply.
func (r *caseRig) get(path, value string) any {
	r.t.Helper()
	reply := r.Get(r.t, path, r.key)
	if reply.Status != 200 {
		r.t.Fatalf("%s: %d %s", path, reply.Status, reply.Body)
	}
	return reply.At(r.t, value)
}

// node reads a value of the asset of a dbt node.
func (r *caseRig) node(uniqueID, value string) any {
	r.t.Helper()
	return r.get("/api/v1/assets/by-unique-id?schema_id="+r.schema+"&unique_id="+url.QueryEscape(uniqueID), value)
}

// id returns the id of the asset of a dbt node.
func (r *caseRig) id(uniqueID string) string {
	r.t.Helper()
	return r.node(uniqueID, "data.id").(string)
}

// wants fails the test unless a value is the wanted one.
func (r *caseRig) wants(what string, got, want any) {
	r.t.Helper()
	if !reflect.DeepEqual(got, want) {
		r.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// wantsIssue fails the test unless the report of an import has an issue.
func (r *caseRig) wantsIssue(imp, code string, texts ...string) {
	r.t.Helper()
	issues, _ := r.get("/api/v1/dbt_imports/"+imp+"/report", "data.attributes.issues").([]any)
	for _, issue := range issues {
		if At(issue, "code") != code {
			continue
		}
		for _, text := range texts {
			if message, _ := At(issue, "message").(string); !strings.Contains(message, text) {
				r.t.Errorf("issue %s does not name %q: %v", code, text, issue)
			}
		}
		return
	}
	r.t.Errorf("no issue %s: %v", code, issues)
}

// A test that was only compiled does not count as passed anywhere.
func TestCompiledTestIsNotAPass(t *testing.T) {
	onBothStores(t, "A01", func(r *caseRig) {
		r.send("manifest=manifest", "run_results=run_results_build")
		tables := func(value string) any { return r.node("model.shop.stg", "data.attributes.tests."+value) }
		r.wants("failing before", tables("fail"), 1.0)
		r.send("manifest=manifest", "run_results=run_results_run")
		r.wants("failing", tables("fail"), 1.0)
		r.wants("passing", tables("pass"), 0.0)
		r.wants("latest", r.get("/api/v1/tests?schema_id="+r.schema, "data.0.attributes.latest.class"), "fail")
		r.wants("failing tests", r.get("/api/v1/tests?status=fail&schema_id="+r.schema, "meta.total"), 1.0)
		r.wants("passing tests", r.get("/api/v1/tests?status=pass&schema_id="+r.schema, "meta.total"), 0.0)
		compiled := 0
		for _, id := range r.all(r.t, r.key, "/api/v1/runs?schema_id="+r.schema, "id") {
			results, _ := r.get("/api/v1/runs/"+id.(string), "data.attributes.results").([]any)
			for _, result := range results {
				if At(result, "class") == "compiled" {
					compiled++
				}
			}
		}
		r.wants("compiled results that the runs list", compiled, 1)
	})
}

// A command that builds nothing is not a run.
func TestShowIsNotARun(t *testing.T) {
	onBothStores(t, "A02", func(r *caseRig) {
		r.send("manifest=manifest", "run_results=run_results_build")
		imp := r.send("manifest=manifest", "run_results=run_results_show")
		r.wants("last run", r.node("model.shop.stg", "data.attributes.last_run.status"), "error")
		r.wants("history", r.get("/api/v1/assets/"+r.id("model.shop.stg")+"/runs", "meta.total"), 1.0)
		r.wants("with the status error", r.get("/api/v1/assets?status=error&schema_id="+r.schema, "meta.total"), 1.0)
		r.wantsIssue(imp, "run-results-of-no-run", "dbt show")
	})
}

// Of tables that are made without their rows there is a history, but no last run.
func TestEmptyAndCloneAreHistory(t *testing.T) {
	t.Parallel()
	for name, args := range map[string]string{
		"flag": `{"which":"build","empty":true,"select":["a"]}`, "command line": `{"which":"run","invocation_command":"dbt run --empty --target ci"}`,
		"dbt 2": `{"which":"build","command":"dbt build --empty"}`, "clone": `{"which":"clone","state":"/builds/prod"}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := Start(t, Options{})
			key, schema := s.Key(t, access.AdminWorkspace), s.Schema(t, "Analytics Warehouse")
			results := `{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/run-results/v6.json","invocation_id":"i","generated_at":"2026-01-10T19:00:00Z"},` +
				`"results":[{"unique_id":"model.p.a","status":"success","execution_time":1,"timing":[],"message":"ok"}],"elapsed_time":1,"args":` + args + `}`
			imp := s.Import(t, key, schema, File("manifest", "m", []byte(small(node("a", "")))), File("run_results", "r", []byte(results)))
			asset := s.Get(t, "/api/v1/assets?schema_id="+schema, key)
			if got := asset.At(t, "data.0.attributes.last_run"); got != nil {
				t.Errorf("last run %v", got)
			}
			history := s.Get(t, "/api/v1/assets/"+asset.At(t, "data.0.id").(string)+"/runs", key)
			if history.At(t, "data.0.attributes.counts_as") != "history" || history.At(t, "meta.total") != 1.0 {
				t.Errorf("history: %s", history.Body)
			}
			run := s.Get(t, "/api/v1/runs?schema_id="+schema, key)
			if run.At(t, "data.0.attributes.counts_as") != "history" || run.At(t, "data.0.attributes.args.which") == nil || strings.Contains(string(run.Body), "/builds") {
				t.Errorf("run: %s", run.Body)
			}
			if report := s.Get(t, "/api/v1/dbt_imports/"+imp+"/report", key); strings.Contains(string(report.Body), "run-results-of-no-run") {
				t.Errorf("report: %s", report.Body)
			}
		})
	}
}

// The freshness of a source is served with its table, in a list and with its run.
func TestFreshnessIsServed(t *testing.T) {
	onBothStores(t, "A08", func(r *caseRig) {
		r.send("manifest=manifest")
		table := r.id("source.shop.app.raw")
		r.send("manifest=manifest", "sources=sources")
		for at, prefix := range map[string]string{
			"/api/v1/assets/" + table: "data.attributes.freshness.", "/api/v1/freshness?status=warn&schema_id=" + r.schema: "data.0.attributes.",
		} {
			for name, want := range map[string]any{
				"status": "warn", "max_loaded_at": "2026-05-01T08:00:00Z", "snapshotted_at": "2026-05-01T10:00:00Z", "lag_seconds": 7200.0, "sla.limit_seconds": 3600.0, "sla.met": false, "sla.late_seconds": 3600.0,
				"warn_after.count": 1.0, "warn_after.period": "hour", "error_after": nil, "error": nil, "execution_time": 0.1, "run": "RUN-1",
			} {
				r.wants(at+" "+name, r.get(at, prefix+name), want)
			}
		}
		r.wants("table", r.get("/api/v1/freshness?schema_id="+r.schema, "data.0.attributes.asset"), table)
		run := "/api/v1/runs/RUN-1"
		r.wants("artifact", r.get(run, "data.attributes.artifact"), "sources")
		r.wants("result of the run", r.get(run, "data.attributes.freshness.0.status"), "warn")
		r.wants("results of the run", r.get(run, "meta.total"), 1.0)
		for query, want := range map[string]float64{
			"": 1, "&status=error": 0, "&asset=" + table: 1, "&asset=" + r.id("model.shop.stg"): 0, "&project=PRJ-1": 1, "&at=0": 0, "&at=1": 1,
		} {
			r.wants("freshness?"+query, r.get("/api/v1/freshness?schema_id="+r.schema+query, "meta.total"), want)
		}
	})
}

// sourcesJSON is a sources.json with results.
func sourcesJSON(invocation string, results ...string) []byte {
	return []byte(`{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/sources/v3.json","invocation_id":"` + invocation + `","generated_at":"2026-01-10T19:00:00Z"},"results":[` +
		strings.Join(results, ",") + `],"elapsed_time":1}`)
}

// A source that could not be queried, one that was never checked, one that also is a seed, and one that is gone.
func TestFreshnessOfOddSources(t *testing.T) {
	t.Parallel()
	source := func(name string) string {
		return `"source.p.raw.` + name + `":{"unique_id":"source.p.raw.` + name + `","resource_type":"source","name":"` + name + `","identifier":"` + name + `","source_name":"raw","database":"d","schema":"s","package_name":"p",` +
			`"path":"s.yml","original_file_path":"models/s.yml","columns":{},"freshness":{"warn_after":{"count":12,"period":"hour"},"error_after":{"count":1,"period":"day"},"filter":null}}`
	}
	manifest := func(at string, sources ...string) []byte {
		text := strings.Replace(small(strings.ReplaceAll(node("both", ""), "model", "seed")), `"sources":{}`, `"sources":{`+strings.Join(sources, ",")+`}`, 1)
		return []byte(strings.Replace(text, "2026-01-10T18:00:00Z", at, 1))
	}
	s := Start(t, Options{})
	key, schema := s.Key(t, access.AdminWorkspace), s.Schema(t, "Analytics Warehouse")
	s.Import(t, key, schema, File("manifest", "m", manifest("2026-01-10T18:00:00Z", source("down"), source("never"), source("both"), source("gone"))), File("sources", "s", sourcesJSON("i",
		`{"unique_id":"source.p.raw.down","error":"no such table","status":"runtime error"}`,
		`{"unique_id":"source.p.raw.both","status":"pass","max_loaded_at":"2026-01-10T18:30:00Z","snapshotted_at":"2026-01-10T19:00:00Z","criteria":{}}`,
		`{"unique_id":"source.p.raw.gone","status":"pass","max_loaded_at":"2026-01-10T18:30:00Z","snapshotted_at":"2026-01-10T19:00:00Z","criteria":{}}`)))
	s.Import(t, key, schema, File("manifest", "m", manifest("2026-01-10T20:00:00Z", source("down"), source("never"), source("both"))))
	list := func(query string) string {
		reply := s.Get(t, "/api/v1/freshness?schema_id="+schema+query, key)
		var out []string
		rows, _ := reply.At(t, "data").([]any)
		for _, row := range rows {
			out = append(out, fmt.Sprint(At(row, "attributes.name"), " ", At(row, "attributes.status"), " ", At(row, "attributes.error"), " ", At(row, "attributes.lag_seconds")))
		}
		return strings.Join(out, ", ")
	}
	if got, want := list(""), "both pass <nil> 1800, down runtime error no such table <nil>"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := list("&at=1"); !strings.Contains(got, "gone pass") {
		t.Errorf("before it was gone: %s", got)
	}
	if got := list("&limit=1"); got != "both pass <nil> 1800" {
		t.Errorf("a page of one: %s", got)
	}
	names := s.all(t, key, "/api/v1/freshness?limit=1&schema_id="+schema, "attributes.name")
	if len(names) != 2 || names[1] != "down" {
		t.Errorf("pages of one: %v", names)
	}
	for name, want := range map[string]string{"down": "runtime error 12 1", "never": "<nil> 12 1"} {
		asset := s.Get(t, "/api/v1/assets/by-unique-id?schema_id="+schema+"&unique_id=source.p.raw."+name, key)
		f := asset.At(t, "data.attributes.freshness")
		if got := fmt.Sprint(At(f, "status"), " ", At(f, "warn_after.count"), " ", At(f, "error_after.count")); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// Code that dbt compiled with --defer reads its parent at the other state's relation.
func TestDeferredParent(t *testing.T) {
	onBothStores(t, "A05", func(r *caseRig) {
		r.send("manifest=manifest_ci")
		stg, fct := r.id("model.shop.stg"), r.id("model.shop.fct")
		lineage := "/api/v1/assets/" + fct + "/columns/total/lineage?direction=upstream&depth=1"
		r.wants("lineage", r.get(lineage, "data.edges.0.from"), stg+".amt")
		impact := r.Get(t, "/api/v1/impact?asset="+stg+"&column=amt", r.key)
		if !strings.Contains(string(impact.Body), `"total"`) {
			t.Errorf("impact: %s", impact.Body)
		}
	})
}

// A node that a consumer's manifest only refers to leaves the table to its owner, whichever came first.
func TestReferenceOwnsNothing(t *testing.T) {
	for name, order := range map[string][]string{"owner first": {"owner", "consumer"}, "consumer first": {"consumer", "owner"}} {
		t.Run(name, func(t *testing.T) {
			onBothStores(t, "A04", func(r *caseRig) {
				r.send("manifest=" + order[0])
				if order[0] == "consumer" {
					r.wants("project of a mere reference", r.node("model.core.foobar", "data.relationships.project"), nil)
					r.wants("reading of a mere reference", r.get("/api/v1/schemas/"+r.schema+"/column_lineage", "data.attributes.statuses.not_compiled"), 0.0)
				}
				r.send("manifest=" + order[1])
				table := r.id("model.core.foobar")
				r.wants("project", r.node("model.core.foobar", "data.relationships.project.name"), "core")
				r.wants("description", r.node("model.core.foobar", "data.attributes.description.value"), "Real one")
				r.wants("path", r.node("model.core.foobar", "data.attributes.dbt.original_file_path"), "models/foobar.sql")
				r.wants("code", r.get("/api/v1/assets/"+table+"/code", "data.attributes.raw"), "select 1 as id, 2 as amt")
				r.wants("downstream", r.node("model.core.foobar", "data.attributes.downstream"), 1.0)
				r.wants("of the owner's project", r.get("/api/v1/assets?kind=model&schema_id="+r.schema, "meta.total"), 2.0)
				r.wants("status", r.get("/api/v1/assets/"+table+"/column_lineage", "data.attributes.status"), "read")
			})
		})
	}
}

// The owner of a group owns its members, wherever owners are shown, and changes with the group alone.
func TestOwnersByGroup(t *testing.T) {
	t.Parallel()
	manifest := func(at, owner string) []byte {
		text := small(node("a", `,"group":"finance"`) + "," + node("b", `,"config":{"group":"finance","meta":{"owner":"ana"}}`) + "," + node("c", ""))
		text = strings.Replace(text, `"parent_map":{}`, `"parent_map":{"model.p.a":[],"model.p.b":["model.p.a"],"model.p.c":[]},"groups":{"group.p.finance":{"unique_id":"group.p.finance","resource_type":"group","name":"finance","package_name":"p",`+
			`"path":"g.yml","original_file_path":"models/g.yml","owner":{"name":"`+owner+`","email":["fin@example.com","x@example.com"],"slack":"#fin"}}}`, 1)
		return []byte(strings.Replace(text, "2026-01-10T18:00:00Z", at, 1))
	}
	s := Start(t, Options{})
	key, schema := s.Key(t, access.AdminWorkspace), s.Schema(t, "Analytics Warehouse")
	of := func(uniqueID string) (id, owners string) {
		reply := s.Get(t, "/api/v1/assets/by-unique-id?schema_id="+schema+"&unique_id="+uniqueID, key)
		return reply.At(t, "data.id").(string), fmt.Sprint(reply.At(t, "data.attributes.owners"), " ", reply.At(t, "data.attributes.owner_emails"))
	}
	check := func(owner string) {
		t.Helper()
		emails := "map[" + owner + ":[fin@example.com x@example.com]]"
		for id, want := range map[string]string{
			"model.p.a": "[" + owner + "] " + emails, "model.p.b": "[" + owner + " ana] " + emails, "model.p.c": "[] <nil>", "group.p.finance": "[" + owner + "] " + emails,
		} {
			if _, got := of(id); got != want {
				t.Errorf("%s: %s, want %s", id, got, want)
			}
		}
		if got := s.Get(t, "/api/v1/assets?kind=model&owner="+owner+"&schema_id="+schema, key).At(t, "meta.total"); got != 2.0 {
			t.Errorf("%v models of %s", got, owner)
		}
		for email, want := range map[string]float64{"fin@example.com": 3, "FIN@example.com": 3, "other@example.com": 0} {
			list := s.Get(t, "/api/v1/assets?breakdown=owner&schema_id="+schema+"&owner="+email, key)
			if list.At(t, "meta.total") != want || want > 0 && At(list.At(t, "meta.breakdown.owner"), owner) != want {
				t.Errorf("owned by %s: %s", email, list.Body)
			}
			if all := s.Get(t, "/api/v1/assets?owner="+email, key); all.At(t, "meta.total") != want {
				t.Errorf("of all schemas owned by %s: %s", email, all.Body)
			}
			if warned := list.At(t, "meta.warnings") != nil; warned != (want == 0) {
				t.Errorf("warnings about %s: %s", email, list.Body)
			}
		}
		a, _ := of("model.p.a")
		if got := s.Get(t, "/api/v1/impact?asset="+a, key); At(got.JSON(t), "data.owners.0.name") != owner || At(got.JSON(t), "data.owners.0.emails.0") != "fin@example.com" {
			t.Errorf("impact: %s", got.Body)
		}
	}
	s.Import(t, key, schema, File("manifest", "m", manifest("2026-01-10T18:00:00Z", "Finance")))
	check("Finance")
	s.Import(t, key, schema, File("manifest", "m", manifest("2026-01-10T19:00:00Z", "Accounting")))
	check("Accounting")
	id := s.Import(t, key, schema, File("manifest", "m", manifest("2026-01-10T20:00:00Z", "Accounting")))
	if got := s.Get(t, "/api/v1/dbt_imports/"+id+"/report", key); got.At(t, "data.attributes.outcome") != "unchanged" || got.At(t, "data.attributes.counts.nodes_changed") != 0.0 {
		t.Errorf("again: %s", got.Body)
	}
}

// Hooks are listed where they are asked for, and are not downstream of anything.
func TestHooksAreNotAssets(t *testing.T) {
	onBothStores(t, "A14", func(r *caseRig) {
		r.send("manifest=manifest")
		of := "/api/v1/assets?schema_id=" + r.schema
		for _, path := range []string{of + "&breakdown=kind", "/api/v1/assets?breakdown=kind"} {
			if list := r.Get(r.t, path, r.key); strings.Contains(string(list.Body), "operation") {
				r.t.Errorf("%s: %s", path, list.Body)
			}
		}
		r.wants("hooks", r.get(of+"&kind=operation", "meta.total"), 1.0)
		r.wants("hooks of all schemas", r.get("/api/v1/assets?kind=operation", "meta.total"), 1.0)
		r.wants("materialization of a hook", r.get(of+"&kind=operation", "data.0.attributes.materialized"), nil)
		r.wants("upstream of the hook", r.get(of+"&kind=operation", "data.0.attributes.upstream"), 1.0)
		r.wants("downstream", r.node("model.shop.stg", "data.attributes.downstream"), 0.0)
		for path, want := range map[string]float64{"": 0, "&select=%2Bstg%2B": 0, "&hooks=true": 1, "&select=resource_type:operation": 1, "&select=1%2Bresource_type:operation": 1} {
			graph := r.Get(r.t, "/api/v1/lineage?schema_id="+r.schema+path, r.key)
			hooks := strings.Count(string(graph.Body), `"kind":"operation"`)
			if float64(hooks) != want || graph.At(r.t, "meta.nodes") != float64(len(graph.At(r.t, "data.nodes").([]any))) {
				r.t.Errorf("lineage%s: %s", path, graph.Body)
			}
		}
		if impact := r.Get(r.t, "/api/v1/impact?asset="+r.id("model.shop.stg"), r.key); impact.Status != 200 || strings.Contains(string(impact.Body), "operation") {
			r.t.Errorf("impact: %d %s", impact.Status, impact.Body)
		}
		for _, path := range []string{of, "/api/v1/assets?"} { // in memory, and by a query over all schemas
			list := r.Get(r.t, path+"&kind=operation,model&breakdown=materialized", r.key)
			counts := list.At(r.t, "meta.breakdown.materialized").(map[string]any)
			if len(counts) != 1 || list.At(r.t, "meta.total") != 2.0 {
				r.t.Errorf("%s: %s", path, list.Body)
			}
			for as, n := range counts {
				r.wants("materialized as "+as, r.get(path+"&kind=operation,model&materialized="+as, "meta.total"), n)
			}
		}
		r.wants("downstream by the graph", r.node("model.shop.stg", "data.attributes.downstream"), 0.0)
	})
}

// Tables lead the list of assets; an ephemeral model has no relation; removed columns are listed as removed assets are.
func TestListsOfAssetsAndColumns(t *testing.T) {
	t.Parallel()
	manifest := strings.Replace(small(node("z", `,"columns":{"a":{"name":"a"}},"compiled_code":"select 1 as a"`)+","+strings.Replace(node("e", ""), "table", "ephemeral", 1)), `"parent_map":{}`,
		`"parent_map":{"model.p.z":[]},"exposures":{"exposure.p.a":{"unique_id":"exposure.p.a","resource_type":"exposure","name":"a","package_name":"p","path":"e.yml","original_file_path":"e.yml","type":"dashboard","owner":{"name":"ana"},"depends_on":{"nodes":["model.p.z"]}}}`, 1)
	catalogs := func(at string, columns string) []byte {
		return []byte(`{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/catalog/v1.json","generated_at":"` + at + `"},"sources":{},"errors":null,"nodes":{"model.p.z":{"unique_id":"model.p.z",` +
			`"metadata":{"type":"BASE TABLE","schema":"s","name":"z","database":"d"},"columns":{` + columns + `},"stats":{}}}}`)
	}
	s := Start(t, Options{})
	key, schema := s.Key(t, access.AdminWorkspace), s.Schema(t, "Analytics Warehouse")
	s.Import(t, key, schema, File("manifest", "m", []byte(manifest)), File("catalog", "c", catalogs("2026-01-10T18:00:00Z", `"a":{"type":"int","index":1,"name":"a"},"b":{"type":"int","index":2,"name":"b"}`)))
	s.Import(t, key, schema, File("manifest", "m", []byte(manifest)), File("catalog", "c", catalogs("2026-01-10T19:00:00Z", `"a":{"type":"int","index":1,"name":"a"}`)))
	for path, want := range map[string]string{
		"/api/v1/assets?schema_id=" + schema: "[e z a]", "/api/v1/assets": "[e z a]", "/api/v1/assets?limit=1": "[e z a]", "/api/v1/assets?limit=1&schema_id=" + schema: "[e z a]",
		"/api/v1/assets?sort=name&schema_id=" + schema: "[a e z]", "/api/v1/assets?sort=name": "[a e z]",
	} {
		if got := fmt.Sprint(s.all(t, key, path, "attributes.name")); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	relation := func(id string) any {
		return s.Get(t, "/api/v1/assets/by-unique-id?schema_id="+schema+"&unique_id="+id, key).At(t, "data.attributes.relation.text")
	}
	if relation("model.p.e") != nil || relation("model.p.z") == nil {
		t.Errorf("relations: %v, %v", relation("model.p.e"), relation("model.p.z"))
	}
	columns := "/api/v1/assets/" + tableID(t, s, key, schema, "model.p.z") + "/columns"
	for query, want := range map[string]string{"": "[a]", "?removed=false": "[a]", "?removed=true": "[b]"} {
		if got := fmt.Sprint(s.all(t, key, columns+query, "attributes.name")); got != want {
			t.Errorf("columns%s: %s, want %s", query, got, want)
		}
	}
}

// Two models at one relation are one table, and the report names both.
func TestTwoModelsAtOneRelation(t *testing.T) {
	onBothStores(t, "A15", func(r *caseRig) {
		r.wantsIssue(r.send("manifest=manifest"), "relation-shared", "model.shop.m1", "model.shop.m2")
	})
}

// A table that code reads without ref() is followed when it arrives, and when it changes.
func TestUndeclaredTableArrives(t *testing.T) {
	t.Parallel()
	reader := node("reader", `,"compiled_code":"select * from d.s.late"`)
	late := func(columns string) string { return node("late", `,"compiled_code":"select `+columns+`"`) }
	manifest := func(hour, nodes string) []byte {
		return []byte(strings.Replace(small(nodes), "T18:", "T"+hour+":", 1))
	}
	s := Start(t, Options{})
	key, schema := s.Key(t, access.AdminWorkspace), s.Schema(t, "Analytics Warehouse")
	outputs := func() string {
		t.Helper()
		reply := s.Get(t, "/api/v1/assets/"+tableID(t, s, key, schema, "model.p.reader")+"/column_lineage", key)
		var out []string
		rows, _ := reply.At(t, "data.attributes.outputs").([]any)
		for _, o := range rows {
			out = append(out, fmt.Sprint(At(o, "name"), "<", At(o, "from.0.asset_name")))
		}
		return strings.Join(out, " ")
	}
	// around are the table edges, how many tables a change of the late one reaches, and the edges of the map.
	around := func() string {
		t.Helper()
		edges, _ := s.Get(t, "/api/v1/lineage?schema_id="+schema+"&select=late%2B1", key).At(t, "data.edges").([]any)
		var out []string
		for _, e := range edges {
			out = append(out, fmt.Sprint(At(e, "type"), " ", At(e, "source")))
		}
		late := s.Get(t, "/api/v1/assets?schema_id="+schema+"&q=late", key).At(t, "data.0.id")
		impact := s.Get(t, fmt.Sprint("/api/v1/impact?asset=", late), key).At(t, "meta.total_tables")
		inside := s.Get(t, "/api/v1/map?schema_id="+schema+"&by=tag", key).At(t, "data.groups.0.inside")
		return fmt.Sprint(out, impact, inside)
	}
	s.Import(t, key, schema, File("manifest", "m", manifest("18", reader)))
	before := outputs()
	s.Import(t, key, schema, File("manifest", "m", manifest("19", reader+","+late("1 as a"))))
	if got := outputs(); got != "a<late" {
		t.Errorf("after it arrived: %s (before: %s)", got, before)
	}
	if got := around(); got != "[read sql] 1 1" {
		t.Errorf("around the table: %s", got)
	}
	s.Import(t, key, schema, File("manifest", "m", manifest("20", reader+","+late("1 as a, 2 as b"))))
	if got := outputs(); got != "a<late b<late" {
		t.Errorf("after it changed: %s", got)
	}
	s.Import(t, key, schema, File("manifest", "m", manifest("21", reader)))
	if got := outputs(); got != before {
		t.Errorf("after it went: %s, want %s", got, before)
	}
}
