package inspect

import (
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// RunStats are the counts of run results.
type RunStats struct {
	Origin
	Results               int            `json:"results"`
	Status                Counts         `json:"status"`  // the twelve most frequent
	ByType                Counts         `json:"by_type"` // by the first part of the unique id
	ElapsedTime           jsontext.Value `json:"elapsed_time"`
	ExecutionTimeSum      float64        `json:"execution_time_sum"` // seconds
	FailuresSum           int64          `json:"failures_sum"`
	FailuresNull          int            `json:"failures_null"`
	TimingEmpty           int            `json:"timing_empty"`
	AdapterKeys           Counts         `json:"adapter_keys"` // the twelve most frequent
	CompiledCodeInResults int            `json:"compiled_code_in_results"`
	RelationNameInResults int            `json:"relation_name_in_results"`
	Command               jsontext.Value `json:"command"`
	DuplicateIDs          int            `json:"duplicate_ids"`
	Oddities              Counts         `json:"oddities,omitempty"`
}

// SourcesStats are the counts of the results of source freshness.
type SourcesStats struct {
	Origin
	Results         int    `json:"results"`
	Status          Counts `json:"status"`
	WithMaxLoadedAt int    `json:"with_max_loaded_at"`
	Oddities        Counts `json:"oddities,omitempty"`
}

// runTally tallies run results.
type runTally struct {
	n                          int
	ids                        []string // JSON of the unique id; "" for none
	status, byType, adapter    tally
	seconds, lost              float64 // sum, and what rounding took from it
	failures                   int64
	noFailures, noTiming       int
	compiledCode, relationName int
}

func (t *runTally) result(v dbt.Value) {
	if v.Kind() != '{' {
		return
	}
	t.n++
	id := v.Get("unique_id")
	if !truthy(id) {
		id = v.Get("node").Get("unique_id")
	}
	t.ids = append(t.ids, idText(id))
	t.status.add(plain(v.Get("status")))
	kind, _, _ := strings.Cut(plain(id), ".")
	t.byType.add(kind)
	if f, ok := v.Get("execution_time").Float(); ok {
		t.addSeconds(f)
	}
	t.addFailures(v.Get("failures"))
	t.noTiming += b2i(!truthy(v.Get("timing")))
	for name := range v.Get("adapter_response").Members {
		t.adapter.add(string(name))
	}
	t.compiledCode += b2i(truthy(v.Get("compiled_code")))
	t.relationName += b2i(truthy(v.Get("relation_name")))
}

func (t *runTally) addFailures(v dbt.Value) {
	switch k := v.Kind(); {
	case v.IsAbsent():
		t.noFailures++
	case k == 't':
		t.failures++
	default:
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			t.failures += n
		}
	}
}

// addSeconds adds without losing addends that are small compared to the sum (Neumaier).
func (t *runTally) addSeconds(f float64) {
	sum := t.seconds + f
	if math.Abs(t.seconds) >= math.Abs(f) {
		t.lost += t.seconds - sum + f
	} else {
		t.lost += f - sum + t.seconds
	}
	t.seconds = sum
}

func (t *runTally) stats(o Origin, elapsed, args dbt.Value) *RunStats {
	distinctIDs := map[string]bool{}
	for _, id := range t.ids {
		distinctIDs[id] = true
	}
	// The shortest text of three decimals that is nearest to the sum.
	sum, _ := strconv.ParseFloat(strconv.FormatFloat(t.seconds+t.lost, 'f', 3, 64), 64)
	return &RunStats{
		Origin: o, Results: t.n, Status: t.status.most(12), ByType: t.byType.most(0), ElapsedTime: written(elapsed),
		ExecutionTimeSum: sum, FailuresSum: t.failures, FailuresNull: t.noFailures, TimingEmpty: t.noTiming,
		AdapterKeys: t.adapter.most(12), CompiledCodeInResults: t.compiledCode, RelationNameInResults: t.relationName,
		Command: written(args.Get("which")), DuplicateIDs: len(t.ids) - len(distinctIDs),
	}
}

// idText returns the text of a unique id; "" for none.
func idText(v dbt.Value) string {
	if v.IsAbsent() {
		return ""
	}
	return plain(v)
}

// freshTally is what is remembered of one source.
type freshTally struct {
	status string
	loaded bool
}

func freshTallyOf(v dbt.Value) freshTally {
	status := v.Get("status")
	f := freshTally{status: plain(status), loaded: truthy(v.Get("max_loaded_at"))}
	if !truthy(status) {
		f.status = "None"
		if truthy(v.Get("error")) {
			f.status = string(dbt.StatusRuntimeError)
		}
	}
	return f
}

// sourcesTally tallies results of source freshness, in either shape.
type sourcesTally struct{ results, sources []freshTally }

func (t *sourcesTally) stats(o Origin, list bool) *SourcesStats {
	all := t.sources
	if list {
		all = t.results
	}
	st := &SourcesStats{Origin: o, Results: len(all)}
	var status tally
	for _, f := range all {
		status.add(f.status)
		st.WithMaxLoadedAt += b2i(f.loaded)
	}
	st.Status = status.most(0)
	return st
}
