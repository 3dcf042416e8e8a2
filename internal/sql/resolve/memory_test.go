package resolve_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// TestResultsOutliveTheirMemory keeps all results, made in memory that is used
// again and again by two goroutines, and looks at them at the end.
func TestResultsOutliveTheirMemory(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no texts: %v", err)
	}
	var all sync.WaitGroup
	for worker := range 2 {
		all.Go(func() {
			var memory parser.Memory
			var results []resolve.Result
			var printed []string
			for i := range 3 * len(files) {
				file := files[(i*7+worker)%len(files)]
				text, err := os.ReadFile(file)
				if err != nil {
					t.Error(err)
					return
				}
				d, _ := dialect.ByName(filepath.Base(filepath.Dir(file)))
				schema, _ := headOf(string(text))
				script, _ := parser.Parse(string(text), d, parser.Options{Memory: &memory})
				result := resolve.Query(context.Background(), script, d, schema, resolve.Options{})
				results = append(results, result)
				printed = append(printed, printedResult(result))
			}
			for i, result := range results {
				if diff := cmp.Diff(printed[i], printedResult(result)); diff != "" {
					t.Errorf("result %d changed after it was given:\n%s", i, diff)
				}
			}
			for i := range len(files) {
				if printed[i] != printed[i+len(files)] || printed[i] != printed[i+2*len(files)] {
					t.Errorf("the same text gave two results:\n%s\n%s\n%s", printed[i], printed[i+len(files)], printed[i+2*len(files)])
				}
			}
		})
	}
	all.Wait()
}

func printedResult(r resolve.Result) string {
	text := fmt.Sprintf("%s %v", r.Status, r.Diagnostics)
	for i := range r.Outputs {
		text += fmt.Sprintf("\n%+v %v", goldenOutputOf(&r.Outputs[i]), r.Outputs[i].Span)
	}
	for _, u := range r.Indirect {
		text += fmt.Sprintf("\n%s.%s %s %s", u.Table, u.Column, u.Kinds, u.Confidence)
	}
	for _, table := range r.Tables {
		text += fmt.Sprintf("\n%+v", *table)
	}
	return text
}
