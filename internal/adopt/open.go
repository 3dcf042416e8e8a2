package adopt

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// ratioSlack is how much a file may unpack to before its ratio is checked.
const ratioSlack = 1 << 20

// unpack returns the text of a file, plain or gzip, without a byte order mark.
func unpack(r io.Reader, limits Limits) (io.Reader, error) {
	packed := &counter{r: r}
	src := bufio.NewReader(packed)
	head, err := src.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	out := &bounded{r: src, limits: limits}
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		z, err := gzip.NewReader(src)
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		out.r, out.packed = z, packed
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, errors.New("this is a zip archive: unpack it and name the JSON files in it")
	case bytes.HasPrefix(head, []byte("<")):
		return nil, errors.New("this is HTML or XML, not JSON: a login or error page was probably saved instead of the file")
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return nil, errors.New("the text is UTF-16: save it as UTF-8")
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, _ = src.Discard(3) // it was peeked
	}
	return out, nil
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// bounded reads within the limits of a file.
type bounded struct {
	r      io.Reader
	packed *counter // nil of a plain file
	limits Limits
	n      int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	if b.n > b.limits.Bytes {
		return 0, fmt.Errorf("the file has more than %d bytes unpacked", b.limits.Bytes)
	}
	if b.packed != nil && b.n > ratioSlack && b.n/b.limits.Ratio > b.packed.n {
		return 0, fmt.Errorf("the file unpacks to more than %d times its size", b.limits.Ratio)
	}
	return n, err
}
