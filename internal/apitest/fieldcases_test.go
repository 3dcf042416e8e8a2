package apitest

import (
	"encoding/json"
	"net/url"
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
	for engine, open := range map[string]OpenStore{"sqlite": nil, "postgres": OnPostgres} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := Start(t, Options{Store: open})
			run(&caseRig{Server: s, t: t, key: s.Key(t, access.AdminWorkspace), schema: s.Schema(t, "Analytics Warehouse"), artifacts: artifacts})
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

// wants fails the test where a value is another than wanted.
func (r *caseRig) wants(what string, got, want any) {
	r.t.Helper()
	if got != want {
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

// A test that was only compiled is no pass, wherever it is counted.
func TestCompiledTestIsNoPass(t *testing.T) {
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

// A command that builds nothing is no run.
func TestShowIsNoRun(t *testing.T) {
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
