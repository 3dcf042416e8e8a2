package postgres

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"golang.org/x/sync/errgroup"

	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/store"
)

// scoped opens the engine itself on a database in which two workspaces have a
// schema each.
func scoped(t *testing.T) *engine {
	t.Helper()
	url := pgtest.New(t)
	s, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	e, err := connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if _, err := e.writer.ExecContext(t.Context(), `INSERT INTO workspaces (id, name, created_at) VALUES (2, 'other', 0)`); err != nil {
		t.Fatal(err)
	}
	st := store.New(e, time.Now)
	for ws := range int64(2) {
		if _, err := st.CreateSchema(t.Context(), ws+1, "Analytics Warehouse", "", store.By{}); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// count counts the rows of a table as a query that forgot its workspace would.
func count(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}, table string,
) (n int64, err error) {
	return n, db.QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&n)
}

func TestReadingConnectionsSeeOneWorkspace(t *testing.T) {
	e, ctx := scoped(t), t.Context()
	if n, err := count(ctx, e.writer, "schemas"); err != nil || n != 2 {
		t.Fatalf("the owner sees %d schemas, %v", n, err)
	}
	for ws, want := range map[int64]int64{1: 1, 2: 1, 3: 0, 0: 2} {
		conn, err := e.Scope(ctx, e.reader, ws, store.Fresh{})
		if err != nil || conn == nil {
			t.Fatalf("workspace %d: %v, %v", ws, conn, err)
		}
		if n, err := count(ctx, conn, "schemas"); err != nil || n != want {
			t.Errorf("workspace %d sees %d schemas, %v, want %d", ws, n, err, want)
		}
		if n, err := count(ctx, conn, "workspaces WHERE id <> (SELECT current_setting('thalweg.workspace')::bigint)"); err != nil || n != 0 {
			t.Errorf("workspace %d sees %d others, %v", ws, n, err)
		}
		if _, err := conn.ExecContext(ctx, `SET default_transaction_read_only = off; DELETE FROM schemas`); err == nil {
			t.Errorf("workspace %d deletes through a reading connection", ws)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A query on a connection whose workspace nobody set is an error, or finds
// nothing where there is nothing; never rows.
func TestWithoutAWorkspaceNothingIsRead(t *testing.T) {
	e := scoped(t)
	for _, table := range []string{"schemas", "assets", "facets", "edges", "api_keys", "imports", "texts", "workspaces"} {
		n, err := count(t.Context(), e.reader, table)
		var failure *pgconn.PgError
		if err == nil && n == 0 && table != "schemas" {
			continue // not even looked at
		}
		if !errors.As(err, &failure) || !strings.Contains(failure.Message, workspaceSetting) {
			t.Errorf("%s: %d rows, %v", table, n, err)
		}
	}
}

// Many reads of two workspaces share few connections and never meet.
func TestInterleavedWorkspaces(t *testing.T) {
	e := scoped(t)
	e.reader.SetMaxOpenConns(3)
	var readers errgroup.Group
	for i := range 8 {
		ws := int64(1 + i%2)
		readers.Go(func() error {
			for range 100 {
				if err := seesOnly(t.Context(), e, ws); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := readers.Wait(); err != nil {
		t.Error(err)
	}
}

func seesOnly(ctx context.Context, e *engine, ws int64) error {
	conn, err := e.Scope(ctx, e.reader, ws, store.Fresh{})
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // given back to the pool
	var own, all int64
	if err := conn.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE ws = $1), count(*) FROM schemas`, ws).Scan(&own, &all); err != nil {
		return err
	}
	if own != 1 || all != 1 {
		return errors.New("another workspace's row is seen")
	}
	return nil
}

// No table of a workspace is left out, also not one that comes later.
func TestEveryTableOfAWorkspaceIsSecured(t *testing.T) {
	e := scoped(t)
	rows, err := e.writer.QueryContext(t.Context(), `SELECT c.relname, c.relrowsecurity AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'ws' WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }() // its error is rows.Err
	tables := 0
	for rows.Next() {
		var table string
		var secured bool
		if err := rows.Scan(&table, &secured); err != nil {
			t.Fatal(err)
		}
		if tables++; !secured {
			t.Errorf("table %s has no row-level security", table)
		}
	}
	if err := rows.Err(); err != nil || tables < 24 {
		t.Errorf("%d tables, %v", tables, err)
	}
}
