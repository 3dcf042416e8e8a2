//go:build linux

package faults

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/store"
)

// F01: killed at 1, 50 and 99 % of an upload.
func TestKilledDuringAnUpload(t *testing.T) {
	onBoth(t, func(t *testing.T, kind string) {
		for _, percent := range []int{1, 50, 99} {
			t.Run(fmt.Sprint(percent), func(t *testing.T) { killDuringUpload(t, prepared(t, kind), percent) })
		}
	})
}

func killDuringUpload(t *testing.T, p place, percent int) {
	s := serve(t, p, options{})
	f := newForm(t, p.schema, after(t))
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /api/v1/dbt_imports HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", p.key, f.kind, len(f.body))
	if _, err := conn.Write(f.body[:len(f.body)*percent/100]); err != nil {
		t.Fatal(err)
	}
	if !eventually(5*time.Second, func() bool { return p.spooled(t) > 0 }) {
		t.Fatal("nothing was spooled: the kill would not come within the upload")
	}
	s.kill()
	s.mustBeKilled(time.Second)
	if n, err := conn.Read(make([]byte, 1)); err == nil {
		t.Errorf("the client read %d bytes of a reply", n)
	}
	if p.spooled(t) == 0 {
		t.Fatal("the kill left no spool file: there is nothing to reclaim")
	}
	s = serve(t, p, options{})
	if n := s.client(p.key).imports(p.schema); n != 1 {
		t.Errorf("%d imports, want the first one alone", n)
	}
	p.mustBeClean(t)
}

// F03: killed after the import was accepted, at the very system call that would
// have told so.
func TestKilledBeforeTheReply(t *testing.T) {
	onBoth(t, func(t *testing.T, kind string) {
		k, p := calmOf(t, kind), prepared(t, kind)
		trap := newTrap(accepted)
		s := serve(t, p, options{trap: trap})
		trap.arm(1)
		f := newForm(t, p.schema, after(t))
		if r, err := s.client(p.key).upload(f, "reply"); err == nil {
			t.Fatalf("a reply came: %d", r.status)
		}
		s.mustBeKilled(5 * time.Second)
		p.expire(t)
		s = serve(t, p, options{})
		c := s.client(p.key)
		if n := c.imports(p.schema); n != 2 {
			t.Fatalf("%d imports: the accepted one is lost", n)
		}
		r, err := c.upload(f, "reply")
		if err != nil || r.status != http.StatusAccepted || r.header.Get("Idempotency-Replayed") != "true" {
			t.Fatalf("the same request again: %v, %d, %v", err, r.status, r.header)
		}
		id := r.text("data", "id")
		if status := c.await(id, 30*time.Second); status != "completed" {
			t.Fatalf("import %s is %s", id, status)
		}
		p.mustBeCalm(t, c, k, id)
		// Without the key the same bytes make an import of their own, which
		// finds nothing to do.
		second := c.apply(p.schema, after(t))
		if n := c.counters(second); second == id || n != (counters{}) {
			t.Errorf("the same bytes without the key: %s after %s, counters %v", second, id, n)
		}
		p.mustBeClean(t)
	})
}

// F05: a job that kills its worker each time fails after five attempts, and the
// others do not suffer from it, not even those that are in work each time.
func TestPoisonousImport(t *testing.T) {
	onBoth(t, func(t *testing.T, kind string) {
		t.Run("when both are in work", func(t *testing.T) { poisonousImport(t, prepared(t, kind), inParallel) })
		t.Run("at its first step", func(t *testing.T) {
			long(t)
			poisonousImport(t, prepared(t, kind), func(p place, poison, _ []byte) func(call) bool { return readsBlob(p, poison) })
		})
	})
}

// inParallel matches when the other import is in work beside the poisonous one,
// or at the latest some steps after that began.
func inParallel(p place, poison, other []byte) func(call) bool {
	begins, joins := readsBlob(p, poison), readsBlob(p, other)
	begun, joined, steps := false, false, 0
	return func(c call) bool {
		begun, joined = begun || begins(c), joined || joins(c)
		if begun {
			steps++
		}
		return begun && joined || steps > 80
	}
}

func poisonousImport(t *testing.T, p place, match func(place, []byte, []byte) func(call) bool) {
	s := serve(t, p, options{})
	c := s.client(p.key)
	other := c.schema("Other")
	s.stop()

	// Accepted by a server that is killed before it can begin: the poison
	// first, then an innocent one in another schema.
	poison := artifacts{manifest: after(t).manifest}
	ids := acceptOnly(t, p, map[string]artifacts{p.schema: poison, other: before(t)}, p.schema, other)
	deaths := 0
	for ; deaths < 8; deaths++ {
		p.expire(t)
		trap := newTrap(match(p, poison.manifest, before(t).manifest))
		trap.arm(1)
		s = launch(t, p, options{trap: trap})
		failed := func() bool { return p.query(t, `SELECT count(*) FROM imports WHERE status = 'failed'`) > 0 }
		if !eventually(20*time.Second, func() bool { return s.end() != nil || failed() }) {
			t.Fatal("the job neither killed its worker nor failed")
		}
		if s.end() == nil {
			break
		}
		s.mustBeKilled(time.Second)
	}
	s.kill()
	p.expire(t) // the innocent one may have been in work just then
	if deaths != 5 {
		t.Errorf("the job killed its worker %d times, want 5", deaths)
	}
	s = serve(t, p, options{})
	c = s.client(p.key)
	if status := c.await(ids[0], 10*time.Second); status != "failed" {
		t.Fatalf("the poisonous import is %s", status)
	}
	r := c.get("/api/v1/dbt_imports/" + ids[0])
	if text := r.text("data", "attributes", "error_message"); !strings.Contains(text, "worker crashed 5 times") {
		t.Errorf("error_message %q", text)
	}
	if status := c.await(ids[1], 30*time.Second); status != "completed" {
		t.Errorf("the innocent import is %s: %s", status, c.get("/api/v1/dbt_imports/"+ids[1]).body)
	}
	// The schema goes on, and what the crashes left in it is swept.
	c.apply(p.schema, after(t))
	p.mustBeClean(t)
}

// acceptOnly has uploads accepted by a process that is killed at the last one's
// reply; no worker can have ended any of them.
func acceptOnly(t *testing.T, p place, uploads map[string]artifacts, order ...string) []string {
	t.Helper()
	if p.dsn != "" {
		return acceptByAPI(t, p, uploads, order)
	}
	// SQLite has one process: its jobs are put off as they come.
	s := serve(t, p, options{})
	c := s.client(p.key)
	p.exec(t, fmt.Sprintf(`CREATE TRIGGER hold AFTER INSERT ON jobs BEGIN
		UPDATE jobs SET state = 'delayed', due_at = %d WHERE ws = NEW.ws AND id = NEW.id; END`, time.Now().Add(store.MaxDelay).UnixMicro()))
	var ids []string
	for _, schema := range order {
		ids = append(ids, c.send(schema, uploads[schema]))
	}
	s.kill()
	p.exec(t, `DROP TRIGGER hold`)
	p.exec(t, `UPDATE jobs SET state = 'ready', due_at = 0 WHERE state = 'delayed'`)
	return ids
}

func acceptByAPI(t *testing.T, p place, uploads map[string]artifacts, order []string) []string {
	t.Helper()
	s := serve(t, p, options{args: []string{"--role", "api"}})
	c := s.client(p.key)
	var ids []string
	for _, schema := range order {
		ids = append(ids, c.send(schema, uploads[schema]))
	}
	s.stop()
	return ids
}

// F06: SIGTERM in the middle of an import.
func TestStoppedDuringAnImport(t *testing.T) {
	onBoth(t, func(t *testing.T, kind string) {
		t.Run("finishes", func(t *testing.T) { stopDuringImport(t, kind, "30s", true) })
		t.Run("hands back", func(t *testing.T) { stopDuringImport(t, kind, "1ms", false) })
	})
}

func stopDuringImport(t *testing.T, kind, grace string, finishes bool) {
	k, p := calmOf(t, kind), prepared(t, kind)
	trap := newTrap(readsBlob(p, after(t).manifest))
	trap.spring = terminate
	s := serve(t, p, options{trap: trap, env: []string{"THALWEG_SHUTDOWN_GRACE=" + grace}})
	c := s.client(p.key)
	trap.arm(1)
	id := c.send(p.schema, after(t))
	if !s.within(35 * time.Second) {
		t.Fatal("SIGTERM did not end the process")
	}
	if trap.where() == "" {
		t.Fatal("no signal was sent")
	}
	if !s.status.Exited() || s.status.ExitStatus() != 0 {
		t.Errorf("the process ended with %s", ending(s.status))
	}
	done := p.query(t, `SELECT count(*) FROM imports WHERE status = 'completed' AND attempts = 1`) == 2
	if done != finishes {
		t.Errorf("the import was completed within the grace: %v, want %v", done, finishes)
	}
	if n := p.query(t, `SELECT count(*) FROM imports WHERE status = 'pending' AND attempts = 0`); !finishes && n != 1 {
		t.Errorf("%d imports were handed back without an attempt, want 1", n)
	}
	s = serve(t, p, options{})
	c = s.client(p.key)
	if status := c.await(id, 30*time.Second); status != "completed" {
		t.Fatalf("import %s is %s", id, status)
	}
	p.mustBeCalm(t, c, k, id)
	if n, _ := c.report(id, "attempts").(float64); n != 1 {
		t.Errorf("%v attempts, want 1", n)
	}
	p.mustBeClean(t)
}

// F07: a worker stands still for longer than its lease, another takes over, and
// the first one's late writes are refused.
func TestStalledWorker(t *testing.T) {
	k, p := calmOf(t, onPostgres), prepared(t, onPostgres)
	trap := newTrap(betweenWrites())
	trap.spring = freeze
	stale := serve(t, p, options{trap: trap})
	c := stale.client(p.key)
	trap.arm(1)
	id := c.send(p.schema, after(t))
	select {
	case <-trap.sprung:
	case <-time.After(10 * time.Second):
		t.Fatal("the worker was not stopped")
	}
	if n := p.query(t, `SELECT count(*) FROM imports WHERE status = 'processing'`); n != 1 {
		t.Fatalf("%d imports are in work, want 1: the worker was stopped at a wrong time", n)
	}
	p.expire(t)
	other := serve(t, p, options{})
	oc := other.client(p.key)
	if status := oc.await(id, 30*time.Second); status != "completed" {
		t.Fatalf("import %s is %s", id, status)
	}
	trap.thaw()
	if !stale.log.has(10*time.Second, "job passed to another worker", id) {
		t.Error("the stale worker did not notice")
	}
	p.mustBeCalm(t, oc, k, id)
	if n, _ := oc.report(id, "attempts").(float64); n != 2 {
		t.Errorf("%v attempts, want 2", n)
	}
	stale.stop()
	p.mustBeCalm(t, oc, k, id)
	p.mustBeClean(t)
}

// F10: a second process on the same folder is refused and told by whom.
func TestSecondProcess(t *testing.T) {
	p := prepared(t, onSQLite)
	first := serve(t, p, options{})
	second := launch(t, p, options{})
	if !second.within(10 * time.Second) {
		t.Fatal("the second process runs")
	}
	if !second.status.Exited() || second.status.ExitStatus() == 0 {
		t.Errorf("the second process ended with %s", ending(second.status))
	}
	if !second.log.has(time.Second, "in use by", fmt.Sprintf("process %d ", first.pid)) {
		t.Errorf("the holder, process %d, is not named: %s", first.pid, second.log)
	}
	first.client(p.key).get("/readyz")
	// However it died, the folder is free at once.
	first.signal(syscall.SIGKILL)
	<-first.gone
	serve(t, p, options{}).stop()
}
