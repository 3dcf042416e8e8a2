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
	w, err := s.spool.NewWriter(ctx)
	if err != nil {
		return nil, err
	}
	return &writer{store: s, Writer: w}, nil
}

// writer spools one blob.
type writer struct {
	spool.Writer
	store *Store
}

func (w *writer) Commit(ctx context.Context) (blob.Hash, int64, error) {
	if err := errors.Join(w.Usable(), ctx.Err()); err != nil {
		return blob.Hash{}, 0, errors.Join(err, w.Abort())
	}
	sum := w.Sum()
	if err := w.publish(ctx, sum); err != nil {
		return blob.Hash{}, 0, spool.Failed("blob "+sum.Hash.String(), errors.Join(err, w.Abort()))
	}
	return sum.Hash, sum.Size, nil
}

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
	if err := w.File.Sync(); err != nil {
		return err
	}
	return errors.Join(w.move(target), durable.SyncFolder(folder))
}

// move renames the spool file and closes it, in the order that the system requires.
func (w *writer) move(target string) error {
	file, spooled := w.File, w.File.Name()
	w.File = nil
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
