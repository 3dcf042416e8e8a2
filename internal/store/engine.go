package store

import (
	"context"
	"database/sql"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// Engine is what differs between SQLite and PostgreSQL.
type Engine interface {
	// Name is "sqlite" or "postgres".
	Name() string
	// Reader and Writer return the pools. They may be new ones after Failed.
	Reader() *sql.DB
	Writer() *sql.DB
	// Scope returns a connection of the reading pool that the database itself
	// limits to one workspace, 0 = none, and that has what fresh asks for, else
	// ErrBehind; nil where any connection will do.
	Scope(ctx context.Context, pool *sql.DB, ws int64, fresh Fresh) (*sql.Conn, error)
	// Rebind turns the ? of a query into the engine's own placeholders.
	Rebind(query string) string
	// LockRows is the clause that locks the rows of the named tables and skips
	// locked ones; "" where a write transaction is alone anyway.
	LockRows(tables string) string
	// Clock is an expression for the database's own time in microseconds; "" if
	// the process's clock will do.
	Clock() string
	// Load adds many rows inside a transaction. Each row has the values of
	// table.Columns: int64, float64, string, []byte or nil.
	Load(ctx context.Context, tx Tx, table Table, rows [][]any) error
	// Notify wakes the other processes when tx commits.
	Notify(ctx context.Context, tx Tx) error
	// Listen calls wake whenever another process notified, until Close.
	Listen(wake func())
	// Failed classifies an error: the sentinel to wrap (nil = none) and whether the
	// transaction may be tried again. It drops handles that are no longer usable.
	Failed(err error) (sentinel error, retry bool)
	// Migrations are the steps of the tables, and goose's options for them.
	Migrations() (goose.Dialect, fs.FS, []goose.ProviderOption, error)
	// Verify reports damage of the database, as far as it can be seen from outside.
	Verify(ctx context.Context) error
	// Analyze has the engine learn again how the values of tables are distributed.
	Analyze(ctx context.Context, tables []string) error
	// Backup writes a copy to a new file, or catalog.ErrUnsupported.
	Backup(ctx context.Context, path string) error
	Close() error
}

// Table is where Load puts rows.
type Table struct {
	Name    string
	Columns []string
	// Conflict, if set, is the ON CONFLICT clause of rows whose key may be there
	// already. None of their values is nil.
	Conflict string
}

// Tx is a write transaction on its own connection.
type Tx struct {
	Conn *sql.Conn
	SQL  *sql.Tx
	db
}
