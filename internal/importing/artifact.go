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
	part   catalog.Part
	limits dbt.Limits
	text   blob.ReaderAtCloser
	open   func(ctx context.Context) (io.ReadCloser, error)
}

// artifact returns the text of a part. What is not a plain file already, because
// it is compressed or stored elsewhere, is unpacked into a spool file first.
func (j *job) artifact(ctx context.Context, part catalog.Part) (*artifact, error) {
	ranged, ok := j.Blobs(j.claim.WS).(blob.Ranged)
	if !ok {
		return j.spool(ctx, part)
	}
	hash, err := blob.ParseHash(part.SHA256)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", part.Name, err)
	}
	text, err := ranged.OpenAt(ctx, hash)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", part.Name, err)
	}
	packed, err := isGzip(text)
	if err != nil || packed {
		err = errors.Join(err, text.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", part.Name, err)
	}
	if packed {
		return j.spool(ctx, part)
	}
	return &artifact{part: part, limits: j.Limits(part.Name), text: text, open: func(ctx context.Context) (io.ReadCloser, error) { return j.blob(ctx, part) }}, nil
}

// openAhead opens the text for a reader that takes all of it.
func (a *artifact) openAhead(ctx context.Context) (io.ReadCloser, error) {
	r, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	return ahead(r, a.part.Size), nil
}

// isGzip reports whether bytes are compressed: ranges of them are then not ranges
// of the text.
func isGzip(r io.ReaderAt) (bool, error) {
	var magic [2]byte
	if _, err := r.ReadAt(magic[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return magic == [2]byte{0x1f, 0x8b}, nil
}

// spool unpacks a part into a file that only its descriptor names.
func (j *job) spool(ctx context.Context, part catalog.Part) (_ *artifact, err error) {
	if err := j.intact(ctx, part); err != nil {
		return nil, err
	}
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
	room := &roomWriter{Writer: file, free: func() (int64, error) { return j.Blobs(j.claim.WS).Free(ctx) }}
	size, err := io.Copy(room, contextReader{ctx, text})
	if err != nil {
		return nil, inPart(part.Name, err)
	}
	return &artifact{
		part: part, limits: j.Limits(part.Name), text: file,
		open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(io.NewSectionReader(file, 0, size)), nil
		},
	}, nil
}

// Space on the disk that unpacking leaves to the catalog itself, and how much is written between two looks at it.
const (
	spoolReserve = 64 << 20
	spoolStep    = 16 << 20
)

// roomWriter ends with blob.ErrNoSpace before the disk is full: the catalog writes to it, too.
type roomWriter struct {
	io.Writer
	free func() (int64, error) // bytes; less than 0: not limited
	left int64                 // may be written before the next look
}

func (w *roomWriter) Write(p []byte) (int, error) {
	if w.left -= int64(len(p)); w.left < 0 {
		w.left = spoolStep
		free, err := w.free()
		if err != nil {
			return 0, err
		}
		if free >= 0 && free < spoolReserve+spoolStep {
			return 0, fmt.Errorf("%d bytes free to unpack into: %w", free, blob.ErrNoSpace)
		}
	}
	return w.Writer.Write(p)
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

// read returns the value of a range, in buf if it fits. It may be called from
// several goroutines.
func (a *artifact) read(r dbt.Range, buf []byte) ([]byte, error) {
	buf, err := r.Read(a.text, a.limits, buf)
	if err != nil {
		return nil, fmt.Errorf("%s at byte %d: %w", a.part.Name, r.Offset, err)
	}
	return buf, nil
}

// close closes the file.
func (a *artifact) close() { _ = a.text.Close() } // only read, or a spool file that is no longer needed
