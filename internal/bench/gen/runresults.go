package gen

import (
	"fmt"
	"io"
)

// threads that a run has.
const threads = 8

// WriteRunResults writes run_results.json of "dbt build", as a stream. All models
// succeed; about one test in a hundred fails or, for relationships, warns.
func (p *Plan) WriteRunResults(out io.Writer) error {
	w := newJSONWriter(out)
	w.open('{')
	p.metadata(w, "run-results/v6", "build", 40_000, nil)
	w.key("results")
	w.open('[')
	started := 5_000
	p.eachModel(func(i int) {
		started += p.modelResult(w, i, started)
		for _, t := range p.dataTests(i) {
			p.testResult(w, i, t, started)
		}
	})
	w.close(']')
	w.key("elapsed_time")
	w.float(float64(started)/1000, 6)
	w.literal("args", `{"which": "build", "select": [], "exclude": [], "full_refresh": false, "threads": 8}`)
	w.close('}')
	return w.end()
}

// modelResult returns the milliseconds until the next model starts.
func (p *Plan) modelResult(w *jsonWriter, i, started int) int {
	r := newRandom(p.project.Seed, "duration", i+p.project.Churn.Run<<20)
	took := 20 + r.below(2_000)
	w.open('{')
	w.text("status", "success")
	p.timing(w, started, took, i)
	message := "SELECT 1"
	if p.models[i].materialized() == "view" {
		message = "CREATE VIEW"
	}
	w.literal("adapter_response", `{"_message": "`+message+`", "code": "`+message[:6]+`", "rows_affected": 1}`)
	w.text("message", message)
	w.literal("failures", "null")
	w.text("unique_id", p.uniqueID(parent(i)))
	w.literal("compiled", "true")
	w.text("compiled_code", string(p.appendSQL(nil, i, false)))
	w.text("relation_name", p.relationName(parent(i)))
	w.literal("batch_results", "null")
	w.close('}')
	return 1 + took/threads
}

func (p *Plan) testResult(w *jsonWriter, i int, t dataTest, started int) {
	name := p.testName(i, t)
	status, message, failures := "pass", "null", 0
	if r := newRandom(p.project.Seed, name, 0); r.percent(1) {
		failures = 2 + r.below(50)
		status = "fail"
		if t.severity() == "WARN" {
			status = "warn"
		}
		message = fmt.Sprintf(`"Got %d results, configured to %s if != 0"`, failures, status)
	}
	w.open('{')
	w.text("status", status)
	p.timing(w, started, 20, i)
	w.literal("adapter_response", `{"_message": "SELECT 1", "code": "SELECT", "rows_affected": 1}`)
	w.literal("message", message)
	w.count("failures", failures)
	w.text("unique_id", p.testID(name))
	w.literal("compiled", "true")
	w.text("compiled_code", p.testSQL(i, t))
	w.pairs("relation_name", "null", "batch_results", "null")
	w.close('}')
}

func (p *Plan) timing(w *jsonWriter, started, took, i int) {
	w.key("timing")
	w.open('[')
	for _, step := range [...]struct {
		name     string
		from, to int
	}{{"compile", started, started + 3}, {"execute", started + 4, started + took}} {
		w.open('{')
		w.text("name", step.name)
		w.text("started_at", p.at(step.from).Format(timeLayout))
		w.text("completed_at", p.at(step.to).Format(timeLayout))
		w.close('}')
	}
	w.close(']')
	w.text("thread_id", "Thread-"+string(rune('1'+i%threads))+" (worker)")
	w.key("execution_time")
	w.float(float64(took)/1000, 6)
}
