package bench

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/crawling"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
	"github.com/thalweg-data/thalweg/internal/warehouse/postgres"
)

// BenchmarkCrawl crawls a PostgreSQL with 10,000 tables and views and 200,000 columns: the first time, again without a
// change, and with one new column.
func BenchmarkCrawl(b *testing.B) {
	o := warehouseOf(b, 20, 500, 20)
	for b.Loop() {
		s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "bench.db"), sqlite.Options{})
		if err != nil {
			b.Fatal(err)
		}
		x := newBench(b, s)
		x.crawl(o, "first", 0)
		x.crawl(o, "again", 1)
		run(b, o, "ALTER TABLE s0.t1 ADD added integer")
		x.crawl(o, "changed", 2)
		run(b, o, "ALTER TABLE s0.t1 DROP added")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// crawl crawls and reports what it took; the first makes version 1.
func (x *bench) crawl(o postgres.Options, label string, before int64) {
	ctx := x.b.Context()
	began, used := time.Now(), cpu()
	peak, stop := watch()
	db, err := postgres.Open(ctx, o)
	if err != nil {
		x.b.Fatal(err)
	}
	crawler := &crawling.Crawler{
		Reviser: &revision.Reviser{Store: x.store, Now: time.Now, Log: slog.New(slog.DiscardHandler)}, Prints: x.store, Spool: x.b.TempDir(), Now: time.Now,
	}
	report := jobs.NewReporter(time.Now)
	result, err := crawler.Run(ctx, crawling.Crawl{
		WS: catalog.DefaultWorkspace, Schema: x.schema, Origin: "crawl:bench", Cause: catalog.Cause{Kind: catalog.CauseCrawl, ID: 1}, Report: report,
		Lease: func(ctx context.Context) (store.Lease, error) {
			return x.store.LeaseSchema(ctx, catalog.DefaultWorkspace, x.schema, "bench", time.Minute)
		},
		Log: func(context.Context, string, string) error { return nil },
	}, db)
	if err != nil {
		x.b.Fatal(err)
	}
	took, spent := time.Since(began), cpu()-used
	stop()
	served := cpuOfBackend(x.b, o)
	x.b.ReportMetric(served.Seconds(), label+"-server-cpu-s")
	x.b.ReportMetric(took.Seconds(), label+"-s")
	x.b.ReportMetric(spent.Seconds(), label+"-cpu-s")
	x.b.ReportMetric(*peak, label+"-MB")
	var stages strings.Builder
	end := report.End("")
	for _, s := range end.Stages {
		fmt.Fprintf(&stages, "%s %.0f ms, ", s.Name, s.MS)
	}
	x.b.Logf("%s: %.2f s, %.2f s of CPU and %.2f s of the server's, %.0f MB, version %d; %s%v", label, took.Seconds(), spent.Seconds(), served.Seconds(), *peak, result.Version, stages.String(), end.Counts)
	if again := label == "again"; again != (result.Version == 0) {
		x.b.Errorf("%s made version %d after %d", label, result.Version, before)
	}
	if err := db.Close(ctx); err != nil {
		x.b.Error(err)
	}
}

// warehouseOf makes a database of schemas with tables, every tenth a view.
func warehouseOf(b *testing.B, schemas, tables, columns int) postgres.Options {
	b.Helper()
	u, err := url.Parse(pgtest.New(b))
	if err != nil {
		b.Fatal(err)
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		b.Fatal(err)
	}
	var d net.Dialer
	o := postgres.Options{
		Host: u.Hostname(), Port: uint16(port), Database: strings.TrimPrefix(u.Path, "/"), User: "postgres",
		Dial: d.DialContext, Plain: d.DialContext, Replies: 8 << 30,
	}
	list := make([]string, columns)
	for i := range list {
		list[i] = fmt.Sprintf("column_%d %s", i, []string{"integer NOT NULL", "text DEFAULT 'x'", "numeric(12,2)", "timestamptz"}[i%4])
	}
	for s := range schemas {
		var script strings.Builder
		fmt.Fprintf(&script, "CREATE SCHEMA s%d;", s)
		for t := range tables {
			if t%10 == 0 && t > 0 {
				fmt.Fprintf(&script, "CREATE VIEW s%d.t%d AS SELECT * FROM s%d.t%d;", s, t, s, t-1)
				continue
			}
			fmt.Fprintf(&script, "CREATE TABLE s%d.t%d (%s);COMMENT ON TABLE s%d.t%d IS 'Table %d.';COMMENT ON COLUMN s%d.t%d.column_0 IS 'Its number.';", s, t, strings.Join(list, ","), s, t, t, s, t)
		}
		run(b, o, script.String())
	}
	run(b, o, "ANALYZE pg_catalog.pg_attribute; ANALYZE pg_catalog.pg_class; ANALYZE pg_catalog.pg_description; ANALYZE pg_catalog.pg_attrdef")
	return o
}

// cpuOfBackend returns the processor time of the server's process that a crawl has its connection to.
func cpuOfBackend(b *testing.B, o postgres.Options) time.Duration {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), fmt.Sprintf("host=%s port=%d dbname=%s user=postgres sslmode=disable", o.Host, o.Port, o.Database))
	if err != nil {
		b.Fatal(err)
	}
	var pid string
	if err := conn.QueryRow(b.Context(), "SELECT pid::text FROM pg_stat_activity WHERE application_name = 'thalweg'").Scan(&pid); err != nil {
		b.Fatal(err)
	}
	if err := conn.Close(b.Context()); err != nil {
		b.Error(err)
	}
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond // clock ticks
}

// run runs statements in the database.
func run(b *testing.B, o postgres.Options, script string) {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), fmt.Sprintf("host=%s port=%d dbname=%s user=postgres sslmode=disable", o.Host, o.Port, o.Database))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := conn.Exec(b.Context(), script); err != nil {
		b.Fatal(err)
	}
	if err := conn.Close(b.Context()); err != nil {
		b.Error(err)
	}
}
