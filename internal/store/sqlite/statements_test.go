package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	sqlitedriver "modernc.org/sqlite"
)

// keeping opens a database by one connection that keeps a few statements.
func keeping(t *testing.T, keep int) (*sql.DB, func() []string) {
	t.Helper()
	db := sql.OpenDB(connector{&sqlitedriver.Driver{}, dsn(filepath.Join(t.TempDir(), FileName), ""), keep})
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1), (2), (3)`); err != nil {
		t.Fatal(err)
	}
	return db, func() (queries []string) {
		c, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		_ = c.Raw(func(inner any) error {
			for e := inner.(*conn).used.Front(); e != nil; e = e.Next() {
				queries = append(queries, e.Value.(*statement).query)
			}
			return nil
		})
		return queries
	}
}

func TestStatementsAreKept(t *testing.T) {
	db, kept := keeping(t, 3)
	for n := range 5 {
		var sum int
		query := fmt.Sprintf(`SELECT sum(n) + %d FROM t WHERE n > ?`, n)
		for range 2 {
			if err := db.QueryRowContext(t.Context(), query, 1).Scan(&sum); err != nil || sum != 5+n {
				t.Fatalf("%s: %d, %v", query, sum, err)
			}
		}
	}
	if got := kept(); len(got) != 3 || !strings.Contains(got[0], "+ 4") || !strings.Contains(got[2], "+ 2") {
		t.Errorf("kept %v", got)
	}
	for _, query := range []string{`PRAGMA user_version`, `SELECT 1; SELECT 2`, `SELECT '` + strings.Repeat("x", longestKept) + `'`} {
		if _, err := db.ExecContext(t.Context(), query); err != nil {
			t.Error(err)
		}
	}
	if got := kept(); len(got) != 3 || !strings.Contains(got[0], "+ 4") {
		t.Errorf("kept %v", got)
	}
	if _, err := db.ExecContext(t.Context(), `SELECT nonsense FROM t`); err == nil {
		t.Error("nonsense runs")
	}
}

// A statement whose rows are being read is neither run a second time nor closed.
func TestStatementWithinItsOwnRows(t *testing.T) {
	db, _ := keeping(t, 1)
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	const query = `SELECT n FROM t ORDER BY n`
	rows, err := tx.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	got := 0
	for rows.Next() {
		var n, first, other int
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		if err := tx.QueryRowContext(t.Context(), query).Scan(&first); err != nil || first != 1 {
			t.Fatalf("within: %d, %v", first, err)
		}
		if err := tx.QueryRowContext(t.Context(), `SELECT count(*) FROM t`).Scan(&other); err != nil || other != 3 {
			t.Fatalf("another: %d, %v", other, err)
		}
		got = got*10 + n
	}
	if rows.Err() != nil || got != 123 {
		t.Errorf("read %d, %v", got, rows.Err())
	}
}

// A kept statement follows changes of its table.
func TestStatementOfAChangedTable(t *testing.T) {
	db, _ := keeping(t, 3)
	const query = `SELECT * FROM t WHERE n = 1`
	for _, want := range []int{1, 2} {
		columns, err := columnsOf(t.Context(), db, query)
		if err != nil || len(columns) != want {
			t.Errorf("columns %v, %v", columns, err)
		}
		if _, err := db.ExecContext(t.Context(), `ALTER TABLE t ADD COLUMN more TEXT`); err != nil && want == 1 {
			t.Fatal(err)
		}
	}
}

func columnsOf(ctx context.Context, db *sql.DB, query string) ([]string, error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	return columns, errors.Join(err, rows.Err())
}
