//go:build unix

// Package pgtest gives tests a real PostgreSQL without a container or a running server: one throw-away cluster per test
// binary, one database per test. It refuses to talk to any server that it did not start itself.
//
// A package that uses it runs its tests by
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
// SKIP_POSTGRES=1 skips the tests that need it, loudly.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"
)

const skipVariable = "SKIP_POSTGRES"

// shared is the cluster of this test binary: the one state that outlives a test, started by the first that asks.
var shared struct {
	sync.Mutex
	cluster   *Cluster
	err       error
	close     func() error
	databases int
	templates map[string]error
}

// Main runs a test binary's tests (m is its *testing.M, or what runs it), stops its cluster and exits.
func Main(m interface{ Run() int }) {
	if os.Getenv(skipVariable) == "1" {
		fmt.Fprintln(os.Stderr, "pgtest: SKIP_POSTGRES=1: tests on PostgreSQL are SKIPPED")
	}
	code := m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.close != nil {
		if err := shared.close(); err != nil {
			fmt.Fprintln(os.Stderr, "pgtest:", err)
		}
	}
	os.Exit(code)
}

// New returns the address of an empty database that this test has for itself. Its user owns the database and
// is not a superuser, as in production. It is dropped when the test ends.
func New(t testing.TB) (dsn string) {
	t.Helper()
	return create(t, "template0")
}

// NewFrom is New with a database that is a copy of one that prepare has filled. prepare runs once per test
// binary for each name, on an address like New's, and must close its connections; copying takes some 30 ms.
func NewFrom(t testing.TB, name string, prepare func(ctx context.Context, dsn string) error) (dsn string) {
	t.Helper()
	cluster := start(t)
	template := "template_" + name
	shared.Lock()
	err, done := shared.templates[name]
	if !done {
		err = fill(t.Context(), cluster, template, prepare)
		shared.templates[name] = err
	}
	shared.Unlock()
	if err != nil {
		t.Fatalf("template database %s: %v", name, err)
	}
	return create(t, template)
}

func fill(ctx context.Context, cluster *Cluster, template string, prepare func(context.Context, string) error) error {
	if err := cluster.createFrom(ctx, template, "template0"); err != nil {
		return err
	}
	return prepare(ctx, cluster.DSN(template))
}

func create(t testing.TB, template string) string {
	t.Helper()
	cluster := start(t)
	shared.Lock()
	shared.databases++
	database := fmt.Sprintf("test_%d", shared.databases)
	shared.Unlock()
	if err := cluster.createFrom(t.Context(), database, template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // the test's own is over
		defer cancel()
		if err := cluster.drop(ctx, database); err != nil {
			t.Error(err)
		}
	})
	return cluster.DSN(database)
}

// start returns the binary's cluster, or skips or fails the test.
func start(t testing.TB) *Cluster {
	t.Helper()
	if os.Getenv(skipVariable) == "1" {
		t.Skip("SKIPPED: SKIP_POSTGRES=1 and this test needs PostgreSQL")
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.cluster == nil && shared.err == nil {
		shared.templates = map[string]error{}
		shared.cluster, shared.close, shared.err = throwAway()
	}
	if errors.Is(shared.err, errAbsent) {
		t.Fatal(shared.err)
	}
	if shared.err != nil {
		t.Fatalf("throw-away PostgreSQL: %v", shared.err)
	}
	return shared.cluster
}

// throwAway starts a cluster that may be lost: in a temporary folder, without fsync.
func throwAway() (*Cluster, func() error, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	folder, err := newFolder()
	if err != nil {
		return nil, nil, err
	}
	cluster, err := launch(ctx, folder.path, []string{
		"fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off",
		"wal_level=minimal", "max_wal_senders=0", "shared_buffers=64MB", "max_connections=200",
	})
	if err != nil {
		return nil, nil, errors.Join(err, folder.remove())
	}
	return cluster, func() error { return errors.Join(cluster.Kill9(), folder.remove()) }, nil
}
