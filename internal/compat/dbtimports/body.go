package dbtimports

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// slowest is the minimum rate of an upload, per window: 1 KiB per second.
const slowest = 1 << 10

// body reads a request's body within its limits and records why it ended, to distinguish a truncated form from a
// malformed one.
type body struct {
	source  io.Reader
	limit   int64 // bytes
	read    int64
	window  time.Duration // period in which slowest × window must arrive
	control *http.ResponseController
	now     func() time.Time
	until   time.Time
	due     int64 // bytes that must have arrived when the window ends
	err     error // how the source ended; nil while it has not
}

func newBody(w http.ResponseWriter, r *http.Request, limit int64, window time.Duration, now func() time.Time) *body {
	return &body{source: r.Body, limit: limit, window: window, control: http.NewResponseController(w), now: now}
}

// Read counts bytes and enforces the minimum rate. It reads at most one byte beyond the limit.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	b.pace()
	if room := b.limit - b.read + 1; int64(len(p)) > room {
		p = p[:room]
	}
	n, err := b.source.Read(p)
	b.read += int64(n)
	switch {
	case b.read > b.limit:
		err = tooLarge(b.limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = httpserver.NewProblem(httpserver.CodeRequestTimeout, "The body arrived more slowly than %d bytes per second.", slowest)
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = httpserver.NewProblem(httpserver.CodeIncompleteBody, "The body is shorter than its Content-Length: it ended after %d bytes.", b.read)
	}
	b.err = err
	return n, err
}

// pace extends the connection's deadline while enough data arrives.
func (b *body) pace() {
	if b.window <= 0 {
		return
	}
	if !b.until.IsZero() && b.read < b.due {
		return
	}
	b.until = b.now().Add(b.window)
	b.due = b.read + int64(slowest*b.window.Seconds())
	_ = b.control.SetReadDeadline(b.until) // a connection without deadlines is never slow
}

// free removes the deadline, for the next request on the connection.
func (b *body) free() {
	if b.window > 0 {
		_ = b.control.SetReadDeadline(time.Time{})
	}
}

func tooLarge(limit int64) *httpserver.Problem {
	return httpserver.NewProblem(httpserver.CodeBodyTooLarge, "The body is larger than %d bytes.", limit).Limited("request")
}

// decoded undoes a Content-Encoding. The decoded size has the same limit as the body.
func decoded(b *body, encoding string) (io.Reader, error) {
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
	return &unpacked{source: z, packed: b, left: b.limit}, nil
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
	source io.Reader
	packed *body
	left   int64
	err    error
}

func (u *unpacked) Read(p []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	n, err := u.source.Read(p)
	u.left -= int64(n)
	switch {
	case u.left < 0:
		err = tooLarge(u.packed.limit)
	case err != nil && !errors.Is(err, io.EOF):
		err = u.packed.why(malformedEncoding())
	}
	u.err = err
	return n, err
}
