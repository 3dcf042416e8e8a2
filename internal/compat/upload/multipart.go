package upload

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/textproto"
	"regexp"
	"unicode/utf8"
)

// Sizes of the buffers for reading and writing uploads, and the limit of the headers of a part.
const (
	readStep    = 256 << 10
	headerBytes = 64 << 10
)

// multipartReader reads a multipart body and accepts the same bodies as mime/multipart, if their headers are UTF-8. It
// exists because mime/multipart scans every byte a second time for the start of a boundary, which costs more than the
// SHA-256 of an upload, and returns 4 KiB at a time.
type multipartReader struct {
	in        *bufio.Reader
	newline   []byte // "\r\n", or "\n" if the first line ends so
	dash      []byte // "--boundary"
	delimiter []byte // newline and dash
	current   *formPart
}

func newMultipartReader(in io.Reader, boundary string) *multipartReader {
	delimiter := []byte("\r\n--" + boundary)
	return &multipartReader{in: bufio.NewReaderSize(in, readStep), newline: delimiter[:2], dash: delimiter[2:], delimiter: delimiter}
}

// errMultipart means that the body is malformed.
var errMultipart = errors.New("malformed multipart")

// next returns the next part and skips what is left of the previous one; it returns io.EOF after the closing
// boundary.
func (m *multipartReader) next() (*formPart, error) {
	first := m.current == nil
	if !first {
		if _, err := io.Copy(io.Discard, m.current); err != nil {
			return nil, err
		}
	}
	for separated := false; ; separated = true {
		line, err := m.in.ReadSlice('\n')
		switch {
		case m.closes(line) && (err == nil || errors.Is(err, io.EOF)):
			return nil, io.EOF
		case errors.Is(err, io.EOF):
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		case m.opens(line, first):
			return m.open()
		case first: // a preamble
		case separated || !bytes.Equal(line, m.newline):
			return nil, fmt.Errorf("%w: no boundary where one is expected", errMultipart)
		}
	}
}

// closes reports whether a line is the closing boundary: --boundary-- and blanks.
func (m *multipartReader) closes(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, m.dash)
	if ok {
		rest, ok = bytes.CutPrefix(rest, []byte("--"))
	}
	rest = bytes.TrimLeft(rest, " \t")
	return ok && (len(rest) == 0 || bytes.Equal(rest, m.newline))
}

// opens reports whether a line is a boundary. The first one decides how lines end.
func (m *multipartReader) opens(line []byte, first bool) bool {
	rest, ok := bytes.CutPrefix(line, m.dash)
	rest = bytes.TrimLeft(rest, " \t")
	if ok && first && string(rest) == "\n" {
		m.newline, m.delimiter = m.newline[1:], m.delimiter[1:]
	}
	return ok && bytes.Equal(rest, m.newline)
}

// open reads the headers of a part.
func (m *multipartReader) open() (*formPart, error) {
	var header []byte
	for {
		line, err := m.in.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		plainFilename(line)
		if header = append(header, line...); err == nil && len(header) > headerBytes {
			err = fmt.Errorf("%w: the headers of a part are longer than %d bytes", errMultipart, headerBytes)
		}
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			break
		}
	}
	if !utf8.Valid(header) {
		return nil, fmt.Errorf("%w: the headers of a part are not UTF-8", errMultipart)
	}
	fields, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(header))).ReadMIMEHeader()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errMultipart, err)
	}
	m.current = &formPart{from: m}
	m.current.name = fieldName(fields.Get("Content-Disposition"))
	return m.current, nil
}

var filenameParameter = regexp.MustCompile(`(?i)filename`)

// plainFilename removes control characters from a file's name, which is never used: it must not make the header
// invalid.
func plainFilename(line []byte) {
	at := filenameParameter.FindIndex(line)
	if at == nil {
		return
	}
	for i, c := range line[at[0]:] {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f {
			line[at[0]+i] = '_'
		}
	}
}

// looseName matches the name of a field in a line that is otherwise invalid.
var looseName = regexp.MustCompile(`(?i)^form-data\s*;(?:.*;)?\s*name="([^"\\]*)"`)

// fieldName returns the name of the form's field, "" if there is none. An invalid file name does not matter.
func fieldName(disposition string) string {
	kind, params, err := mime.ParseMediaType(disposition)
	if err == nil && kind == "form-data" {
		return params["name"]
	}
	if m := looseName.FindStringSubmatch(disposition); err != nil && m != nil {
		return m[1]
	}
	return ""
}

// formPart is the body of a part, up to the next boundary.
type formPart struct {
	name     string // of the form's field; "" if there is none
	from     *multipartReader
	begun    bool // some of it was read
	buffered int  // bytes in the buffer that belong to it
	end      bool // the boundary follows the buffered bytes
}

// Read implements [io.Reader].
func (p *formPart) Read(b []byte) (int, error) {
	buffered, err := p.more()
	if err != nil || len(buffered) == 0 {
		return 0, cmp.Or(err, io.EOF)
	}
	return p.take(copy(b, buffered))
}

// WriteTo implements [io.WriterTo] without a copy in between.
func (p *formPart) WriteTo(w io.Writer) (written int64, err error) {
	for {
		buffered, err := p.more()
		if err != nil || len(buffered) == 0 {
			return written, err
		}
		n, err := w.Write(buffered)
		written += int64(n)
		if _, taken := p.take(n); err == nil {
			err = taken
		}
		if err != nil {
			return written, err
		}
	}
}

// take consumes n bytes of the buffered body.
func (p *formPart) take(n int) (int, error) {
	p.buffered -= n
	return p.from.in.Discard(n)
}

// more returns the buffered bytes of the body and reads more if there are none; it returns nothing at the end of the
// body.
func (p *formPart) more() ([]byte, error) {
	in := p.from.in
	if p.buffered == 0 && !p.end {
		buffered, _ := in.Peek(in.Buffered()) // peeking at buffered bytes cannot fail
		p.buffered, p.end = p.scan(buffered, false)
	}
	if p.buffered == 0 && !p.end {
		// Read a full buffer at a time: larger reads cost fewer system calls.
		buffered, err := in.Peek(in.Size())
		if p.buffered, p.end = p.scan(buffered, err != nil); p.buffered == 0 && !p.end {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	p.begun = p.begun || p.buffered > 0
	return in.Peek(p.buffered)
}

// scan returns how many bytes of b certainly belong to the body, and whether a boundary follows them. last reports
// whether b is the end of the input.
func (p *formPart) scan(b []byte, last bool) (n int, end bool) {
	m := p.from
	if !p.begun && (bytes.HasPrefix(b, m.dash) || bytes.HasPrefix(m.dash, b)) { // an empty body
		switch bounds(b, m.dash, last) {
		case yes:
			return 0, true
		case unknown:
			return 0, false
		}
	}
	for {
		i := bytes.Index(b[n:], m.delimiter)
		if i < 0 {
			break
		}
		n += i
		if is := bounds(b[n:], m.delimiter, last); is != no {
			return n, is == yes
		}
		n += len(m.delimiter)
	}
	// What may be the start of a boundary is decided by the bytes that follow.
	tail := max(n, len(b)-len(m.delimiter))
	if i := bytes.LastIndexByte(b[tail:], m.delimiter[0]); i >= 0 && !last && bytes.HasPrefix(m.delimiter, b[tail+i:]) {
		return tail + i, false
	}
	return len(b), false
}

type answer int

const (
	no answer = iota
	yes
	unknown
)

// bounds reports whether b, which begins with as much of prefix as it has, begins with a boundary: it must be
// followed by a blank, a line end, the end of input, or two dashes.
func bounds(b, prefix []byte, last bool) answer {
	rest := b[min(len(prefix), len(b)):]
	switch {
	case len(b) < len(prefix) && last:
		return no
	case len(b) < len(prefix) || len(rest) == 0 && !last || len(rest) == 1 && rest[0] == '-' && !last:
		return unknown
	case len(rest) == 0 || rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\r' || rest[0] == '\n' || bytes.HasPrefix(rest, []byte("--")):
		return yes
	}
	return no
}
