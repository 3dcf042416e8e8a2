package catalog

import "testing"

func TestSuspectRemovals(t *testing.T) {
	tests := []struct {
		name                 string
		kept, missing, nodes int
		want                 bool
	}{
		{"nothing is missing", 50, 0, 50, false},
		{"one of a few", 2, 1, 2, false},
		{"all of a few, renamed", 0, 4, 4, false},
		{"5 of 5", 0, 5, 5, true},
		{"5 of 16: over 30 %", 11, 5, 11, true},
		{"5 of 17: not", 12, 5, 12, false},
		{"4 of 5: too few", 1, 4, 1, false},
		{"exactly 30 %", 70, 30, 70, false},
		{"new nodes do not dilute", 0, 30, 1000, true},
		{"no nodes: whatever the size", 0, 1, 0, true},
		{"no nodes, no tables", 0, 0, 0, true},
	}
	for _, tt := range tests {
		if got := SuspectRemovals(tt.kept, tt.missing, tt.nodes); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
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
