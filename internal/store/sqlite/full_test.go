package sqlite

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// A write that finds no space makes the store not ready for a while; reads go
// on, and with space again so do writes.
func TestFullDisk(t *testing.T) {
	e := newEngine(t.TempDir())
	if err := e.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	s := store.New(e, func() time.Time { return now })
	if err := errors.Join(s.Migrate(t.Context()), s.Ready(t.Context())); err != nil {
		t.Fatal(err)
	}
	limit := func(pages string) {
		t.Helper()
		if _, err := e.Writer().ExecContext(t.Context(), `PRAGMA max_page_count = `+pages); err != nil {
			t.Fatal(err)
		}
	}
	limit("1") // SQLite takes what the file has for the least
	var err error
	for i := range 10_000 {
		if _, err = s.CreateSchema(t.Context(), catalog.DefaultWorkspace, fmt.Sprint("Schema ", i), "", store.By{}); err != nil {
			break
		}
	}
	if !errors.Is(err, catalog.ErrNoSpace) {
		t.Fatalf("a write without space: %v", err)
	}
	if err := s.Ready(t.Context()); !errors.Is(err, catalog.ErrNoSpace) {
		t.Errorf("ready: %v, want no space", err)
	}
	if _, err := s.Schemas(t.Context(), catalog.DefaultWorkspace, nil, store.Page{}); err != nil {
		t.Errorf("a read: %v", err)
	}
	limit("1073741824")
	if _, err := s.CreateSchema(t.Context(), catalog.DefaultWorkspace, "With space", "", store.By{}); err != nil {
		t.Errorf("a write with space again: %v", err)
	}
	now = now.Add(time.Minute)
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("ready a minute later: %v", err)
	}
}
