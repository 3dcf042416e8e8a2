package dbt_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
)

func ptr[T any](v T) *T { return &v }

// TestCatalog reads a table with everything and one of dbt 2.x with little, and the errors of the file.
func TestCatalog(t *testing.T) {
	const text = `{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/catalog/v1.json","generated_at":"2026-01-02T03:04:05Z"},
	"nodes":{"model.p.a":{"unique_id":"model.p.a","metadata":{"type":"BASE TABLE","schema":"S","name":"A","database":"DB","comment":"c","owner":"ana"},
		"columns":{"B":{"type":"NUMBER","index":2,"name":"B","comment":null},"A":{"type":"TEXT","index":1,"name":"A","comment":"key"}},
		"stats":{"row_count":{"id":"row_count","label":"Row Count","value":42.0,"include":true,"description":"rows"},"bytes":{"value":"1024","include":true},"last_modified":{"value":"2026-01-01 00:00UTC"}}}},
	"sources":{"source.p.r.t":{"metadata":{"type":"VIEW","schema":"s","name":"t","database":null,"owner":""},"columns":{"x":{"type":"int","index":0,"name":"x"}},"stats":{"row_count":{"value":false}}}},
	"errors":["no rights on s2"]}`
	r := &recorder{}
	head, errs, issues, err := dbt.ReadCatalog(context.Background(), strings.NewReader(text), dbt.CatalogOptions{}, r)
	if err != nil || len(issues) > 0 || head.Kind != dbt.Catalog || head.Version != 1 {
		t.Fatalf("%v, issues %+v, head %+v", err, issues, head)
	}
	if diff := cmp.Diff([]string{"no rights on s2"}, errs); diff != "" {
		t.Error(diff)
	}
	want := []*dbt.CatalogTable{
		{
			Section: "nodes", UniqueID: "model.p.a", Database: "DB", Schema: "S", Name: "A", Type: "BASE TABLE", Comment: "c", Owner: "ana",
			Columns: []dbt.CatalogColumn{{Name: "A", Type: "TEXT", Index: 1, Comment: "key"}, {Name: "B", Type: "NUMBER", Index: 2}},
			Stats: []dbt.Stat{
				{ID: "row_count", Label: "Row Count", Value: []byte("42.0"), Include: true, Description: "rows"},
				{ID: "bytes", Value: []byte(`"1024"`), Include: true},
				{ID: "last_modified", Value: []byte(`"2026-01-01 00:00UTC"`)},
			},
			RowCount: ptr(int64(42)), Bytes: ptr(int64(1024)), LastModified: "2026-01-01 00:00UTC",
		},
		{
			Section: "sources", UniqueID: "source.p.r.t", Schema: "s", Name: "t", Type: "VIEW", Columns: []dbt.CatalogColumn{{Name: "x", Type: "int"}},
			Stats: []dbt.Stat{{ID: "row_count", Value: []byte("false")}},
		},
	}
	if diff := cmp.Diff(want, r.tables, cmpopts.IgnoreFields(dbt.CatalogTable{}, "Hash")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	known := dbt.CatalogOptions{IsUnchanged: func(_ string, h dbt.Hash) bool { return h == r.tables[0].Hash }}
	again := &recorder{}
	if _, _, _, err := dbt.ReadCatalog(context.Background(), strings.NewReader(text), known, again); err != nil || len(again.tables) != 1 || len(again.unchanged) != 1 {
		t.Errorf("%v: %d tables, unchanged %v", err, len(again.tables), again.unchanged)
	}
}

func runResults(t *testing.T, results string) (dbt.Head, []*dbt.Result, []dbt.Issue) {
	t.Helper()
	text := `{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/run-results/v6.json","generated_at":"2026-01-02T03:04:05Z","invocation_id":"i"},
	"results":[` + results + `],"elapsed_time":1.5,"args":{"which":"build","target":"prod"}}`
	var list []*dbt.Result
	head, issues, err := dbt.ReadRunResults(context.Background(), strings.NewReader(text), dbt.ResultOptions{}, func(r *dbt.Result) error {
		list = append(list, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return head, list, issues
}

// TestResult reads one whole result.
func TestResult(t *testing.T) {
	head, list, issues := runResults(t, `{"unique_id":"model.p.a","status":"partial success","message":"OK","failures":null,"execution_time":0.25,"thread_id":"Thread-1",
		"timing":[{"name":"execute","started_at":"2026-01-02T03:04:05.000001Z","completed_at":"2026-01-02T03:04:06.5"}],"compiled":true,"compiled_code":"select 1","relation_name":"db.s.a",
		"adapter_response":{"_message":"INSERT 5","code":"INSERT","rows_affected":5,"bytes_processed":"77","query_id":"q"},"batch_results":{"successful":[["a","b"]],"failed":[]}}`)
	if len(issues) > 0 || head.Command != "build" || head.Target != "prod" || head.Elapsed != 1500*time.Millisecond || head.InvocationID != "i" {
		t.Errorf("head %+v, issues %+v", head, issues)
	}
	want := []*dbt.Result{{
		UniqueID: "model.p.a", Status: dbt.StatusPartialSuccess, StatusText: "partial success", Message: "OK", ExecutionTime: 250 * time.Millisecond, Thread: "Thread-1",
		Timing:   []dbt.Timing{{Name: "execute", StartedAt: time.Date(2026, 1, 2, 3, 4, 5, 1000, time.UTC), CompletedAt: time.Date(2026, 1, 2, 3, 4, 6, 5e8, time.UTC)}},
		Compiled: true, CompiledCode: "select 1", RelationName: "db.s.a", Batches: &dbt.Batches{Successful: 1},
		Adapter: dbt.AdapterResponse{
			Message: "INSERT 5", Code: "INSERT", QueryID: "q", RowsAffected: ptr(int64(5)), BytesProcessed: ptr(int64(77)),
			Raw: []byte(`{"_message":"INSERT 5","code":"INSERT","rows_affected":5,"bytes_processed":"77","query_id":"q"}`),
		},
	}}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestOddResults reads what old versions and clocks have left behind.
func TestOddResults(t *testing.T) {
	for name, c := range map[string]struct {
		result string
		want   dbt.Result
		issue  string
	}{
		"message is a number (v1)": {`{"unique_id":"t","status":"fail","message":3}`, dbt.Result{UniqueID: "t", Status: dbt.StatusFail, StatusText: "fail", Message: "3"}, ""},
		"v0 success":               {`{"node":{"unique_id":"m"},"status":"CREATE VIEW","error":null,"fail":null,"skip":false}`, dbt.Result{UniqueID: "m", Status: dbt.StatusSuccess, StatusText: "CREATE VIEW"}, ""},
		"v0 error":                 {`{"node":{"unique_id":"m"},"status":"ERROR","error":"no table"}`, dbt.Result{UniqueID: "m", Status: dbt.StatusError, StatusText: "ERROR", Message: "no table"}, ""},
		"v0 failed test":           {`{"node":{"unique_id":"t"},"status":5,"fail":true}`, dbt.Result{UniqueID: "t", Status: dbt.StatusFail, StatusText: "5"}, ""},
		"v0 skipped":               {`{"node":{"unique_id":"t"},"status":null,"skip":true}`, dbt.Result{UniqueID: "t", Status: dbt.StatusSkipped}, ""},
		"B69 negative time":        {`{"unique_id":"m","status":"success","execution_time":-5}`, dbt.Result{UniqueID: "m", Status: dbt.StatusSuccess, StatusText: "success"}, dbt.IssueNegativeTime},
		"B69 unknown status":       {`{"unique_id":"m","status":"exploded"}`, dbt.Result{UniqueID: "m", Status: dbt.StatusUnknown, StatusText: "exploded"}, dbt.IssueStatusUnknown},
		"no id":                    {`{"status":"pass"}`, dbt.Result{Status: dbt.StatusPass, StatusText: "pass"}, dbt.IssueUniqueIDMissing},
		"huge time":                {`{"unique_id":"m","status":"pass","execution_time":1e300}`, dbt.Result{UniqueID: "m", Status: dbt.StatusPass, StatusText: "pass", ExecutionTime: 1 << 33 * time.Second}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, list, issues := runResults(t, c.result)
			if len(list) != 1 {
				t.Fatalf("got %d results", len(list))
			}
			if diff := cmp.Diff(&c.want, list[0]); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if c.issue == "" && len(issues) > 0 || c.issue != "" && (len(issues) != 1 || issues[0].Code != c.issue) {
				t.Errorf("got issues %+v, want %q", issues, c.issue)
			}
		})
	}
}

// TestSources reads the three shapes of a freshness result.
func TestSources(t *testing.T) {
	loaded := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		text string
		want dbt.Freshness
	}{
		"v3": {
			`{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/sources/v3.json"},"results":[{"unique_id":"source.p.r.t","max_loaded_at":"2026-01-01T00:00:00+00:00","snapshotted_at":"2026-01-01T00:00:10Z","max_loaded_at_time_ago_in_s":10.5,"status":"warn","criteria":{"warn_after":{"count":1,"period":"hour"},"error_after":{"count":null,"period":null},"filter":null},"execution_time":0.5,"thread_id":"T","timing":[]}]}`,
			dbt.Freshness{
				UniqueID: "source.p.r.t", Status: dbt.StatusWarn, StatusText: "warn", MaxLoadedAt: loaded, SnapshottedAt: loaded.Add(10 * time.Second),
				Age: 10500 * time.Millisecond, Criteria: &catalog.Criteria{WarnAfter: &catalog.Age{Count: 1, Period: "hour"}}, ExecutionTime: 500 * time.Millisecond, Thread: "T",
			},
		},
		"error": {`{"results":[{"unique_id":"source.p.r.t","error":"no table","status":"runtime error"}]}`, dbt.Freshness{UniqueID: "source.p.r.t", Status: dbt.StatusRuntimeError, StatusText: "runtime error", Error: "no table"}},
		"v0":    {`{"sources":{"source.p.r.t":{"max_loaded_at":"2026-01-01T00:00:00Z","state":"pass"}}}`, dbt.Freshness{UniqueID: "source.p.r.t", Status: dbt.StatusPass, StatusText: "pass", MaxLoadedAt: loaded}},
	} {
		t.Run(name, func(t *testing.T) {
			var list []*dbt.Freshness
			if _, _, err := dbt.ReadSources(context.Background(), strings.NewReader(c.text), dbt.ResultOptions{}, func(f *dbt.Freshness) error {
				list = append(list, f)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]*dbt.Freshness{&c.want}, list, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestKindMismatch sends every kind to every reader.
func TestKindMismatch(t *testing.T) {
	texts := map[dbt.Kind]string{
		dbt.Manifest:   `{"nodes":{"model.p.a":{"resource_type":"model"}},"macros":{},"parent_map":{}}`,
		dbt.Catalog:    `{"nodes":{"model.p.a":{"metadata":{"type":"view"},"columns":{},"stats":{}}},"sources":{},"errors":null}`,
		dbt.RunResults: `{"results":[{"unique_id":"a","status":"pass","timing":[],"message":null,"failures":0}],"elapsed_time":1,"args":{}}`,
		dbt.Sources:    `{"results":[{"unique_id":"a","status":"pass","max_loaded_at":"2026-01-01","criteria":{}}],"elapsed_time":1}`,
	}
	ctx := context.Background()
	for want, read := range map[dbt.Kind]func(string) error{
		dbt.Manifest: func(s string) error {
			_, _, err := dbt.ReadManifest(ctx, strings.NewReader(s), dbt.ManifestOptions{}, &recorder{})
			return err
		},
		dbt.Catalog: func(s string) error {
			_, _, _, err := dbt.ReadCatalog(ctx, strings.NewReader(s), dbt.CatalogOptions{}, &recorder{})
			return err
		},
		dbt.RunResults: func(s string) error {
			_, _, err := dbt.ReadRunResults(ctx, strings.NewReader(s), dbt.ResultOptions{}, func(*dbt.Result) error { return nil })
			return err
		},
		dbt.Sources: func(s string) error {
			_, _, err := dbt.ReadSources(ctx, strings.NewReader(s), dbt.ResultOptions{}, func(*dbt.Freshness) error { return nil })
			return err
		},
	} {
		for found, text := range texts {
			err := read(text)
			var e *dbt.Error
			switch {
			case found == want && err != nil:
				t.Errorf("%s: %v", want, err)
			case found != want && (!errors.As(err, &e) || e.Code != dbt.CodeKindMismatch || e.Found != string(found) || e.Expected != string(want)):
				t.Errorf("%s sent as %s: %v", found, want, err)
			}
		}
	}
}

// TestArgs reads what dbt was called with: no folder of its machine, no value of a variable.
func TestArgs(t *testing.T) {
	read := func(args string) dbt.Head {
		t.Helper()
		text := `{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/run-results/v6.json"},"results":[],"args":` + args + `}`
		head, _, err := dbt.ReadRunResults(context.Background(), strings.NewReader(text), dbt.ResultOptions{}, func(*dbt.Result) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		return head
	}
	if head := read(`{"flags":{"which":"build","target":"prod"}}`); head.Command != "build" || head.Target != "prod" {
		t.Errorf("among the flags: command %q, target %q", head.Command, head.Target)
	}
	head := read(`{"which":"build","select":["a+"],"exclude":null,"project_dir":"p","seed_dir":"/home/ana/p","other":"C:\\x","vars":{"token":"s3cret"},"invocation_command":"dbt build --vars 's3cret'","empty":false,"threads":4}`)
	if got, want := string(head.Args), `{"which":"build","select":["a+"],"vars":{"token":"***"},"empty":false,"threads":4}`; got != want || head.Empty {
		t.Errorf("%s, want %s; empty %v", got, want, head.Empty)
	}
	for args, empty := range map[string]bool{
		`{"which":"run","vars":"{token: s3cret}"}`:                       false,
		`{"which":"run","empty":true}`:                                   true,
		`{"which":"run","empty":"true"}`:                                 true,
		`{"which":"run","empty":"True"}`:                                 true,
		`{"which":"run","empty":1}`:                                      true,
		`{"which":"run","empty":"false","invocation_command":"--empty"}`: false,
		`{"which":"run","empty":null,"flags":{"EMPTY":true}}`:            true,
		`{"which":"run","flags":{"empty":"1"}}`:                          true,
		`{"which":"run","flags":{"empty":false}}`:                        false,
		`{"which":"run","flags":["--empty"]}`:                            true,
		`{"which":"run","flags":"--threads 4 --empty"}`:                  true,
		`{"which":"run","command":["dbt","run","--empty"]}`:              true,
		`{"which":"run","command":"dbt run --empty --no-empty"}`:         false,
		`{"which":"run","invocation_command":"dbt run --empty -s a"}`:    true,
		`{"which":"run","invocation_command":"dbt run -s x--emptyish"}`:  false,
		`[]`: false,
	} {
		head := read(args)
		if head.Empty != empty || strings.Contains(string(head.Args), "s3cret") {
			t.Errorf("%s: empty %v, args %s", args, head.Empty, head.Args)
		}
	}
}
