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

// slowest is what an upload must bring in each window: 1 KiB a second.
const slowest = 1 << 10

// body reads a request's body within its limits and remembers why it ended, so
// that a form that is cut short can be told from one that is badly written.
type body struct {
	source  io.Reader
	limit   int64 // bytes
	read    int64
	window  time.Duration // within which slowest × window has to come
	control *http.ResponseController
	now     func() time.Time
	until   time.Time
	due     int64 // bytes that must have come when the window ends
	err     error // how the source ended; nil while it goes on
}

func newBody(w http.ResponseWriter, r *http.Request, limit int64, window time.Duration, now func() time.Time) *body {
	return &body{source: r.Body, limit: limit, window: window, control: http.NewResponseController(w), now: now}
}

// Read counts and paces. At most one byte more than the limit is read.
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

// pace moves the deadline of the connection on while enough arrives.
func (b *body) pace() {
	if b.window <= 0 {
		return
	}
	if !b.until.IsZero() && b.read < b.due {
		return
	}
	b.until = b.now().Add(b.window)
	b.due = b.read + int64(slowest*b.window.Seconds())
	_ = b.control.SetReadDeadline(b.until) // a connection that knows no deadlines is not slow
}

// free takes the deadline away again, for the next request on the connection.
func (b *body) free() {
	if b.window > 0 {
		_ = b.control.SetReadDeadline(time.Time{})
	}
}

func tooLarge(limit int64) *httpserver.Problem {
	return httpserver.NewProblem(httpserver.CodeBodyTooLarge, "The body is larger than %d bytes.", limit).Limited("request")
}

// decoded undoes a Content-Encoding. What comes out is limited like what goes
// in.
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

// why gives how the body itself ended, if it ended badly, and else fallback.
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
