package archtest

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// Budgets of what is left. They may only fall: lower them with what you fix.
const (
	retiredBudget = 0
	commentBudget = 3
	proseBudget   = 5
)

func TestRetiredWordsFall(t *testing.T) {
	found, err := RetiredWords(os.DirFS("../.."))
	withinBudget(t, found, err, retiredBudget)
}

func TestLongCommentsFall(t *testing.T) {
	found, err := LongComments(os.DirFS("../.."))
	withinBudget(t, found, err, commentBudget)
}

func TestLongProseFalls(t *testing.T) {
	documents := markdown(t, os.DirFS("../.."))
	var found []Violation
	for _, name := range slices.Sorted(maps.Keys(documents)) {
		found = append(found, LongProse(name, documents[name])...)
	}
	withinBudget(t, found, nil, proseBudget)
}

// withinBudget lists all that is left only where there is too much of it.
func withinBudget(t *testing.T, found []Violation, err error, budget int) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d left of a budget of %d", len(found), budget)
	if len(found) <= budget && !testing.Verbose() {
		return
	}
	for _, v := range found {
		t.Log(v)
	}
	if len(found) > budget {
		t.Errorf("%d are more than the budget of %d, which may only fall: write them in another way", len(found), budget)
	}
}

func TestRetiredWords(t *testing.T) {
	for name, tt := range map[string]struct {
		code string
		want []string
	}{
		"comment":              {"// f tells whether it is so.\nfunc f() {}", []string{`3: retired phrase "tells whether" (tells)`}},
		"over two lines":       {"// f tells\n// whether it is so.\nfunc f() {}", []string{`3: retired phrase "tells\nwhether" (tells)`}},
		"literal":              {"const a = `a file\nstands here`", []string{`4: retired phrase "stands" (stands)`}},
		"stands for":           {"// n stands for the number.\nvar n int", nil},
		"understand":           {"// Hard to understand; outstanding.\nvar n int", nil},
		"is no thing":          {"// It is no model.\nvar n int", []string{`3: retired phrase "is no model" (is no …)`}},
		"is no longer":         {"// It is no longer served.\nvar n int", nil},
		"one row a key":        {"// One row a table.\nvar n int", []string{`3: retired phrase "One row a table" (one … a …)`}},
		"once a second":        {"// It runs once a second.\nvar n int", nil},
		"identifiers are free": {"var shall, beside int", nil},
		"import path":          {`import _ "example.com/beside"`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := RetiredWords(fstest.MapFS{
				"internal/a/a.go":      {Data: []byte("package a\n\n" + tt.code + "\n")},
				"internal/a/a_test.go": {Data: []byte("package a // whoever reads this shall not mend it\n")},
			})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range found {
				got = append(got, strings.TrimPrefix(v.String(), "internal/a/a.go:"))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("retired phrases (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLongLines(t *testing.T) {
	long := strings.Repeat("word ", 25)
	found, err := LongComments(fstest.MapFS{"internal/a/a.go": {Data: []byte("package a\n\n// short\n// " + long + "\nvar a = `" + long + "`\n")}})
	if err != nil || len(found) != 1 || found[0].Line != 4 {
		t.Errorf("long comments: %v, %v; want one on line 4", found, err)
	}
	text := "# Title\n" + long + "\n| " + long + "|\n```\n" + long + "\n```\n<https://example.com/" + long + ">\n"
	if prose := LongProse("a.md", text); len(prose) != 1 || prose[0].Line != 2 {
		t.Errorf("long prose: %v, want one on line 2", prose)
	}
}
