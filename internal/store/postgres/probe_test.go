package postgres_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/pgtest"
	"github.com/thalweg-data/thalweg/internal/store"
)

// A store without one of the tables that requests read is not ready.
func TestReadyNoticesMissingTables(t *testing.T) {
	url := pgtest.NewFrom(t, "migrated", migrated)
	s := openAt(t, url, time.Now)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }() // the test has its answer
	for _, table := range []string{"assets", "asset_columns", "api_keys", "node_results", "jobs", "texts"} {
		if err := s.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), `ALTER TABLE `+table+` RENAME TO lost`); err != nil {
			t.Fatal(err)
		}
		if err := s.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), table) {
			t.Errorf("without %s: %v", table, err)
		}
		if _, err := conn.Exec(t.Context(), `ALTER TABLE lost RENAME TO `+table); err != nil {
			t.Fatal(err)
		}
	}
}

// A table whose file is damaged is noticed once PostgreSQL reads it.
func TestReadyNoticesDamage(t *testing.T) {
	if os.Getenv("SKIP_POSTGRES") != "" {
		t.Skip("SKIPPED: SKIP_POSTGRES is set")
	}
	// Not t.TempDir: as root, the server's user must reach it.
	folder, err := os.MkdirTemp("", "pgtest-damage-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	cluster, err := pgtest.Start(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cluster.Stop() }() // its database is damaged
	if err := cluster.CreateDatabase(t.Context(), "damaged"); err != nil {
		t.Fatal(err)
	}
	s := openAt(t, cluster.DSN("damaged"), time.Now)
	if _, err := s.CreateSchema(t.Context(), catalog.DefaultWorkspace, "A", "", store.By{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := written(t, cluster.AdminDSN("damaged"), "schemas")
	if err := cluster.Kill9(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "data", path), bytes.Repeat([]byte{0xa5}, 8192), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := cluster.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, cluster.DSN("damaged"), time.Now) // the connections of the first one broke
	if err := s.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), "schemas") {
		t.Errorf("with a damaged table: %v", err)
	}
}

// written brings a table to the disk and returns its file, in the cluster's folder.
func written(t *testing.T, dsn, table string) (path string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), `CHECKPOINT`)
	err = errors.Join(err, conn.QueryRow(t.Context(), `SELECT pg_relation_filepath($1::regclass)`, table).Scan(&path), conn.Close(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	return path
}
