package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"strings"

	"github.com/thalweg-data/thalweg/internal/store"
)

// maxParameters of one statement: more rows per statement cost less each, until
// the size of the statement itself matters.
const maxParameters = 1024

// Load adds rows by statements of many rows, prepared once.
func (e *engine) Load(ctx context.Context, tx store.Tx, table store.Table, rows [][]any) (err error) {
	size := max(1, maxParameters/len(table.Columns))
	if len(rows) >= size {
		many, err := tx.SQL.PrepareContext(ctx, insert(table, size))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, many.Close()) }()
		for ; len(rows) >= size; rows = rows[size:] {
			if err := add(ctx, many, rows[:size]); err != nil {
				return err
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	rest, err := tx.SQL.PrepareContext(ctx, insert(table, len(rows)))
	if err != nil {
		return err
	}
	return errors.Join(add(ctx, rest, rows), rest.Close()) //nolint:sqlclosecheck // its error counts
}

func add(ctx context.Context, stmt *sql.Stmt, rows [][]any) error {
	args := make([]any, 0, len(rows)*len(rows[0]))
	for _, row := range rows {
		args = append(args, row...)
	}
	runtime.Gosched() // requests go first
	_, err := stmt.ExecContext(ctx, args...)
	return err
}

// insert is the statement that adds n rows.
func insert(table store.Table, n int) string {
	row := "(?" + strings.Repeat(",?", len(table.Columns)-1) + ")"
	query := "INSERT INTO " + table.Name + " (" + strings.Join(table.Columns, ",") + ") VALUES " + row + strings.Repeat(","+row, n-1)
	if table.Ignore {
		query += " ON CONFLICT DO NOTHING"
	}
	return query
}
