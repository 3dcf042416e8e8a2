package oracle

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/lineagecase"
)

// explained are the cases where PostgreSQL reads the text otherwise, and why.
var explained = map[string]string{
	"sqlglot/qualify_columns/263": "PostgreSQL has no SEMI JOIN: it takes SEMI for an alias",
	"sqlglot/qualify_columns/264": "PostgreSQL has no ANTI JOIN: it takes ANTI for an alias",
}

// TestCases compares the lineage cases that PostgreSQL takes. Short by default:
// every twentieth; THALWEG_LONG=1 takes all.
func TestCases(t *testing.T) {
	dir := os.Getenv("THALWEG_LINEAGE_CASES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "lineage-cases")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if len(files) == 0 {
		t.Skipf("SKIPPED: no lineage cases in %s; set THALWEG_LINEAGE_CASES", dir)
	}
	s := startServer(t)
	n, taken, refused, columns, wrong := 0, 0, 0, 0, 0
	reasons := map[string]int{}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		err = lineagecase.Read(f, func(c *lineagecase.Case) error {
			if c.Dialect != "postgres" && c.Dialect != "ansi" || len(c.Schema) == 0 || c.Statement != "select" && c.Statement != "" {
				return nil
			}
			if n++; n%20 != 0 && os.Getenv("THALWEG_LONG") == "" {
				return nil
			}
			found, err := s.truthOf(t.Context(), c.Schema, c.DefaultSchema, c.SQL)
			if errors.Is(err, errRefused) {
				refused++
				reasons[refusal(err)]++
				return nil
			}
			if err != nil {
				return err
			}
			taken++
			columns += len(found.outputs)
			for _, d := range compare(found, c.Schema, c.DefaultSchema, c.SQL) {
				if reason := explained[c.ID]; reason != "" {
					t.Logf("%s %s: %s", c.ID, d.column, reason)
					continue
				}
				wrong++
				t.Errorf("%s %s: %s; %s", c.ID, d.column, d.want, d.got)
			}
			return nil
		})
		_ = f.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	for r, k := range reasons {
		t.Logf("refused %d times: %s", k, strings.TrimSpace(r))
	}
	t.Logf("%d texts with %d columns compared, %d differences; %d texts refused by PostgreSQL", taken, columns, wrong, refused)
}
