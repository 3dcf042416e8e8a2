package resolve_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/lexer"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// TestCutTexts reads the golden texts cut off behind each token, and with each
// token left out. Whatever is missing must not make the engine break off.
func TestCutTexts(t *testing.T) {
	var files []string
	for _, dir := range []string{"testdata", filepath.Join("..", "parser", "testdata")} {
		found, err := filepath.Glob(filepath.Join(dir, "*", "*.sql"))
		if err != nil || len(found) == 0 {
			t.Fatalf("no texts in %s: %v", dir, err)
		}
		files = append(files, found...)
	}
	stride := 1
	if raced {
		stride = 7
	}
	var memory parser.Memory
	read := func(sql string, d *dialect.Dialect) {
		script, _ := parser.Parse(sql, d, parser.Options{Memory: &memory})
		for _, result := range resolve.Script(context.Background(), script, d, resolve.NoSchema{}, resolve.Options{}) {
			checkResult(t, result, sql)
		}
	}
	n := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d, _ := dialect.ByName(filepath.Base(filepath.Dir(file)))
		for _, sql := range statementsOf(string(data), d) {
			l := lexer.New(sql, 0, len(sql), d)
			for tok := l.Next(); tok.Kind != token.EOF; tok = l.Next() {
				if n++; n%stride == 0 {
					read(sql[:tok.End], d)
					read(sql[:tok.Start]+" "+sql[tok.End:], d)
				}
			}
		}
	}
}

// statementsOf cuts a text at its semicolons.
func statementsOf(sql string, d *dialect.Dialect) []string {
	var list []string
	start := 0
	l := lexer.New(sql, 0, len(sql), d)
	for tok := l.Next(); tok.Kind != token.EOF; tok = l.Next() {
		if tok.Kind == token.Semicolon {
			list = append(list, sql[start:tok.Start])
			start = int(tok.End)
		}
	}
	return append(list, sql[start:])
}
