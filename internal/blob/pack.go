package blob

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// LeastPacked is the size below which packing a blob is not worth it.
const LeastPacked = 4096

// Pack compresses content of a known size as one zstd frame, whose header has that size, on this goroutine alone: it is
// done in the background of everything else.
func Pack(ctx context.Context, to io.Writer, content io.Reader, size int64) error {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return err
	}
	encoder.ResetContentSize(to, size)
	_, err = Copy(ctx, encoder, content)
	return errors.Join(err, encoder.Close())
}

// Unpack returns the content of what Pack wrote. Bytes that Pack cannot have written are ErrDamaged; errors of packed
// itself are returned as they are. Closing the reader closes packed.
func Unpack(packed io.ReadCloser) (io.ReadCloser, error) {
	u := &unpacker{packed: packed}
	var err error
	if u.decoder, err = zstd.NewReader(mediumReader{u}, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true)); err != nil {
		return nil, errors.Join(err, packed.Close())
	}
	return u, nil
}

// unpacker reads the content of packed bytes.
type unpacker struct {
	packed  io.ReadCloser
	decoder *zstd.Decoder
	medium  error // why the packed bytes could not be read
}

// mediumReader notes an error of the medium, to tell it from one of the content.
type mediumReader struct{ u *unpacker }

func (r mediumReader) Read(p []byte) (int, error) {
	n, err := r.u.packed.Read(p)
	if err != nil && err != io.EOF {
		r.u.medium = err
	}
	return n, err
}

func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.decoder.Read(p)
	if err != nil && err != io.EOF && u.medium == nil {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return n, err
}

func (u *unpacker) Close() error {
	u.decoder.Close()
	return u.packed.Close()
}

// PackedSize returns the size of the content of packed bytes, from the header of their frame.
func PackedSize(packed io.Reader) (int64, error) {
	begin := make([]byte, zstd.HeaderMaxSize)
	n, err := io.ReadFull(packed, begin)
	if err != nil && err != io.ErrUnexpectedEOF {
		return 0, err
	}
	var header zstd.Header
	if err := header.Decode(begin[:n]); err != nil || !header.HasFCS {
		return 0, errors.Join(ErrDamaged, err)
	}
	return int64(header.FrameContentSize), nil
}

// Copy copies until the end of from, or of ctx.
func Copy(ctx context.Context, to io.Writer, from io.Reader) (int64, error) {
	// A ReadFrom of to, or a WriteTo of from, would choose its own pieces.
	return io.CopyBuffer(struct{ io.Writer }{to}, contextReader{ctx, from}, make([]byte, 256<<10))
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
