package s3

import (
	"context"
	"errors"
	"io/fs"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/blob/spool"
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

// Commit sends the bytes. An object of the same bytes is replaced: reading it would cost more than sending, and it may
// be damaged.
func (w *writer) Commit(ctx context.Context) (blob.Hash, int64, error) {
	err := errors.Join(w.Usable(), ctx.Err())
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
	if spool.Swept(w.File) {
		return spool.Failed(noun, fs.ErrNotExist)
	}
	return w.store.bucket.put(ctx, object{noun: noun, key: w.store.key(sum.Hash), content: w.File, size: sum.Size})
}
