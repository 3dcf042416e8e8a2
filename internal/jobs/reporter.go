package jobs

import (
	"sync"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// maxIssues bounds the issues that a report keeps; the total is counted.
const maxIssues = 1000

// Reporter collects the report of a job. It is written by the work and read by the
// heartbeat, which shows it live.
type Reporter struct {
	mu     sync.Mutex
	now    func() time.Time
	report catalog.Report
	began  time.Time
	index  map[issueKey]int
	dirty  bool
}

type issueKey struct{ code, uniqueID, place string }

// NewReporter returns an empty report.
func NewReporter(now func() time.Time) *Reporter {
	return &Reporter{now: now, index: map[issueKey]int{}, report: catalog.Report{Counts: map[string]int64{}}}
}

// Stage closes the running stage and opens the next.
func (r *Reporter) Stage(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.close("done")
	r.began = r.now()
	r.report.Stages = append(r.report.Stages, catalog.Stage{Name: name, State: "running"})
	r.dirty = true
}

func (r *Reporter) close(state string) {
	n := len(r.report.Stages)
	if n == 0 || r.report.Stages[n-1].State != "running" {
		return
	}
	s := &r.report.Stages[n-1]
	s.State = state
	s.MS = float64(r.now().Sub(r.began).Microseconds()) / 1000
}

// Progress shows how far the running stage is.
func (r *Reporter) Progress(done, total int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.report.Stages); n > 0 {
		s := &r.report.Stages[n-1]
		s.Done, s.Total = done, total
		s.MS = float64(r.now().Sub(r.began).Microseconds()) / 1000
		r.dirty = true
	}
}

// Count sets one of the report's figures.
func (r *Reporter) Count(name string, n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Counts[name] = n
	r.dirty = true
}

// Add adds to one of the report's figures.
func (r *Reporter) Add(name string, n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Counts[name] += n
	r.dirty = true
}

// Counted returns one of the report's figures; 0 if it was not set.
func (r *Reporter) Counted(name string) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.report.Counts[name]
}

// Issue records a problem; equal ones are folded into a count.
func (r *Reporter) Issue(i catalog.Issue) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := max(i.Count, 1)
	r.report.IssuesTotal += n
	r.dirty = true
	k := issueKey{i.Code, i.UniqueID, i.Place}
	if at, ok := r.index[k]; ok {
		r.report.Issues[at].Count += n
		return
	}
	if len(r.report.Issues) >= maxIssues {
		return
	}
	i.Count = n
	r.index[k] = len(r.report.Issues)
	r.report.Issues = append(r.report.Issues, i)
}

// End closes the report with an outcome.
func (r *Reporter) End(outcome string) catalog.Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	state := "done"
	if outcome == catalog.OutcomeFailed || outcome == catalog.OutcomeCanceled {
		state = "failed"
	}
	r.close(state)
	r.report.Outcome = outcome
	return r.copy()
}

// Changed returns the report if something was added since the last call.
func (r *Reporter) Changed() (catalog.Report, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.dirty {
		return catalog.Report{}, false
	}
	r.dirty = false
	return r.copy(), true
}

func (r *Reporter) copy() catalog.Report {
	c := r.report
	c.Stages = append([]catalog.Stage(nil), c.Stages...)
	c.Issues = append([]catalog.Issue(nil), c.Issues...)
	c.Counts = make(map[string]int64, len(r.report.Counts))
	for k, v := range r.report.Counts {
		c.Counts[k] = v
	}
	return c
}
