// Package apitest runs the whole API in a test: a real store, real blobs, the
// pipeline and its worker, behind an HTTP server on loopback. Every reply is
// validated against the OpenAPI document; its tests see the API as a client
// does.
package apitest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/blob/fs"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/compat/dbtimports"
	"github.com/thalweg-data/thalweg/internal/compat/integrations"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/editing"
	"github.com/thalweg-data/thalweg/internal/httpapi"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/importing"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/mcp"
	"github.com/thalweg-data/thalweg/internal/openlineage"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/secret"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
	"github.com/thalweg-data/thalweg/internal/store/sqlite/sqlitetest"
	"github.com/thalweg-data/thalweg/internal/syncing"
	"github.com/thalweg-data/thalweg/internal/webhook"
)

// Server is a running API.
type Server struct {
	URL    string
	Store  *store.Store
	Access *access.Access
	Blobs  *fs.Store
	Log    *Log

	Secrets      *secret.Keeper
	Webhooks     *webhook.Registry
	Integrations *syncing.Registry

	model   *readmodel.Model
	folder  string // of the blobs
	handler http.Handler
	http    *httptest.Server
}

// Options change a Server.
type Options struct {
	Limits     httpserver.Limits // zero: the defaults
	NoWorker   bool              // imports stay pending
	SlowWindow time.Duration     // zero: the default
	Demo       bool
	OIDC       *access.OIDC
	Base       string // address of the server in links
	Loopback   bool   // refuse foreign host names
	Wrap       func(http.Handler) http.Handler
	Blobs      func(blob.Store) blob.Store // wraps the folder
	Editor     httpapi.Editor              // nil: the pipeline
	Now        func() time.Time            // the clock of everything but waiting; nil: the system's
	CrawlNow   func() time.Time            // the clock of crawls; nil: Now
	Random     io.Reader                   // of keys and cursors; nil: the system's
	Store      OpenStore                   // nil: SQLite in a temporary folder

	Events         httpapi.EventTimes // zero: the defaults
	AuthFailures   int                // attempts with invalid keys per address; 0: any number
	TrustedProxies []netip.Prefix     // whose X-Forwarded-For is trusted
	OutboundAllow  []netip.Prefix     // networks beyond the public ones that webhooks and integrations may connect to
}

// OpenStore opens a store that is migrated and ends with the test.
type OpenStore func(t testing.TB, now func() time.Time) *store.Store

// Start starts a server that ends with the test.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	o = o.withDefaults()
	folder := t.TempDir()
	blobs, err := fs.Open(folder, catalog.DefaultWorkspace, o.Now)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Store: o.Store(t, o.Now), Blobs: blobs, Log: &Log{}, folder: folder}
	s.assemble(t, o)
	stop := func() {}
	if !o.NoWorker {
		stop = s.work(o)
	}
	checked := newChecker(t, s.handler)
	s.http = httptest.NewServer(checked)
	s.URL = s.http.URL
	t.Cleanup(func() {
		s.http.Client().CloseIdleConnections()
		s.http.Close()
		stop()
	})
	return s
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.CrawlNow == nil {
		o.CrawlNow = o.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Store == nil {
		o.Store = openSQLite
	}
	return o
}

func openSQLite(t testing.TB, now func() time.Time) *store.Store {
	t.Helper()
	return sqlitetest.Open(t, sqlite.Options{Now: now})
}

// Migrated brings the tables of a store up and closes it when the test ends.
func Migrated(t testing.TB, st *store.Store) *store.Store {
	t.Helper()
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return st
}

func (s *Server) assemble(t testing.TB, o Options) {
	t.Helper()
	limit := access.DefaultFailureLimit()
	limit.Attempts = o.AuthFailures
	options := []access.Option{access.WithFailureLimit(limit)}
	if o.OIDC != nil {
		options = append(options, access.WithOIDC(*o.OIDC))
	}
	if o.Base != "" {
		options = append(options, access.WithBase(o.Base))
	}
	if o.Demo {
		options = append(options, access.WithDemo())
	}
	s.Access = access.New(s.Store, o.Now, o.Random, options...)
	cursors, err := httpserver.LoadCursors(t.Context(), s.Store, o.Random)
	if err != nil {
		t.Fatal(err)
	}
	blobs := blob.Store(s.Blobs)
	if o.Blobs != nil {
		blobs = o.Blobs(blobs)
	}
	blobsOf := func(int64) blob.Store { return blobs }
	log := slog.New(slog.NewJSONHandler(s.Log, nil))
	limits := o.Limits
	if limits == (httpserver.Limits{}) {
		limits = httpserver.DefaultLimits()
	}
	imports := dbtimports.New(dbtimports.Deps{
		Store: s.Store, Blobs: blobsOf, Cursors: cursors, Limits: o.Limits, Log: log,
	})
	if s.model, err = readmodel.New(readmodel.Options{Store: s.Store}); err != nil {
		t.Fatal(err)
	}
	editor := o.Editor
	if editor == nil {
		editor = &editing.Editor{Store: s.Store, Reviser: s.reviser(o), Now: o.Now}
	}
	if s.Webhooks, err = s.webhooks(o); err != nil {
		t.Fatal(err)
	}
	s.Integrations = s.integrations(o)
	api, err := httpapi.New(httpapi.Deps{
		Webhooks: s.Webhooks, Integrations: s.Integrations, Store: s.Store, Events: &openlineage.Receiver{Store: s.Store, Now: o.Now, Delay: time.Millisecond}, Model: s.model, Blobs: blobsOf, Access: s.Access, Cursors: cursors, Editor: editor, Reverts: s.pipeline(o), Limits: o.Limits, EventTimes: o.Events, Now: o.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	server, err := httpserver.New(httpserver.Config{
		Access: s.Access, Limits: o.Limits, Log: log, Now: o.Now, Version: "test", Loopback: o.Loopback, SlowWindow: o.SlowWindow,
		TrustedProxies: o.TrustedProxies,
	})
	if err != nil {
		t.Fatal(err)
	}
	agents, err := mcp.New(mcp.Deps{Model: s.model, Cursors: cursors, Log: log, Version: "test", Limits: o.Limits})
	if err != nil {
		t.Fatal(err)
	}
	server.Health(httpserver.StoreCheck(s.Store), httpserver.SpaceCheck(blobs))
	server.DescribeLimits()
	api.Register(server)
	imports.Register(server)
	agents.Register(server)
	integrations.New(integrations.Deps{Registry: s.Integrations, Store: s.Store, Model: s.model, Blobs: blobsOf, Limits: limits, Log: log}).Register(server)
	if err := server.Describe(); err != nil {
		t.Fatal(err)
	}
	if s.handler, err = server.Handler(); err != nil {
		t.Fatal(err)
	}
	if o.Wrap != nil {
		s.handler = o.Wrap(s.handler)
	}
}

func (s *Server) reviser(o Options) *revision.Reviser {
	return &revision.Reviser{Store: s.Store, Now: o.Now, Prepare: s.model, Log: slog.New(slog.DiscardHandler)}
}

func (s *Server) pipeline(o Options) *importing.Pipeline {
	return &importing.Pipeline{
		Store: s.Store, Reviser: s.reviser(o), Blobs: func(int64) blob.Store { return s.Blobs }, Now: o.Now, Log: slog.New(slog.DiscardHandler),
		Limits: func(part string) dbt.Limits { return dbt.DefaultLimits(dbt.Kind(part)) },
	}
}

// work runs a worker until the returned function is called.
func (s *Server) work(o Options) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	w := jobs.New(s.Store, jobs.Options{Name: "test", Slots: 1, Grace: time.Minute, Now: o.Now, Log: slog.New(slog.DiscardHandler)},
		append(s.webhookKinds(o), s.pipeline(o).Kind(), (&openlineage.Applier{Store: s.Store, Reviser: s.reviser(o)}).Kind(), s.syncer(o).Kind())...)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = w.Run(ctx) // it returns nil
	}()
	return func() { cancel(); <-done }
}

// Key makes a key and returns its text.
func (s *Server) Key(t testing.TB, scopes ...access.Scope) string {
	t.Helper()
	return s.KeyFor(t, catalog.DefaultWorkspace, access.NewKey{Name: "ana", Scopes: scopes})
}

// KeyFor makes a key of a workspace.
func (s *Server) KeyFor(t testing.TB, ws int64, n access.NewKey) string {
	t.Helper()
	secret, _, err := s.Access.Create(t.Context(), access.System(ws), n)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// Schema makes a schema and returns its id.
func (s *Server) Schema(t testing.TB, name string) string {
	t.Helper()
	sch, err := s.Store.CreateSchema(t.Context(), catalog.DefaultWorkspace, name, "prod", store.By{})
	if err != nil {
		t.Fatal(err)
	}
	return sch.ID.String()
}

// Reply is the reply to a request.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// JSON reads the body.
func (r Reply) JSON(t testing.TB) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(r.Body, &out); err != nil {
		t.Fatalf("status %d, body %q: %v", r.Status, r.Body, err)
	}
	return out
}

// At reads a value by a path such as "data.attributes.status" or "data.0.id";
// nil where there is none.
func (r Reply) At(t testing.TB, path string) any {
	t.Helper()
	return At(r.JSON(t), path)
}

// At walks a JSON value.
func At(v any, path string) any {
	for step := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[step]
		case []any:
			n := 0
			for _, c := range step {
				n = n*10 + int(c-'0')
			}
			if n >= len(at) {
				return nil
			}
			v = at[n]
		default:
			return nil
		}
	}
	return v
}

// Do sends a request; key may be empty.
func (s *Server) Do(t testing.TB, method, path, key string, body io.Reader, header ...string) Reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if strings.EqualFold(header[i], "Host") {
			req.Host = header[i+1]
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	client := *s.http.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end below
	got, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return Reply{Status: res.StatusCode, Header: res.Header, Body: got}
}

// Get reads.
func (s *Server) Get(t testing.TB, path, key string, header ...string) Reply {
	t.Helper()
	return s.Do(t, http.MethodGet, path, key, nil, header...)
}

// Send sends JSON.
func (s *Server) Send(t testing.TB, method, path, key, body string, header ...string) Reply {
	t.Helper()
	return s.Do(t, method, path, key, strings.NewReader(body), append([]string{"Content-Type", "application/json"}, header...)...)
}

// Log keeps the lines of a server's log.
type Log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
