package jobs

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// steps is a clock that a test sets.
type steps struct{ t time.Time }

func (s *steps) now() time.Time { return s.t }

func (s *steps) pass(d time.Duration) { s.t = s.t.Add(d) }

func TestReporterTimesItsStages(t *testing.T) {
	clock := &steps{time.Date(2026, 11, 2, 6, 0, 0, 0, time.UTC)}
	r := NewReporter(clock.now)
	r.Progress(1, 2) // no stage is running: nothing to show it at
	if _, changed := r.Changed(); changed {
		t.Error("progress without a stage changed the report")
	}
	r.Stage("read")
	clock.pass(1500 * time.Millisecond)
	r.Progress(3, 10)
	got, changed := r.Changed()
	want := []catalog.Stage{{Name: "read", State: "running", MS: 1500, Done: 3, Total: 10}}
	if !changed || !reflect.DeepEqual(got.Stages, want) {
		t.Errorf("live: %v, %+v, want %+v", changed, got.Stages, want)
	}
	clock.pass(500 * time.Millisecond)
	r.Stage("write")
	clock.pass(250 * time.Microsecond)
	ended := r.End(catalog.OutcomeFailed)
	want = []catalog.Stage{
		{Name: "read", State: "done", MS: 2000, Done: 3, Total: 10},
		{Name: "write", State: "failed", MS: 0.25},
	}
	if !reflect.DeepEqual(ended.Stages, want) || ended.Outcome != catalog.OutcomeFailed {
		t.Errorf("ended: %+v, want %+v", ended, want)
	}
}

func TestReporterEndsAStageAsTheJobEnds(t *testing.T) {
	for outcome, state := range map[string]string{
		"applied": "done", catalog.OutcomeFailed: "failed", catalog.OutcomeCanceled: "failed",
	} {
		r := NewReporter(time.Now)
		r.Stage("read")
		if got := r.End(outcome).Stages[0].State; got != state {
			t.Errorf("%s: the stage is %s, want %s", outcome, got, state)
		}
	}
}

func TestReporterCounts(t *testing.T) {
	r := NewReporter(time.Now)
	if n := r.Counted("nodes"); n != 0 {
		t.Errorf("a figure that was not set is %d", n)
	}
	r.Count("nodes", 7)
	r.Add("nodes", 5)
	r.Add("edges", 1)
	first, changed := r.Changed()
	if !changed || first.Counts["nodes"] != 12 || first.Counts["edges"] != 1 || r.Counted("nodes") != 12 {
		t.Errorf("%v, %v", changed, first.Counts)
	}
	if _, changed := r.Changed(); changed {
		t.Error("nothing was added, and the report changed")
	}
	// A report that was handed out is a copy: it stays as it was shown.
	r.Add("nodes", 1)
	if first.Counts["nodes"] != 12 {
		t.Error("a report that was handed out changed")
	}
}

func TestReporterFoldsIssues(t *testing.T) {
	r := NewReporter(time.Now)
	r.Issue(catalog.Issue{Code: "sql", UniqueID: "model.a.b", Message: "one"})
	r.Issue(catalog.Issue{Code: "sql", UniqueID: "model.a.b", Message: "another", Count: 4})
	r.Issue(catalog.Issue{Code: "sql", UniqueID: "model.a.b", Place: "line 3"})
	got, _ := r.Changed()
	if got.IssuesTotal != 6 || len(got.Issues) != 2 || got.Issues[0].Count != 5 || got.Issues[0].Message != "one" || got.Issues[1].Count != 1 {
		t.Errorf("%d: %+v", got.IssuesTotal, got.Issues)
	}
	for i := range maxIssues + 10 {
		r.Issue(catalog.Issue{Code: "sql", UniqueID: fmt.Sprint(i)})
	}
	r.Issue(catalog.Issue{Code: "sql", UniqueID: "0"}) // one that is kept is counted on
	got = r.End("applied")
	if len(got.Issues) != maxIssues || got.IssuesTotal != 6+maxIssues+11 || got.Issues[2].Count != 2 {
		t.Errorf("%d of %d issues, the third %+v", len(got.Issues), got.IssuesTotal, got.Issues[2])
	}
}

func TestFailSaysItsReason(t *testing.T) {
	err := Fail(catalog.Failure{Code: "sql", Message: "The file is not SQL."})
	if err.Error() != "The file is not SQL." {
		t.Errorf("%q", err)
	}
}
