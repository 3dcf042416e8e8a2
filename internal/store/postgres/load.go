package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/thalweg-data/thalweg/internal/store"
)

// staging is the table that rows are copied to where some may be there already.
const staging = "staging"

// Load adds rows by COPY.
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

// merge copies to a table of this transaction and takes over what is new.
func merge(ctx context.Context, conn *pgx.Conn, table store.Table, rows [][]any) error {
	columns := strings.Join(table.Columns, ", ")
	if _, err := conn.Exec(ctx, `CREATE TEMP TABLE `+staging+` ON COMMIT DROP AS SELECT `+columns+` FROM `+table.Name+` WITH NO DATA`); err != nil {
		return err
	}
	if err := copyTo(ctx, conn, staging, table.Columns, rows); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `INSERT INTO `+table.Name+` (`+columns+`) SELECT `+columns+` FROM `+staging+` ON CONFLICT DO NOTHING`); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, `DROP TABLE `+staging)
	return err
}
