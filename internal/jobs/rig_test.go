package jobs_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/sqlite"
	"github.com/thalweg-data/thalweg/internal/store/sqlite/sqlitetest"
)

func TestMain(m *testing.M) {
	pgtest.Main(leakFree{m})
}

// leakFree fails a run of tests that leaves goroutines behind.
type leakFree struct{ *testing.M }

func (l leakFree) Run() int {
	code := l.M.Run()
	if err := goleak.Find(goleak.IgnoreAnyFunction("github.com/thalweg-data/thalweg/internal/pgtest.(*Cluster).spawn.func1")); err != nil && code == 0 {
		println(err.Error())
		return 1
	}
	return code
}

const ws = catalog.DefaultWorkspace

// open opens an empty store that ends with the test.
func open(t *testing.T) *store.Store {
	t.Helper()
	return sqlitetest.Open(t, sqlite.Options{Now: time.Now})
}

// ends collects how jobs ended.
type ends struct {
	mu  sync.Mutex
	all []jobs.End
	new chan struct{}
}

func newEnds() *ends { return &ends{new: make(chan struct{}, 1000)} }

func (e *ends) add(end jobs.End) {
	e.mu.Lock()
	e.all = append(e.all, end)
	e.mu.Unlock()
	e.new <- struct{}{}
}

// wait returns the next end.
func (e *ends) wait(t *testing.T) jobs.End {
	t.Helper()
	select {
	case <-e.new:
	case <-time.After(30 * time.Minute): // by the bubble's clock
		t.Fatal("no job ended")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	end := e.all[0]
	e.all = e.all[1:]
	return end
}

func (e *ends) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.all)
}

// start runs a runner until the returned function is called.
func start(s jobs.Queue, o jobs.Options, kinds ...jobs.Kind) (stop func()) {
	if o.Name == "" {
		o.Name = "test"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = jobs.New(s, o, kinds...).Run(ctx) // it returns nil
	}()
	return func() { cancel(); <-done }
}

func enqueue(t *testing.T, s *store.Store, n store.NewJob) int64 {
	t.Helper()
	id, err := s.Enqueue(t.Context(), ws, n)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// pendingImport makes an import, whose job is the first one: only jobs with a record can be canceled.
func pendingImport(t *testing.T, s *store.Store) catalog.ImportID {
	t.Helper()
	schema, err := s.CreateSchema(t.Context(), ws, "a", "", store.By{})
	if err != nil {
		t.Fatal(err)
	}
	imp, _, err := s.CreateImport(t.Context(), ws, store.NewImport{SchemaID: schema.ID})
	if err != nil {
		t.Fatal(err)
	}
	return imp.ID
}

func job(t *testing.T, s *store.Store, id int64) store.Job {
	t.Helper()
	j, err := s.Job(t.Context(), ws, id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}
