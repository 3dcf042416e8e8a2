package sqlite

import (
	"context"
	"database/sql"
	"math/bits"
	"runtime"
	"strings"

	"github.com/thalweg-data/thalweg/internal/store"
)

// maxParameters of one statement: more rows per statement cost less each, until
// the size of the statement itself matters.
const maxParameters = 1024

// Load adds rows by statements of many rows. What is left in the end goes in
// powers of two: few statements differ, and the connection keeps them.
func (e *engine) Load(ctx context.Context, tx store.Tx, table store.Table, rows [][]any) error {
	size := max(1, maxParameters/len(table.Columns))
	for query := ""; len(rows) > 0; rows = rows[size:] {
		if len(rows) < size {
			size = 1 << (bits.Len(uint(len(rows))) - 1)
			query = ""
		}
		if query == "" {
			query = insert(table, size)
		}
		if err := add(ctx, tx.SQL, query, rows[:size]); err != nil {
			return err
		}
	}
	return nil
}

func add(ctx context.Context, tx *sql.Tx, query string, rows [][]any) error {
	args := make([]any, 0, len(rows)*len(rows[0]))
	for _, row := range rows {
		args = append(args, row...)
	}
	runtime.Gosched() // yield to requests
	_, err := tx.ExecContext(ctx, query, args...)
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
