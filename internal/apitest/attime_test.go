package apitest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
)

// testedManifest has a model with a column and a test of it.
func testedManifest(at, description string) []byte {
	text := small(node("a", `,"description":"`+description+`","depends_on":{"nodes":[]}`) + `,"test.p.t":{"unique_id":"test.p.t","resource_type":"test","name":"t","alias":"t","database":"d","schema":"s","package_name":"p",` +
		`"path":"t.sql","original_file_path":"models/s.yml","fqn":["p","t"],"config":{"severity":"ERROR"},"columns":{},"column_name":"c","attached_node":"model.p.a",` +
		`"depends_on":{"nodes":["model.p.a"]},"test_metadata":{"name":"not_null","kwargs":{"column_name":"c"}}}`)
	text = strings.Replace(text, `"columns":{}`, `"columns":{"c":{"name":"c"}}`, 1)
	return []byte(strings.Replace(text, "2026-01-10T18:00:00Z", at, 1))
}

func testedResults(at, model, test string) []byte {
	result := func(id, status string) string {
		return fmt.Sprintf(`{"unique_id":%q,"status":%q,"execution_time":1,"message":"","timing":[{"name":"execute","started_at":%q,"completed_at":%q}]}`, id, status, at, at)
	}
	return []byte(`{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/run-results/v6.json","invocation_id":"` + at + `","generated_at":"` + at + `"},"results":[` +
		result("model.p.a", model) + `,` + result("test.p.t", test) + `],"elapsed_time":1,"args":{"which":"build"}}`)
}

// With at= results are those that were known then, on every route that shows or counts them.
func TestResultsAt(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, s *Server) {
		r := &caseRig{Server: s, t: t, key: s.Key(t, access.AdminWorkspace), schema: s.Schema(t, "Analytics Warehouse")}
		send := func(parts ...Part) string {
			s.Import(t, r.key, r.schema, parts...)
			return time.Now().UTC().Format(time.RFC3339Nano)
		}
		manifest := func(day string) Part { return File("manifest", "m", testedManifest("2026-01-"+day+"T18:00:00Z", day)) }
		results := func(day, model, test string) Part {
			return File("run_results", "r", testedResults("2026-01-"+day+"T19:00:00Z", model, test))
		}
		before := time.Now().UTC().Format(time.RFC3339Nano)
		first := send(manifest("10"), results("10", "success", "fail"))
		second := send(manifest("10"), results("11", "error", "pass")) // makes no version
		third := send(manifest("12"), results("12", "skipped", "skipped"))
		for range 2 { // from the store, and from memory
			r.knows("", "skipped", "skipped", 3)
			r.knows("2", "skipped", "skipped", 3)
			r.knows(third, "skipped", "skipped", 3)
			r.knows("2999-01-01T00:00:00Z", "skipped", "skipped", 3)
			r.knows("1", "success", "fail", 1)
			r.knows(first, "success", "fail", 1)
			r.knows(second, "error", "pass", 2)
		}
		for _, at := range []string{"0", before} {
			r.wants("runs before all at "+at, r.get("/api/v1/runs?schema_id="+r.schema+"&at="+at, "meta.total"), 0.0)
		}
		if reply := s.Get(t, "/api/v1/runs?at=1", r.key); reply.Status != 400 {
			t.Errorf("runs of all schemas at a version: %d %s", reply.Status, reply.Body)
		}
		r.wants("runs of the project", r.get("/api/v1/runs?project=PRJ-1&at=1", "meta.total"), 1.0)
	})
}

// knows checks the latest results of the model and its test, and the number of runs, on every route.
func (r *caseRig) knows(at, model, test string, runs float64) {
	r.t.Helper()
	in, of := "?schema_id="+r.schema+"&at="+at, "/api/v1/assets/model.p.a"
	if at == "" {
		in = "?schema_id=" + r.schema
	}
	for path, values := range map[string]map[string]any{
		of + in: {"data.attributes.last_run.status": model, "data.attributes.tests." + test: 1.0},
		"/api/v1/assets/by-unique-id" + in + "&unique_id=model.p.a": {"data.attributes.last_run.status": model, "data.attributes.tests." + test: 1.0},
		"/api/v1/assets/by-relation" + in + "&relation=d.s.a":       {"data.attributes.last_run.status": model},
		of + "/tests" + in:                                        {"data.0.attributes.latest.class": test},
		of + "/columns" + in:                                      {"data.0.attributes.tests.0.status": test},
		of + "/runs" + in:                                         {"meta.total": runs, "data.0.attributes.class": model},
		"/api/v1/runs" + in:                                       {"meta.total": runs},
		"/api/v1/tests" + in:                                      {"data.0.attributes.latest.class": test},
		"/api/v1/tests" + in + "&status=" + test:                  {"meta.total": 1.0},
		"/api/v1/tests" + in + "&status=unknown":                  {"meta.total": 0.0},
		"/api/v1/assets" + in:                                     {"data.0.attributes.last_run.status": model, "data.0.attributes.tests." + test: 1.0},
		"/api/v1/assets" + in + "&test_status=" + test:            {"meta.total": 1.0},
		"/api/v1/assets" + in + "&breakdown=kind&status=" + model: {"meta.total": 1.0, "meta.breakdown.kind.model": 1.0},
	} {
		for value, want := range values {
			r.wants(path+" "+value, r.get(path, value), want)
		}
	}
	for _, other := range []string{"success", "error", "skipped"} {
		if other != model {
			r.wants(at+" assets with the status "+other, r.get("/api/v1/assets"+in+"&status="+other, "meta.total"), 0.0)
		}
	}
	for _, other := range []string{"pass", "fail", "skipped"} {
		if other != test {
			r.wants(at+" tables with the test status "+other, r.get("/api/v1/assets"+in+"&test_status="+other, "meta.total"), 0.0)
			r.wants(at+" tests with the status "+other, r.get("/api/v1/tests"+in+"&status="+other, "meta.total"), 0.0)
		}
	}
}
