//go:build linux

package faults

import (
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/store/sqlite"
)

// F20: a process that may open 64 files, and more clients than that. It answers or refuses, and works again once they
// are gone.
func TestFewFiles(t *testing.T) {
	prlimit, err := exec.LookPath("prlimit")
	if err != nil {
		t.Skip("SKIPPED: prlimit is missing")
	}
	onBoth(t, func(t *testing.T, kind string) {
		k, p := calmOf(t, kind), prepared(t, kind)
		s := serve(t, p, options{under: []string{prlimit, "--nofile=64:64"}})
		c := s.client(p.key)
		var open []net.Conn
		for range 100 {
			conn, err := net.DialTimeout("tcp", strings.TrimPrefix(s.base, "http://"), time.Second)
			if err != nil {
				break // the queue of the port is full
			}
			open = append(open, conn)
			_, _ = fmt.Fprint(conn, "GET /livez HTTP/1.1\r\nHost: ")
		}
		if len(open) < 60 {
			t.Fatalf("I6: %d connections, which are too few to matter", len(open))
		}
		hurried := *c
		hurried.http = &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
		for range 3 {
			if r, err := hurried.do(http.MethodGet, "/api/v1/assets?limit=5&schema_id="+p.schema, nil); err == nil && r.status != http.StatusOK && r.status != http.StatusServiceUnavailable {
				t.Errorf("with all files open: %d %s", r.status, r.body)
			}
		}
		for _, conn := range open {
			_ = conn.Close()
		}
		if !eventually(10*time.Second, func() bool {
			r, err := hurried.do(http.MethodGet, "/livez", nil)
			return err == nil && r.status == http.StatusOK
		}) {
			t.Fatal("the server does not answer after the others have gone")
		}
		p.mustBeCalm(t, c, k, c.apply(p.schema, after(t)))
		s.stop()
		p.mustBeClean(t)
	})
}

// F32: an operator holds locks that exclude everybody. No request hangs, all get what may be tried again, and what was
// accepted goes on afterwards.
func TestOperatorsLock(t *testing.T) {
	long(t)
	onBoth(t, func(t *testing.T, kind string) {
		k, p := calmOf(t, kind), prepared(t, kind)
		s := serve(t, p, options{})
		c := s.client(p.key)
		release := p.lockOut(t)
		began := time.Now()
		f := newForm(t, p.schema, after(t))
		first, err := c.upload(f, "locked")
		if err != nil || first.status != http.StatusServiceUnavailable || first.header.Get("Retry-After") == "" {
			t.Errorf("an upload behind the lock: %v, %d %s", err, first.status, first.body)
		}
		read := http.StatusServiceUnavailable
		if kind == onSQLite {
			read = http.StatusOK // readers wait for no writer
		}
		for path, want := range map[string]int{"/api/v1/assets?schema_id=" + p.schema: read, "/livez": http.StatusOK} {
			if r, err := c.do(http.MethodGet, path, nil); err != nil || r.status != want {
				t.Errorf("%s behind the lock: %v, %d, want %d", path, err, r.status, want)
			}
		}
		t.Logf("answered after %s", time.Since(began).Round(time.Millisecond))
		release()
		again, err := c.upload(f, "locked")
		if err != nil || again.status != http.StatusAccepted {
			t.Fatalf("without the lock: %v, %d %s", err, again.status, again.body)
		}
		id := again.text("data", "id")
		if status := c.await(id, 60*time.Second); status != "completed" {
			t.Fatalf("import %s is %s: %s", id, status, c.get("/api/v1/dbt_imports/"+id).body)
		}
		p.mustBeCalm(t, c, k, id)
		s.stop()
		p.mustBeClean(t)
	})
}

// lockOut takes the store's locks as another program would, until release is called.
func (p place) lockOut(t *testing.T) (release func()) {
	t.Helper()
	driver, source, statements := "pgx", p.dsn, []string{"BEGIN", `LOCK TABLE schemas, imports, jobs, assets IN ACCESS EXCLUSIVE MODE`}
	if p.dsn == "" {
		driver, source, statements = "sqlite", "file:"+filepath.Join(p.data, sqlite.FileName), []string{"BEGIN EXCLUSIVE"}
	}
	db, err := sql.Open(driver, source)
	mustDo(t, err)
	conn, err := db.Conn(t.Context())
	mustDo(t, err)
	for _, s := range statements {
		_, err := conn.ExecContext(t.Context(), s)
		mustDo(t, err)
	}
	return func() {
		t.Helper()
		_, err := conn.ExecContext(t.Context(), "ROLLBACK")
		mustDo(t, errors.Join(err, conn.Close(), db.Close()))
	}
}

// flaky makes every 13th statement that writes to a catalog's table fail, as deadlocks and conflicts do in turn. The
// number is drawn outside of transactions, so that the same statement succeeds when it is tried again.
const flaky = `CREATE SEQUENCE drawn; CREATE FUNCTION flaky() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n bigint := nextval('drawn');
BEGIN
	IF n % 26 = 0 THEN RAISE EXCEPTION 'injected' USING ERRCODE = '40P01'; END IF;
	IF n % 13 = 0 THEN RAISE EXCEPTION 'injected' USING ERRCODE = '40001'; END IF;
	RETURN NULL;
END $$;
DO $$ DECLARE name text; BEGIN
	FOREACH name IN ARRAY ARRAY['imports', 'jobs', 'schemas', 'assets', 'facets', 'versions'] LOOP
		EXECUTE format('CREATE TRIGGER flaky AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION flaky()', name);
	END LOOP;
END $$`

// F31: deadlocks and serialization failures. Each is tried again, with the effects of one.
func TestDeadlocks(t *testing.T) {
	long(t)
	k, p := calmOf(t, onPostgres), prepared(t, onPostgres)
	p.exec(t, flaky)
	s := serve(t, p, options{})
	c := s.client(p.key)
	watcher := k.watch(c, p.schema)
	f := newForm(t, p.schema, after(t))
	var accepted reply
	if !eventually(30*time.Second, func() bool {
		var err error
		accepted, err = c.upload(f, "deadlocks")
		return err == nil && accepted.status == http.StatusAccepted
	}) {
		t.Fatalf("the upload: %d %s", accepted.status, accepted.body)
	}
	id := accepted.text("data", "id")
	if status := c.await(id, 2*time.Minute); status != "completed" {
		t.Fatalf("import %s is %s: %s", id, status, c.get("/api/v1/dbt_imports/"+id).body)
	}
	watcher.end(t)
	if n := p.query(t, `SELECT last_value FROM drawn`); n < 26 {
		t.Errorf("I6: %d statements, too few to fail", n)
	}
	p.exec(t, `DROP FUNCTION flaky CASCADE; DROP SEQUENCE drawn`)
	p.mustBeCalm(t, c, k, id)
	s.stop()
	p.mustBeClean(t)
}

// Points of the long and of the short form.
const (
	migrationPoints      = 40
	shortMigrationPoints = 2
)

// F11: killed at any point of the migrations that an empty store goes through, the next start finishes them.
func TestKilledDuringMigrations(t *testing.T) {
	onBoth(t, func(t *testing.T, kind string) {
		key := groundOf(t, kind).key
		total := killMigration(t, kind, key, 0)
		points := shortMigrationPoints
		if full() {
			points = migrationPoints
		}
		for i := range points {
			n := 1 + i*(total-1)/points
			killMigration(t, kind, key, n)
			if t.Failed() {
				t.Fatalf("kill point %d of %d", n, total)
			}
		}
		t.Logf("%d calls, %d kill points", total, points)
	})
}

// killMigration kills the n-th call of the first start on an empty store; with 0 it counts them.
func killMigration(t *testing.T, kind, key string, n int) (calls int) {
	t.Helper()
	p := empty(t, kind)
	p.key = key
	o := options{trap: newTrap(p.matching()), env: []string{"THALWEG_BOOTSTRAP_KEY=" + key}}
	o.trap.arm(n)
	s := launch(t, p, o)
	if n == 0 {
		if !s.ready(60 * time.Second) {
			t.Fatal("the server did not start")
		}
		calls = o.trap.count()
		s.stop()
		return calls
	}
	s.mustBeKilled(60 * time.Second)
	o.trap = nil
	s = serve(t, p, o)
	c := s.client(key)
	p.schema = c.schema("Shop")
	c.apply(p.schema, before(t))
	s.stop()
	p.mustBeClean(t)
	return 0
}
