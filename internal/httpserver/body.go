package httpserver

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// Rates below which a connection is given up. Deadlines of connections are kept by the system, and so by its clock.
const (
	// slowWindow is how long a connection may stay below the minimum rate, in either direction.
	slowWindow = 30 * time.Second
	// slowest is the minimum rate of a body in bytes per second.
	slowest = 1 << 10
	// unreadWithin is how long a body that no handler reads is waited for. net/http reads the rest of a small one, so
	// that the connection can be used again.
	unreadWithin = 5 * time.Second
)

// body is the body of a request. It arrives at the minimum rate or reading it fails; its errors are Problems.
type body struct {
	io.ReadCloser
	control *http.ResponseController
	window  time.Duration
	until   time.Time
	read    int64
	due     int64 // bytes that must have arrived when the window ends
	err     error // how it ended; nil while it has not
}

// newBody returns the body of a request, nil if it has none. From now on the server waits for it for a limited time,
// whether a handler reads it or not.
func newBody(control *http.ResponseController, r *http.Request, window time.Duration) *body {
	if r.ContentLength == 0 || r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	b := &body{ReadCloser: r.Body, control: control, window: window}
	b.unread()
	return b
}

// unread gives what has not been read little time.
func (b *body) unread() {
	if b.window > 0 && b.err == nil {
		// Less than the client has for the reply, which is sent after this wait. In a test there may be no connection.
		_ = b.control.SetReadDeadline(time.Now().Add(min(b.window/2, unreadWithin)))
	}
}

// Read implements [io.Reader].
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	b.pace()
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	b.err = b.problem(err)
	if b.err == io.EOF && b.window > 0 {
		// While the handler works, net/http watches the connection; a deadline would look like a client that has left.
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, b.err
}

// pace extends the deadline if enough has arrived in the window before.
func (b *body) pace() {
	if b.window <= 0 || !b.until.IsZero() && b.read < b.due {
		return
	}
	b.until = time.Now().Add(b.window)
	b.due = b.read + int64(slowest*b.window.Seconds())
	_ = b.control.SetReadDeadline(b.until)
}

// problem returns the reply to a body that ended in an error.
func (b *body) problem(err error) error {
	switch {
	case err == nil, err == io.EOF:
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return NewProblem(CodeRequestTimeout, "The body arrived more slowly than %d bytes per second.", slowest)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return NewProblem(CodeIncompleteBody, "The body is shorter than its Content-Length: it ended after %d bytes.", b.read)
	}
	return NewProblem(CodeIncompleteBody, "The body cannot be read beyond %d bytes: its chunks are malformed, or the connection broke.", b.read)
}
