package httpserver

import (
	"errors"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/klauspost/compress/gzip"
)

// Stream is a reply that is sent while it is made, so its size is not known and it has no ETag.
type Stream struct {
	to      *watched
	pack    *gzip.Writer // nil: not compressed
	control *http.ResponseController
}

// NewStream begins the reply; pack lets it be compressed for a client that accepts that.
func NewStream(c huma.Context, pack bool) *Stream {
	s := &Stream{to: &watched{Writer: c.BodyWriter()}}
	if w, ok := c.BodyWriter().(http.ResponseWriter); ok {
		s.control = http.NewResponseController(w)
	}
	if pack {
		c.AppendHeader("Vary", "Accept-Encoding")
	}
	if pack && acceptsGzip(c.Header("Accept-Encoding")) {
		c.SetHeader("Content-Encoding", "gzip")
		s.pack = compressors.Get().(*gzip.Writer)
		s.pack.Reset(s.to)
	}
	c.SetStatus(http.StatusOK)
	return s
}

// Write implements [io.Writer].
func (s *Stream) Write(b []byte) (int, error) { return s.writer().Write(b) }

func (s *Stream) writer() io.Writer {
	if s.pack != nil {
		return s.pack
	}
	return s.to
}

// Flush sends what was written, so that a client has all of it if the rest never comes.
func (s *Stream) Flush() error {
	var err error
	if s.pack != nil {
		err = s.pack.Flush()
	}
	if s.control != nil {
		err = errors.Join(err, s.control.Flush())
	}
	return err
}

// Close ends the reply.
func (s *Stream) Close() error {
	if s.pack == nil {
		return nil
	}
	pack := s.pack
	s.pack = nil
	defer compressors.Put(pack)
	return pack.Close()
}

// Left reports whether the client has gone, or does not take the reply.
func (s *Stream) Left() bool { return s.to.err != nil }
