package fs

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/blob/spool"
	"github.com/thalweg-data/thalweg/internal/durable"
)

// compressedSuffix is the ending of a file that holds a blob as one zstd frame, whose header has the blob's size.
//
// A blob may have a plain file as well: an upload of the same bytes stores them plainly again, and a process
// may die between two steps of compressing. The plain file is read then. Only Compress and Delete remove files, and
// Compress only the plain one once the other is permanent, so that a reader that looks for the plain file first finds
// one of them.
const compressedSuffix = ".zst"

func (s *Store) compressedPath(hash blob.Hash) string { return s.path(hash) + compressedSuffix }

// Compress implements blob.Compressor.
func (s *Store) Compress(ctx context.Context, hash blob.Hash) (saved int64, err error) {
	plain, err := os.Open(s.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		_, err = s.Stat(ctx, hash) // it is compressed, or there is none
		return 0, err
	}
	if err != nil {
		return 0, spool.Failed("blob "+hash.String(), err)
	}
	defer plain.Close()
	if saved, err = s.compress(ctx, plain, hash); err != nil {
		return 0, spool.Failed("compress blob "+hash.String(), err)
	}
	return saved, nil
}

func (s *Store) compress(ctx context.Context, plain *os.File, hash blob.Hash) (saved int64, err error) {
	info, err := plain.Stat()
	if err != nil || info.Size() < blob.LeastPacked {
		return 0, err
	}
	packed, err := s.spool.New()
	if err != nil {
		return 0, err
	}
	w := &writer{store: s, Writer: spool.Writer{File: packed}}
	defer func() { err = errors.Join(err, w.Abort()) }() // nothing is left of it once it was moved
	if err := blob.Pack(ctx, packed, blob.Verify(plain, hash), info.Size()); err != nil {
		return 0, err
	}
	size, err := packed.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, err
	}
	target := s.compressedPath(hash)
	if err := errors.Join(packed.Sync(), w.move(target)); err != nil {
		return 0, err
	}
	if err := durable.SyncFolder(filepath.Dir(target)); err != nil {
		return 0, err
	}
	return info.Size() - size, os.Remove(s.path(hash))
}

// openCompressed opens the content of a compressed blob, which is not checked.
func (s *Store) openCompressed(hash blob.Hash) (io.ReadCloser, error) {
	file, err := os.Open(s.compressedPath(hash))
	if err != nil {
		return nil, err
	}
	return blob.Unpack(file)
}

// unpacked writes a compressed blob to a spool file, checks it, and opens that. Closing it removes the file.
func (s *Store) unpacked(ctx context.Context, hash blob.Hash) (_ blob.ReaderAtCloser, err error) {
	content, err := s.openCompressed(hash)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	file, err := s.spool.New()
	if err != nil {
		return nil, err
	}
	w := &writer{store: s, Writer: spool.Writer{File: file}}
	if _, err := blob.Copy(ctx, file, blob.Verify(content, hash)); err != nil {
		return nil, errors.Join(err, w.Abort())
	}
	return spooled{file, w}, nil
}

// spooled is a spool file that is read.
type spooled struct {
	io.ReaderAt
	writer *writer
}

func (s spooled) Close() error { return s.writer.Abort() }

// compressedSize returns the size of a compressed blob's content, from the header of its file.
func compressedSize(path string) (int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	return blob.PackedSize(file)
}
