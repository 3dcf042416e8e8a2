package projectdiff

import (
	"time"

	"github.com/thalweg-data/thalweg/internal/lineage"
)

// Coverage is how much of a table is tested, in the state after; of a removed table, in the state before.
type Coverage struct {
	Tests         int `json:"tests"`
	Failed        int `json:"failed"` // whose last result in the state before was a failure or an error
	Columns       int `json:"columns"`
	ColumnsTested int `json:"columns_tested"`

	IDs []string `json:"-"` // of the tests
}

// LastRun is how a table or test ended when it ran last before the change.
type LastRun struct {
	Status      string     `json:"status"`
	CompletedAt *time.Time `json:"completed_at"`
}

// Failed reports whether the run ended with a failure or an error.
func (r *LastRun) Failed() bool {
	if r == nil {
		return false
	}
	switch r.Status {
	case "error", "fail", "runtime error":
		return true
	}
	return false
}

// coverage counts the tests of everything that differs or is reached.
func (c *comparer) coverage() {
	after, before := testsByTable(c.after), testsByTable(c.before)
	of := func(id string) *Coverage {
		s, tests := c.after, after[id]
		n, ok := s.number[id]
		if !ok {
			s, tests = c.before, before[id]
			n = s.number[id]
		}
		if !lineage.IsTable(s.Nodes[n]) {
			return nil
		}
		return c.covered(s, n, tests)
	}
	for i := range c.out.Tables {
		t := &c.out.Tables[i]
		if t.Tests = of(t.UniqueID); t.Tests != nil && t.Tests.Tests == 0 {
			c.out.Summary.TablesUntested++
		}
	}
	for i := range c.out.Hits {
		h := &c.out.Hits[i]
		if h.Tests = of(h.UniqueID); h.Tests != nil && h.Tests.Tests == 0 && !c.out.lists(h.UniqueID) {
			c.out.Summary.TablesUntested++
		}
	}
}

// lists reports whether a table is among those that differ.
func (d *Diff) lists(id string) bool {
	for i := range d.Tables {
		if d.Tables[i].UniqueID == id {
			return true
		}
	}
	return false
}

func testsByTable(s *projectState) map[string][]int {
	out := map[string][]int{}
	for i := range s.Tests {
		out[s.Tests[i].Table] = append(out[s.Tests[i].Table], i)
	}
	return out
}

// covered counts the tests of a table and the columns that have one.
func (c *comparer) covered(s *projectState, n int32, tests []int) *Coverage {
	out := &Coverage{Tests: len(tests)}
	columns := s.byCode(n)
	if columns == nil {
		columns = s.byCatalog(n)
	}
	names := map[string]bool{}
	for name := range columns {
		names[name] = true
	}
	if columns == nil {
		for _, col := range s.Nodes[n].NamedColumns(s.Head.AdapterType) {
			names[s.fold(col.Name)] = true
		}
	}
	out.Columns = len(names)
	for _, i := range tests {
		out.IDs = append(out.IDs, s.Tests[i].UniqueID)
		if column := s.fold(s.Tests[i].Column); names[column] {
			delete(names, column)
			out.ColumnsTested++
		}
	}
	return out
}

// Note adds how everything that differs or is reached, and its tests, ended when it ran last; last returns that of a
// unique id of the state before, nil if it is not known.
func (d *Diff) Note(last func(id string) *LastRun) {
	note := func(id, former string, tests *Coverage) *LastRun {
		if former == "" {
			former = id
		}
		run := last(former)
		if tests != nil {
			for _, test := range tests.IDs {
				if last(test).Failed() {
					tests.Failed++
				}
			}
		}
		return run
	}
	failed := map[string]bool{}
	for i := range d.Tables {
		t := &d.Tables[i]
		t.LastRun = note(t.UniqueID, t.RenamedFrom, t.Tests)
		failed[t.UniqueID] = t.LastRun.Failed() || t.Tests != nil && t.Tests.Failed > 0
	}
	for i := range d.Hits {
		h := &d.Hits[i]
		h.LastRun = note(h.UniqueID, "", h.Tests)
		failed[h.UniqueID] = h.LastRun.Failed() || h.Tests != nil && h.Tests.Failed > 0
	}
	for _, is := range failed {
		if is {
			d.Summary.TablesFailed++
		}
	}
}
