package parser_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden compares testdata/<dialect>/<case>.sql with <case>.ast.txt: the tree,
// then the diagnostics.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		name := filepath.Base(filepath.Dir(file))
		t.Run(name+"/"+strings.TrimSuffix(filepath.Base(file), ".sql"), func(t *testing.T) {
			d, ok := dialect.ByName(name)
			if !ok {
				t.Fatalf("no dialect %s", name)
			}
			sql, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := render(t, string(sql), d)
			golden := strings.TrimSuffix(file, ".sql") + ".ast.txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// render is the tree of a text followed by its diagnostics.
func render(t *testing.T, sql string, d *dialect.Dialect) string {
	t.Helper()
	script, diagnostics := parser.Parse(sql, d, parser.Options{})
	checkSpans(t, script)
	var b bytes.Buffer
	for _, s := range script.Statements {
		if err := ast.Dump(&b, s); err != nil {
			t.Fatal(err)
		}
	}
	for _, diagnostic := range diagnostics {
		fmt.Fprintf(&b, "! %s %s\n", diagnostic.Code, diagnostic)
	}
	return b.String()
}

// checkSpans holds that every node lies within the text and within its parent's
// statement.
func checkSpans(t testing.TB, script *ast.Script) {
	t.Helper()
	ast.Inspect(script, func(n ast.Node) bool {
		r := n.Range()
		if r.Start < 0 || r.End < r.Start || int(r.End) > len(script.SQL) {
			t.Fatalf("%T spans %v of a text of %d bytes", n, r, len(script.SQL))
		}
		return true
	})
}
