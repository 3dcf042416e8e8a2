package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// nodesPerRun are the results of one run of BenchResults.
const nodesPerRun = 10_000

// BenchResults measures how fast results of runs are stored, and how fast those of one node are read among many runs.
func BenchResults(b *testing.B, open Open) {
	results := make([]catalog.NodeResult, nodesPerRun)
	b.Run("store", func(b *testing.B) {
		s, schema := benchStore(b, open)
		for n := 0; b.Loop(); n++ {
			putBenchRun(b, s, schema, n, results)
		}
		b.ReportMetric(float64(b.N*nodesPerRun)/b.Elapsed().Seconds(), "results/s")
	})
	for _, runs := range []int{10, 100} {
		s, schema := benchStore(b, open)
		for n := range runs {
			putBenchRun(b, s, schema, n, results)
		}
		b.Run(fmt.Sprintf("history of a node in %d runs", runs), func(b *testing.B) {
			for b.Loop() {
				page := get(s.NodeResults(b.Context(), ws, schema, store.ResultFilter{Nodes: ofProject(2, "test.p.t5000")}, store.Page{Limit: 10}))(b)
				if page.Total != int64(runs) {
					b.Fatal(page.Total)
				}
			}
		})
		b.Run(fmt.Sprintf("failed of %d runs", runs), func(b *testing.B) {
			for b.Loop() {
				get(s.Runs(b.Context(), ws, store.RunFilter{SchemaID: schema, Outcome: catalog.RunFailed}, store.Page{Limit: 10}))(b)
			}
		})
	}
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
