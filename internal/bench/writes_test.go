package bench

import (
	"bytes"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/bench/gen"
)

func sorted(d []time.Duration) []time.Duration { slices.Sort(d); return d }

// BenchmarkServerEdits changes descriptions one after the other: on a quiet server, then
// while an import of the same schema runs.
func BenchmarkServerEdits(b *testing.B) {
	dir := projectDir(b)
	s := start(b, serverBinary(b), b.TempDir())
	schema := s.newSchema("Edits")
	id, _, _ := s.upload(schema, files(filepath.Join(dir, "first"), "manifest", "catalog"))
	s.await(id)
	var list named
	s.call(http.MethodGet, "/api/v1/assets?limit=200&kind=model&schema_id="+schema, "", nil, &list)

	edit := func(n int) (int, time.Duration) {
		body := fmt.Sprintf(`{"description":"Edited for the %dth time."}`, n)
		began := time.Now()
		status, _, err := s.try(http.MethodPatch, "/api/v1/assets/"+list.Data[n%len(list.Data)].ID, "application/json", bytes.NewBufferString(body))
		if err != nil {
			b.Fatal(err)
		}
		return status, time.Since(began)
	}
	report := func(label string, until func() bool) {
		var took []time.Duration
		statuses := map[int]int{}
		before := s.used()
		for n := 0; !until(); n++ {
			status, t := edit(n)
			statuses[status]++
			took = append(took, t)
		}
		l := load{took: sorted(took), sent: len(took), used: s.used() - before}
		fmt.Printf("%-44s %s  slowest %s  statuses %v\n", label, l, slowest(l.took), statuses)
	}
	count := 0
	report("edit of a description", func() bool { count++; return count > 40 })
	for _, during := range []struct {
		label     string
		artifacts []artifact
	}{
		{"unchanged", files(filepath.Join(dir, "again"), "manifest", "catalog")},
		{"a third changed", generated(b, churned(b, gen.Churn{Run: 3, AddColumns: setting(b, "MODELS", 10_000) / 10}))},
	} {
		done := make(chan struct{})
		busy, _, _ := s.upload(schema, during.artifacts)
		go func() { defer close(done); _, _ = s.tryAwait(busy) }()
		report("edits while an import runs: "+during.label, func() bool {
			select {
			case <-done:
				return true
			default:
				return false
			}
		})
		<-done
	}
}

// slowest lists the last of sorted durations: one edit may wait for an apply to end,
// the others may not.
func slowest(sorted []time.Duration) string {
	var out []string
	for _, t := range sorted[max(0, len(sorted)-4):] {
		out = append(out, fmt.Sprintf("%.0f", ms(t)))
	}
	return strings.Join(out, ", ") + " ms"
}

// BenchmarkServerUploads sends the project to many schemas at once. The baseline is one
// import alone, in the same run.
func BenchmarkServerUploads(b *testing.B) {
	dir := projectDir(b)
	s := start(b, serverBinary(b), b.TempDir())
	full := files(filepath.Join(dir, "first"), "manifest", "catalog")
	s.imported("one upload alone", s.newSchema("Alone"), full)

	count := setting(b, "UPLOADS", 20)
	schemas := make([]string, count)
	for n := range schemas {
		schemas[n] = s.newSchema(fmt.Sprintf("Upload %d", n))
	}
	peak, stop := watchOf(s.anonymous)
	began, before := time.Now(), s.used()
	failures := make([]error, count)
	var wg sync.WaitGroup
	for n, schema := range schemas {
		wg.Go(func() {
			id, err := s.tryUpload(schema, full)
			if err == nil {
				_, err = s.tryAwait(id)
			}
			failures[n] = err
		})
	}
	wg.Wait()
	stop()
	for n, err := range failures {
		if err != nil {
			b.Errorf("upload %d: %v", n, err)
		}
	}
	fmt.Printf("%d uploads at once: wall %.1f s, cpu %.0f ms each, peak anonymous %.0f MB\n",
		count, time.Since(began).Seconds(), ms(s.used()-before)/float64(count), *peak)
}

// BenchmarkServerSmallImports makes many schemas with a small project each, one after
// the other, as a sender of many teams does.
func BenchmarkServerSmallImports(b *testing.B) {
	projectDir(b)
	s := start(b, serverBinary(b), b.TempDir())
	count := setting(b, "SMALL", 500)
	projects := make([][]artifact, 10)
	for n := range projects {
		projects[n] = generated(b, gen.Project{Name: fmt.Sprintf("team_%d", n), Models: 20, Columns: 12, TestsPerModel: 2, Sources: 5, Macros: 5, Seed: uint64(n)})
	}
	began, before := time.Now(), s.used()
	ids := make([]string, count)
	for n := range ids {
		ids[n], _, _ = s.upload(s.newSchema(fmt.Sprintf("Small %d", n)), projects[n%len(projects)])
	}
	for _, id := range ids {
		s.await(id)
	}
	fmt.Printf("%d small first imports: %.1f ms of wall, %.1f ms of cpu each; anonymous %.0f MB\n",
		count, ms(time.Since(began))/float64(count), ms(s.used()-before)/float64(count), s.anonymous())
}

// BenchmarkServerRepeatedImports imports a project of 1,000 models again and again, each
// time with one model changed: neither the time nor the growth of the folder may rise.
func BenchmarkServerRepeatedImports(b *testing.B) {
	projectDir(b)
	data := b.TempDir()
	s := start(b, serverBinary(b), data)
	schema := s.newSchema("Repeated")
	count := setting(b, "REPEATED", 200)
	var took []time.Duration
	var grown, used []float64
	size := 0.0
	for n := range count + 1 {
		p := gen.Standard(1000)
		p.Churn = gen.Churn{Run: n, Change: n}
		artifacts := generated(b, p)
		began, before := time.Now(), s.used()
		id, _, _ := s.upload(schema, artifacts)
		s.await(id)
		now := folderSize(data)
		if n > 0 {
			took, used, grown = append(took, time.Since(began)), append(used, ms(s.used()-before)), append(grown, now-size)
		}
		size = now
	}
	tenth := max(1, count/10)
	mean := func(v []float64) (m float64) {
		for _, x := range v {
			m += x / float64(len(v))
		}
		return m
	}
	walls := func(d []time.Duration) float64 { return ms(sorted(slices.Clone(d))[len(d)/2]) }
	fmt.Printf("%d imports of one changed model of 1,000: median wall %.0f ms of the first %d, %.0f ms of the last; cpu %.0f, %.0f ms; folder grows %.2f, %.2f MB per import to %.0f MB; anonymous %.0f MB\n",
		count, walls(took[:tenth]), tenth, walls(took[len(took)-tenth:]), mean(used[:tenth]), mean(used[len(used)-tenth:]),
		mean(grown[:tenth]), mean(grown[len(grown)-tenth:]), size, s.anonymous())
	var page named
	s.call(http.MethodGet, "/api/v1/assets?limit=1&kind=model&schema_id="+schema, "", nil, &page)
	s.load(2*time.Second, nil, s.get("/api/v1/assets/"+page.Data[0].ID+"/changes")).print("changes of an asset, after them")
	s.load(2*time.Second, nil, s.get(each([]string{schema}, "/api/v1/changes?limit=50&schema_id=SCHEMA")...)).print("changes feed, after them")
}

// BenchmarkServerScale imports a project several times as large: its figures per model
// are held against those of the standard one, in the same run.
func BenchmarkServerScale(b *testing.B) {
	dir := projectDir(b)
	large := setting(b, "LARGE", 0)
	if large == 0 {
		b.Skip("SKIPPED: set THALWEG_BENCH_LARGE to a number of models, such as 50000 (1 GB of artifacts)")
	}
	s := start(b, serverBinary(b), b.TempDir())
	s.imported("standard project", s.newSchema("Standard"), files(filepath.Join(dir, "first"), "manifest", "catalog"))
	s.imported(fmt.Sprintf("%d models", large), s.newSchema("Large"), generated(b, gen.Standard(large)))
}
