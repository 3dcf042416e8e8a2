//go:build linux

package faults

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/thalweg-data/thalweg/internal/pgtest"
)

// disk is a small file system of its own.
type disk struct {
	dir string
	tb  testing.TB
}

// newDisk mounts a small disk; without the right to do so the test is skipped.
func newDisk(tb testing.TB, megabytes, owner int) disk {
	tb.Helper()
	dir := folder(tb)
	options := fmt.Sprintf("size=%dm,mode=0700,uid=%d,gid=%d", megabytes, owner, owner)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		tb.Skipf("SKIPPED: a small disk cannot be mounted here, that takes root: %v", err)
	}
	tb.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			tb.Errorf("unmount: %v", err)
		}
	})
	return disk{dir, tb}
}

// fill takes all space but some bytes.
func (d disk) fill(leave int64) {
	d.tb.Helper()
	mustDo(d.tb, d.tryFill(leave))
}

func (d disk) tryFill(leave int64) error {
	if err := os.Remove(d.filler()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	var stat syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &stat); err != nil {
		return err
	}
	size := int64(stat.Bavail)*stat.Bsize - leave
	return os.WriteFile(d.filler(), make([]byte, max(size, 0)), 0o600)
}

func (d disk) filler() string { return filepath.Join(d.dir, "filler") }

// empty gives the space back.
func (d disk) empty() {
	d.tb.Helper()
	mustDo(d.tb, os.Remove(d.filler()))
}

// on moves the data folder of a place to the disk.
func (p place) on(t *testing.T, d disk) place {
	t.Helper()
	mustDo(t, os.CopyFS(d.dir, os.DirFS(p.data)))
	p.data = d.dir
	return p
}

// reserve is what an upload must leave free; see compat/dbtimports.
const reserve = 32 << 20

// F13: no space for an upload. It is refused before its body is read where its
// length tells, else in the middle; with space again, it succeeds.
func TestSpoolFull(t *testing.T) {
	onBoth(t, func(t *testing.T, kind string) {
		k := calmOf(t, kind)
		d := newDisk(t, 64, 0)
		p := prepared(t, kind).on(t, d)
		s := serve(t, p, options{})
		c := s.client(p.key)
		f := newForm(t, p.schema, after(t))
		d.fill(reserve + int64(len(f.body))/2)
		if status := s.askFirst(t, p.key, f); status != http.StatusInsufficientStorage {
			t.Errorf("before the body: status %d, want 507", status)
		}
		for _, part := range []int64{4, 2} {
			d.fill(int64(len(f.body)) / part)
			mustBeFull(t, c, f)
		}
		if n := c.imports(p.schema); n != 1 {
			t.Errorf("%d imports after refused uploads", n)
		}
		if n := p.spooled(t); n != 0 {
			t.Errorf("%d spool files are left", n)
		}
		if r, err := c.do(http.MethodGet, "/readyz", nil); err != nil || r.status != http.StatusServiceUnavailable {
			t.Errorf("/readyz on a full disk: %v, %d", err, r.status)
		}
		d.empty()
		p.mustBeCalm(t, c, k, c.apply(p.schema, after(t)))
		s.stop()
		p.mustBeClean(t)
	})
}

// askFirst sends the head of an upload and asks whether to go on. It gives the
// status of the reply, 100 if the server wants the body.
func (s *process) askFirst(t *testing.T, key string, f form) int {
	t.Helper()
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.base, "http://"))
	mustDo(t, err)
	defer conn.Close()
	mustDo(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	fmt.Fprintf(conn, "POST /api/v1/dbt_imports HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", key, f.kind, len(f.body))
	var version string
	var status int
	line, err := bufio.NewReader(conn).ReadString('\n')
	mustDo(t, err)
	_, err = fmt.Sscan(line, &version, &status)
	mustDo(t, err)
	return status
}

// mustBeFull sends an upload whose length nobody is told, which finds the disk
// full on its way.
func mustBeFull(t *testing.T, c *client, f form) {
	t.Helper()
	r, err := c.do(http.MethodPost, "/api/v1/dbt_imports", struct{ io.Reader }{strings.NewReader(string(f.body))}, "Content-Type", f.kind)
	if err != nil || r.status != http.StatusInsufficientStorage || r.text("code") != "insufficient-storage" {
		t.Errorf("in the body: %v, %d %s", err, r.status, r.body)
	}
}

// F14: the database's disk is full in the middle of an import.
func TestDatabaseDiskFull(t *testing.T) {
	long(t)
	onBoth(t, func(t *testing.T, kind string) {
		k := calmOf(t, kind)
		d, p := onSmallDisk(t, kind)
		filled := make(chan error, 1)
		filler := newTrap(readsBlob(p, after(t).manifest))
		filler.spring = func(*trap, int) { filled <- d.tryFill(0) }
		s := serve(t, p, options{trap: filler, env: []string{"THALWEG_BLOB_URL=file://" + p.blobs}})
		c := s.client(p.key)
		watcher := k.watch(c, p.schema)
		filler.arm(1)
		id := c.send(p.schema, after(t))
		mustDo(t, <-filled)
		if !s.log.has(20*time.Second, "job will be tried again", id, "no space left") {
			t.Fatalf("the full disk was not noticed:\n%s", s.log.tail(10))
		}
		c.get("/api/v1/assets?limit=5&schema_id=" + p.schema)
		if r, err := c.do(http.MethodGet, "/readyz", nil); err != nil || r.status != http.StatusServiceUnavailable {
			t.Errorf("/readyz with a full database: %v, %d %s", err, r.status, r.body)
		}
		d.empty()
		if status := c.await(id, 60*time.Second); status != "completed" {
			t.Fatalf("with space again import %s is %s: %s", id, status, c.get("/api/v1/dbt_imports/"+id).body)
		}
		watcher.end(t)
		p.mustBeCalm(t, c, k, id)
		if n, _ := c.report(id, "attempts").(float64); n < 2 {
			t.Errorf("%v attempts: the disk was not full", n)
		}
		s.stop()
		p.mustBeClean(t)
	})
}

// onSmallDisk gives a place whose database, and nothing else, is on a small
// disk.
func onSmallDisk(t *testing.T, kind string) (disk, place) {
	t.Helper()
	if kind == onSQLite {
		d := newDisk(t, 16, 0)
		p := prepared(t, kind)
		p.blobs = filepath.Join(p.data, "blobs")
		blobs := p.blobs
		p = p.on(t, d)
		mustDo(t, os.RemoveAll(filepath.Join(d.dir, "blobs")))
		p.blobs = blobs
		return d, p
	}
	d := newDisk(t, 64, postgresOwner(t))
	mustDo(t, makeReachable(d.dir))
	p := prepared(t, kind)
	p.blobs = filepath.Join(p.data, "blobs")
	address, err := url.Parse(p.dsn)
	mustDo(t, err)
	database := strings.TrimPrefix(address.Path, "/")
	space := "small_" + database
	super := superuser(t, p.dsn)
	admin(t, super, fmt.Sprintf(`CREATE TABLESPACE %s LOCATION '%s'`, space, tablespaceIn(t, d)))
	admin(t, super, fmt.Sprintf(`ALTER DATABASE %s SET TABLESPACE %s`, database, space))
	t.Cleanup(func() { // before the disk goes, and pgtest's own dropping of the database
		admin(t, super, fmt.Sprintf(`ALTER DATABASE %s SET TABLESPACE pg_default`, database))
		admin(t, super, `DROP TABLESPACE `+space)
	})
	return d, p
}

// tablespaceIn makes an empty folder on the disk that PostgreSQL owns.
func tablespaceIn(t *testing.T, d disk) string {
	t.Helper()
	dir, owner := filepath.Join(d.dir, "space"), postgresOwner(t)
	mustDo(t, os.Mkdir(dir, 0o700))
	mustDo(t, os.Chown(dir, owner, owner))
	return dir
}

// superuser turns the address of a database into that of the server's
// superuser.
func superuser(t *testing.T, dsn string) string {
	t.Helper()
	address, err := url.Parse(dsn)
	mustDo(t, err)
	address.User, address.Path = url.User("postgres"), "/postgres"
	return address.String()
}

// postgresOwner is the user as whom the test binary's PostgreSQL runs.
func postgresOwner(t *testing.T) int {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), superuser(t, pgtest.New(t)))
	mustDo(t, err)
	defer conn.Close(context.Background())
	var data string
	mustDo(t, conn.QueryRow(context.Background(), `SHOW data_directory`).Scan(&data))
	info, err := os.Stat(data)
	mustDo(t, err)
	return int(info.Sys().(*syscall.Stat_t).Uid)
}

// F15: an fsync fails, once. What was to be acknowledged by it is not, nothing
// is synced a second time on the same handle, and the next try succeeds.
func TestFailedSync(t *testing.T) {
	onBoth(t, func(t *testing.T, kind string) { failEach(t, kind, "fsync", 1, 2) })
}

// A write to the database fails, once.
func TestFailedWrite(t *testing.T) {
	long(t)
	failEach(t, onSQLite, "pwrite64", 12, 0)
}

// failEach fails one call of a name in an import: each step-th of them, or in
// the short form some.
func failEach(t *testing.T, kind, name string, step, some int) {
	t.Helper()
	if runtime.GOARCH != "amd64" {
		t.Skip("SKIPPED: calls are made to fail on amd64 alone")
	}
	k := calmOf(t, kind)
	total := countCalls(t, kind, k, func(p place) func(call) bool { return named(name, p.data) })
	var points []int
	if !full() {
		step = max(1, (total-1)/some)
		points = []int{2, 3} // the upload's own, whichever part of it comes first
	}
	for n := 1; n <= total; n += step {
		points = append(points, n)
	}
	runs, refused, retried := 0, 0, 0
	for _, n := range points {
		happened, status, attempts := failAt(t, kind, k, name, n)
		if t.Failed() {
			t.Fatalf("%s %d", name, n)
		}
		if happened {
			runs++
		}
		if status != http.StatusAccepted {
			refused++
		}
		if attempts > 1 {
			retried++
		}
	}
	t.Logf("%d of the %d %s calls of an import failed: %d uploads were refused, %d imports took another attempt", runs, total, name, refused, retried)
	if runs == 0 || refused == 0 || runs < total/step/2 {
		t.Errorf("I6: %d calls failed", runs)
	}
}

func failAt(t *testing.T, kind string, k *calm, name string, n int) (happened bool, status int, attempts float64) {
	t.Helper()
	p := prepared(t, kind)
	defer func() { _ = os.RemoveAll(p.data) }()
	trap := newTrap(named(name, p.data))
	trap.eio = true
	s := serve(t, p, options{trap: trap})
	c := s.client(p.key)
	f := newForm(t, p.schema, after(t))
	watcher := k.watch(c, p.schema)
	trap.arm(n)
	first, err := c.upload(f, "eio")
	if err != nil {
		t.Fatalf("the upload got no reply: %v", err)
	}
	if first.status != http.StatusAccepted && first.status < 500 {
		t.Errorf("upload: %d %s", first.status, first.body)
	}
	again, err := c.upload(f, "eio")
	if err == nil && again.status >= 500 && first.status == http.StatusAccepted {
		again, err = c.upload(f, "eio") // it was this one that met the failure
	}
	if err != nil || again.status != http.StatusAccepted {
		t.Fatalf("the request again: %v, %d %s", err, again.status, again.body)
	}
	id := again.text("data", "id")
	if first.status == http.StatusAccepted && first.text("data", "id") != id {
		t.Errorf("I2: %s was acknowledged, the same request then gave %s", first.text("data", "id"), id)
	}
	if status := c.await(id, 40*time.Second); status != "completed" {
		t.Fatalf("import %s is %s: %s", id, status, c.get("/api/v1/dbt_imports/"+id).body)
	}
	watcher.end(t)
	p.mustBeCalm(t, c, k, id)
	attempts, _ = c.report(id, "attempts").(float64)
	if trap.hasFailed() {
		s.stop()
	} else { // it is to come while the server stops, which may then say so
		s.signal(syscall.SIGTERM)
		if !s.within(45 * time.Second) {
			t.Error("SIGTERM did not stop the server")
		}
	}
	p.mustBeClean(t)
	return trap.hasFailed(), first.status, attempts
}
