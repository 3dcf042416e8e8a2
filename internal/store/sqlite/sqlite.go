// Package sqlite opens a store in one folder: one file, one process, one writer
// and many readers.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	sqlitedriver "modernc.org/sqlite" // also registers the driver "sqlite"

	"github.com/thalweg-data/thalweg/internal/store"
)

// FileName is the database's file in the folder.
const FileName = "catalog.db"

const readers = 8

// Options of Open.
type Options struct {
	// Now is the clock; nil = the system's.
	Now func() time.Time
}

// Open opens, or makes, the catalog in a folder and holds the folder's lock
// until Close. A second process is refused with catalog.ErrBusy and the name of
// the holder. The tables are not touched before Migrate.
func Open(ctx context.Context, dir string, o Options) (*store.Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	lock, err := LockFolder(dir)
	if err != nil {
		return nil, err
	}
	e := newEngine(dir)
	e.lock = lock
	if err := e.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", e.path, err), e.Close())
	}
	now := o.Now
	if now == nil {
		now = time.Now
	}
	return store.New(e, now), nil
}

// engine is SQLite behind a store.
type engine struct {
	path     string
	lock     *FolderLock
	verifier *verifier

	mu             sync.RWMutex
	writer, reader *sql.DB
}

// newEngine returns the engine of a folder, not open yet.
func newEngine(dir string) *engine {
	path := filepath.Join(dir, FileName)
	return &engine{path: path, verifier: newVerifier(path)}
}

// open makes the pools. The writer begins every transaction as a write
// transaction, so that two of them wait for each other instead of failing
// halfway.
func (e *engine) open(ctx context.Context) error {
	// SQLite gives its other files the mode of this one.
	if err := makePrivate(e.path, 0); err != nil {
		return err
	}
	writer := sql.OpenDB(connector{&sqlitedriver.Driver{}, dsn(e.path, "_txlock=immediate"), writerStatements})
	writer.SetMaxOpenConns(1)
	writer.SetMaxIdleConns(1)
	// The file must be there, in WAL mode, before a reader opens it.
	if err := writer.PingContext(ctx); err != nil {
		return errors.Join(err, writer.Close())
	}
	reader := sql.OpenDB(connector{&sqlitedriver.Driver{}, dsn(e.path, "_pragma=query_only(1)"), readerStatements})
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.writer, e.reader = writer, reader
	return nil
}

// dsn returns the connection's settings. synchronous(FULL): what is acknowledged
// survives a power cut. The journal is written back from 32 MB on, since the pages
// of an index are changed again and again in a large import, and is kept below 64 MB
// once it is written back.
func dsn(path, more string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: "_pragma=busy_timeout(2500)" +
		"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=cache_size(-16384)" +
		"&_pragma=temp_store(memory)&_pragma=wal_autocheckpoint(8192)&_pragma=journal_size_limit(67108864)&" + more}
	return u.String()
}

func (e *engine) Name() string { return "sqlite" }

func (e *engine) Reader() *sql.DB {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.reader
}

func (e *engine) Writer() *sql.DB {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.writer
}

// Scope: SQLite has no row-level security.
func (e *engine) Scope(context.Context, *sql.DB, int64, store.Fresh) (*sql.Conn, error) {
	return nil, nil
}

// Rebind: SQLite knows ? itself.
func (e *engine) Rebind(query string) string { return query }

// LockRows: a write transaction is alone.
func (e *engine) LockRows(string) string { return "" }

// Clock: there is only one process, so its clock will do.
func (e *engine) Clock() string { return "" }

// Notify and Listen: there is no other process.
func (e *engine) Notify(context.Context, store.Tx) error { return nil }

func (e *engine) Listen(func()) {}

// Verify checks the structure of the database's file.
func (e *engine) Verify(ctx context.Context) error { return e.verifier.check(ctx) }

// Backup copies the database by VACUUM INTO: a snapshot, compact, while others
// read and write.
// Analyze: the queries of the store name their indexes' columns, and SQLite's rules choose those without statistics.
func (e *engine) Analyze(context.Context, []string) error { return nil }

func (e *engine) Backup(ctx context.Context, path string) error {
	if err := makePrivate(path, os.O_EXCL); err != nil {
		return err
	}
	conn, err := e.Writer().Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.ExecContext(ctx, `VACUUM INTO ?`, path)
	return err
}

// makePrivate makes a file, empty if it is new, that nobody but its owner may
// read, not even for a moment.
func makePrivate(path string, flags int) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|flags, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(file.Chmod(0o600), file.Close())
}

// Close releases the folder.
func (e *engine) Close() error {
	e.verifier.close()
	e.mu.Lock()
	defer e.mu.Unlock()
	var err error
	for _, pool := range []*sql.DB{e.reader, e.writer} {
		if pool != nil {
			err = errors.Join(err, pool.Close())
		}
	}
	return errors.Join(err, e.lock.Close())
}
