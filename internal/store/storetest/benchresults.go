package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// BenchResults measures how fast results of runs are stored, and how fast those of one node are read among many runs.
func BenchResults(b *testing.B, open Open) {
	b.Run("store", func(b *testing.B) {
		results := make([]catalog.NodeResult, 10_000)
		s, schema := benchStore(b, open)
		for n := 0; b.Loop(); n++ {
			putBenchRun(b, s, schema, n, results)
		}
		b.ReportMetric(float64(b.N*len(results))/b.Elapsed().Seconds(), "results/s")
	})
	for _, size := range []struct{ runs, nodes int }{{10, 10_000}, {100, 10_000}, {100, 1000}, {1000, 1000}} {
		b.Run(fmt.Sprintf("%d runs of %d nodes", size.runs, size.nodes), func(b *testing.B) {
			results := make([]catalog.NodeResult, size.nodes)
			s, schema := benchStore(b, open)
			for n := range size.runs {
				putBenchRun(b, s, schema, n, results)
			}
			benchReads(b, s, schema, size.runs)
		})
	}
}

// benchReads measures reads of many runs.
func benchReads(b *testing.B, s *store.Store, schema catalog.SchemaID, runs int) {
	node := ofProject(2, "test.p.t500")
	b.Run("history of a node", func(b *testing.B) {
		for b.Loop() {
			page := get(s.NodeResults(b.Context(), ws, schema, store.ResultFilter{Nodes: node}, store.Page{Limit: 10}))(b)
			if page.Total != int64(runs) {
				b.Fatal(page.Total)
			}
		}
	})
	b.Run("durations of a node", func(b *testing.B) {
		for b.Loop() {
			get(s.NodeDurations(b.Context(), ws, schema, node, start.AddDate(1, 0, 0), store.AsOf{}, 30))(b)
		}
	})
	for name, sort := range map[string]store.RunSort{"newest": {}, "longest": {By: store.RunsByElapsed}} {
		b.Run("failed runs, "+name+" first", func(b *testing.B) {
			for b.Loop() {
				get(s.Runs(b.Context(), ws, store.RunFilter{SchemaID: schema, Outcome: catalog.RunFailed, Sort: sort}, store.Page{Limit: 10}))(b)
			}
		})
	}
	b.Run("recent runs", func(b *testing.B) {
		for b.Loop() {
			for _, run := range get(s.RecentRuns(b.Context(), ws, schema, store.AsOf{}, 200, 500_000))(b) {
				get(s.NodeTimes(b.Context(), ws, run.ID, nil))(b)
			}
		}
	})
}

func putBenchRun(b *testing.B, s *store.Store, schema catalog.SchemaID, n int, results []catalog.NodeResult) {
	b.Helper()
	of := run(schema, fmt.Sprint("run ", n), n)
	for i := range results {
		class := catalog.ClassPass
		if i%1000 == n%1000 {
			class = catalog.ClassFail
		}
		results[i] = result(fmt.Sprint("test.p.t", i), class, n)
		results[i].ExecutionTime, results[i].Thread = 1.5, "Thread-1"
		results[i].StartedAt = results[i].CompletedAt.Add(-time.Second)
	}
	_, _, err := s.PutRun(b.Context(), ws, of, results, nil)
	must(b, err)
}
