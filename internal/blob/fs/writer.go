package fs

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/blob/spool"
	"github.com/thalweg-data/thalweg/internal/durable"
)

// Create implements blob.Store.
func (s *Store) Create(ctx context.Context) (blob.Writer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	file, err := s.spool.New()
	if err != nil {
		return nil, err
	}
	return &writer{store: s, file: file, sum: blob.NewSumming()}, nil
}

// writer spools one blob.
type writer struct {
	store *Store
	file  *os.File // nil once committed or aborted
	sum   *blob.Summing
	err   error // the first failed write; nothing can be committed after it
}

func (w *writer) Write(p []byte) (int, error) {
	if err := w.usable(); err != nil {
		return 0, err
	}
	n, err := w.file.Write(p)
	_, _ = w.sum.Write(p[:n]) // never fails
	if err != nil {
		w.err = spool.Failed("blob spool", err)
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
	sum := w.Sum()
	if err := w.publish(ctx, sum); err != nil {
		return blob.Hash{}, 0, spool.Failed("blob "+sum.Hash.String(), errors.Join(err, w.Abort()))
	}
	return sum.Hash, sum.Size, nil
}

// Sum implements blob.Writer.
func (w *writer) Sum() blob.Sum { return w.sum.Sum() }

// publish makes the spooled bytes the blob, durably. An existing blob is replaced:
// that costs less processor time than reading and hashing the stored copy, and
// repairs it if it is damaged. Readers that have it open keep the old file. Only
// Windows cannot replace a file that a reader has open, and compares instead.
func (w *writer) publish(ctx context.Context, sum blob.Sum) error {
	target := w.store.path(sum.Hash)
	folder := filepath.Dir(target)
	if !spool.RenameOpen && w.store.intact(ctx, sum.Hash, sum.Size) {
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
	if spool.RenameOpen {
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
	return spool.Discard(file)
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
