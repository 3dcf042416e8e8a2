package apitest

import (
	"encoding/json"
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/dbt/dbttest"
)

func TestBoards(t *testing.T) { boards(t, Options{}) }

func TestBoardsOnPostgres(t *testing.T) { boards(t, Options{Store: OnPostgres}) }

// What the API replies about tests and runs is what the demo's artifacts hold, read another way.
func boards(t *testing.T, o Options) {
	t.Helper()
	s := Start(t, o)
	key := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "shop")
	importShop(t, s, key, schema, false)
	importShop(t, s, key, schema, true)
	before, after := readResults(t, beforeResults), readResults(t, afterResults)
	for _, run := range []*ranResults{before, after} {
		t.Run(run.Metadata.InvocationID, func(t *testing.T) {
			id := runID(t, s, key, schema, run.Metadata.InvocationID)
			runReplies(t, s, key, id, run)
		})
	}
	testHistories(t, s, key, schema, []*ranResults{after, before})
}

// ranResults is run_results.json, as much of it as is compared.
type ranResults struct {
	Metadata struct {
		InvocationID string `json:"invocation_id"`
	} `json:"metadata"`
	Results []*ranNode `json:"results"`
}

type ranNode struct {
	ID       string `json:"unique_id"`
	Status   string `json:"status"`
	Failures *int   `json:"failures"`
	Timing   []struct {
		Name      string    `json:"name"`
		Started   time.Time `json:"started_at"`
		Completed time.Time `json:"completed_at"`
	} `json:"timing"`
	began, ended time.Time
}

func readResults(t *testing.T, file []byte) *ranResults {
	t.Helper()
	return resultsOf(t, unzipped(t, file))
}

func resultsOf(t *testing.T, text []byte) *ranResults {
	t.Helper()
	out := &ranResults{}
	if err := json.Unmarshal(text, out); err != nil {
		t.Fatal(err)
	}
	for _, r := range out.Results {
		for _, phase := range r.Timing {
			if phase.Name == "compile" || r.began.IsZero() {
				r.began = phase.Started
			}
			r.ended = phase.Completed
		}
	}
	return out
}

func runID(t *testing.T, s *Server, key, schema, invocation string) string {
	t.Helper()
	for _, run := range s.Get(t, "/api/v1/runs?artifact=run_results&schema_id="+schema, key).At(t, "data").([]any) {
		if At(run, "attributes.invocation_id") == invocation {
			return At(run, "id").(string)
		}
	}
	t.Fatalf("no run %s", invocation)
	return ""
}

func runReplies(t *testing.T, s *Server, key, id string, run *ranResults) {
	t.Helper()
	got := s.Get(t, "/api/v1/runs/"+id, key)
	want := map[string]float64{}
	for _, r := range run.Results {
		name := map[string]string{"pass": "success", "no-op": "skipped"}[r.Status]
		if name == "" {
			name = r.Status
		}
		want[name]++
	}
	for name, n := range want {
		if got.At(t, "data.attributes.counts."+name) != n {
			t.Errorf("%s: %v, want %v", name, got.At(t, "data.attributes.counts."+name), n)
		}
	}
	outcome := "success"
	if want["fail"]+want["error"] > 0 {
		outcome = "failed"
	} else if want["warn"] > 0 {
		outcome = "warned"
	}
	if got.At(t, "data.attributes.outcome") != outcome {
		t.Errorf("outcome %v, want %s", got.At(t, "data.attributes.outcome"), outcome)
	}
	for _, class := range []string{"warn", "fail", "error", "skipped"} {
		if total := s.Get(t, "/api/v1/runs/"+id+"?class="+class, key).At(t, "meta.total"); total != want[class] {
			t.Errorf("class %s: %v results, want %v", class, total, want[class])
		}
	}
	path := s.Get(t, "/api/v1/runs/"+id+"/critical_path", key)
	var steps []string
	for _, step := range path.At(t, "data.attributes.steps").([]any) {
		steps = append(steps, At(step, "unique_id").(string))
	}
	manifest := beforeManifest
	if run.Metadata.InvocationID == readResults(t, afterResults).Metadata.InvocationID {
		manifest = afterManifest
	}
	if wanted := criticalPath(t, run, manifest); !slices.Equal(steps, wanted) {
		t.Errorf("critical path %v, want %v", steps, wanted)
	}
	stepsReply(t, s, key, id, run)
	for _, r := range run.Results {
		named := slices.ContainsFunc(path.At(t, "data.attributes.operations").([]any), func(o any) bool { return At(o, "unique_id") == r.ID })
		if named != strings.HasPrefix(r.ID, "operation.") {
			t.Errorf("%s among the operations: %v", r.ID, named)
		}
	}
}

// The operations of both hooks are steps of a run, whichever version of dbt wrote it.
func TestHooksAreSteps(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, s *Server) {
		key := s.Key(t, access.AdminWorkspace)
		for name, artifacts := range dbttest.Projects(t) {
			if artifacts["run_results.json"] == nil {
				continue // a project that was compiled alone
			}
			schema := s.Schema(t, name)
			s.Import(t, key, schema, File("manifest", "m", artifacts["manifest.json"]), File("run_results", "r", artifacts["run_results.json"]))
			run := resultsOf(t, artifacts["run_results.json"])
			stepsReply(t, s, key, runID(t, s, key, schema, run.Metadata.InvocationID), run)
		}
	})
}

// stepsReply compares the steps of a run with its results.
func stepsReply(t *testing.T, s *Server, key, id string, run *ranResults) {
	t.Helper()
	type step struct {
		Step, ID, Hook string
		Results        float64
		Seconds        float64
	}
	seconds := func(from, to time.Time) float64 {
		return math.Round(1e6*to.Truncate(time.Microsecond).Sub(from.Truncate(time.Microsecond)).Seconds()) / 1e6
	}
	var want []step
	var from, to time.Time
	nodes := step{Step: "nodes"}
	for _, r := range run.Results {
		if _, name, ok := strings.Cut(strings.TrimPrefix(r.ID, "operation."), "-"); ok && strings.HasPrefix(r.ID, "operation.") {
			want = append(want, step{Step: name[:len(name)-2], ID: r.ID, Hook: name[:len(name)-2], Results: 1, Seconds: seconds(r.began, r.ended)})
			continue
		}
		nodes.Results++
		if r.began.IsZero() {
			continue
		}
		if from.IsZero() || r.began.Before(from) {
			from = r.began
		}
		if r.ended.After(to) {
			to = r.ended
		}
	}
	nodes.Seconds = seconds(from, to)
	want = append(want, nodes)
	slices.SortStableFunc(want, func(a, b step) int { return strings.Compare(stepOrder(a.Step), stepOrder(b.Step)) })
	var got []step
	counted := map[string]float64{}
	for _, v := range s.Get(t, "/api/v1/runs/"+id+"/steps", key).At(t, "data.attributes.steps").([]any) {
		one := step{Step: At(v, "step").(string), Results: At(v, "results").(float64), Seconds: math.Round(1e6*At(v, "seconds").(float64)) / 1e6}
		if At(v, "unique_id") != nil {
			one.ID = At(v, "unique_id").(string)
			operation := s.Get(t, "/api/v1/assets/"+At(v, "asset").(string), key)
			if operation.At(t, "data.attributes.dbt.unique_id") != one.ID {
				t.Errorf("asset of %s: %s", one.ID, operation.Body)
			}
			one.Hook = operation.At(t, "data.attributes.hook").(string)
		}
		got = append(got, one)
		for class, n := range numbers(At(v, "counts")) {
			counted[class] += n
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(numbers(s.Get(t, "/api/v1/runs/"+id, key).At(t, "data.attributes.counts")), counted); diff != "" {
		t.Errorf("counts of all steps (-want +got)\n%s", diff)
	}
}

func stepOrder(step string) string {
	return map[string]string{"on-run-start": "a", "nodes": "b", "on-run-end": "c"}[step]
}

// criticalPath works out the path from the graph as the manifest has it.
func criticalPath(t *testing.T, run *ranResults, manifest []byte) []string {
	t.Helper()
	var m struct {
		Parents map[string][]string `json:"parent_map"`
	}
	if err := json.Unmarshal(unzipped(t, manifest), &m); err != nil {
		t.Fatal(err)
	}
	var upstream func(id string, into map[string]bool)
	upstream = func(id string, into map[string]bool) {
		for _, p := range m.Parents[id] {
			if !into[p] {
				into[p] = true
				upstream(p, into)
			}
		}
	}
	results := map[string]*ranNode{}
	var last *ranNode
	for _, r := range run.Results {
		results[r.ID] = r
		if !r.ended.IsZero() && !strings.HasPrefix(r.ID, "operation.") && (last == nil || r.ended.After(last.ended)) {
			last = r
		}
	}
	var path []string
	for last != nil {
		path = append(path, last.ID)
		waits := slices.Clone(m.Parents[last.ID])
		if !strings.HasPrefix(last.ID, "test.") {
			above := map[string]bool{}
			upstream(last.ID, above)
			for id := range results {
				tests := strings.HasPrefix(id, "test.") && slices.ContainsFunc(m.Parents[id], func(p string) bool { return slices.Contains(m.Parents[last.ID], p) })
				if tests && !slices.ContainsFunc(m.Parents[id], func(p string) bool { return !above[p] }) {
					waits = append(waits, id)
				}
			}
		}
		var before *ranNode
		for _, id := range waits {
			if r := results[id]; r != nil && !r.ended.IsZero() && !r.ended.After(last.began) && (before == nil || r.ended.After(before.ended)) {
				before = r
			}
		}
		last = before
	}
	slices.Reverse(path)
	return path
}

func testHistories(t *testing.T, s *Server, key, schema string, newestFirst []*ranResults) {
	t.Helper()
	tests := s.all(t, key, "/api/v1/tests?limit=200&schema_id="+schema, "attributes.unique_id")
	if len(tests) < 20 {
		t.Fatalf("%d tests", len(tests))
	}
	for _, named := range tests {
		id := named.(string)
		path := "/api/v1/tests/" + url.PathEscape(id)
		at := "schema_id=" + schema
		var want []string
		for _, run := range newestFirst {
			for _, r := range run.Results {
				if r.ID == id {
					want = append(want, run.Metadata.InvocationID+" "+r.Status)
				}
			}
		}
		var got []string
		for next := path + "/history?limit=1&" + at; next != ""; {
			page := s.Get(t, next, key)
			for _, r := range page.At(t, "data").([]any) {
				got = append(got, At(r, "attributes.invocation_id").(string)+" "+At(r, "attributes.status").(string))
			}
			next, _ = page.At(t, "links.next").(string)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
		label := s.Get(t, path+"?"+at, key).At(t, "data.id").(string)
		if of := s.Get(t, "/api/v1/tests/"+label, key).At(t, "data.attributes.unique_id"); of != id {
			t.Errorf("%s is %v", label, of)
		}
		first := s.Get(t, "/api/v1/tests/"+label+"/history?at=1", key).At(t, "meta.total")
		if len(want) == 2 && first != float64(1) {
			t.Errorf("%s: %v results at version 1", id, first)
		}
	}
}
