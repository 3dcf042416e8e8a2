package dbt

import (
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// scanner walks the text of an artifact down to the members of its sections. Most values are checked while their
// end is looked for (sound). Of the others it finds the end by quotes and brackets alone, without checking what is
// in them: anyone who takes such a value finds out whether it is JSON (canonical), and diagnose returns what is
// wrong with it.
type scanner struct {
	stream *Stream
	limits Limits
	part   Kind // what the file is expected to be

	buf      []byte // window on the text: buf[:end]
	pos, end int
	base     int64 // offset in the text of buf[0]
	err      error // how the stream ended
	mark     int   // in buf: the end of the last member or element; the window holds all from there on
	before   int   // members or elements before mark
	from     int   // in buf: where the current token or value begins

	place
	canon     canonical // of the current value, once it is checked
	condense  condenser // of the current value, if it is long
	isLong    bool      // the current value is condensed
	began     int64     // offset of the current value
	suspect   bool      // the current value may hold NaN or Infinity
	finite    []byte    // scratch: the current value without them
	nonFinite [3]int    // words read as null so far
}

// windowBytes is how much of the text is asked for at once.
const windowBytes = 256 * kib

// place is where in the text a scanner is.
type place struct {
	level   int    // 0 outside of the outermost object, 1 in it, 2 in a section
	section string // name of the section read last
	list    bool   // the section is an array
	id      string // name read last in the section, where it is an object
	index   int    // of the current member or element; -1 before the first
}

// pointer is the JSON pointer of the place.
func (p place) pointer() string {
	switch {
	case p.level == 0 || p.section == "":
		return ""
	case p.level == 2 && p.list && p.index >= 0:
		return pointer(p.section, itoa(int64(p.index)))
	case p.level == 2 && p.id != "":
		return pointer(p.section, p.id)
	}
	return pointer(p.section)
}

// more reads on and reports whether there is more text than before. It moves the window, and with it pos, from
// and mark.
func (s *scanner) more() bool {
	if s.err != nil {
		return false
	}
	if len(s.buf)-s.end < windowBytes/8 {
		s.slide()
	}
	for range 100 {
		n, err := s.stream.Read(s.buf[s.end:min(len(s.buf), s.end+windowBytes)])
		s.end, s.err = s.end+n, err
		if n > 0 || err != nil {
			return n > 0
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// slide makes room at the end of the window: by moving it, and by growing it where it is in use or small for the
// text that was read so far.
func (s *scanner) slide() {
	to := s.buf
	small := len(s.buf) < 2*windowBytes && (len(s.buf) == 0 || s.base+int64(s.end) >= 8*int64(len(s.buf)))
	if held := s.end - s.mark; small || held > len(s.buf)/2 {
		to = make([]byte, max(windowBytes/4, 2*len(s.buf)))
	}
	copy(to, s.buf[s.mark:s.end])
	s.base += int64(s.mark)
	s.pos, s.from, s.end, s.mark, s.buf = s.pos-s.mark, s.from-s.mark, s.end-s.mark, 0, to
}

// offset returns the position of buf[i] in the unpacked file.
func (s *scanner) offset(i int) int64 {
	if s.stream.bom {
		return s.base + int64(i) + 3
	}
	return s.base + int64(i)
}

// peek returns the next byte that is not blank; 0 at the end of the text. The window need not hold blanks in
// front of a member or element.
func (s *scanner) peek() byte {
	between, from := s.pos == s.mark, s.pos-s.mark
	for {
		s.pos = afterBlanks(s.buf[:s.end], s.pos)
		if s.from = s.pos; between {
			s.mark = s.pos
		}
		if s.pos < s.end {
			return s.buf[s.pos]
		}
		if !between {
			s.dropBlanks(s.mark + from)
		}
		if !s.more() {
			return 0
		}
	}
}

// manyBlanks is how many blanks in a row the window does not hold.
const manyBlanks = 64 * kib

// dropBlanks drops the blanks with which the window ends, if they are many: all from buf[from] on.
func (s *scanner) dropBlanks(from int) {
	if n := s.end - from; n >= manyBlanks {
		s.base += int64(n)
		s.pos, s.from, s.end = from, from, from
	}
}

// take consumes the next byte if it is c.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.pos++
	return true
}

// kind returns the kind of the current value.
func (s *scanner) kind() jsontext.Kind {
	switch c := s.peek(); {
	case c == 'N' || c == 'I' || c == '-' && s.has(2) && s.buf[s.pos+1] == 'I':
		return jsontext.KindNull
	case c == '-' || c >= '0' && c <= '9':
		return jsontext.KindNumber
	case strings.IndexByte(`{["tfn`, c) >= 0:
		return jsontext.Kind(c)
	}
	return jsontext.KindInvalid
}

// has reports whether there are n more bytes.
func (s *scanner) has(n int) bool {
	for s.end-s.pos < n {
		if !s.more() {
			return false
		}
	}
	return true
}

// open enters the current object or array.
func (s *scanner) open(bracket byte) error {
	if !s.take(bracket) {
		return s.broken()
	}
	s.level, s.list, s.index, s.id = s.level+1, bracket == '[', -1, ""
	s.mark, s.before = s.pos, 0
	return nil
}

// next goes on to the next member or element, or leaves the object or array and returns false.
func (s *scanner) next() (bool, error) {
	if s.index >= 0 {
		s.mark, s.before = s.pos, s.index+1
	}
	switch c := s.peek(); {
	case c == '}' && !s.list || c == ']' && s.list:
		s.pos++
		s.level, s.list, s.index = s.level-1, false, 0
		return false, nil
	case s.index >= 0 && c != ',':
		return false, s.broken()
	case s.index >= 0:
		s.pos++
	}
	s.index++
	return true, nil
}

// name reads the name of a member and the colon.
func (s *scanner) name() (string, error) {
	if !s.take('"') {
		return "", s.broken()
	}
	for found := false; !found; {
		if s.pos, found = restOfString(s.buf[:s.end], s.pos); s.pos-s.from > len(`\u0000`)*s.limits.Name+len(`""`) {
			return "", s.located(limitError("name", "a name is longer than "+byteText(int64(s.limits.Name)), ""))
		}
		if !found && !s.more() {
			return "", s.ended()
		}
	}
	quoted := s.buf[s.from:s.pos]
	end, is := endOfJSONString(quoted, 0)
	if end == bad {
		return "", s.broken()
	}
	name := string(quoted[1 : len(quoted)-1])
	if is.escaped || is.spoiled {
		name = value(quoted).str()
	}
	if s.level == 1 {
		s.section = name
	} else {
		s.id = name
	}
	if !s.take(':') {
		return "", s.broken()
	}
	return name, nil
}

// value reads the current value, which is valid until the next call.
func (s *scanner) value() (value, error) {
	raw, err := s.raw()
	if err != nil {
		return nil, err
	}
	return raw, s.check(raw)
}

// check checks the value that was read last.
func (s *scanner) check(raw value) error {
	s.canon.read(raw, allMembers)
	valid := s.canon.valid
	if s.isLong {
		s.canon = canonical{} // its memory is not needed again
	}
	switch {
	case valid:
		return nil
	case s.isLong:
		return s.brokenLong(raw)
	}
	return s.broken()
}

// sound reads the current value into s.canon, in one pass, if it is an object or array that the window holds whole
// and that needs no repair. If it returns false, nothing was read: raw reads any value. Nothing is sound if skip is
// nil.
func (s *scanner) sound(skip func([]byte) bool) (raw value, ok bool) {
	if c := s.peek(); skip == nil || c != '{' && c != '[' {
		return nil, false
	}
	longest := s.limits.windowed()
	size := s.canon.readFirst(s.buf[s.from:min(s.end, s.from+longest)], s.limits.Depth-s.level, skip)
	if size == bad {
		return nil, false
	}
	s.isLong, s.began = false, s.offset(s.from)
	s.pos = s.from + size
	return s.buf[s.from:s.pos], true
}

// raw is value without the check: only quotes and brackets outside of strings are certain to match in number. A long
// value is condensed.
func (s *scanner) raw() (value, error) {
	s.suspect, s.isLong = false, false
	err := s.word
	if c := s.peek(); c == '{' || c == '[' || c == '"' {
		err = s.balanced
	}
	s.began = s.offset(s.from)
	if err := err(); err != nil {
		return nil, err
	}
	raw := value(s.buf[s.from:s.pos])
	if s.isLong {
		raw = s.condense.out
	}
	if s.suspect {
		raw = s.withoutNonFinite(raw)
		return raw, s.check(raw)
	}
	return raw, nil
}

// word passes over a number, true, false or null: anything without blanks, quotes and brackets.
func (s *scanner) word() error {
	for {
		for ; s.pos < s.end; s.pos++ {
			switch s.buf[s.pos] {
			case ' ', '\t', '\r', '\n', ',', ']', '}', ':', '[', '{', '"':
				if s.pos == s.from {
					return s.broken()
				}
				return nil
			case 'N', 'I':
				s.suspect = true
			}
		}
		if s.pos-s.from > s.limits.windowed() {
			return s.located(tooLong(s.limits))
		}
		if !s.more() {
			return s.ended()
		}
	}
}

// Bytes outside of strings that mean something to balanced.
const (
	other = iota
	quote
	opening
	closing
	capital // may begin NaN or Infinity
)

var classes = [256]uint8{'"': quote, '{': opening, '[': opening, '}': closing, ']': closing, 'N': capital, 'I': capital}

// balanced passes over a string, or an object or array, up to the bracket that closes it.
func (s *scanner) balanced() error {
	inside, depth := false, s.level
	for {
		for s.pos < s.end {
			if inside {
				end, ok := restOfString(s.buf[:s.end], s.pos)
				if s.pos = end; !ok {
					break
				}
				if inside = false; depth == s.level {
					return s.condenseLong()
				}
				continue
			}
			switch classes[s.buf[s.pos]] {
			case quote:
				inside = true
			case opening:
				if depth++; depth > s.limits.Depth {
					return s.located(tooDeep(s.limits))
				}
			case closing:
				if depth--; depth == s.level {
					s.pos++
					return s.condenseLong()
				}
			case capital:
				s.suspect = true
			}
			s.pos++
		}
		if s.pos-s.from > s.limits.windowed() {
			return s.condenseLong()
		}
		if !s.more() {
			return s.ended()
		}
	}
}
