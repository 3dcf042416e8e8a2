package dbtimports

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
)

// How many bytes an upload is read and written by, and how many the headers of
// one part may have.
const (
	readStep    = 256 << 10
	headerBytes = 64 << 10
)

// multipartReader takes a multipart body apart like mime/multipart, of which
// it takes the same bodies for well formed. It exists because that one looks
// at every byte a second time for the start of a boundary, which costs more
// than the SHA-256 of an upload, and gives out 4 KiB at a time.
type multipartReader struct {
	in        *bufio.Reader
	newline   []byte // "\r\n", or "\n" if the first line ends so
	dash      []byte // "--boundary"
	delimiter []byte // newline and dash
	current   *formPart
}

func newMultipartReader(source io.Reader, boundary string) *multipartReader {
	delimiter := []byte("\r\n--" + boundary)
	return &multipartReader{in: bufio.NewReaderSize(source, readStep), newline: delimiter[:2], dash: delimiter[2:], delimiter: delimiter}
}

// errMultipart tells a body that is not well formed.
var errMultipart = errors.New("malformed multipart")

// next gives the next part, passing over what is left of the one before;
// io.EOF behind the closing boundary.
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

// closes tells the last boundary's line: --boundary-- and blanks.
func (m *multipartReader) closes(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, m.dash)
	if ok {
		rest, ok = bytes.CutPrefix(rest, []byte("--"))
	}
	rest = bytes.TrimLeft(rest, " \t")
	return ok && (len(rest) == 0 || bytes.Equal(rest, m.newline))
}

// opens tells a boundary's line. The first one decides how lines end.
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
	fields, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(header))).ReadMIMEHeader()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errMultipart, err)
	}
	m.current = &formPart{from: m}
	m.current.name = fieldName(fields.Get("Content-Disposition"))
	return m.current, nil
}

// plainFilename takes the control characters out of a file's name, which nobody
// looks at: it shall not make the header a broken one.
func plainFilename(line []byte) {
	at := bytes.Index(bytes.ToLower(line), []byte("filename"))
	if at < 0 {
		return
	}
	for i, c := range line[at:] {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f {
			line[at+i] = '_'
		}
	}
}

// looseName finds the name of a field where the rest of the line is odd.
var looseName = regexp.MustCompile(`(?i)^form-data\s*;(?:.*;)?\s*name="([^"\\]*)"`)

// fieldName reads the name of the form's field; "" if there is none. A file's
// name that breaks the rules does not matter.
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
	name  string // of the form's field; "" if there is none
	from  *multipartReader
	begun bool // some of it was read
	known int  // bytes at hand that belong to it
	end   bool // the boundary follows what is known
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

// take consumes n bytes of what is known.
func (p *formPart) take(n int) (int, error) {
	p.known -= n
	return p.from.in.Discard(n)
}

// more gives what is known of the body, looking for more where nothing is;
// nothing where the body ends.
func (p *formPart) more() ([]byte, error) {
	in := p.from.in
	if p.known == 0 && !p.end {
		buffered, _ := in.Peek(in.Buffered()) // as much as there is cannot fail
		p.known, p.end = p.scan(buffered, false)
	}
	if p.known == 0 && !p.end {
		// A full buffer at a time: larger steps cost fewer system calls.
		buffered, err := in.Peek(in.Size())
		if p.known, p.end = p.scan(buffered, err != nil); p.known == 0 && !p.end {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	p.begun = p.begun || p.known > 0
	return in.Peek(p.known)
}

// scan tells how many bytes of b are the body's for certain, and whether a
// boundary follows them. last says that nothing comes behind b.
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
	// What may become a boundary waits for what comes behind it.
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

// bounds says whether b, which begins with prefix as far as it goes, begins
// with a boundary: a blank, the end of a line or of everything, or two dashes
// have to follow.
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
