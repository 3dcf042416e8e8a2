package upload

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"strings"

	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// body reads a request's body within its limit and records why it ended, to distinguish a truncated form from a
// malformed one.
type body struct {
	in    io.Reader
	limit int64 // bytes
	read  int64
	err   error // how the source ended; nil while it has not
}

func newBody(in io.Reader, limit int64) *body { return &body{in: in, limit: limit} }

// Read counts bytes. It reads at most one byte beyond the limit.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if room := b.limit - b.read + 1; int64(len(p)) > room {
		p = p[:room]
	}
	n, err := b.in.Read(p)
	b.read += int64(n)
	if b.read > b.limit {
		err = tooLarge(b.limit)
	}
	b.err = err
	return n, err
}

func tooLarge(limit int64) *httpserver.Problem {
	return httpserver.NewProblem(httpserver.CodeBodyTooLarge, "The body is larger than %d bytes.", limit).Limited("request")
}

// ratioSlack is how much a body may unpack to before its ratio is checked, as for artifacts.
const ratioSlack = 1 << 20

// decoded undoes a Content-Encoding. What comes out has the limit of a body, and the ratio of artifacts.
func decoded(b *body, encoding string, ratio int64) (io.Reader, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return b, nil
	case "gzip", "x-gzip":
	default:
		return nil, httpserver.NewProblem(httpserver.CodeUnsupportedEncoding, "Send the body uncompressed or with Content-Encoding: gzip.")
	}
	z, err := gzip.NewReader(bufio.NewReaderSize(b, 64<<10))
	if err != nil {
		return nil, b.why(malformedEncoding())
	}
	return &unpacked{in: z, packed: b, ratio: ratio}, nil
}

func malformedEncoding() *httpserver.Problem {
	return httpserver.NewProblem(httpserver.CodeMalformedEncoding, "Content-Encoding is gzip, but the body is not complete gzip data.")
}

// why returns the reason why the body itself ended, if it ended badly, else fallback.
func (b *body) why(fallback error) error {
	if b.err != nil && !errors.Is(b.err, io.EOF) {
		return b.err
	}
	return fallback
}

type unpacked struct {
	in     io.Reader
	packed *body
	ratio  int64 // of what is unpacked to what has arrived
	read   int64
	err    error
}

func (u *unpacked) Read(p []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	n, err := u.in.Read(p)
	u.read += int64(n)
	switch {
	case u.read > u.packed.limit:
		err = tooLarge(u.packed.limit)
	case u.read > ratioSlack && u.read/u.ratio > u.packed.read:
		err = httpserver.NewProblem(httpserver.CodeArtifactLimit, "The body unpacks to more than %d times its size. Send it uncompressed.", u.ratio).
			Limited("unpack_ratio")
	case err != nil && !errors.Is(err, io.EOF):
		err = u.packed.why(malformedEncoding())
	}
	u.err = err
	return n, err
}
