package apitest

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/thalweg-data/thalweg/internal/access"
)

func TestTrends(t *testing.T) { trends(t, Options{}) }

func TestTrendsOnPostgres(t *testing.T) { trends(t, Options{Store: OnPostgres}) }

// What the API replies of durations and outcomes over time is what the artifacts that were sent add up to.
func trends(t *testing.T, o Options) {
	t.Helper()
	s := Start(t, o)
	key := s.Key(t, access.AdminWorkspace)
	schema := s.Schema(t, "shop")
	sent := sendRuns(t, s, key, schema)
	t.Run("slow-downs", func(t *testing.T) {
		for _, factor := range []float64{1, 1.5, 3} {
			got := map[string]float64{}
			path := fmt.Sprintf("/api/v1/slowdowns?limit=7&seconds=0.25&factor=%v&schema_id=%s", factor, schema)
			last := math.Inf(1)
			for path != "" {
				page := s.Get(t, path, key)
				if from := page.At(t, "meta.from.runs"); from != float64(len(sent)) {
					t.Fatalf("from %v runs", from)
				}
				for _, row := range page.At(t, "data").([]any) {
					more := At(row, "attributes.more_seconds").(float64)
					if more > last {
						t.Errorf("not in order: %v after %v", more, last)
					}
					last = more
					got[At(row, "attributes.unique_id").(string)] = more
				}
				path, _ = page.At(t, "links.next").(string)
			}
			if diff := cmp.Diff(slow(sent, factor, 0.25), got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
				t.Errorf("factor %v: (-want +got)\n%s", factor, diff)
			}
		}
	})
	t.Run("durations of a node", func(t *testing.T) {
		id := tableID(t, s, key, schema, "model.shop.fct_orders")
		for i, row := range s.Get(t, "/api/v1/assets/"+id+"/runs?limit=200", key).At(t, "data").([]any) {
			var former []float64
			for n := len(sent) - 2 - i; n >= max(0, len(sent)-1-i-20); n-- {
				if r := sent[n].results["model.shop.fct_orders"]; r.status == "success" {
					former = append(former, r.seconds)
				}
			}
			usual, _ := At(row, "attributes").(map[string]any)["usual"].(map[string]any)
			if len(former) < 3 {
				if usual != nil {
					t.Errorf("row %d: %v of %d", i, usual, len(former))
				}
				continue
			}
			if usual == nil || math.Abs(usual["median"].(float64)-median(former)) > 1e-9 || usual["of"] != float64(len(former)) {
				t.Errorf("row %d: %v, want %v of %d", i, usual, median(former), len(former))
			}
		}
	})
	t.Run("durations of runs", func(t *testing.T) {
		rows := s.Get(t, "/api/v1/runs?artifact=run_results&limit=200&schema_id="+schema, key).At(t, "data").([]any)
		for i, row := range rows {
			n := len(sent) - 1 - i
			var former []float64
			for _, run := range sent[max(0, n-20):n] {
				former = append(former, run.elapsed)
			}
			usual, _ := At(row, "attributes.usual").(map[string]any)
			if len(former) >= 3 != (usual != nil) || usual != nil && usual["median"] != median(former) {
				t.Errorf("run %d: %v, want %v of %d", n, usual, former, len(former))
			}
		}
		sorted := s.all(t, key, "/api/v1/runs?artifact=run_results&limit=3&sort=-elapsed&schema_id="+schema, "attributes.elapsed")
		if len(sorted) != len(sent) || !slices.IsSortedFunc(sorted, func(a, b any) int { return int(b.(float64) - a.(float64)) }) {
			t.Errorf("by elapsed: %v", sorted)
		}
	})
	t.Run("flaky tests", func(t *testing.T) {
		for _, least := range []int{1, 2, 4} {
			got := map[string][3]float64{}
			for _, row := range s.Get(t, fmt.Sprintf("/api/v1/flaky_tests?limit=200&changes=%d&schema_id=%s", least, schema), key).At(t, "data").([]any) {
				of := func(name string) float64 { return At(row, "attributes.stability."+name).(float64) }
				got[At(row, "attributes.unique_id").(string)] = [3]float64{of("executions"), of("changes"), of("without_code_change")}
			}
			want := flakyTests(sent, least)
			if len(want) == 0 {
				t.Fatalf("no flaky test with %d changes", least)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%d changes: (-want +got)\n%s", least, diff)
			}
		}
	})
	t.Run("sorted tests", func(t *testing.T) {
		newest := sent[len(sent)-1].results
		for _, sort := range []string{"-execution_time", "execution_time", "status", "unique_id", "-completed_at", "-failures"} {
			ids := s.all(t, key, "/api/v1/tests?limit=9&sort="+sort+"&schema_id="+schema, "attributes.unique_id")
			if want := s.all(t, key, "/api/v1/tests?limit=200&schema_id="+schema, "attributes.unique_id"); len(ids) != len(want) {
				t.Fatalf("%s: %d of %d", sort, len(ids), len(want))
			}
			value := func(id any) float64 {
				r := newest[id.(string)]
				switch {
				case strings.Contains(sort, "execution_time") && r.status != "":
					return r.seconds
				case sort == "status":
					return float64(slices.Index([]string{"error", "fail", "warn", "skipped", "pass", ""}, r.status))
				}
				return 0
			}
			compare := func(a, b any) int {
				d := value(a) - value(b)
				if strings.HasPrefix(sort, "-") {
					d = -d
				}
				if sort == "unique_id" {
					return strings.Compare(a.(string), b.(string))
				}
				return int(math.Copysign(math.Ceil(math.Abs(d)), d))
			}
			if !slices.IsSortedFunc(ids, compare) {
				t.Errorf("%s: %v", sort, ids)
			}
		}
	})
}

type sentRun struct {
	results map[string]sentResult
	elapsed float64
	code    map[string]int // of the nodes whose code changed: how often until then
	parents map[string][]string
}

type sentResult struct {
	status  string
	seconds float64
}

// sendRuns sends 14 builds of the demo, some with another code of a model, and with results that go up and down.
func sendRuns(t *testing.T, s *Server, key, schema string) (sent []sentRun) {
	t.Helper()
	begin := time.Date(2026, 10, 1, 5, 0, 0, 0, time.UTC)
	code := map[string]int{}
	for n := range 14 {
		manifest, results := document(t, afterManifest), document(t, afterResults)
		at := begin.Add(time.Duration(n) * time.Hour)
		stamp := func(doc map[string]any, at time.Time) {
			meta := doc["metadata"].(map[string]any)
			meta["generated_at"], meta["invocation_id"] = at.Format(time.RFC3339), fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
		}
		stamp(manifest, at)
		stamp(results, at.Add(10*time.Minute))
		if n == 4 || n == 9 {
			code["model.shop.stg_orders"]++
		}
		if n == 7 {
			code["model.shop.dim_products"]++
		}
		for id, times := range code {
			model := manifest["nodes"].(map[string]any)[id].(map[string]any)
			model["raw_code"] = model["raw_code"].(string) + strings.Repeat("\n-- changed", times)
			model["checksum"] = map[string]any{"name": "sha256", "checksum": fmt.Sprintf("%064d", times)}
		}
		run := sentRun{results: map[string]sentResult{}, elapsed: float64(100 + n*7%5), code: map[string]int{}, parents: map[string][]string{}}
		for id, times := range code {
			run.code[id] = times
		}
		for id, of := range manifest["parent_map"].(map[string]any) {
			for _, parent := range of.([]any) {
				run.parents[id] = append(run.parents[id], parent.(string))
			}
		}
		results["elapsed_time"] = run.elapsed
		for i, r := range results["results"].([]any) {
			r := r.(map[string]any)
			id, seconds := r["unique_id"].(string), 0.5+float64((n*n*31+i*17+n*i)%23)/10
			status := r["status"].(string)
			if strings.HasPrefix(id, "test.") {
				status = []string{"pass", "pass", "pass", "fail", "warn", "pass", "error", "skipped"}[(n*(i%7)+i/7)%8]
				if i%3 == 0 {
					status = "pass"
				}
				r["failures"] = map[string]any{"fail": 2, "warn": 1, "pass": 0}[status]
			} else if strings.HasPrefix(id, "model.") {
				status = []string{"success", "success", "error", "success", "skipped"}[(n+i)%5]
			}
			r["status"], r["execution_time"] = status, seconds
			for _, phase := range r["timing"].([]any) {
				phase := phase.(map[string]any)
				phase["started_at"], phase["completed_at"] = at.Add(time.Second).Format(time.RFC3339), at.Add(time.Minute).Format(time.RFC3339)
			}
			run.results[id] = sentResult{status, seconds}
		}
		s.Import(t, key, schema, File("manifest", "manifest.json", encoded(t, manifest)), File("run_results", "run_results.json", encoded(t, results)))
		sent = append(sent, run)
	}
	return sent
}

func document(t *testing.T, zipped []byte) (doc map[string]any) {
	t.Helper()
	if err := json.Unmarshal(unzipped(t, zipped), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func encoded(t *testing.T, doc any) []byte {
	t.Helper()
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func median(of []float64) float64 {
	of = slices.Sorted(slices.Values(of))
	return (of[(len(of)-1)/2] + of[len(of)/2]) / 2
}

// slow works out how much longer nodes took than they usually do.
func slow(sent []sentRun, factor, least float64) map[string]float64 {
	ran := func(r sentResult) bool { return slices.Contains([]string{"success", "pass", "warn", "fail"}, r.status) }
	out := map[string]float64{}
	for id := range sent[0].results {
		newest := len(sent) - 1
		for newest >= 0 && !ran(sent[newest].results[id]) {
			newest--
		}
		var former []float64
		for n := newest - 1; n >= 0; n-- {
			if r := sent[n].results[id]; ran(r) {
				former = append(former, r.seconds)
			}
		}
		if len(former) < 3 {
			continue
		}
		usual, seconds := median(former), sent[newest].results[id].seconds
		if seconds >= factor*usual && seconds-usual >= least {
			out[id] = seconds - usual
		}
	}
	return out
}

// flakyTests works out executions, changes of outcome, and those of them without a change of the code upstream.
func flakyTests(sent []sentRun, least int) map[string][3]float64 {
	out := map[string][3]float64{}
	for id := range sent[0].results {
		if !strings.HasPrefix(id, "test.") {
			continue
		}
		var of [3]float64
		before := -1
		for n, run := range sent {
			if run.results[id].status == "skipped" {
				continue
			}
			of[0]++
			if before >= 0 && sent[before].results[id].status != run.results[id].status {
				of[1]++
				if !codeChanged(sent[before], run, id, map[string]bool{}) {
					of[2]++
				}
			}
			before = n
		}
		if of[2] >= float64(least) {
			out[id] = of
		}
	}
	return out
}

func codeChanged(a, b sentRun, id string, seen map[string]bool) bool {
	if seen[id] {
		return false
	}
	seen[id] = true
	return a.code[id] != b.code[id] || slices.ContainsFunc(b.parents[id], func(p string) bool { return codeChanged(a, b, p, seen) })
}
