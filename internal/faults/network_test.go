//go:build linux

package faults

import (
	"context"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/pgtest"
)

// commits are transactions of an import by what they say.
var commits = map[string]string{
	"accept": "INSERT INTO imports",
	"claim":  "attempts = attempts + 1",
	"write":  `copy "assets"`,
	"flip":   "INSERT INTO versions",
}

// F26: the connection is cut exactly at a COMMIT. Whether it took place, the
// server cannot know; the outcome is the same.
func TestCutAtCommit(t *testing.T) {
	k := calmOf(t, onPostgres)
	for _, name := range []string{"accept", "claim", "write", "flip"} {
		for when, late := range map[string]bool{"lost": false, "unheard": true} {
			if !full() && name != "flip" {
				continue
			}
			t.Run(name+" "+when, func(t *testing.T) { cutAtCommit(t, k, name, late) })
		}
	}
}

func cutAtCommit(t *testing.T, k *calm, name string, late bool) {
	p := prepared(t, onPostgres)
	x, through := newProxy(t, p)
	s := serve(t, through, options{})
	c := s.client(p.key)
	f := newForm(t, p.schema, after(t))
	watcher := k.watch(c, p.schema)
	x.cutAt(commits[name], late)
	first, err := c.upload(f, "cut")
	if err != nil {
		t.Fatalf("the request got no reply: %v", err)
	}
	if name == "accept" && first.status < 500 {
		t.Errorf("the commit of the import was not known to have taken place, the reply is %d %s", first.status, first.body)
	}
	again, err := c.upload(f, "cut")
	if err != nil || again.status != http.StatusAccepted {
		t.Fatalf("the request again: %v, %d %s", err, again.status, again.body)
	}
	id := again.text("data", "id")
	if first.status == http.StatusAccepted && first.text("data", "id") != id {
		t.Errorf("I2: %s was acknowledged, the same request then gave %s", first.text("data", "id"), id)
	}
	if status := c.await(id, 60*time.Second); status != "completed" {
		t.Fatalf("import %s is %s: %s", id, status, c.get("/api/v1/dbt_imports/"+id).body)
	}
	watcher.end(t)
	if x.cut() != 1 {
		t.Fatalf("I6: %d connections were cut, want 1", x.cut())
	}
	p.mustBeCalm(t, c, k, id)
	s.stop()
	p.mustBeClean(t)
}

// F25, F27: the whole link goes down at a COMMIT and comes back after a while.
// Requests fail meanwhile as what may be tried again, and the import goes on
// soon after, not when its lease runs out.
func TestLinkDown(t *testing.T) {
	k, p := calmOf(t, onPostgres), prepared(t, onPostgres)
	x, through := newProxy(t, p)
	s := serve(t, through, options{})
	c := s.client(p.key)
	goroutines := c.goroutines()
	watcher := k.watch(c, p.schema)
	x.downAt(commits["flip"])
	id := c.send(p.schema, after(t))
	if !eventually(10*time.Second, func() bool { return x.cut() == 1 }) {
		t.Fatal("I6: the link did not go down")
	}
	mustBeAway(t, c, newForm(t, p.schema, before(t)))
	x.up()
	began := time.Now()
	if status := c.await(id, 60*time.Second); status != "completed" {
		t.Fatalf("import %s is %s: %s", id, status, c.get("/api/v1/dbt_imports/"+id).body)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("the import went on %s after the link was up", took)
	}
	watcher.end(t)
	p.mustBeCalm(t, c, k, id)
	if n, _ := c.report(id, "attempts").(float64); n != 2 {
		t.Errorf("%v attempts, want 2", n)
	}
	c.mustCalmDown(goroutines)
	s.stop()
	p.mustBeClean(t)
}

// mustBeAway demands how a server behaves whose database does not answer.
func mustBeAway(t *testing.T, c *client, f form) {
	t.Helper()
	began := time.Now()
	r, err := c.upload(f, "")
	if err != nil || r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" {
		t.Errorf("an upload while the database is away: %v, %d %s", err, r.status, r.body)
	}
	for path, want := range map[string]int{"/api/v1/schemas": 503, "/readyz": 503, "/livez": 200} {
		if r, err := c.do(http.MethodGet, path, nil); err != nil || r.status != want {
			t.Errorf("%s while the database is away: %v, %d, want %d", path, err, r.status, want)
		}
	}
	if took := time.Since(began); took > 35*time.Second {
		t.Errorf("requests were kept waiting for %s", took)
	}
}

// F25: PostgreSQL is killed in the middle of an import, and comes back.
func TestDatabaseKilled(t *testing.T) {
	long(t)
	k := calmOf(t, onPostgres)
	for _, away := range []time.Duration{0, 8 * time.Second} {
		t.Run("away "+away.String(), func(t *testing.T) { killDatabase(t, k, away) })
	}
}

func killDatabase(t *testing.T, k *calm, away time.Duration) {
	ctx := t.Context()
	dir := folder(t)
	mustDo(t, makeReachable(dir))
	cluster, err := pgtest.Start(ctx, filepath.Join(dir, "pg"))
	mustDo(t, err)
	t.Cleanup(func() { _ = cluster.Stop() })
	mustDo(t, cluster.CreateDatabase(ctx, "catalog"))
	g := &ground{place: place{data: folder(t), dsn: cluster.DSN("catalog")}}
	fill(t, g)
	killed := make(chan error, 1)
	killer := newTrap(betweenWrites())
	killer.spring = func(*trap, int) { killed <- cluster.Kill9() }
	s := serve(t, g.place, options{trap: killer})
	c := s.client(g.key)
	goroutines := c.goroutines()
	watcher := k.watch(c, g.schema)
	killer.arm(1)
	id := c.send(g.schema, after(t))
	mustDo(t, <-killed)
	deadlined, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	mustBeAway(t, c, newForm(t, g.schema, before(t)))
	time.Sleep(away)
	mustDo(t, cluster.Restart(deadlined))
	began := time.Now()
	if status := c.await(id, 60*time.Second); status != "completed" {
		t.Fatalf("60 s after the database came back the import is %s: %s", status, c.get("/api/v1/dbt_imports/"+id).body)
	}
	t.Logf("completed %s after the database came back, attempt %v", time.Since(began).Round(time.Millisecond), c.report(id, "attempts"))
	watcher.end(t)
	g.mustBeCalm(t, c, k, id)
	if s.end() != nil {
		t.Error("the server did not live through it")
	}
	c.mustCalmDown(goroutines)
	s.stop()
	g.mustBeClean(t)
}
