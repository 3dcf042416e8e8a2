package sqlite

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// A file that is damaged while it is in use is noticed.
func TestReadyNoticesDamage(t *testing.T) {
	dir := t.TempDir()
	st, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }() // it may fail to write back its log
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := st.CreateSchema(t.Context(), catalog.DefaultWorkspace, "A", "", store.By{}); err != nil {
		t.Fatal(err)
	}
	// The file has everything once the store was closed.
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if st, err = Open(t.Context(), dir, Options{}); err != nil {
		t.Fatal(err)
	}
	damage(t, filepath.Join(dir, FileName))
	if err := st.Ready(t.Context()); err == nil {
		t.Error("a damaged file is ready")
	}
}

// damage overwrites most pages of a database, not the first ones.
func damage(t *testing.T, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := file.Stat()
	if err == nil {
		_, err = file.WriteAt(bytes.Repeat([]byte{0xa5}, int(info.Size())-8192), 8192)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A store without one of the tables that requests read is not ready.
func TestReadyNoticesMissingTables(t *testing.T) {
	tables := []string{"assets", "asset_columns", "api_keys", "node_results", "jobs", "texts"}
	if testing.Short() {
		tables = tables[:1]
	}
	for _, table := range tables {
		dir := t.TempDir()
		st, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = st.Close() }() // the test has its answer
		if err := errors.Join(st.Migrate(t.Context()), st.Ready(t.Context())); err != nil {
			t.Fatal(err)
		}
		other, err := sql.Open("sqlite", "file:"+filepath.Join(dir, FileName))
		if err != nil {
			t.Fatal(err)
		}
		_, err = other.ExecContext(t.Context(), `ALTER TABLE `+table+` RENAME TO lost`)
		if err := errors.Join(err, other.Close()); err != nil {
			t.Fatal(err)
		}
		if err := st.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), table) {
			t.Errorf("without %s: %v", table, err)
		}
	}
}
