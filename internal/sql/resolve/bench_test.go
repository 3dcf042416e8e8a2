package resolve_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

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

// cpuTime is what the process has used so far, on whatever core: the measure that
// a busy machine does not blur.
func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// measure runs f over all models again and again.
func measure(b *testing.B, f func(*model)) {
	list := models(b)
	size := bytesOf(list)
	b.SetBytes(size)
	b.ReportAllocs()
	start := cpuTime(b)
	for b.Loop() {
		for i := range list {
			f(&list[i])
		}
	}
	spent := cpuTime(b) - start
	b.ReportMetric(float64(size)*float64(b.N)/1e6/spent.Seconds(), "cpuMB/s")
}

// BenchmarkResolve measures the resolver alone over the models of real projects.
func BenchmarkResolve(b *testing.B) {
	measure(b, func(m *model) { resolve.Query(m.script, m.dialect, m.schema, resolve.Options{}) })
}

// BenchmarkParseAndResolve measures what one import pays for each byte of SQL.
func BenchmarkParseAndResolve(b *testing.B) {
	var memory parser.Memory
	measure(b, func(m *model) {
		script, _ := parser.Parse(m.sql, m.dialect, parser.Options{Memory: &memory})
		resolve.Query(script, m.dialect, m.schema, resolve.Options{})
	})
}
