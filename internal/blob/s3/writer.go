package s3

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/blob/spool"
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

// Sum implements blob.Writer.
func (w *writer) Sum() blob.Sum { return w.sum.Sum() }

// Commit sends the bytes. An object of the same bytes is replaced: reading it would cost more than sending, and it may
// be damaged.
func (w *writer) Commit(ctx context.Context) (blob.Hash, int64, error) {
	err := errors.Join(w.usable(), ctx.Err())
	sum := w.Sum()
	if err == nil {
		err = w.send(ctx, sum)
	}
	if err = errors.Join(err, w.Abort()); err != nil {
		return blob.Hash{}, 0, err
	}
	return sum.Hash, sum.Size, nil
}

func (w *writer) send(ctx context.Context, sum blob.Sum) error {
	noun := "blob " + sum.Hash.String()
	if spool.Swept(w.file) {
		return spool.Failed(noun, fs.ErrNotExist)
	}
	return w.store.bucket.put(ctx, object{noun: noun, key: w.store.key(sum.Hash), content: w.file, size: sum.Size})
}

func (w *writer) Abort() error {
	if w.file == nil {
		return nil
	}
	file := w.file
	w.file = nil
	return spool.Discard(file)
}
