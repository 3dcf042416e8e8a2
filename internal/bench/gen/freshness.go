package gen

import (
	"io"
	"time"
)

// WriteSources writes sources.json of "dbt source freshness", as a stream: most
// tables are fresh, some late, a few stale.
func (p *Plan) WriteSources(out io.Writer) error {
	w := newJSONWriter(out)
	w.open('{')
	p.metadata(w, "sources/v3", "source freshness", 50_000, nil)
	w.key("results")
	w.open('[')
	for s := range p.sources {
		p.freshness(w, s)
	}
	w.close(']')
	w.key("elapsed_time")
	w.float(4.25, 6)
	w.close('}')
	return w.end()
}

func (p *Plan) freshness(w *jsonWriter, s int) {
	status, hours := "pass", 1
	switch r := newRandom(p.project.Seed, "freshness", s); {
	case r.percent(3):
		status, hours = "error", 30+r.below(100)
	case r.percent(6):
		status, hours = "warn", 13+r.below(10)
	}
	checked := p.at(45_000 + s)
	age := time.Duration(hours) * time.Hour
	w.open('{')
	w.text("unique_id", p.uniqueID(parent(^s)))
	w.text("max_loaded_at", checked.Add(-age).Format(time.RFC3339Nano))
	w.text("snapshotted_at", checked.Format(time.RFC3339Nano))
	w.key("max_loaded_at_time_ago_in_s")
	w.float(age.Seconds(), 1)
	w.text("status", status)
	w.literal("criteria", `{"warn_after": {"count": 12, "period": "hour"}, "error_after": {"count": 24, "period": "hour"}, "filter": null}`)
	w.literal("adapter_response", "{}")
	p.timing(w, 45_000+s, 20, s)
	w.close('}')
}
