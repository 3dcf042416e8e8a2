package resolve_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/lineagecase"
	"github.com/thalweg-data/thalweg/internal/sql/parser"
	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

// model is one statement with all that its resolution needs.
type model struct {
	sql     string
	dialect *dialect.Dialect
	schema  resolve.Schema
	script  *ast.Script
}

// models reads the models of real projects from the lineage cases.
func models(b *testing.B) []model {
	dir := os.Getenv("THALWEG_LINEAGE_CASES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "lineage-cases")
	}
	f, err := os.Open(filepath.Join(dir, "projects.jsonl"))
	if err != nil {
		b.Skipf("SKIPPED: no lineage cases in %s; set THALWEG_LINEAGE_CASES", dir)
	}
	defer f.Close()
	var list []model
	err = lineagecase.Read(f, func(c *lineagecase.Case) error {
		d, _ := dialect.ByName(c.Dialect)
		script, _ := parser.Parse(c.SQL, d, parser.Options{})
		list = append(list, model{sql: c.SQL, dialect: d, script: script, schema: lineagecase.NewCatalog(c.Schema, "", "")})
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return list
}

func bytesOf(list []model) int64 {
	var n int64
	for i := range list {
		n += int64(len(list[i].sql))
	}
	return n
}

// BenchmarkResolve measures the resolver alone over the models of real projects.
func BenchmarkResolve(b *testing.B) {
	list := models(b)
	b.SetBytes(bytesOf(list))
	b.ReportAllocs()
	for b.Loop() {
		for i := range list {
			resolve.Query(list[i].script, list[i].dialect, list[i].schema, resolve.Options{})
		}
	}
}

// BenchmarkParseAndResolve measures what one import pays for each byte of SQL.
func BenchmarkParseAndResolve(b *testing.B) {
	list := models(b)
	b.SetBytes(bytesOf(list))
	b.ReportAllocs()
	for b.Loop() {
		for i := range list {
			script, _ := parser.Parse(list[i].sql, list[i].dialect, parser.Options{})
			resolve.Query(script, list[i].dialect, list[i].schema, resolve.Options{})
		}
	}
}
