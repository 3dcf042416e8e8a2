package importing

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"go.uber.org/goleak"
)

// closing records that it was closed.
type closing struct {
	io.Reader
	closed int
}

func (c *closing) Close() error { c.closed++; return nil }

// errAfter ends a source with an error in place of io.EOF.
type errAfter struct {
	io.Reader
	err error
}

func (e errAfter) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if err == io.EOF {
		err = e.err
	}
	return n, err
}

func TestReadAhead(t *testing.T) {
	defer goleak.VerifyNone(t)
	text := make([]byte, 5*aheadBytes+aheadBytes/3)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range text {
		text[i] = byte(rng.Uint32())
	}
	damaged := errors.New("damaged")
	for name, c := range map[string]struct {
		src  io.Reader
		want error
	}{
		"plain":            {bytes.NewReader(text), nil},
		"small reads":      {iotest.HalfReader(bytes.NewReader(text)), nil},
		"data with error":  {iotest.DataErrReader(bytes.NewReader(text)), nil},
		"an error in time": {errAfter{bytes.NewReader(text), damaged}, damaged},
	} {
		t.Run(name, func(t *testing.T) {
			src := &closing{Reader: c.src}
			r := ahead(src, int64(len(text)))
			if _, ok := r.(*readAhead); !ok {
				t.Fatalf("a file of %d bytes is not read ahead", len(text))
			}
			got, err := io.ReadAll(r)
			if !errors.Is(err, c.want) || !bytes.Equal(got, text) {
				t.Errorf("%d bytes, %v; want %d, %v", len(got), err, len(text), c.want)
			}
			if err := r.Close(); err != nil || src.closed != 1 {
				t.Errorf("Close: %v, closed %d times", err, src.closed)
			}
		})
	}
}

// A reader that is closed early leaves no goroutine behind and its source closed.
func TestReadAheadClosedEarly(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, taken := range []int64{0, 1, aheadBytes, 2*aheadBytes + 7} {
		src := &closing{Reader: bytes.NewReader(make([]byte, 10*aheadBytes))}
		r := ahead(src, 10*aheadBytes)
		if n, err := io.CopyN(io.Discard, r, taken); n != taken || err != nil {
			t.Errorf("read %d of %d bytes: %v", n, taken, err)
		}
		if err := r.Close(); err != nil || src.closed != 1 {
			t.Errorf("after %d bytes: %v, closed %d times", taken, err, src.closed)
		}
	}
}

func TestSmallFilesAreNotReadAhead(t *testing.T) {
	src := &closing{Reader: bytes.NewReader(nil)}
	if r := ahead(src, aheadFrom-1); r != io.ReadCloser(src) {
		t.Errorf("got %T", r)
	}
}
