package dbt

import (
	"io"
	"unicode/utf8"
)

// condenser takes a long value in pieces and holds what is read of it: no blanks, and of each text up to the limit.
// What is held of a value is limited, not how long it is in the file.
type condenser struct {
	limits  Limits
	out     []byte
	level   int  // around the value
	depth   int  // of the next token
	inside  bool // a string
	escaped bool // the last byte began an escape
	digits  int  // of an escape may still come
	text    int  // bytes of the current string; an escape counts as one
	full    bool // the current string is cut
	cut     int  // strings that were cut
	words   bool // NaN or Infinity may be in it
}

// begin forgets the value before, but not its memory.
func (c *condenser) begin(limits Limits, level int) {
	*c = condenser{limits: limits, out: c.out[:0], level: level, depth: level}
}

// add takes the next bytes of the value and returns how many; it reports whether the value ends with them. The error is
// a limit.
func (c *condenser) add(b []byte) (n int, done bool, err *Error) {
	for n < len(b) && !done && err == nil {
		if c.inside {
			n += c.addText(b[n:])
			done = !c.inside && c.depth == c.level
		} else {
			done, err = c.addToken(b[n])
			n++
		}
		if len(c.out) > c.limits.Value {
			err = tooLong(c.limits)
		}
	}
	return n, done, err
}

// addToken takes a byte that is not in a string.
func (c *condenser) addToken(b byte) (done bool, err *Error) {
	switch b {
	case ' ', '\t', '\n', '\r':
		if n := len(c.out); n > 0 && isWordByte(c.out[n-1]) { // without a blank, two words would be one
			c.put(' ')
		}
		return false, nil
	case '"':
		c.inside, c.text, c.full = true, 0, false
	case '{', '[':
		if c.depth++; c.depth > c.limits.Depth {
			return false, tooDeep(c.limits)
		}
	case '}', ']':
		c.depth--
		done = c.depth == c.level
	case 'N', 'I':
		c.words = true
	}
	c.put(b)
	return done, nil
}

// isWordByte reports whether b can be in a number, true, false or null.
func isWordByte(b byte) bool {
	return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' || b == '-' || b == '+' || b == '.'
}

// textSlack is how much more than the limit is held of a text: what is cut is then longer than the limit, though not
// in the middle of a rune.
const textSlack = 8

// addText takes bytes of a string and returns how many: an escape, or what is up to the next one.
func (c *condenser) addText(b []byte) int {
	if c.escaped {
		if c.escaped = false; !c.full {
			c.put(b[0])
		}
		if b[0] == 'u' {
			c.digits = 4
		}
		return 1
	}
	n := 0
	for n < len(b) && b[n] != '"' && b[n] != '\\' {
		n++
	}
	digits := min(n, c.digits)
	if c.digits -= digits; !c.full {
		c.put(b[:digits]...)
	}
	c.keep(b[digits:n])
	if n == len(b) {
		return n
	}
	c.digits = 0
	if b[n] == '"' {
		c.inside = false
		c.put('"')
	} else {
		c.escaped = true
		c.keep(b[n : n+1])
	}
	return n + 1
}

// keep holds bytes of a string as long as they fit.
func (c *condenser) keep(b []byte) {
	fits := min(len(b), c.limits.Code+textSlack-c.text)
	if c.full || len(b) == 0 {
		return
	}
	c.put(b[:fits]...)
	if c.text += fits; fits < len(b) {
		c.full = true
		c.cut++
		c.out = withoutHalfRune(c.out)
	}
}

// withoutHalfRune drops the bytes at the end that begin a rune.
func withoutHalfRune(b []byte) []byte {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if tail := b[len(b)-n:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return b[:len(b)-n]
			}
			return b
		}
	}
	return b
}

// put appends to what is held, whose room is doubled up to what a value may have.
func (c *condenser) put(b ...byte) {
	if need := len(c.out) + len(b); need > cap(c.out) {
		c.out = append(make([]byte, 0, max(need, min(2*cap(c.out), c.limits.Value+windowBytes), windowBytes)), c.out...)
	}
	c.out = append(c.out, b...)
}

// condenseLong condenses the current value if it is long: what the window holds of it and what follows.
func (s *scanner) condenseLong() error {
	if s.pos-s.from <= s.limits.windowed() {
		return nil
	}
	s.isLong = true
	c := &s.condense
	c.begin(s.limits, s.level)
	for s.pos = s.from; ; {
		n, done, err := c.add(s.buf[s.pos:s.end])
		s.pos += n
		switch {
		case err != nil:
			return s.located(err)
		case done:
			s.suspect = c.words
			return nil
		}
		if s.mark, s.from = s.pos, s.pos; !s.more() {
			return s.endedLong()
		}
	}
}

// endedLong returns the error of a long value that does not end.
func (s *scanner) endedLong() error {
	if s.err != io.EOF { // of the stream itself
		return s.located(s.err)
	}
	e := malformed("the file is truncated", "dbt or the upload was interrupted; "+remedyRewrite)
	e.Offset, e.cause = s.offset(s.end), io.ErrUnexpectedEOF
	return s.located(e)
}

// brokenLong returns what is wrong with a long value.
func (s *scanner) brokenLong(raw value) error {
	e := entry{section: s.section, id: s.id, index: s.index, at: s.began}.broken(raw)
	if e == nil {
		e = malformed("the JSON is broken", remedyRewrite)
	}
	e.Offset = s.began // that of what is condensed is not known
	return s.located(e)
}

// Read returns the value that a range of the text of a file is, condensed if it is long. The result is in buf if
// it fits.
func (r Range) Read(text io.ReaderAt, limits Limits, buf []byte) ([]byte, error) {
	limits = limits.orDefault(Manifest)
	if r.Length > int64(limits.windowed()) {
		return r.condensed(text, limits, buf)
	}
	if int64(cap(buf)) < r.Length {
		buf = make([]byte, r.Length)
	}
	buf = buf[:r.Length]
	if _, err := text.ReadAt(buf, r.Offset); err != nil {
		return nil, err
	}
	return buf, nil
}

func (r Range) condensed(text io.ReaderAt, limits Limits, buf []byte) ([]byte, error) {
	c, piece := condenser{out: buf}, make([]byte, windowBytes)
	c.begin(limits, 0)
	for at := r.Offset; ; {
		n, err := text.ReadAt(piece[:min(int64(len(piece)), r.Offset+r.Length-at)], at)
		if n == 0 {
			return nil, err
		}
		at += int64(n)
		switch _, done, limit := c.add(piece[:n]); {
		case limit != nil:
			return nil, limit
		case done:
			return c.out, nil
		}
	}
}
