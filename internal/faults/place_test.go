//go:build linux

package faults

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
)

// The stores that every case runs on.
const (
	onSQLite   = "sqlite"
	onPostgres = "postgres"
)

// onBoth runs a case on each store; the short form leaves PostgreSQL to the
// cases that are about it.
func onBoth(t *testing.T, run func(t *testing.T, kind string)) {
	kinds := []string{onSQLite}
	if full() {
		kinds = append(kinds, onPostgres)
	}
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) { run(t, kind) })
	}
}

// place is where a server keeps its state, and what is in it: one schema with
// the shop's first state.
type place struct {
	data   string // folder
	dsn    string // "" on SQLite
	blobs  string // "" = within data
	key    string // an administrator's
	schema string
}

// ground is a place that tests copy, and what a calm import of the second state
// makes of it.
type ground struct {
	place
	calm *calm
}

// empty makes a place with nothing in it.
func empty(t *testing.T, kind string) place {
	t.Helper()
	p := place{data: folder(t)}
	if kind == onPostgres {
		p.dsn = pgtest.New(t)
	}
	return p
}

// prepared copies the ground of a store.
func prepared(t *testing.T, kind string) place {
	t.Helper()
	g := groundOf(t, kind)
	p := place{data: folder(t), key: g.key, schema: g.schema}
	if err := os.CopyFS(p.data, os.DirFS(g.data)); err != nil {
		t.Fatal(err)
	}
	if kind == onPostgres {
		p.dsn = pgtest.NewFrom(t, "imported", func(context.Context, string) error { return nil })
	}
	return p
}

// groundOf makes the ground of a store, once.
func groundOf(t *testing.T, kind string) *ground {
	t.Helper()
	program(t) // before the lock that both take
	work.Lock()
	defer work.Unlock()
	if g := work.grounds[kind]; g != nil {
		return g
	}
	g := &ground{place: place{data: filepath.Join(work.dir, kind)}}
	if err := os.MkdirAll(g.data, 0o700); err != nil { // there already if a test was skipped
		t.Fatal(err)
	}
	if kind == onSQLite {
		fill(t, g)
	} else {
		pgtest.NewFrom(t, "imported", func(_ context.Context, dsn string) error {
			g.dsn = dsn
			fill(t, g)
			return nil
		})
	}
	work.grounds[kind] = g
	return g
}

// fill imports the first state into an empty place.
func fill(t *testing.T, g *ground) {
	t.Helper()
	s := serveWith(t, work.binary, g.place, options{})
	g.key = s.key
	c := s.client(g.key)
	c.setUp(s.setupToken())
	g.schema = c.schema("Shop")
	c.apply(g.schema, before(t))
	s.stop()
}

// query reads one number from the store, beside the server.
func (p place) query(t testing.TB, query string, args ...any) int64 {
	t.Helper()
	var n int64
	p.withDB(t, func(db *sql.DB) error { return db.QueryRowContext(context.Background(), query, args...).Scan(&n) })
	return n
}

// exec changes the store beside the server, as time or an operator would.
func (p place) exec(t testing.TB, query string) {
	t.Helper()
	p.withDB(t, func(db *sql.DB) error { _, err := db.ExecContext(context.Background(), query); return err })
}

func (p place) withDB(t testing.TB, do func(*sql.DB) error) {
	t.Helper()
	driver, source := "pgx", p.dsn
	if p.dsn == "" {
		driver, source = "sqlite", "file:"+filepath.Join(p.data, sqlite.FileName)+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, source)
	if err == nil {
		err = do(db)
		db.Close()
	}
	if err != nil {
		t.Fatalf("beside the server: %v", err)
	}
}

// expire lets the leases of a dead process run out at once, as a minute would.
// On SQLite the next start does so by itself.
func (p place) expire(t testing.TB) {
	t.Helper()
	if p.dsn != "" {
		p.exec(t, `UPDATE schemas SET lease_expires = 1 WHERE lease_expires > 1`)
		p.exec(t, `UPDATE jobs SET due_at = 1 WHERE state = 'running'`)
	}
}

// spooled counts files of uploads that have not ended.
func (p place) spooled(t testing.TB) int {
	t.Helper()
	n := 0
	blobs := p.blobs
	if blobs == "" {
		blobs = filepath.Join(p.data, "blobs")
	}
	err := filepath.WalkDir(blobs, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Base(filepath.Dir(path)) == "spool" {
			n++
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return n
}

// mustBeClean demands invariant I5, that nothing is left of what was under way,
// and that the file of SQLite is whole. The server may run.
func (p place) mustBeClean(t testing.TB) {
	t.Helper()
	left := func() string {
		if n := p.spooled(t); n > 0 {
			return fmt.Sprintf("%d spool files", n)
		}
		for what, query := range map[string]string{
			"leases": fmt.Sprintf(`SELECT count(*) FROM schemas WHERE lease_expires > %d`, time.Now().UnixMicro()), "unfinished imports": `SELECT count(*) FROM imports WHERE status IN ('pending', 'processing')`,
			"unfinished jobs":       `SELECT count(*) FROM jobs WHERE ended_at = 0 AND kind = 'dbt_import'`,
			"half-written versions": `SELECT count(*) FROM schemas WHERE dirty <> 0`,
		} {
			if n := p.query(t, query); n > 0 {
				return fmt.Sprintf("%d %s", n, what)
			}
		}
		return ""
	}
	if !eventually(5*time.Second, func() bool { return left() == "" }) {
		t.Errorf("I5: %s left", left())
	}
	if p.dsn == "" {
		if err := sqlite.Check(context.Background(), p.data); err != nil {
			t.Errorf("the database file: %v", err)
		}
	}
}

// eventually asks until it is true or the time is up.
func eventually(within time.Duration, is func() bool) bool {
	for end := time.Now().Add(within); ; time.Sleep(20 * time.Millisecond) {
		if is() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}

// admin speaks to PostgreSQL as its superuser.
func admin(t testing.TB, dsn, statement string) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(context.Background(), statement); err != nil {
		t.Fatal(err)
	}
}

func mustDo(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// makeReachable lets PostgreSQL's own user reach a folder below ours.
func makeReachable(dir string) error {
	return errors.Join(os.Chmod(dir, 0o755), os.Chmod(filepath.Dir(dir), 0o755))
}
