//go:build unix

package pgtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) { Main(m) }

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // may have been cut on purpose
	return conn
}

func count(t *testing.T, conn *pgx.Conn, query string) (n int) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func execute(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func TestDatabasesAreApart(t *testing.T) {
	one, two := connect(t, New(t)), connect(t, New(t))
	execute(t, one, "CREATE TABLE a (b int)")
	if n := count(t, two, "SELECT count(*) FROM pg_tables WHERE tablename = 'a'"); n != 0 {
		t.Error("a table of one test is seen by another")
	}
}

func TestUserIsOrdinary(t *testing.T) {
	conn := connect(t, New(t))
	if n := count(t, conn, "SELECT count(*) FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)"); n != 0 {
		t.Error("tests run as a superuser: row-level security would not be tried")
	}
	execute(t, conn, "CREATE EXTENSION pg_trgm")
}

func TestNewFrom(t *testing.T) {
	prepared := 0
	prepare := func(ctx context.Context, dsn string) error {
		prepared++
		conn, err := pgx.Connect(ctx, dsn)
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, "CREATE TABLE a AS SELECT 7 AS b")
		return errors.Join(err, conn.Close(ctx))
	}
	for range 2 {
		conn := connect(t, NewFrom(t, "seven", prepare))
		if n := count(t, conn, "SELECT sum(b) FROM a"); n != 7 {
			t.Errorf("copy holds %d, want 7", n)
		}
		execute(t, conn, "INSERT INTO a VALUES (1)")
	}
	if prepared != 1 {
		t.Errorf("prepared %d times, want once", prepared)
	}
}

func TestKill9AndRestart(t *testing.T) {
	if os.Getenv(skipVariable) == "1" {
		t.Skip("SKIPPED: SKIP_POSTGRES=1 and this test needs PostgreSQL")
	}
	// Not t.TempDir: as root, the server's user must reach it.
	folder, err := os.MkdirTemp("", "pgtest-kill-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	cluster, err := Start(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := cluster.CreateDatabase(t.Context(), "shop"); err != nil {
		t.Fatal(err)
	}
	conn := connect(t, cluster.DSN("shop"))
	execute(t, conn, "CREATE TABLE a AS SELECT 7 AS b")
	if err := cluster.Kill9(); err != nil {
		t.Fatal(err)
	}
	if err := conn.Ping(t.Context()); err == nil {
		t.Error("a connection outlived kill -9")
	}
	if err := cluster.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, connect(t, cluster.DSN("shop")), "SELECT sum(b) FROM a"); n != 7 {
		t.Errorf("after the crash the table holds %d, want 7", n)
	}
	if err := cluster.Stop(); err != nil {
		t.Fatal(err)
	}
	again, err := Start(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, connect(t, again.DSN("shop")), "SELECT sum(b) FROM a"); n != 7 {
		t.Errorf("after Start on the same folder the table holds %d, want 7", n)
	}
	if err := again.Stop(); err != nil {
		t.Fatal(err)
	}
}

func TestScriptsAreNoPrograms(t *testing.T) {
	script := filepath.Join(t.TempDir(), "initdb")
	if err := os.WriteFile(script, []byte("#!/usr/bin/env python3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if native(script) {
		t.Error("a Python script is taken for PostgreSQL's initdb")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if !native(self) {
		t.Error("a program is not recognised")
	}
}

func TestRemoveStale(t *testing.T) {
	temporary := t.TempDir()
	old := time.Now().Add(-2 * young)
	paths := map[string]string{}
	for _, name := range []string{"dead", "alive", "young"} {
		path := filepath.Join(temporary, folderPrefix+name)
		paths[name] = path
		if err := errors.Join(os.Mkdir(path, 0o755), os.WriteFile(path+lockSuffix, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		if name != "young" {
			if err := os.Chtimes(path+lockSuffix, old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	held := hold(t, paths["alive"]+lockSuffix)
	if err := removeStale(temporary); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"dead": false, "alive": true, "young": true} {
		if _, err := os.Stat(paths[name]); (err == nil) != want {
			t.Errorf("folder %s: there is %v, want %v", name, err == nil, want)
		}
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	if err := removeStale(temporary); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(paths["alive"]); err == nil {
		t.Error("a folder whose owner has ended stays")
	}
}

func hold(t *testing.T, path string) *os.File {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	return file
}
