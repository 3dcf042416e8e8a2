package dbt

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// value is one complete JSON value that was found valid already (canonical), so walking it needs no error
// handling: of bytes that are not valid, nothing is promised but that walking them ends. A nil value means that it is
// absent.
type value []byte

// kind returns the first byte: one of { [ " t f n - 0…9, or 0 for an absent value.
func (v value) kind() byte {
	if len(v) == 0 {
		return 0
	}
	return v[0]
}

// absent reports whether v is missing or null; dbt 2 leaves out what dbt 1 wrote as null.
func (v value) absent() bool { return len(v) == 0 || v[0] == 'n' }

// filled reports whether there is anything in v but nulls, false and what is empty.
func (v value) filled() bool {
	if v.absent() || v.kind() == 'f' || v.kind() == '"' && v.str() == "" {
		return false
	}
	if v.kind() != '{' {
		return v.kind() != '[' || skipSpace(v, 1) < len(v)-1
	}
	for _, m := range v.members {
		if m.filled() {
			return true
		}
	}
	return false
}

func (v value) isNumber() bool {
	k := v.kind()
	return k == '-' || k >= '0' && k <= '9'
}

// members yields name and value of each member of an object, in the order of the file. Names are unquoted.
// Anything but an object has no members.
func (v value) members(yield func(name []byte, val value) bool) {
	if v.kind() != '{' {
		return
	}
	for i := skipSpace(v, 1); i < len(v) && v[i] == '"'; {
		end, name := scanName(v, i)
		from := min(skipSpace(v, skipSpace(v, end)+1), len(v))
		to := endOfValue(v, from)
		if !yield(name, v[from:to:to]) {
			return
		}
		i = skipSpace(v, to)
		if i >= len(v) || v[i] != ',' {
			return
		}
		i = skipSpace(v, i+1)
	}
}

// rawMembers calls fn with the quoted name and the value of each member.
func (v value) rawMembers(fn func(quoted, val value)) {
	for i := skipSpace(v, 1); i < len(v) && v[i] == '"'; {
		end := endOfString(v, i)
		from := min(skipSpace(v, skipSpace(v, end)+1), len(v))
		to := endOfValue(v, from)
		fn(v[i:end:end], v[from:to:to])
		if i = skipSpace(v, to); i < len(v) && v[i] == ',' {
			i = skipSpace(v, i+1)
		}
	}
}

// elements yields the elements of an array; anything else has none.
func (v value) elements(yield func(value) bool) {
	if v.kind() != '[' {
		return
	}
	for i := skipSpace(v, 1); i < len(v) && v[i] != ']'; {
		to := endOfValue(v, i)
		if !yield(v[i:to:to]) {
			return
		}
		i = skipSpace(v, to)
		if i >= len(v) || v[i] != ',' {
			return
		}
		i = skipSpace(v, i+1)
	}
}

// get returns the last member called name, or nil: of repeated names the last one wins.
func (v value) get(name string) value {
	var found value
	for n, m := range v.members {
		if string(n) == name {
			found = m
		}
	}
	return found
}

// str returns the text of a JSON string and "" for anything else.
func (v value) str() string {
	if v.kind() != '"' || len(v) < 2 {
		return ""
	}
	if bytes.IndexByte(v, '\\') < 0 {
		return string(v[1 : len(v)-1])
	}
	if s, ok := unescaped(v[1 : len(v)-1]); ok {
		return s
	}
	// The only error is invalid UTF-8, which is then replaced by U+FFFD.
	b, _ := jsontext.AppendUnquote(make([]byte, 0, len(v)), v)
	return string(b)
}

// unescaped returns the text of a valid JSON string without its quotes; false where it has surrogates or is not UTF-8.
func unescaped(b []byte) (string, bool) {
	if !utf8.Valid(b) {
		return "", false
	}
	var s strings.Builder
	s.Grow(len(b))
	for {
		n := bytes.IndexByte(b, '\\')
		if n < 0 {
			s.Write(b)
			return s.String(), true
		}
		s.Write(b[:n])
		if b = b[n+1:]; len(b) == 0 {
			return "", false
		}
		if b[0] != 'u' {
			s.WriteByte(escapes[b[0]])
			b = b[1:]
			continue
		}
		if len(b) < 5 {
			return "", false
		}
		code, err := strconv.ParseUint(string(b[1:5]), 16, 16)
		if err != nil || utf16.IsSurrogate(rune(code)) {
			return "", false
		}
		s.WriteRune(rune(code))
		b = b[5:]
	}
}

// escapes are the bytes that escapes of one letter represent.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// float returns a number; ok is false for anything else and for numbers that a float64 cannot hold.
func (v value) float() (f float64, ok bool) {
	if !v.isNumber() {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(v), 64)
	return f, err == nil
}

// integer returns a whole number; floats without a fraction count as whole.
func (v value) integer() (n int64, ok bool) {
	if !v.isNumber() {
		return 0, false
	}
	if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
		return n, true
	}
	f, ok := v.float()
	if !ok || f != float64(int64(f)) || f >= 1<<63 || f < -1<<63 {
		return 0, false
	}
	return int64(f), true
}

func unquoteName(quoted []byte) []byte {
	if len(quoted) < 2 {
		return nil
	}
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	b, _ := jsontext.AppendUnquote(nil, quoted)
	return b
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && b[i] <= ' ' {
		i++
	}
	return i
}

// scanName returns the index after the name that starts at b[i], and the name without quotes.
func scanName(b []byte, i int) (int, []byte) {
	for j := i + 1; j+wordBytes <= len(b); j += wordBytes {
		w := word(b, j)
		if m := equal(w, '"') | equal(w, '\\'); m != 0 {
			if j += firstMark(m); b[j] == '"' {
				return j + 1, b[i+1 : j]
			}
			break
		}
	}
	end := endOfString(b, i)
	return end, unquoteName(b[i:end])
}

// endOfString returns the index after the string that starts at b[i].
func endOfString(b []byte, i int) int {
	end, _ := restOfString(b, i+1)
	return end
}

// endOfValue returns the index after the value that starts at b[i].
func endOfValue(b []byte, i int) int {
	if i >= len(b) {
		return len(b)
	}
	switch b[i] {
	case '"':
		return endOfString(b, i)
	case '{', '[':
		return endOfContainer(b, i)
	}
	for i < len(b) && b[i] > ' ' && b[i] != ',' && b[i] != '}' && b[i] != ']' {
		i++
	}
	return i
}

func endOfContainer(b []byte, i int) int {
	for depth := 0; i < len(b); {
		switch b[i] {
		case '"':
			i = endOfString(b, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return len(b)
}
