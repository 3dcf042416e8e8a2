package resolve_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/lineagecase"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// leastDocumented is how many statements each dialect must have.
const leastDocumented = 30

// TestDocumented holds what the documentation of each database says of its own syntax. A line of
// testdata/documented/<dialect>.cases is a table ("table t: a int, b int"), a comment (#), a statement, or what the
// statement in front of it gives: "=> output: table.column; ...", with "partial |" where something stays open.
// -update writes the last, for a reader to compare with the documentation.
func TestDocumented(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "documented", "*.cases"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".cases")
		t.Run(name, func(t *testing.T) {
			d, ok := dialect.ByName(name)
			if !ok {
				t.Fatalf("dialect %s is not known", name)
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			made, count := documentedOf(t, d, string(data))
			if *update {
				if err := os.WriteFile(file, []byte(made), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if count < leastDocumented {
				t.Errorf("%d statements, want at least %d", count, leastDocumented)
			}
		})
	}
}

// documentedOf compares each statement of a file with what it must give. It returns the file with what it gives, and
// the number of statements.
func documentedOf(t *testing.T, d *dialect.Dialect, text string) (made string, count int) {
	t.Helper()
	var b strings.Builder
	var tables strings.Builder
	var schema *lineagecase.Catalog
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "=> ") {
			continue
		}
		fmt.Fprintln(&b, line)
		switch {
		case line == "" || strings.HasPrefix(line, "# "):
			continue
		case strings.HasPrefix(line, "table ") && strings.Contains(line, ": "):
			fmt.Fprintf(&tables, "-- %s\n", line)
			schema, _ = headOf(tables.String())
			continue
		}
		count++
		got, issues := outcomeOf(t, d, line, schema)
		fmt.Fprintln(&b, "=> "+got)
		want := ""
		if i+1 < len(lines) {
			want = strings.TrimPrefix(lines[i+1], "=> ")
		}
		if got != want && !*update {
			t.Errorf("%s\nwant %s\n got %s\n%s", line, want, got, issues)
		}
	}
	return b.String(), count
}

// outcomeOf returns what a statement gives, in one line, and its issues.
func outcomeOf(t *testing.T, d *dialect.Dialect, sql string, schema *lineagecase.Catalog) (outcome, issues string) {
	t.Helper()
	script, problems := parser.Parse(sql, d, parser.Options{})
	result := resolve.Query(t.Context(), script, d, schema, resolve.Options{})
	outcome = strings.Join(originsOf(result), "; ")
	if result.Status != resolve.Complete || len(problems) > 0 {
		outcome = strings.TrimSpace(result.Status.String() + " | " + outcome)
	}
	var b strings.Builder
	for _, p := range problems {
		fmt.Fprintln(&b, "    parser:", p)
	}
	for _, p := range result.Diagnostics {
		fmt.Fprintln(&b, "    resolver:", p.Message)
	}
	return outcome, b.String()
}
