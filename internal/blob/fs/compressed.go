package fs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/durable"
)

// compressedSuffix is the ending of a file that holds a blob as one zstd frame, whose header has the blob's size.
//
// A blob may have a plain file as well: an upload of the same bytes stores them plainly again, and a process
// may die between two steps of compressing. The plain file is read then. Only Compress and Delete remove files, and
// Compress only the plain one once the other is permanent, so that a reader that looks for the plain file first finds
// one of them.
const compressedSuffix = ".zst"

// leastCompressed is the size below which compressing saves no block of the medium.
const leastCompressed = 4096

func (s *Store) compressedPath(hash blob.Hash) string { return s.path(hash) + compressedSuffix }

// Compress implements blob.Compressor.
func (s *Store) Compress(ctx context.Context, hash blob.Hash) (saved int64, err error) {
	plain, err := os.Open(s.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		_, err = s.Stat(ctx, hash) // it is compressed, or there is none
		return 0, err
	}
	if err != nil {
		return 0, failure("blob "+hash.String(), err)
	}
	defer plain.Close()
	if saved, err = s.compress(ctx, plain, hash); err != nil {
		return 0, failure("compress blob "+hash.String(), err)
	}
	return saved, nil
}

func (s *Store) compress(ctx context.Context, plain *os.File, hash blob.Hash) (saved int64, err error) {
	info, err := plain.Stat()
	if err != nil || info.Size() < leastCompressed {
		return 0, err
	}
	packed, err := s.newFile()
	if err != nil {
		return 0, err
	}
	w := &writer{store: s, file: packed}
	defer func() { err = errors.Join(err, w.Abort()) }() // nothing is left of it once it was moved
	if err := pack(ctx, packed, blob.Verify(plain, hash), info.Size()); err != nil {
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

// pack compresses content of a known size on this goroutine alone: it is done in the background of everything else.
func pack(ctx context.Context, to io.Writer, content io.Reader, size int64) error {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return err
	}
	encoder.ResetContentSize(to, size)
	_, err = io.CopyBuffer(struct{ io.Writer }{encoder}, contextReader{ctx, content}, make([]byte, 256<<10))
	return errors.Join(err, encoder.Close())
}

// contextReader ends reading with its context.
type contextReader struct {
	ctx context.Context //nolint:containedctx // it lives as long as one call
	io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// openCompressed opens the content of a compressed blob, which is not checked.
func (s *Store) openCompressed(hash blob.Hash) (io.ReadCloser, error) {
	file, err := os.Open(s.compressedPath(hash))
	if err != nil {
		return nil, err
	}
	u := &unpacker{file: file}
	if u.decoder, err = zstd.NewReader(mediumReader{u}, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return u, nil
}

// unpacker reads the content of a compressed file.
type unpacker struct {
	file    *os.File
	decoder *zstd.Decoder
	medium  error // why the file could not be read
}

// mediumReader notes an error of the medium, to tell it from one of the content.
type mediumReader struct{ u *unpacker }

func (r mediumReader) Read(p []byte) (int, error) {
	n, err := r.u.file.Read(p)
	if err != nil && err != io.EOF {
		r.u.medium = err
	}
	return n, err
}

func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.decoder.Read(p)
	if err != nil && err != io.EOF && u.medium == nil {
		err = fmt.Errorf("%w: %w", blob.ErrDamaged, err)
	}
	return n, err
}

func (u *unpacker) Close() error {
	u.decoder.Close()
	return u.file.Close()
}

// unpacked writes a compressed blob to a spool file, checks it, and opens that. Closing it removes the file.
func (s *Store) unpacked(ctx context.Context, hash blob.Hash) (_ blob.ReaderAtCloser, err error) {
	content, err := s.openCompressed(hash)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	file, err := s.newFile()
	if err != nil {
		return nil, err
	}
	w := &writer{store: s, file: file}
	if _, err := io.CopyBuffer(struct{ io.Writer }{file}, contextReader{ctx, blob.Verify(content, hash)}, make([]byte, 256<<10)); err != nil {
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
	begin := make([]byte, zstd.HeaderMaxSize)
	n, err := io.ReadFull(file, begin)
	if err != nil && err != io.ErrUnexpectedEOF {
		return 0, err
	}
	var header zstd.Header
	if err := header.Decode(begin[:n]); err != nil || !header.HasFCS {
		return 0, errors.Join(blob.ErrDamaged, err)
	}
	return int64(header.FrameContentSize), nil
}
