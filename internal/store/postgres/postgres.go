// Package postgres opens a store in a PostgreSQL database, which any number of
// processes may share.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// connections of one process at most. Writers and readers have pools of their
// own: reads that pile up do not prevent an upload from being accepted.
const (
	writers = 8
	readers = 16
)

// Options of Open.
type Options struct {
	// Now is the clock; nil = the system's, and the database's for leases.
	Now func() time.Time
}

// Open connects to a database by its URL. The tables are not touched before
// Migrate.
func Open(ctx context.Context, url string, o Options) (*store.Store, error) {
	e, now, err := open(ctx, url, o)
	if err != nil {
		return nil, err
	}
	return store.New(e, now), nil
}

func open(ctx context.Context, url string, o Options) (*engine, func() time.Time, error) {
	e, err := connect(ctx, url)
	if err != nil {
		return nil, nil, err
	}
	if o.Now == nil {
		return e, time.Now, nil
	}
	e.simulated = true
	return e, o.Now, nil
}

func connect(ctx context.Context, url string) (*engine, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		// Its text may hold the password.
		return nil, fmt.Errorf("database_url: want postgres://user:password@host:port/database: %w", catalog.ErrInvalid)
	}
	setLimits(config)
	e := &engine{config: config, writer: pool(*config, writers, nil)}
	e.listening, e.stop = context.WithCancel(context.Background())
	if e.role, err = readerRole(ctx, e.writer); err != nil {
		return nil, errors.Join(unreachable(config, err), e.Close())
	}
	e.reader = pool(*config, readers, readerParams(e.role))
	return e, nil
}

// setLimits gives every connection its limits: none waits forever for a lock that
// an operator holds, or in a transaction whose program hangs.
func setLimits(config *pgx.ConnConfig) {
	config.ConnectTimeout = 10 * time.Second
	for name, value := range map[string]string{
		"application_name":                    "thalweg",
		"lock_timeout":                        "10s",
		"idle_in_transaction_session_timeout": "60s",
		"timezone":                            "UTC",
	} {
		if _, given := config.RuntimeParams[name]; !given {
			config.RuntimeParams[name] = value
		}
	}
}

func pool(config pgx.ConnConfig, size int, params map[string]string) *sql.DB {
	own := config.Copy()
	for name, value := range params {
		own.RuntimeParams[name] = value
	}
	db := stdlib.OpenDB(*own)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db
}

// engine is PostgreSQL behind a store.
type engine struct {
	config         *pgx.ConnConfig
	writer, reader *sql.DB
	simulated      bool   // the clock is a test's
	standby        bool   // of a database, which has no writers and nothing to listen to
	role           string // of the reading connections; "" = that of the address

	// rebound keeps queries that were rewritten. They are few: the store's own,
	// and IN lists whose lengths are powers of two.
	rebound sync.Map

	listening context.Context //nolint:containedctx // the life of the listener, ended by Close
	stop      context.CancelFunc
	stopped   chan struct{} // closed when the listener is gone
}

// Verify: PostgreSQL checks its pages itself and fails the queries that read a damaged one.
func (e *engine) Verify(context.Context) error { return nil }

func (e *engine) Name() string { return "postgres" }

func (e *engine) Reader() *sql.DB { return e.reader }

func (e *engine) Writer() *sql.DB { return e.writer }

// LockRows locks the rows that a claim looks at; another worker passes them by.
func (e *engine) LockRows(tables string) string { return " FOR UPDATE OF " + tables + " SKIP LOCKED" }

// Clock is the database's, which all processes share, unless a test has its
// own.
func (e *engine) Clock() string {
	if e.simulated {
		return ""
	}
	return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)"
}

// Analyze does at once what PostgreSQL does by itself within a minute or two. Until it is done, queries are planned as
// if the tables were still as they were, and some take a thousand times as long.
func (e *engine) Analyze(ctx context.Context, tables []string) error {
	_, err := e.writer.ExecContext(ctx, "ANALYZE "+strings.Join(tables, ", "))
	return err
}

// Backup is left to pg_dump.
func (e *engine) Backup(context.Context, string) error {
	return fmt.Errorf("use pg_dump: %w", catalog.ErrUnsupported)
}

func (e *engine) Close() error {
	e.stop()
	if e.stopped != nil {
		<-e.stopped
	}
	if e.reader == nil || e.standby { // Open failed, or both are one
		return e.writer.Close()
	}
	return errors.Join(e.reader.Close(), e.writer.Close())
}
