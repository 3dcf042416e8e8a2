package dbt

import (
	"context"
	"io"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Freshness is how fresh one source was found to be by dbt source freshness.
type Freshness struct {
	UniqueID      string
	Status        Status // pass, warn, error or runtime error
	StatusText    string // as written
	Error         string // where the source could not be queried
	MaxLoadedAt   time.Time
	SnapshottedAt time.Time
	Age           time.Duration     // at the time of the snapshot
	Criteria      *catalog.Criteria // nil where none is given
	ExecutionTime time.Duration
	Thread        string
	Timing        []Timing
	Adapter       AdapterResponse
}

// ReadSources reads the results of dbt source freshness from r and calls fn for each, in the order of the
// file.
func ReadSources(ctx context.Context, r io.Reader, opt ResultOptions, fn func(*Freshness) error) (Head, []Issue, error) {
	return readResults(ctx, r, Sources, opt, (*decoder).freshness, fn)
}

func (d *decoder) freshness(id string, v value) *Freshness {
	f := &Freshness{UniqueID: id}
	d.about = orText(v.get("unique_id").str(), id)
	for _, m := range d.load() {
		switch string(m.name) {
		case "unique_id":
			f.UniqueID = d.name("unique_id", m.val)
		case "status", "state":
			f.StatusText = d.name("status", m.val)
		case "error":
			f.Error = d.text("error", m.val)
		case "max_loaded_at":
			f.MaxLoadedAt = parseTime(m.val.str())
		case "snapshotted_at":
			f.SnapshottedAt = parseTime(m.val.str())
		case "max_loaded_at_time_ago_in_s":
			f.Age = d.seconds("max_loaded_at_time_ago_in_s", m.val)
		case "criteria":
			f.Criteria = d.criteria("criteria", m.val)
		case "execution_time":
			f.ExecutionTime = d.seconds("execution_time", m.val)
		case "thread_id":
			f.Thread = d.name("thread_id", m.val)
		case "timing":
			f.Timing = d.timing(m.val)
		case "adapter_response":
			f.Adapter = d.adapterResponse(m.val)
		}
	}
	if f.StatusText == "" && f.Error != "" {
		f.StatusText = string(StatusRuntimeError)
	}
	if f.Status = parseStatus(f.StatusText); f.Status == StatusUnknown {
		d.note(IssueStatusUnknown, "status", "the status "+shorten(f.StatusText, 60)+" is unknown", "")
	}
	if f.UniqueID == "" {
		d.note(IssueUniqueIDMissing, "unique_id", "a result has no unique_id of a source", remedyRewrite)
	}
	return f
}
