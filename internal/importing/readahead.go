package importing

import "io"

// An artifact of more than aheadFrom bytes is read, and checked against its hash,
// while the text before is parsed. At most aheadBlocks blocks are held.
const (
	aheadFrom   = 1 << 20
	aheadBlocks = 3
	aheadBytes  = 256 << 10 // of a block
)

// readAhead reads blocks in a goroutine of its own, which ends with the source or
// with Close.
type readAhead struct {
	src     io.ReadCloser
	full    chan block
	free    chan []byte
	stopped chan struct{}
	now     block
	rest    []byte // of now
}

// block is some bytes of the source, and how it ended after them.
type block struct {
	buf []byte
	err error
}

// ahead returns a reader of src, which has size bytes, that reads ahead if that is
// worth it. Closing it closes src.
func ahead(src io.ReadCloser, size int64) io.ReadCloser {
	if size < aheadFrom {
		return src
	}
	a := &readAhead{src: src, full: make(chan block, aheadBlocks), free: make(chan []byte, aheadBlocks), stopped: make(chan struct{})}
	for range aheadBlocks {
		a.free <- make([]byte, aheadBytes)
	}
	go a.fill()
	return a
}

// fill reads until the source ends or free is empty and closed.
func (a *readAhead) fill() {
	defer close(a.stopped)
	for buf := range a.free {
		n, err := readFull(a.src, buf)
		a.full <- block{buf[:n], err} // never waits: there are not more blocks
		if err != nil {
			return
		}
	}
}

// readFull reads until buf is full or the source ends; the error is the source's own.
func readFull(src io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var more int
		more, err = src.Read(buf[n:])
		n += more
	}
	return n, err
}

// Read implements io.Reader. It fills p unless the source ends.
func (a *readAhead) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(a.rest) == 0 {
			if a.now.err != nil {
				return n, a.now.err
			}
			if a.now.buf != nil {
				a.free <- a.now.buf[:cap(a.now.buf)]
			}
			a.now = <-a.full
			a.rest = a.now.buf
			continue
		}
		copied := copy(p[n:], a.rest)
		n, a.rest = n+copied, a.rest[copied:]
	}
	return n, nil
}

// Close implements io.Closer.
func (a *readAhead) Close() error {
	for range aheadBlocks {
		select {
		case <-a.free: // nothing more is read
		default:
		}
	}
	close(a.free)
	<-a.stopped
	return a.src.Close()
}
