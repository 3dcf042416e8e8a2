package bench

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/thalweg-data/thalweg/internal/blob/s3/s3test"
	"github.com/thalweg-data/thalweg/internal/pgtest"
)

// BenchmarkServerReplicas sends the same reads to one, two and four processes on one PostgreSQL and one bucket, in
// turn, three times. What a request costs the processes, and the database, must not grow with their number.
func BenchmarkServerReplicas(b *testing.B) {
	dir, binary, url := projectDir(b), serverBinary(b), pgtest.New(b)
	settings := []string{"THALWEG_DATABASE_URL=" + url, "THALWEG_BLOB_URL=" + s3test.New(b).URL("bench")}
	for name, value := range s3test.Environment() {
		settings = append(settings, name+"="+value)
	}
	var all []*server
	for range 4 {
		s := start(b, binary, b.TempDir(), settings...)
		if len(all) > 0 {
			s.key = all[0].key
		}
		all = append(all, s)
	}
	schema := all[0].newSchema("Replicas")
	all[0].imported("first import, PostgreSQL and bucket", schema, files(filepath.Join(dir, "first"), "manifest", "catalog", "run_results"))
	analyze(b, url)
	p := all[0].pages(schema)
	reads := mixOf(p)
	for _, s := range all { // a process reads what it does not have in memory once
		measured(b, []*server{s}, reads, len(reads), len(reads)/10, nil) // some take too long the first time
	}
	database := databaseOf(b, url)
	n := setting(b, "REQUESTS", 2000)
	for round := range 3 {
		for _, processes := range []int{1, 2, 4} {
			fmt.Printf("round %d, %d processes: %s\n", round+1, processes, measured(b, all[:processes], reads, n, 0, database))
		}
	}
	for i, s := range all {
		fmt.Printf("process %d: anonymous memory %.0f MB\n", i+1, s.anonymous())
	}
}

// mixOf mixes the kinds of pages that people open.
func mixOf(p pages) (mixed []string) {
	lists := []string{
		"/api/v1/assets?kind=model&tag=marts&sort=-updated_at&limit=50&schema_id=" + p.schema, "/api/v1/schemas",
		"/api/v1/search?q=customer&limit=20&schema_id=" + p.schema, "/api/v1/changes?limit=50&schema_id=" + p.schema,
	}
	for i := range p.asset {
		mixed = append(mixed, p.asset[i], p.columns[i], p.lineage[i], p.columnLineage[i], lists[i%len(lists)])
	}
	return mixed
}

// clientsEach is how many clients a process has: with the same for all of them together, more processes would each do
// less at a time, and pay more for going to sleep and waking up.
const clientsEach = 4

// measured sends n reads, each to the next process, and returns what one cost.
func measured(b *testing.B, to []*server, paths []string, n, tolerated int, database func() time.Duration) string {
	b.Helper()
	used := func() (sum time.Duration) {
		for _, s := range to {
			sum += s.used()
		}
		return sum
	}
	if database == nil {
		database = func() time.Duration { return 0 }
	}
	var next, failed atomic.Int64
	var clients sync.WaitGroup
	began, before, stored := time.Now(), used(), database()
	for range clientsEach * len(to) {
		clients.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				status, _, err := to[i%len(to)].try(http.MethodGet, paths[i/len(to)%len(paths)], "", nil)
				if err != nil || status != http.StatusOK {
					failed.Add(1)
				}
			}
		})
	}
	clients.Wait()
	each := func(d time.Duration) float64 { return ms(d) / float64(n) }
	text := fmt.Sprintf("cpu %.2f ms each, of the database %.2f ms; %.0f requests/s", each(used()-before), each(database()-stored),
		float64(n)/time.Since(began).Seconds())
	if failed.Load() > int64(tolerated) {
		b.Fatalf("%d of %d requests failed", failed.Load(), n)
	}
	return text
}

// analyze does what PostgreSQL does by itself within a minute, and the tests' one never.
func analyze(b *testing.B, url string) {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), url)
	if err == nil {
		_, err = conn.Exec(b.Context(), "ANALYZE")
		_ = conn.Close(b.Context()) // it has done its work
	}
	if err != nil {
		b.Fatal(err)
	}
}

// databaseOf returns the processor time that PostgreSQL's processes have had.
func databaseOf(b *testing.B, url string) func() time.Duration {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close(b.Context()) }() // only read
	var backend int
	if err := conn.QueryRow(b.Context(), "SELECT pg_backend_pid()").Scan(&backend); err != nil {
		b.Fatal(err)
	}
	postmaster := parentOf(backend)
	return func() (sum time.Duration) {
		entries, err := os.ReadDir("/proc")
		if err != nil {
			b.Fatal(err)
		}
		for _, e := range entries {
			if pid, err := strconv.Atoi(e.Name()); err == nil && parentOf(pid) == postmaster {
				sum += usedBy(pid)
			}
		}
		return sum
	}
}
