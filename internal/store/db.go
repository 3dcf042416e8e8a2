package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// db runs queries written with ? on a pool or in a transaction.
type db struct {
	sql interface {
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	}
	eng Engine
	// store of a pool's queries; nil within a transaction, whose errors are
	// classified, and which is retried, as a whole.
	store *Store
	ws    int64 // that a pool's queries are about
	fresh Fresh // what a connection must have before it is read
}

// everyWorkspace is the workspace of queries that are about the installation:
// keys by their public id, the queue, blobs.
const everyWorkspace = 0

// reader reads what belongs to one workspace.
func (s *Store) reader(ws int64) db { return db{s.eng.Reader(), s.eng, s, ws, s.fresh} }

// scanner is a row whose columns can be read.
type scanner interface{ Scan(dst ...any) error }

// exec runs a statement and returns the number of rows that it touched.
func (d db) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := d.sql.ExecContext(ctx, d.eng.Rebind(query), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// list reads all rows of a query.
func list[T any](ctx context.Context, d db, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	if d.store == nil {
		return rowsOf(ctx, d, scan, query, args...)
	}
	out, err := onPool(d.eng.Reader, func(pool *sql.DB) ([]T, error) {
		d.sql = pool
		conn, err := d.eng.Scope(ctx, pool, d.ws, d.fresh)
		if err != nil {
			return nil, err
		}
		if conn != nil {
			defer conn.Close()
			d.sql = conn
		}
		return rowsOf(ctx, d, scan, query, args...)
	})
	return out, d.store.failed(err)
}

// onPool queries a pool, and the next one if it was replaced and closed
// meanwhile, as happens after an I/O error.
func onPool[T any](pool func() *sql.DB, ask func(*sql.DB) (T, error)) (T, error) {
	for {
		asked := pool()
		out, err := ask(asked)
		// database/sql has no name for this error.
		if err == nil || err.Error() != "sql: database is closed" || pool() == asked {
			return out, err
		}
	}
}

func rowsOf[T any](ctx context.Context, d db, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := d.sql.QueryContext(ctx, d.eng.Rebind(query), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// one reads the only row of a query; catalog.ErrNotFound without one.
func one[T any](ctx context.Context, d db, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	var zero T
	rows, err := list(ctx, d, scan, query, args...)
	if err != nil {
		return zero, err
	}
	if len(rows) == 0 {
		return zero, catalog.ErrNotFound
	}
	return rows[0], nil
}

// scalar scans a row of one column.
func scalar[T any](row scanner) (v T, err error) { return v, row.Scan(&v) }

// attempts at a transaction that the engine aborts to resolve a deadlock.
const attempts = 8

// tx runs fn in a write transaction, and again if the engine allows that.
func (s *Store) tx(ctx context.Context, fn func(Tx) error) error {
	for i := 1; ; i++ {
		err := s.txOnce(ctx, fn)
		if err == nil {
			return nil
		}
		sentinel, retry := s.classify(err)
		if !retry || i == attempts || ctx.Err() != nil {
			if sentinel != nil && !errors.Is(err, sentinel) {
				return fmt.Errorf("%w: %w", sentinel, err)
			}
			return err
		}
		if err := sleep(ctx, time.Duration(i*i)*time.Millisecond); err != nil {
			return err
		}
	}
}

func (s *Store) txOnce(ctx context.Context, fn func(Tx) error) error {
	conn, err := onPool(s.eng.Writer, func(pool *sql.DB) (*sql.Conn, error) { return pool.Conn(ctx) })
	if err != nil {
		return err
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(Tx{Conn: conn, SQL: tx, db: db{sql: tx, eng: s.eng}}); err != nil {
		if rollback := tx.Rollback(); rollback != nil && !errors.Is(rollback, sql.ErrTxDone) {
			return errors.Join(err, rollback)
		}
		return err
	}
	return tx.Commit()
}

// in returns "(?,?,…)" for the values and the values as arguments. The last value
// is repeated up to the length of the list, see listLength.
func in[T any](args []any, values []T) (string, []any) {
	n := listLength(len(values))
	for i := range n {
		args = append(args, values[min(i, len(values)-1)])
	}
	return "(?" + strings.Repeat(",?", n-1) + ")", args
}

// listLength is the length of a statement's list for n values: a power of two, so
// that few statements differ.
func listLength(n int) int {
	length := 1
	for length < n {
		length *= 2
	}
	return length
}

// batch is how many values one IN list takes.
const batch = 256

// inBatches is chunks of at most batch values.
func inBatches[T any](values []T, fn func([]T) error) error { return chunks(values, batch, fn) }

// chunks calls fn with at most size values at a time, until it fails.
func chunks[T any](values []T, size int, fn func([]T) error) error {
	for chunk := range slices.Chunk(values, size) {
		if err := fn(chunk); err != nil {
			return err
		}
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// micros is a time as stored; 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// timeOf reads what micros wrote.
func timeOf(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// bit is a boolean as stored.
func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// hashOf reads a stored hash.
func hashOf(b []byte) (h catalog.Hash) {
	copy(h[:], b)
	return h
}
