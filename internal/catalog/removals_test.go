package catalog

import (
	"fmt"
	"testing"
)

func nodeRefs(n int, pattern string) []NodeRef {
	var out []NodeRef
	for i := range n {
		out = append(out, NodeRef{Project: 1, UniqueID: fmt.Sprintf(pattern, i)})
	}
	return out
}

func TestGuardRemovals(t *testing.T) {
	models := "model.p.m%d"
	tests := []struct {
		name          string
		kept, missing []NodeRef
		nodes         int
		withheld      bool
	}{
		{"nothing is missing", nodeRefs(50, models), nil, 50, false},
		{"one of a few", nodeRefs(2, models), nodeRefs(1, models), 2, false},
		{"all of a few, renamed", nil, nodeRefs(4, models), 4, false},
		{"5 of 5", nil, nodeRefs(5, models), 5, true},
		{"5 of 16: over 30 %", nodeRefs(11, models), nodeRefs(5, models), 11, true},
		{"5 of 17: not", nodeRefs(12, models), nodeRefs(5, models), 12, false},
		{"4 of 5: too few", nodeRefs(1, models), nodeRefs(4, models), 1, false},
		{"exactly 30 %", nodeRefs(70, models), nodeRefs(30, models), 70, false},
		{"new nodes do not dilute", nil, nodeRefs(30, models), 1000, true},
		{"what is no table does not count", nodeRefs(5, models), nodeRefs(100, "macro.p.m%d"), 5, false},
		{"no nodes: whatever the size", nil, nodeRefs(1, models), 0, true},
		{"no nodes, no tables", nil, nodeRefs(1, "macro.p.m%d"), 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			apply, withhold := GuardRemovals(tt.kept, tt.missing, tt.nodes)
			if len(apply)+len(withhold) != len(tt.missing) {
				t.Fatalf("%d apply, %d wait, of %d", len(apply), len(withhold), len(tt.missing))
			}
			if (len(withhold) > 0) != tt.withheld {
				t.Errorf("%d apply, %d wait", len(apply), len(withhold))
			}
		})
	}
}

func TestClassOf(t *testing.T) {
	tests := map[string]string{
		"success": ClassSuccess, "pass": ClassPass, "warn": ClassWarn, "fail": ClassFail, "error": ClassError,
		"skipped": ClassSkipped, "partial success": ClassWarn, "no-op": ClassSkipped, "reused": ClassSkipped,
		"runtime error": ClassError, "Success": ClassSuccess, "": ClassOther, "exploded": ClassOther,
	}
	for status, want := range tests {
		if got := ClassOf(status); got != want {
			t.Errorf("ClassOf(%q) = %q, want %q", status, got, want)
		}
	}
}

func TestClassOfResult(t *testing.T) {
	none, some := int64(0), int64(3)
	for _, c := range []struct {
		id, status string
		failures   *int64
		want       string
	}{
		{"model.p.a", "success", nil, ClassSuccess},
		{"test.p.a", "success", nil, ClassCompiled},
		{"unit_test.p.a.b", "success", nil, ClassCompiled},
		{"test.p.a", "success", &none, ClassPass},
		{"test.p.a", "success", &some, ClassFail},
		{"test.p.a", "pass", nil, ClassPass}, // dbt up to 0.19 gives no number
		{"test.p.a", "warn", &some, ClassWarn},
		{"test.p.a", "odd", nil, ClassOther},
	} {
		if got := ClassOfResult(c.id, c.status, c.failures); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.id, c.status, got, c.want)
		}
	}
}

func TestCounting(t *testing.T) {
	for want, commands := range map[Counting][]string{
		CountsAsLatest:   {"build", "run", "test", "seed", "snapshot", "retry", ""},
		CountsInHistory:  {"clone"},
		CountsForNothing: {"generate", "docs generate", "compile", "list", "ls", "parse", "show", "run-operation", "freshness", "another"},
	} {
		for _, command := range commands {
			if got := (Run{Command: command}).Counting(); got != want {
				t.Errorf("%q counts for %d, want %d", command, got, want)
			}
		}
	}
	if got := (Run{Command: "build", Empty: true}).Counting(); got != CountsInHistory {
		t.Errorf("--empty counts for %d", got)
	}
}
