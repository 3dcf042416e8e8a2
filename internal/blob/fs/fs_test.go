package fs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/blob/blobtest"
)

func open(t *testing.T) *Store {
	t.Helper()
	store, err := Open(filepath.Join(t.TempDir(), "blobs"), 1, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// spoolOf returns the folder of a store's spool files.
func spoolOf(store *Store) string { return filepath.Join(filepath.Dir(store.blobs), "spool") }

func TestStore(t *testing.T) {
	blobtest.Run(t, blobtest.Fixture{
		Open: func(t *testing.T) blob.Store { return open(t) },
		Damage: func(t *testing.T, store blob.Store, hash blob.Hash) {
			path := store.(*Store).path(hash)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			content[len(content)/2] ^= 1
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
		},
	})
}

func TestCompressedBlobIsDamaged(t *testing.T) {
	content := []byte(strings.Repeat("the same line again and again\n", 10_000))
	for name, spoil := range map[string]func(path string, size int64) error{
		"truncated": func(path string, size int64) error { return os.Truncate(path, size/2) },
		"header":    func(path string, _ int64) error { return os.WriteFile(path, []byte("no frame at all"), 0o600) },
		"empty":     func(path string, _ int64) error { return os.Truncate(path, 0) },
	} {
		store := open(t)
		hash := blobtest.Put(t, store, content)
		if saved, err := store.Compress(t.Context(), hash); err != nil || saved < int64(len(content))*9/10 {
			t.Fatalf("saved %d, %v", saved, err)
		}
		info, err := os.Stat(store.compressedPath(hash))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(store.path(hash)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the plain file is still there: %v", err)
		}
		if err := spoil(store.compressedPath(hash), info.Size()); err != nil {
			t.Fatal(err)
		}
		if _, err := blobtest.Get(t, store, hash); !errors.Is(err, blob.ErrDamaged) {
			t.Errorf("%s: read: %v, want %v", name, err, blob.ErrDamaged)
		}
		if _, err := store.OpenAt(t.Context(), hash); !errors.Is(err, blob.ErrDamaged) {
			t.Errorf("%s: open at: %v, want %v", name, err, blob.ErrDamaged)
		}
		blobtest.Put(t, store, content)
		if got, err := blobtest.Get(t, store, hash); err != nil || string(got) != string(content) {
			t.Errorf("%s: after the same bytes were stored again: %d bytes, %v", name, len(got), err)
		}
	}
}

// Damaged bytes are not compressed: they would look well.
func TestDamagedBlobIsNotCompressed(t *testing.T) {
	store := open(t)
	content := []byte(strings.Repeat("x", 10_000))
	hash := blobtest.Put(t, store, content)
	content[7] ^= 1
	if err := os.WriteFile(store.path(hash), content, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Compress(t.Context(), hash); !errors.Is(err, blob.ErrDamaged) {
		t.Errorf("compress: %v, want %v", err, blob.ErrDamaged)
	}
	if left, err := os.ReadDir(spoolOf(store)); err != nil || len(left) > 0 {
		t.Errorf("left in the spool: %v, %v", left, err)
	}
}

func TestLayout(t *testing.T) {
	store := open(t)
	hash := blobtest.Put(t, store, []byte("hello"))
	const sum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
	want := filepath.Join("ws", "1", "sha256", "2c", sum)
	if path := store.path(hash); !strings.HasSuffix(path, want) {
		t.Errorf("stored at %s, want …/%s", path, want)
	}
	if info, err := os.Stat(store.blobs); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder mode %v, %v, want 0700", info.Mode(), err)
	}
}

func TestTruncatedBlobIsDamaged(t *testing.T) {
	store := open(t)
	hash := blobtest.Put(t, store, []byte("hello, world"))
	if err := os.Truncate(store.path(hash), 5); err != nil {
		t.Fatal(err)
	}
	if _, err := blobtest.Get(t, store, hash); !errors.Is(err, blob.ErrDamaged) {
		t.Errorf("read: %v, want %v", err, blob.ErrDamaged)
	}
}

func TestListPassesOverStrangers(t *testing.T) {
	store := open(t)
	if err := os.WriteFile(filepath.Join(store.blobs, "README"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := store.List(t.Context(), func(info blob.Info) error { t.Errorf("listed %v", info); return nil })
	if err != nil {
		t.Error(err)
	}
}

func TestWorkspacesAreApart(t *testing.T) {
	folder := t.TempDir()
	one, err := Open(folder, 1, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	two, err := Open(folder, 2, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	hash := blobtest.Put(t, one, []byte("mine"))
	if _, err := two.Stat(t.Context(), hash); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("Stat in another workspace: %v, want %v", err, blob.ErrNotFound)
	}
}

// TestFull fills a real file system of 1 MiB. It needs root to mount it.
func TestFull(t *testing.T) {
	folder := t.TempDir()
	if err := mountSmall(folder); err != nil {
		t.Skipf("SKIPPED: no small file system to fill: %v", err)
	}
	t.Cleanup(func() {
		if err := unmount(folder); err != nil {
			t.Error(err)
		}
	})
	store, err := Open(folder, 1, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if free, err := store.Free(t.Context()); err != nil || free <= 0 || free > 1<<20 {
		t.Errorf("Free = %d, %v, want at most 1 MiB", free, err)
	}
	writer, err := store.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write(make([]byte, 2<<20)); !errors.Is(err, blob.ErrNoSpace) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Write of 2 MiB: %v, want %v", err, blob.ErrNoSpace)
	}
	if _, _, err := writer.Commit(t.Context()); !errors.Is(err, blob.ErrNoSpace) {
		t.Errorf("Commit: %v, want %v", err, blob.ErrNoSpace)
	}
	blobtest.Put(t, store, []byte("there is room again"))
}

// A writer that was killed holds its spool file no more, so the next start need not wait for it to grow old.
func TestSweepRemovesFilesOfTheDead(t *testing.T) {
	store := open(t)
	alive, err := store.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := alive.Write([]byte("alive")); err != nil {
		t.Fatal(err)
	}
	dead := filepath.Join(spoolOf(store), "1234")
	if err := os.WriteFile(dead, []byte("dead"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := store.Sweep(t.Context(), time.Hour); n != 1 || err != nil {
		t.Errorf("Sweep = %d, %v, want 1", n, err)
	}
	if _, err := os.Stat(dead); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the dead writer's file is there: %v", err)
	}
	hash, _, err := alive.Commit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if content, err := blobtest.Get(t, store, hash); err != nil || string(content) != "alive" {
		t.Errorf("the living writer's blob: %q, %v", content, err)
	}
}
