package sqlite

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
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
	if _, err := st.CreateSchema(t.Context(), catalog.DefaultWorkspace, "A", ""); err != nil {
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
