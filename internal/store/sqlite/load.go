package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"math/bits"
	"runtime"
	"strings"

	"github.com/thalweg-data/thalweg/internal/store"
)

// maxParameters of one statement: more rows per statement cost less each, until
// the size of the statement itself matters.
const maxParameters = 1024

// Load adds rows by statements of many rows. What is left in the end goes in
// powers of two: few statements differ, and the connection keeps them. The
// arguments go to the driver's connection as they are: database/sql would look at
// each of them.
func (e *engine) Load(ctx context.Context, tx store.Tx, table store.Table, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.Conn.Raw(func(raw any) error {
		c, ok := raw.(*conn)
		if !ok {
			return fmt.Errorf("connection of type %T", raw)
		}
		return load(ctx, c, table, rows)
	})
}

func load(ctx context.Context, c *conn, table store.Table, rows [][]any) error {
	size := max(1, maxParameters/len(table.Columns))
	args := make([]driver.NamedValue, min(size, len(rows))*len(table.Columns))
	for i := range args {
		args[i].Ordinal = i + 1
	}
	for query := ""; len(rows) > 0; rows = rows[size:] {
		if len(rows) < size {
			size = 1 << (bits.Len(uint(len(rows))) - 1)
			query = ""
		}
		if query == "" {
			query = insert(table, size)
		}
		n := 0
		for _, row := range rows[:size] {
			for _, value := range row {
				args[n].Value = value
				n++
			}
		}
		runtime.Gosched() // yield to requests
		if _, err := c.ExecContext(ctx, query, args[:n]); err != nil {
			return err
		}
	}
	return nil
}

// insert is the statement that adds n rows.
func insert(table store.Table, n int) string {
	row := "(?" + strings.Repeat(",?", len(table.Columns)-1) + ")"
	query := "INSERT INTO " + table.Name + " (" + strings.Join(table.Columns, ",") + ") VALUES " + row + strings.Repeat(","+row, n-1)
	return query + table.Conflict
}
