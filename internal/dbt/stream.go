package dbt

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

// ratioSlack is how much a file may unpack to before its ratio is checked: a few bytes of gzip header
// allow no conclusion about the rest.
const ratioSlack = mib

// bufferBytes is the size of a stream's buffers; larger reads, as those of the scanner are, pass them by.
const bufferBytes = 16 * kib

// Stream is the unpacked UTF-8 text of an artifact: gzip is undone, a byte order mark is dropped, and the limits
// on size hold. It is an [io.Reader] whose errors are of type *[Error] if the file causes them.
type Stream struct {
	src    *bufio.Reader // unpacked bytes
	packed *countingReader
	limits Limits
	gzip   bool
	bom    bool

	unpacked int64 // bytes taken from src
}

// Open looks at the first bytes of r and returns its text. Gzip is recognized by content, several members
// included; zip, tar, gzip in gzip, UTF-16 and anything that does not start like a JSON object are refused.
func Open(r io.Reader, limits Limits) (*Stream, error) {
	limits = limits.orDefault(Manifest)
	packed := &countingReader{r: r}
	src := bufio.NewReaderSize(packed, bufferBytes)
	s := &Stream{src: src, packed: packed, limits: limits}
	if head, _ := src.Peek(2); len(head) == 2 && head[0] == 0x1f && head[1] == 0x8b {
		z, err := gzip.NewReader(src)
		if err != nil {
			return nil, gzipError(err)
		}
		s.gzip, s.src = true, bufio.NewReaderSize(z, bufferBytes)
	}
	head, err := s.src.Peek(512)
	if err != nil && err != io.EOF {
		return nil, s.readError(err)
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		n, _ := s.src.Discard(3)
		s.bom, s.unpacked = true, int64(n)
		head = head[3:]
	}
	if err := s.refuse(head); err != nil {
		return nil, err
	}
	return s, nil
}

// refuse returns an error for a file that cannot be an artifact by its first bytes.
func (s *Stream) refuse(head []byte) error {
	for _, m := range magics {
		if len(head) >= m.at+len(m.magic) && string(head[m.at:m.at+len(m.magic)]) == m.magic {
			what := m.name
			if s.gzip && m.name == "gzip" {
				what = "gzip in gzip"
			}
			return malformed("this is "+what+", not JSON", "send the .json file itself, plain or compressed once with gzip")
		}
	}
	if isUTF16(head) {
		return &Error{
			Code: CodeEncoding, Offset: 0, Found: "UTF-16", Expected: "UTF-8", Detail: "the text is UTF-16",
			Remedy: "send the file as dbt wrote it (UTF-8); a shell's redirection may have changed it",
		}
	}
	text := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case len(head) == 0:
		return malformed("the file is empty", remedyRewrite)
	case len(text) == 0 || text[0] == '{':
		return nil
	case text[0] == '<':
		return malformed("this is HTML or XML, not JSON", "a login or error page was probably saved in place of the file")
	case bytes.HasPrefix(text, []byte("version https://git-lfs")):
		return malformed("this is a Git LFS pointer, not the file", "run git lfs pull and send the file")
	}
	return malformed("the file is not a JSON object (did you forget @?)", "send an artifact from dbt's target folder")
}

var magics = []struct {
	name  string
	at    int
	magic string
}{
	{"gzip", 0, "\x1f\x8b"},
	{"a zip archive", 0, "PK\x03\x04"},
	{"an empty zip archive", 0, "PK\x05\x06"},
	{"a zstd file", 0, "\x28\xb5\x2f\xfd"},
	{"a bzip2 file", 0, "BZh"},
	{"an xz file", 0, "\xfd7zXZ"},
	{"a tar archive", 257, "ustar"},
	{"a Parquet file", 0, "PAR1"},
}

func isUTF16(head []byte) bool {
	if len(head) < 2 {
		return false
	}
	return head[0] == 0xff && head[1] == 0xfe || head[0] == 0xfe && head[1] == 0xff ||
		head[0] == 0 && head[1] == '{' || head[0] == '{' && head[1] == 0
}

// Unpacked returns how many bytes of the unpacked file have been read so far, byte order mark included.
func (s *Stream) Unpacked() int64 { return s.unpacked }

// Read implements [io.Reader].
func (s *Stream) Read(p []byte) (int, error) {
	n, err := s.src.Read(p)
	s.unpacked += int64(n)
	if s.unpacked > s.limits.Bytes {
		return 0, limitError("bytes", "the file is larger than "+byteText(s.limits.Bytes)+" unpacked", "")
	}
	if s.gzip && s.unpacked > ratioSlack && s.unpacked/s.limits.Ratio > s.packed.n {
		return 0, limitError("ratio", "the file unpacks to more than "+itoa(s.limits.Ratio)+" times its size", "send it uncompressed")
	}
	if err != nil && err != io.EOF {
		return n, s.readError(err)
	}
	return n, err
}

// readError distinguishes a broken file from a failure of the reader.
func (s *Stream) readError(err error) error {
	if s.packed.err != nil && s.packed.err != io.EOF {
		return s.packed.err
	}
	if s.gzip {
		return gzipError(err)
	}
	return err
}

func gzipError(err error) error {
	detail := "the gzip data is damaged"
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		detail = "the gzip data is truncated"
	case errors.Is(err, gzip.ErrHeader):
		detail = "there is something else after the gzip data, or its header is damaged"
	}
	return &Error{Code: CodeMalformed, Offset: -1, Detail: detail, Remedy: "compress the file again and send all of it", cause: err}
}

// countingReader counts packed bytes and keeps the error of the reader underneath apart from gzip's.
type countingReader struct {
	r   io.Reader
	n   int64
	err error
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil {
		c.err = err
	}
	return n, err
}
