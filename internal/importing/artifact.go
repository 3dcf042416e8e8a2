package importing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
)

// artifact is the unpacked text of a part, read twice: from the start when it is
// indexed, and by ranges when what changed is decoded.
type artifact struct {
	part catalog.Part
	text blob.ReaderAtCloser // nil until ranges are asked for
	open func(ctx context.Context) (io.ReadCloser, error)
	at   func(ctx context.Context) (blob.ReaderAtCloser, error)
}

// artifact returns the text of a part. What is not a plain file already, because
// it is compressed or stored elsewhere, is unpacked into a spool file first.
func (j *job) artifact(ctx context.Context, part catalog.Part) (*artifact, error) {
	hash, err := blob.ParseHash(part.SHA256)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", part.Name, err)
	}
	blobs := j.Blobs(j.claim.WS)
	plain, err := isPlain(ctx, blobs, hash)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", part.Name, err)
	}
	if !plain {
		return j.spool(ctx, part)
	}
	return &artifact{
		part: part,
		open: func(ctx context.Context) (io.ReadCloser, error) { return blobs.Open(ctx, hash) },
		at: func(ctx context.Context) (blob.ReaderAtCloser, error) {
			return blobs.(blob.Ranged).OpenAt(ctx, hash) // as isPlain found
		},
	}, nil
}

// isPlain reports whether ranges of a blob are ranges of its unpacked text.
func isPlain(ctx context.Context, blobs blob.Store, hash blob.Hash) (bool, error) {
	ranged, ok := blobs.(blob.Ranged)
	if !ok {
		return false, nil
	}
	r, err := ranged.OpenAt(ctx, hash)
	if err != nil {
		return false, err
	}
	defer func() { _ = r.Close() }() // only read
	var magic [2]byte
	if _, err := r.ReadAt(magic[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return magic != [2]byte{0x1f, 0x8b}, nil // gzip
}

// spool unpacks a part into a file that only its descriptor names.
func (j *job) spool(ctx context.Context, part catalog.Part) (_ *artifact, err error) {
	packed, err := j.blob(ctx, part)
	if err != nil {
		return nil, err
	}
	defer func() { _ = packed.Close() }() // only read
	text, err := dbt.Open(packed, j.Limits(part.Name))
	if err != nil {
		return nil, inPart(part.Name, err)
	}
	file, err := os.CreateTemp(j.Spool, "thalweg-artifact-*")
	if err != nil {
		return nil, fmt.Errorf("%s: spool: %w", part.Name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	if err := os.Remove(file.Name()); err != nil {
		return nil, fmt.Errorf("%s: spool: %w", part.Name, err)
	}
	size, err := io.Copy(file, contextReader{ctx, text})
	if err != nil {
		return nil, inPart(part.Name, err)
	}
	return &artifact{
		part: part, text: file,
		open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(io.NewSectionReader(file, 0, size)), nil
		},
	}, nil
}

// contextReader ends with its context.
type contextReader struct {
	ctx context.Context //nolint:containedctx // it lives as long as one copy
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// read returns the bytes of a range, in buf if they fit.
func (a *artifact) read(ctx context.Context, r dbt.Range, buf []byte) ([]byte, error) {
	if a.text == nil {
		text, err := a.at(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.part.Name, err)
		}
		a.text = text
	}
	if int64(cap(buf)) < r.Length {
		buf = make([]byte, r.Length)
	}
	buf = buf[:r.Length]
	if _, err := a.text.ReadAt(buf, r.Offset); err != nil {
		return nil, fmt.Errorf("%s at byte %d: %w", a.part.Name, r.Offset, err)
	}
	return buf, nil
}

// close closes the file.
func (a *artifact) close() {
	if a != nil && a.text != nil {
		_ = a.text.Close() // only read, or a spool file that is no longer needed
	}
}
