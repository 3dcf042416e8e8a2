package httpserver

import (
	"net/http"
	"time"
)

// replyStep is how much of a reply a client must take within a window.
const replyStep = 64 << 10

// replyWriter records the status of a reply and gives up clients that do not take it.
type replyWriter struct {
	http.ResponseWriter
	status  int
	control *http.ResponseController
	window  time.Duration
}

func newReplyWriter(w http.ResponseWriter, window time.Duration) *replyWriter {
	reply := &replyWriter{ResponseWriter: w, control: http.NewResponseController(w), window: window}
	reply.extend() // in place of the deadline of the request before
	return reply
}

// extend gives the client another window to take what is written next.
func (w *replyWriter) extend() {
	if w.window > 0 {
		_ = w.control.SetWriteDeadline(time.Now().Add(w.window)) // in a test there may be no connection
	}
}

func (w *replyWriter) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.extend()
	w.ResponseWriter.WriteHeader(status)
}

// Write writes in steps: the deadline moves while the client takes them.
func (w *replyWriter) Write(b []byte) (written int, err error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	for first := true; err == nil && (first || len(b) > 0); first = false {
		w.extend()
		step := b[:min(len(b), replyStep)]
		var n int
		n, err = w.ResponseWriter.Write(step)
		written, b = written+n, b[len(step):]
	}
	return written, err
}

// Unwrap is for http.ResponseController.
func (w *replyWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
