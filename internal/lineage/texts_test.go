package lineage

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// addTexts adds texts of many lengths, some of them twice, and returns them by hash.
func addTexts(t *testing.T, to *texts) map[catalog.Hash]string {
	t.Helper()
	out := map[catalog.Hash]string{}
	for i := range 300 {
		text := strings.Repeat(string(rune('a'+i%26)), i%37*100+i%2)
		hash, err := to.add(text)
		if err != nil {
			t.Fatal(err)
		}
		out[hash] = text
	}
	return out
}

func wantTexts(t *testing.T, of *texts, want map[catalog.Hash]string) {
	t.Helper()
	for hash, text := range want {
		if got, err := of.get(hash); err != nil || got != text {
			t.Fatalf("%d bytes, %v; want %d", len(got), err, len(text))
		}
	}
}

func TestTextsGoToAFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for _, limit := range []int{inMemory, 10_000} {
		kept := newTexts()
		kept.limit = limit
		want := addTexts(t, kept)
		wantTexts(t, kept, want)
		if (kept.file != nil) != (limit == 10_000) {
			t.Errorf("limit %d: file %v", limit, kept.file)
		}
		if _, err := kept.get(catalog.HashOfText("never added")); !errors.Is(err, catalog.ErrNotFound) {
			t.Errorf("a text that was never added: %v", err)
		}
		if err := kept.close(); err != nil {
			t.Error(err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 || err != nil {
		t.Errorf("%v is left, %v", left, err)
	}
}

// Where no file can be made, texts stay in memory.
func TestTextsWithoutAFile(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	kept := newTexts()
	kept.limit = 1000
	wantTexts(t, kept, addTexts(t, kept))
	if kept.file != nil {
		t.Error("there is a file")
	}
}

// A file that cannot be written, as on a full disk, is an error that names the remedy.
func TestTextsOnAFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skip("SKIPPED: no /dev/full")
	}
	kept := newTexts()
	kept.limit, kept.file = 10, full
	if _, err := kept.add(strings.Repeat("select 1 ", 10)); err == nil || !strings.Contains(err.Error(), "TMPDIR") {
		t.Errorf("error: %v", err)
	}
	if err := kept.close(); err != nil {
		t.Error(err)
	}
}
