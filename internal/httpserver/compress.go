package httpserver

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// compressFrom is the size from which a reply is compressed for a client that accepts it. Below it a reply takes few
// packets anyway.
const compressFrom = 16 << 10 // bytes

// compressors is a pool of writers of the fastest level: a page of 80 kB shrinks to a fourteenth in 0.1 to 0.2 ms, a
// twentieth of the time in which it is made.
var compressors = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is valid
	return w
}}

// compress writes a body as gzip.
func compress(to io.Writer, body io.WriterTo) error {
	w := compressors.Get().(*gzip.Writer)
	defer compressors.Put(w)
	w.Reset(to)
	_, err := body.WriteTo(w)
	return errors.Join(err, w.Close())
}

// acceptsGzip reports whether a client accepts gzip, by its Accept-Encoding.
func acceptsGzip(header string) bool {
	every := false
	for coding := range strings.SplitSeq(header, ",") {
		name, parameter, _ := strings.Cut(coding, ";")
		weight, found := strings.CutPrefix(strings.TrimSpace(parameter), "q=")
		q, err := strconv.ParseFloat(weight, 64)
		wanted := !found || err == nil && q > 0
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "gzip", "x-gzip":
			return wanted
		case "*":
			every = wanted
		}
	}
	return every
}
