package sqlite

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"
	"strings"

	sqlitedriver "modernc.org/sqlite"
)

// SQLite compiles a query in about the time that it takes to run a small one.
// The connections made here keep the statements that they compiled, so that
// queries which come again are compiled once per connection.

// Statements that a connection keeps at most. The writer's few tables have an
// insert for every power of two of rows; each of the readers needs less.
const (
	writerStatements = 128
	readerStatements = 48
)

// longestKept is the length of the longest query that is kept; longer ones are
// IN lists and inserts, whose compiling costs little compared with running them.
const longestKept = 16 << 10

// connector opens connections that keep statements.
type connector struct {
	driver *sqlitedriver.Driver
	dsn    string
	keep   int
}

func (c connector) Connect(context.Context) (driver.Conn, error) {
	inner, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	real, ok := inner.(connection)
	if !ok {
		return nil, errors.Join(errors.New("the driver's connection lacks a method"), inner.Close())
	}
	return &conn{connection: real, keep: c.keep, kept: map[string]*list.Element{}, used: list.New()}, nil
}

func (c connector) Driver() driver.Driver { return c.driver }

// connection is what the driver's connections can do and database/sql uses.
type connection interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// conn keeps statements. As every driver.Conn it is used by one goroutine at a
// time.
type conn struct {
	connection
	keep int
	kept map[string]*list.Element // by query; values are *statement
	used *list.List               // the one used last comes first
}

// statement is a compiled query.
type statement struct {
	query string
	inner interface {
		driver.Stmt
		driver.StmtExecContext
		driver.StmtQueryContext
	}
	busy bool // its rows are being read
}

// ExecContext runs a query by its kept statement.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.connection.ExecContext(ctx, query, args)
	}
	return s.inner.ExecContext(ctx, args)
}

// QueryContext runs a query by its kept statement.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.connection.QueryContext(ctx, query, args)
	}
	rows, err := s.inner.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.busy = true
	return &statementRows{Rows: rows, of: s}, nil
}

// statementRows frees its statement when it is closed.
type statementRows struct {
	driver.Rows
	of *statement
}

func (r *statementRows) Close() error {
	r.of.busy = false
	return r.Rows.Close()
}

// statement returns the kept statement of a query, compiling it the first time;
// nil if the query has to be run without one.
func (c *conn) statement(ctx context.Context, query string) (*statement, error) {
	if e, ok := c.kept[query]; ok {
		s := e.Value.(*statement)
		if s.busy {
			return nil, nil //nolint:nilnil // the same query within its own rows
		}
		c.used.MoveToFront(e)
		return s, nil
	}
	if !worthKeeping(query) {
		return nil, nil //nolint:nilnil // as above
	}
	compiled, err := c.PrepareContext(ctx, withoutKnownLimit(query))
	if err != nil {
		return nil, err
	}
	s := &statement{query: query}
	var ok bool
	if s.inner, ok = compiled.(interface {
		driver.Stmt
		driver.StmtExecContext
		driver.StmtQueryContext
	}); !ok {
		return nil, errors.Join(errors.New("the driver's statement lacks a method"), compiled.Close())
	}
	c.kept[query] = c.used.PushFront(s)
	return s, c.trim()
}

// withoutKnownLimit hides the parameters of limits from the planner. It looks at their values, and therefore compiles
// a kept statement again each time that one is bound.
func withoutKnownLimit(query string) string { return strings.ReplaceAll(query, "LIMIT ?", "LIMIT +?") }

// worthKeeping reports whether a query reads or writes rows. Others run once,
// and what migrations change may be several statements in one text.
func worthKeeping(query string) bool {
	if len(query) > longestKept {
		return false
	}
	verb, _, _ := strings.Cut(strings.TrimLeft(query, " \n\t"), " ")
	switch verb {
	case "SELECT", "INSERT", "UPDATE", "DELETE":
		return !strings.Contains(query, ";")
	}
	return false
}

// trim closes the statements that were not used for the longest time, never the
// one that is about to be used.
func (c *conn) trim() error {
	var errs []error
	for e := c.used.Back(); e != c.used.Front() && c.used.Len() > c.keep; {
		s, previous := e.Value.(*statement), e.Prev()
		if !s.busy {
			c.used.Remove(e)
			delete(c.kept, s.query)
			errs = append(errs, s.inner.Close())
		}
		e = previous
	}
	return errors.Join(errs...)
}

// Close closes the statements and the connection.
func (c *conn) Close() error {
	var errs []error
	for e := c.used.Front(); e != nil; e = e.Next() {
		errs = append(errs, e.Value.(*statement).inner.Close())
	}
	c.used.Init()
	clear(c.kept)
	return errors.Join(append(errs, c.connection.Close())...)
}
