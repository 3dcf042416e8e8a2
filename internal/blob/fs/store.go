// Package fs keeps blobs as files of one folder:
//
//	ws/<workspace>/sha256/<first 2 digits>/<64 digits>   committed blobs
//	ws/<workspace>/sha256/<first 2 digits>/<digits>.zst  the same, compressed
//	ws/<workspace>/spool/<random>                        bytes of writers that have not committed
//
// A blob appears by a rename within one file system after its bytes were synced, so there is never half of one.
package fs

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/blob/spool"
	"github.com/thalweg-data/thalweg/internal/durable"
)

// Only the server's own user may read artifacts: they can hold SQL and names that are confidential.
const folderMode = 0o700

// Store is a blob.Store in a folder. Make one with Open.
type Store struct {
	blobs string // …/sha256
	spool *spool.Folder
}

var (
	_ blob.Store      = (*Store)(nil)
	_ blob.Ranged     = (*Store)(nil)
	_ blob.Compressor = (*Store)(nil)
)

// Open returns the store of one workspace below folder, making its folders. now is the clock that Sweep
// measures age by.
func Open(folder string, workspace int64, now func() time.Time) (*Store, error) {
	root := filepath.Join(folder, "ws", strconv.FormatInt(workspace, 10))
	s := &Store{blobs: filepath.Join(root, "sha256")}
	err := os.MkdirAll(s.blobs, folderMode)
	if err != nil {
		return nil, spool.Failed("blob folder", err)
	}
	if s.spool, err = spool.Open(filepath.Join(root, "spool"), now); err != nil {
		return nil, err
	}
	// A new folder is as permanent as its parents' entries for it.
	for _, path := range []string{root, filepath.Dir(root), folder} {
		if err := durable.SyncFolder(path); err != nil {
			return nil, spool.Failed("blob folder", err)
		}
	}
	return s, nil
}

// Open implements blob.Store.
func (s *Store) Open(ctx context.Context, hash blob.Hash) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var content io.ReadCloser
	content, err := os.Open(s.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		content, err = s.openCompressed(hash)
	}
	if err != nil {
		return nil, spool.Failed("blob "+hash.String(), err)
	}
	return blob.Verify(content, hash), nil
}

// OpenAt implements blob.Ranged. A compressed blob is unpacked for it.
func (s *Store) OpenAt(ctx context.Context, hash blob.Hash) (blob.ReaderAtCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var content blob.ReaderAtCloser
	content, err := os.Open(s.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		content, err = s.unpacked(ctx, hash)
	}
	if err != nil {
		return nil, spool.Failed("blob "+hash.String(), err)
	}
	return content, nil
}

// Stat implements blob.Store.
func (s *Store) Stat(ctx context.Context, hash blob.Hash) (blob.Info, error) {
	if err := ctx.Err(); err != nil {
		return blob.Info{}, err
	}
	info, err := s.stat(hash)
	if err != nil {
		return blob.Info{}, spool.Failed("blob "+hash.String(), err)
	}
	return info, nil
}

func (s *Store) stat(hash blob.Hash) (blob.Info, error) {
	info, err := os.Stat(s.path(hash))
	if err == nil {
		return blob.Info{Hash: hash, Size: info.Size(), Modified: info.ModTime()}, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return blob.Info{}, err
	}
	if info, err = os.Stat(s.compressedPath(hash)); err != nil {
		return blob.Info{}, err
	}
	size, err := compressedSize(s.compressedPath(hash))
	return blob.Info{Hash: hash, Size: size, Modified: info.ModTime()}, err
}

// Delete implements blob.Store.
func (s *Store) Delete(ctx context.Context, hash blob.Hash) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, path := range []string{s.path(hash), s.compressedPath(hash)} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return spool.Failed("blob "+hash.String(), err)
		}
	}
	return nil
}

// List implements blob.Store. Files whose names are not hashes are ignored.
func (s *Store) List(ctx context.Context, visit func(blob.Info) error) error {
	var last blob.Hash // of two files of a blob the plain one comes first
	visited := false
	return filepath.WalkDir(s.blobs, func(path string, entry fs.DirEntry, err error) error {
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		hash, parseErr := blob.ParseHash(strings.TrimSuffix(entry.Name(), compressedSuffix))
		if entry.IsDir() || parseErr != nil || path != s.path(hash) && path != s.compressedPath(hash) || visited && hash == last {
			return nil
		}
		last, visited = hash, true
		info, err := s.stat(hash)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // deleted meanwhile
		}
		if err != nil {
			return spool.Failed("blob "+hash.String(), err)
		}
		return visit(info)
	})
}

// Sweep implements blob.Store. A file that no living process has open is removed whatever
// its age.
func (s *Store) Sweep(ctx context.Context, olderThan time.Duration) (int, error) {
	return s.spool.Sweep(ctx, olderThan)
}

// Free implements blob.Store.
func (s *Store) Free(ctx context.Context) (int64, error) { return s.spool.Free(ctx) }

func (s *Store) path(hash blob.Hash) string {
	name := hash.String()
	return filepath.Join(s.blobs, name[:2], name)
}
