package dbt

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strconv"
	"unicode/utf8"
)

// Eight bytes are looked at at once: a word with one byte in each lane, and for each lane a mark at its
// highest bit. Where several lanes are marked only the lowest mark is certain.
const (
	lanes = 0x0101010101010101
	marks = 0x8080808080808080
)

// wordBytes is the size of a word.
const wordBytes = 8

func word(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i : i+8]) }

// equal marks the lanes of w that hold c.
func equal(w uint64, c byte) uint64 {
	x := w ^ lanes*uint64(c)
	return (x - lanes) &^ x & marks
}

// control marks the lanes of w that hold a control character.
func control(w uint64) uint64 { return (w - lanes*0x20) &^ w & marks }

// firstMark is the number of the lowest marked lane.
func firstMark(m uint64) int { return bits.TrailingZeros64(m) >> 3 }

// restOfString looks for the end of a string from b[i] on, which lies inside it. It returns the index after
// the closing quote, or false and where to go on once there is more of the text.
func restOfString(b []byte, i int) (int, bool) {
	for words := 0; words < shortWords && i+wordBytes <= len(b); words++ {
		w := word(b, i)
		m := equal(w, '"') | equal(w, '\\')
		if m == 0 {
			i += wordBytes
			continue
		}
		if i += firstMark(m); b[i] == '"' {
			return i + 1, true
		}
		if i+1 == len(b) {
			return i, false
		}
		i += 2
	}
	return restOfLongString(b, i)
}

// shortWords is after how many words, or escapes, a string counts as long.
const shortWords = 4

// restOfLongString is restOfString by quotes, which are fewer than escapes in a long text.
func restOfLongString(b []byte, i int) (int, bool) {
	for {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return len(b) - backslashes(b[i:])%2, false
		}
		if backslashes(b[i:i+n])%2 == 0 {
			return i + n + 1, true
		}
		i += n + 1
	}
}

// backslashes counts those at the end of b.
func backslashes(b []byte) int {
	n := 0
	for n < len(b) && b[len(b)-1-n] == '\\' {
		n++
	}
	return n
}

// marked is what a string holds other than plain ASCII.
type marked struct {
	escaped bool // there are escapes
	spoiled bool // it has to be repaired: invalid UTF-8, a half of a surrogate pair (perhaps), NUL
}

// endOfJSONString returns the index after the string whose quote is b[i], and bad if it is not JSON. Bytes that
// are not UTF-8 are accepted.
func endOfJSONString(b []byte, i int) (end int, is marked) {
	i++
	from, high := i, uint64(0)
	for {
		for i+8 <= len(b) {
			w := word(b, i)
			if m := equal(w, '"') | equal(w, '\\') | control(w); m != 0 {
				n := firstMark(m)
				high |= w & (1<<(8*n) - 1)
				i += n
				break
			}
			high |= w
			i += 8
		}
		if i == len(b) {
			return bad, is
		}
		switch c := b[i]; {
		case c == '"':
			is.spoiled = is.spoiled || high&marks != 0 && !utf8.Valid(b[from:i])
			return i + 1, is
		case c == '\\':
			n, spoils := escape(b[i:])
			if n == 0 {
				return bad, is
			}
			is.escaped, is.spoiled = true, is.spoiled || spoils
			i += n
		case c < ' ':
			return bad, is
		default: // one of the last bytes of b
			high |= uint64(c)
			i++
		}
	}
}

// bad is the index after what is not JSON.
const bad = -1

// escape returns the length of the escape that b begins with, 0 if it is none, and whether it stands for
// NUL or, perhaps, for half a surrogate pair.
func escape(b []byte) (n int, spoils bool) {
	if len(b) < 2 {
		return 0, false
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, false
	case 'u':
		if len(b) < 6 {
			return 0, false
		}
		for _, c := range b[2:6] {
			if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
				return 0, false
			}
		}
		return 6, b[2]|0x20 == 'd' || string(b[2:6]) == "0000"
	}
	return 0, false
}

// endOfJSONNumber returns the index after the number that starts at b[i], and bad if it is not JSON.
func endOfJSONNumber(b []byte, i int) int {
	if i < len(b) && b[i] == '-' {
		i++
	}
	from := i
	i = digits(b, i)
	if i == from || b[from] == '0' && i > from+1 {
		return bad
	}
	if i < len(b) && b[i] == '.' {
		from = i + 1
		if i = digits(b, from); i == from {
			return bad
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		from = i
		if i = digits(b, from); i == from {
			return bad
		}
	}
	return i
}

func digits(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}

// afterBlanks returns the index of the first byte from b[i] on that JSON does not take for blank.
func afterBlanks(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// byteText writes a limit the way people write it.
func byteText(n int64) string {
	switch {
	case n >= gib && n%gib == 0:
		return itoa(n/gib) + " GiB"
	case n >= mib && n%mib == 0:
		return itoa(n/mib) + " MiB"
	case n >= kib && n%kib == 0:
		return itoa(n/kib) + " KiB"
	}
	return itoa(n) + " bytes"
}
