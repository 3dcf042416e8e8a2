package lineagecase_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/lineagecase"
)

// casesDir finds the case files, which are no part of the repository.
func casesDir(t testing.TB) string {
	dir := os.Getenv("THALWEG_LINEAGE_CASES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "lineage-cases")
	}
	if _, err := os.Stat(filepath.Join(dir, "projects.jsonl")); err != nil {
		t.Skipf("SKIPPED: no lineage cases in %s; set THALWEG_LINEAGE_CASES", dir)
	}
	return dir
}

// selectLike are the statements that count: a dbt model is always a query.
var selectLike = map[string]bool{"": true, "select": true, "create": true, "insert": true, "select_into": true}

func TestCases(t *testing.T) {
	dir := casesDir(t)
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var total lineagecase.Score
	bySource, byDialect := map[string]*lineagecase.Score{}, map[string]*lineagecase.Score{}
	shown := 0
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		err = lineagecase.Read(f, func(c *lineagecase.Case) error {
			if !selectLike[c.Statement] {
				return nil
			}
			score, differences := lineagecase.Compare(c, lineagecase.Resolve(c))
			total.Add(score)
			source, _, _ := strings.Cut(c.ID, "/")
			add(bySource, source, score)
			add(byDialect, c.Dialect, score)
			for _, d := range differences {
				if shown < 40 && testing.Verbose() {
					shown++
					t.Logf("%s (%s) %s: want %v, got %v, missing %v", c.ID, c.Dialect, d.Output, d.Want, d.Got, d.Missing)
				}
			}
			return nil
		})
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d columns, exact %.2f %%, precision %.2f %%, recall %.2f %%, same lists %.2f %%",
		total.Columns, total.Exact(), total.Precision(), total.Recall(), total.SameList())
	for name, s := range bySource {
		t.Logf("source %s: %d columns, exact %.2f %%", name, s.Columns, s.Exact())
	}
	for name, s := range byDialect {
		t.Logf("dialect %s: %d columns, exact %.2f %%", name, s.Columns, s.Exact())
	}
}

func add(scores map[string]*lineagecase.Score, key string, score lineagecase.Score) {
	if scores[key] == nil {
		scores[key] = &lineagecase.Score{}
	}
	scores[key].Add(score)
}

func TestRunWithScorer(t *testing.T) {
	dir := casesDir(t)
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("SKIPPED: no python3 for the scorer of the cases")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := lineagecase.Run(context.Background(), bytes.NewReader(text), &all); err != nil {
			t.Fatal(err)
		}
	}
	results := filepath.Join(t.TempDir(), "results.jsonl")
	if err := os.WriteFile(results, all.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	table, err := exec.Command(python, filepath.Join(dir, "score.py"), strings.Join(files, ","), results, "--only-select").CombinedOutput()
	if err != nil {
		t.Fatalf("score.py: %v\n%s", err, table)
	}
	t.Logf("\n%s", table)
}
