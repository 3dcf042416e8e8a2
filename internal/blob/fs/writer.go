package fs

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/durable"
)

// Create implements blob.Store.
func (s *Store) Create(ctx context.Context) (blob.Writer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	file, err := s.newFile()
	if err != nil {
		return nil, failure("blob spool", err)
	}
	return &writer{store: s, file: file, sum: sha256.New(), check: blob.NewChecksum()}, nil
}

// newFile makes a spool file that Sweep knows to be in use.
func (s *Store) newFile() (*os.File, error) {
	for range 10 {
		file, err := os.CreateTemp(s.spool, "")
		if err != nil {
			return nil, err
		}
		if claim(file) {
			return file, nil
		}
		file.Close()
	}
	return nil, errors.New("new files are swept before they are claimed")
}

// writer spools one blob.
type writer struct {
	store *Store
	file  *os.File // nil once committed or aborted
	sum   hash.Hash
	check hash.Hash32
	size  int64
	err   error // the first failed write; nothing can be committed after it
}

func (w *writer) Write(p []byte) (int, error) {
	if err := w.usable(); err != nil {
		return 0, err
	}
	n, err := w.file.Write(p)
	w.sum.Write(p[:n])
	w.check.Write(p[:n])
	w.size += int64(n)
	if err != nil {
		w.err = failure("blob spool", err)
	}
	return n, w.err
}

func (w *writer) usable() error {
	if w.file == nil {
		return blob.ErrClosed
	}
	return w.err
}

func (w *writer) Commit(ctx context.Context) (blob.Hash, int64, error) {
	if err := errors.Join(w.usable(), ctx.Err()); err != nil {
		return blob.Hash{}, 0, errors.Join(err, w.Abort())
	}
	hash := blob.Hash(w.sum.Sum(nil))
	if err := w.publish(ctx, hash); err != nil {
		return blob.Hash{}, 0, failure("blob "+hash.String(), errors.Join(err, w.Abort()))
	}
	return hash, w.size, nil
}

// Sum implements blob.Writer.
func (w *writer) Sum() blob.Sum {
	return blob.Sum{Hash: blob.Hash(w.sum.Sum(nil)), Size: w.size, Checksum: w.check.Sum32()}
}

// publish makes the spooled bytes the blob, durably. An existing blob is replaced:
// that costs less processor time than reading and hashing the stored copy, and
// repairs it if it is damaged. Readers that have it open keep the old file. Only
// Windows cannot replace a file that a reader has open, and compares instead.
func (w *writer) publish(ctx context.Context, hash blob.Hash) error {
	target := w.store.path(hash)
	folder := filepath.Dir(target)
	if !renameOpen && w.store.intact(ctx, hash, w.size) {
		// Its writer may not have synced the entry yet, and the caller is about to rely on it.
		return errors.Join(w.Abort(), durable.SyncFolder(folder))
	}
	if err := makeFolder(folder); err != nil {
		return err
	}
	if err := w.file.Sync(); err != nil {
		return err
	}
	return errors.Join(w.move(target), durable.SyncFolder(folder))
}

// move renames the spool file and closes it, in the order that the system requires.
func (w *writer) move(target string) error {
	file, spooled := w.file, w.file.Name()
	w.file = nil
	steps := []func() error{file.Close, func() error { return os.Rename(spooled, target) }}
	if renameOpen {
		slices.Reverse(steps) // no sweep may find it without an owner
	}
	err := steps[0]()
	if err == nil {
		err = steps[1]()
	}
	if err == nil {
		return nil
	}
	file.Close()
	return errors.Join(err, os.Remove(spooled))
}

// makeFolder makes a folder, durably, unless it exists.
func makeFolder(path string) error {
	err := os.Mkdir(path, folderMode)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return durable.SyncFolder(filepath.Dir(path))
}

func (w *writer) Abort() error {
	if w.file == nil {
		return nil
	}
	file := w.file
	w.file = nil
	err := errors.Join(file.Close(), os.Remove(file.Name()))
	if errors.Is(err, os.ErrNotExist) {
		return nil // swept meanwhile
	}
	return err
}

// intact reports whether a blob is stored with the bytes that its name promises.
func (s *Store) intact(ctx context.Context, hash blob.Hash, size int64) bool {
	info, err := s.Stat(ctx, hash)
	if err != nil || info.Size != size {
		return false
	}
	reader, err := s.Open(ctx, hash)
	if err != nil {
		return false
	}
	defer reader.Close()
	_, err = io.Copy(io.Discard, reader)
	return err == nil
}
