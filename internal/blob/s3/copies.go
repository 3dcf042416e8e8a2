package s3

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/blob/spool"
)

// copies are the local copies of blobs that are read at offsets. All who read a blob at a time share one.
type copies struct {
	mu   sync.Mutex
	open map[blob.Hash]*localCopy
}

// localCopy is a spool file with the bytes of a blob.
type localCopy struct {
	ready chan struct{} // closed once file or err is set
	file  *os.File
	err   error
	users int
}

// OpenAt implements blob.Ranged by a local copy, which is checked: a request for each of many small ranges would take
// longer than the whole.
func (s *Store) OpenAt(ctx context.Context, hash blob.Hash) (blob.ReaderAtCloser, error) {
	for {
		c, first := s.copies.join(hash)
		if first {
			c.file, c.err = s.download(ctx, hash)
			close(c.ready)
		}
		select {
		case <-c.ready:
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), s.copies.leave(hash, c))
		}
		if c.err == nil {
			return &copyReader{ReaderAt: c.file, close: func() error { return s.copies.leave(hash, c) }}, nil
		}
		err := errors.Join(c.err, s.copies.leave(hash, c))
		if first || !errors.Is(err, context.Canceled) || ctx.Err() != nil {
			return nil, err
		}
		// The caller that downloaded it was canceled, and this one was not.
	}
}

func (c *copies) join(hash blob.Hash) (local *localCopy, first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	local, ok := c.open[hash]
	if !ok {
		local = &localCopy{ready: make(chan struct{})}
		if c.open == nil {
			c.open = map[blob.Hash]*localCopy{}
		}
		c.open[hash] = local
	}
	local.users++
	return local, !ok
}

// leave removes a copy that nobody reads any more, and lets nobody join one that failed.
func (c *copies) leave(hash blob.Hash, local *localCopy) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	local.users--
	failed := false
	select {
	case <-local.ready:
		failed = local.err != nil
	default:
	}
	if c.open[hash] == local && (local.users == 0 || failed) {
		delete(c.open, hash)
	}
	if local.users > 0 || local.file == nil {
		return nil
	}
	return spool.Discard(local.file)
}

// download writes a blob to a spool file and checks it.
func (s *Store) download(ctx context.Context, hash blob.Hash) (_ *os.File, err error) {
	content, err := s.Open(ctx, hash)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	file, err := s.spool.New()
	if err != nil {
		return nil, err
	}
	if _, err := blob.Copy(ctx, file, content); err != nil {
		return nil, errors.Join(spool.Failed("copy of blob "+hash.String(), err), spool.Discard(file))
	}
	return file, nil
}

// copyReader is one use of a copy.
type copyReader struct {
	io.ReaderAt
	once  sync.Once
	close func() error
}

func (r *copyReader) Close() (err error) {
	r.once.Do(func() { err = r.close() })
	return err
}
