// Package blobtest is the suite that every blob.Store passes. A new implementation's test is one call of Run.
package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/blob"
)

// Fixture makes stores and damages what they keep.
type Fixture struct {
	// Open returns an empty store.
	Open func(t *testing.T) blob.Store
	// Damage changes one stored byte behind the store's back, leaving the size as it is.
	Damage func(t *testing.T, store blob.Store, hash blob.Hash)
}

// Run tests everything that blob.Store promises.
func Run(t *testing.T, fixture Fixture) {
	tests := []struct {
		name string
		run  func(t *testing.T, store blob.Store)
	}{
		{"round trip", roundTrip},
		{"commit twice", commitTwice},
		{"abort", abort},
		{"use after the end", useAfterEnd},
		{"missing", missing},
		{"delete", deleteBlob},
		{"ranges", ranges},
		{"compress", compress},
		{"compress and upload at once", compressWhileUploaded},
		{"delete while read", deleteWhileRead},
		{"list", list},
		{"many writers of one blob", manyWriters},
		{"cancelled", cancelled},
		{"sweep", sweep},
		{"free", free},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, fixture.Open(t)) })
	}
	t.Run("damage", func(t *testing.T) { damage(t, fixture) })
}

// Put commits content and returns its hash.
func Put(t *testing.T, store blob.Store, content []byte) blob.Hash {
	t.Helper()
	writer, err := store.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Several writes: hashing must not depend on how the bytes are cut.
	for chunk := range slices.Chunk(content, 1000) {
		if n, err := writer.Write(chunk); err != nil || n != len(chunk) {
			t.Fatalf("Write = %d, %v, want %d, nil", n, err, len(chunk))
		}
	}
	wantSum := blob.Sum{Hash: sha256.Sum256(content), Size: int64(len(content)), Checksum: crc32.Checksum(content, crc32.MakeTable(crc32.Castagnoli))}
	if sum := writer.Sum(); sum != wantSum {
		t.Fatalf("Sum = %+v, want %+v", sum, wantSum)
	}
	hash, size, err := writer.Commit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := wantSum.Hash; hash != want || size != int64(len(content)) {
		t.Fatalf("Commit = %v, %d, want %v, %d", hash, size, want, len(content))
	}
	return hash
}

// Get reads a whole blob.
func Get(t *testing.T, store blob.Store, hash blob.Hash) ([]byte, error) {
	t.Helper()
	reader, err := store.Open(t.Context(), hash)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(reader)
	if closeErr := reader.Close(); closeErr != nil {
		t.Errorf("Close: %v", closeErr)
	}
	return content, err
}

func wantContent(t *testing.T, store blob.Store, hash blob.Hash, want []byte) {
	t.Helper()
	got, err := Get(t, store, hash)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("blob %v: %d bytes, %v, want the %d bytes committed", hash, len(got), err, len(want))
	}
}

func wantError(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// noise returns n bytes that do not compress.
func noise(n int) []byte {
	source := rand.NewChaCha8([32]byte{1})
	content := make([]byte, n)
	_, _ = source.Read(content) // never fails
	return content
}

func all(t *testing.T, store blob.Store) []blob.Info {
	t.Helper()
	var infos []blob.Info
	err := store.List(t.Context(), func(info blob.Info) error {
		infos = append(infos, info)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return infos
}

func roundTrip(t *testing.T, store blob.Store) {
	for _, size := range []int{0, 1, 999, 1000, 100_000} {
		content := noise(size)
		hash := Put(t, store, content)
		wantContent(t, store, hash, content)
		info, err := store.Stat(t.Context(), hash)
		if err != nil || info.Hash != hash || info.Size != int64(size) || info.Modified.IsZero() {
			t.Errorf("Stat = %+v, %v, want %d bytes of %v", info, err, size, hash)
		}
	}
}

func commitTwice(t *testing.T, store blob.Store) {
	content := noise(5000)
	hash := Put(t, store, content)
	if again := Put(t, store, content); again != hash {
		t.Errorf("second commit is %v, want %v", again, hash)
	}
	wantContent(t, store, hash, content)
	if n := len(all(t, store)); n != 1 {
		t.Errorf("%d blobs listed, want 1", n)
	}
}

func abort(t *testing.T, store blob.Store) {
	writer, err := store.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write([]byte("gone")); err != nil {
		t.Fatal(err)
	}
	if err := writer.Abort(); err != nil {
		t.Error(err)
	}
	_, err = Get(t, store, sha256.Sum256([]byte("gone")))
	wantError(t, "Open after Abort", err, blob.ErrNotFound)
	if n, err := store.Sweep(t.Context(), 0); n != 0 || err != nil {
		t.Errorf("Sweep = %d, %v: Abort left something", n, err)
	}
}

func useAfterEnd(t *testing.T, store blob.Store) {
	writer, err := store.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hash, _, err := writer.Commit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = writer.Write([]byte("late"))
	wantError(t, "Write after Commit", err, blob.ErrClosed)
	_, _, err = writer.Commit(t.Context())
	wantError(t, "Commit after Commit", err, blob.ErrClosed)
	if err := writer.Abort(); err != nil {
		t.Errorf("Abort after Commit: %v, want nil", err)
	}
	wantContent(t, store, hash, nil)
}

func missing(t *testing.T, store blob.Store) {
	_, err := store.Open(t.Context(), blob.Hash{1})
	wantError(t, "Open", err, blob.ErrNotFound)
	_, err = store.Stat(t.Context(), blob.Hash{1})
	wantError(t, "Stat", err, blob.ErrNotFound)
	if err := store.Delete(t.Context(), blob.Hash{1}); err != nil {
		t.Errorf("Delete: %v, want nil", err)
	}
}

func deleteBlob(t *testing.T, store blob.Store) {
	keep, drop := Put(t, store, []byte("keep")), Put(t, store, []byte("drop"))
	if err := store.Delete(t.Context(), drop); err != nil {
		t.Fatal(err)
	}
	_, err := store.Stat(t.Context(), drop)
	wantError(t, "Stat", err, blob.ErrNotFound)
	wantContent(t, store, keep, []byte("keep"))
	wantContent(t, store, Put(t, store, []byte("drop")), []byte("drop"))
}

func ranges(t *testing.T, store blob.Store) {
	ranged, ok := store.(blob.Ranged)
	if !ok {
		t.Skip("not blob.Ranged")
	}
	content := noise(100_000)
	r, err := ranged.OpenAt(t.Context(), Put(t, store, content))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got := make([]byte, 1000)
	if _, err := r.ReadAt(got, 70_000); err != nil || !bytes.Equal(got, content[70_000:71_000]) {
		t.Errorf("at 70,000: %v", err)
	}
	_, err = ranged.OpenAt(t.Context(), blob.Hash{1})
	wantError(t, "open at", err, blob.ErrNotFound)
}

// lines returns text that compresses well.
func lines(n int) []byte {
	var text []byte
	for i := range n {
		text = fmt.Appendf(text, "line %d of a text that is much the same\n", i)
	}
	return text
}

// compress: whether a blob is compressed changes no answer.
func compress(t *testing.T, store blob.Store) {
	compressor, ok := store.(blob.Compressor)
	if !ok {
		t.Skip("not blob.Compressor")
	}
	for _, content := range [][]byte{nil, []byte("short"), lines(20_000), noise(100_000)} {
		hash := Put(t, store, content)
		before := all(t, store)
		for range 2 {
			if _, err := compressor.Compress(t.Context(), hash); err != nil {
				t.Fatal(err)
			}
			wantContent(t, store, hash, content)
			if ranged, ok := store.(blob.Ranged); ok {
				wantRange(t, ranged, hash, content)
			}
			after := all(t, store)
			for i := range after {
				after[i].Modified = before[i].Modified
			}
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("compressed: -before +after\n%s", diff)
			}
			wantContent(t, store, Put(t, store, content), content) // and once more
		}
		if err := store.Delete(t.Context(), hash); err != nil {
			t.Fatal(err)
		}
		_, err := store.Open(t.Context(), hash)
		wantError(t, "open what was deleted", err, blob.ErrNotFound)
	}
	large := Put(t, store, lines(20_000))
	if saved, err := compressor.Compress(t.Context(), large); err != nil || saved < int64(len(lines(20_000))/2) {
		t.Errorf("saved %d, %v", saved, err)
	}
	if saved, err := compressor.Compress(t.Context(), large); err != nil || saved != 0 {
		t.Errorf("compressed twice: saved %d, %v", saved, err)
	}
	_, err := compressor.Compress(t.Context(), blob.Hash{1})
	wantError(t, "compress", err, blob.ErrNotFound)
}

func wantRange(t *testing.T, store blob.Ranged, hash blob.Hash, content []byte) {
	t.Helper()
	r, err := store.OpenAt(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	from := len(content) / 2
	got := make([]byte, len(content)-from)
	if n, err := r.ReadAt(got, int64(from)); n != len(got) || err != nil && err != io.EOF || !bytes.Equal(got, content[from:]) {
		t.Errorf("at %d: %d bytes, %v", from, n, err)
	}
}

// compressWhileUploaded: the bytes can be read at any time while they are stored and compressed.
func compressWhileUploaded(t *testing.T, store blob.Store) {
	compressor, ok := store.(blob.Compressor)
	if !ok {
		t.Skip("not blob.Compressor")
	}
	content := lines(2000)
	hash := Put(t, store, content)
	var work sync.WaitGroup
	for _, do := range []func() error{
		func() error { _, err := compressor.Compress(t.Context(), hash); return err },
		func() error { Put(t, store, content); return nil },
		func() error { wantContent(t, store, hash, content); return nil },
	} {
		work.Go(func() {
			for range 50 {
				if err := do(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	wantContent(t, store, hash, content)
}

func deleteWhileRead(t *testing.T, store blob.Store) {
	content := noise(200_000)
	hash := Put(t, store, content)
	reader, err := store.Open(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := store.Delete(t.Context(), hash); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(reader); err != nil || !bytes.Equal(got, content) {
		t.Errorf("read %d bytes, %v, want all %d", len(got), err, len(content))
	}
}

func list(t *testing.T, store blob.Store) {
	if infos := all(t, store); len(infos) != 0 {
		t.Fatalf("an empty store lists %v", infos)
	}
	var want []string
	for i := range 30 {
		want = append(want, Put(t, store, noise(i)).String())
	}
	slices.Sort(want)
	var got []string
	for _, info := range all(t, store) {
		got = append(got, info.Hash.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
	stop := errors.New("enough")
	visits := 0
	err := store.List(t.Context(), func(blob.Info) error { visits++; return stop })
	wantError(t, "List", err, stop)
	if visits != 1 {
		t.Errorf("%d visits after an error, want 1", visits)
	}
}

func manyWriters(t *testing.T, store blob.Store) {
	content := noise(50_000)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			writer, err := store.Create(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := writer.Write(content); err != nil {
				t.Error(err)
			}
			if _, _, err := writer.Commit(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	wantContent(t, store, sha256.Sum256(content), content)
	if n := len(all(t, store)); n != 1 {
		t.Errorf("%d blobs listed, want 1", n)
	}
}

func cancelled(t *testing.T, store blob.Store) {
	hash := Put(t, store, []byte("there"))
	writer, err := store.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write([]byte("never")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = writer.Commit(ctx)
	wantError(t, "Commit", err, context.Canceled)
	_, err = Get(t, store, sha256.Sum256([]byte("never")))
	wantError(t, "Open of what was not committed", err, blob.ErrNotFound)
	_, err = store.Create(ctx)
	wantError(t, "Create", err, context.Canceled)
	_, err = store.Open(ctx, hash)
	wantError(t, "Open", err, context.Canceled)
	wantError(t, "Delete", store.Delete(ctx, hash), context.Canceled)
	wantContent(t, store, hash, []byte("there"))
}

func sweep(t *testing.T, store blob.Store) {
	kept := Put(t, store, []byte("committed"))
	writer, err := store.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write([]byte("left behind")); err != nil {
		t.Fatal(err)
	}
	if n, err := store.Sweep(t.Context(), time.Hour); n != 0 || err != nil {
		t.Errorf("Sweep of an hour = %d, %v, want 0: the writer is at work", n, err)
	}
	if n, err := store.Sweep(t.Context(), -time.Hour); n != 1 || err != nil {
		t.Errorf("Sweep of everything = %d, %v, want 1", n, err)
	}
	if _, _, err := writer.Commit(t.Context()); err == nil {
		t.Error("Commit of swept bytes succeeded")
	}
	wantContent(t, store, kept, []byte("committed"))
}

func free(t *testing.T, store blob.Store) {
	if n, err := store.Free(t.Context()); err != nil || n == 0 || n < -1 {
		t.Errorf("Free = %d, %v", n, err)
	}
}

func damage(t *testing.T, fixture Fixture) {
	store := fixture.Open(t)
	content := noise(100_000)
	hash := Put(t, store, content)
	fixture.Damage(t, store, hash)
	_, err := Get(t, store, hash)
	wantError(t, "reading damaged bytes", err, blob.ErrDamaged)
	Put(t, store, content)
	wantContent(t, store, hash, content) // the next upload repairs it
}
