package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/thalweg-data/thalweg/internal/store"
)

// Load adds rows by COPY, which knows no conflicts; where some may be there
// already, by an INSERT.
func (e *engine) Load(ctx context.Context, tx store.Tx, table store.Table, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.Conn.Raw(func(driver any) error {
		conn, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("connection of type %T", driver)
		}
		if table.Ignore {
			return merge(ctx, conn.Conn(), table, rows)
		}
		return copyTo(ctx, conn.Conn(), table.Name, table.Columns, rows)
	})
}

func copyTo(ctx context.Context, conn *pgx.Conn, name string, columns []string, rows [][]any) error {
	_, err := conn.CopyFrom(ctx, pgx.Identifier{name}, columns, pgx.CopyFromRows(rows))
	return err
}

// mergeBytes is about how much one INSERT takes: PostgreSQL's arrays may not have
// more than 1 GB.
const mergeBytes = 16 << 20

// merge adds the rows whose keys are new.
func merge(ctx context.Context, conn *pgx.Conn, table store.Table, rows [][]any) error {
	for len(rows) > 0 {
		n, size := 0, 0
		for n < len(rows) && (n == 0 || size < mergeBytes) {
			for _, value := range rows[n] {
				size += sizeOf(value)
			}
			n++
		}
		if err := insertNew(ctx, conn, table, rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func sizeOf(value any) int {
	switch v := value.(type) {
	case []byte:
		return len(v)
	case string:
		return len(v)
	}
	return 8
}

// insertNew passes each column as one array: the statement is the same for any
// number of rows, so that a connection prepares it once.
func insertNew(ctx context.Context, conn *pgx.Conn, table store.Table, rows [][]any) error {
	arrays, places := make([]any, len(table.Columns)), make([]string, len(table.Columns))
	for i, name := range table.Columns {
		var kind string
		var err error
		switch rows[0][i].(type) {
		case int64:
			kind = "bigint"
			arrays[i], err = column[int64](rows, i)
		case float64:
			kind = "double precision"
			arrays[i], err = column[float64](rows, i)
		case string:
			kind = "text"
			arrays[i], err = column[string](rows, i)
		case []byte:
			kind = "bytea"
			arrays[i], err = column[[]byte](rows, i)
		default:
			err = fmt.Errorf("value of type %T", rows[0][i])
		}
		if err != nil {
			return fmt.Errorf("%s of %s: %w", name, table.Name, err)
		}
		places[i] = fmt.Sprintf("$%d::%s[]", i+1, kind)
	}
	_, err := conn.Exec(ctx, `INSERT INTO `+table.Name+` (`+strings.Join(table.Columns, ", ")+`) SELECT * FROM unnest(`+
		strings.Join(places, ", ")+`) ON CONFLICT DO NOTHING`, arrays...)
	return err
}

// column returns the values of one column.
func column[T any](rows [][]any, at int) ([]T, error) {
	out := make([]T, len(rows))
	for i, row := range rows {
		var ok bool
		if out[i], ok = row[at].(T); !ok {
			return nil, fmt.Errorf("values of types %T and %T", out[0], row[at])
		}
	}
	return out, nil
}
