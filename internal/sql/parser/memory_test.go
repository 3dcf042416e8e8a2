package parser_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
)

// TestMemoryChangesNoTree parses many texts, in a random order and broken ones
// among them, into one memory; each tree is as one of its own would be.
func TestMemoryChangesNoTree(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no texts: %v", err)
	}
	texts := append([]string{strings.Repeat("select a.b, f(c) as d from e as f union all ", 900) + "select 1"}, fuzzSeeds...)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	var memory parser.Memory
	random := rand.New(rand.NewPCG(1, 2))
	for range 4 * len(texts) {
		text := texts[random.IntN(len(texts))]
		d, _ := dialect.ByName(dialect.Names()[random.IntN(len(dialect.Names()))])
		want := dumpOf(t, text, d, parser.Options{})
		if diff := cmp.Diff(want, dumpOf(t, text, d, parser.Options{Memory: &memory})); diff != "" {
			t.Fatalf("%s, %q (-own +reused memory):\n%s", d.Name, text, diff)
		}
	}
}

func dumpOf(t *testing.T, text string, d *dialect.Dialect, o parser.Options) string {
	t.Helper()
	script, _ := parser.Parse(text, d, o)
	var b bytes.Buffer
	for _, s := range script.Statements {
		if err := ast.Dump(&b, s); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}
