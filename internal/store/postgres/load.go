package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
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
		if table.Conflict != "" {
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

// merge adds the rows whose keys are new and follows table.Conflict for the others.
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
// number of rows. The arrays are encoded here, into memory of the right size.
func insertNew(ctx context.Context, conn *pgx.Conn, table store.Table, rows [][]any) error {
	n := len(table.Columns)
	arrays, types, formats, places := make([][]byte, n), make([]uint32, n), make([]int16, n), make([]string, n)
	for i, name := range table.Columns {
		values, oid, err := column(rows, i)
		if err == nil {
			arrays[i], err = conn.TypeMap().Encode(oid, pgtype.BinaryFormatCode, values, make([]byte, 0, arraySize(rows, i)))
		}
		if err != nil {
			return fmt.Errorf("%s of %s: %w", name, table.Name, err)
		}
		types[i], formats[i], places[i] = oid, pgtype.BinaryFormatCode, fmt.Sprintf("$%d", i+1)
	}
	query := `INSERT INTO ` + table.Name + ` (` + strings.Join(table.Columns, ", ") + `) SELECT * FROM unnest(` + strings.Join(places, ", ") + `)` + table.Conflict
	_, err := conn.PgConn().ExecParams(ctx, query, arrays, types, formats, nil).Close()
	return err
}

// column returns the values of one column and the type of an array of them.
func column(rows [][]any, at int) (values any, arrayType uint32, err error) {
	switch rows[0][at].(type) {
	case int64:
		values, err = columnOf[int64](rows, at)
		return values, pgtype.Int8ArrayOID, err
	case float64:
		values, err = columnOf[float64](rows, at)
		return values, pgtype.Float8ArrayOID, err
	case string:
		values, err = columnOf[string](rows, at)
		return values, pgtype.TextArrayOID, err
	case []byte:
		values, err = columnOf[[]byte](rows, at)
		return values, pgtype.ByteaArrayOID, err
	}
	return nil, 0, fmt.Errorf("value of type %T", rows[0][at])
}

// arraySize is the size of a column as an array: a header, and the length of each
// value before it.
func arraySize(rows [][]any, at int) int {
	const header, length = 20, 4
	size := header
	for _, row := range rows {
		size += length + sizeOf(row[at])
	}
	return size
}

func columnOf[T any](rows [][]any, at int) ([]T, error) {
	out := make([]T, len(rows))
	for i, row := range rows {
		var ok bool
		if out[i], ok = row[at].(T); !ok {
			return nil, fmt.Errorf("values of types %T and %T", out[0], row[at])
		}
	}
	return out, nil
}
