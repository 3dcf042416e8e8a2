//go:build linux

package faults

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob/s3/s3test"
	"github.com/thalweg-data/thalweg/internal/pgtest"
)

// replicas are processes on one PostgreSQL and one bucket.
type replicas struct {
	t   *testing.T
	dsn string
	env []string
	url string // of the artifacts
	key string
}

func newReplicas(t *testing.T, server s3test.Bucket) *replicas {
	t.Helper()
	r := &replicas{t: t, dsn: pgtest.New(t), url: server.URL("rig")}
	for name, value := range s3test.Environment() {
		r.env = append(r.env, name+"="+value)
	}
	return r
}

// start starts a process with a data folder of its own and waits until it is ready.
func (r *replicas) start(env ...string) *process {
	r.t.Helper()
	p := place{data: folder(r.t), dsn: r.dsn}
	s := serve(r.t, p, options{env: append(slices.Clone(r.env), env...), args: []string{"--blob-url", r.url}})
	if s.key != "" {
		r.key = s.key
	}
	return s
}

// balancer is what stands before the processes: it passes requests round to those whose /readyz is 200, as it saw it a
// moment ago, and never repeats one.
type balancer struct {
	base  string
	mu    sync.Mutex
	all   []*backend
	next  int
	probe *http.Client
}

type backend struct {
	base  string
	proxy http.Handler
	ready atomic.Bool
}

func newBalancer(t *testing.T) *balancer {
	t.Helper()
	b := &balancer{probe: &http.Client{Timeout: 5 * time.Second}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if to := b.choose(); to != nil {
			to.proxy.ServeHTTP(w, q)
			return
		}
		http.Error(w, "no process is ready", http.StatusBadGateway)
	}))
	b.base = server.URL
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
				b.look()
			}
		}
	}()
	t.Cleanup(func() { close(stop); <-stopped; server.Close() })
	return b
}

func (b *balancer) choose() *backend {
	b.mu.Lock()
	defer b.mu.Unlock()
	for range b.all {
		b.next = (b.next + 1) % len(b.all)
		if to := b.all[b.next]; to.ready.Load() {
			return to
		}
	}
	return nil
}

func (b *balancer) look() {
	b.mu.Lock()
	all := slices.Clone(b.all)
	b.mu.Unlock()
	for _, to := range all {
		res, err := b.probe.Get(to.base + "/readyz")
		to.ready.Store(err == nil && res.StatusCode == http.StatusOK)
		if err == nil {
			_ = res.Body.Close() // its status is enough
		}
	}
}

// add puts a process behind the balancer and waits until it is used.
func (b *balancer) add(t *testing.T, s *process) *backend {
	t.Helper()
	base, err := url.Parse(s.base)
	mustDo(t, err)
	proxy := httputil.NewSingleHostReverseProxy(base)
	transport := &http.Transport{MaxIdleConnsPerHost: 20}
	proxy.Transport = transport
	t.Cleanup(transport.CloseIdleConnections)
	to := &backend{base: s.base, proxy: proxy}
	b.mu.Lock()
	b.all = append(b.all, to)
	b.mu.Unlock()
	if !eventually(20*time.Second, to.ready.Load) {
		t.Fatal("a process did not become ready")
	}
	return to
}

func (b *balancer) remove(gone *backend) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = slices.DeleteFunc(b.all, func(to *backend) bool { return to == gone })
}

// load are requests that go on until end, of which each must succeed.
type load struct {
	stop    chan struct{}
	work    sync.WaitGroup
	mu      sync.Mutex
	n       int
	failed  []string
	imports []string
}

// note counts a request.
func (l *load) note(what string, r reply, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.n++; err != nil || r.status >= 300 {
		l.failed = append(l.failed, fmt.Sprintf("%s: %v, status %d: %s", what, err, r.status, short(string(r.body))))
	}
}

func (l *load) repeat(do func(i int)) {
	l.work.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-l.stop:
				return
			case <-time.After(5 * time.Millisecond):
				do(i)
			}
		}
	})
}

// begin reads from four clients and uploads from one, each with connections of its own.
func (l *load) begin(t *testing.T, c *client, schema string, states ...artifacts) {
	for _, path := range []string{"/api/v1/schemas", "/api/v1/assets?limit=50&schema_id=" + schema, "/api/v1/lineage?limit=200&schema_id=" + schema, "/api/v1/search?q=orders&schema_id=" + schema} {
		l.repeat(func(int) {
			r, err := c.do(http.MethodGet, path, nil)
			l.note(path, r, err)
		})
	}
	l.repeat(func(i int) {
		f := newForm(t, schema, states[i%len(states)])
		r, err := c.do(http.MethodPost, "/api/v1/dbt_imports", bytes.NewReader(f.body), "Content-Type", f.kind, "Prefer", "wait=5")
		l.note("upload", r, err)
		l.mu.Lock()
		l.imports = append(l.imports, r.text("data", "id"))
		l.mu.Unlock()
	})
}

func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

// TestRollingRestart: every process is replaced by a new one, one after the other, under reads and uploads. No request
// fails, and what was accepted is imported.
func TestRollingRestart(t *testing.T) {
	r, b := newReplicas(t, s3test.New(t)), newBalancer(t)
	const delay = "THALWEG_SHUTDOWN_DELAY=1s"
	type running struct {
		process *process
		behind  *backend
	}
	start := func() running {
		s := r.start(delay)
		return running{s, b.add(t, s)}
	}
	old := []running{start(), start()}
	c := (&process{tb: t, base: b.base}).client(r.key)
	schema := c.schema("Shop")
	c.apply(schema, before(t))
	l := &load{stop: make(chan struct{})}
	l.begin(t, c, schema, after(t), before(t))
	for _, from := range old {
		start()
		served := l.count()
		from.process.stop()
		b.remove(from.behind)
		if !eventually(20*time.Second, func() bool { return l.count() > served+50 }) {
			t.Error("the load stands still")
		}
	}
	close(l.stop)
	l.work.Wait()
	if len(l.failed) > 0 {
		t.Errorf("%d of %d requests failed: %q", len(l.failed), l.n, l.failed[:min(5, len(l.failed))])
	}
	t.Logf("%d requests, %d of them uploads", l.n, len(l.imports))
	for _, id := range l.imports {
		if status := c.await(id, 60*time.Second); status != "completed" {
			t.Errorf("import %s is %s", id, status)
		}
	}
}

// TestReadYourImport: once one process answers that an import is completed, every other one serves what it made.
func TestReadYourImport(t *testing.T) {
	r := newReplicas(t, s3test.New(t))
	one, two := r.start(), r.start()
	clients := []*client{one.client(r.key), two.client(r.key)}
	schema := clients[0].schema("Shop")
	for i := range 10 {
		want := fmt.Sprintf("description %d", i)
		a := manifestOnly(t, before(t), func(d document) {
			d.generated(time.Date(2026, 11, 10, 6, i, 0, 0, time.UTC)).node(leaf)["description"] = want
		})
		f := newForm(t, schema, a)
		to, from := clients[i%2], clients[(i+1)%2]
		res, err := to.do(http.MethodPost, "/api/v1/dbt_imports", bytes.NewReader(f.body), "Content-Type", f.kind, "Prefer", "wait=30")
		if err != nil || res.text("data", "attributes", "status") != "completed" {
			t.Fatalf("import %d: %v, %s", i, err, res.body)
		}
		asset := from.get("/api/v1/assets/by-unique-id?schema_id=" + schema + "&unique_id=" + leaf)
		if got := asset.text("data", "attributes", "description", "value"); got != want {
			t.Errorf("import %d: the other process has %q, want %q", i, got, want)
		}
	}
}

// TestBucketAway: while the bucket is away uploads are refused before their body, reads go on, and nothing needs a
// restart.
func TestBucketAway(t *testing.T) {
	long(t)
	var away atomic.Bool
	r := newReplicas(t, s3test.New(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if away.Load() {
				panic(http.ErrAbortHandler)
			}
			h.ServeHTTP(w, q)
		})
	}))
	s := r.start()
	c := s.client(r.key)
	schema := c.schema("Shop")
	c.apply(schema, before(t))
	away.Store(true)
	f := newForm(t, schema, after(t))
	refused := func() bool {
		res, err := c.upload(f, "")
		return err == nil && res.status == http.StatusServiceUnavailable
	}
	if !eventually(30*time.Second, refused) { // the bucket is trusted for some seconds
		t.Fatal("uploads are not refused")
	}
	if status := s.askFirst(t, r.key, f); status != http.StatusServiceUnavailable {
		t.Errorf("before the body: status %d, want 503", status)
	}
	c.get("/api/v1/assets?schema_id=" + schema)
	if ready := c.get("/readyz"); ready.text("status") != "degraded" || ready.text("checks", "bucket") != "failing" {
		t.Errorf("readyz: %s", ready.body)
	}
	away.Store(false)
	c.apply(schema, after(t))
	if ready := c.get("/readyz"); ready.text("status") != "ok" {
		t.Errorf("readyz: %s", ready.body)
	}
}

// TestOrphanIsRetaken: an import whose process is killed is finished by another one within the time of a lease, without
// anybody's help.
func TestOrphanIsRetaken(t *testing.T) {
	long(t)
	r := newReplicas(t, s3test.NewProcess(t))
	first := r.start()
	c := first.client(r.key)
	schema := c.schema("Shop")
	c.apply(schema, before(t))
	second := r.start("THALWEG_ROLE=api").client(r.key)
	p := place{dsn: r.dsn}
	id := c.send(schema, artifacts{manifest: manifestOf(20_000, func(int) map[string]any { return map[string]any{} })})
	if !eventually(10*time.Second, func() bool { return p.query(t, `SELECT count(*) FROM imports WHERE status = 'processing'`) == 1 }) {
		t.Fatal("the import does not run")
	}
	first.kill()
	third := r.start()
	began := time.Now()
	if status := second.await(id, 90*time.Second); status != "completed" {
		t.Errorf("the orphan is %s after %v", status, time.Since(began))
	}
	t.Logf("completed %v after its process was killed", time.Since(began).Round(time.Second))
	third.signal(syscall.SIGTERM)
}
