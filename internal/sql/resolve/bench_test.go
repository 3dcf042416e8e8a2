package resolve_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"sync"
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
	measure(b, func(m *model) { resolve.Query(context.Background(), m.script, m.dialect, m.schema, resolve.Options{}) })
}

// BenchmarkParseAndResolve measures what one import pays for each byte of SQL.
func BenchmarkParseAndResolve(b *testing.B) {
	var memory parser.Memory
	measure(b, func(m *model) {
		script, _ := parser.Parse(m.sql, m.dialect, parser.Options{Memory: &memory})
		resolve.Query(context.Background(), script, m.dialect, m.schema, resolve.Options{})
	})
}

// tenThousand is how much SQL a project of 10,000 models has.
const tenThousand = 25_000_000

// BenchmarkTenThousandModels reads the models of real projects again and again up
// to 25 MB, with one and with two workers. It tells the processor time and how
// much the heap, looked at while it runs, grew.
func BenchmarkTenThousandModels(b *testing.B) {
	list := models(b)
	for i := range list {
		list[i].script = nil
	}
	rounds := int(tenThousand / bytesOf(list))
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			before := liveHeap()
			start, peak := cpuTime(b), uint64(0)
			for b.Loop() {
				peak = max(peak, readAll(list, rounds, workers))
			}
			b.ReportMetric((cpuTime(b)-start).Seconds()/float64(b.N), "cpu-s/op")
			b.ReportMetric(float64(peak-min(peak, before))/1e6, "peakMB")
		})
	}
}

// readAll reads all models some times over; it gives the greatest size of the heap
// that was seen.
func readAll(list []model, rounds, workers int) uint64 {
	next := make(chan *model, 64)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			var memory parser.Memory
			for m := range next {
				script, _ := parser.Parse(m.sql, m.dialect, parser.Options{Memory: &memory})
				resolve.Query(context.Background(), script, m.dialect, m.schema, resolve.Options{})
			}
		})
	}
	peak := uint64(0)
	for range rounds {
		for i := range list {
			next <- &list[i]
		}
		peak = max(peak, heap())
	}
	close(next)
	all.Wait()
	return peak
}

func liveHeap() uint64 {
	runtime.GC()
	return heap()
}

// heap is the memory of the heap in use, garbage included.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
